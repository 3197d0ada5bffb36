"""Kinds of field for whole numbers, yen and dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import DATE, INT, Type
from moyai.applications.rules.kinds.base import Kind, Read, Reading, Schema, Settings, Showing, Wrong, line
from moyai.applications.rules.kinds.words import AUTOCOMPLETE
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded
from moyai.applications.rules.words import YEN

# A number nobody limited: 10^9 is more than any count, and a billion yen more than any fee of a form.
LARGEST_ANSWER = 10**9
# The Gregorian calendar came into force on the first; a form that asks for a day after the second is mistaken.
FIRST_DAY, LAST_DAY = datetime.date(1873, 1, 1), datetime.date(2199, 12, 31)
_WHOLE: Schema = {"type": "integer", "minimum": -(10**12), "maximum": 10**12}
_DIGITS = re.compile(r"[+-]?[0-9]{1,16}", re.ASCII)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){0,5}", re.ASCII)
_YEN_WORDS = re.compile(r"(?:([0-9]{1,8})億)?(?:([0-9]{1,4})万)?(?:([0-9])千)?([0-9]{1,4})?", re.ASCII)


def _whole(value: Any, code: str) -> int:
    """A whole number in digits of any width, with or without thousands commas. No decimals, no exponents."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or len(value) > 60:
        raise Wrong(code)
    text = folded(line(value)).replace("△", "-").replace("▲", "-").replace("−", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _DIGITS.fullmatch(text):
        raise Wrong(code)
    return int(text)


def _yen(value: Any) -> int:
    if isinstance(value, str) and len(value) <= 60:
        text = folded(value).removeprefix("¥").removeprefix("\\").removesuffix("円").strip()
        words = _YEN_WORDS.fullmatch(text) if text and any(unit in text for unit in "億万千") else None
        if words:
            hundred_millions, ten_thousands, thousands, rest = (int(one or 0) for one in words.groups())
            return hundred_millions * 10**8 + ten_thousands * 10**4 + thousands * 1000 + rest
        value = text
    return _whole(value, "not_yen")


def amount_in_words(number: int, unit: str, language: str) -> str:
    """A number with its unit: 12,345円 △1,000円 · 12,345 yen -1,000 yen."""
    if language == "en":
        return f"{number:,}" + (f" {unit.strip()}" if unit else "")
    return f"{number:,}{unit}".replace("-", "△")


class Number(Kind):
    """整数 — whole numbers from min to max in steps; without limits 0 to 1,000,000,000.

    unit is shown after it (通, 人).
    """

    name, ja = "number", "整数"
    en = "Whole number"
    free = True
    settings: ClassVar[dict[str, Schema]] = {
        "min": _WHOLE,
        "max": _WHOLE,
        "step": {"type": "integer", "minimum": 1, "maximum": 10**9},
        "unit": {"type": "string", "minLength": 1, "maxLength": 10},
    }

    def value_type(self, settings: Settings) -> Type:
        return INT

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if settings.get("min", 0) > settings.get("max", LARGEST_ANSWER):
            yield ".min", "e_min_max", {}

    def whole(self, value: Any) -> int:
        return _whole(value, "not_whole")

    def reader(self, settings: Settings) -> Read:
        least, most, step = (
            settings.get("min", 0),
            settings.get("max", LARGEST_ANSWER),
            settings.get("step", 1),
        )
        whole = self.whole

        def read(value: Any, reading: Reading) -> int:
            number = whole(value)
            if not least <= number <= most:
                raise Wrong("range", min=f"{least:,}", max=f"{most:,}")
            if step > 1 and (number - least) % step:
                raise Wrong("step", min=f"{least:,}", step=step)
            return number

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return amount_in_words(kept, str(settings.get("unit", "")), showing.language)


class Yen(Number):
    """金額 — whole yen; 12,345円 ¥12,345 3万5千円 △1,000 (where min allows) in; int kept."""

    name, ja = "yen", "金額（円）"
    en = "Amount in yen"
    settings: ClassVar[dict[str, Schema]] = {
        key: schema for key, schema in Number.settings.items() if key != "unit"
    }

    def whole(self, value: Any) -> int:
        return _yen(value)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return amount_in_words(kept, YEN.in_language(showing.language), showing.language)


class Date(Kind):
    """日付 — kept as ISO text. ISO text or {year, month, day} in; any other writing goes to the page's
    read_date.

    earliest and latest are date expressions of the edition, looked at when all answers are known.
    """

    name, ja = "date", "日付"
    en = "Date"
    free = True
    settings: ClassVar[dict[str, Schema]] = {
        "earliest": {"$ref": "#/$defs/expression"},
        "latest": {"$ref": "#/$defs/expression"},
        "autocomplete": AUTOCOMPLETE,
    }
    ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

    def value_type(self, settings: Settings) -> Type:
        return DATE

    def reader(self, settings: Settings) -> Read:
        iso = self.ISO

        def read(value: Any, reading: Reading) -> str:
            if isinstance(value, str):
                line(value)
                if iso.fullmatch(value):
                    return _from_iso(value, iso)
            elif not isinstance(value, dict):
                raise Wrong("not_date")
            elif value.keys() == {"year", "month", "day"}:
                year, month, day = (_whole(value[part], "not_date") for part in ("year", "month", "day"))
                return _checked(year, month, day)
            if reading.read_date is None or len(value) > 100:
                raise Wrong("not_date")
            found = reading.read_date(value)
            if found is None:
                raise Wrong("not_date")
            return _from_iso(found, iso)

        return read

    def typed(self, kept: Any) -> Any:
        return datetime.date.fromisoformat(kept)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return showing.wareki(datetime.date.fromisoformat(kept))


def _from_iso(text: str, iso: re.Pattern[str]) -> str:
    if not iso.fullmatch(text):
        raise Wrong("not_date")
    return _checked(int(text[:4]), int(text[5:7]), int(text[8:]))


def _checked(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        raise Wrong("no_such_month", "month")
    try:
        day_given = datetime.date(year, month, day)
        if not FIRST_DAY <= day_given <= LAST_DAY:
            raise Wrong("far_date")
        return day_given.isoformat()
    except (ValueError, OverflowError):
        raise Wrong("no_such_day" if 1 <= year <= 9999 else "not_date") from None
