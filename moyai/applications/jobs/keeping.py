"""Letting go what is kept no longer: approved runs batch by batch, and every night what was never sent."""

from __future__ import annotations

from datetime import datetime

from moyai.tenants.public import Actor, Body, every, job, later


@job(name="applications.forget_ended", queue="default", retry=10)
def forget_ended(*, run_id: int, below: int | None = None, now: datetime) -> None:
    """One batch of an approved run; the next is deferred with it, so that a killed worker leaves nothing half."""
    from moyai.applications.actions.keeping import run_batch
    from moyai.applications.models import RetentionRun

    run = RetentionRun.objects.select_related("body").get(pk=run_id)
    go_on = run_batch(actor=Actor.system(run.body), now=now, run=run, below=below)
    if go_on is not None:
        later(forget_ended, run_id=run_id, below=go_on)


@every("41 3 * * *", name="applications.drop_past")
def drop_past_nightly(*, body: Body, now: datetime) -> None:
    """Every night: the first of what is past; what is left follows in jobs of its own."""
    from moyai.applications.actions.exports import expire
    from moyai.applications.actions.keeping import fill_in_ends

    expire(actor=Actor.system(body), now=now)
    fill_in_ends(actor=Actor.system(body), now=now)
    later(drop_past_of_body)


@job(name="applications.drop_past_more", queue="default", retry=5)
def drop_past_of_body(*, now: datetime) -> None:
    """Drafts, mandates, records and export requests past their day; again while there are more."""
    from moyai.applications.actions.forgetting import drop_past
    from moyai.tenants.public import body_of, current_body

    if drop_past(actor=Actor.system(body_of(current_body())), now=now):
        later(drop_past_of_body)
