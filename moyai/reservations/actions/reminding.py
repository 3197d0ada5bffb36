"""期限の知らせ — that a registration, or the proof of its class, ends soon."""

from __future__ import annotations

from datetime import date, datetime

from moyai.audit.public import action
from moyai.reservations.actions.registrations import locked
from moyai.reservations.actions.telling import tell_registered
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules.registering import PROVED
from moyai.tenants.public import Actor


@action("reservations.remind_registration", permits=PERMITS)
def remind_registration(
    *, actor: Actor, now: datetime, registration: Registration, last: date
) -> Registration:
    """Remind of the ends up to a day that were not reminded of yet; again is harmless."""
    row = locked(actor=actor, registration=registration)
    ends = [row.valid_until] if row.valid_until else []
    if row.resident_class in PROVED and row.class_until:
        ends.append(row.class_until)
    ahead = [
        day for day in ends if day <= last and (row.reminded_for is None or row.reminded_for < day)
    ]
    if ahead:
        row.reminded_for = max(ahead)
        row.save(update_fields=["reminded_for"])
        tell_registered(
            actor=actor, now=now, registration=row, kind="registration_expires", until=min(ahead)
        )
    return row
