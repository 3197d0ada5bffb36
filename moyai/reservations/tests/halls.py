"""A hall to book in tests: 体育館 in four quarters by コマ, 会議室 by half hours with time to prepare, a stock of chairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.db import transaction

from moyai.reservations.actions import bookings
from moyai.reservations.actions.asked import Asked
from moyai.reservations.models import (
    Booking,
    Combination,
    Equipment,
    EquipmentSlot,
    Facility,
    Frame,
    Happening,
    Part,
    Policy,
    Purpose,
    Registration,
    Request,
    Room,
    Slot,
)
from moyai.reservations.queries.masters import plan_of
from moyai.reservations.rules.policies import digest, problems
from moyai.reservations.rules.rooms import RoomPlan, Unit
from moyai.tenants.public import Actor, Body, clock, public_number

SINCE = date(2017, 4, 1)
POLICIES: dict[str, dict[str, Any]] = {
    "opening": {
        "hours": [{"opens": 540, "closes": 1260}],
        "year_end": {"from": "12-29", "until": "01-03"},
    },
    "periods": {
        "first": [{"from": {"days": 60, "at": 540}, "until": {"minutes": 0}}],
        "cancel_until": {"days": 1, "at": 1020},
        "change_until": {"days": 1, "at": 1020},
    },
    "limits": {
        "longest_minutes": 720,
        "limits": [
            {"name": "月4回まで", "span": "month", "most": 4},
            {"name": "1日2回まで", "span": "day", "most": 2},
        ],
    },
    "eligibility": {"classes": ["resident", "worker", "student"], "valid_years": {"person": 3, "group": 3}},
    "fees": {
        "rounding": "floor",
        "rounding_yen": 10,
        "tax": "included",
        "tax_rates": [{"from_on": "2019-10-01", "percent": 10}],
        "order": ["room", "equipment"],
        "prices": [
            {"room": "gym", "frames": ["am"], "yen": 1_000},
            {"room": "gym", "frames": ["pm"], "yen": 1_500},
            {"room": "gym", "frames": ["night"], "yen": 2_000},
            {"room": "gym", "frames": ["am", "pm"], "yen": 2_500},
            {"room": "gym", "frames": ["pm", "night"], "yen": 3_500},
            {"room": "gym", "frames": ["am", "pm", "night"], "yen": 4_500},
        ],
        "hours": [
            {"room": "meeting", "starts": 540, "ends": 1260, "per_minutes": 30, "yen": 0},
        ],
        "through": "longest",
        "pay_within_days": 7,
        "pay_before_use_days": 1,
        "unpaid_ends": True,
    },
    "cancellation": {
        "tiers": [
            {"why": "own", "days_before": 7, "percent": 100},
            {"why": "own", "days_before": -400, "percent": 0},
            {"why": "weather", "days_before": -400, "percent": 100},
            {"why": "facility", "days_before": -400, "percent": 100},
        ],
        "rounding": "floor",
        "rounding_yen": 10,
        "unpaid": "free",
        "lower_change": "full",
    },
    "penalties": {
        "points": [
            {"why": "no_show", "tenths": 10},
            {"why": "late_cancel", "tenths": 5, "within_days": 3},
        ],
        "lapse": {"months": 12},
        "suspend": [{"tenths": 20, "months": 6}],
    },
    "lottery": {"release": {"on": True, "at": 540, "minutes": 10}},
}
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


def set_policies(hall: Hall, **documents: dict[str, Any] | None) -> None:
    """The rules of the hall in force from the beginning; `limits=None` leaves a kind out, a document replaces it."""
    for kind, document in {**POLICIES, **documents}.items():
        Policy.objects.filter(body=hall.body, facility=hall.facility, kind=kind).delete()
        if document is not None:
            assert not problems(kind, document), problems(kind, document)
            Policy.objects.create(
                body=hall.body,
                facility=hall.facility,
                kind=kind,
                from_on=SINCE,
                document=document,
                sha256=digest(document),
                made_at=datetime(2017, 4, 1, tzinfo=UTC),
                made_by="試験",
            )


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
    hall: Hall,
    unit: str,
    day: date,
    starts: int,
    ends: int,
    *,
    now: datetime,
    person: Registration,
    **facts: Any,
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


NOW = datetime(2026, 5, 11, 10, 0, tzinfo=clock.JST)  # Monday
DAY = date(2026, 6, 10)  # Wednesday


class Desk:
    """The hall with its rules, a resident who books, and the staff around him."""

    def __init__(self, world: Any, **policies: dict[str, Any] | None) -> None:
        self.world = world
        self.hall = make_hall(world.chiba)
        set_policies(self.hall, **policies)
        self.person = make_person(world.chiba, now=NOW, account_id=world.resident.pk)
        self.hanako: Actor = world.actor(world.resident, world.chiba)
        self.clerk: Actor = world.actor(world.at_chiba.clerk, world.chiba)
        self.approver: Actor = world.actor(world.at_chiba.approver, world.chiba)
        self.system = Actor.system(world.chiba)

    def asked(self, unit: str = "ab", **other: Any) -> Asked:
        facts: dict[str, Any] = {
            "combination_id": self.hall.units[unit].pk,
            "day": DAY,
            "starts": 540,
            "ends": 720,
            "purpose": "" if unit == "room" else "badminton",
        }
        return Asked(**{**facts, **other})

    def book(self, asked: Asked | None = None, **other: Any) -> Booking:
        facts: dict[str, Any] = {
            "actor": self.hanako,
            "now": NOW,
            "registration": self.person,
            "channel": "internet",
        }
        with transaction.atomic():
            return bookings.book(asked=asked or self.asked(), **{**facts, **other})

    def another(self, name: str = "市川 太郎") -> Registration:
        return make_person(self.world.chiba, name, now=NOW)

    def by_phone(self, asked: Asked, registration: Registration | None = None, **other: Any) -> Booking:
        """The counter books for somebody else."""
        return self.book(
            asked,
            **{
                "actor": self.clerk,
                "registration": registration or self.another(),
                "channel": "staff",
                **other,
            },
        )


def cells_of(booking: Booking) -> list[tuple[str, int]]:
    return sorted(Slot.objects.filter(booking=booking).values_list("part__code", "cell"))


def everything() -> tuple[Any, ...]:
    """What a refusal must not change."""
    return (
        sorted(Booking.objects.values_list("id", "state", "version", "fee_yen", "starts", "ends")),
        sorted(Slot.objects.values_list("booking_id", "part_id", "day", "cell")),
        sorted(EquipmentSlot.objects.values_list("booking_id", "cell", "piece")),
        Happening.objects.count(),
        Request.objects.count(),
    )
