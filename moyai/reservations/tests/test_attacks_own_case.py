"""Who works at the office and uses the halls himself: he books like everybody, and decides nothing about himself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions import attendance, bookings, overrides, reliefs
from moyai.reservations.actions.approvals import approve_many, approve_registration
from moyai.reservations.actions.own_case import OwnCase
from moyai.reservations.actions.penalties import give_penalty, take_back_penalty
from moyai.reservations.actions.registration_asks import ask_change
from moyai.reservations.actions.registration_facts import facts_of
from moyai.reservations.actions.registration_terms import grant_change, renew_registration
from moyai.reservations.actions.registrations import change_registration, register
from moyai.reservations.actions.standing import resume_registration, suspend_registration
from moyai.reservations.models import Booking, Penalty, Registration, Request, Room
from moyai.reservations.tests.halls import DAY, NOW, POLICIES, Desk, make_person
from moyai.reservations.tests.people import HANAKO, PENALTIES, TERMS, settle, signed_in
from moyai.tenants.public import clock

S = Booking.State
THEN = datetime(2026, 6, 10, 13, 0, tzinfo=clock.JST)
FEES = {
    **POLICIES["fees"],
    "order": ["room", "equipment", "relief"],
    "reliefs": [{"code": "club", "label": "社会教育団体", "percent": 50, "of": ["room"], "by": "request"}],
}


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    """The person who books is the approver himself, at home and at the office with one account."""
    made = Desk(world, fees=FEES)
    settle(world.chiba, NOW, "eligibility", TERMS)
    settle(world.chiba, NOW, "penalties", PENALTIES)
    made.person = make_person(
        world.chiba, "決裁 者", now=NOW, account_id=made.approver.account_id, phone="+81432455111"
    )
    made.hanako = signed_in(world.chiba, world.at_chiba.approver)
    return made


def refused(do: Callable[[], Any], *rows: Any) -> None:
    before = [type(row).objects.filter(pk=row.pk).values().get() for row in rows]
    with pytest.raises(OwnCase), transaction.atomic():
        do()
    assert before == [type(row).objects.filter(pk=row.pk).values().get() for row in rows]


def test_nobody_approves_his_own_booking(desk: Desk) -> None:
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    booking = desk.book()
    refused(lambda: bookings.approve(actor=desk.approver, now=NOW, booking=booking), booking)


def test_nobody_grants_a_relief_or_an_override_for_himself_though_a_colleague_asked(desk: Desk) -> None:
    booking = desk.book()
    asked: Request = reliefs.ask_relief(
        actor=desk.clerk, now=NOW, booking=booking, relief="club", reason="団体の活動のため"
    )
    refused(lambda: reliefs.grant_relief(actor=desk.approver, now=NOW, request=asked), asked, booking)
    beyond: Request = overrides.ask_override(
        actor=desk.clerk,
        now=NOW,
        registration=desk.person,
        asked=desk.asked(day=DAY + timedelta(days=90)),
        channel="staff",
        reason="市の大会の準備のため",
    )
    refused(
        lambda: overrides.grant_override(actor=desk.approver, now=NOW, request=beyond), beyond, beyond.booking
    )


def test_nobody_cancels_his_own_booking_at_the_cost_of_the_body(desk: Desk) -> None:
    booking = desk.book()
    refused(
        lambda: bookings.cancel(
            actor=desk.approver, now=THEN - timedelta(days=1), booking=booking, why="facility"
        ),
        booking,
    )
    refused(
        lambda: bookings.cancel(
            actor=desk.approver, now=THEN - timedelta(days=1), booking=booking, why="weather"
        ),
        booking,
    )


def test_nobody_excuses_himself(desk: Desk) -> None:
    booking = desk.book()
    attendance.mark_missed(actor=desk.clerk, now=THEN, booking=booking)
    refused(
        lambda: attendance.excuse(actor=desk.approver, now=THEN, booking=booking, reason="大雨のため"),
        booking,
    )
    refused(lambda: attendance.mark_used(actor=desk.approver, now=THEN, booking=booking), booking)
    penalty = Penalty.objects.get(booking_id=booking.pk)
    refused(
        lambda: take_back_penalty(actor=desk.approver, now=THEN, penalty=penalty, reason="大雨のため"),
        penalty,
    )


def test_nobody_brings_back_his_own_booking_or_ends_his_own_suspension(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    refused(lambda: bookings.restore(actor=desk.approver, now=NOW, booking=booking, reason="必要"), booking)
    give_penalty(actor=desk.clerk, now=NOW, registration=desk.person, why="breach", reason="火気の使用")
    desk.person.refresh_from_db()
    assert desk.person.state == "suspended"
    refused(
        lambda: resume_registration(
            actor=desk.approver, now=NOW, registration=desk.person, reason="必要のため"
        ),
        desk.person,
    )
    suspend_registration(actor=desk.clerk, now=NOW, registration=desk.person, reason="確認のため", until=None)


def test_nobody_approves_changes_or_renews_his_own_registration(desk: Desk) -> None:
    Registration.objects.filter(pk=desk.person.pk).update(valid_until=clock.today(NOW))
    desk.person.refresh_from_db()
    facts = replace(facts_of(desk.person), address="千葉市美浜区1-1", resident_class="worker")
    ask_change(actor=desk.hanako, now=NOW, registration=desk.person, facts=facts)
    desk.person.refresh_from_db()
    for act in (
        lambda: grant_change(actor=desk.approver, now=NOW, registration=desk.person, looked_at_doubles=True),
        lambda: change_registration(actor=desk.approver, now=NOW, registration=desk.person, facts=facts),
        lambda: renew_registration(actor=desk.approver, now=NOW, registration=desk.person),
    ):
        refused(act, desk.person)


def test_nobody_approves_his_own_application_alone_or_among_many(desk: Desk) -> None:
    club = replace(
        HANAKO, kind="group", name="決裁クラブ", representative=HANAKO.name, representative_kana=HANAKO.kana
    )
    terms = {name: value for name, value in TERMS.items() if name != "group"}
    settle(desk.hall.body, NOW, "eligibility", terms)
    made = register(actor=desk.hanako, now=NOW, facts=club, channel="internet")
    refused(
        lambda: approve_registration(actor=desk.approver, now=NOW, registration=made, looked_at_doubles=True),
        made,
    )
    many = approve_many(actor=desk.approver, now=NOW, ids=[made.pk])
    assert many.done == [] and list(many.left) == [made.number]
    approve_registration(actor=desk.clerk, now=NOW, registration=made, looked_at_doubles=True)
