"""Kinds of field in which people choose: one, several, yes or no, a matrix, a ranking, a consent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import BOOL, Type
from moyai.applications.rules.kinds.base import (
    Kind,
    Read,
    Reading,
    Schema,
    Settings,
    Showing,
    Wrong,
    WrongParts,
    is_blank,
    line,
)
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import graphemes, trimmed
from moyai.applications.rules.words import AGREED, NO, YES, joined

CODE: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"}
_LABEL: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_MANY: Schema = {"type": "integer", "minimum": 1, "maximum": 500}
OPTIONS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 500,
    "items": {
        "type": "object",
        "required": ["value", "label"],
        "additionalProperties": False,
        "properties": {
            "value": CODE,
            "label": _LABEL,
            "hint": {"type": "string", "maxLength": 500},
            "other_text": {"type": "boolean"},
        },
    },
}
LINES: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 100,
    "items": {
        "type": "object",
        "required": ["value", "label"],
        "additionalProperties": False,
        "properties": {"value": CODE, "label": _LABEL},
    },
}
LONGEST_OTHER = 200


def labels(options: Any) -> dict[str, str]:
    """Code → label of a list of options."""
    return {option["value"]: option["label"] for option in options}


def twice(options: Any, where: str) -> Iterator[tuple[str, str, dict[str, Param]]]:
    """Codes that stand in a list of options more than once."""
    seen: set[str] = set()
    for i, option in enumerate(options):
        if option["value"] in seen:
            yield f".{where}[{i}].value", "e_duplicate_id", {"id": option["value"]}
        seen.add(option["value"])


def _chosen(value: Any, codes: Mapping[str, str], with_text: frozenset[str]) -> Any:
    """One choice: a code of the list, or {"choice", "text"} where the option takes own words."""
    code, text = value, None
    if isinstance(value, dict):
        if not value.keys() <= {"choice", "text"}:
            raise Wrong("not_option")
        code, text = value.get("choice"), value.get("text")
    if not isinstance(code, str) or code not in codes:
        raise Wrong("not_option")
    if code not in with_text:
        if not is_blank(text):
            raise Wrong("not_option")
        return code
    if is_blank(text):
        raise Wrong("missing_other", option=codes[code])
    words = trimmed(line(text))
    if len(words) > LONGEST_OTHER:
        raise Wrong("too_long", max=LONGEST_OTHER, count=graphemes(words))
    return {"choice": code, "text": words}


def code_of(kept: Any) -> str:
    """The code of a kept choice."""
    return str(kept["choice"] if isinstance(kept, dict) else kept)


def _words(kept: Any, names: Mapping[str, str], language: str) -> str:
    if isinstance(kept, dict):
        name = names.get(kept["choice"], kept["choice"])
        return f"{name} ({kept['text']})" if language == "en" else f"{name}（{kept['text']}）"
    return names.get(kept, str(kept))


class SingleChoice(Kind):
    """1つ選択 — an option's code; an option with other_text also takes own words, up to 200 characters."""

    name, ja, missing = "single_choice", "1つ選択", "missing_choice"
    en = "Choose one"
    settings: ClassVar[dict[str, Schema]] = {
        "options": OPTIONS,
        "look": {"enum": ["radio", "select"]},
        "seats": {"description": "value が枠（pool）のコード。残りを示す", "type": "boolean"},
    }
    needed = ("options",)

    def value_type(self, settings: Settings) -> Type:
        return Type("text", frozenset(labels(settings["options"])))

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        return twice(settings["options"], "options")

    def reader(self, settings: Settings) -> Read:
        names = labels(settings["options"])
        with_text = frozenset(option["value"] for option in settings["options"] if option.get("other_text"))
        return lambda value, reading: _chosen(value, names, with_text)

    def typed(self, kept: Any) -> Any:
        return code_of(kept)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return _words(kept, labels(settings["options"]), showing.language)


class MultipleChoice(SingleChoice):
    """複数選択 — a list of codes, kept in the order of the edition; min_count and max_count limit how
    many.
    """

    name, ja = "multiple_choice", "複数選択"
    en = "Choose several"
    settings: ClassVar[dict[str, Schema]] = {"options": OPTIONS, "min_count": _MANY, "max_count": _MANY}

    def value_type(self, settings: Settings) -> Type:
        return Type("set", frozenset(labels(settings["options"])))

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        yield from twice(settings["options"], "options")
        many = len(settings["options"])
        if settings.get("min_count", 1) > settings.get("max_count", many):
            yield ".min_count", "e_min_max", {}
        if max(settings.get("min_count", 1), settings.get("max_count", 1)) > many:
            yield ".max_count", "e_too_many_chosen", {}

    def reader(self, settings: Settings) -> Read:
        names = labels(settings["options"])
        with_text = frozenset(option["value"] for option in settings["options"] if option.get("other_text"))
        place = {code: i for i, code in enumerate(names)}
        least, most = settings.get("min_count", 1), settings.get("max_count", len(names))

        def read(value: Any, reading: Reading) -> list[Any]:
            given = [value] if isinstance(value, str) else value
            if not isinstance(given, list):
                raise Wrong("not_list")
            if len(given) > len(names):
                raise Wrong("too_many_chosen", max=most, count=len(given))
            kept = [_chosen(one, names, with_text) for one in given]
            codes = [code_of(one) for one in kept]
            if len(set(codes)) != len(codes):
                raise Wrong("chosen_twice")
            if len(kept) > most:
                raise Wrong("too_many_chosen", max=most, count=len(kept))
            if len(kept) < least:
                raise Wrong("too_few_chosen", min=least, count=len(kept))
            kept.sort(key=lambda one: place[code_of(one)])
            return kept

        return read

    def typed(self, kept: Any) -> Any:
        return frozenset(code_of(one) for one in kept)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        names = labels(settings["options"])
        return joined([_words(one, names, showing.language) for one in kept], showing.language)


class Ranking(Kind):
    """順位 — codes from first to last; `count` of them (all options when not given), fewer down to
    min_count.
    """

    name, ja, missing = "ranking", "順位", "missing_choice"
    en = "Ranking"
    settings: ClassVar[dict[str, Schema]] = {"options": LINES, "count": _MANY, "min_count": _MANY}
    needed = ("options",)

    def value_type(self, settings: Settings) -> Type:
        return Type("set", frozenset(labels(settings["options"])))

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        yield from twice(settings["options"], "options")
        many = len(settings["options"])
        if settings.get("count", many) > many:
            yield ".count", "e_too_many_chosen", {}
        if settings.get("min_count", 1) > settings.get("count", many):
            yield ".min_count", "e_min_max", {}

    def reader(self, settings: Settings) -> Read:
        names = labels(settings["options"])
        most = settings.get("count", len(names))
        least = settings.get("min_count", most)

        def read(value: Any, reading: Reading) -> list[str]:
            if not isinstance(value, list):
                raise Wrong("not_list")
            if len(value) > len(names):
                raise Wrong("too_many_chosen", max=most, count=len(value))
            kept = [code for code in value if not is_blank(code)]
            if not all(isinstance(code, str) and code in names for code in kept):
                raise Wrong("not_option")
            if len(set(kept)) != len(kept):
                raise Wrong("chosen_twice")
            if len(kept) > most:
                raise Wrong("too_many_chosen", max=most, count=len(kept))
            if len(kept) < least:
                raise Wrong("too_few_chosen", min=least, count=len(kept))
            return kept

        return read

    def typed(self, kept: Any) -> Any:
        return frozenset(kept)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        names = labels(settings["options"])
        place = "{}. {}" if showing.language == "en" else "{}位 {}"
        return joined(
            [place.format(i, names.get(code, code)) for i, code in enumerate(kept, 1)], showing.language
        )


class YesNo(Kind):
    """はい・いいえ — a truth value; yes_label and no_label word it (有・無)."""

    name, ja, missing = "yes_no", "はい・いいえ", "missing_choice"
    en = "Yes or no"
    settings: ClassVar[dict[str, Schema]] = {"yes_label": _LABEL, "no_label": _LABEL}
    WORDS: ClassVar[dict[str, bool]] = {
        "true": True,
        "yes": True,
        "1": True,
        "on": True,
        "はい": True,
        "有": True,
        "○": True,
        "false": False,
        "no": False,
        "0": False,
        "いいえ": False,
        "無": False,
        "×": False,
    }

    def value_type(self, settings: Settings) -> Type:
        return BOOL

    def reader(self, settings: Settings) -> Read:
        yes, no = settings.get("yes_label", YES), settings.get("no_label", NO)
        words = {**self.WORDS, yes: True, no: False}

        def read(value: Any, reading: Reading) -> bool:
            if isinstance(value, bool):
                return value
            found = words.get(value) if isinstance(value, str) else None
            if found is None:
                raise Wrong("not_yes_no", yes=yes, no=no)
            return found

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        usual = (YES if kept else NO).in_language(showing.language)
        return str(settings.get("yes_label" if kept else "no_label", usual))


class Consent(Kind):
    """同意・誓約 — true, or it is missing.

    `text` is what is agreed to; required unless the edition says false.
    """

    name, ja, missing = "consent", "同意・誓約", "missing_consent"
    en = "Consent"
    settings: ClassVar[dict[str, Schema]] = {
        "text": {"type": "string", "minLength": 1, "maxLength": 5_000},
        "tick_label": _LABEL,
    }
    needed = ("text",)

    def value_type(self, settings: Settings) -> Type:
        return BOOL

    def reader(self, settings: Settings) -> Read:
        def read(value: Any, reading: Reading) -> bool | None:
            found = (
                value
                if isinstance(value, bool)
                else YesNo.WORDS.get(value)
                if isinstance(value, str)
                else None
            )
            if found is None:
                raise Wrong("missing_consent")
            return found or None  # not ticked is the same as not answered

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return str(settings.get("tick_label", AGREED.in_language(showing.language)))


class Matrix(Kind):
    """選択の表 — a column for each row: {"row": "column"}. When it is required, every row is."""

    name, ja, missing = "matrix", "選択の表", "missing_choice"
    en = "Grid of choices"
    settings: ClassVar[dict[str, Schema]] = {
        "rows": LINES,
        "columns": LINES,
        "every_row": {"type": "boolean"},
    }
    needed = ("rows", "columns")

    def value_type(self, settings: Settings) -> Type:
        return Type("matrix", frozenset(labels(settings["columns"])))

    def parts(self, settings: Settings) -> Mapping[str, Type]:
        column = Type("text", frozenset(labels(settings["columns"])))
        return dict.fromkeys(labels(settings["rows"]), column)

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        yield from twice(settings["rows"], "rows")
        yield from twice(settings["columns"], "columns")

    def reader(self, settings: Settings) -> Read:
        rows, columns = labels(settings["rows"]), labels(settings["columns"])
        every = settings.get("every_row", bool(settings.get("required")))

        def read(value: Any, reading: Reading) -> dict[str, str] | None:
            if not isinstance(value, dict):
                raise Wrong("not_option")
            if not all(row in rows for row in value):
                raise Wrong("not_option")
            kept: dict[str, str] = {}
            wrong: list[tuple[str, str, dict[str, Param]]] = []
            for row, label in rows.items():
                column = value.get(row)
                if is_blank(column):
                    if every:
                        wrong.append((row, "missing_part_choice", {"part": label}))
                elif isinstance(column, str) and column in columns:
                    kept[row] = column
                else:
                    wrong.append((row, "not_option", {}))
            if wrong:
                raise WrongParts(wrong)
            return kept or None

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        rows, columns = labels(settings["rows"]), labels(settings["columns"])
        pair = "{}: {}" if showing.language == "en" else "{}：{}"
        return joined(
            [pair.format(rows.get(row, row), columns.get(column, column)) for row, column in kept.items()],
            showing.language,
        )
