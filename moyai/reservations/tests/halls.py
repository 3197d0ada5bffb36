"""A hall to book in tests: 体育館 in four quarters by コマ, 会議室 by half hours with time to prepare, a stock of chairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from moyai.reservations.models import (
    Booking,
    Combination,
    Equipment,
    Facility,
    Frame,
    Part,
    Purpose,
    Registration,
    Room,
)
from moyai.reservations.queries.masters import plan_of
from moyai.reservations.rules.rooms import RoomPlan, Unit
from moyai.tenants.public import Body, clock, public_number

SINCE = date(2017, 4, 1)
FRAMES = (("am", "午前", 540, 720, 1), ("pm", "午後", 780, 1020, 1), ("night", "夜間", 1080, 1260, 2))
QUARTERS = ("a", "b", "c", "d")


@dataclass
class Hall:
    body: Body
    facility: Facility
    gym: Room
    meeting: Room
    units: dict[str, Combination]  # "abcd" (全面), "ab", "cd", "a" … of the gym; "room" of the meeting room
    chairs: Equipment

    def plan(self, room: Room, day: date) -> RoomPlan:
        return plan_of(room, day)

    def unit(self, name: str, day: date) -> tuple[RoomPlan, Unit]:
        found = self.units[name]
        plan = plan_of(self.meeting if name == "room" else self.gym, day)
        unit = plan.unit(found.pk)
        assert unit is not None
        return plan, unit


def make_hall(body: Body, *, code: str = "test-hall", every_shape: bool = False) -> Hall:
    """`every_shape`: a unit for each set of quarters, not only whole, halves and quarters."""
    facility = Facility.objects.create(
        body=body,
        code=code,
        name="みどり体育館",
        kana="ミドリタイイクカン",
        category="体育館",
        address="千葉県千葉市中央区1-1",
        published=True,
        used_from=SINCE,
    )
    Purpose.objects.get_or_create(body=body, code="badminton", defaults={"name": "バドミントン"})
    Purpose.objects.get_or_create(body=body, code="meeting", defaults={"name": "会議"})
    common: dict[str, Any] = {"body": body, "facility": facility, "published": True, "used_from": SINCE}
    gym = Room.objects.create(**common, code="gym", name="体育館", capacity=200, purposes=["badminton"])
    meeting = Room.objects.create(
        **common,
        code="meeting",
        name="会議室",
        capacity=20,
        step_minutes=30,
        prepare_minutes=30,
        clear_minutes=30,
    )
    for name in QUARTERS:
        Part.objects.create(body=body, room=gym, code=name, name=f"{name}面")
    Part.objects.create(body=body, room=meeting, code="room", name="会議室")
    shapes = [
        "".join(chosen)
        for count in range(1, 5)
        for chosen in combinations(QUARTERS, count)
        if every_shape or "".join(chosen) in ("a", "b", "c", "d", "ab", "cd", "abcd")
    ]
    units = {
        shape: Combination.objects.create(
            body=body, room=gym, code=shape, name=f"{shape}面", parts=sorted(shape), capacity=50 * len(shape)
        )
        for shape in shapes
    }
    units["room"] = Combination.objects.create(
        body=body, room=meeting, code="room", name="全室", parts=["room"], capacity=20
    )
    for frame, name, starts, ends, weight in FRAMES:
        Frame.objects.create(
            body=body,
            room=gym,
            code=frame,
            name=name,
            starts=starts,
            ends=ends,
            weight=weight,
            used_from=SINCE,
        )
    chairs = Equipment.objects.create(
        body=body, facility=facility, code="chair", name="折りたたみいす", stock=100, yen=10
    )
    return Hall(body, facility, gym, meeting, units, chairs)


def make_person(
    body: Body, name: str = "千葉 花子", *, now: datetime, account_id: int | None = None, **facts: Any
) -> Registration:
    """A registration in force, as the counter's approval leaves it."""
    today = clock.today(now)
    defaults: dict[str, Any] = {
        "number": public_number(),
        "kind": Registration.Kind.PERSON,
        "kana": "チバ ハナコ",
        "born_on": date(1990, 4, 1),
        "address": "千葉県千葉市中央区1-1",
        "phone": "0432455111",
        "resident_class": Registration.Class.RESIDENT,
        "state": Registration.State.ACTIVE,
        "registered_on": today,
        "valid_until": today + timedelta(days=700),
        "asked_at": now,
        "channel": "internet",
    }
    number = facts.get("number", defaults["number"])
    made: Registration = Registration.objects.create(
        **{
            **defaults,
            "body": body,
            "name": name,
            "account_id": account_id,
            "person_key": f"person-{number}",
            **facts,
        }
    )
    return made


def make_booking(
    hall: Hall, unit: str, day: date, starts: int, ends: int, *, now: datetime, person: Registration, **facts: Any
) -> Booking:
    """A row without its cells: what the act around `occupy` would have made."""
    combination = hall.units[unit]
    made: Booking = Booking.objects.create(
        **{
            "body": hall.body,
            "number": public_number(),
            "state": Booking.State.BOOKED,
            "registration": person,
            "one_person": person.one_person,
            "facility": hall.facility,
            "room": combination.room,
            "combination": combination,
            "day": day,
            "starts": starts,
            "ends": ends,
            "channel": "internet",
            "made_at": now,
            "made_on": clock.today(now),
            "changed_at": now,
            **facts,
        }
    )
    return made
