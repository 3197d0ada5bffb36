"""輪番と任期 — whose turn an office is in a fiscal year, and terms that overlap. Pure.

Source: joint-operation reference, formula 輪番: body = bodies[((年度 − 初年度) ÷ 任期) mod n]; five bodies × two years cover FY2018–2027.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from moyai.council.rules.cannot import Cannot

NO_BODIES = "輪番の団体がありません。"
TWICE = "輪番に%(body)sが2回あります。"
TERM_RANGE = "任期は1年以上にしてください。"
BEFORE_FIRST = "輪番は%(first)s年度からです。"
AFTER_LAST = "輪番は%(last)s年度までです。"


@dataclass(frozen=True, slots=True)
class Turn:
    """一期 — of one body, in fiscal years, both included."""

    body: str
    first_year: int
    last_year: int

    @property
    def from_on(self) -> date:
        return date(self.first_year, 4, 1)

    @property
    def until_on(self) -> date:
        return date(self.last_year + 1, 3, 31)


def turn(
    bodies: Sequence[str],
    fiscal_year: int,
    *,
    first_year: int,
    term_years: int = 1,
    last_year: int | None = None,
) -> Turn:
    """輪番 — the term in which a fiscal year falls; the last one is cut where the turns end. Raises Cannot."""
    _check(bodies, term_years)
    if fiscal_year < first_year:
        raise Cannot("fiscal_year", BEFORE_FIRST, first=first_year)
    if last_year is not None and fiscal_year > last_year:
        raise Cannot("fiscal_year", AFTER_LAST, last=last_year)
    place = (fiscal_year - first_year) // term_years
    begins = first_year + place * term_years
    ends = begins + term_years - 1
    return Turn(bodies[place % len(bodies)], begins, ends if last_year is None else min(ends, last_year))


def turns(bodies: Sequence[str], *, first_year: int, term_years: int, last_year: int) -> list[Turn]:
    """輪番表 — every term from the first year to the last. Raises Cannot."""
    found: list[Turn] = []
    year = first_year
    while year <= last_year:
        found.append(turn(bodies, year, first_year=first_year, term_years=term_years, last_year=last_year))
        year = found[-1].last_year + 1
    return found


def _check(bodies: Sequence[str], term_years: int) -> None:
    if not bodies:
        raise Cannot("bodies", NO_BODIES)
    for body in bodies:
        if bodies.count(body) > 1:
            raise Cannot("bodies", TWICE, body=body)
    if term_years < 1:
        raise Cannot("term_years", TERM_RANGE)


@dataclass(frozen=True, slots=True)
class Span:
    """任期 — days, both included; open when `until_on` is empty."""

    from_on: date
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def overlaps(self, other: Span) -> bool:
        return (self.until_on is None or other.from_on <= self.until_on) and (
            other.until_on is None or self.from_on <= other.until_on
        )


def overlapping(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """重なる任期 — the places of any two that hold on the same day."""
    return [
        (first, second)
        for first in range(len(spans))
        for second in range(first + 1, len(spans))
        if spans[first].overlaps(spans[second])
    ]
