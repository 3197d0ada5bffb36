"""減免と特例の還付 — asked for by one person, granted by another; what is granted shows in the quote and in the ledger."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import money
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.checks import own
from moyai.reservations.actions.making import NotInState, locked, note, save
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.quotes import Quoted, quote_for, relief_of, reliefs_open_to
from moyai.reservations.actions.remembering import by_of
from moyai.reservations.models import Booking, Request
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock

S = Booking.State


class AskedAlready(Refusal):
    code = "request_open_already"
    message = lazy("この予約には、承認を待っている申請があります。")  # type: ignore[assignment]


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 422
    message = lazy("理由を入力してください。")  # type: ignore[assignment]

    def __init__(self, field: str = "reason") -> None:
        super().__init__(fields={field: str(self.message)})


class NoSuchRelief(Refusal):
    code = "no_such_relief"
    status = 422
    message = lazy("この利用で申請できる減免ではありません。減免の種類を選び直してください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"relief": str(self.message)})


class NotSoMuch(Refusal):
    code = "refund_too_much"
    status = 422
    message = lazy("納めることになっている取消料を超えて還付することはできません。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"yen": str(self.message)})


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    status = 403
    message = lazy("申請した人は承認できません。別の決裁者が承認してください。")  # type: ignore[assignment]


class DecidedAlready(Refusal):
    code = "request_decided"
    message = lazy("この申請は、ほかの人が先に決裁しました。最新の状態を確かめてください。")  # type: ignore[assignment]


@action(
    "reservations.ask_relief",
    permits=PERMITS,
    refuses={"one_open_request_of_a_kind": AskedAlready},
)
def ask_relief(
    *, actor: Actor, now: datetime, booking: Booking, relief: str, reason: str, channel: str = ""
) -> Request:
    """減免を申請する — one of the reliefs that the fee policy grants on request to this use.

    Raises NotYours, NotInState, ReasonNeeded, NoSuchRelief, AskedAlready.
    """
    row = locked(booking)
    own(actor=actor, registration=row.registration)
    if row.state not in (S.ASKED, S.BOOKED):
        raise NotInState
    if not reason.strip():
        raise ReasonNeeded
    where = scene_of(row, actor=actor, now=now)
    assert row.registration is not None  # a use is somebody's
    known = dict(reliefs_open_to(scene=where, registration=row.registration))
    if relief not in known or relief == relief_of(row):
        raise NoSuchRelief
    after = _with_relief(row, where, relief)
    made = _ask(
        actor=actor,
        now=now,
        booking=row,
        kind=Request.Kind.RELIEF,
        reason=reason,
        facts={
            "relief": relief,
            "label": known[relief],
            "fee_yen": row.fee_yen,
            "after_yen": after.fee_yen,
            "relief_yen": after.relief_yen,
        },
    )
    note(
        actor=actor,
        now=now,
        booking=row,
        what="relief_asked",
        channel=channel,
        facts={"relief": known[relief]},
    )
    return made


@action("reservations.grant_relief", permits=PERMITS, thing="request")
def grant_relief(*, actor: Actor, now: datetime, request: Request, answer: str = "") -> Request:
    """減免を承認する — by somebody else than who asked: the fee is worked out anew with it; what was paid beyond waits in 過納.

    Raises SecondPersonNeeded, DecidedAlready, NotInState, FeeUnknown.
    """
    booking, row = _to_decide(actor=actor, request=request, kind=Request.Kind.RELIEF)
    not_oneself(actor=actor, registration=booking.registration)
    if booking.state not in (S.ASKED, S.BOOKED, S.USED):
        raise NotInState
    where = scene_of(booking, actor=actor, now=now)
    quoted = _with_relief(booking, where, str(row.facts["relief"]))
    before = booking.pay_until
    quoted.put_on(booking)
    if quoted.fee_yen and before is not None:
        booking.pay_until = before  # asking for a relief does not put the payment off
    save(booking, *money.FEE_COLUMNS, now=now)
    _decide(actor=actor, now=now, row=row, state=Request.State.GRANTED, answer=answer)
    if booking.state != S.ASKED:  # 審査待ち is charged once it is approved
        money.bring(actor=actor, now=now, booking=booking, reason="減免の承認")
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="relief_granted",
        words=answer,
        facts={"relief": row.facts["label"], "relief_yen": booking.relief_yen},
        told="relief_granted",
    )
    return row


@action("reservations.decline_relief", permits=PERMITS, thing="request")
def decline_relief(*, actor: Actor, now: datetime, request: Request, answer: str) -> Request:
    """減免を承認しない — the fee stays; why is told. Raises ReasonNeeded, SecondPersonNeeded, DecidedAlready."""
    if not answer.strip():
        raise ReasonNeeded("answer")
    booking, row = _to_decide(actor=actor, request=request, kind=Request.Kind.RELIEF)
    _decide(actor=actor, now=now, row=row, state=Request.State.DECLINED, answer=answer)
    note(actor=actor, now=now, booking=booking, what="relief_declined", words=answer, told="relief_declined")
    return row


@action(
    "reservations.ask_refund",
    permits=PERMITS,
    refuses={"one_open_request_of_a_kind": AskedAlready},
)
def ask_refund(*, actor: Actor, now: datetime, booking: Booking, yen: int, reason: str) -> Request:
    """特例の還付を伺う — to give back more than the policy does, up to what is kept of a given-up fee (取消料).

    Raises ReasonNeeded, NotSoMuch, AskedAlready.
    """
    row = locked(booking)
    if not reason.strip():
        raise ReasonNeeded
    if not 1 <= yen <= int(row.quote.get("kept_yen", 0)):
        raise NotSoMuch
    return _ask(
        actor=actor, now=now, booking=row, kind=Request.Kind.REFUND, reason=reason, facts={"yen": yen}
    )


@action("reservations.grant_refund", permits=PERMITS, thing="request")
def grant_refund(*, actor: Actor, now: datetime, request: Request, answer: str = "") -> Request:
    """特例の還付を承認する — the 取消料 falls by so many yen. Raises SecondPersonNeeded, DecidedAlready, NotSoMuch."""
    booking, row = _to_decide(actor=actor, request=request, kind=Request.Kind.REFUND)
    not_oneself(actor=actor, registration=booking.registration)
    kept, yen = int(booking.quote.get("kept_yen", 0)), int(row.facts["yen"])
    if yen > kept:
        raise NotSoMuch
    booking.quote = {**booking.quote, "kept_yen": kept - yen}
    save(booking, "quote", now=now)
    _decide(actor=actor, now=now, row=row, state=Request.State.GRANTED, answer=answer)
    money.bring(actor=actor, now=now, booking=booking, reason="特例の還付")
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="refund_granted",
        words=answer,
        facts={"yen": yen},
        told="refund_granted",
    )
    return row


@action("reservations.decline_refund", permits=PERMITS, thing="request")
def decline_refund(*, actor: Actor, now: datetime, request: Request, answer: str) -> Request:
    """特例の還付を承認しない. Raises ReasonNeeded, SecondPersonNeeded, DecidedAlready."""
    if not answer.strip():
        raise ReasonNeeded("answer")
    _booking, row = _to_decide(actor=actor, request=request, kind=Request.Kind.REFUND)
    _decide(actor=actor, now=now, row=row, state=Request.State.DECLINED, answer=answer)
    return row


def scene_of(booking: Booking, *, actor: Actor, now: datetime) -> Scene:
    """The scene of a booking as it stands."""
    return scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))


def _with_relief(booking: Booking, where: Scene, relief: str) -> Quoted:
    use = booking.quote.get("use", {})
    assert booking.registration is not None  # a use is somebody's
    return quote_for(
        scene=where,
        registration=booking.registration,
        relief=relief,
        extension_minutes=booking.extension_minutes,
        with_main=bool(use.get("with_main", False)),
    )


def _ask(
    *, actor: Actor, now: datetime, booking: Booking, kind: str, reason: str, facts: dict[str, object]
) -> Request:
    if Request.objects.filter(
        body=booking.body_id, booking=booking, kind=kind, state=Request.State.ASKED
    ).exists():
        raise AskedAlready
    made: Request = Request.objects.create(
        body_id=booking.body_id,
        booking=booking,
        kind=kind,
        facts=facts,
        reason=reason.strip()[:300],
        asked_at=now,
        asked_by=by_of(actor)[0],
        asked_by_id=actor.account_id,
    )
    return made


def _to_decide(*, actor: Actor, request: Request, kind: str) -> tuple[Booking, Request]:
    """The booking and the request, locked in this order. Raises DecidedAlready, SecondPersonNeeded."""
    booking = locked(request.booking)
    row: Request = Request.objects.filter(body=body_of(actor.body)).select_for_update().get(pk=request.pk)
    if row.state != Request.State.ASKED or row.kind != kind:
        raise DecidedAlready
    if row.asked_by_id is not None and row.asked_by_id == actor.account_id:
        raise SecondPersonNeeded
    return booking, row


def _decide(*, actor: Actor, now: datetime, row: Request, state: str, answer: str) -> None:
    row.state, row.answer = state, answer.strip()[:300]
    row.decided_at, row.decided_by, row.decided_by_id = now, actor.name[:60], actor.account_id
    row.save(update_fields=["state", "answer", "decided_at", "decided_by", "decided_by_id"])
