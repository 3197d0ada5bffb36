"""Telling the applicant: one message per turn of the application, without personal data beyond its title."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from moyai.applications.models import Application
from moyai.notices.public import Recipient, tell
from moyai.tenants.public import Actor, body_of


def grouped(number: str) -> str:
    """整理番号 as it is shown: groups of four."""
    return "-".join(number[at : at + 4] for at in range(0, len(number), 4))


def tell_applicant(
    *, actor: Actor, now: datetime, application: Application, kind: str, facts: dict[str, Any]
) -> None:
    """Write the message of `kind` to who applied, if an address was given; the inquiry page tells the rest.

    The secret never goes by mail: a stored message would be a second key to the application.
    """
    if not application.applicant_email:
        return
    body = body_of(actor.body)
    known = {
        "number": grouped(application.public_number),
        "title": application.procedure.title,
        "section": application.procedure.section,
        "inquiry_path": reverse("applications_portal_inquiry", kwargs={"body_slug": body.slug}),
    }
    tell(
        actor=actor,
        now=now,
        kind=f"applications.{kind}",
        facts={**known, **facts},
        to=Recipient(email=application.applicant_email, name=application.applicant),
        about=application,
    )
