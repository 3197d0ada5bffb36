"""近い空き — where something was taken: the nearest that is free and can be asked for. Asked after the refusal."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from moyai.reservations.queries.availability import CellState, RoomDay, cells_in, room_day, taken_text
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
    around = _Around(ground, room_id, day, now, until)
    return around.nearest(around.taken(body), combination_id, starts, ends, most)


Answer = TypeVar("Answer")
_answers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_guard = Lock()
ANSWERS = 2_000  # refusals that are remembered by a process


def near_once(
    *,
    body: Body,
    ground: Ground,
    versions: str,
    room_id: int,
    combination_id: int,
    day: date,
    starts: int,
    ends: int,
    now: datetime,
    most: int,
    kind: str,
    make: Callable[[list[Alternative]], Answer],
) -> Answer:
    """What `make` makes of the nearest free ones: once for all who were refused the same while nothing around it changed.

    `versions`: of the stamp that `ground` was found by; `kind`: what else the answer depends on. One query, which tells
    whether anything was booked or let go since.
    """
    around = _Around(ground, room_id, day, now, None)
    text = around.taken(body)
    key = (body.pk, versions, around.moment, combination_id, day, starts, ends, most, kind, text)
    with _guard:
        known: Answer | None = _answers.get(key)
        if known is not None:
            _answers.move_to_end(key)
            return known
    made = make(around.nearest(text, combination_id, starts, ends, most))
    with _guard:
        _answers[key] = made
        while len(_answers) > ANSWERS:
            _answers.popitem(last=False)
    return made


class _Around:
    """The rooms and days that lie near to a room and a day, as they stand at a moment."""

    def __init__(self, ground: Ground, room_id: int, day: date, now: datetime, until: date | None) -> None:
        self.ground, self.room_id, self.day, self.now = ground, room_id, day, now
        self.rooms = _like(ground, room_id)
        today = clock.today(now)
        days = [day + timedelta(days=n) for n in range(-DAYS, DAYS + 1)]
        self.days = [one for one in days if one >= today and (until is None or one <= until)]
        minute = now.strftime("%H%M") if today in self.days else ""  # what has begun can no longer be had
        self.moment = (today, minute)

    def taken(self, body: Body) -> str:
        """What of them is taken, as one text. One query; none where no day is left."""
        if not self.days:
            return ""
        parts = [part for of in self.rooms for part, _name in self.ground.on(self.days[0])[of][0].parts]
        return taken_text(body=body, days=self.days, part_ids=parts)

    def nearest(self, text: str, combination_id: int, starts: int, ends: int, most: int) -> list[Alternative]:
        if not self.days:
            return []
        room = self.ground.on(self.day if self.day in self.days else self.days[0])[self.room_id][0]
        wanted = room.unit(combination_id)
        if wanted is None:
            return []
        taken = cells_in(text)

        def free(of: int, on: date) -> list[Alternative]:
            plan, opening = self.ground.on(on)[of]
            if not (plan.in_use(on) and opening.open):
                return []
            units = _units(plan, room, wanted)
            return _uses(room_day(plan, on, opening, taken, self.now, units=units), starts, ends)

        chosen: list[Alternative] = []
        for group in _groups(self.room_id, self.rooms, self.day, self.days):
            found = [
                one
                for of, on in group
                for one in free(of, on)
                if of == self.room_id or one.starts == starts  # elsewhere at that time only
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
