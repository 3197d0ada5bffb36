"""受付・無断不使用 — whether who booked came, and what is excused (天候 …)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import money, slots
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.asked import Asked, scene
from moyai.reservations.actions.making import NotInState, locked, note, save, step, turn_of
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.penalties import give_penalty, take_back_points
from moyai.reservations.models import Booking, Penalty, Registration
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock


class TooEarly(Refusal):
    code = "use_not_begun"
    message = lazy("利用の始まりより前には記録できません。")  # type: ignore[assignment]


def _of_a_user(booking: Booking) -> Booking:
    turn_of(booking.one_person)
    if booking.registration_id is not None:  # points lock it; whoever suspends locks it before bookings
        Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=booking.registration_id)
    booking = locked(booking)
    if booking.kind != Booking.Kind.USE:
        raise NotInState
    return booking


@action("reservations.mark_used", permits=PERMITS)
def mark_used(*, actor: Actor, now: datetime, booking: Booking, reason: str = "") -> Booking:
    """利用済 — who booked is there (受付), from the day of use on; a no-show noted by mistake is put right.

    Raises NotInState, TooEarly.
    """
    booking = _of_a_user(booking)
    not_oneself(actor=actor, registration=booking.registration)
    if clock.today(now) < booking.day:
        raise TooEarly
    step(booking, "use")
    save(booking, "state", now=now)
    take_back_points(
        actor=actor, now=now, booking=booking, why=Penalty.Why.NO_SHOW, reason=reason or "利用があったため"
    )
    note(actor=actor, now=now, booking=booking, what="used", words=reason)
    return booking


@action("reservations.mark_missed", permits=PERMITS)
def mark_missed(*, actor: Actor, now: datetime, booking: Booking, reason: str = "") -> Booking:
    """無断不使用 — nobody came; points by the policy. Raises NotInState, TooEarly (it has not begun)."""
    booking = _of_a_user(booking)
    local = now.astimezone(clock.JST)
    if (local.date(), local.hour * 60 + local.minute) < (booking.day, booking.starts):
        raise TooEarly
    step(booking, "miss")
    save(booking, "state", now=now)
    if booking.registration is not None and booking.weight > 0:
        give_penalty(
            actor=Actor.system(body_of(actor.body)),
            now=now,
            registration=booking.registration,
            why=Penalty.Why.NO_SHOW,
            booking=booking,
        )
    note(actor=actor, now=now, booking=booking, what="missed", words=reason, told="booking_missed")
    return booking


@action("reservations.excuse", permits=PERMITS)
def excuse(*, actor: Actor, now: datetime, booking: Booking, reason: str, why: str = "weather") -> Booking:
    """免除 — a no-show that was nobody's fault (天候, 災害 …): as cancelled; points are taken back, the fee given back.

    Raises ReasonMissing, NotInState.
    """
    words = need_reason(reason)
    booking = _of_a_user(booking)
    not_oneself(actor=actor, registration=booking.registration)
    step(booking, "excuse")
    save(booking, "state", now=now)
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    back = money.give_back(
        actor=actor, now=now, booking=booking, scene=known, why=why, reason="天候などによる免除"
    )
    slots.let_go([booking])
    take_back_points(actor=actor, now=now, booking=booking, why=Penalty.Why.NO_SHOW, reason=words)
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="excused",
        words=words,
        facts={"why": why, "refund_yen": back.yen},
        told="booking_excused",
    )
    return booking
