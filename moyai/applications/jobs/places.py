"""Places behind the scenes: holds and offers that ran out, lists that freeze, charges of those who moved up."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.models import Application, Pool, Taking
from moyai.tenants.public import Actor, Body, every, job, later


@every("*/5 * * * *", name="applications.places")
def tend(*, body: Body, now: datetime) -> None:
    """Every five minutes: what ran out is given back, and lotteries whose instant has come freeze."""
    over = Taking.objects.filter(body=body, until__lte=now).values_list("pool_id", flat=True)
    for pool_id in sorted(set(over)):
        later(tend_one, pool_id=pool_id)
    due = Pool.objects.filter(body=body, mode=Pool.Mode.LOTTERY, draw_at__lte=now).exclude(
        draws__frozen_at__isnull=False
    )
    for pool_id in due.order_by("id").values_list("id", flat=True):
        later(freeze_one, pool_id=pool_id)


@job(name="applications.tend_pool", queue="default", retry=5)
def tend_one(*, pool_id: int, now: datetime) -> None:
    """One pool: end what ran out, move up those who wait."""
    from moyai.applications.actions.pools import tend_pool

    pool = Pool.objects.filter(pk=pool_id).select_related("body").first()
    if pool is not None:
        tend_pool(actor=Actor.system(pool.body), now=now, pool=pool)


@job(name="applications.freeze_pool", queue="default", retry=5)
def freeze_one(*, pool_id: int, now: datetime) -> None:
    """One lottery whose instant has come: its list is fixed and published."""
    from moyai.applications.actions.lots import freeze_draw

    pool = (
        Pool.objects.filter(pk=pool_id, mode=Pool.Mode.LOTTERY, draw_at__lte=now)
        .select_related("body")
        .first()
    )
    if pool is not None:
        freeze_draw(actor=Actor.system(pool.body), now=now, pool=pool)


@job(name="applications.charge_placed", queue="default", retry=5)
def charge_placed(*, application_id: int, now: datetime) -> None:
    """The fee of an application that waited or was drawn, once it has all its places; charged once."""
    from moyai.applications.actions.placed import charge_placed as charge

    row = Application.objects.filter(pk=application_id).select_related("body", "procedure").first()
    if row is not None:
        charge(actor=Actor.system(row.body), now=now, application=row)
