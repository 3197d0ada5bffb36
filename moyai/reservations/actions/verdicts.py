"""審査と取消しの取消し — what the office says of a booking: approved, refused, or brought back after a cancellation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import checks, money, slots
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.asked import Asked, scene
from moyai.reservations.actions.changes import cancel_attached
from moyai.reservations.actions.freeing import end_freed, freed_from, let_all_go
from moyai.reservations.actions.judging import has_main, judge
from moyai.reservations.actions.making import (
    S,
    clear_the_way,
    close_requests,
    lock_registration,
    look,
    note,
    save,
    standing,
    step,
    turn_of,
)
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.penalties import take_back_points
from moyai.reservations.actions.quotes import quote_for, requote
from moyai.reservations.actions.slots import Wanted
from moyai.reservations.models import Booking, Penalty, Request
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock


class WaitsForGrant(Refusal):
    code = "waits_for_grant"
    message = lazy("この予約には承認待ちの伺いがあります。先に、伺いを決裁してください。")  # type: ignore[assignment]


@action("reservations.approve", permits=PERMITS)
def approve(*, actor: Actor, now: datetime, booking: Booking, reason: str = "") -> Booking:
    """審査の承認 — ASKED becomes BOOKED, and its fee is owed. Raises NotInState, WaitsForGrant (its 伺い comes first)."""
    booking = standing(actor, booking, states=(S.ASKED,))
    not_oneself(actor=actor, registration=booking.registration)
    waits = Request.objects.filter(
        body_id=booking.body_id, booking=booking, kind=Request.Kind.OVERRIDE, state=Request.State.ASKED
    )
    if waits.exists():
        raise WaitsForGrant
    return settle(actor=actor, now=now, booking=booking, words=reason)


def settle(*, actor: Actor, now: datetime, booking: Booking, words: str = "") -> Booking:
    """ASKED becomes BOOKED: its fee by the policy is owed from now on, with time to pay from today."""
    step(booking, "approve")
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    requote(booking=booking, scene=known, registration=booking.registration).put_on(booking)
    save(booking, "state", *money.FEE_COLUMNS, now=now)
    money.charge_for(actor=actor, now=now, booking=booking)
    note(actor=actor, now=now, booking=booking, what="approved", words=words, told="booking_approved")
    return booking


@action("reservations.refuse", permits=PERMITS)
def refuse(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> Booking:
    """審査の不承認 — with a reason that is told. Raises NotInState, ReasonMissing."""
    words = need_reason(reason)
    booking = standing(actor, booking, states=(S.ASKED,))
    return turn_down(actor=actor, now=now, booking=booking, words=words)


def turn_down(*, actor: Actor, now: datetime, booking: Booking, words: str) -> Booking:
    step(booking, "refuse")
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    booking.fee_yen, booking.relief_yen, booking.pay_until = 0, 0, None
    save(booking, "state", "fee_yen", "relief_yen", "pay_until", now=now)
    let_all_go(booking, now=now, scene=known)
    close_requests(booking, actor=actor, now=now)
    note(actor=actor, now=now, booking=booking, what="refused", words=words, told="booking_refused")
    cancel_attached(actor, now, booking, why="facility", reason=words)
    return booking


@action("reservations.restore", permits=PERMITS)
def restore(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> Booking:
    """取消しの取消し — staff bring a booking back, if its place is still there and its user may still have it.

    Raises ReasonMissing, NotInState, CannotBook, SlotTaken, OutOfStock.
    """
    words = need_reason(reason)
    turn_of(booking.one_person)
    lock_registration(booking)
    booking = standing(actor, booking, states=(S.CANCELLED,))
    not_oneself(actor=actor, registration=booking.registration)
    take_back_points(actor=actor, now=now, booking=booking, why=Penalty.Why.LATE_CANCEL, reason=words)
    registration = booking.registration
    registration.refresh_from_db()  # points taken back may have ended its suspension
    asked = Asked.of(booking)
    known = scene(body=body_of(actor.body), asked=asked, today=clock.today(now))
    checks.possible(actor=actor, now=now, scene=known)
    judge(actor=actor, now=now, known=[known], registration=registration, but=[booking.pk], period=False)
    wanted = {
        (part, cell) for part in known.unit.part_ids for cell in known.plan.cells(asked.starts, asked.ends)
    }
    # What was given up before the cancellation goes on waiting for its release.
    freed = [one for one in freed_from(booking) if slots.held_pairs(one) & wanted]
    clear_the_way([known], look([known], now=now, but=[one.pk for one in freed]), now=now)
    stock = checks.stock_of(known)
    with_main = booking.weight == 0 and has_main(known, registration)
    quoted = quote_for(scene=known, registration=registration, with_main=with_main)
    booking.weight = 0 if with_main else known.plan.weight(asked.starts, asked.ends)
    with transaction.atomic():
        step(booking, "restore")
        save(booking, "state", "weight", now=now)
        slots.occupy_all([Wanted(booking, known.plan, known.unit, None, stock)], freeing=freed)
        end_freed(freed, now=now)
    money.charge_again(actor=actor, now=now, booking=booking, quoted=quoted)
    note(actor=actor, now=now, booking=booking, what="restored", words=words, told="booking_restored")
    return booking
