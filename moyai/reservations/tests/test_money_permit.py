"""使用許可書: only for what is settled and paid, the same paper until the booking changes, and what stands on it (C32)."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader

from moyai.audit.public import Deed
from moyai.documents.models import Letter
from moyai.documents.typesetting import set_in_type
from moyai.reservations.actions import extensions
from moyai.reservations.actions.checks import NotYours
from moyai.reservations.actions.letters import NotPermitted, NotPermittedYet, permit_of
from moyai.reservations.models import Booking
from moyai.reservations.tests.bills import FEES, Bills, make_bills
from moyai.reservations.tests.halls import make_person
from moyai.tenants.public import Actor


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


def permit(bills: Bills, booking: Booking, actor: Actor | None = None) -> Letter:
    return permit_of(actor=actor or bills.resident, now=bills.now, booking=booking)


def words_of(letter: Letter, at: datetime) -> str:
    made = set_in_type("reservations.permit", facts=letter.facts, at=at)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    return "".join(text.split())


def test_C32_permit_of_a_paid_booking_names_place_time_fee_and_conditions(bills: Bills) -> None:
    booking = bills.book(540, 1020, equipment={"chair": 30}, title="市民大会")
    Booking.objects.filter(pk=booking.pk).update(title="市民大会", people=120)
    bills.pay(booking)
    letter = permit(bills, booking)
    booking.refresh_from_db()
    assert booking.permit_id == letter.pk and letter.kind == "reservations.permit"
    text = words_of(letter, bills.now)
    for words in (
        "施設使用許可書",
        "千葉花子",
        "みどり体育館",
        "体育館abcd面",
        "9:00から17:00まで",
        "バドミントン市民大会",
        "120人",
        "折りたたみいす30",
        "金2,800円",
        "備品折りたたみいす600円",
        "利用日の30日前まで100%、7日前まで70%、1日前まで50%、当日0%とする。",
        "譲らないこと",
    ):
        assert words in text, words


def test_C32_permit_is_the_same_paper_until_the_booking_changes(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    first = permit(bills, booking)
    assert permit(bills, booking, bills.clerk).pk == first.pk
    extensions.extend(actor=bills.clerk, now=bills.now, booking=booking, minutes=45)
    bills.pay(booking)
    second = permit(bills, booking)
    assert second.pk != first.pk and second.sequence == 2
    assert "9:00から12:00まで（延長45分）" in words_of(second, bills.now)
    assert Deed.objects.filter(verb="reservations.issue_permit", thing_id=booking.pk).count() == 3


def test_C32_permit_waits_for_the_payment_unless_the_policy_says_otherwise(bills: Bills) -> None:
    booking = bills.book(540, 720)
    with pytest.raises(NotPermittedYet):
        permit(bills, booking)
    assert Letter.objects.filter(kind="reservations.permit").count() == 0
    bills.policy("fees", {**FEES, "permit": "booked"}, facility=bills.hall.facility, room=bills.hall.gym)
    assert permit(bills, booking).kind == "reservations.permit"


def test_C32_permit_is_for_a_settled_booking_and_its_own_user_only(bills: Bills, world: Any) -> None:
    mine = bills.book(540, 720)
    stranger = make_person(world.chiba, "別の人", now=bills.now)
    theirs = bills.book(780, 1020, person=stranger)
    for booking in (mine, theirs):
        bills.pay(booking)
    with pytest.raises(NotYours):
        permit(bills, theirs)
    for state in (Booking.State.ASKED, Booking.State.CANCELLED, Booking.State.NO_SHOW):
        Booking.objects.filter(pk=mine.pk).update(state=state)
        with pytest.raises(NotPermitted):
            permit(bills, mine)
    assert Letter.objects.filter(kind="reservations.permit").count() == 0


def test_C32_permit_of_a_group_goes_to_its_representative(bills: Bills, world: Any) -> None:
    club = make_person(
        world.chiba,
        "ひまわりの会",
        now=bills.now,
        kind="group",
        representative="髙橋　﨑子",
        relief="welfare",
    )
    letter = permit(bills, bills.book(540, 720, person=club), bills.clerk)
    text = words_of(letter, bills.now)
    assert "ひまわりの会代表者髙橋﨑子様" in text and "金0円" in text and "減免障害者団体△1,000円" in text
