"""期限切れ — holds that ran out, bookings not paid or not confirmed in time. By the house itself, by job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from moyai.audit.public import action
from moyai.reservations.actions import making, money
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.changes import cancel_attached
from moyai.reservations.actions.freeing import let_all_go
from moyai.reservations.actions.making import S, close_requests, locked, note, save, step
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, body_of, clock


@action("reservations.end", permits=PERMITS)
def end_holds(*, actor: Actor, now: datetime, ids: Sequence[int]) -> int:
    """入力中の仮押え whose time is over are free again; how many. One that became a booking meanwhile stays."""
    return making.end_holds(body_of(actor.body).pk, ids, now=now)


@action("reservations.end", permits=PERMITS, thing="booking")
def end_unpaid(*, actor: Actor, now: datetime, booking: Booking) -> Booking | None:
    """納付期限切れ — not paid by its last day, where the fee policy ends it: nothing is owed any more. None otherwise."""
    booking = locked(booking)
    today = clock.today(now)
    if booking.state != S.BOOKED or booking.pay_until is None or booking.pay_until >= today:
        return None
    if booking.day <= today or not money.owed_yen(booking):
        return None  # used or about to be: it stays owed
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=today)
    if not (known.document("fees") or {}).get("unpaid_ends"):
        return None  # the body waits for its money
    return _end(actor, now, booking, known, "unpaid", "納付の期限が過ぎたため")


@action("reservations.end", permits=PERMITS, thing="booking")
def end_unconfirmed(*, actor: Actor, now: datetime, booking: Booking) -> Booking | None:
    """確定期限切れ of what no lottery entry watches over (those are the lottery's). None where it was confirmed."""
    booking = locked(booking)
    if booking.state != S.BOOKED or booking.entry_id is not None:
        return None
    if booking.confirm_until is None or booking.confirm_until > now:
        return None
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    return _end(actor, now, booking, known, "unconfirmed", "確定の期限が過ぎたため")


def _end(actor: Actor, now: datetime, booking: Booking, known: Scene, why: str, words: str) -> Booking:
    step(booking, "end")
    booking.confirm_until = None
    save(booking, "state", "confirm_until", now=now)
    money.give_back(actor=actor, now=now, booking=booking, scene=known, why=why, reason=words)
    let_all_go(booking, now=now, scene=known)
    close_requests(booking, actor=actor, now=now)
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="ended",
        words=words,
        facts={"why": why},
        told="booking_ended",
    )
    cancel_attached(actor, now, booking, why="facility", reason=words)
    return booking
