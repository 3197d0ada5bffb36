"""経過 — what was done to a registration, a booking or an entry, kept where its owner reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from moyai.reservations.models import Booking, Happening, Registration
from moyai.tenants.public import STAFF, Actor, Role, body_of

OWNER: Final = "本人"
HOUSE: Final = "システム"


def by_of(actor: Actor) -> tuple[str, bool]:
    """Who acted, as the owner reads it, and whether that was staff."""
    if Role.SYSTEM in actor.roles:
        return HOUSE, False
    if actor.roles & STAFF and actor.channel == "office":
        return f"{body_of(actor.body).name} {actor.name}"[:60], True
    return OWNER, False


def remember(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration | None,
    what: str,
    words: str = "",
    booking: Booking | None = None,
    entry_id: int | None = None,
    channel: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Happening:
    """Write one line of the history. `words` are read by the owner: never what only staff may know."""
    by, by_staff = by_of(actor)
    made: Happening = Happening.objects.create(
        body=body_of(actor.body),
        registration=registration,
        booking=booking,
        entry_id=entry_id,
        at=now,
        what=what,
        by=by,
        by_staff=by_staff,
        channel=channel or ("staff" if by_staff else "system" if by == HOUSE else "internet"),
        words=words[:300],
        facts=dict(facts or {}),
    )
    return made
