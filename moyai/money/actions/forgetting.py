"""保存期間満了後の削除: the payer is forgotten, the sums stay in the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from moyai.audit.public import action, forget_reasons_about
from moyai.documents.public import forget_papers_about
from moyai.money.locks import lock_charges_about
from moyai.money.models import Attempt, Charge, Overpayment, Receipt, Refund
from moyai.money.permits import PERMITS
from moyai.money.rules.ledger import AttemptState, ChargeState, RefundState
from moyai.tenants.public import Actor, Body, body_of


@dataclass(frozen=True, slots=True)
class PayerForgotten:
    """`charges` emptied by this run. `why_not` says what keeps the payer, and then nothing was changed:

    "open" (still owed), "attempt" (a card payment without its end), "overpaid" (money to give back),
    "refund" (還付 or 充当 under way); "" when nothing does.
    """

    charges: int
    why_not: str = ""


def forget_payer(*, actor: Actor, now: datetime, thing: Model) -> PayerForgotten:
    """廃棄 — take the payer out of every charge about a thing, unless money is still under way.

    Sums, dates and numbers stay; names go, with slips, receipts, and words given as reasons. Locks the charges, so
    call it before you lock your own row. Again is harmless.
    """
    body = body_of(actor.body)
    charges = lock_charges_about(thing)
    why_not = _under_way(body, charges)
    left = [charge for charge in charges if charge.forgotten_at is None]
    if why_not or not left:
        return PayerForgotten(0, why_not)
    return _forget(actor=actor, now=now, thing=thing, charges=left)


def _under_way(body: Body, charges: list[Charge]) -> str:
    about = [charge.pk for charge in charges]
    if any(charge.state == ChargeState.OPEN for charge in charges):
        return "open"
    attempts = Attempt.objects.of(body).filter(charge_id__in=about)
    if attempts.filter(state=AttemptState.STARTED).exists():
        return "attempt"
    refunds = Refund.objects.of(body).filter(overpayment__receipt__charge_id__in=about)
    if refunds.filter(state__in=(RefundState.REQUESTED, RefundState.APPROVED)).exists():
        return "refund"
    over = Overpayment.objects.of(body).filter(receipt__charge_id__in=about, left_yen__gt=0)
    return "overpaid" if over.exists() else ""


@action("money.forget_payer", permits=PERMITS, thing="thing")
def _forget(*, actor: Actor, now: datetime, thing: Model, charges: list[Charge]) -> PayerForgotten:
    body = body_of(actor.body)
    about = [charge.pk for charge in charges]
    Charge.objects.of(body).filter(pk__in=about).update(payer_name="", forgotten_at=now)
    receipts = list(Receipt.objects.of(body).filter(charge_id__in=about).order_by("id"))
    refunds = Refund.objects.of(body).filter(overpayment__receipt_id__in=[each.pk for each in receipts])
    refund_ids = list(refunds.values_list("pk", flat=True))
    refunds.update(reason="")
    for paper_of in (*charges, *receipts):  # 納付書 and 領収書 bear the name
        forget_papers_about(actor=actor, now=now, thing=paper_of)
    for model, ids in ((Charge, about), (Receipt, [each.pk for each in receipts]), (Refund, refund_ids)):
        forget_reasons_about(kind=model._meta.label_lower, ids=ids)
    return PayerForgotten(len(charges))
