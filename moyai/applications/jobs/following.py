"""次の手続き that come due."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.models import FollowUp
from moyai.tenants.public import Actor, Body, clock, every, job, later


@job(name="applications.ask_follow_up", queue="default", retry=5)
def ask_one(*, follow_up_id: int, now: datetime) -> None:
    """One follow-up is asked for, in a transaction of its own; asked or answered before, nothing happens."""
    from moyai.applications.actions.following import ask_follow_up

    row = FollowUp.objects.filter(pk=follow_up_id).select_related("body").first()
    if row is not None:
        ask_follow_up(actor=Actor.system(row.body), now=now, follow_up=row)


@every("37 6 * * *", name="applications.ask_follow_ups")
def ask_follow_ups(*, body: Body, now: datetime) -> None:
    """Every morning: what is to be asked for today or was missed."""
    due = FollowUp.objects.filter(
        body=body, asked_at__isnull=True, answered_by__isnull=True, ask_on__lte=clock.today(now)
    )
    for follow_up_id in due.order_by("ask_on", "id").values_list("id", flat=True)[:5000]:
        later(ask_one, follow_up_id=follow_up_id)
