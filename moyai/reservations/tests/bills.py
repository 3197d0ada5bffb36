"""A hall with prices: fee and refund policies for tests, bookings that are charged, and money at the counter. Not a test itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from moyai.money import actions as ledger
from moyai.money.models import Receipt
from moyai.money.public import Charge, ChargeState, charges_about
from moyai.reservations.actions import money, slots
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.quotes import quote_for
from moyai.reservations.models import Booking, Policy, Registration
from moyai.reservations.rulebook.samples import TIERS
from moyai.reservations.rules.policies import digest, problems
from moyai.reservations.tests.halls import SINCE, Hall, make_booking, make_hall, make_person
from moyai.tenants.public import Actor, clock

# am 1,000, pm 1,500, night 2,000; am–pm 2,200; 市外 half as much again; relief of half or all.
FEES: dict[str, Any] = {
    "rounding": "floor",
    "rounding_yen": 10,
    "tax": "included",
    "tax_rates": [{"from_on": "2019-10-01", "percent": 10}],
    "order": ["room", "extension", "outside", "equipment", "relief"],
    "prices": [
        {"room": "gym", "frames": ["am"], "yen": 1_000},
        {"room": "gym", "frames": ["pm"], "yen": 1_500},
        {"room": "gym", "frames": ["night"], "yen": 2_000},
        {"room": "gym", "frames": ["am", "pm"], "yen": 2_200},
    ],
    "hours": [{"room": "meeting", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 400}],
    "surcharges": [
        {"code": "outside", "label": "市外の方の割増", "percent": 50, "of": ["room"], "classes": ["outside"]}
    ],
    "extensions": [{"room": "gym", "per_minutes": 60, "yen": 600}],
    "reliefs": [
        {"code": "club", "label": "社会教育団体", "percent": 50, "of": ["room"], "by": "request"},
        {"code": "welfare", "label": "障害者団体", "percent": 100, "of": ["room"], "by": "registration"},
    ],
    "pay_within_days": 14,
    "pay_before_use_days": 1,
    "permit": "paid",
}
_money = count(1)


@dataclass
class Bills:
    """`clerk` works at the counter, `approver` decides; `day` is 20 days ahead."""

    hall: Hall
    person: Registration
    clerk: Actor
    approver: Actor
    resident: Actor
    now: datetime
    day: date

    def policy(self, kind: str, document: dict[str, Any], **place: Any) -> Policy:
        assert problems(kind, document) == []
        made: Policy = Policy.objects.create(
            body=self.hall.body,
            kind=kind,
            from_on=SINCE,
            document=document,
            sha256=digest(document),
            source="施設条例 別表（例）",
            made_at=self.now,
            made_by="試験",
            **place,
        )
        return made

    def asked(self, starts: int = 540, ends: int = 720, **other: Any) -> Asked:
        facts = {
            "combination_id": self.hall.units["abcd"].pk,
            "day": self.day,
            "starts": starts,
            "ends": ends,
        }
        return Asked(**{**facts, "purpose": "badminton", "people": 20, **other})

    def scene(self, asked: Asked) -> Scene:
        return scene(body=self.hall.body, asked=asked, today=clock.today(self.now))

    def book(
        self, starts: int = 540, ends: int = 720, *, person: Registration | None = None, **other: Any
    ) -> Booking:
        """A settled booking with its cells and its charge, as the act of booking leaves it."""
        person = person or self.person
        asked = self.asked(starts, ends, **other)
        where = self.scene(asked)
        booking = make_booking(
            self.hall,
            "abcd",
            asked.day,
            starts,
            ends,
            now=self.now,
            person=person,
            purpose=asked.purpose,
            equipment=dict(asked.equipment),
            frames=[frame.code for frame in where.plan.frames_between(starts, ends)],
        )
        slots.occupy(booking=booking, plan=where.plan, unit=where.unit)
        quote_for(scene=where, registration=person).put_on(booking)
        booking.save()
        money.charge_for(actor=self.resident, now=self.now, booking=booking)
        return booking

    def pay(self, booking: Booking, yen: int | None = None) -> None:
        """Cash at the counter for the oldest charge that is owed."""
        owed = self.owed(booking)[0]
        ledger.receive(
            actor=self.clerk,
            now=self.now,
            charge=owed,
            channel=Receipt.Channel.COUNTER,
            amount_yen=owed.unpaid_yen if yen is None else yen,
            external_id=f"counter-{next(_money)}",
        )
        booking.refresh_from_db()

    def owed(self, booking: Booking) -> list[Charge]:
        return [one for one in charges_about(booking) if one.state == ChargeState.OPEN]

    def in_days(self, days: int) -> datetime:
        return self.now + timedelta(days=days)


def make_bills(world: Any, now: datetime) -> Bills:
    hall = make_hall(world.chiba)
    bills = Bills(
        hall=hall,
        person=make_person(world.chiba, now=now, account_id=world.resident.pk),
        clerk=world.actor(world.at_chiba.clerk, world.chiba),
        approver=world.actor(world.at_chiba.approver, world.chiba),
        resident=world.actor(world.resident, world.chiba),
        now=now,
        day=clock.today(now) + timedelta(days=20),
    )
    bills.policy("fees", FEES, facility=hall.facility)
    bills.policy("cancellation", TIERS, facility=hall.facility)
    return bills
