"""対応期限 — clocks that run in office hours, stand while the one who asked is waited for, and say when an answer is due. Pure.

Source: the service level agreement of each desk. Office days come from the calendar of the office; its hours are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from moyai.operations.rules.intervals import (
    DAY,
    JST,
    Span,
    day_of,
    length,
    minute_of,
    moment_of,
    shared,
    span_of,
    union,
    without,
)

LONGEST_DAYS: Final = 3_660  # no clock of a case runs longer


class Calendar(Protocol):
    def is_open(self, on: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """受付の時間 — minutes of the day between which the clock runs; `around_the_clock` needs neither hours nor office days."""

    opens: int = 510  # 8:30
    closes: int = 1035  # 17:15
    around_the_clock: bool = False

    def spans(self, first: date, last: date, calendar: Calendar) -> list[Span]:
        """The minutes that count, of the days from first to last."""
        if self.around_the_clock:
            return [Span(minute_of(first), minute_of(last) + DAY)]
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [
            Span(minute_of(day, self.opens), minute_of(day, self.closes))
            for day in days
            if calendar.is_open(day)
        ]


def elapsed(
    begins: datetime,
    ends: datetime,
    desk: Desk,
    calendar: Calendar,
    waits: Iterable[tuple[datetime, datetime]] = (),
) -> int:
    """経過した時間 — in whole minutes that count, without those it waited for the one who asked."""
    asked = Span(_next_minute(begins), _minute(ends))
    if not asked.minutes:
        return 0
    running = shared([asked], desk.spans(day_of(asked.begins), day_of(asked.ends), calendar))
    return length(without(running, _spans(waits)))


def due(
    came_at: datetime,
    minutes: int,
    desk: Desk,
    calendar: Calendar,
    waits: Iterable[tuple[datetime, datetime]] = (),
) -> datetime:
    """期限 — the moment at which so many counted minutes are over, the clock standing during `waits`.

    It begins to run at the next full minute. Raises ValueError if no office day comes.
    """
    if minutes < 1:
        raise ValueError(f"a clock runs for a minute or more, not {minutes}")
    begins, stands = _next_minute(came_at), _spans(waits)
    left, day = minutes, day_of(begins)
    for _ in range(LONGEST_DAYS):
        today = shared([Span(begins, minute_of(day) + DAY)], desk.spans(day, day, calendar))
        for span in without(today, stands):
            if span.minutes >= left:
                return moment_of(span.begins + left)
            left -= span.minutes
        day += timedelta(days=1)
    raise ValueError(f"no office day within {LONGEST_DAYS} days of {came_at:%Y-%m-%d}")


def _minute(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment has its time zone")
    return int((moment.astimezone(JST) - moment_of(0)) // timedelta(minutes=1))


def _next_minute(moment: datetime) -> int:
    minute = _minute(moment)
    return minute if moment == moment_of(minute) else minute + 1


def _spans(waits: Iterable[tuple[datetime, datetime]]) -> Sequence[Span]:
    return union(span_of(begins, ends) for begins, ends in waits)
