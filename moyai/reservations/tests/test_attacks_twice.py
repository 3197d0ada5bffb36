"""The same thing twice: cancelled, brought back and cancelled; missed, put right and missed; decided after it was over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.money.public import charges_about
from moyai.reservations.actions import attendance, bookings, overrides
from moyai.reservations.models import Booking, Penalty, Request, Room
from moyai.reservations.tests.halls import DAY, NOW, POLICIES, Desk, cells_of
from moyai.reservations.tests.people import settle
from moyai.tenants.public import clock

S = Booking.State
EVE = datetime(2026, 6, 9, 10, 0, tzinfo=clock.JST)
THEN = datetime(2026, 6, 10, 13, 0, tzinfo=clock.JST)


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    made = Desk(world)
    settle(world.chiba, NOW, "penalties", POLICIES["penalties"])
    return made


def in_force(booking: Booking) -> list[tuple[str, int]]:
    rows = Penalty.objects.filter(booking_id=booking.pk, taken_back_at__isnull=True)
    return list(rows.order_by("id").values_list("why", "tenths"))


def test_a_booking_brought_back_can_be_cancelled_again_and_costs_its_points_once(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=EVE, booking=booking)
    assert in_force(booking) == [("late_cancel", 5)]
    bookings.restore(actor=desk.clerk, now=EVE, booking=booking, reason="取り違えて取り消したため")
    assert in_force(booking) == []
    again = bookings.cancel(actor=desk.hanako, now=EVE, booking=booking)
    assert again.state == S.CANCELLED and in_force(booking) == [("late_cancel", 5)]


def test_a_no_show_put_right_by_mistake_can_be_noted_again(desk: Desk) -> None:
    booking = desk.book()
    attendance.mark_missed(actor=desk.clerk, now=THEN, booking=booking)
    attendance.mark_used(actor=desk.clerk, now=THEN, booking=booking)
    assert in_force(booking) == []
    attendance.mark_missed(actor=desk.clerk, now=THEN, booking=booking)
    assert in_force(booking) == [("no_show", 10)]
    assert Booking.objects.get(pk=booking.pk).state == S.NO_SHOW


def test_a_part_given_up_before_the_approval_is_never_billed_if_it_is_refused(desk: Desk) -> None:
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    booking = desk.book(desk.asked(ends=1020))
    assert booking.state == S.ASKED
    bookings.cancel_part(actor=desk.hanako, now=NOW, booking=booking, starts=540, ends=720)
    assert charges_about(booking) == []
    bookings.refuse(actor=desk.approver, now=NOW, booking=booking, reason="行事と重なるため")
    assert charges_about(booking) == []


def test_a_part_given_up_before_the_approval_is_billed_once_by_the_approval(desk: Desk) -> None:
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    booking = desk.book(desk.asked(ends=1020))
    bookings.cancel_part(actor=desk.hanako, now=NOW, booking=booking, starts=540, ends=720)
    done = bookings.approve(actor=desk.approver, now=NOW, booking=booking)
    assert [one.amount_yen for one in charges_about(done)] == [1_000] == [done.fee_yen]


@pytest.mark.parametrize("end", ["cancel", "refuse"])
def test_a_request_whose_booking_is_over_waits_no_more(desk: Desk, end: str) -> None:
    asked = overrides.ask_override(
        actor=desk.clerk,
        now=NOW,
        registration=desk.person,
        asked=desk.asked(day=DAY + timedelta(days=90)),
        channel="staff",
        reason="市の大会の準備のため",
    )
    if end == "cancel":
        bookings.cancel(actor=desk.hanako, now=NOW, booking=asked.booking)
    else:
        bookings.refuse(actor=desk.approver, now=NOW, booking=asked.booking, reason="行事と重なるため")
    asked.refresh_from_db()
    assert asked.state == Request.State.DECLINED and asked.answer


def test_what_was_given_up_earlier_still_waits_for_its_release_after_a_restoring(desk: Desk) -> None:
    booking = desk.book(desk.asked(ends=1020))
    bookings.cancel_part(actor=desk.hanako, now=NOW, booking=booking, starts=540, ends=720)
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason="取り違えて取り消したため")
    [waits] = Booking.objects.filter(kind="freed", state="booked", facility=desk.hall.facility)
    assert (waits.starts, cells_of(waits)) == (780, [("a", 780), ("b", 780)])
    assert cells_of(booking) == [("a", 540), ("b", 540)]
