"""期間 — fiscal years, ages and periods counted as the Civil Code counts them. Pure.

Sources: 民法138条〜143条; 年齢計算ニ関する法律; 地方自治法208条.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def fiscal_year(on: date) -> int:
    """会計年度 — the year of the 1 April before or on the day. Source: 地方自治法208条1項."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_range(year: int) -> tuple[date, date]:
    """会計年度の初日と末日 — 1 April and 31 March, both in the year. Source: 地方自治法208条1項."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def age_reached_on(born_on: date, age: int) -> date:
    """年齢に達する日 — the day at whose end the age is complete: the day before the birthday.

    満65歳に達した日 and the like in statutes mean this day. Born on 29 February: 28 February in every year.
    Source: 年齢計算ニ関する法律1項・2項, 民法143条.
    """
    return years_end_on(born_on, age)


def age_on(born_on: date, on: date) -> int:
    """満年齢 — whole years of age during a day. Born on 29 February: a year older from 1 March in common years.

    The age rises at the end of the day before (`age_reached_on`), so by the beginning of the birthday it has risen.
    Raises ValueError for a day before birth. Source: 年齢計算ニ関する法律1項・2項, 民法143条.
    """
    if on < born_on:
        raise ValueError(f"born on {born_on}, not yet on {on}")
    age = on.year - born_on.year
    return age - 1 if (on.month, on.day) < (born_on.month, born_on.day) else age


def age_at_end_of(born_on: date, on: date) -> int:
    """年度末年齢など — the age completed by the end of a day: one year older already on the day before the birthday."""
    return age_on(born_on, on + timedelta(days=1))


# --- the end of a period ----------------------------------------------------------------------------------------------


def days_end_on(event_on: date, days: int, *, first_day_counts: bool = False) -> date:
    """日数の期間の末日 — the day of the event is not counted. Source: 民法140条, 141条.

    `first_day_counts`: the period begins at midnight (民法140条ただし書), or its law counts the first day.
    """
    _positive(days)
    return event_on + timedelta(days=days - 1 if first_day_counts else days)


def period_of_months_end_on(event_on: date, months: int, *, first_day_counts: bool = False) -> date:
    """月の期間の末日, counted from an event: the day of the event is not counted. Source: 民法140条, 143条."""
    first_on = event_on if first_day_counts else event_on + timedelta(days=1)
    return months_end_on(first_on, months)


def months_end_on(first_on: date, months: int) -> date:
    """月の期間の末日 — counted by the calendar from its first day: the day before the corresponding day of the last month,
    or the last day of that month where it has no such day. Source: 民法143条1項, 2項.
    """
    _positive(months)
    year, month = divmod(first_on.year * 12 + first_on.month - 1 + months, 12)
    month += 1
    if first_on.day > monthrange(year, month)[1]:
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, first_on.day) - timedelta(days=1)


def years_end_on(first_on: date, years: int) -> date:
    """年の期間の末日. Source: 民法143条1項, 2項."""
    return months_end_on(first_on, years * 12)


def _positive(number: int) -> None:
    if number < 1:
        raise ValueError(f"a period is at least one long, not {number}")
