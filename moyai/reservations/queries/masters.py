"""施設と室場の読取り — facilities as residents look for them, and rooms as the rules see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from moyai.reservations.models import Combination, Equipment, Facility, Frame, Part, Purpose, Room
from moyai.reservations.rules.rooms import FrameSpan, RoomPlan, Unit
from moyai.tenants.public import Body


class PartRow(NamedTuple):
    id: int
    code: str
    name: str


class UnitRow(NamedTuple):
    id: int
    code: str
    name: str
    name_en: str
    capacity: int | None
    parts: list[str]
    used_until: date | None


class FrameRow(NamedTuple):
    id: int
    code: str
    name: str
    name_en: str
    starts: int
    ends: int
    weight: int
    used_from: date
    used_until: date | None


def facilities_for_residents(body: Body, *, on: date) -> list[Facility]:
    """Published facilities in use that day, each with `open_rooms`: its published rooms. Two queries."""
    found = published_facilities(body, on=on)
    with_rooms(found, on=on)
    return found


def published_facilities(body: Body, *, on: date) -> list[Facility]:
    """Published facilities in use that day, without their rooms. One query."""
    facilities = Facility.objects.of(body).filter(published=True)
    return list(_in_use(facilities, on).order_by("position", "id"))


def with_rooms(facilities: Sequence[Facility], *, on: date) -> None:
    """Give each of these its `open_rooms`: the published rooms in use that day. One query."""
    rooms = rooms_in_use(Room.objects.filter(published=True), on).order_by("position", "id")
    prefetch_related_objects(list(facilities), Prefetch("rooms", queryset=rooms, to_attr="open_rooms"))


def room_for_residents(body: Body, facility_code: str, code: str, *, on: date) -> Room | None:
    """A published room of a published facility, with its facility; None where residents may not see one."""
    rooms = Room.objects.of(body).filter(
        published=True, code=code, facility__published=True, facility__code=facility_code
    )
    found: Room | None = rooms_in_use(rooms, on).select_related("facility", "main").first()
    return found


def rooms_in_use(rooms: QuerySet[Room], on: date) -> QuerySet[Room]:
    """Of these the rooms in use that day, in facilities in use that day."""
    return _in_use(_in_use(rooms, on), on, "facility__")


def purposes_of(body: Body) -> list[Purpose]:
    """利用目的 in the body's order."""
    return list(Purpose.objects.of(body).order_by("position", "id"))


def equipment_for(plan: RoomPlan, *, on: date) -> list[Equipment]:
    """備品 that is lent with a room that day. The rows lie behind the wall that is open."""
    lent = Equipment.objects.filter(facility_id=plan.facility_id).filter(
        Q(used_until__isnull=True) | Q(used_until__gte=on)
    )
    return [piece for piece in lent.order_by("position", "id") if not piece.rooms or plan.code in piece.rooms]


def plan_of(room: Room, on: date) -> RoomPlan:
    """室場の見取り of one room on a day."""
    return plans_of([room], on)[room.pk]


def plans_of(rooms: Facility | Iterable[Room], on: date) -> dict[int, RoomPlan]:
    """室場の見取り by id of room on a day: of all rooms of a facility, or of the rooms given. At most four queries.

    Rooms that are not in use that day are there too: `plan.in_use(day)` says so.
    """
    return plans_on_days(rooms, [on])[on]


def plans_on_days(rooms: Facility | Iterable[Room], days: Sequence[date]) -> dict[date, dict[int, RoomPlan]]:
    """As `plans_of` for each of some days, with the コマ of each: as many queries as for one day.

    Days on which the コマ are the same share one plan.
    """
    if isinstance(rooms, Facility):
        found = list(Room.objects.filter(body_id=rooms.body_id, facility=rooms).order_by("position", "id"))
        for room in found:
            room.facility = rooms
    else:
        found = _with_facilities(list(rooms))
    if not found or not days:
        return {day: {} for day in days}
    return plans_from(found, rows_of(found, first=min(days), last=max(days)), days)


PlanKey = tuple[int, tuple[int, ...], tuple[int, ...]]  # ids of the room, its コマ, its units on a day


class PlanRows(NamedTuple):
    """Parts, units and コマ of rooms, each by the id of its room."""

    parts: dict[int, list[PartRow]]
    units: dict[int, list[UnitRow]]
    frames: dict[int, list[FrameRow]]


def rows_of(found: Sequence[Room], *, first: date | None = None, last: date | None = None) -> PlanRows:
    """What plans of these rooms are made of; `first` and `last` leave out what is of other days. Three queries."""
    of = {"body_id": found[0].body_id, "room_id__in": [room.pk for room in found]}
    # Plain rows: a city's rooms have thousands of parts, units and frames, and none of them is written.
    parts: dict[int, list[PartRow]] = defaultdict(list)
    for room_id, *part in (
        Part.objects.filter(**of).order_by("position", "id").values_list("room_id", *PartRow._fields)
    ):
        parts[room_id].append(PartRow(*part))
    units: dict[int, list[UnitRow]] = defaultdict(list)
    lent, known = Combination.objects.filter(**of), Frame.objects.filter(**of)
    if first is not None:
        until = Q(used_until__isnull=True) | Q(used_until__gte=first)
        lent, known = lent.filter(until), known.filter(until)
    if last is not None:
        known = known.filter(used_from__lte=last)
    for room_id, *unit in lent.order_by("position", "id").values_list("room_id", *UnitRow._fields):
        units[room_id].append(UnitRow(*unit))
    frames: dict[int, list[FrameRow]] = defaultdict(list)
    for room_id, *frame in known.order_by("starts").values_list("room_id", *FrameRow._fields):
        frames[room_id].append(FrameRow(*frame))
    return PlanRows(parts, units, frames)


def plans_from(
    found: Sequence[Room],
    rows: PlanRows,
    days: Sequence[date],
    *,
    made: dict[PlanKey, RoomPlan] | None = None,
) -> dict[date, dict[int, RoomPlan]]:
    """The plans of rooms (each with its facility at hand) on days, from rows that were read: no query.

    `made`: the plans of these rows that there are already, and those that come to it.
    """
    plans: dict[date, dict[int, RoomPlan]] = {}
    made = {} if made is None else made
    for day in days:
        plans[day] = {}
        for room in found:
            today = [frame for frame in rows.frames.get(room.pk, ()) if _valid(frame, day)]
            whole = [
                unit
                for unit in rows.units.get(room.pk, ())
                if unit.used_until is None or unit.used_until >= day
            ]
            key = (room.pk, tuple(frame.id for frame in today), tuple(unit.id for unit in whole))
            if key not in made:
                made[key] = _plan(room, rows.parts.get(room.pk, ()), whole, today)
            plans[day][room.pk] = made[key]
    return plans


def _with_facilities(rooms: list[Room]) -> list[Room]:
    """The rooms, each with its facility at hand: one query for those that came without."""
    bare = {room.facility_id for room in rooms if "facility" not in room._state.fields_cache}
    if bare:
        known = {
            facility.pk: facility
            for facility in Facility.objects.filter(body_id=rooms[0].body_id, pk__in=bare)
        }
        for room in rooms:
            if room.facility_id in known:
                room.facility = known[room.facility_id]
    return rooms


def _plan(
    room: Room, parts: Sequence[PartRow], units: Sequence[UnitRow], frames: Sequence[FrameRow]
) -> RoomPlan:
    ids = {part.code: part.id for part in parts}
    ends = [day for day in (room.used_until, room.facility.used_until) if day is not None]
    return RoomPlan(
        id=room.pk,
        facility_id=room.facility_id,
        code=room.code,
        name=room.name,
        step=room.step_minutes,
        prepare=room.prepare_minutes,
        clear=room.clear_minutes,
        needs_approval=room.needs_approval,
        main_id=room.main_id,
        alone=room.alone,
        purposes=frozenset(room.purposes),
        frames=tuple(
            FrameSpan(frame.code, frame.name, frame.starts, frame.ends, frame.weight, frame.name_en)
            for frame in frames
        ),
        parts=tuple((part.id, part.name) for part in parts),
        units=tuple(
            Unit(
                unit.id,
                unit.code,
                unit.name,
                tuple(sorted(ids[code] for code in unit.parts)),
                unit.capacity if unit.capacity is not None else room.capacity,
                unit.name_en,
            )
            for unit in units
        ),
        category=room.facility.category,
        used_from=max(room.used_from, room.facility.used_from),
        used_until=min(ends, default=None),
        capacity=room.capacity,
        published=room.published and room.facility.published,
        facility_code=room.facility.code,
    )


def _valid(frame: FrameRow, day: date) -> bool:
    return bool(frame.used_from <= day and (frame.used_until is None or day <= frame.used_until))


def _in_use(rows: QuerySet[Any], on: date, prefix: str = "") -> QuerySet[Any]:
    until = f"{prefix}used_until"
    return rows.filter(
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": on}), **{f"{prefix}used_from__lte": on}
    )
