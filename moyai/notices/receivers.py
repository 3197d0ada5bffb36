"""受け手 — a machine outside that is told things: paused and resumed, its secret turned, and what signs a message to it.

For every table of receivers, also of other packages: they have `active`, `salt`, `old_salt` and `rotated_at`, and what waits
for one lies in rows as `outgoing` knows them, `queued` or `held`. The caller has locked the receiver's row.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from moyai.notices.outgoing import queue_again
from moyai.notices.rules.webhooks import secrets_in_use
from moyai.tenants.public import Job


class Receiver(Protocol):
    pk: Any
    active: bool
    salt: str
    old_salt: str
    rotated_at: datetime | None

    def save(self, *, update_fields: Sequence[str]) -> None: ...


def new_salt() -> str:
    return secrets.token_hex(16)


def pause(receiver: Receiver, rows: QuerySet[Any]) -> None:
    """一時停止 — of its `rows` those that wait are held until it goes on."""
    receiver.active = False
    receiver.save(update_fields=["active"])
    rows.filter(state="queued").update(state="held", next_at=None)


def resume(receiver: Receiver, rows: QuerySet[Any], deliver: Job, key: str, *, now: datetime) -> None:
    """再開 — of its `rows` those that were held go out, oldest first, with their tries counted anew."""
    receiver.active = True
    receiver.save(update_fields=["active"])
    held = rows.filter(state="held").select_for_update().order_by("id").values_list("pk", flat=True)
    kind: type[Model] = rows.model
    queue_again(kind, list(held), deliver, key, now=now)


def turn_secret(receiver: Receiver, *, now: datetime) -> None:
    """署名の鍵の更新 — a new secret from now on; the one before it signs along for 24 hours."""
    receiver.old_salt, receiver.salt, receiver.rotated_at = receiver.salt, new_salt(), now
    receiver.save(update_fields=["old_salt", "salt", "rotated_at"])


def secrets_now(receiver: Receiver, secret_for: Callable[[str], str], *, now: datetime) -> list[str]:
    """What signs a message now: the secret, and for 24 hours the one before it. `secret_for` derives one from a salt."""
    return secrets_in_use(
        secret_for(receiver.salt),
        secret_for(receiver.old_salt) if receiver.old_salt else "",
        rotated_at=receiver.rotated_at,
        now=now,
    )
