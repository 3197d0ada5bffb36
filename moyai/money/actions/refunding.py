"""還付・充当: what came in too much goes back, or pays something else. One asks, another decides."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import Model

from moyai.audit.public import action
from moyai.money.locks import lock_charge, lock_overpayment, lock_refund
from moyai.money.models import Charge, Overpayment, Refund
from moyai.money.permits import PERMITS
from moyai.money.queries import credits_about, unpaid_instalments
from moyai.money.refusals import (
    NothingToGiveBack,
    NotInThisState,
    NotOpen,
    NotSoMuchLeft,
    ReasonNeeded,
    RefundUnderWay,
    SecondPersonNeeded,
)
from moyai.money.rules.ledger import REFUND_FLOW, ChargeState, RefundState, split
from moyai.money.settling import apply_parts
from moyai.tenants.public import Actor, body_of


@action("money.request_refund", permits=PERMITS, refuses={"one_refund_under_way": RefundUnderWay})
def request_refund(
    *,
    actor: Actor,
    now: datetime,
    overpayment: Overpayment,
    amount_yen: int,
    reason: str,
    target: Charge | None = None,
) -> Refund:
    """還付・充当を申請する — give back `amount_yen` of a 過納, or use it for `target`.

    Raises ReasonNeeded, NotSoMuchLeft, RefundUnderWay, NotOpen (the target owes less).
    """
    if not reason.strip():
        raise ReasonNeeded(fields={"reason": str(ReasonNeeded.message)})
    body = body_of(actor.body)
    if target is not None:
        target = lock_charge(body, target.pk)
        if target.state != ChargeState.OPEN or amount_yen > target.unpaid_yen:
            raise NotOpen
    overpayment = lock_overpayment(body, overpayment.pk)
    if not 1 <= amount_yen <= overpayment.left_yen:
        raise NotSoMuchLeft(fields={"amount_yen": str(NotSoMuchLeft.message)})
    made: Refund = Refund.objects.create(
        body=body,
        overpayment=overpayment,
        target=target,
        amount_yen=amount_yen,
        reason=reason.strip(),
        requested_by=actor.account_id,
        requested_at=now,
    )
    return made


def request_for_thing(
    *, actor: Actor, now: datetime, thing: Model, reason: str, target: Charge | None = None
) -> list[Refund]:
    """過納の還付・充当をまとめて申請する — all that was paid too much about a thing, or as much of it as `target` still owes.

    One request for each 過納, the oldest first; those with one under way are left alone. Each is decided like any other.
    Raises NothingToGiveBack, NotOpen (the target owes nothing), and what `request_refund` raises.
    """
    if target is not None:
        target = lock_charge(body_of(actor.body), target.pk)
        if target.state != ChargeState.OPEN:
            raise NotOpen
    made, wanted = [], target.unpaid_yen if target is not None else None
    for over in credits_about(thing):
        amount_yen = over.left_yen if wanted is None else min(over.left_yen, wanted)
        if not amount_yen:
            break
        made.append(
            request_refund(
                actor=actor, now=now, overpayment=over, amount_yen=amount_yen, reason=reason, target=target
            )
        )
        wanted = None if wanted is None else wanted - amount_yen
    if not made:
        raise NothingToGiveBack
    return made


@action("money.decide_refund", permits=PERMITS, thing="refund")
def decide_refund(*, actor: Actor, now: datetime, refund: Refund, approve: bool) -> Refund:
    """承認・却下する. An approved 充当 pays its target at once; an approved 還付 waits until it is paid out.

    Raises SecondPersonNeeded (who asked may not approve, unless the body works with one person), NotInThisState, NotOpen.
    """
    body = body_of(actor.body)
    target = lock_charge(body, refund.target_id) if refund.target_id else None
    overpayment = lock_overpayment(body, refund.overpayment_id)
    refund = lock_refund(body, refund.pk)
    event = "reject" if not approve else "apply" if target else "approve"
    state = REFUND_FLOW.get((RefundState(refund.state), event))
    if state is None:
        raise NotInThisState
    alone = refund.requested_by is not None and refund.requested_by == actor.account_id
    if approve and alone and getattr(settings, "MOYAI_REFUND_NEEDS_TWO", True):
        raise SecondPersonNeeded
    if (
        approve
        and target is not None
        and (target.state != ChargeState.OPEN or refund.amount_yen > target.unpaid_yen)
    ):
        raise NotOpen
    refund.state, refund.decided_by, refund.decided_at = state, actor.account_id, now
    refund.save(update_fields=["state", "decided_by", "decided_at"])
    if state is RefundState.APPLIED and target is not None:
        unpaid = [(instalment.pk, yen) for instalment, yen in unpaid_instalments(body, target.pk)]
        _take(overpayment, refund.amount_yen)
        apply_parts(
            actor=actor,
            now=now,
            charge=target,
            receipt=overpayment.receipt,
            parts=split(refund.amount_yen, unpaid, state=ChargeState.OPEN),
        )
    return refund


@action("money.pay_refund", permits=PERMITS, thing="refund")
def pay_refund(*, actor: Actor, now: datetime, refund: Refund, paid_on: date) -> Refund:
    """還付を支払済みにする — the money has left our account. Raises NotInThisState."""
    body = body_of(actor.body)
    overpayment = lock_overpayment(body, refund.overpayment_id)
    refund = lock_refund(body, refund.pk)
    state = REFUND_FLOW.get((RefundState(refund.state), "pay"))
    if state is None:
        raise NotInThisState
    _take(overpayment, refund.amount_yen)
    refund.state, refund.paid_on = state, paid_on
    refund.save(update_fields=["state", "paid_on"])
    return refund


def _take(overpayment: Overpayment, amount_yen: int) -> None:
    overpayment.left_yen -= amount_yen
    overpayment.save(update_fields=["left_yen"])
