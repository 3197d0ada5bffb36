"""休日と開庁日 — on which days an office works, and how deadlines move past the days on which it does not. Pure.

Sources: 国民の祝日に関する法律; 地方自治法4条の2; 行政機関の休日に関する法律1条; 民法142条; 地方税法20条の5第2項 and
地方税法施行令6条の18; 行政手続法6条, 7条. Holidays to come rest on the law of today: the two equinoxes are fixed by the
gazette of 1 February of the year before and are computed until then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import jpholiday

from moyai.calendars.rules.periods import days_end_on, period_of_months_end_on

HOLIDAY_LAW_FROM = date(1948, 7, 20)
LONGEST_CLOSURE_DAYS = 400  # longer than any: beyond it the overrides are wrong, not the office closed
ONE_DAY = timedelta(days=1)


class Law(StrEnum):
    """期限の特例 — which rule moves a period that ends on a closed day."""

    CIVIL = "civil"  # 民法142条; for acts towards a body 地方自治法4条の2第4項: its own closed days count
    LOCAL_TAX = "local_tax"  # 地方税法20条の5第2項: the days the law names, whatever the office does
    NONE = "none"  # the law or ordinance fixes the day itself


@dataclass(frozen=True)
class Stop:
    """補正による停止 — the clock stands from the day something was asked for to the day it came; open while None."""

    from_on: date
    until_on: date | None = None


@dataclass(frozen=True)
class OfficeCalendar:
    """開庁カレンダー — the working days of one office.

    `national` overrides the holidays of the law (a name makes a holiday, "" takes one away), for the case that a special law
    comes before the library. `overrides` are the body's own days: (open?, reason).
    """

    overrides: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    national: Mapping[date, str] = field(default_factory=dict)

    def holiday_name(self, on: date) -> str:
        """国民の祝日・休日 — its name, or ""."""
        if on in self.national:
            return self.national[on]
        # jpholiday reckons some days back beyond the law they rest on.
        return (jpholiday.is_holiday_name(on) or "") if on >= HOLIDAY_LAW_FROM else ""

    def is_public_holiday(self, on: date) -> bool:
        """地方公共団体の休日 — weekend, national holiday, 29 December to 3 January. Source: 地方自治法4条の2第2項."""
        return on.weekday() >= 5 or is_year_end(on) or bool(self.holiday_name(on))

    def is_open(self, on: date) -> bool:
        """開庁日 — the body's own word first, then the public holidays."""
        return self.overrides[on][0] if on in self.overrides else not self.is_public_holiday(on)

    def why_closed(self, on: date) -> str:
        """閉庁の理由 — 祝日の名, 土曜日, 日曜日, 年末年始, or the body's reason; "" when open."""
        if self.is_open(on):
            return ""
        if on in self.overrides:
            return self.overrides[on][1]
        if name := self.holiday_name(on):
            return name
        if is_year_end(on):
            return "年末年始"
        return "土曜日" if on.weekday() == 5 else "日曜日"

    def next_open(self, after: date) -> date:
        """The first working day after a day."""
        return self._first(after + ONE_DAY)

    def open_on_or_after(self, on: date) -> date:
        return self._first(on)

    def add_open(self, on: date, days: int) -> date:
        """The n-th working day after a day, which is not counted itself; 0 gives the day, or the next working day."""
        if days < 0:
            raise ValueError("working days are counted forwards")
        reached = self.open_on_or_after(on) if days == 0 else on
        for _ in range(days):
            reached = self.next_open(reached)
        return reached

    def open_days_between(self, after: date, last: date) -> int:
        """The number of working days after a day, up to and including another; 0 when it is not later."""
        return sum(self.is_open(after + timedelta(days=n)) for n in range(1, (last - after).days + 1))

    def moves_deadline(self, on: date, law: Law) -> bool:
        """期限の末日が休日か — a counter that opens on a Saturday does not shorten anybody's period; a closed one lengthens it."""
        if law is Law.NONE:
            return False
        if self.is_public_holiday(on):
            return True
        return law is Law.CIVIL and not self.is_open(on)

    def moved(self, on: date, law: Law) -> date:
        """期限の特例 — the day itself, or the first later one that is no holiday."""
        for n in range(LONGEST_CLOSURE_DAYS):
            if not self.moves_deadline(on + timedelta(days=n), law):
                return on + timedelta(days=n)
        raise ValueError(f"no working day within {LONGEST_CLOSURE_DAYS} days of {on}")

    def _first(self, on: date) -> date:
        for n in range(LONGEST_CLOSURE_DAYS):
            if self.is_open(on + timedelta(days=n)):
                return on + timedelta(days=n)
        raise ValueError(f"no working day within {LONGEST_CLOSURE_DAYS} days of {on}")


def is_year_end(on: date) -> bool:
    """年末年始 — 29 December to 3 January. Source: 行政機関の休日に関する法律1条1項3号 and the 休日条例 of the bodies."""
    return (on.month, on.day) >= (12, 29) or (on.month, on.day) <= (1, 3)


def due_on(
    event_on: date,
    *,
    days: int = 0,
    weeks: int = 0,
    months: int = 0,
    years: int = 0,
    calendar: OfficeCalendar,
    law: Law = Law.CIVIL,
    first_day_counts: bool = False,
) -> date:
    """期間の満了日 — one unit only; the day of the event is not counted; an end on a holiday moves to the next working day.

    Source: 民法140条〜143条; 地方自治法4条の2第4項; 地方税法20条の5. Raises ValueError when not exactly one unit is given.
    """
    given = [
        (name, n) for name, n in (("days", days), ("weeks", weeks), ("months", months), ("years", years)) if n
    ]
    if len(given) != 1:
        raise ValueError("a period is given in days, weeks, months or years: one of them")
    unit, number = given[0]
    if unit in ("days", "weeks"):
        end = days_end_on(event_on, number * (7 if unit == "weeks" else 1), first_day_counts=first_day_counts)
    else:
        end = period_of_months_end_on(
            event_on, number * (12 if unit == "years" else 1), first_day_counts=first_day_counts
        )
    return calendar.moved(end, law)


def processing_due_on(
    received_on: date,
    days: int,
    *,
    calendar: OfficeCalendar,
    in_office_days: bool = True,
    stopped: Sequence[Stop] = (),
) -> date | None:
    """標準処理期間の満了日 — counted from the day after receipt; None while the clock stands.

    The clock stands for 補正: the day of the request still counts, the day on which the amendment comes does not (as the day
    of receipt does not), so the days in (from_on, until_on] are left out. Stops may overlap. Counted in calendar days, an end
    on a closed day moves to the next working day (民法138条, 142条). Source: 行政手続法6条, 7条.
    """
    if days < 1:
        raise ValueError(f"a period is at least one long, not {days}")
    if any(stop.until_on is None for stop in stopped):
        return None
    on, left = received_on, days
    # A day is only ever left out for a reason that ends, so the walk is as long as the period and its stops.
    while left:
        on += ONE_DAY
        standing = any(stop.from_on < on <= stop.until_on for stop in stopped if stop.until_on)
        if not standing and (calendar.is_open(on) or not in_office_days):
            left -= 1
    return calendar.open_on_or_after(on)
