"""使用料の調定・還付・充当 — what a booking owes, kept equal to its charges in the ledger.

Called inside the acts on bookings. A booking owes its fee and what stays owed of time that was given up (取消料, in
`quote["kept_yen"]`); `bring` makes the charges add up to that, up or down. What was paid beyond waits as 過納 in money.

Locks: a payment locks the charge and then the booking. Whoever changes a standing booking calls
`money.public.lock_charges_about(booking)` before he locks its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.calendars.public import wareki
from moyai.money.public import (
    Charge,
    ChargeLine,
    ChargeOrder,
    ChargeState,
    cancel_charge,
    charge,
    charge_many,
    charges_about,
    reduce_charge,
)
from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.making import note
from moyai.reservations.actions.quotes import RULE, FeeUnknown, Quoted
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules import cancellation
from moyai.reservations.rules.cancellation import GivenUp, Refund
from moyai.reservations.rules.fees import CannotWorkOut
from moyai.reservations.rules.working import Step
from moyai.tenants.public import Actor, Refusal, body_of, clock, update_many

PAYABLE: Final = "reservations.booking"
FEE_COLUMNS: Final = ("fee_yen", "relief_yen", "quote", "pay_until")


class NothingToPay(Refusal):
    """The booking that was paid for stands no more: the money waits in 過納."""

    code = "nothing_to_pay"
    message = lazy("この予約は取り消されているため、支払いは必要ありません。")  # type: ignore[assignment]


class NoCancellationTerms(Refusal):
    code = "no_cancellation_terms"
    status = 422
    message = lazy("この施設の取消しと還付の定めがありません。施設に問い合わせてください。")  # type: ignore[assignment]


def owed_yen(booking: Booking) -> int:
    """納めるべき額 — the fee of what stands, and what stays owed of what was given up."""
    return booking.fee_yen + int(booking.quote.get("kept_yen", 0))


def paid_yen(charges: Sequence[Charge]) -> int:
    """納められた額 of charges that stand; what was written off (欠損) was not paid."""
    return sum(
        one.amount_yen - one.unpaid_yen for one in _standing(charges) if one.state != ChargeState.WRITTEN_OFF
    )


def charge_for(*, actor: Actor, now: datetime, booking: Booking, first: bool = False) -> str:
    """使用料を請求する — bring the charges to what the booking owes; gives the pay page, "" where nothing is unpaid.

    `first`: it was made a booking in this very act, so that there are no charges to look for.
    """
    return bring(actor=actor, now=now, booking=booking, reason="使用料の請求", first=first)


def charge_new(*, actor: Actor, now: datetime, bookings: Sequence[Booking]) -> list[Charge]:
    """まとめて請求する — as `charge_for`, of bookings that were made in this act and have no charge yet."""
    today = clock.today(now)
    owing = [one for one in bookings if owed_yen(one) and not waits(one)]
    made = charge_many(
        actor=actor,
        now=now,
        payable=PAYABLE,
        orders=[_order(one, owed_yen(one), first=True, today=today) for one in owing],
    )
    moved = [one for one, its in zip(owing, made, strict=True) if one.pay_until != its.due_on]
    for one in moved:
        one.pay_until = _due_on(one, today)
    update_many(moved, "pay_until")
    return made


def waits(booking: Booking) -> bool:
    """Whether a booking is not settled yet (入力中, 審査待ち, 当選の確定待ち): nothing is owed before it is."""
    return booking.state in (Booking.State.HELD, Booking.State.ASKED) or booking.confirm_until is not None


def bring(*, actor: Actor, now: datetime, booking: Booking, reason: str, first: bool = False) -> str:
    """調定を合わせる — charge what is missing, take back what is too much: what is unpaid first, the newest first.

    Gives the pay page of the newest charge that is still owed, "" where none is. `pay_until` follows.
    """
    if waits(booking):
        return ""
    standing = [] if first else _standing(charges_about(booking))
    owed, charged = owed_yen(booking), sum(one.amount_yen for one in standing)
    if owed > charged:
        standing.append(_charge(actor, now, booking, owed - charged, first=not standing))
    elif owed < charged:
        standing = _reduce(actor, now, standing, charged - owed, reason)
    unpaid = [one for one in standing if one.state == ChargeState.OPEN]
    until = min((one.due_on for one in unpaid), default=None)
    if booking.pay_until != until:
        booking.pay_until = until
        booking.save(update_fields=["pay_until"])
    if not unpaid:
        return ""
    return pay_path(body_of(actor.body).slug, unpaid[-1])


def pay_path(slug: str, owed: Charge) -> str:
    return reverse("money_portal_pay", kwargs={"body_slug": slug, "token": owed.token})


def charge_change(
    *, actor: Actor, now: datetime, booking: Booking, quoted: Quoted, scene: Scene, days_before: int
) -> str:
    """変更の差額 — the new fee, the change fee and what the policy gives back; `scene` is that of the use before.

    Gives the pay page where something is owed. Raises NoCancellationTerms.
    """
    if waits(booking):  # charged once it is approved or confirmed
        quoted.put_on(booking)
        booking.save(update_fields=list(FEE_COLUMNS))
        return ""
    charges = charges_about(booking)
    try:
        after = cancellation.changed(
            _terms(scene),
            fee_yen=booking.fee_yen,
            new_yen=quoted.fee_yen,
            days_before=days_before,
            changes_before=int(booking.quote.get("changes", 0)),
            paid=paid_yen(charges) > 0,
            earlier=_earlier(booking),
        )
    except CannotWorkOut as cannot:
        raise NoCancellationTerms(cannot.words) from None
    kept = int(booking.quote.get("kept_yen", 0)) + after.kept_yen + after.change_yen
    changes = int(booking.quote.get("changes", 0)) + 1
    quoted.put_on(booking)
    _carry(booking, kept, after.given_up, changes=changes, steps=after.steps)
    booking.save(update_fields=list(FEE_COLUMNS))
    return bring(actor=actor, now=now, booking=booking, reason="予約の変更")


def give_back(
    *,
    actor: Actor,
    now: datetime,
    booking: Booking,
    scene: Scene,
    why: str,
    rest: Quoted | None = None,
    reason: str = "予約の取消し",
) -> Refund:
    """還付する — the whole booking is given up, or all but `rest`. `why`: own, weather; every other reason is the facility's.

    Saves the fee columns and brings the charges down. What was never charged is not owed. Raises NoCancellationTerms.
    """
    back = refund_of(now=now, booking=booking, scene=scene, why=why, rest=rest)
    kept = int(booking.quote.get("kept_yen", 0)) + back.kept_yen
    if rest is None:
        booking.fee_yen, booking.relief_yen = 0, 0
    else:
        rest.put_on(booking)
        booking.fee_yen = back.rest_yen
    _carry(booking, kept, back.given_up, steps=back.steps)
    booking.save(update_fields=list(FEE_COLUMNS))
    bring(actor=actor, now=now, booking=booking, reason=reason)
    return back


def refund_of(
    *, now: datetime, booking: Booking, scene: Scene, why: str, rest: Quoted | None = None
) -> Refund:
    """還付の見込み — what `give_back` would give back now; writes nothing. Raises NoCancellationTerms."""
    charges = _standing(charges_about(booking))
    rest_yen = rest.fee_yen if rest is not None else 0
    if not charges:  # not charged yet (審査待ち …): nothing is owed, nothing given back
        return Refund(booking.fee_yen - min(rest_yen, booking.fee_yen), 0, rest_yen, _earlier(booking), ())
    try:
        return cancellation.refund(
            _terms(scene),
            fee_yen=booking.fee_yen,
            rest_yen=rest_yen,
            days_before=(booking.day - clock.today(now)).days,
            why=why if why in (cancellation.OWN, cancellation.WEATHER) else cancellation.FACILITY,
            paid=paid_yen(charges) > 0,
            earlier=_earlier(booking),
        )
    except CannotWorkOut as cannot:
        raise NoCancellationTerms(cannot.words) from None


def charge_again(*, actor: Actor, now: datetime, booking: Booking, quoted: Quoted) -> str:
    """取消しを取り消す — the booking owes its fee as if it had never been given up; what was refunded is charged anew."""
    booking.quote = {name: value for name, value in booking.quote.items() if name == "changes"}
    quoted.put_on(booking)
    booking.save(update_fields=list(FEE_COLUMNS))
    return bring(actor=actor, now=now, booking=booking, reason="取消しの取消し")


def note_payment(*, charge: Charge, actor: Actor, now: datetime) -> None:
    """納付済 — called by money under the charge's lock once a charge is settled."""
    mark_paid(actor=Actor.system(body_of(actor.body)), now=now, charge=charge)


@action("reservations.note_payment", permits=PERMITS)
def mark_paid(*, actor: Actor, now: datetime, charge: Charge) -> Booking:
    """Write that a charge of a booking is paid, where its owner reads it. Raises NothingToPay (it stands no more)."""
    body = body_of(actor.body)
    booking: Booking = (
        Booking.objects.filter(body=body)
        .select_related("registration", "facility", "room", "combination")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=charge.thing_id)
    )
    if not owed_yen(booking):
        raise NothingToPay
    unpaid = [one for one in _standing(charges_about(booking)) if one.state == ChargeState.OPEN]
    booking.pay_until = min((one.due_on for one in unpaid), default=None)
    booking.save(update_fields=["pay_until"])
    facts = {"yen": charge.amount_yen}
    note(actor=actor, now=now, booking=booking, what="paid", facts=facts, told="booking_paid")
    return booking


def title_of(booking: Booking) -> str:
    """件名 of a charge: where and when, never who or what for."""
    return f"{booking.facility.name} {booking.room.name} {wareki(booking.day)}の使用料"


def _standing(charges: Sequence[Charge]) -> list[Charge]:
    """What was charged and not taken back; what was written off is charged, and is not charged again."""
    return [one for one in charges if one.state != ChargeState.CANCELLED]


def _charge(actor: Actor, now: datetime, booking: Booking, yen: int, *, first: bool) -> Charge:
    order = _order(booking, yen, first=first, today=clock.today(now))
    return charge(
        actor=actor,
        now=now,
        payable=PAYABLE,
        thing=order.thing,
        amount_yen=order.amount_yen,
        lines=order.lines,
        due_on=order.due_on,
        payer_name=order.payer_name,
        title=order.title,
    )


def _order(booking: Booking, yen: int, *, first: bool, today: date) -> ChargeOrder:
    """What is charged for a booking: the lines of its quote the first time, the difference afterwards."""
    lines = _fee_lines(booking) if first else []
    if sum(line.amount_yen for line in lines) != yen:
        lines = [ChargeLine("予約の変更による差額", yen, RULE, _version(booking), _terms_steps(booking))]
    registration = booking.registration
    return ChargeOrder(
        thing=booking,
        amount_yen=yen,
        lines=lines,
        due_on=_due_on(booking, today),
        payer_name=registration.name if registration is not None else "利用者",
        title=title_of(booking)[:200],
    )


def _fee_lines(booking: Booking) -> list[ChargeLine]:
    """The lines of the quote with their steps; the closing steps (内税, 合計) stand with the last."""
    rows = [row for row in booking.quote.get("lines", []) if row["yen"]]
    closing = booking.quote.get("closing", [])
    return [
        ChargeLine(
            row["label"],
            row["yen"],
            RULE,
            _version(booking),
            [*row["steps"], *(closing if row is rows[-1] else [])],
        )
        for row in rows
    ]


def _version(booking: Booking) -> str:
    return str(booking.quote.get("version", ""))[:40]


def _terms_steps(booking: Booking) -> list[dict[str, Any]]:
    return list(booking.quote.get("refund_steps", []))


def _due_on(booking: Booking, today: date) -> date:
    return max(today, booking.pay_until or today)


def _reduce(actor: Actor, now: datetime, standing: list[Charge], by: int, reason: str) -> list[Charge]:
    """Take so many yen off; what is open before what is settled, the newest first. One used up goes whole.

    What was written off stays as it is: nobody is asked for it any more.
    """
    left: list[Charge] = []
    for one in sorted(standing, key=lambda each: (each.state != ChargeState.OPEN, -each.pk)):
        if one.state == ChargeState.WRITTEN_OFF:
            left.append(one)
        elif by >= one.amount_yen:
            cancel_charge(actor=actor, now=now, charge=one, reason=reason)
            by -= one.amount_yen
        elif by:
            rest = one.amount_yen - by
            lines = [ChargeLine(f"{reason}のあとの使用料", rest)]
            left.append(
                reduce_charge(actor=actor, now=now, charge=one, amount_yen=rest, lines=lines, reason=reason)
            )
            by = 0
        else:
            left.append(one)
    return sorted(left, key=lambda each: each.pk)


def _terms(scene: Scene) -> dict[str, Any]:
    document = scene.document("cancellation")
    if document is None:
        raise NoCancellationTerms
    return document


def _earlier(booking: Booking) -> tuple[GivenUp, ...]:
    return tuple(GivenUp(one["percent"], one["yen"]) for one in booking.quote.get("given_up", ()))


def _carry(
    booking: Booking,
    kept_yen: int,
    given_up: Sequence[GivenUp],
    *,
    changes: int | None = None,
    steps: Sequence[Step] = (),
) -> None:
    booking.quote = {
        **booking.quote,
        "kept_yen": kept_yen,
        "given_up": [one.as_json() for one in given_up],
        "changes": booking.quote.get("changes", 0) if changes is None else changes,
        "refund_steps": [step.as_json() for step in steps],
    }


__all__ = [
    "FeeUnknown",
    "NoCancellationTerms",
    "NothingToPay",
    "bring",
    "charge_again",
    "charge_change",
    "charge_for",
    "charge_new",
    "give_back",
    "mark_paid",
    "note_payment",
    "owed_yen",
    "paid_yen",
    "pay_path",
    "refund_of",
    "title_of",
]
