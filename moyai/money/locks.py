"""Lock order of the ledger: attempt → charge → overpayment → refund. Every writer takes them in this order.

Counters (numbers) are locked after all of these, and stay locked until the transaction ends.
"""

from __future__ import annotations

from django.db.models import Model

from moyai.money.models import Attempt, Charge, Overpayment, Refund
from moyai.tenants.public import Body, body_of, current_body, prepared_objects


def lock_attempt(body: Body, order_id: str) -> Attempt | None:
    found: Attempt | None = Attempt.objects.of(body).select_for_update().filter(order_id=order_id).first()
    return found


def lock_charge(body: Body, charge_id: int) -> Charge:
    found: Charge = Charge.objects.of(body).select_for_update().get(id=charge_id)
    return found


def lock_overpayment(body: Body, overpayment_id: int) -> Overpayment:
    found: Overpayment = Overpayment.objects.of(body).select_for_update().get(id=overpayment_id)
    return found


def lock_refund(body: Body, refund_id: int) -> Refund:
    found: Refund = Refund.objects.of(body).select_for_update().get(id=refund_id)
    return found


def lock_charges_about(thing: Model) -> list[Charge]:
    """The charges of a thing, locked, oldest first.

    For packages above: a payment locks the charge and then, in `on_settled`, your row. An act that ends your row and
    takes its charges back calls this before it locks the row, or the two wait for each other.
    """
    body = body_of(current_body())
    return prepared_objects(
        Charge,
        "WHERE t.body_id = %s::int AND t.payable = %s::text AND t.thing_id = %s::bigint ORDER BY t.id FOR UPDATE",
        [str(body.pk), thing._meta.label_lower, str(thing.pk)],
    )
