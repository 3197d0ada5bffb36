"""連続する会議 — monthly sittings: which days a series has, and which months have none. Pure.

Source: inventory Y13 (プロジェクト進捗会議: monthly, more in the first months), Y26 (工程会議 to the end of fiscal year 2027).
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from datetime import date

from moyai.council.rules.cannot import Cannot

MOST = 240  # sittings of one series: twenty years of months

BACKWARDS = "終わりの月は、始まりの月以降にしてください。"
TOO_MANY = "一度に予定できるのは%(most)s回までです。"


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from one day to another, both included."""
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        found.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def monthly_days(first: date, last: date, *, every: int = 1) -> list[date]:
    """月例の日 — the day of the month of `first`, every `every` months, up to `last`; the 31st falls on a month's end.

    Raises Cannot where the end lies before the beginning or the series is longer than MOST.
    """
    if last < first:
        raise Cannot("until_on", BACKWARDS)
    days = []
    for at, month in enumerate(months_between(first, last)):
        if at % every:
            continue
        end = calendar.monthrange(month.year, month.month)[1]
        day = month.replace(day=min(first.day, end))
        if day <= last:
            days.append(day)
    if len(days) > MOST:
        raise Cannot("until_on", TOO_MANY, most=MOST)
    return days


def missing_months(held: Collection[date], first: date, last: date) -> list[date]:
    """開かれていない月 — months from `first` to `last` without a sitting, by their first days."""
    sat = {day.replace(day=1) for day in held}
    return [month for month in months_between(first, last) if month not in sat]
