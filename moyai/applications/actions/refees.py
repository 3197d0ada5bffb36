"""補正で変わる手数料 — what a correction adds is charged, what it takes away is no longer owed, or owed back.

The rule stands in the rulebook (fee-after-correction): the fee is worked out again by the edition of the
application, as of the day it arrived. What was paid counts towards it; the rest is charged anew; what was paid
beyond it stands as 過納 and waits for its refund.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from moyai.applications.actions.payment import charge_fee
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.places import waits_for_places
from moyai.applications.refunds import after_correction
from moyai.applications.rules import AnswerResult, Fee, FeeLine
from moyai.money.public import (
    Charge,
    ChargeLine,
    ChargeState,
    cancel_charge,
    charges_about,
    reduce_charge,
)
from moyai.tenants.public import Actor

WHY = "補正により手数料が変わったため"


def fee_again(*, actor: Actor, now: datetime, application: Application, result: AnswerResult) -> str:
    """Bring the charges of an application to the fee of its corrected answers; gives the pay page where more is owed.

    Called inside the correction, with the application's charges and row locked. Where nothing was charged yet
    (a fee that is charged on 受理, or once there is a place), only the amount is kept.
    """
    owed, before = (result.fee.total_yen if result.fee is not None else 0), application.fee_yen
    if owed == before:
        return ""
    application.fee_yen = owed
    application.save(update_fields=["fee_yen"])
    charges = charges_about(application)
    settled = [one for one in charges if one.state == ChargeState.SETTLED]
    waiting = [one for one in charges if one.state == ChargeState.OPEN]
    later = application.procedure.charge_when == Procedure.ChargeWhen.SUBMIT and waits_for_places(application)
    if not settled and not waiting and (before or later):
        return ""
    for one in waiting:
        cancel_charge(actor=actor, now=now, charge=one, reason=WHY)
    paid = sum(one.amount_yen for one in settled)
    more, back = after_correction(paid_yen=paid, owed_yen=owed)
    if back:
        _reduce(actor=actor, now=now, charges=settled, by=back)
    application.payment = Application.Payment.PAID if paid and owed else Application.Payment.NONE
    application.pay_token, application.pay_until = "", None
    application.save(update_fields=["payment", "pay_token", "pay_until"])
    if not more:
        return ""
    fee = result.fee if result.fee is not None and not paid else _one_line("補正による差額", more)
    return charge_fee(actor=actor, now=now, application=application, fee=fee)


def _reduce(*, actor: Actor, now: datetime, charges: Sequence[Charge], by: int) -> None:
    """Take so many yen off, from the charge made last; one that is used up goes whole."""
    for one in reversed(charges):
        if by >= one.amount_yen:
            cancel_charge(actor=actor, now=now, charge=one, reason=WHY)
            by -= one.amount_yen
        elif by:
            left = one.amount_yen - by
            reduce_charge(
                actor=actor,
                now=now,
                charge=one,
                amount_yen=left,
                lines=[ChargeLine(label="補正後の手数料", amount_yen=left)],
                reason=WHY,
            )
            by = 0


def _one_line(label: str, yen: int) -> Fee:
    return Fee((FeeLine(id="difference", label=label, amount_yen=yen),), yen)
