"""施設のようす — all that masters and policies say of a facility, kept in memory while its stamp is the same.

What people do (bookings, holds, draws) is never here: it is asked each time. So a hundred who want the same place cost
one query each to learn that nothing has changed, and the plans and openings of its days are worked out once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock
from typing import Any, TypeVar

from moyai.calendars.public import office_calendar
from moyai.reservations.models import Equipment, Facility, Purpose, Room
from moyai.reservations.queries.masters import PlanKey, PlanRows, plans_from, purposes_of, rows_of
from moyai.reservations.queries.opening import Holidays, SpecialKey, openings, special_days
from moyai.reservations.queries.policies import Policies, policies_of
from moyai.reservations.queries.stamps import Stamp, stamp_of_body
from moyai.reservations.rules.opening import Opening, Special
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import Body

T = TypeVar("T")
MOST_DAYS = 100  # worked out and kept of one ground
MOST = 600  # facilities kept by one process
MOST_BODIES = 4  # kept whole: who asks for all of a body asks for few bodies


class Ground:
    """Facilities with their rooms as they are planned and open on any day. Reads nothing once it is made."""

    def __init__(self, body: Body, facilities: Sequence[Facility]) -> None:
        self.facilities = {one.pk: one for one in facilities}
        self.rooms: dict[int, Room] = {}
        of = {"body_id": body.pk, "facility_id__in": list(self.facilities)}
        for room in Room.objects.filter(**of).order_by("position", "id"):
            room.facility = self.facilities[room.facility_id]
            self.rooms[room.pk] = room
        self._rows: PlanRows = rows_of(list(self.rooms.values()))
        self._plans: dict[PlanKey, RoomPlan] = {}
        self.policies: Policies = policies_of(body, facilities=list(self.facilities))
        self.holidays = Holidays(office_calendar(None))
        self._special: dict[SpecialKey, Special] = special_days(body.pk, list(self.facilities))
        self.purposes: list[Purpose] = purposes_of(body)
        self._equipment: list[Equipment] = list(Equipment.objects.filter(**of).order_by("position", "id"))
        self._days: OrderedDict[tuple[str, date], Any] = OrderedDict()

    def equipment_for(self, plan: RoomPlan, *, on: date) -> list[Equipment]:
        """備品 that is lent with a room that day, as queries.masters.equipment_for."""
        return [
            one
            for one in self._equipment
            if one.facility_id == plan.facility_id
            and (one.used_until is None or one.used_until >= on)
            and (not one.rooms or plan.code in one.rooms)
        ]

    @property
    def facility(self) -> Facility:
        """The facility, where it is one."""
        return next(iter(self.facilities.values()))

    def on(self, day: date) -> dict[int, tuple[RoomPlan, Opening]]:
        """Every room on a day, by id, in the order of rooms."""
        return self.kept("rooms", day, lambda: self._on(day))

    def kept(self, what: str, day: date, work_out: Callable[[], T]) -> T:
        """What follows from masters and policies for a day, worked out once."""
        found: T | None = self._days.get((what, day))
        if found is None:
            found = self._days[what, day] = work_out()
            while len(self._days) > MOST_DAYS:
                self._days.popitem(last=False)
        return found

    def _on(self, day: date) -> dict[int, tuple[RoomPlan, Opening]]:
        plans = plans_from(list(self.rooms.values()), self._rows, [day], made=self._plans)[day]
        opened = openings(
            plans.values(), [day], policies=self.policies, holidays=self.holidays, special=self._special
        )
        return {room_id: (plan, opened[room_id, day]) for room_id, plan in plans.items()}


Kept = OrderedDict[tuple[int, int], tuple[str, Ground]]
_kept: Kept = OrderedDict()
_bodies: Kept = OrderedDict()
_guard = Lock()


def ground_of(body: Body, stamp: Stamp) -> Ground:
    """The facility of a stamp that was just read: no query where nothing about it has changed, else ten."""

    def read() -> Ground:
        return Ground(body, [Facility.objects.get(body_id=body.pk, pk=stamp.facility_id)])

    return _of(_kept, MOST, (body.pk, stamp.facility_id), stamp.versions, read)


def ground_of_body(body: Body) -> Ground:
    """All facilities of a body: one query where nothing has changed, else eleven."""

    def read() -> Ground:
        return Ground(body, list(Facility.objects.filter(body_id=body.pk).order_by("position", "id")))

    return _of(_bodies, MOST_BODIES, (body.pk, 0), stamp_of_body(body.pk), read)


def _of(kept: Kept, most: int, key: tuple[int, int], versions: str, read: Callable[[], Ground]) -> Ground:
    with _guard:
        last = kept.get(key)
        if last is not None and last[0] == versions:
            kept.move_to_end(key)
            return last[1]
    found = read()
    with _guard:
        kept[key] = (versions, found)
        while len(kept) > most:
            kept.popitem(last=False)
    return found
