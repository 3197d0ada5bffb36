"""式の言葉 — expressions of an edition as staff read and write them, and back. Pure.

「項目」 a field by its label or id · 【定数】 a constant · 『選択肢』 an option or text · 123 · 2027-04-01 · 今日 年度初め 年度末 ·
はい いいえ · ＝ ≠ ＜ ≦ ＞ ≧ · ＋ － × ÷ (÷ leaves the rest out) · かつ または · functions such as 合計(「明細」, 「金額」).
Whatever these words cannot say stands as JSON in ｛ ｝. `read(write(e))` is `e` for every expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from moyai.applications.building.formula_words import (
    BY_OPERATOR,
    COMPARISONS,
    FACTS,
    FUNCTIONS,
    NAMED,
    SIGNS,
    SINGLE,
    FormulaWrong,
    Names,
    Node,
    arguments_of,
    kinds_of,
    names_of,
    options_of,
)

__all__ = ["FACTS", "FUNCTIONS", "LONGEST", "FormulaWrong", "read", "write"]

_USUAL = str.maketrans(
    {"=": "＝", "<": "＜", ">": "＞", "+": "＋", "*": "×", "/": "÷", "（": "(", "）": ")", "、": ",", "，": ",", "-": "－", "−": "－"}
)  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<day>\d{4}年\d{1,2}月\d{1,2}日)|(?P<number>[0-9０-９]+)"
    r"|「(?P<field>[^」]+)」|【(?P<constant>[^】]+)】|『(?P<text>[^』]*)』|(?P<json>｛.*?｝)"
    r"|(?P<sign><=|>=|!=|[＜<][=＝]|[＞>][=＝]|[=＝≠<＜≦≤>＞≧≥+＋\-－−×*÷/(（)）,，、])"
    r"|(?P<word>[ぁ-んァ-ヶー一-龥々]+))",
    re.DOTALL,
)
LONGEST = 4_000


# --- writing ------------------------------------------------------------------------------------------

_OR, _AND, _COMPARE, _SUM, _PRODUCT, _ATOM = range(1, 7)


def write(node: Node, document: Mapping[str, Any]) -> str:
    """An expression in words."""
    return _Writer(names_of(document)).write(node, 0)


class _Writer:
    def __init__(self, names: Names) -> None:
        self.names = names

    def write(self, node: Node, around: int, field: str = "") -> str:
        text, level = self._one(node, field)
        return text if level > around else f"({text})"

    def _one(self, node: Node, field: str) -> tuple[str, int]:
        if isinstance(node, bool):
            return ("はい" if node else "いいえ"), _ATOM
        if isinstance(node, int):
            return (str(node), _ATOM) if node >= 0 else _json(node)
        if isinstance(node, str):
            return self._text(node, field)
        if not isinstance(node, dict) or len(node) != 1:
            return _json(node)
        ((name, given),) = node.items()
        written = self._operator(str(name), given)
        return written if written is not None else _json(node)

    def _operator(self, name: str, given: Any) -> tuple[str, int] | None:
        if name == "field":
            return self._field(given), _ATOM
        if name == "constant" and isinstance(given, str):
            label = self.names.constants.get(given, "")
            known = self.names.constant_by_label.get(label) == given and "】" not in label
            return f"【{label if known else given}】", _ATOM
        if name == "fact":
            word = next((word for word, fact in FACTS.items() if fact == given), None)
            return (word, _ATOM) if word else None
        if name == "date" and isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given, re.ASCII):
            return given, _ATOM
        if name in SIGNS and isinstance(given, list) and len(given) == 2:
            left, right = given
            texts = (self.write(left, _COMPARE, _asks(right)), self.write(right, _COMPARE, _asks(left)))
            return f"{texts[0]} {SIGNS[name]} {texts[1]}", _COMPARE
        infix = {
            "or": (" または ", _OR),
            "and": (" かつ ", _AND),
            "add": (" ＋ ", _SUM),
            "multiply": (" × ", _PRODUCT),
        }
        if name in infix and isinstance(given, list) and len(given) >= 2:
            sign, level = infix[name]
            return sign.join(self.write(one, level) for one in given), level
        if name == "subtract" and isinstance(given, list) and len(given) == 2:
            return f"{self.write(given[0], _SUM)} － {self.write(given[1], _SUM)}", _SUM
        if name == "divide_floor" and isinstance(given, list) and len(given) == 2:
            return f"{self.write(given[0], _PRODUCT)} ÷ {self.write(given[1], _PRODUCT)}", _PRODUCT
        return self._function(name, given)

    def _function(self, name: str, given: Any) -> tuple[str, int] | None:
        if name not in BY_OPERATOR:
            return None
        word, shape = BY_OPERATOR[name]
        arguments = arguments_of(name, given)
        if arguments is None:
            return None
        kinds = kinds_of(shape, len(arguments))
        if kinds is None:
            return None
        field = _asks(arguments[0]) if name in ("in", "includes") and arguments else ""
        written = []
        for kind, one in zip(kinds, arguments, strict=True):
            if kind in "fg":
                if not isinstance(one, str):
                    return None
                written.append(self._field(one))
            elif kind in "lt":
                if isinstance(one, int) and not isinstance(one, bool):
                    written.append(str(one))
                    continue
                if not isinstance(one, str) or "』" in one:
                    return None
                written.append(self._text(one, field)[0])
            else:
                written.append(self.write(one, 0, field))
        return f"{word}({', '.join(written)})", _ATOM

    def _field(self, key: Any) -> str:
        label = str(self.names.fields.get(str(key), {}).get("label", ""))
        known = self.names.by_label.get(label) == key and "」" not in label
        return f"「{label if known else key}」"

    def _text(self, text: str, field: str) -> tuple[str, int]:
        label = next(
            (
                one
                for one, value in options_of(self.names, field).items()
                if value == text and "』" not in one
            ),
            text,
        )
        return (f"『{label}』", _ATOM) if "』" not in label else _json(text)


def _json(node: Node) -> tuple[str, int]:
    return f"｛{json.dumps(node, ensure_ascii=False)}｝", _ATOM


def _asks(node: Node) -> str:
    """The field that an operand is, so that the other one may be one of its options."""
    return str(node["field"]) if isinstance(node, dict) and list(node) == ["field"] else ""


# --- reading ------------------------------------------------------------------------------------------


def read(text: str, document: Mapping[str, Any]) -> Node:
    """The expression that the words say. Raises FormulaWrong."""
    if len(text) > LONGEST:
        raise FormulaWrong("long")
    reader = _Reader(text, names_of(document))
    node = reader.either()
    if reader.at < len(reader.tokens):
        raise FormulaWrong("rest", reader.tokens[reader.at][1])
    return node


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self.names = names
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def _next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self, kind: str, *texts: str) -> str:
        found, text = self._next()
        if found == kind and (not texts or text in texts):
            self.at += 1
            return text or " "
        return ""

    def _need(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise FormulaWrong("sign", sign)

    def either(self) -> Node:
        return self._chain("word", "または", "or", self.both)

    def both(self) -> Node:
        return self._chain("word", "かつ", "and", self.compared)

    def _chain(self, kind: str, sign: str, operator: str, inner: Any) -> Node:
        parts = [inner()]
        while self._take(kind, sign):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else {operator: parts}

    def compared(self) -> Node:
        left = self.total()
        sign = self._take("sign", *COMPARISONS)
        if not sign:
            return left
        right = self.total()
        return {COMPARISONS[sign]: [self._valued(left, _asks(right)), self._valued(right, _asks(left))]}

    def total(self) -> Node:
        return self._reckoned(self.product, "＋", "add", "－", "subtract")

    def product(self) -> Node:
        return self._reckoned(self.atom, "×", "multiply", "÷", "divide_floor")

    def _reckoned(self, inner: Any, many: str, joined: str, two: str, paired: str) -> Node:
        parts = [inner()]
        while True:
            if self._take("sign", many):
                parts.append(inner())
            elif self._take("sign", two):
                left = parts[0] if len(parts) == 1 else {joined: parts}
                parts = [{paired: [left, inner()]}]
            else:
                return parts[0] if len(parts) == 1 else {joined: parts}

    def atom(self) -> Node:
        self.depth += 1
        if self.depth > 60:
            raise FormulaWrong("deep")
        try:
            return self._atom()
        finally:
            self.depth -= 1

    def _atom(self) -> Node:
        kind, text = self._next()
        self.at += 1
        if kind == "number":
            return int(text)
        if kind == "date":
            return {"date": text}
        if kind == "field":
            return {"field": self._field(text)}
        if kind == "constant":
            found = self.names.constant_by_label.get(text, text)
            if found not in self.names.constants:
                raise FormulaWrong("constant", text)
            return {"constant": found}
        if kind == "text":
            return text
        if kind == "json":
            try:
                return json.loads(text)
            except (ValueError, RecursionError) as error:
                raise FormulaWrong("json", text) from error
        if kind == "sign" and text == "(":
            node = self.either()
            self._need(")")
            return node
        if kind == "word":
            if text in ("はい", "いいえ"):
                return text == "はい"
            if text in FACTS:
                return {"fact": FACTS[text]}
            return self._call(text)
        raise FormulaWrong("end" if kind == "end" else "unexpected", text)

    def _call(self, word: str) -> Node:
        if word not in FUNCTIONS:
            raise FormulaWrong("function", word)
        operator, shape = FUNCTIONS[word]
        self._need("(")
        found: list[Any] = []
        if not self._take("sign", ")"):
            found.append(self.either())
            while self._take("sign", ","):
                found.append(self.either())
            self._need(")")
        kinds = kinds_of(shape, len(found))
        if kinds is None:
            raise FormulaWrong("arguments", word)
        return self._called(operator, kinds, found)

    def _called(self, operator: str, kinds: list[str], found: list[Any]) -> Node:
        plain: list[Any] = []
        for kind, one in zip(kinds, found, strict=True):
            if kind in "fg":
                key = _asks(one)
                if not key:
                    raise FormulaWrong("needs_field", operator)
                plain.append(key)
            else:
                plain.append(one)
        if operator in ("in", "includes"):
            field = _asks(plain[0])
            plain = [plain[0], *(self._valued(one, field) for one in plain[1:])]
        if operator == "in":
            return {operator: [plain[0], plain[1:]]}
        if operator in NAMED:
            return {operator: dict(zip(NAMED[operator], plain, strict=False))}
        return {operator: plain[0] if operator in SINGLE else plain}

    def _field(self, text: str) -> str:
        if text in self.names.fields:
            return text
        if text in self.names.by_label:
            return self.names.by_label[text]
        raise FormulaWrong("field", text)

    def _valued(self, node: Node, field: str) -> Node:
        """An option's label as its value."""
        return options_of(self.names, field).get(node, node) if isinstance(node, str) else node


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise FormulaWrong("unreadable", text[at:])
        at = found.end()
        kind = str(found.lastgroup)
        value = found[kind]
        if kind == "json":
            # JSON may hold ｝ inside a text: take the shortest piece that is JSON.
            end = at
            start = found.start(kind)
            while True:
                try:
                    json.loads(text[start + 1 : end - 1])
                except (ValueError, RecursionError):
                    further = text.find("｝", end)
                    if further < 0:
                        raise FormulaWrong("json", value) from None
                    end = further + 1
                else:
                    break
            value, at = text[start + 1 : end - 1], end
        elif kind == "number":
            value = str(int(value)) if len(value) <= 15 else _too_long(value)
        elif kind == "day":
            year, month, day = re.findall(r"\d+", value)
            kind, value = "date", f"{year}-{int(month):02}-{int(day):02}"
        elif kind == "sign":
            value = value.replace("<=", "≦").replace(">=", "≧").replace("!=", "≠").translate(_USUAL)
            value = {"＜＝": "≦", "＞＝": "≧", "≤": "≦", "≥": "≧"}.get(value, value)
        yield kind, value


def _too_long(value: str) -> str:
    raise FormulaWrong("number", value)
