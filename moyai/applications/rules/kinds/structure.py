"""Kinds without an answer of their own: 説明, 自動計算, くり返し."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import BOOL, DATE, INT, TEXT, Type
from moyai.applications.rules.kinds.base import Kind, Schema, Settings, Showing
from moyai.applications.rules.kinds.numbers import amount_in_words
from moyai.applications.rules.result import Param
from moyai.applications.rules.words import NO, YEN, YES

MOST_ROWS = 200
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": MOST_ROWS}


class Explanation(Kind):
    """説明 — words between questions; never posted, never kept."""

    name, ja = "explanation", "説明"
    en = "Explanation"
    settings: ClassVar[dict[str, Schema]] = {"text": {"type": "string", "minLength": 1, "maxLength": 5_000}}
    needed = ("text",)
    answerable, can_be_optional = False, False

    def value_type(self, settings: Settings) -> Type:
        return Type("none")


class Calculated(Kind):
    """自動計算 — worked out from other answers by `value`; `result` says what it is.

    Posting it is refused.
    """

    name, ja = "calculated", "自動計算"
    en = "Calculated"
    RESULTS: ClassVar[dict[str, Type]] = {
        "number": INT,
        "yen": INT,
        "date": DATE,
        "text": TEXT,
        "yes_no": BOOL,
    }
    settings: ClassVar[dict[str, Schema]] = {
        "value": {"$ref": "#/$defs/expression"},
        "result": {"enum": list(RESULTS)},
        "unit": {"type": "string", "minLength": 1, "maxLength": 10},
        "shown": {"type": "boolean"},  # false: for conditions and fees only, not on pages
    }
    needed = ("value", "result")
    answerable, can_be_optional = False, False

    def value_type(self, settings: Settings) -> Type:
        return self.RESULTS[settings["result"]]

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        result = settings["result"]
        if result == "date":
            return showing.wareki(datetime.date.fromisoformat(kept))
        if result == "yes_no":
            return (YES if kept else NO).in_language(showing.language)
        if result in ("number", "yen"):
            unit = YEN.in_language(showing.language) if result == "yen" else str(settings.get("unit", ""))
            return amount_in_words(kept, unit, showing.language)
        return str(kept)


class Group(Kind):
    """くり返し — rows of fields, min to max of them, groups within groups three deep.

    2頭目の犬 = counter 頭, item 犬.
    """

    name, ja = "group", "くり返し"
    en = "Repeating group"
    settings: ClassVar[dict[str, Schema]] = {
        "fields": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/$defs/field"}},
        "min": _COUNT,
        "max": {**_COUNT, "minimum": 1},
        "item": {"type": "string", "minLength": 1, "maxLength": 40},
        "counter": {"type": "string", "minLength": 1, "maxLength": 4},
    }
    needed = ("fields", "max")
    can_be_optional = False

    def value_type(self, settings: Settings) -> Type:
        return Type("group")

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if settings.get("min", 0) > settings["max"]:
            yield ".min", "e_min_max", {}
