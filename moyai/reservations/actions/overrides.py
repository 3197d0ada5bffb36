"""特例の予約 — a rule set aside for one use: asked for at the counter with a reason, granted by a second person.

What is taken, past, or none of the room can never be granted. Until it is granted the place is taken and the booking waits.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import checks
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.asked import Asked, scenes
from moyai.reservations.actions.bookings import book_all
from moyai.reservations.actions.judging import faults_of
from moyai.reservations.actions.making import NotInState, S, locked, note, turn_of
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.verdicts import settle, turn_down
from moyai.reservations.models import Booking, Registration, Request
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock


class NothingToOverride(Refusal):
    code = "nothing_to_override"
    message = lazy("この予約は決まりの中にあります。特例ではなく、通常の予約をしてください。")  # type: ignore[assignment]


class OwnRequest(Refusal):
    code = "own_request"
    message = lazy("自分で起こした伺いは、自分では決裁できません。ほかの方が決裁してください。")  # type: ignore[assignment]


@action("reservations.ask_override", permits=PERMITS)
def ask_override(
    *, actor: Actor, now: datetime, registration: Registration, asked: Asked, channel: str, reason: str
) -> Request:
    """特例を伺う — the use is put down as ASKED and waits for a second person; the rules it breaks are written down.

    Raises ReasonMissing, NothingToOverride, CannotBook (what nobody can grant), SlotTaken, OutOfStock.
    """
    words = need_reason(reason)
    body = body_of(actor.body)
    turn_of(registration.one_person)
    known = scenes(body=body, asked=[asked], today=clock.today(now))
    [(_scene, found)] = faults_of(actor=actor, now=now, known=known, registration=registration)
    checks.raise_first([one for one in found if not one.overridable])
    if not found:
        raise NothingToOverride
    codes = [one.code for one in found]
    booking = book_all(
        actor=actor,
        now=now,
        registration=registration,
        asked=[asked],
        channel=channel,
        granted=frozenset(codes),
        waits=True,
    )[0]
    made: Request = Request.objects.create(
        body=body,
        booking=booking,
        kind=Request.Kind.OVERRIDE,
        facts={"rules": codes, "words": [str(one.message) for one in found]},
        reason=words,
        asked_at=now,
        asked_by=actor.name[:60],
        asked_by_id=actor.account_id,
    )
    return made


@action(
    "reservations.grant_override",
    permits=PERMITS,
    refuses={"nobody_grants_his_own_request": OwnRequest},
)
def grant_override(*, actor: Actor, now: datetime, request: Request, answer: str = "") -> Request:
    """特例の承認 — by somebody else than who asked. Raises OwnRequest, NotInState."""
    request = _decided(actor, now, request, Request.State.GRANTED, answer.strip())
    not_oneself(actor=actor, registration=request.booking.registration)
    settle(actor=actor, now=now, booking=request.booking)
    return request


@action(
    "reservations.decline_override",
    permits=PERMITS,
    refuses={"nobody_grants_his_own_request": OwnRequest},
)
def decline_override(*, actor: Actor, now: datetime, request: Request, answer: str) -> Request:
    """特例の不承認 — with a reason; the place is given up. Raises ReasonMissing, OwnRequest, NotInState."""
    words = need_reason(answer)
    request = _decided(actor, now, request, Request.State.DECLINED, words)
    turn_down(actor=actor, now=now, booking=request.booking, words=words)
    return request


def _decided(actor: Actor, now: datetime, request: Request, state: str, answer: str) -> Request:
    """The request with its answer; the booking first, as everybody locks them. Raises OwnRequest, NotInState."""
    booking: Booking = locked(request.booking)
    row: Request = (
        Request.objects.filter(body_id=booking.body_id, kind=Request.Kind.OVERRIDE)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=request.pk)
    )
    if row.state != Request.State.ASKED or booking.state != S.ASKED:
        raise NotInState
    if row.asked_by_id is not None and row.asked_by_id == actor.account_id:
        raise OwnRequest
    row.state, row.answer = state, answer[:300]
    row.decided_at, row.decided_by, row.decided_by_id = now, actor.name[:60], actor.account_id
    row.save(update_fields=["state", "answer", "decided_at", "decided_by", "decided_by_id"])
    row.booking = booking
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="override_granted" if state == Request.State.GRANTED else "override_declined",
        facts={"rules": row.facts.get("rules", []), "asked_by": row.asked_by},
    )
    return row
