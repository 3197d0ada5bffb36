"""違反点 — given for a no-show, a late cancellation, a breach; they lapse, are taken back (天候 …) and may suspend."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.making import turn_of
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.remembering import remember
from moyai.reservations.actions.standing import put_on_hold, take_off_hold
from moyai.reservations.models import Booking, Penalty, Policy, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import one_with, policy_document, tenths_in_force
from moyai.reservations.rules.penalties import lapses_on, suspension, tenths_for
from moyai.tenants.public import Actor, Refusal, body_of, clock

State = Registration.State
PER_PERSON: Final = "person"


class NoPenalties(Refusal):
    code = "no_penalties"
    message = gettext_lazy("違反点の決まりがありません。")  # type: ignore[assignment]


class GivenAlready(Refusal):
    code = "penalty_given"
    message = gettext_lazy("この予約には、同じ理由の違反点がすでにあります。")  # type: ignore[assignment]


class TakenBackAlready(Refusal):
    code = "penalty_taken_back"
    message = gettext_lazy("この違反点は、すでに取り消されています。")  # type: ignore[assignment]


class NotTheirs(Refusal):
    code = "booking_of_another"
    status = 422
    message = gettext_lazy("この予約は、ほかの方の予約です。")  # type: ignore[assignment]


def in_words(tenths: int) -> str:
    """Points as people read them: 1点, 0.5点."""
    whole, rest = divmod(tenths, 10)
    return str(whole) if not rest else f"{whole}.{rest}"


@action(
    "reservations.give_penalty", permits=PERMITS, refuses={"one_penalty_per_booking": GivenAlready}, thing="registration"
)
def give_penalty(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    why: str,
    booking: Booking | None = None,
    days_before: int | None = None,
    reason: str = "",
) -> Penalty | None:
    """違反点を付ける — as many as the body's policy says; enough of them suspend. None where the policy gives none.

    `days_before`: days from a cancellation to the use. A breach needs a reason in words. Raises NoPenalties,
    GivenAlready, NotTheirs, ReasonMissing.
    """
    body, today = body_of(actor.body), clock.today(now)
    words = need_reason(reason) if why == Penalty.Why.BREACH else reason.strip()[:200]
    if booking is not None and booking.registration_id != registration.pk:
        raise NotTheirs
    document = policy_document(body, Policy.Kind.PENALTIES, today)
    if document is None:
        if why == Penalty.Why.BREACH:
            raise NoPenalties
        return None
    tenths = tenths_for(document, why=why, days_before=days_before)
    if tenths <= 0:
        return None
    turn_of(registration.one_person)
    rows = _person(actor, registration, document)
    own = next(row for row in rows if row.pk == registration.pk)
    made = _taken_back(booking, why) or Penalty(
        body_id=body.pk, registration=own, booking_id=booking.pk if booking else None, why=why
    )
    made.tenths, made.given_on, made.lapses_on = tenths, today, lapses_on(document, today)
    made.given_by, made.taken_back_at, made.taken_back_why = actor.name[:60], None, ""
    made.save()
    remember(
        actor=actor,
        now=now,
        registration=own,
        booking=booking,
        what="penalty",
        words=words,
        facts={"why": why, "tenths": tenths, "lapses_on": made.lapses_on.isoformat()},
    )
    _suspend_if_due(actor=actor, now=now, rows=rows, document=document)
    return made


def take_back_points(*, actor: Actor, now: datetime, booking: Booking, why: str, reason: str) -> None:
    """違反点 of a booking for one reason, if any still stand; its registration is locked."""
    for penalty in Penalty.objects.filter(
        body_id=booking.body_id, booking_id=booking.pk, why=why, taken_back_at__isnull=True
    ):
        take_back_penalty(actor=actor, now=now, penalty=penalty, reason=reason)


def _taken_back(booking: Booking | None, why: str) -> Penalty | None:
    """What was given for the same before and taken back: it is given anew, for a booking has each kind once."""
    if booking is None:
        return None
    found: Penalty | None = (
        Penalty.objects.filter(
            body_id=booking.body_id, booking_id=booking.pk, why=why, taken_back_at__isnull=False
        )
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    return found


def _person(actor: Actor, registration: Registration, document: dict[str, Any]) -> list[Registration]:
    """The registrations whose points are counted together, locked in the order of their ids."""
    body_id = body_of(actor.body).pk
    ids = [registration.pk]
    if document.get("per") == PER_PERSON:
        ids += list(one_with(registration).values_list("pk", flat=True))
    rows = Registration.objects.filter(body_id=body_id, pk__in=ids).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True))


def _suspend_if_due(
    *, actor: Actor, now: datetime, rows: list[Registration], document: dict[str, Any]
) -> None:
    today = clock.today(now)
    tenths = tenths_in_force(rows, on=today)
    found = suspension(document, tenths=tenths, on=today)
    if found is None:
        return
    words = f"違反点が{in_words(tenths)}点になったため"
    for row in rows:
        if row.state in (State.ACTIVE, State.SUSPENDED):
            put_on_hold(actor=actor, now=now, row=row, until=found.until, words=words, by_points=True)
            if found.void_bookings:
                _void_bookings(actor=actor, now=now, row=row, words=words)


def _void_bookings(*, actor: Actor, now: datetime, row: Registration, words: str) -> None:
    """Bookings from tomorrow on are cancelled where the policy says so: by the house, at the owner's cost."""
    from moyai.reservations.actions.bookings import cancel  # which gives penalties itself

    standing = Booking.objects.filter(
        body_id=row.body_id, registration=row, day__gt=clock.today(now), state__in=("asked", "booked")
    )
    for booking in standing.order_by("day", "id"):
        cancel(actor=actor, now=now, booking=booking, why="suspended", reason=words)


@action("reservations.take_back_penalty", permits=PERMITS, thing="penalty")
def take_back_penalty(*, actor: Actor, now: datetime, penalty: Penalty, reason: str) -> Penalty:
    """違反点を取り消す — 天候, 交通の乱れ, a mistake; a suspension that these points brought ends with them.

    Raises TakenBackAlready, ReasonMissing.
    """
    words = need_reason(reason)
    body, today = body_of(actor.body), clock.today(now)
    registration = Registration.objects.get(body_id=body.pk, pk=penalty.registration_id)
    document = policy_document(body, Policy.Kind.PENALTIES, today) or {}
    rows = _person(actor, registration, document)
    row: Penalty = Penalty.objects.select_for_update(of=("self",)).get(body_id=body.pk, pk=penalty.pk)
    if row.taken_back_at is not None:
        raise TakenBackAlready
    not_oneself(actor=actor, registration=registration)
    row.taken_back_at, row.taken_back_why = now, words
    row.save(update_fields=["taken_back_at", "taken_back_why"])
    own = next(one for one in rows if one.pk == row.registration_id)
    remember(
        actor=actor,
        now=now,
        registration=own,
        what="penalty_back",
        words=words,
        facts={"why": row.why, "tenths": row.tenths},
    )
    tenths = tenths_in_force(rows, on=today)
    still = suspension(document, tenths=tenths, on=today) if document else None
    if still is None:
        for one in rows:
            if one.state == State.SUSPENDED and one.by_points:
                take_off_hold(actor=actor, now=now, row=one, words=words)
    return row

