"""How many applications each body gets on each day of the year. Pure: the same year and scale, the same plan."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from moyai.calendars.public import fiscal_year_range
from moyai.money.public import share

# Shape of a year, in parts: moves in March and April, recruitment examinations in May, June and
# September, courses before summer, year-end quiet. Only the shape is ours; the sums are the seed's.
MONTH_PARTS = {4: 130, 5: 125, 6: 120, 7: 105, 8: 85, 9: 110, 10: 100, 11: 85, 12: 65, 1: 85, 2: 90, 3: 140}
WEEKDAY_PARTS = (120, 112, 106, 104, 100, 62, 58)  # Monday first; weekends are when people have time
HOUR_PARTS = (10, 5, 3, 2, 2, 4, 10, 24, 48, 68, 72, 62, 70, 60, 56, 54, 52, 48, 44, 48, 60, 68, 52, 28)
PEAK_DAYS = 6  # days a year when one opening draws a crowd
PEAK = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a body: how many applications arrive."""

    on: date
    applications: int


@dataclass(frozen=True, slots=True)
class BodyYear:
    """One body's year: 手続 registered at its begin, 申請 by day (all days of the year, in order)."""

    name: str
    procedures: int
    days: tuple[Day, ...]

    @property
    def applications(self) -> int:
        return sum(day.applications for day in self.days)


def totals(seed: Mapping[str, Any]) -> dict[str, int]:
    """申請 by body: given where the seed gives them, the rest in proportion to procedures (largest remainder)."""
    given: dict[str, int] = dict(seed["given"])
    others = {name: count for name, count in seed["procedures"].items() if name not in given}
    rest = share(seed["total"] - sum(given.values()), others)
    return {name: given.get(name, rest.get(name, 0)) for name in seed["procedures"]}


def scaled(counts: Mapping[str, int], scale: Fraction) -> dict[str, int]:
    """The counts at a scale (1 = the real year); their sum is the scaled sum, rounded down."""
    if scale == 1:
        return dict(counts)
    return share(int(sum(counts.values()) * scale), dict(counts))


def plan(year: Mapping[str, Any], *, scale: Fraction = Fraction(1)) -> list[BodyYear]:
    """Every body's year, in the order of the seed."""
    seed = year["applications"]
    first, last = fiscal_year_range(int(year["fiscal_year"]))
    every_day = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    counts = scaled(totals(seed), scale)
    return [
        BodyYear(name, procedures, _days(f"{year['name']} {name}", counts[name], every_day))
        for name, procedures in seed["procedures"].items()
    ]


def _days(seed: str, count: int, every_day: list[date]) -> tuple[Day, ...]:
    dice = random.Random(seed)  # noqa: S311  (a replay, not a draw)
    peaks = set(dice.sample(every_day, PEAK_DAYS))
    weights = {
        day.isoformat(): MONTH_PARTS[day.month]
        * WEEKDAY_PARTS[day.weekday()]
        * dice.randint(80, 120)
        * (PEAK if day in peaks else 1)
        for day in every_day
    }
    shared = share(count, weights)
    return tuple(Day(day, shared[day.isoformat()]) for day in every_day)
