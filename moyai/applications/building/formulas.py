"""式の言葉 — expressions of an edition as staff read and write them, and back. Pure.

「項目」 a field by its label or id · 【定数】 a constant · 『選択肢』 an option or text · 123 · 2027-04-01 · 今日 年度初め 年度末 ·
はい いいえ · ＝ ≠ ＜ ≦ ＞ ≧ · ＋ － × ÷ (÷ leaves the rest out) · かつ または · functions such as 合計(「明細」, 「金額」).
Whatever these words cannot say stands as JSON in ｛ ｝. `read(write(e))` is `e` for every expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Node = Any
# Function → operator and what its arguments are: e expression, f field, g group, l list, t text; * more of the last.
FUNCTIONS: Final[dict[str, tuple[str, str]]] = {
    "すべて": ("and", "e*"),
    "どれか": ("or", "e*"),
    "でない": ("not", "e"),
    "候補": ("in", "et*"),
    "含む": ("includes", "ee"),
    "答えがある": ("is_present", "f"),
    "部分": ("part", "ft"),
    "数": ("size", "e"),
    "足す": ("add", "e*"),
    "掛ける": ("multiply", "e*"),
    "最小": ("min", "e*"),
    "最大": ("max", "e*"),
    "もし": ("if", "eee"),
    "年齢": ("age_on", "ee"),
    "到達年齢": ("age_at_end_of", "ee"),
    "日数": ("days_between", "ee"),
    "日後": ("add_days", "ee"),
    "月数": ("months_between", "ee"),
    "分数": ("minutes_between", "ee"),
    "開庁日後": ("office_day", "e"),
    "開庁日": ("is_office_day", "e"),
    "曜日": ("weekday", "e"),
    "年": ("year_of", "e"),
    "つなぐ": ("join", "e*"),
    "同じカナ": ("same_kana", "ee"),
    "渡された値": ("given", "t"),
    "一覧の値": ("lookup", "let"),
    "時刻": ("time", "t"),
    "件数": ("count", "ge?"),
    "合計": ("sum", "gee?"),
    "行の最小": ("least", "gee?"),
    "行の最大": ("greatest", "gee?"),
    "どれかの行": ("any_row", "ge"),
    "すべての行": ("every_row", "ge"),
    "重なりなし": ("distinct", "gee?"),
    "期間の重なり": ("periods_overlap", "gee"),
}
BY_OPERATOR: Final = {operator: (name, shape) for name, (operator, shape) in FUNCTIONS.items()}
# The named arguments of operators that have them, in the order in which they are written.
NAMED: Final = {
    "count": ("group", "where"),
    "sum": ("group", "of", "where"),
    "least": ("group", "of", "where"),
    "greatest": ("group", "of", "where"),
    "distinct": ("group", "of", "where"),
    "any_row": ("group", "where"),
    "every_row": ("group", "where"),
    "periods_overlap": ("group", "from", "to"),
    "lookup": ("list", "key", "column"),
    "part": ("field", "part"),
}
SINGLE: Final = frozenset(
    {"not", "is_present", "size", "office_day", "is_office_day", "weekday", "year_of", "given", "time"}
)
FACTS: Final = {"今日": "today", "年度初め": "fiscal_year_start", "年度末": "fiscal_year_end"}
COMPARISONS: Final = {"＝": "eq", "≠": "ne", "＜": "lt", "≦": "le", "＞": "gt", "≧": "ge"}
SIGNS: Final = {operator: sign for sign, operator in COMPARISONS.items()}
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


class FormulaWrong(ValueError):
    """A formula that cannot be read: `code` says why, `near` where."""

    def __init__(self, code: str, near: str = "") -> None:
        super().__init__(f"{code}: {near}")
        self.code, self.near = code, near[:40]


@dataclass(frozen=True, slots=True)
class _Names:
    """What the words of a form mean: labels to ids and back."""

    fields: Mapping[str, Mapping[str, Any]]
    by_label: Mapping[str, str]
    constants: Mapping[str, str]  # id → label
    constant_by_label: Mapping[str, str]
    lists: Mapping[str, Any]


def _fields(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [field for page in document.get("pages", []) for field in page.get("fields", [])]
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting = [*one.get("fields", []), *waiting]


def _names(document: Mapping[str, Any]) -> _Names:
    fields = {str(one["id"]): one for one in _fields(document) if "id" in one}
    return _Names(
        fields=fields,
        by_label=_once({key: str(one.get("label", "")) for key, one in fields.items()}, fields),
        constants={key: str(one.get("label", "")) for key, one in document.get("constants", {}).items()},
        constant_by_label=_once(
            {key: str(one.get("label", "")) for key, one in document.get("constants", {}).items()},
            document.get("constants", {}),
        ),
        lists=document.get("lists", {}),
    )


def _once(labels: Mapping[str, str], ids: Mapping[str, Any]) -> dict[str, str]:
    """Label → id of the labels that only one thing has and that are nobody's id."""
    found: dict[str, list[str]] = {}
    for key, label in labels.items():
        found.setdefault(label, []).append(key)
    return {label: keys[0] for label, keys in found.items() if len(keys) == 1 and label and label not in ids}


# --- writing ------------------------------------------------------------------------------------------

_OR, _AND, _COMPARE, _SUM, _PRODUCT, _ATOM = range(1, 7)


def write(node: Node, document: Mapping[str, Any]) -> str:
    """An expression in words."""
    return _Writer(_names(document)).write(node, 0)


class _Writer:
    def __init__(self, names: _Names) -> None:
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
        arguments = _arguments(name, given)
        if arguments is None:
            return None
        kinds = _kinds(shape, len(arguments))
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
            (one for one, value in _options(self.names, field).items() if value == text and "』" not in one),
            text,
        )
        return (f"『{label}』", _ATOM) if "』" not in label else _json(text)


def _json(node: Node) -> tuple[str, int]:
    return f"｛{json.dumps(node, ensure_ascii=False)}｝", _ATOM


def _asks(node: Node) -> str:
    """The field that an operand is, so that the other one may be one of its options."""
    return str(node["field"]) if isinstance(node, dict) and list(node) == ["field"] else ""


def _options(names: _Names, field: str) -> dict[str, str]:
    """Label → value of a field's options; no label that another option has as its value."""
    one = names.fields.get(field, {})
    rows = one.get("options") or one.get("columns") or []
    if one.get("kind") == "listed":
        rows = names.lists.get(str(one.get("list")), {}).get("rows", [])
    values = {str(row.get("value")) for row in rows if isinstance(row, dict)}
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        label = str(row.get("label", ""))
        if label and label not in values and label not in found:
            found[label] = str(row.get("value"))
    return found


def _arguments(name: str, given: Any) -> list[Any] | None:
    if name in NAMED:
        if not isinstance(given, dict) or not set(given) <= set(NAMED[name]):
            return None
        found = [given[key] for key in NAMED[name] if key in given]
        return (
            found if list(NAMED[name])[: len(found)] == [key for key in NAMED[name] if key in given] else None
        )
    if name in SINGLE:
        return [given]
    if not isinstance(given, list):
        return None
    if name == "in":
        return [given[0], *given[1]] if len(given) == 2 and isinstance(given[1], list) else None
    return list(given)


def _kinds(shape: str, count: int) -> list[str] | None:
    """What each of `count` arguments is, or None when there may not be so many."""
    kinds: list[str] = []
    least = 0
    for sign in shape:
        if sign == "?":
            least -= 1
        elif sign == "*":
            kinds += [kinds[-1]] * max(0, count - len(kinds))
        else:
            kinds.append(sign)
            least += 1
    return kinds[:count] if least <= count <= len(kinds) else None


# --- reading ------------------------------------------------------------------------------------------


def read(text: str, document: Mapping[str, Any]) -> Node:
    """The expression that the words say. Raises FormulaWrong."""
    if len(text) > LONGEST:
        raise FormulaWrong("long")
    reader = _Reader(text, _names(document))
    node = reader.either()
    if reader.at < len(reader.tokens):
        raise FormulaWrong("rest", reader.tokens[reader.at][1])
    return node


class _Reader:
    def __init__(self, text: str, names: _Names) -> None:
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
        kinds = _kinds(shape, len(found))
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
        return _options(self.names, field).get(node, node) if isinstance(node, str) else node


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
