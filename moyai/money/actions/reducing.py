"""減額調定: less is owed than was charged; what was paid beyond it waits in 過納."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum

from moyai.audit.public import action
from moyai.money import payables
from moyai.money.locks import lock_charge
from moyai.money.models import Allocation, Charge, ChargeItem, Instalment, Overpayment, Receipt, Reduction
from moyai.money.permits import PERMITS
from moyai.money.refusals import LinesDiffer, NothingOwed, NotLower, NotOpen, ReasonNeeded
from moyai.money.rules.ledger import CHARGE_FLOW, ChargeLine, ChargeState, Why
from moyai.tenants.public import Actor, Body, body_of


@action("money.reduce", permits=PERMITS, thing="charge")
def reduce_charge(
    *, actor: Actor, now: datetime, charge: Charge, amount_yen: int, lines: Sequence[ChargeLine], reason: str
) -> Charge:
    """減額する — lower a charge to `amount_yen`, which `lines` make up anew (kept as the working of the 減額 line).

    The last due instalments shrink first. What was paid beyond the new sum becomes 過納 and waits for its refund; a
    settled charge stays settled, an open one that is thereby paid is settled and its thing told. Under the charge's
    lock, as `cancel_charge` is. Refuses ReasonNeeded, NothingOwed (below one yen: cancel instead), NotLower (not less
    than now), LinesDiffer, NotOpen (cancelled or written off).
    """
    if not reason.strip():
        raise ReasonNeeded(fields={"reason": str(ReasonNeeded.message)})
    if amount_yen < 1:
        raise NothingOwed
    if sum(line.amount_yen for line in lines) != amount_yen:
        raise LinesDiffer
    body = body_of(actor.body)
    charge = lock_charge(body, charge.pk)
    if charge.state not in (ChargeState.OPEN, ChargeState.SETTLED):
        raise NotOpen
    less = charge.amount_yen - amount_yen
    if less < 1:
        raise NotLower
    _add_line(body, charge, less, lines)
    left_of = _shrink(body, charge, less, now)
    for instalment_id, left in left_of.items():
        _free_beyond(body, instalment_id, left, now)
    paid = (
        Allocation.objects.of(body).filter(instalment__charge=charge).aggregate(yen=Sum("amount_yen"))["yen"]
        or 0
    )
    charge.amount_yen, charge.unpaid_yen = amount_yen, amount_yen - paid
    settles = charge.state == ChargeState.OPEN and charge.unpaid_yen == 0
    if settles:
        charge.state, charge.settled_at = CHARGE_FLOW[ChargeState.OPEN, "settle"], now
    charge.save(update_fields=["amount_yen", "unpaid_yen", "state", "settled_at"])
    if settles:
        payables.on_settled(charge.payable)(charge=charge, actor=actor, now=now)
    return charge


def _add_line(body: Body, charge: Charge, less: int, lines: Sequence[ChargeLine]) -> None:
    position = ChargeItem.objects.of(body).filter(charge=charge).count() + 1
    working = [{"label": line.label, "value": line.amount_yen, "unit": "円"} for line in lines]
    ChargeItem.objects.create(
        body=body, charge=charge, position=position, label="減額", amount_yen=-less, steps=working
    )


def _shrink(body: Body, charge: Charge, less: int, now: datetime) -> dict[int, int]:
    """Take `less` off the instalments, the last due first; what is left of each, by its id."""
    off = Reduction.objects.of(body).filter(instalment__charge=charge).values("instalment_id")
    before = {row["instalment_id"]: row["yen"] for row in off.annotate(yen=Sum("amount_yen")).order_by()}
    left_of = {}
    for instalment in Instalment.objects.of(body).filter(charge=charge).order_by("-due_on", "-number"):
        left = instalment.amount_yen - before.get(instalment.pk, 0)
        part = min(left, less)
        if part:
            Reduction.objects.create(body=body, instalment=instalment, amount_yen=part, at=now)
        less -= part
        left_of[instalment.pk] = left - part
    return left_of


def _free_beyond(body: Body, instalment_id: int, left: int, now: datetime) -> None:
    """Take back what was paid on an instalment beyond `left`, the newest receipt first: as much 過納."""
    paid = (
        Allocation.objects.of(body)
        .filter(instalment_id=instalment_id)
        .values("receipt_id")
        .annotate(yen=Sum("amount_yen"))
        .order_by("-receipt_id")
    )
    rows = [(row["receipt_id"], row["yen"]) for row in paid if row["yen"] > 0]
    beyond = sum(yen for _, yen in rows) - left
    for receipt_id, yen in rows:
        part = min(yen, beyond)
        if part <= 0:
            return
        beyond -= part
        receipt = Receipt.objects.of(body).get(pk=receipt_id)
        Allocation.objects.create(
            body=body, receipt=receipt, instalment_id=instalment_id, amount_yen=-part, at=now
        )
        Overpayment.objects.create(
            body=body, receipt=receipt, why=Why.REDUCED, amount_yen=part, left_yen=part, found_at=now
        )
