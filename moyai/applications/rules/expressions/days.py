"""Operators on days and times of day: office days, weekdays, months begun."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from moyai.applications.rules.expressions.builder import Build, Builder, Built, list_of
from moyai.applications.rules.expressions.types import BOOL, DATE, INT, TIME, Facts, Scope, age_on

MOST_OFFICE_DAYS = 400


def of_date(work_out: Callable[[datetime.date], int]) -> Build:
    """A number that a date has."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        built = b.build(args, at=at, path=path, expected=DATE)
        if built is None:
            return None
        get = built[1]

        def number(scope: Scope) -> int | None:
            day = get(scope)
            return None if day is None else work_out(day)

        return INT, number

    return build


def age_at_end_of(born: datetime.date, on: datetime.date) -> int | None:
    """年齢（その日の終わりまでに達するもの） — reached at the end of the eve of the birthday. Absent before birth.

    Born on 1 April: 6 on 31 March. Born on 29 February: a year older on 28 February of every year.
    Source: 年齢計算ニ関する法律, 民法第143条.
    """
    if on == datetime.date.max:
        return None
    return age_on(born, on + datetime.timedelta(days=1)) if on >= born else None


def months_begun(first: datetime.date, last: datetime.date) -> int | None:
    """月数（1か月に満たない端数は1か月） — from the first day on: 10 April to 9 May is 1, to 10 May 2.

    Months end on the eve of the day that corresponds to the first (民法第143条). Absent when last is before first.
    """
    if last < first:
        return None
    return (last.year - first.year) * 12 + last.month - first.month + (last.day >= first.day)


def minutes_between(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """Minutes from one time of day to another; negative when the other is earlier."""
    if not isinstance(args, list) or len(args) != 2:
        b.problem(path, "e_arguments", operator=name, expected=list_of(2, 2))
        return None
    first = b.build(args[0], at=at, path=f"{path}[0]", expected=TIME)
    last = b.build(args[1], at=at, path=f"{path}[1]", expected=TIME)
    if first is None or last is None:
        return None
    get_first, get_last = first[1], last[1]

    def between(scope: Scope) -> int | None:
        one, other = get_first(scope), get_last(scope)
        return None if one is None or other is None else _minutes(other) - _minutes(one)

    return INT, between


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def office_day(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """The n-th office day after the day of the application. Absent without a calendar or outside of 1 to 400."""
    built = b.build(args, at=at, path=path, expected=INT)
    if built is None:
        return None
    b.open = True
    get = built[1]

    def nth(scope: Scope) -> datetime.date | None:
        number, today = get(scope), scope.facts.today
        if number is None or today is None or not 1 <= number <= MOST_OFFICE_DAYS:
            return None
        return _after(scope.facts, today, number)

    return DATE, nth


def is_office_day(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """Whether the office is open on a day; false without a calendar or a day."""
    built = b.build(args, at=at, path=path, expected=DATE)
    if built is None:
        return None
    b.open = True
    get = built[1]

    def is_open(scope: Scope) -> bool:
        day = get(scope)
        if day is None or day <= datetime.date.min:
            return False
        return bool(_after(scope.facts, day - datetime.timedelta(days=1), 1) == day)

    return BOOL, is_open


def _after(facts: Facts, day: datetime.date, number: int) -> datetime.date | None:
    """Asked of the caller's calendar, which may not reach as far as an answer does."""
    if facts.office_day is None:
        return None
    try:
        return facts.office_day(day, number)
    except (ValueError, OverflowError, LookupError):
        return None
