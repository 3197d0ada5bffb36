"""Telling who is registered: what staff decided, what ends soon, what was suspended. Read on screen, sent where there is an address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.urls import reverse

from moyai.notices.public import Message, Recipient, tell
from moyai.reservations.models import Registration
from moyai.tenants.public import Actor, body_of

KINDS: Final = (
    "registration_approved",
    "registration_refused",
    "registration_changed",
    "registration_expires",
    "registration_suspended",
    "registration_resumed",
    "registration_class_ended",
)


def tell_registered(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    kind: str,
    reason: str = "",
    until: date | None = None,
) -> Message | None:
    """Write the message of a kind in KINDS about a registration. Numbers and days only: no name, no address.

    None where nobody could read it: a registration of the counter without account and address.
    """
    if not (registration.email or registration.account_id):
        return None
    body = body_of(actor.body)
    number = registration.number
    return tell(
        actor=actor,
        now=now,
        kind=f"reservations.{kind}",
        facts={
            "number": "-".join(number[at : at + 4] for at in range(0, len(number), 4)),
            "valid_until": registration.valid_until,
            "class_until": registration.class_until,
            "until": until,
            "reason": reason,
            "page_path": reverse(
                "reservations_portal_registration", kwargs={"body_slug": body.slug, "number": number}
            ),
        },
        to=Recipient(email=registration.email or None, account_id=registration.account_id, name=registration.name),
        about=registration,
    )
