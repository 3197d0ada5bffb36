"""空き状況 — what is free and what is busy; never who has it or what for. A constant number of queries, however many rooms.

The table of slots says what is taken; opening calendars say what can be asked for at all. Cells that a cancelled use still
holds until their release are told apart, because everybody may ask for them from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.db.models import Max

from moyai.reservations.models import Booking, Equipment, Facility, Room
from moyai.reservations.queries.masters import plans_of, plans_on_days
from moyai.reservations.queries.opening import openings
from moyai.reservations.queries.policies import Policies
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.rooms import Choice, RoomPlan, Unit
from moyai.tenants.public import Body, body_of, clock, current_body, prepared_row, prepared_rows

GRAIN = 15  # minutes; as actions.slots counts the stock

Taken = Mapping[
    tuple[int, date], Mapping[int, bool]
]  # (part, day) → cell → it is held only until its release


class State(StrEnum):
    """空き状況 of one cell."""

    FREE = "free"
    TAKEN = "taken"
    RELEASE = "release"  # 取消し後の開放待ち
    PAST = "past"


@dataclass(frozen=True, slots=True)
class CellState:
    cell: int
    starts: int
    ends: int
    name: str
    state: State

    @property
    def free(self) -> bool:
        return self.state == State.FREE


@dataclass(frozen=True, slots=True)
class UnitDay:
    """One unit of a room on a day. `cells` are those of the hours it is open; none on a closed day."""

    unit: Unit
    cells: tuple[CellState, ...]


@dataclass(frozen=True, slots=True)
class RoomDay:
    plan: RoomPlan
    day: date
    opening: Opening
    units: tuple[UnitDay, ...]

    @property
    def free(self) -> bool:
        """Whether anything at all can be had."""
        return any(cell.free for unit in self.units for cell in unit.cells)

    @property
    def full(self) -> bool:
        return self.opening.open and not self.free


@dataclass(frozen=True, slots=True)
class DayMatrix:
    """施設・室場 × 時間 — the rooms of a day, in the order of the plans they were asked with."""

    day: date
    rooms: tuple[RoomDay, ...]


@dataclass(frozen=True, slots=True)
class MonthMatrix:
    """1室場 × 日."""

    days: tuple[RoomDay, ...]


def day_matrix(
    *,
    body: Body,
    day: date,
    now: datetime,
    rooms: Facility | Iterable[Room] | Mapping[int, RoomPlan],
    policies: Policies | None = None,
) -> DayMatrix:
    """その日の空き状況 of these rooms (or plans of that day) of a body. At most ten queries."""
    plans = rooms if isinstance(rooms, Mapping) else plans_of(rooms, day)
    found = room_days(body=body, plans={day: plans}, now=now, policies=policies)
    return DayMatrix(day, tuple(found))


def month_matrix(
    *,
    body: Body,
    room: Room,
    first: date,
    last: date,
    now: datetime,
    policies: Policies | None = None,
) -> MonthMatrix:
    """1室場の日ごとの空き状況, first to last day, both included. At most ten queries."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    plans = plans_on_days([room], days)
    return MonthMatrix(tuple(room_days(body=body, plans=plans, now=now, policies=policies)))


def room_days(
    *,
    body: Body,
    plans: Mapping[date, Mapping[int, RoomPlan]],
    now: datetime,
    policies: Policies | None = None,
) -> list[RoomDay]:
    """Rooms of several days, by day, then in the order of the plans: one query for what is taken."""
    days = [day for day, of_day in plans.items() if of_day]
    if not days:
        return []
    every = {plan.id: plan for of_day in plans.values() for plan in of_day.values()}
    opened = openings(list(every.values()), days, policies=policies)
    parts = None if len(every) > 40 else [part for plan in every.values() for part, _name in plan.parts]
    taken = taken_cells(body=body, days=days, part_ids=parts)
    return [
        room_day(plan, day, opened[(plan.id, day)], taken, now)
        for day in days
        for plan in plans[day].values()
    ]


def taken_cells(*, body: Body, days: Sequence[date], part_ids: Sequence[int] | None = None) -> Taken:
    """What is taken of these parts (all of the body) on these days, in one query."""
    return cells_in(taken_text(body=body, days=days, part_ids=part_ids))


def taken_text(*, body: Body, days: Sequence[date], part_ids: Sequence[int] | None = None) -> str:
    """The same as one text, by which two moments can be told to be alike. One query."""
    narrow = "" if part_ids is None else " AND s.part_id = ANY(%(parts)s::bigint[])"
    # Few bookings wait for their release: they are found by an index of their own, not one by one.
    found = prepared_row(
        "WITH freed AS MATERIALIZED (SELECT id FROM reservations_booking WHERE body_id = %(body)s::int"  # noqa: S608
        " AND free_at IS NOT NULL AND kind = 'freed' AND state = 'booked')"
        " SELECT string_agg(concat_ws(' ', part_id, day, cells, freed), ';' ORDER BY part_id, day) FROM ("
        "SELECT s.part_id, s.day, string_agg(s.cell::text, ',' ORDER BY s.cell) AS cells,"
        " string_agg(CASE WHEN s.booking_id IN (SELECT id FROM freed) THEN s.cell::text END, ',') AS freed"
        " FROM reservations_slot s WHERE s.body_id = %(body)s::int AND s.day = ANY(%(days)s::date[])"
        f"{narrow} GROUP BY s.part_id, s.day) AS one",
        {"body": str(body.pk), "days": list(days)}
        | ({} if part_ids is None else {"parts": [str(one) for one in part_ids]}),
    )
    return (found[0] if found else "") or ""


def cells_in(text: str) -> Taken:
    """What a text of `taken_text` says."""
    found: dict[tuple[int, date], dict[int, bool]] = defaultdict(dict)
    days: dict[str, date] = {}
    for line in text.split(";") if text else ():
        part, on, cells, *freed = line.split(" ")
        day = days.get(on) or days.setdefault(on, date.fromisoformat(on))
        of_part = dict.fromkeys(map(int, cells.split(",")), False)
        if freed:
            of_part |= dict.fromkeys(map(int, freed[0].split(",")), True)
        found[int(part), day] = of_part
    return found


def is_free(*, plan: RoomPlan, unit: Unit, day: date, starts: int, ends: int) -> bool:
    """Whether nobody has any cell of this use. A look only: what decides is the taking itself."""
    cells = set(plan.cells(starts, ends))
    taken = taken_cells(body=body_of(current_body()), days=[day], part_ids=unit.part_ids)
    return not any(cells & of_part.keys() for of_part in taken.values())


def stock_left(
    *, body: Body, equipment: Sequence[Equipment], day: date, starts: int, ends: int, but: int | None = None
) -> dict[str, int]:
    """備品の残り — by code, the fewest pieces free in any quarter of an hour from–to; without booking `but`. One query."""
    cells = range(starts - starts % GRAIN, ends, GRAIN)
    rows = prepared_rows(
        "SELECT equipment_id, cell, count(*) FROM reservations_equipmentslot WHERE body_id = %s::int"
        " AND day = %s::date AND equipment_id = ANY(%s::bigint[]) AND cell = ANY(%s::smallint[])"
        " AND booking_id IS DISTINCT FROM %s::bigint GROUP BY equipment_id, cell",
        [
            str(body.pk),
            day,
            [str(one.pk) for one in equipment],
            [str(cell) for cell in cells],
            None if but is None else str(but),
        ],
    )
    counts = {(piece, cell): count for piece, cell, count in rows}
    return {
        one.code: max(0, one.stock - max((counts.get((one.pk, cell), 0) for cell in cells), default=0))
        for one in equipment
    }


def next_release(*, body: Body, days: Sequence[date]) -> datetime | None:
    """取消し分の開放 — when the latest of the cells that wait on these days are let go; None where none waits."""
    found: datetime | None = Booking.objects.filter(
        body=body, kind=Booking.Kind.FREED, free_at__isnull=False, day__in=list(days)
    ).aggregate(at=Max("free_at"))["at"]
    return found


# --- how --------------------------------------------------------------------------------------------


def room_day(
    plan: RoomPlan,
    day: date,
    opening: Opening,
    taken: Taken,
    now: datetime | None,
    *,
    units: Sequence[Unit] | None = None,
) -> RoomDay:
    """A room (or only these units of it) on a day, from what is taken; `now` None: as before the day. No query."""
    if not opening.open:
        return RoomDay(plan, day, opening, ())
    choices = plan.choices(opening.opens, opening.closes)
    over = minutes_over(day, now) if now is not None else -1
    return RoomDay(
        plan,
        day,
        opening,
        tuple(
            UnitDay(unit, _cells(unit, choices, day, taken, over))
            for unit in (plan.units if units is None else units)
        ),
    )


@lru_cache(maxsize=64)
def minutes_over(day: date, now: datetime) -> int:
    """Minutes of the day that are over: what begins before can no longer be had. -1: the day has not come."""
    today = clock.today(now)
    if day != today:
        return 1441 if day < today else -1
    local = now.astimezone(clock.JST)
    return local.hour * 60 + local.minute


def _cells(
    unit: Unit, choices: tuple[Choice, ...], day: date, taken: Taken, over: int
) -> tuple[CellState, ...]:
    held = [of_part for part in unit.part_ids if (of_part := taken.get((part, day)))]
    if not held and over < 0:
        return all_free(choices)
    return tuple(
        CellState(choice.cell, choice.starts, choice.ends, choice.name, _state(choice, held, over))
        for choice in choices
    )


@lru_cache(maxsize=2_000)
def all_free(choices: tuple[Choice, ...]) -> tuple[CellState, ...]:
    """These cells where nobody has any of them: one and the same tuple, however often it is asked for."""
    return tuple(CellState(one.cell, one.starts, one.ends, one.name, State.FREE) for one in choices)


def _state(choice: Choice, held: Iterable[Mapping[int, bool]], over: int) -> State:
    if choice.starts <= over:
        return State.PAST
    found = State.FREE
    for of_part in held:
        only_until = of_part.get(choice.cell)
        if only_until is False:
            return State.TAKEN
        if only_until:
            found = State.RELEASE
    return found
