"""What is sent to machines outside waits in rows: what becomes of one, who wakes it, and how it comes into the queue again.

For every table of such rows, also of other packages: they have `state`, `tries`, `trouble`, `last_status`, `next_at` (set
exactly while queued) and `sent_at`, and a flow with the events take, try_again, give_up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from django.db.models import Model

from moyai.notices.rules.webhooks import GONE
from moyai.notices.sending import Answered
from moyai.tenants.public import Body, Job, acting_in, later, looking_across

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=1)  # fresh rows are left to their own job
AT_ONCE = 2_000
Flow = Mapping[Any, Any]  # (state, event) → state


class Outgoing(Protocol):
    pk: Any
    kind: str
    state: str
    tries: int
    trouble: str
    last_status: int | None
    next_at: datetime | None
    sent_at: datetime | None

    def save(self, *, update_fields: Sequence[str]) -> None: ...


def move(
    row: Outgoing,
    flow: Flow,
    event: str,
    *,
    trouble: str = "",
    next_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    row.state = flow[row.state, event]
    row.trouble, row.next_at = trouble, next_at
    row.sent_at = sent_at or row.sent_at
    row.save(update_fields=["state", "tries", "trouble", "last_status", "next_at", "sent_at"])


def take_answer(
    row: Outgoing,
    answered: Answered,
    *,
    flow: Flow,
    wait_after: Callable[[int], timedelta | None],
    now: datetime,
    name: str,
) -> None:
    """Write down what a receiver answered: taken, to be tried again after a while, or given up. 410 says never again.

    `name` is that of the event in the log, where nothing of what was sent is written.
    """
    row.last_status = answered.status
    if answered.status is not None and 200 <= answered.status < 300:
        move(row, flow, "take", sent_at=now)
        log.info(f"{name}_sent", row=row.pk, kind=row.kind, tries=row.tries)
        return
    trouble = answered.trouble or ("redirect" if 300 <= (answered.status or 0) < 400 else "answer")
    wait = None if answered.status == GONE else wait_after(row.tries)
    if wait is None:
        move(row, flow, "give_up", trouble=trouble)
    else:
        move(row, flow, "try_again", trouble=trouble, next_at=now + wait)
    log.warning(
        f"{name}_not_sent",
        row=row.pk,
        kind=row.kind,
        tries=row.tries,
        trouble=trouble,
        status=answered.status,
        state=row.state,
    )


def queue_again(rows: type[Model], ids: Sequence[int], deliver: Job, key: str, *, now: datetime) -> None:
    """Into the queue, with the tries counted anew. The caller has locked them and asked the flow."""
    rows._default_manager.filter(pk__in=list(ids)).update(state="queued", tries=0, trouble="", next_at=now)
    for each in ids:
        later(deliver, **{key: each})


def wake_due(rows: type[Model], deliver: Job, key: str, *, column: str = "next_at", now: datetime) -> None:
    """Wake the rows whose next try is due, over all bodies: ids only, read across the wall.

    It also finds those whose job was lost with a worker.
    """
    with looking_across() as alias:
        due = list(
            rows._default_manager.using(alias)
            .filter(**{f"{column}__lte": now - GRACE})
            .order_by("body_id", "id")
            .values_list("body_id", "id")[:AT_ONCE]
        )
    bodies = Body.objects.in_bulk({body_id for body_id, _ in due})
    for body_id, waiting in due:
        with acting_in(bodies[body_id]):
            later(deliver, **{key: waiting})
