"""Fees that were not paid in time."""

from __future__ import annotations

from datetime import datetime

from moyai.applications import flow
from moyai.applications.models import Application
from moyai.tenants.public import Actor, Body, clock, every, job, later


@job(name="applications.lapse_one", queue="default", retry=5)
def lapse_one(*, application_id: int, now: datetime) -> None:
    """One application whose fee is late, in a transaction of its own; paid meanwhile, nothing happens."""
    from moyai.applications.actions.payment import lapse_unpaid

    row = Application.objects.filter(pk=application_id).select_related("body", "procedure").first()
    # Not while others have to act (補正待ち, 決裁待ち).
    if row is not None and flow.after(row.status, flow.LAPSE):
        lapse_unpaid(actor=Actor.system(row.body), now=now, application=row)


@every("17 3 * * *", name="applications.lapse")
def lapse(*, body: Body, now: datetime) -> None:
    """Every night: what should have been paid by yesterday, where the procedure lets it lapse."""
    unpaid = Application.objects.filter(
        body=body,
        payment=Application.Payment.WAITING,
        pay_until__lt=clock.today(now),
        procedure__unpaid_lapses=True,
    )
    may = [status for status in flow.STATUSES if flow.after(status, flow.LAPSE)]
    # What needs no review is complete from the beginning, paid or not.
    late = unpaid.filter(open=True, status__in=may) | unpaid.filter(
        open=False, status=flow.COMPLETED, procedure__needs_review=False
    )
    for application_id in late.order_by("pay_until", "id").values_list("id", flat=True)[:5000]:
        later(lapse_one, application_id=application_id)
