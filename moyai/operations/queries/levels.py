"""稼働の読取り — the book of a period, and what it says of each system and side: exact fractions, never later than now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import Q

from moyai.calendars.public import OfficeCalendar, fiscal_year_range, office_calendar
from moyai.operations.models import Dependency as DependencyRow
from moyai.operations.models import MonthlyLevel, Probe, ServiceHours, ServiceLevel, Stop, System
from moyai.operations.rules import availability, probing
from moyai.operations.rules.availability import Dependency, Hours, Measured, Stops, Verdict
from moyai.operations.rules.intervals import Span, days_span, minute_of, shared, span_of
from moyai.tenants.public import Service, clock, in_force


@dataclass(frozen=True, slots=True)
class Side:
    """区分 — blank where a system is measured once for all."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SystemYear:
    """A system and side over a fiscal year: its months, the whole, and the level it is judged by."""

    system: System
    side: Side
    months: Mapping[date, Measured]
    whole: Measured
    level: Fraction | None
    level_source: str = ""

    @property
    def printed(self) -> str:
        return availability.printed(self.whole)

    @property
    def verdict(self) -> Verdict | None:
        return availability.verdict(self.whole, self.level) if self.level is not None else None

    @property
    def most_minutes(self) -> int | None:
        """許される停止 of the year so far, in minutes."""
        return availability.most_minutes(self.whole.planned, self.level) if self.level is not None else None

    def month_verdict(self, month: date) -> Verdict | None:
        return availability.verdict(self.months[month], self.level) if self.level is not None else None


@dataclass(slots=True)
class Book:
    """All rows that say how systems ran from `first` to `last`; seven queries however many systems there are."""

    first: date
    last: date
    now: datetime
    systems: Sequence[System]
    calendar: OfficeCalendar
    hours: dict[int, list[ServiceHours]] = field(default_factory=dict)
    stops: dict[int, list[Stop]] = field(default_factory=dict)
    stands_on: dict[str, list[Dependency]] = field(default_factory=dict)
    levels: list[ServiceLevel] = field(default_factory=list)
    unheard: dict[int, list[tuple[str, datetime]]] = field(default_factory=dict)
    _planned: dict[tuple[int, str], list[Span]] = field(default_factory=dict)
    _holidays: dict[date, bool] = field(default_factory=dict)

    def planned(self, system: System, side: str) -> list[Span]:
        """予定時間 up to now."""
        rows = self.hours.get(system.pk, [])
        own = [row for row in rows if row.side == side and side] or [row for row in rows if not row.side]
        key = (system.pk, side if own and own[0].side else "")
        if key not in self._planned:
            first = max(self.first, system.from_on)
            last = min(self.last, clock.today(self.now), system.until_on or self.last)
            hours = [
                Hours(frozenset(row.weekdays), row.begins, row.ends, row.from_on, row.until_on) for row in own
            ]
            spans = availability.planned_spans(hours, first, last, self._holiday)
            today = clock.today(self.now)
            midnight = minute_of(today)
            passed = [Span(0, midnight + _minutes_today(self.now))]
            self._planned[key] = shared(spans, passed) if last >= today else spans
        return self._planned[key]

    def _holiday(self, on: date) -> bool:
        if on not in self._holidays:
            self._holidays[on] = bool(self.calendar.holiday_name(on))
        return self._holidays[on]

    def own(self, side: str) -> dict[str, Stops]:
        """The stops of every system as a side sees them."""
        found = {}
        for system in self.systems:
            kinds: dict[str, list[Span]] = {"planned": [], "outage": [], "unknown": []}
            for stop in self.stops.get(system.pk, []):
                if stop.side in ("", side):
                    ends = stop.ends or max(self.now, stop.begins + timedelta(minutes=1))
                    kinds[stop.kind].append(span_of(stop.begins, ends))
            for probe_side, since in self.unheard.get(system.pk, []):
                if probe_side in ("", side):
                    kinds["unknown"].append(span_of(since, self.now))
            found[system.code] = Stops(
                tuple(kinds["planned"]), tuple(kinds["outage"]), tuple(kinds["unknown"])
            )
        return found

    def level_of(self, system: System, on: date) -> ServiceLevel | None:
        """The level in force on a day: the system's own before that of its service."""
        held = [
            row for row in self.levels if row.from_on <= on and (row.until_on is None or on <= row.until_on)
        ]
        own = next((row for row in held if row.system_id == system.pk), None)
        if own is not None or system.service_id is None:
            return own
        return next((row for row in held if row.service_id == system.service_id), None)

    def year(self, system: System, side: Side) -> SystemYear:
        stops = availability.with_dependencies(system.code, self.own(side.code), self.stands_on)
        months = availability.by_month(self.planned(system, side.code), stops)
        whole = sum(months.values(), Measured(0))
        level = self.level_of(system, min(self.last, system.until_on or self.last))
        return SystemYear(
            system=system,
            side=side,
            months=months,
            whole=whole,
            level=Fraction(level.numerator, level.denominator) if level is not None else None,
            level_source=level.source if level is not None else "",
        )

    def degraded(self, system: System, side: str) -> list[Span]:
        """縮退 — one of a redundant pair was down, and the other carried the system."""
        found = availability.degraded(system.code, self.own(side), self.stands_on)
        return shared(found, [days_span(self.first, self.last)])


def _minutes_today(now: datetime) -> int:
    here = now.astimezone(clock.JST)
    return here.hour * 60 + here.minute


def sides_of(system: System) -> list[Side]:
    """The sides it is measured for; one without a name where there are none."""
    return [Side(each["code"], each["name"]) for each in system.sides] or [Side("", "")]


def systems_between(first: date, last: date) -> list[System]:
    """Systems that run on some day of a period, in their order."""
    return list(
        System.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=first), from_on__lte=last)
        .select_related("service")
        .order_by("position", "code")
    )


def book_of(first: date, last: date, *, now: datetime) -> Book:
    """The book of a period."""
    systems = systems_between(first, last)
    book = Book(first, last, now, systems, office_calendar(first=first, last=last))
    begins = datetime.combine(first, datetime.min.time(), tzinfo=clock.JST)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=clock.JST)
    for row in ServiceHours.objects.order_by("from_on", "begins"):
        book.hours.setdefault(row.system_id, []).append(row)
    standing = Stop.objects.filter(voided_on__isnull=True, begins__lt=ends)
    for stop in standing.filter(Q(ends__isnull=True) | Q(ends__gt=begins)).order_by("begins", "id"):
        book.stops.setdefault(stop.system_id, []).append(stop)
    for each in DependencyRow.objects.select_related("system", "on").order_by("id"):
        book.stands_on.setdefault(each.system.code, []).append(
            Dependency(each.on.code, each.redundant, each.from_on, each.until_on)
        )
    book.levels = list(ServiceLevel.objects.filter(from_on__lte=last).order_by("-from_on"))
    book.unheard = _unheard(now)
    return book


def _unheard(now: datetime) -> dict[int, list[tuple[str, datetime]]]:
    """Since when a probe that should measure has not: the worker is gone and has written nothing yet."""
    from moyai.operations.actions.probes import watched

    held = {
        stop.probe_id: stop
        for stop in Stop.objects.filter(probe__isnull=False, ends__isnull=True, voided_on__isnull=True)
    }
    found: dict[int, list[tuple[str, datetime]]] = {}
    for probe in Probe.objects.filter(on=True):
        since = probing.unheard(watched(probe, held.get(probe.pk)), now)
        if since is not None:
            found.setdefault(probe.system_id, []).append((probe.side, since))
    return found


def levels_of_year(fiscal_year: int, *, now: datetime) -> list[SystemYear]:
    """稼働率 of a fiscal year, system by system and side by side."""
    first, last = fiscal_year_range(fiscal_year)
    book = book_of(first, last, now=now)
    return [book.year(system, side) for system in book.systems for side in sides_of(system)]


def stops_of(system: System, fiscal_year: int) -> list[Stop]:
    """The stops of a system's own in a fiscal year, voided ones too, the newest first."""
    first, last = fiscal_year_range(fiscal_year)
    begins = datetime.combine(first, datetime.min.time(), tzinfo=clock.JST)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=clock.JST)
    rows = Stop.objects.filter(system=system, begins__lt=ends).filter(
        Q(ends__isnull=True) | Q(ends__gt=begins)
    )
    return list(rows.select_related("case", "probe", "system").order_by("-begins", "-id")[:500])


def months_reported(fiscal_year: int) -> list[MonthlyLevel]:
    """月次報告 of a fiscal year, by service and month."""
    first, last = fiscal_year_range(fiscal_year)
    return list(
        MonthlyLevel.objects.filter(month__gte=first, month__lte=last)
        .select_related("service")
        .order_by("service__code", "month")
    )


# --- now --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A system as it stands: up, degraded, planned, unknown or down; `since` where something is open."""

    system: System
    state: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusNow:
    systems: list[Standing]
    outages: list[Stop]
    planned: list[Stop]


ORDER = ("down", "planned", "unknown", "degraded", "up")
AHEAD = timedelta(days=31)


def status_now(*, now: datetime, systems: Iterable[int] | None = None) -> StatusNow:
    """今の稼働状況 — with what a system stands on, and planned stops of the coming 31 days."""
    today = clock.today(now)
    book = book_of(today - timedelta(days=1), today, now=now)
    wanted = None if systems is None else set(systems)
    minute = minute_of(today, _minutes_today(now))
    here = [Span(minute, minute + 1)]
    found = []
    for system in book.systems:
        if wanted is not None and system.pk not in wanted:
            continue
        states = [_state(book, system, side.code, here) for side in sides_of(system)]
        state = min(states, key=ORDER.index)
        began = [
            stop.begins
            for stop in book.stops.get(system.pk, [])
            if stop.begins <= now and (stop.ends is None or stop.ends > now)
        ]
        found.append(Standing(system, state, min(began) if began and state != "up" else None))
    ids = [each.system.pk for each in found]
    ahead = Stop.objects.filter(
        system_id__in=ids,
        voided_on__isnull=True,
        kind=Stop.Kind.PLANNED,
        ends__gt=now,
        begins__lt=now + AHEAD,
    )
    return StatusNow(
        systems=found,
        outages=[
            stop
            for each in found
            for stop in book.stops.get(each.system.pk, [])
            if stop.kind == Stop.Kind.OUTAGE and stop.ends is None
        ],
        planned=list(ahead.select_related("system").order_by("begins", "id")[:100]),
    )


def _state(book: Book, system: System, side: str, here: Sequence[Span]) -> str:
    now_only = {
        code: Stops(
            tuple(shared(stops.planned, here)),
            tuple(shared(stops.outage, here)),
            tuple(shared(stops.unknown, here)),
        )
        for code, stops in _up_to_the_minute(book, side).items()
    }
    stops = availability.with_dependencies(system.code, now_only, book.stands_on)
    if stops.outage:
        return "down"
    if stops.planned:
        return "planned"
    if stops.unknown:
        return "unknown"
    return "degraded" if availability.degraded(system.code, now_only, book.stands_on) else "up"


def _up_to_the_minute(book: Book, side: str) -> dict[str, Stops]:
    """The stops as of now: what is open covers the running minute, what has ended no longer does."""
    found = {}
    minute = minute_of(clock.today(book.now), _minutes_today(book.now))
    here = Span(minute, minute + 1)
    for system in book.systems:
        kinds: dict[str, list[Span]] = {"planned": [], "outage": [], "unknown": []}
        for stop in book.stops.get(system.pk, []):
            if (
                stop.side in ("", side)
                and stop.begins <= book.now
                and (stop.ends is None or stop.ends > book.now)
            ):
                kinds[stop.kind].append(here)
        for probe_side, _since in book.unheard.get(system.pk, []):
            if probe_side in ("", side):
                kinds["unknown"].append(here)
        found[system.code] = Stops(tuple(kinds["planned"]), tuple(kinds["outage"]), tuple(kinds["unknown"]))
    return found


# --- one system -------------------------------------------------------------------------------------------------------


def hours_of(system: System) -> list[ServiceHours]:
    return list(ServiceHours.objects.filter(system=system).order_by("-from_on", "side", "begins"))


def dependencies_of(system: System) -> list[DependencyRow]:
    return list(DependencyRow.objects.filter(system=system).select_related("on").order_by("from_on", "id"))


def carried_by(system: System) -> list[DependencyRow]:
    """What stands on it."""
    return list(DependencyRow.objects.filter(on=system).select_related("system").order_by("from_on", "id"))


def levels_of(system: System) -> list[ServiceLevel]:
    of = Q(system=system)
    if system.service_id is not None:
        of |= Q(service_id=system.service_id)
    return list(ServiceLevel.objects.filter(of).order_by("-from_on"))


def probes_of(system: System) -> list[Probe]:
    return list(Probe.objects.filter(system=system).order_by("name", "id"))


def systems_for(services: Iterable[Service], on: date) -> list[int]:
    """Ids of the systems a member uses: those of its services, and those of no service in particular."""
    ids = [service.pk for service in services]
    rows = System.objects.filter(in_force(on)).filter(Q(service__isnull=True) | Q(service_id__in=ids))
    return list(rows.values_list("pk", flat=True))
