"""消込 — the one place where received yen meet what is owed. Called by actions, under the lock of the charge."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from moyai.calendars.public import fiscal_year
from moyai.money import payables
from moyai.money.models import Allocation, Attempt, Charge, Overpayment, Receipt, Slip
from moyai.money.queries import unpaid_instalments
from moyai.money.rules.ledger import CHARGE_FLOW, ChargeState, Split, Why, split
from moyai.tenants.public import Actor, Body, Refusal, clock, next_number


def book(
    *,
    actor: Actor,
    body: Body,
    now: datetime,
    charge: Charge,
    channel: Receipt.Channel,
    stage: Receipt.Stage,
    amount_yen: int,
    external_id: str,
    received_at: datetime,
    expected_yen: int | None = None,
    attempt: Attempt | None = None,
    slip: Slip | None = None,
) -> Receipt:
    """Book money for a locked charge: the receipt first, for that is what happened; then what it pays.

    Every yen ends in an allocation or in 過納. When the last yen is paid, the charge is settled and its thing is told,
    once; if the thing refuses (it can no longer be had), all of this receipt waits in 過納 and the charge stays open.
    """
    year = fiscal_year(clock.today(received_at))
    receipt: Receipt = Receipt.objects.create(
        body=body,
        charge=charge,
        attempt=attempt,
        slip=slip,
        fiscal_year=year,
        number=next_number("receipt", fiscal_year=year),
        channel=channel,
        stage=stage,
        amount_yen=amount_yen,
        external_id=external_id,
        received_at=received_at,
    )
    unpaid = [] if charge.state != ChargeState.OPEN else unpaid_instalments(body, charge.pk)
    parts = split(
        amount_yen,
        [(instalment.pk, yen) for instalment, yen in unpaid],
        state=ChargeState(charge.state),
        expected_yen=expected_yen,
    )
    try:
        with transaction.atomic():
            apply_parts(actor=actor, now=now, charge=charge, receipt=receipt, parts=parts)
    except Refusal:
        charge.refresh_from_db()
        parts = Split((), amount_yen, Why.REFUSED)
    if parts.over_yen:
        Overpayment.objects.create(
            body=body,
            receipt=receipt,
            why=parts.why,
            amount_yen=parts.over_yen,
            left_yen=parts.over_yen,
            found_at=now,
        )
    return receipt


def apply_parts(*, actor: Actor, now: datetime, charge: Charge, receipt: Receipt, parts: Split) -> None:
    """Write the allocations, bring the locked charge up to date, tell its thing if that settled it."""
    if not parts.parts:
        return
    Allocation.objects.bulk_create(
        Allocation(body_id=charge.body_id, receipt=receipt, instalment_id=key, amount_yen=yen, at=now)
        for key, yen in parts.parts
    )
    charge.unpaid_yen -= sum(yen for _, yen in parts.parts)
    if charge.unpaid_yen == 0:
        charge.state = CHARGE_FLOW[ChargeState(charge.state), "settle"]
        charge.settled_at = now
    charge.save(update_fields=["unpaid_yen", "state", "settled_at"])
    if charge.state == ChargeState.SETTLED:
        payables.on_settled(charge.payable)(charge=charge, actor=actor, now=now)
