"""近い空き — where something was taken: the nearest that is free and can be asked for. Asked after the refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moyai.reservations.queries.availability import CellState, RoomDay, room_day, taken_cells
from moyai.reservations.queries.grounds import Ground, ground_of
from moyai.reservations.queries.stamps import stamp_of
from moyai.reservations.rules.rooms import RoomPlan, Unit
from moyai.tenants.public import Body, clock

DAYS = 7  # before and after the day that was asked for


@dataclass(frozen=True, slots=True)
class Alternative:
    """One use that is free: from–to on a day, in the same unit or another one."""

    plan: RoomPlan
    unit: Unit
    day: date
    starts: int
    ends: int
    frames: tuple[str, ...]  # names of コマ


def nearest(
    *,
    body: Body,
    combination_id: int,
    day: date,
    starts: int,
    ends: int,
    now: datetime,
    most: int = 3,
    until: date | None = None,
) -> list[Alternative]:
    """近い空き — of the same length: another time that day, the same in a like room of the facility, other days.

    Nearest first: the same room and day by distance in time, then other rooms that day at that time, then the room on
    days around it. `until`: the last day that can be asked for. A constant number of queries.
    """
    stamp = stamp_of(body_id=body.pk, combination_id=combination_id, day=day)
    if stamp is None:
        return []
    return near(
        body=body,
        ground=ground_of(body, stamp),
        room_id=stamp.room_id,
        combination_id=combination_id,
        day=day,
        starts=starts,
        ends=ends,
        now=now,
        most=most,
        until=until,
    )


def near(
    *,
    body: Body,
    ground: Ground,
    room_id: int,
    combination_id: int,
    day: date,
    starts: int,
    ends: int,
    now: datetime,
    most: int = 3,
    until: date | None = None,
) -> list[Alternative]:
    """The same in a facility that is known: one query."""
    rooms = _like(ground, room_id)
    today = clock.today(now)
    days = [day + timedelta(days=n) for n in range(-DAYS, DAYS + 1)]
    days = [one for one in days if one >= today and (until is None or one <= until)]
    if not days:
        return []
    room = ground.on(day if day in days else days[0])[room_id][0]
    wanted = room.unit(combination_id)
    if wanted is None:
        return []
    parts = [part for of in rooms for part, _name in ground.on(days[0])[of][0].parts]
    taken = taken_cells(body=body, days=days, part_ids=parts)

    def free(of: int, on: date) -> list[Alternative]:
        plan, opening = ground.on(on)[of]
        if not (plan.in_use(on) and opening.open):
            return []
        units = _units(plan, room, wanted)
        return _uses(room_day(plan, on, opening, taken, now, units=units), starts, ends)

    chosen: list[Alternative] = []
    for group in _groups(room_id, rooms, day, days):
        found = [
            one
            for of, on in group
            for one in free(of, on)
            if of == room_id or one.starts == starts  # elsewhere at that time only
        ]
        found.sort(key=lambda one: (abs(one.starts - starts), one.unit.id))
        chosen = _spread([*chosen, *found], most)
        if len(chosen) == most:
            break  # what lies farther away is not worked out
    return chosen


def _groups(
    room_id: int, rooms: Sequence[int], day: date, days: Sequence[date]
) -> Iterator[list[tuple[int, date]]]:
    """Rooms and days as far from what was asked for as each other: the room itself, other rooms, days around."""
    if day in days:
        yield [(room_id, day)]
        yield [(of, day) for of in rooms if of != room_id]
    for n in range(1, DAYS + 1):
        yield [(room_id, on) for on in days if abs((on - day).days) == n]


def _like(ground: Ground, room_id: int) -> list[int]:
    """The room first, then the others of its facility that residents may book."""
    others = [one.pk for one in ground.rooms.values() if one.published and one.alone and one.pk != room_id]
    return [room_id, *others[:12]]


def _units(plan: RoomPlan, room: RoomPlan, asked: Unit) -> list[Unit]:
    """The unit itself, units of the room with as many parts, or what holds as many people elsewhere."""
    if plan.id == room.id:
        mine, size = plan.unit(asked.id), len(asked.part_ids)
        others = [unit for unit in plan.units if unit.id != asked.id and len(unit.part_ids) == size]
        return [mine, *others] if mine is not None else others
    need = asked.capacity or room.capacity or 0
    return [unit for unit in plan.units if (unit.capacity or plan.capacity or 0) >= need]


def _uses(found: RoomDay, starts: int, ends: int) -> list[Alternative]:
    """Runs of free cells as long as what was asked for."""
    uses = []
    for unit_day in found.units:
        for run in _runs(found.plan, unit_day.cells, starts, ends):
            names = tuple(cell.name for cell in run if cell.name)
            uses.append(Alternative(found.plan, unit_day.unit, found.day, run[0].starts, run[-1].ends, names))
    return uses


def _runs(plan: RoomPlan, cells: Sequence[CellState], starts: int, ends: int) -> list[Sequence[CellState]]:
    length = ends - starts
    if plan.step:
        count = max(1, -(-length // plan.step))
    else:
        count = max(1, sum(1 for frame in plan.frames if starts <= frame.starts and frame.ends <= ends))
    taken = {cell.cell for cell in cells if not cell.free}
    found = []
    for at in range(len(cells) - count + 1):
        run = cells[at : at + count]
        around = set(plan.cells(run[0].starts, run[-1].ends)) if plan.step else {cell.cell for cell in run}
        if all(cell.free for cell in run) and not around & taken:
            found.append(run)
    return found


def _spread(found: Sequence[Alternative], most: int) -> list[Alternative]:
    """The first ones, but not the same room and day more than twice."""
    chosen: list[Alternative] = []
    seen: dict[tuple[int, date], int] = {}
    for one in found:
        key = (one.plan.id, one.day)
        if seen.get(key, 0) < 2:
            seen[key] = seen.get(key, 0) + 1
            chosen.append(one)
        if len(chosen) == most:
            break
    return chosen
