"""The outbox wakes by itself; `notices.deliver` stands in delivery, below the actions that defer it."""

from __future__ import annotations

from datetime import datetime, timedelta

from moyai.notices.delivery import deliver
from moyai.notices.models import Message
from moyai.tenants.public import Body, acting_in, every, later, looking_across

__all__ = ["deliver", "retry_due"]


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
