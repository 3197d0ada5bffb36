"""元号 — years by era, weekdays and times as they are written. Pure.

Sources: 元号法; 元号を改める政令 of each era. A new era is one line in ERAS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
WEEKDAYS = "月火水木金土日"
FIRST_SOLAR_DAY = date(1873, 1, 1)  # 明治5年太政官布告第337号: 明治5年12月3日 became 明治6年1月1日


@dataclass(frozen=True)
class Era:
    """元号 — its first day belongs to it; the same day also still bears the old name (昭和元年 = 大正15年12月25日)."""

    letter: str
    name: str
    digit: int  # as forms read by machine number the eras: 1 明治 … 5 令和
    from_on: date

    def year_of(self, on: date) -> int:
        return on.year - self.from_on.year + 1

    def gregorian(self, year: int) -> int:
        return self.from_on.year + year - 1


ERAS = (
    Era("M", "明治", 1, date(1868, 1, 25)),
    Era("T", "大正", 2, date(1912, 7, 30)),
    Era("S", "昭和", 3, date(1926, 12, 25)),
    Era("H", "平成", 4, date(1989, 1, 8)),
    Era("R", "令和", 5, date(2019, 5, 1)),
)


def era_on(on: date) -> Era | None:
    """The era of a day; None before the solar calendar (1873), whose days bear other dates in the era's reckoning."""
    if on < FIRST_SOLAR_DAY:
        return None
    return next(era for era in reversed(ERAS) if era.from_on <= on)


def last_day_named(era: Era) -> date | None:
    """The last day that bears an era's name: the first day of the next one for 明治 and 大正 (the change took effect in
    the middle of the day), the day before for 昭和 and 平成. None for the present era.
    """
    for old, new in pairwise(ERAS):
        if old == era:
            return new.from_on if new.letter in "TS" else date.fromordinal(new.from_on.toordinal() - 1)
    return None


def wareki(on: date) -> str:
    """和暦: 令和8年4月1日, 令和元年5月1日; before 1873 the Gregorian 1872年12月31日."""
    return f"{wareki_year(on)}{on.month}月{on.day}日"


def wareki_year(on: date) -> str:
    """令和8年, 令和元年."""
    era = era_on(on)
    if era is None:
        return f"{on.year}年"
    year = era.year_of(on)
    return f"{era.name}{'元' if year == 1 else year}年"


def short_wareki(on: date) -> str:
    """R8.4.1 for lists of staff; before 1873 1872.12.31."""
    era = era_on(on)
    return f"{era.letter}{era.year_of(on)}.{on.month}.{on.day}" if era else f"{on.year}.{on.month}.{on.day}"


def wareki_with_gregorian(on: date) -> str:
    """令和8年（2026年）4月1日: for residents where the year is in doubt."""
    return f"{wareki_year(on)}（{on.year}年）{on.month}月{on.day}日" if era_on(on) else wareki(on)


def weekday(on: date) -> str:
    """曜日: 水."""
    return WEEKDAYS[on.weekday()]


def wareki_with_weekday(on: date) -> str:
    """令和8年4月1日（水）."""
    return f"{wareki(on)}（{weekday(on)}）"


def time_of_day(at: time | datetime) -> str:
    """午前9時30分, 午後5時, 午後0時15分; an aware moment is read in Japan."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = at.astimezone(JST)
    half, hour = ("午前", at.hour) if at.hour < 12 else ("午後", at.hour - 12)
    return f"{half}{hour}時{at.minute}分" if at.minute else f"{half}{hour}時"


def wareki_time(at: datetime) -> str:
    """令和8年4月1日（水）午前9時30分; an aware moment is read in Japan."""
    if at.tzinfo is not None:
        at = at.astimezone(JST)
    return f"{wareki_with_weekday(at.date())}{time_of_day(at)}"
