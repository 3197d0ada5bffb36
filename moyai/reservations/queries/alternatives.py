"""近い空き — where something was taken: the nearest that is free and can be asked for. Asked after the refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moyai.reservations.models import Combination, Room
from moyai.reservations.queries.availability import CellState, RoomDay, room_days
from moyai.reservations.queries.masters import plans_on_days
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
    asked = Combination.objects.filter(body=body, pk=combination_id).select_related("room__facility").first()
    if asked is None:
        return []
    rooms = _like(asked.room)
    today = clock.today(now)
    days = [day + timedelta(days=n) for n in range(-DAYS, DAYS + 1)]
    days = [one for one in days if one >= today and (until is None or one <= until)]
    plans = plans_on_days(rooms, days)
    around = {
        one: (of_day if one == day else {asked.room_id: of_day[asked.room_id]})
        for one, of_day in plans.items()
    }
    found: list[tuple[tuple[int, int, int, int], Alternative]] = []
    for room_day in room_days(body=body, plans=around, now=now):
        if not room_day.plan.in_use(room_day.day):
            continue
        for alternative in _uses(room_day, _units(room_day.plan, asked), starts, ends):
            same_room = room_day.plan.id == asked.room_id
            if not same_room and alternative.starts != starts:
                continue
            rank = 0 if same_room and alternative.day == day else 1 if alternative.day == day else 2
            apart = abs(alternative.starts - starts), abs((alternative.day - day).days)
            found.append(((rank, apart[1], apart[0], alternative.unit.id), alternative))
    found.sort(key=lambda pair: pair[0])
    return _spread([one for _key, one in found], most)


def _like(room: Room) -> list[Room]:
    """The room first, then the others of its facility that residents may book."""
    others = (
        Room.objects.filter(body_id=room.body_id, facility_id=room.facility_id, published=True, alone=True)
        .exclude(pk=room.pk)
        .order_by("position", "id")[:12]
    )
    found = [room, *others]
    for one in found:
        one.facility = room.facility
    return found


def _units(plan: RoomPlan, asked: Combination) -> Iterable[Unit]:
    """The unit itself, units of the room with as many parts, or what holds as many people elsewhere."""
    mine = plan.unit(asked.pk)
    size = len(asked.parts)
    if mine is not None:
        return [mine, *(unit for unit in plan.units if unit.id != mine.id and len(unit.part_ids) == size)]
    need = asked.capacity or asked.room.capacity or 0
    return [unit for unit in plan.units if (unit.capacity or plan.capacity or 0) >= need]


def _uses(room_day: RoomDay, units: Iterable[Unit], starts: int, ends: int) -> list[Alternative]:
    """Runs of free cells as long as what was asked for."""
    wanted = {unit.id for unit in units}
    found = []
    for unit_day in room_day.units:
        if unit_day.unit.id in wanted:
            for run in _runs(room_day.plan, unit_day.cells, starts, ends):
                names = tuple(cell.name for cell in run if cell.name)
                found.append(
                    Alternative(
                        room_day.plan, unit_day.unit, room_day.day, run[0].starts, run[-1].ends, names
                    )
                )
    return found


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
