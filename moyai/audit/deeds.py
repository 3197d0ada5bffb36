"""Writing a deed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from moyai.audit.models import CouncilDeed, Deed
from moyai.tenants.public import Actor


def record(
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    thing: models.Model | None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave one deed for the actor's body, or the council's when the actor has none."""
    fields: dict[str, Any] = {
        "at": now,
        "account_id": actor.account_id,
        "role": ",".join(sorted(actor.roles))[:40],
        "verb": verb,
        "thing_kind": thing._meta.label_lower if thing is not None else "",
        "thing_id": thing.pk if thing is not None else None,
        "reason": reason[:500],
        "request_id": actor.request_id,
        "channel": actor.channel,
        "detail": detail or {},
    }
    if actor.body is None:
        CouncilDeed.objects.create(**fields)
    else:
        Deed.objects.create(body_id=actor.body.pk, **fields)


def looked(
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    thing: models.Model,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave one deed for a look at personal data."""
    record(actor=actor, now=now, verb=verb, thing=thing, reason=reason, detail=detail)
