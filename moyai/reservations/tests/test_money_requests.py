"""減免・特例の還付・充当・延長 — what needs a second person, and what it does to the ledger (C31, C32, A38)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.audit.public import Deed, NotPermitted
from moyai.money import actions as ledger
from moyai.money.models import Overpayment, Refund
from moyai.money.public import NothingToGiveBack, charges_about, invariants
from moyai.reservations.actions import credits, extensions, money, reliefs, slots
from moyai.reservations.actions.checks import NotYours
from moyai.reservations.actions.extensions import NextOneComes, NotThatLong
from moyai.reservations.actions.making import NotInState
from moyai.reservations.actions.quotes import FeeUnknown, reliefs_open_to
from moyai.reservations.actions.reliefs import (
    AskedAlready,
    DecidedAlready,
    NoSuchRelief,
    NotSoMuch,
    ReasonNeeded,
    SecondPersonNeeded,
)
from moyai.reservations.models import Booking, Happening, Request
from moyai.reservations.queries.receivables import standing_of
from moyai.reservations.tests.bills import Bills, make_bills
from moyai.reservations.tests.halls import make_booking, make_person


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


@pytest.fixture(autouse=True)
def balanced(bills: Bills) -> Iterator[None]:
    yield
    for name, check in invariants():
        assert (name, check(bills.hall.body)) == (name, [])
    for booking in Booking.objects.filter(facility=bills.hall.facility):
        assert standing_of(booking).charged_yen == money.owed_yen(booking)


def ask(bills: Bills, booking: Booking, **other: Any) -> Request:
    facts: dict[str, Any] = {"actor": bills.resident, "relief": "club", "reason": "社会教育の学習会のため"}
    return reliefs.ask_relief(now=bills.now, booking=booking, **{**facts, **other})


def over(booking: Booking) -> list[int]:
    rows = Overpayment.objects.filter(receipt__charge__in=charges_about(booking), left_yen__gt=0)
    return list(rows.order_by("id").values_list("left_yen", flat=True))


# --- 減免 -------------------------------------------------------------------------------------------


def test_C31_relief_asked_by_the_user_and_granted_lowers_what_is_owed(bills: Bills) -> None:
    booking = bills.book(540, 720)
    request = ask(bills, booking)
    assert (request.state, request.facts["fee_yen"], request.facts["after_yen"]) == ("asked", 1_000, 500)
    assert standing_of(booking).unpaid_yen == 1_000  # nothing yet
    until = booking.pay_until
    reliefs.grant_relief(
        actor=bills.approver, now=bills.in_days(3), request=request, answer="規則第5条による"
    )
    booking.refresh_from_db()
    request.refresh_from_db()
    assert (booking.fee_yen, booking.relief_yen, booking.pay_until) == (500, 500, until)
    assert standing_of(booking).unpaid_yen == 500
    assert (request.state, request.decided_by_id) == ("granted", bills.approver.account_id)
    assert [line["label"] for line in booking.quote["lines"]] == ["室場使用料", "減免 社会教育団体"]
    assert list(Happening.objects.filter(booking=booking).order_by("id").values_list("what", flat=True)) == [
        "relief_asked",
        "relief_granted",
    ]
    assert Deed.objects.filter(verb="reservations.grant_relief", thing_id=request.pk).count() == 1


def test_C31_relief_granted_after_payment_leaves_the_difference_to_give_back(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    request = ask(bills, booking, actor=bills.clerk)
    reliefs.grant_relief(actor=bills.approver, now=bills.now, request=request)
    booking.refresh_from_db()
    assert (booking.fee_yen, over(booking)) == (500, [500])


def test_C31_relief_of_a_booking_that_waits_for_approval_is_charged_only_then(bills: Bills) -> None:
    booking = bills.book(540, 720)
    for charge in charges_about(booking):
        ledger.cancel_charge(actor=bills.approver, now=bills.now, charge=charge, reason="審査待ち")
    booking.state = Booking.State.ASKED
    booking.save()
    reliefs.grant_relief(actor=bills.approver, now=bills.now, request=ask(bills, booking))
    booking.refresh_from_db()
    assert booking.fee_yen == 500 and standing_of(booking).charged_yen == 0
    booking.state = Booking.State.BOOKED
    booking.save()
    money.charge_for(actor=bills.approver, now=bills.now, booking=booking)
    assert standing_of(booking).unpaid_yen == 500


def test_C31_who_asked_for_a_relief_cannot_grant_it_and_a_clerk_cannot_at_all(bills: Bills) -> None:
    booking = bills.book(540, 720)
    request = ask(bills, booking, actor=bills.approver)
    with pytest.raises(SecondPersonNeeded):
        reliefs.grant_relief(actor=bills.approver, now=bills.now, request=request)
    with pytest.raises(NotPermitted):
        reliefs.grant_relief(actor=bills.clerk, now=bills.now, request=request)
    booking.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, booking.fee_yen) == ("asked", 1_000)


def test_C31_declined_relief_says_why_and_changes_no_fee(bills: Bills) -> None:
    booking = bills.book(540, 720)
    request = ask(bills, booking)
    with pytest.raises(ReasonNeeded):
        reliefs.decline_relief(actor=bills.approver, now=bills.now, request=request, answer=" ")
    reliefs.decline_relief(
        actor=bills.approver, now=bills.now, request=request, answer="対象の団体ではありません"
    )
    booking.refresh_from_db()
    assert booking.fee_yen == 1_000 and standing_of(booking).unpaid_yen == 1_000
    last = Happening.objects.filter(booking=booking).latest("id")
    assert (last.what, last.words, last.by_staff) == ("relief_declined", "対象の団体ではありません", True)
    with pytest.raises(DecidedAlready):
        reliefs.grant_relief(actor=bills.approver, now=bills.now, request=request)


def test_C31_what_is_no_relief_request_is_refused_and_nothing_is_stored(bills: Bills, world: Any) -> None:
    booking = bills.book(540, 720)
    stranger = make_person(world.chiba, "別の人", now=bills.now)
    others = bills.book(780, 1020, person=stranger)
    with pytest.raises(ReasonNeeded):
        ask(bills, booking, reason="　")
    for relief in ("welfare", "nothing", ""):  # one comes by registration only, one is unknown
        with pytest.raises(NoSuchRelief):
            ask(bills, booking, relief=relief)
    with pytest.raises(NotYours):
        ask(bills, others)
    Booking.objects.filter(pk=others.pk).update(state=Booking.State.CANCELLED)
    with pytest.raises(NotInState):
        ask(bills, others, actor=bills.clerk)
    assert Request.objects.filter(booking__in=[booking, others]).count() == 0
    ask(bills, booking)
    with pytest.raises(AskedAlready):
        ask(bills, booking, actor=bills.clerk)
    assert Request.objects.filter(booking=booking).count() == 1


def test_C31_reliefs_that_may_be_asked_for_are_those_of_the_policy(bills: Bills) -> None:
    where = bills.scene(bills.asked())
    assert reliefs_open_to(scene=where, registration=bills.person) == [("club", "社会教育団体")]


# --- 特例の還付 --------------------------------------------------------------------------------------


@pytest.fixture
def cancelled(bills: Bills) -> Booking:
    """Paid 1,000, given up at 70 %: 300 are kept."""
    booking = bills.book(540, 720)
    bills.pay(booking)
    where = bills.scene(bills.asked())
    money.give_back(actor=bills.resident, now=bills.now, booking=booking, scene=where, why="own")
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)
    booking.refresh_from_db()
    return booking


def test_C32_refund_beyond_the_policy_needs_a_second_person(bills: Bills, cancelled: Booking) -> None:
    request = reliefs.ask_refund(
        actor=bills.clerk, now=bills.now, booking=cancelled, yen=300, reason="急病の証明があるため"
    )
    assert over(cancelled) == [700]
    reliefs.grant_refund(actor=bills.approver, now=bills.now, request=request)
    cancelled.refresh_from_db()
    assert money.owed_yen(cancelled) == 0 and sum(over(cancelled)) == 1_000


def test_C32_refund_beyond_what_is_kept_is_refused_and_a_declined_one_changes_nothing(
    bills: Bills, cancelled: Booking
) -> None:
    for yen in (0, 301):
        with pytest.raises(NotSoMuch):
            reliefs.ask_refund(
                actor=bills.clerk, now=bills.now, booking=cancelled, yen=yen, reason="急病のため"
            )
    request = reliefs.ask_refund(
        actor=bills.clerk, now=bills.now, booking=cancelled, yen=100, reason="急病のため"
    )
    reliefs.decline_refund(actor=bills.approver, now=bills.now, request=request, answer="証明がありません")
    cancelled.refresh_from_db()
    assert money.owed_yen(cancelled) == 300 and over(cancelled) == [700]


# --- 充当と還付 --------------------------------------------------------------------------------------


def test_C32_credit_of_one_booking_pays_another_once_it_is_approved(bills: Bills, cancelled: Booking) -> None:
    target = bills.book(780, 1020)
    (asked,) = credits.use_credit(
        actor=bills.clerk, now=bills.now, booking=cancelled, target=target, reason="次の予約に充てるため"
    )
    assert (asked.amount_yen, standing_of(target).unpaid_yen) == (700, 1_500)
    ledger.decide_refund(actor=bills.approver, now=bills.now, refund=asked, approve=True)
    assert standing_of(target).unpaid_yen == 800 and over(cancelled) == []
    bills.pay(target)
    assert standing_of(target).paid_yen == 1_500
    with pytest.raises(NothingToGiveBack):
        credits.pay_back(actor=bills.clerk, now=bills.now, booking=cancelled, reason="もう一度")


def test_C32_credit_that_covers_all_settles_the_other_booking(bills: Bills, cancelled: Booking) -> None:
    target = bills.book(540, 720, day=bills.day + timedelta(days=1))
    request = ask(bills, target)
    reliefs.grant_relief(actor=bills.approver, now=bills.now, request=request)
    (asked,) = credits.use_credit(
        actor=bills.clerk, now=bills.now, booking=cancelled, target=target, reason="充当"
    )
    assert asked.amount_yen == 500  # no more than is owed
    ledger.decide_refund(actor=bills.approver, now=bills.now, refund=asked, approve=True)
    target.refresh_from_db()
    assert target.pay_until is None and over(cancelled) == [200]
    assert Happening.objects.filter(booking=target, what="paid").exists()


def test_C32_credit_never_goes_to_another_person_or_to_what_owes_nothing(
    bills: Bills, cancelled: Booking, world: Any
) -> None:
    stranger = make_person(world.chiba, "別の人", now=bills.now)
    theirs, paid = bills.book(780, 1020, person=stranger), bills.book(1080, 1260)
    bills.pay(paid)
    for target, refusal in (
        (theirs, credits.AnotherPersons),
        (cancelled, credits.AnotherPersons),
        (paid, credits.NothingOwedThere),
    ):
        with pytest.raises(refusal):
            credits.use_credit(
                actor=bills.clerk, now=bills.now, booking=cancelled, target=target, reason="充当"
            )
    with pytest.raises(NotPermitted):
        credits.pay_back(actor=bills.resident, now=bills.now, booking=cancelled, reason="還付")
    assert Refund.objects.filter(overpayment__receipt__charge__in=charges_about(cancelled)).count() == 0


def test_C32_all_that_was_paid_too_much_is_given_back_by_one_request_each(
    bills: Bills, cancelled: Booking
) -> None:
    (asked,) = credits.pay_back(actor=bills.clerk, now=bills.now, booking=cancelled, reason="取消しの還付")
    assert (asked.amount_yen, asked.target_id, asked.state) == (700, None, "requested")
    with pytest.raises(NothingToGiveBack):
        credits.pay_back(actor=bills.clerk, now=bills.now, booking=cancelled, reason="もう一度")


# --- 延長 --------------------------------------------------------------------------------------------


def test_C31_extension_is_charged_and_can_be_taken_back(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    extensions.extend(actor=bills.clerk, now=bills.now, booking=booking, minutes=45)
    booking.refresh_from_db()
    assert (booking.fee_yen, standing_of(booking).unpaid_yen) == (1_600, 600)
    assert booking.quote["use"]["extension_minutes"] == 45
    extensions.extend(actor=bills.clerk, now=bills.now, booking=booking, minutes=0)
    booking.refresh_from_db()
    assert (booking.fee_yen, standing_of(booking).unpaid_yen, over(booking)) == (1_000, 0, [])


def test_C31_extension_into_the_next_use_or_without_a_price_is_refused(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.book(780, 1020)
    for minutes, refusal in ((90, NextOneComes), (241, NotThatLong), (-1, NotThatLong)):
        with pytest.raises(refusal):
            extensions.extend(actor=bills.clerk, now=bills.now, booking=booking, minutes=minutes)
    asked = bills.asked(600, 660, combination_id=bills.hall.units["room"].pk, purpose="")
    where = bills.scene(asked)
    meeting = make_booking(bills.hall, "room", bills.day, 600, 660, now=bills.now, person=bills.person)
    slots.occupy(booking=meeting, plan=where.plan, unit=where.unit)
    with pytest.raises(FeeUnknown) as refused:
        extensions.extend(actor=bills.clerk, now=bills.now, booking=meeting, minutes=30)
    assert "延長の料金" in refused.value.fields["extension_minutes"]
    with pytest.raises(NotPermitted):
        extensions.extend(actor=bills.resident, now=bills.now, booking=booking, minutes=30)
    booking.refresh_from_db()
    assert booking.fee_yen == 1_000
