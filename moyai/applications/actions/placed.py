"""手数料 of who got a place later: by draw, or by moving up from the waiting list."""

from __future__ import annotations

from datetime import datetime

from moyai.applications import flow
from moyai.applications.actions.answers import facts_of, judged
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.payment import charge_fee
from moyai.applications.actions.steps import locked
from moyai.applications.models import Application, Procedure, Taking
from moyai.applications.permits import PERMITS
from moyai.applications.queries.cases import attachments_of
from moyai.audit.public import action
from moyai.tenants.public import Actor, clock

S = Taking.State


@action("applications.charge_placed", permits=PERMITS)
def charge_placed(*, actor: Actor, now: datetime, application: Application) -> Application:
    """確保後の請求 — once, when nothing of the application waits any more and it has a place; tells how to pay."""
    row = locked(actor=actor, application=application)
    owed = row.fee_yen > 0 and row.payment == Application.Payment.NONE and row.status not in flow.UNDONE
    if not owed or row.procedure.charge_when != Procedure.ChargeWhen.SUBMIT:
        return row
    states = set(Taking.objects.filter(body_id=row.body_id, application=row).values_list("state", flat=True))
    if S.TAKEN not in states or states & {S.WAITING, S.ENTERED, S.OFFERED}:
        return row
    uploads = facts_of(attachments_of(row))
    fee = judged(
        edition=row.edition,
        answers=row.answers,
        now=row.received_at,
        uploads=uploads,
        given=row.given,
        stored=True,
    ).fee
    path = charge_fee(actor=actor, now=now, application=row, fee=fee) if fee else ""
    if path:
        due = row.pay_until or clock.today(now)
        facts = {"pay_path": path, "due": due, "yen": f"{row.fee_yen:,}"}
        tell_applicant(actor=actor, now=now, application=row, kind="payment_due", facts=facts)
    return row
