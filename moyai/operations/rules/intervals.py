"""区間 — spans of whole minutes, their union, what they share and what is left of them. Pure.

Minutes are counted from 1970-01-01 00:00 in Japan, which has had one time for longer; ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

JST: Final = timezone(timedelta(hours=9))
DAY: Final = 1440
_FIRST: Final = date(1970, 1, 1)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """From a minute up to, and not including, another."""

    begins: int
    ends: int

    @property
    def minutes(self) -> int:
        return max(0, self.ends - self.begins)


def minute_of(day: date, minute: int = 0) -> int:
    """A minute of a day in Japan."""
    return (day - _FIRST).days * DAY + minute


def day_of(minute: int) -> date:
    return _FIRST + timedelta(days=minute // DAY)


def moment_of(minute: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=JST) + timedelta(minutes=minute)


def span_of(begins: datetime, ends: datetime) -> Span:
    """A span between two moments; a minute in which it stood, if only for a second, counts whole."""
    seconds = [int((moment - moment_of(0)) / timedelta(microseconds=1)) for moment in (begins, ends)]
    whole = 60 * 1_000_000
    return Span(seconds[0] // whole, -(-seconds[1] // whole))


def days_span(first: date, last: date) -> Span:
    """Whole days, both included."""
    return Span(minute_of(first), minute_of(last + timedelta(days=1)))


def union(spans: Iterable[Span]) -> list[Span]:
    """合併 — in order, without overlap; what touches is one, what has no length is gone."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.minutes):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def shared(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """共通部分 — of two sets of spans."""
    left, right = union(first), union(second)
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        span = Span(max(left[i].begins, right[j].begins), min(left[i].ends, right[j].ends))
        if span.minutes:
            found.append(span)
        if left[i].ends <= right[j].ends:
            i += 1
        else:
            j += 1
    return found


def without(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """差 — what of the first is not in the second."""
    found = []
    holes = union(second)
    at = 0
    for span in union(first):
        begins = span.begins
        while at < len(holes) and holes[at].ends <= begins:
            at += 1
        place = at
        while place < len(holes) and holes[place].begins < span.ends:
            if holes[place].begins > begins:
                found.append(Span(begins, holes[place].begins))
            begins = max(begins, holes[place].ends)
            place += 1
        if begins < span.ends:
            found.append(Span(begins, span.ends))
    return found


def length(spans: Iterable[Span]) -> int:
    """長さ in minutes, each minute once."""
    return sum(span.minutes for span in union(spans))


def all_of(sets: Sequence[Iterable[Span]]) -> list[Span]:
    """What is in every set; nothing of no sets."""
    if not sets:
        return []
    found = union(sets[0])
    for spans in sets[1:]:
        found = shared(found, spans)
    return found
