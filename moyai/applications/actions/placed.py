"""手数料 of who got a place later: by draw, or by moving up from the waiting list."""

from __future__ import annotations

from datetime import datetime

from moyai.applications import flow
from moyai.applications.actions.payment import charge_afterwards
from moyai.applications.actions.steps import locked
from moyai.applications.models import Application, Procedure, Taking
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.tenants.public import Actor

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
    charge_afterwards(actor=actor, now=now, application=row)
    return row
