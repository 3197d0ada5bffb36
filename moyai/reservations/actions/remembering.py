"""経過 — what was done to a registration, a booking or an entry, kept where its owner reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from moyai.reservations.models import Booking, Happening, Registration
from moyai.tenants.public import STAFF, Actor, Role, body_of, insert_many, prepared_insert

OWNER: Final = "本人"
HOUSE: Final = "システム"
Line = tuple[Registration, Booking | None, int | None, str, Mapping[str, Any]]


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
    made = Happening(
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
    return prepared_insert(made)


def remember_each(
    *,
    actor: Actor,
    now: datetime,
    what: str,
    lines: Iterable[Line],
    words: str = "",
) -> None:
    """The same line for each line (registration, booking, id of entry, channel, facts): one statement for thousands."""
    by, by_staff = by_of(actor)
    body = body_of(actor.body)
    otherwise = "staff" if by_staff else "system" if by == HOUSE else "internet"
    insert_many(
        [
            Happening(
                body=body,
                registration=registration,
                booking=booking,
                entry_id=entry_id,
                at=now,
                what=what,
                by=by,
                by_staff=by_staff,
                channel=channel or otherwise,
                words=words[:300],
                facts=dict(facts),
            )
            for registration, booking, entry_id, channel, facts in lines
        ]
    )
