"""What other packages may use of the calendars.

Dates and ages are pure. What depends on an office's working days takes `body` and asks the database (two small queries);
for a list, load `office_calendar(body)` once and hand it over as `calendar=`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from moyai.calendars.fields import DateBoxField, WarekiPartsField
from moyai.calendars.queries import office_calendar
from moyai.calendars.rules import office_days as _office_days
from moyai.calendars.rules.eras import (
    ERAS,
    Era,
    era_on,
    short_wareki,
    time_of_day,
    wareki,
    wareki_time,
    wareki_with_gregorian,
    wareki_with_weekday,
    wareki_year,
    weekday,
)
from moyai.calendars.rules.office_days import Law, OfficeCalendar, Stop
from moyai.calendars.rules.periods import (
    age_at_end_of,
    age_on,
    age_reached_on,
    days_end_on,
    fiscal_year,
    fiscal_year_range,
    months_end_on,
    period_of_months_end_on,
    years_end_on,
)
from moyai.calendars.rules.reading import DateRefused, Reading, parse_date, read_parts
from moyai.calendars.words import day_words, end_words, fiscal_year_words, moment_words
from moyai.calendars.words import sentence as date_sentence
from moyai.tenants.public import Body

__all__ = [
    "ERAS",
    "DateBoxField",
    "DateRefused",
    "Era",
    "Law",
    "OfficeCalendar",
    "Reading",
    "Stop",
    "WarekiPartsField",
    "add_office_days",
    "age_at_end_of",
    "age_on",
    "age_reached_on",
    "date_sentence",
    "day_words",
    "days_end_on",
    "due_on",
    "end_words",
    "era_on",
    "fiscal_year",
    "fiscal_year_range",
    "fiscal_year_words",
    "is_office_day",
    "moment_words",
    "months_end_on",
    "next_office_day",
    "office_calendar",
    "office_days_between",
    "parse_date",
    "period_of_months_end_on",
    "processing_due_on",
    "read_parts",
    "short_wareki",
    "time_of_day",
    "wareki",
    "wareki_time",
    "wareki_with_gregorian",
    "wareki_with_weekday",
    "wareki_year",
    "weekday",
    "years_end_on",
]


def is_office_day(day: date, body: Body | None = None) -> bool:
    """開庁日か. Without a body: by the general calendar."""
    return office_calendar(body, first=day, last=day).is_open(day)


def next_office_day(day: date, body: Body | None = None) -> date:
    """翌開庁日 — the first working day after a day."""
    return office_calendar(body, first=day).next_open(day)


def add_office_days(day: date, days: int, body: Body | None = None) -> date:
    """The n-th working day after a day; 0 gives the day itself, or the next working day."""
    return office_calendar(body, first=day).add_open(day, days)


def office_days_between(after: date, last: date, body: Body | None = None) -> int:
    """The number of working days after a day, up to and including another: what a stop takes out of a period."""
    return office_calendar(body, first=after, last=last).open_days_between(after, last)


def due_on(
    event_on: date,
    days: int = 0,
    body: Body | None = None,
    *,
    weeks: int = 0,
    months: int = 0,
    years: int = 0,
    law: Law | str = Law.CIVIL,
    first_day_counts: bool = False,
    calendar: OfficeCalendar | None = None,
) -> date:
    """期間の満了日 — the day of the event is not counted (民法140条); months by the calendar (民法143条); an end on a closed day moves
    to the next working day (民法142条 and 地方自治法4条の2第4項, or 地方税法20条の5 with law="local_tax").
    """
    return _office_days.due_on(
        event_on,
        days=days,
        weeks=weeks,
        months=months,
        years=years,
        law=Law(law),
        first_day_counts=first_day_counts,
        calendar=calendar or office_calendar(body, first=event_on),
    )


def processing_due_on(
    received_on: date,
    days: int,
    body: Body | None = None,
    *,
    in_office_days: bool = True,
    stopped: Sequence[Stop] = (),
    calendar: OfficeCalendar | None = None,
) -> date | None:
    """標準処理期間の満了日 — with the clock stopped during 補正 (行政手続法6条, 7条); None while it stands."""
    return _office_days.processing_due_on(
        received_on,
        days,
        in_office_days=in_office_days,
        stopped=stopped,
        calendar=calendar or office_calendar(body, first=received_on),
    )
