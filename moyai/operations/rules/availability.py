"""稼働率 — (予定時間 − 緊急停止時間) ÷ 予定時間, judged on the exact fraction and printed half up. Pure.

Source: joint-operation reference, formula 稼働率. 予定時間 is what the hours and calendar of a system give, less its 計画停止. A minute in
which it stopped counts once, however many stops cover it. Minutes nobody measured are shown apart and are never up: a level that
holds only if they were is 判定できない, neither met nor missed. A stop of what a system stands on is a stop of the system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from moyai.operations.rules.intervals import (
    Span,
    all_of,
    day_of,
    days_span,
    length,
    minute_of,
    shared,
    union,
    without,
)

HOLIDAY = "holiday"  # 祝日: an eighth weekday


class Verdict(StrEnum):
    MET = "met"
    MISSED = "missed"
    UNPROVEN = "unproven"
    NOTHING_PLANNED = "nothing_planned"


VERDICT_WORDS = {
    Verdict.MET: "達成",
    Verdict.MISSED: "未達成",
    Verdict.UNPROVEN: "判定できない（不明の時間がある）",
    Verdict.NOTHING_PLANNED: "予定時間がない",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """予定時間 — minutes of the day on some weekdays (0 = 月 … 6 = 日, "holiday" = 祝日), from a day to a day.

    A 祝日 is a weekday of its own: hours that do not name it do not hold on it.
    """

    weekdays: frozenset[int | str]
    begins: int
    ends: int
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stops:
    """停止 — of one system and side, by kind."""

    planned: tuple[Span, ...] = ()
    outage: tuple[Span, ...] = ()
    unknown: tuple[Span, ...] = ()

    @property
    def down(self) -> list[Span]:
        return union((*self.planned, *self.outage))


@dataclass(frozen=True, slots=True)
class Measured:
    """測った結果 — in minutes; those of several months or systems add up."""

    planned: int
    stopped: int = 0
    unknown: int = 0

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            self.planned + other.planned, self.stopped + other.stopped, self.unknown + other.unknown
        )

    @property
    def up(self) -> int:
        """Minutes known to be up."""
        return self.planned - self.stopped - self.unknown

    @property
    def rate(self) -> Fraction | None:
        """稼働率 — what is certain: unknown minutes are not up. None where nothing was planned."""
        return Fraction(self.up, self.planned) if self.planned else None

    @property
    def at_most(self) -> Fraction | None:
        """稼働率 if every unknown minute had been up; equal to `rate` where all was measured."""
        return Fraction(self.planned - self.stopped, self.planned) if self.planned else None


def planned_spans(
    hours: Sequence[Hours], first: date, last: date, is_holiday: Callable[[date], bool]
) -> list[Span]:
    """予定時間 — of the days from first to last, both included."""
    found = []
    day = first
    while day <= last:
        weekday: int | str = HOLIDAY if is_holiday(day) else day.weekday()
        found += [
            Span(minute_of(day, row.begins), minute_of(day, row.ends))
            for row in hours
            if weekday in row.weekdays
            and row.from_on <= day
            and (row.until_on is None or day <= row.until_on)
        ]
        day += timedelta(days=1)
    return union(found)


def measure(planned: Iterable[Span], stops: Stops) -> Measured:
    """稼働の集計 — of the planned spans. A 計画停止 takes its minutes out of the plan; an outage goes before the unknown."""
    plan = without(planned, stops.planned)
    stopped = shared(plan, stops.outage)
    unknown = without(shared(plan, stops.unknown), stopped)
    return Measured(length(plan), length(stopped), length(unknown))


def by_month(planned: Iterable[Span], stops: Stops) -> dict[date, Measured]:
    """月ごと — by the first day of the month; a stop over the end of a month is cut there. They add up to the whole."""
    plan = union(planned)
    if not plan:
        return {}
    found = {}
    month = day_of(plan[0].begins).replace(day=1)
    last = day_of(plan[-1].ends - 1)
    while month <= last:
        after = (month + timedelta(days=32)).replace(day=1)
        here = days_span(month, after - timedelta(days=1))
        found[month] = measure(shared(plan, [here]), stops)
        month = after
    return found


def verdict(measured: Measured, level: Fraction) -> Verdict:
    """サービスレベルの判定 — on the fraction, never on what is printed: 1,577 of 525,600 minutes print 99.70 % and miss 99.7 %."""
    if measured.rate is None or measured.at_most is None:
        return Verdict.NOTHING_PLANNED
    if measured.rate >= level:
        return Verdict.MET
    return Verdict.MISSED if measured.at_most < level else Verdict.UNPROVEN


def percent(rate: Fraction, places: int = 2) -> str:
    """「99.97%」, half up."""
    scaled = rate * 100 * 10**places + Fraction(1, 2)
    whole, part = divmod(scaled.numerator // scaled.denominator, 10**places)
    return f"{whole}.{part:0{places}d}%" if places else f"{whole}%"


def printed(measured: Measured) -> str:
    """「99.97%」; where minutes are unknown, from what is certain to what is possible; — where nothing was planned."""
    if measured.rate is None or measured.at_most is None:
        return "—"
    if measured.unknown:
        return f"{percent(measured.rate)}〜{percent(measured.at_most)}"
    return percent(measured.rate)


def most_minutes(planned: int, level: Fraction) -> int:
    """許される停止 — the most minutes of stop with which a level is met: 1,576 of 525,600 at 99.7 %."""
    most = planned * (1 - level)
    return most.numerator // most.denominator


# --- what a system stands on ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dependency:
    """依存 — on another system, from a day to a day; those of one `redundant` name stand in for each other (主系・従系)."""

    on: str
    redundant: str = ""
    from_on: date = field(default=date(1970, 1, 1))
    until_on: date | None = None

    def cut(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """What of the spans falls into the days of the dependency."""
        last = self.until_on or date(9999, 12, 30)
        return tuple(shared(spans, [days_span(self.from_on, last)]))


def with_dependencies(
    system: str, own: Mapping[str, Stops], dependencies: Mapping[str, Sequence[Dependency]]
) -> Stops:
    """依存先を含む停止 — the system's own stops and those of all it stands on, however deep; a ring is gone round once.

    Of a redundant pair, only the time in which none of them runs: an outage, unless all of them stopped by plan.
    """
    return _with(system, own, dependencies, frozenset())


def _with(
    system: str,
    own: Mapping[str, Stops],
    dependencies: Mapping[str, Sequence[Dependency]],
    seen: frozenset[str],
) -> Stops:
    mine = own.get(system, Stops())
    below = [each for each in dependencies.get(system, ()) if each.on not in seen | {system}]
    groups: dict[str, list[Stops]] = {}
    for place, each in enumerate(below):
        stops = _with(each.on, own, dependencies, seen | {system})
        cut = Stops(each.cut(stops.planned), each.cut(stops.outage), each.cut(stops.unknown))
        groups.setdefault(each.redundant or f"\0{place}", []).append(cut)
    carried = [mine, *(_none_runs(group) for group in groups.values())]
    return Stops(
        tuple(union(span for stops in carried for span in stops.planned)),
        tuple(union(span for stops in carried for span in stops.outage)),
        tuple(union(span for stops in carried for span in stops.unknown)),
    )


def _none_runs(group: Sequence[Stops]) -> Stops:
    """Stops of a pair as one: down while all are down, unknown while nobody can say that one of them ran."""
    if len(group) == 1:
        return group[0]
    down = all_of([stops.down for stops in group])
    planned = all_of([stops.planned for stops in group])
    dark = all_of([[*stops.down, *stops.unknown] for stops in group])
    return Stops(tuple(planned), tuple(without(down, planned)), tuple(without(dark, down)))


def degraded(
    system: str, own: Mapping[str, Stops], dependencies: Mapping[str, Sequence[Dependency]]
) -> list[Span]:
    """縮退 — while one of a redundant pair is down and another still carries the system."""
    groups: dict[str, list[list[Span]]] = {}
    for each in dependencies.get(system, ()):
        if each.redundant:
            stops = with_dependencies(each.on, own, dependencies)
            groups.setdefault(each.redundant, []).append(list(each.cut(stops.down)))
    found: list[Span] = []
    for legs in groups.values():
        found += without(union(span for leg in legs for span in leg), all_of(legs))
    return union(found)
