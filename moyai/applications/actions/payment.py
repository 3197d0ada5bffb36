"""What money tells us: a charge of an application is settled."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.steps import locked, remember, touch
from moyai.applications.models import Application, History
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.money.public import Charge, ChargeState, cancel_charge, charges_about
from moyai.tenants.public import Actor, body_of


def note_payment(charge: Charge, actor: Actor, now: datetime) -> None:
    """納付済 — called by money once a charge is settled; told twice, it does nothing the second time."""
    application = Application.objects.filter(body_id=body_of(actor.body).pk, pk=charge.thing_id).first()
    if application is not None and application.payment == Application.Payment.WAITING:
        mark_paid(actor=actor, now=now, application=application)


@action("applications.note_payment", permits=PERMITS)
def mark_paid(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Write that the fee of an application is paid; its review does not wait for it."""
    row = locked(actor=actor, application=application)
    if row.payment != Application.Payment.WAITING:
        return row
    row.payment, row.paid_at = Application.Payment.PAID, now
    touch(row=row, actor=actor, now=now, also=("payment", "paid_at"))
    remember(actor=actor, now=now, application=row, verb=History.PAID)
    tell_applicant(actor=actor, now=now, application=row, kind="paid", facts={})
    return row


def take_back_charge(*, actor: Actor, now: datetime, application: Application, reason: str) -> None:
    """Cancel what is still owed for an application that ends; what was paid is refunded by money's own acts."""
    if application.payment != Application.Payment.WAITING:
        return
    for charge in charges_about(application):
        if charge.state == ChargeState.OPEN:
            cancel_charge(actor=actor, now=now, charge=charge, reason=reason)
    application.payment = Application.Payment.NONE
    application.save(update_fields=["payment"])
