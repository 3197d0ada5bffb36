"""空き状況の印 — what a reader may do about each cell: book it, enter a lottery for it, wait, or nothing.

What is free (queries.availability) meets the periods of the policy and the lotteries that are under way. The marks are
the same for everybody of one class; names never enter here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from moyai.reservations.models import Round, RoundRoom
from moyai.reservations.queries.availability import CellState, RoomDay, State, UnitDay
from moyai.reservations.queries.policies import Policies
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.periods import Window, state_at, window
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import Body, clock

HOUR = 60


class Mark(StrEnum):
    """印. Only FREE, SOME and LOTTERY can be chosen."""

    FREE = "free"  # ○
    SOME = "some"  # △ some of its parts, or some of the hour
    LOTTERY = "lottery"  # 抽 entries are taken
    DRAWN = "drawn"  # 締 entered, waiting for the draw
    RELEASE = "release"  # 開 cancelled: everybody may ask from its release on
    TAKEN = "taken"  # ×
    CLOSED = "closed"  # 休
    SHUT = "shut"  # － outside the period, or over

    @property
    def open(self) -> bool:
        return self in (Mark.FREE, Mark.SOME, Mark.LOTTERY)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the marks stand: a class of user, not a person."""

    resident_class: str = "resident"
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Lottery:
    """A round that gives these rooms on these days: open for entries, or waiting for its draw."""

    round_id: int
    open: bool
    for_from: date
    for_until: date
    enter_from: datetime
    enter_until: datetime
    rooms: frozenset[int]

    def gives(self, room_id: int, day: date) -> bool:
        return room_id in self.rooms and self.for_from <= day <= self.for_until


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `unit_id` is what a reader would take: the largest unit that is free."""

    mark: Mark
    starts: int
    ends: int
    name: str
    unit_id: int = 0
    round_id: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    plan: RoomPlan
    day: date
    opening: Opening
    cells: tuple[Cell, ...]
    opens_at: datetime | None = None  # first come begins, where it has not begun

    @property
    def any_open(self) -> bool:
        return any(cell.mark.open for cell in self.cells)


def lotteries_of(*, body: Body, days: Sequence[date], now: datetime) -> list[Lottery]:
    """抽選 for uses on any of these days that is not drawn yet. Two queries."""
    if not days:
        return []
    rounds = list(
        Round.objects.filter(
            body=body,
            kind=Round.Kind.MONTHLY,
            state__in=(Round.State.OPEN, Round.State.FROZEN),
            enter_from__lte=now,
            for_from__lte=max(days),
            for_until__gte=min(days),
        ).order_by("id")
    )
    rooms: dict[int, set[int]] = defaultdict(set)
    for round_id, room_id in RoundRoom.objects.filter(
        body=body, round_id__in=[one.pk for one in rounds]
    ).values_list("round_id", "room_id"):
        rooms[round_id].add(room_id)
    return [
        Lottery(
            one.pk,
            one.state == Round.State.OPEN and now < one.enter_until,
            one.for_from,
            one.for_until,
            one.enter_from,
            one.enter_until,
            frozenset(rooms[one.pk]),
        )
        for one in rounds
    ]


class Marking:
    """The marks of many rooms and days for one reader: what is looked up for one row serves the others."""

    def __init__(
        self, *, policies: Policies, lotteries: Iterable[Lottery], reader: Reader, now: datetime
    ) -> None:
        self.policies, self.reader, self.now = policies, reader, now
        self.lotteries = list(lotteries)
        self.today = clock.today(now)
        self._windows: dict[tuple[int, date, int], Window | None] = {}

    def first_come(self, plan: RoomPlan, day: date, starts: int = 0) -> Window | None:
        """先着の受付期間 of a use that begins then."""
        policy = self.policies.of("periods", plan, self.today)
        if policy is None:
            return None
        key = (policy.pk, day, starts)
        if key not in self._windows:
            self._windows[key] = window(
                policy.document,
                way="first",
                day_of_use=day,
                resident_class=self.reader.resident_class,
                kind=self.reader.kind,
                starts=starts,
            )
        return self._windows[key]

    def row(self, room_day: RoomDay, *, unit_id: int = 0, hourly: bool = False) -> Row:
        """The cells of a room (or of one unit of it) on a day; `hourly`: steps are shown as hours."""
        units = [one for one in room_day.units if unit_id in (0, one.unit.id)]
        lottery = next((one for one in self.lotteries if one.gives(room_day.plan.id, room_day.day)), None)
        cells = [self._cell(room_day, found, lottery) for found in _together(units)]
        if hourly and room_day.plan.step:
            cells = _by_hour(cells)
        first = self.first_come(room_day.plan, room_day.day)
        early = state_at(first, self.now) == "early"
        return Row(
            room_day.plan,
            room_day.day,
            room_day.opening,
            tuple(cells),
            first.opens if early and first is not None else None,
        )

    def _cell(
        self, room_day: RoomDay, of_units: Sequence[tuple[UnitDay, CellState]], lottery: Lottery | None
    ) -> Cell:
        """`of_units`: each unit with its state in one cell."""
        one = of_units[0][1]
        free = [unit_day.unit for unit_day, cell in of_units if cell.free]
        where = (one.starts, one.ends, one.name)
        if not free:
            states = {cell.state for _unit_day, cell in of_units}
            mark = (
                Mark.RELEASE
                if State.RELEASE in states
                else Mark.SHUT
                if states == {State.PAST}
                else Mark.TAKEN
            )
            return Cell(mark, *where)
        largest = max(free, key=lambda unit: len(unit.part_ids))
        if state_at(self.first_come(room_day.plan, room_day.day, one.starts), self.now) == "open":
            mark = Mark.FREE if len(free) == len(of_units) else Mark.SOME
            return Cell(mark, *where, unit_id=largest.id)
        if lottery is not None:
            mark = Mark.LOTTERY if lottery.open else Mark.DRAWN
            return Cell(mark, *where, unit_id=largest.id, round_id=lottery.round_id)
        return Cell(Mark.SHUT, *where)


def _together(units: Sequence[UnitDay]) -> list[list[tuple[UnitDay, CellState]]]:
    """All units of a room have the same cells: those of one time side by side."""
    return (
        [[(unit_day, unit_day.cells[at]) for unit_day in units] for at in range(len(units[0].cells))]
        if units
        else []
    )


def _by_hour(cells: Iterable[Cell]) -> list[Cell]:
    """Quarters and halves as hours: ○ where all of it is free, △ where some of it is."""
    hours: Mapping[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        hours[cell.starts // HOUR].append(cell)
    return [_hour(of_hour) for of_hour in hours.values()]


def _hour(cells: Sequence[Cell]) -> Cell:
    marks = {cell.mark for cell in cells}
    free = next((cell for cell in cells if cell.mark.open), None)
    if len(marks) == 1:
        mark = cells[0].mark
    elif free is not None:
        mark = Mark.LOTTERY if Mark.LOTTERY in marks else Mark.SOME
    else:
        mark = next(one for one in (Mark.DRAWN, Mark.RELEASE, Mark.TAKEN, Mark.SHUT) if one in marks)
    chosen = free or cells[0]
    return Cell(mark, cells[0].starts, cells[-1].ends, "", chosen.unit_id, chosen.round_id)
