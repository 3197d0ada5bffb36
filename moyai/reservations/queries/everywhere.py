"""すべての市町村の空き — rooms of every body that fit on a day, for a person from outside.

Read through the eye of `across`, which sees what is public of masters, policies and taken time and never who has it. As
many queries for all bodies as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from moyai.reservations.models import (
    Booking,
    Combination,
    Facility,
    Frame,
    Part,
    Policy,
    Purpose,
    Room,
    Round,
    RoundRoom,
    Slot,
    SpecialDay,
)
from moyai.reservations.queries.availability import room_day
from moyai.reservations.queries.marks import Lottery, Marking, Reader
from moyai.reservations.queries.masters import FrameRow, PartRow, PlanRows, UnitRow, plans_from
from moyai.reservations.queries.opening import Holidays, holidays_around
from moyai.reservations.queries.policies import Policies
from moyai.reservations.queries.search import FoundRoom, Sought, missed_by, open_in
from moyai.reservations.rules.opening import Opening, Special, opening_on
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import Body, looking_across

ANYONE = Reader(resident_class="outside")  # who comes from another body
MOST_CODES = 3  # of a body's own purposes that words may mean


@dataclass(frozen=True, slots=True)
class OfBody:
    body: Body
    rooms: list[FoundRoom]


def search_everywhere(
    *, bodies: Sequence[Body], sought: Sought, purpose: str, now: datetime, day: date
) -> list[OfBody]:
    """Rooms of these bodies that fit and are free that day, in the order of the bodies, then of their facilities.

    `purpose` in words: codes are each body's own. Twelve queries, however many bodies there are.
    """
    by_id = {body.pk: body for body in bodies}
    with looking_across() as db:
        pairs = _fitting(db, list(by_id), replace(sought, day=None, band=""), purpose, day)
        if not pairs:
            return []
        looked = _Look(db, pairs, day, now)
    found: dict[int, list[FoundRoom]] = defaultdict(list)
    for facility, room in pairs:
        row = looked.row(room)
        if row.any_open and (not sought.band or open_in(row, sought.band)):
            found[room.body_id].append(FoundRoom(facility, room, row))
    return [OfBody(body, found[pk]) for pk, body in by_id.items() if pk in found]


def _fitting(
    db: str, bodies: Sequence[int], sought: Sought, purpose: str, day: date
) -> list[tuple[Facility, Room]]:
    """Published rooms in use that day that fit whatever is free. Two queries, a third for a purpose in words."""
    facilities = {
        one.pk: one
        for one in _made(Facility, _in_use(Facility.objects.using(db), day).filter(body_id__in=bodies))
    }
    rooms = _in_use(Room.objects.using(db), day).filter(body_id__in=bodies, alone=True)
    codes = _codes(db, bodies, purpose) if purpose else {}
    found = []
    for room in _made(Room, rooms):
        facility = facilities.get(room.facility_id)
        if facility is None or missed_by(facility, room, sought):
            continue
        meant = codes.get(room.body_id, set())
        if purpose and (not meant or (room.purposes and not meant & set(room.purposes))):
            continue
        room.facility = facility
        found.append((facility, room))
    return sorted(found, key=lambda pair: [(one.position, one.pk) for one in pair])


def _codes(db: str, bodies: Sequence[int], words: str) -> dict[int, set[str]]:
    """Each body's own codes for a purpose in words; the first three."""
    wanted = words.strip().casefold()
    found: dict[int, list[str]] = defaultdict(list)
    rows = Purpose.objects.using(db).filter(body_id__in=bodies).order_by("body_id", "position", "id")
    for body_id, code, name, name_en in rows.values_list("body_id", "code", "name", "name_en"):
        if wanted in name.casefold() or (name_en and wanted in name_en.casefold()):
            found[body_id].append(code)
    return {body_id: set(known[:MOST_CODES]) for body_id, known in found.items()}


class _Look:
    """What is open, taken and drawn of these rooms on a day. Nine queries when it is made, none afterwards."""

    def __init__(self, db: str, pairs: Sequence[tuple[Facility, Room]], day: date, now: datetime) -> None:
        self.day, self.now = day, now
        rooms = [room for _facility, room in pairs]
        bodies = sorted({room.body_id for room in rooms})
        self.plans = plans_from(rooms, _plan_rows(db, rooms, day), [day])[day]
        self.policies = _policies(db, bodies, day)
        self.special = _special_days(db, bodies, day)
        self.taken = _taken(db, bodies, day, self.plans.values())
        lotteries = _lotteries(db, bodies, day, now)
        self.holidays: Holidays = holidays_around([day])
        self.marking = {
            body_id: Marking(
                policies=self.policies[body_id], lotteries=lotteries[body_id], reader=ANYONE, now=now
            )
            for body_id in bodies
        }

    def row(self, room: Room) -> Any:
        plan = self.plans[room.pk]
        shown = room_day(plan, self.day, self._opening(room.body_id, plan), self.taken, self.now)
        return self.marking[room.body_id].row(shown)

    def _opening(self, body_id: int, plan: RoomPlan) -> Opening:
        policy = self.policies[body_id].of("opening", plan, self.day)
        special = self.special.get((plan.facility_id, plan.id)) or self.special.get((plan.facility_id, None))
        document = policy.document if policy is not None else None
        return opening_on(document, self.day, is_holiday=self.holidays, special=special)


def _plan_rows(db: str, rooms: Sequence[Room], day: date) -> PlanRows:
    of = {"body_id__in": sorted({room.body_id for room in rooms}), "room_id__in": [room.pk for room in rooms]}
    until = Q(used_until__isnull=True) | Q(used_until__gte=day)
    found = PlanRows(defaultdict(list), defaultdict(list), defaultdict(list))
    parts = Part.objects.using(db).filter(**of).order_by("position", "id")
    for room_id, *part in parts.values_list("room_id", *PartRow._fields):
        found.parts[room_id].append(PartRow(*part))
    units = Combination.objects.using(db).filter(until, **of).order_by("position", "id")
    for room_id, *unit in units.values_list("room_id", *UnitRow._fields):
        found.units[room_id].append(UnitRow(*unit))
    frames = Frame.objects.using(db).filter(until, used_from__lte=day, **of).order_by("starts")
    for room_id, *frame in frames.values_list("room_id", *FrameRow._fields):
        found.frames[room_id].append(FrameRow(*frame))
    return found


def _policies(db: str, bodies: Sequence[int], day: date) -> dict[int, Policies]:
    rows = Policy.objects.using(db).filter(
        body_id__in=bodies, kind__in=("opening", "periods"), from_on__lte=day
    )
    of: dict[int, list[Policy]] = defaultdict(list)
    for one in _made(Policy, rows):
        of[one.body_id].append(one)
    return {body_id: Policies(of[body_id]) for body_id in bodies}


def _special_days(db: str, bodies: Sequence[int], day: date) -> dict[tuple[int, int | None], Special]:
    rows = SpecialDay.objects.using(db).filter(body_id__in=bodies, day=day)
    return {
        (one.facility_id, one.room_id): Special(
            one.kind == SpecialDay.Kind.OPEN, one.opens, one.closes, one.reason
        )
        for one in _made(SpecialDay, rows)
    }


def _taken(
    db: str, bodies: Sequence[int], day: date, plans: Iterable[RoomPlan]
) -> dict[tuple[int, date], dict[int, bool]]:
    """As availability.taken_cells: (part, day) → cell → it is held only until its release."""
    parts = [part for plan in plans for part, _name in plan.parts]
    freed = set(
        Booking.objects.using(db)
        .filter(body_id__in=bodies, day=day, kind=Booking.Kind.FREED, state=Booking.State.BOOKED)
        .values_list("id", flat=True)
    )
    found: dict[tuple[int, date], dict[int, bool]] = defaultdict(dict)
    rows = Slot.objects.using(db).filter(body_id__in=bodies, day=day, part_id__in=parts).order_by()
    for part, cell, booking in rows.values_list("part_id", "cell", "booking_id"):
        found[part, day][cell] = booking in freed
    return found


def _lotteries(db: str, bodies: Sequence[int], day: date, now: datetime) -> dict[int, list[Lottery]]:
    """As marks.lotteries_of, by body."""
    rounds = list(
        _made(
            Round,
            Round.objects.using(db).filter(
                body_id__in=bodies,
                kind=Round.Kind.MONTHLY,
                state__in=(Round.State.OPEN, Round.State.FROZEN),
                enter_from__lte=now,
                for_from__lte=day,
                for_until__gte=day,
            ),
        )
    )
    rooms: dict[int, set[int]] = defaultdict(set)
    known = RoundRoom.objects.using(db).filter(body_id__in=bodies, round_id__in=[one.pk for one in rounds])
    for round_id, room_id in known.values_list("round_id", "room_id"):
        rooms[round_id].add(room_id)
    found: dict[int, list[Lottery]] = defaultdict(list)
    for one in sorted(rounds, key=lambda row: row.pk):
        found[one.body_id].append(
            Lottery(
                one.pk,
                one.state == Round.State.OPEN and now < one.enter_until,
                one.for_from,
                one.for_until,
                one.enter_from,
                one.enter_until,
                frozenset(rooms[one.pk]),
            )
        )
    return found


def _in_use(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    return rows.filter(published=True, used_from__lte=day).filter(
        Q(used_until__isnull=True) | Q(used_until__gte=day)
    )


def _made(model: type[Model], rows: QuerySet[Any]) -> Iterable[Any]:
    """Rows as objects of the columns that the eye may see, and no others."""
    columns: tuple[str, ...] = model.across  # type: ignore[attr-defined]
    return (model(**values) for values in rows.order_by().values(*columns))
