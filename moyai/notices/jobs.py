"""The outbox wakes by itself; `notices.deliver` stands in delivery, below the actions that defer it."""

from __future__ import annotations

from datetime import datetime, timedelta

from moyai.notices.deliveries import deliver_event
from moyai.notices.delivery import deliver
from moyai.notices.models import Delivery, Message
from moyai.notices.outgoing import wake_due
from moyai.notices.rules.webhooks import DeliveryState
from moyai.tenants.public import Body, every

__all__ = ["deliver", "deliver_event", "drop_old_events", "retry_due", "retry_events_due"]

EVENTS_KEPT_DAYS = 90


@every("* * * * *", name="notices.retry_due", per_body=False)
def retry_due(*, now: datetime) -> None:
    """Wake the messages whose next try is due, over all bodies: ids only, read across the wall.

    It also finds those whose job was lost with a worker; one minute of grace leaves fresh ones to their own job.
    """
    wake_due(Message, deliver, "message_id", column="next_try_at", now=now)


@every("* * * * *", name="notices.retry_events_due", per_body=False)
def retry_events_due(*, now: datetime) -> None:
    """Wake the events for other systems whose next try is due, over all bodies, as `retry_due` wakes messages."""
    wake_due(Delivery, deliver_event, "delivery_id", now=now)


@every("17 3 * * *", name="notices.drop_old_events")
def drop_old_events(*, body: Body, now: datetime) -> None:
    """Events that ended 90 days ago are deleted; until then they may be sent again."""
    old = Delivery.objects.of(body).filter(made_at__lt=now - timedelta(days=EVENTS_KEPT_DAYS))
    old.exclude(state=DeliveryState.QUEUED).delete()
