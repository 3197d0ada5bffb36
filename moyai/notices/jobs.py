"""The outbox wakes by itself; `notices.deliver` stands in delivery, below the actions that defer it."""

from __future__ import annotations

from datetime import datetime, timedelta

from moyai.notices.deliveries import deliver_event
from moyai.notices.delivery import deliver
from moyai.notices.models import Delivery, Message
from moyai.notices.rules.webhooks import DeliveryState
from moyai.tenants.public import Body, acting_in, every, later, looking_across

__all__ = ["deliver", "deliver_event", "drop_old_events", "retry_due", "retry_events_due"]

EVENTS_KEPT_DAYS = 90


@every("* * * * *", name="notices.retry_due", per_body=False)
def retry_due(*, now: datetime) -> None:
    """Wake the messages whose next try is due, over all bodies: ids only, read across the wall.

    It also finds those whose job was lost with a worker; one minute of grace leaves fresh ones to their own job.
    """
    with looking_across() as alias:
        due = list(
            Message.objects.using(alias)
            .filter(next_try_at__lte=now - timedelta(minutes=1))
            .order_by("body_id", "id")
            .values_list("body_id", "id")[:2000]
        )
    bodies = Body.objects.in_bulk({body_id for body_id, _ in due})
    for body_id, waiting in due:
        with acting_in(bodies[body_id]):
            later(deliver, message_id=waiting)


@every("* * * * *", name="notices.retry_events_due", per_body=False)
def retry_events_due(*, now: datetime) -> None:
    """Wake the events for other systems whose next try is due, over all bodies, as `retry_due` wakes messages."""
    with looking_across() as alias:
        due = list(
            Delivery.objects.using(alias)
            .filter(next_at__lte=now - timedelta(minutes=1))
            .order_by("body_id", "id")
            .values_list("body_id", "id")[:2000]
        )
    bodies = Body.objects.in_bulk({body_id for body_id, _ in due})
    for body_id, waiting in due:
        with acting_in(bodies[body_id]):
            later(deliver_event, delivery_id=waiting)


@every("17 3 * * *", name="notices.drop_old_events")
def drop_old_events(*, body: Body, now: datetime) -> None:
    """Events that ended 90 days ago are deleted; until then they may be sent again."""
    old = Delivery.objects.of(body).filter(made_at__lt=now - timedelta(days=EVENTS_KEPT_DAYS))
    old.exclude(state=DeliveryState.QUEUED).delete()
