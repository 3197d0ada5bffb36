"""What a body's year holds: users, facilities, bookings and entries by channel. Pure: the same year and scale, the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from moyai.money.public import share

CHANNELS: Final = ("staff", "internet", "mobile", "smartphone")  # columns of the seed's tables
ROOMS: Final = 5  # of each facility
OPEN_DAYS: Final = 305  # about so many a year: closed on Mondays and at the turn of the year
FULL: Final = Fraction(1, 2)  # of a room's コマ: busier bodies have finer コマ

# Shape of a year, in parts: sports and culture in spring and autumn, holidays and the turn of the year quiet, and most
# telephones on the first days of a month, when its rooms open to the first who comes. The sums are the seed's.
MONTH_PARTS = {4: 95, 5: 100, 6: 105, 7: 100, 8: 85, 9: 105, 10: 115, 11: 105, 12: 85, 1: 95, 2: 105, 3: 105}
WEEKDAY_PARTS = (60, 108, 108, 106, 110, 104, 104)  # Monday first
FIRST_DAYS = {1: 220, 2: 150, 3: 120}


@dataclass(frozen=True, slots=True)
class BodyYear:
    """One body's year. `bookings`, `entries`: by channel; no entry of a body that has no lottery."""

    name: str
    persons: int
    groups: int
    facilities: int
    bookings: Mapping[str, int]
    entries: Mapping[str, int]

    @property
    def users(self) -> int:
        return self.persons + self.groups

    @property
    def acts(self) -> int:
        """How much there is to do."""
        return sum(self.bookings.values()) + sum(self.entries.values()) + self.users

    @property
    def frames(self) -> int:
        """コマ of a day: three, or as many more as the body's bookings need."""
        per_day = Fraction(sum(self.bookings.values()), max(1, self.facilities * ROOMS * OPEN_DAYS))
        return next((many for many in (3, 6) if per_day <= many * FULL), 12)


def plan(year: Mapping[str, Any], *, scale: Fraction = Fraction(1)) -> list[BodyYear]:
    """Every body's year, in the order of the seed: each number at the scale, at least one where the seed has any."""

    def scaled(number: int | None) -> int:
        return max(1, int(number * scale + Fraction(1, 2))) if number else 0

    return [
        BodyYear(
            name=name,
            persons=scaled(row["users"][0]),
            groups=scaled(row["users"][1]),
            facilities=scaled(row["facilities"]),
            bookings=_by_channel(map(scaled, row["bookings"])),
            entries=_by_channel(map(scaled, row["entries"])),
        )
        for name, row in year["reservations"].items()
    ]


def _by_channel(numbers: Any) -> dict[str, int]:
    return {channel: number for channel, number in zip(CHANNELS, numbers, strict=True) if number}


def weight_of(day: date) -> int:
    """How busy a day is, in parts."""
    return MONTH_PARTS[day.month] * WEEKDAY_PARTS[day.weekday()] * FIRST_DAYS.get(day.day, 95)


def months_of(first: date) -> list[date]:
    """The first days of the twelve months of a fiscal year."""
    found = [first]
    while len(found) < 12:
        found.append(next_month(found[-1]))
    return found


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def entries_of_rounds(year: BodyYear, first: date) -> dict[date, dict[str, int]]:
    """抽選申込 of each month's round by channel: each channel's year shared over the months."""
    months = months_of(first)
    found: dict[date, dict[str, int]] = {month: {} for month in months}
    for channel, number in year.entries.items():
        shared = share(number, {month.isoformat(): MONTH_PARTS[month.month] for month in months})
        for month in months:
            if shared[month.isoformat()]:
                found[month][channel] = shared[month.isoformat()]
    return found
