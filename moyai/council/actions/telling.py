"""会員への通知 — one message to each person who works for a member in the council's matters, behind that member's wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from moyai.notices.public import Recipient, tell
from moyai.people.public import addresses_of
from moyai.tenants.public import Actor, Body, acting_in, clock


def tell_bodies(
    *,
    actor: Actor,
    now: datetime,
    bodies: Iterable[Body],
    kind: str,
    facts: dict[str, Any],
    about: Model,
    section: str = "",
) -> int:
    """Tell the people of each body, one wall after the other; gives how many messages were written.

    People of a body are those of the 課 named by `section` if there are any, else its administrators, else its staff. `facts`
    get the body's own `home` (the address of its council page) and `slug`. Not an action: it leaves no deed beside that of
    the act it belongs to. A body that is not in use on the day is not told.
    """
    today = clock.today(now)
    told = 0
    for body in sorted(set(bodies), key=lambda one: one.code):
        if body.until_on is not None and body.until_on < today:
            continue
        people = addresses_of(body, day=today, section=section)
        if not people:
            continue
        with acting_in(body):
            for account_id, name, email in people:
                tell(
                    actor=actor.in_body(body),
                    now=now,
                    kind=kind,
                    facts={**facts, "slug": body.slug, "home": f"/{body.slug}/office/council/"},
                    to=Recipient(email=email, account_id=account_id, name=name),
                    about=about,
                )
                told += 1
    return told
