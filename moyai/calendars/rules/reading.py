"""日付の読取り — every form in which people write a date, and what is said when it cannot be read. Pure.

The forms and refusals are those of the look of the house: any width, any dash, era or Gregorian, one box or parts. What was
taken otherwise than it was written is echoed; what can be read in two ways is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from moyai.calendars.rules.eras import (
    ERAS,
    FIRST_SOLAR_DAY,
    WEEKDAYS,
    Era,
    last_day_named,
    wareki,
    wareki_with_weekday,
    weekday,
)

YEARS_AHEAD = 20  # further ahead is asked back: 令和31年 is far oftener a slip for 平成31年
LAST_DAY_WITHOUT_TODAY = date(2099, 12, 31)

TEXTS = {
    "missing": "%(label)sを入力してください。",
    "missing_part": "%(label)sの%(box)sを入力してください。",
    "missing_era": "%(label)sの元号を選んでください。",
    "unreadable": "%(label)sを読み取れません。R8.4.1 か 2026/4/1 の形で入力してください。",
    "ambiguous": "年が2通りに読めます。R8.4.1 か 2026/4/1 の形で入力してください。",
    "ambiguous_year": "年が2通りに読めます。元号を選ぶか、西暦の年を4桁で入力してください。",
    "year_number": "年は数字か「元」で入力してください。",
    "year_zero": "年は1（元年）からの数で入力してください。",
    "year_other_era": "%(year)s年は%(era)sではありません。西暦を選ぶか、%(era)sの年を入力してください。",
    "month": "月は1から12の間で入力してください。",
    "day": "日は1から%(last)sの間で入力してください。",
    "too_early": "%(label)sを確かめてください。1873年（明治6年）1月1日以降の日付を入力してください。",
    "too_late": "%(label)sを確かめてください。%(year)s年はずっと先です。",
    "weekday": "曜日が合いません。%(read)sは%(weekday)s曜日です。",
    "year_mismatch": "西暦と元号の年が合いません。どちらかを直してください。",
    "no_today": "年から入力してください。R8.4.1 か 2026/4/1 の形で入力できます。",
    "before_earliest": "%(label)sは%(limit)s以降の日付にしてください。",
    "after_latest": "%(label)sは%(limit)s以前の日付にしてください。",
    "echo": "%(read)sとして扱います",
}
PARTS = {"era": "元号", "year": "年", "month": "月", "day": "日"}


class DateRefused(ValueError):
    """A date that cannot be taken. `code` is a key of TEXTS; `part` names the box that is wrong: year, month, day, era or None.

    The exception reads as the Japanese sentence; the edge translates `text`, writes the days among `params` in the reader's
    calendar, and gives the `label` of its field.
    """

    def __init__(self, code: str, part: str | None = None, **params: Any) -> None:
        self.code, self.part, self.text = code, part, TEXTS[code]
        self.params: dict[str, Any] = {"label": "日付", **params}
        super().__init__(
            self.text % {k: wareki(v) if isinstance(v, date) else v for k, v in self.params.items()}
        )


@dataclass(frozen=True)
class Reading:
    """読み取った日付 — `echo` is not empty when the date is taken otherwise than written: show it to the person."""

    on: date
    echo: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def echo_text(self) -> str:
        """In Japanese: 令和元年5月1日として扱います; empty when there is nothing to say."""
        return self.echo % self.params


# --- one box ----------------------------------------------------------------------------------------------------------

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ", "-"))
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_ERA_NAMES = {key: era for era in ERAS for key in (era.name, era.name[0], era.letter)}
_ERA = "|".join(sorted(_ERA_NAMES, key=len, reverse=True))
_WEEKDAY = rf"(?:\(?(?P<weekday>[{WEEKDAYS}])(?:曜日?)?\)?)?"
_SEPARATED = re.compile(
    rf"(?P<era>{_ERA})?(?P<year>元|\d{{1,4}})(?:年(?:\((?P<gregorian>\d{{4}})年?\))?|[-./,])"
    rf"(?P<month>\d{{1,2}})(?:月|[-./,])(?P<day>\d{{1,2}})日?{_WEEKDAY}"
)
_GREGORIAN_FIRST = re.compile(
    rf"(?P<gregorian>\d{{4}})年?\((?P<era>{_ERA})(?P<year>元|\d{{1,4}})年\)"
    rf"(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日?{_WEEKDAY}"
)
_YEARLESS = re.compile(rf"(?P<month>\d{{1,2}})(?:月|[-./])(?P<day>\d{{1,2}})日?{_WEEKDAY}")
_RELATIVE = {
    "今日": 0,
    "本日": 0,
    "きょう": 0,
    "明日": 1,
    "あした": 1,
    "あす": 1,
    "明後日": 2,
    "あさって": 2,
    "昨日": -1,
    "きのう": -1,
}


def parse_date(text: str, *, today: date | None = None) -> Reading:
    """日付（1つの欄）— reads 令和8年4月1日, R8.4.1, R080401, ㋿8年4月1日, 2026-04-01, 20260401, 5080401, 4/1, 今日, +7 …

    `today` is needed for the forms without a year (4/1 is in today's calendar year) and for the limit ahead.
    Raises DateRefused.
    """
    folded = fold(text)
    if not folded:
        raise DateRefused("missing")
    if folded in _RELATIVE:
        return _relative(_RELATIVE[folded], today)
    if re.fullmatch(r"[+-]\d{1,4}日?", folded):
        return _relative(int(folded.rstrip("日")), today)
    if match := _SEPARATED.fullmatch(folded) or _GREGORIAN_FIRST.fullmatch(folded):
        reading = _from_match(match, today)
    elif match := re.fullmatch(rf"({_ERA})(\d\d)(\d\d)(\d\d)", folded):
        reading = read_parts(_ERA_NAMES[match[1]], match[2], match[3], match[4], today=today)
    elif match := re.fullmatch(r"([1-5])(\d\d)(\d\d)(\d\d)", folded):
        reading = read_parts(ERAS[int(match[1]) - 1], match[2], match[3], match[4], today=today)
    elif match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)", folded):
        reading = read_parts(None, match[1], match[2], match[3], today=today)
    elif match := _YEARLESS.fullmatch(folded):
        if today is None:
            raise DateRefused("no_today")
        on = _existing(today.year, match["month"], match["day"])
        reading = Reading(on, TEXTS["echo"], {"read": wareki_with_weekday(on)})
    elif re.fullmatch(r"\d{6}", folded):
        raise DateRefused("ambiguous", "year")
    else:
        raise DateRefused("unreadable")
    said = match.groupdict().get("weekday")
    if said and said != weekday(reading.on):
        raise DateRefused("weekday", "day", read=reading.on, weekday=weekday(reading.on))
    return reading


def fold(text: str) -> str:
    """One width, one dash, no blanks, capital era letters, figures for 〇一二…: for reading only, never for keeping."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    folded = _BLANKS.sub("", folded).replace("。", ".").replace("・", ".").upper()
    return re.sub(r"[〇一二三四五六七八九十]+(?=[年月日])", lambda match: _kanji_number(match[0]), folded)


def _kanji_number(kanji: str) -> str:
    digits = "〇一二三四五六七八九"
    if "十" not in kanji:
        return "".join(str(digits.index(sign)) for sign in kanji)
    tens, _, ones = kanji.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return kanji
    return str((digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0))


def _relative(days: int, today: date | None) -> Reading:
    if today is None:
        raise DateRefused("no_today")
    on = _within_reach(today + timedelta(days=days), today)
    return Reading(on, TEXTS["echo"], {"read": wareki_with_weekday(on)})


def _from_match(match: re.Match[str], today: date | None) -> Reading:
    if not match["era"] and (match["year"] == "元" or len(match["year"]) < 4):
        raise DateRefused("ambiguous", "year")
    era = _ERA_NAMES[match["era"]] if match["era"] else None
    reading = read_parts(era, match["year"], match["month"], match["day"], today=today)
    if match["gregorian"] and int(match["gregorian"]) != reading.on.year:
        raise DateRefused("year_mismatch", "year")
    return reading


# --- parts ------------------------------------------------------------------------------------------------------------


def read_parts(
    era: Era | str | None, year: str, month: str, day: str, *, today: date | None = None
) -> Reading:
    """日付（元号と年月日の欄）— `era` is an Era, its letter, "" when nothing was chosen, or None for 西暦.

    An era that had ended, or had not begun, on that day is taken and echoed (平成31年5月1日 is 令和元年5月1日). Raises DateRefused
    naming the first part that is missing, then the first that is impossible.
    """
    year, month, day = (
        fold(part).removesuffix(unit) for part, unit in ((year, "年"), (month, "月"), (day, "日"))
    )
    if isinstance(era, str):
        if not era and any((year, month, day)) and len(year) != 4:
            raise DateRefused("missing_era", "era")
        era = next((known for known in ERAS if known.letter == era), None)
    if not any((year, month, day)):
        raise DateRefused("missing")
    for part, given in (("year", year), ("month", month), ("day", day)):
        if not given:
            raise DateRefused("missing_part", part, box=PARTS[part])
    gregorian, written_in_era = _gregorian_year(era, year)
    on = _existing(gregorian, month, day)
    on = _within_reach(on, today)
    if era is not None and not (written_in_era and _bears_name(on, era)):
        return Reading(on, TEXTS["echo"], {"read": wareki(on)})
    return Reading(on)


def _gregorian_year(era: Era | None, year: str) -> tuple[int, bool]:
    if year == "元":
        if era is None:
            raise DateRefused("ambiguous_year", "year")
        return era.from_on.year, True
    # isascii: str.isdigit also takes signs such as ² that int() does not.
    if not (year.isascii() and year.isdigit()) or len(year) > 4:
        raise DateRefused("year_number", "year")
    number = int(year)
    if number == 0:
        raise DateRefused("year_zero", "year")
    if era is None:
        if len(year) != 4:
            raise DateRefused("ambiguous_year", "year")
        return number, False
    if len(year) == 4 and number >= FIRST_SOLAR_DAY.year:
        # 令和 chosen and 2026 typed: one meaning only, if that year knew that era.
        last = last_day_named(era)
        if number < era.from_on.year or (last and number > last.year):
            raise DateRefused("year_other_era", "year", year=number, era=era.name)
        return number, False
    return era.gregorian(number), True


def _existing(year: int, month: str, day: str) -> date:
    if not (month.isascii() and month.isdigit() and 1 <= int(month[:4]) <= 12):
        raise DateRefused("month", "month")
    # Years outside 1–9999 cannot be asked for the length of their February; they are refused a line later anyway.
    if not 1 <= year <= 9999:
        raise DateRefused("too_late", "year", year=year)
    last = monthrange(year, int(month))[1]
    if not (day.isascii() and day.isdigit() and 1 <= int(day[:4]) <= last):
        raise DateRefused("day", "day", last=last)
    return date(year, int(month), int(day))


def _within_reach(on: date, today: date | None) -> date:
    if on < FIRST_SOLAR_DAY:
        raise DateRefused("too_early", "year")
    latest = date(today.year + YEARS_AHEAD, 12, 31) if today else LAST_DAY_WITHOUT_TODAY
    if on > latest:
        raise DateRefused("too_late", "year", year=on.year)
    return on


def _bears_name(on: date, era: Era) -> bool:
    last = last_day_named(era)
    return era.from_on <= on and (last is None or on <= last)


def refuse_outside(on: date, earliest: date | None, latest: date | None) -> None:
    """Raises DateRefused when a day lies before the earliest or after the latest that a field takes."""
    if earliest and on < earliest:
        raise DateRefused("before_earliest", None, limit=earliest)
    if latest and on > latest:
        raise DateRefused("after_latest", None, limit=latest)
