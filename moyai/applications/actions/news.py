"""Telling the applicant: one message per turn of the application, without personal data beyond its title; and telling
other systems of the body (webhooks): numbers and states, never who."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse, translate_url
from django.utils.translation import gettext_lazy

from moyai.applications.models import Application
from moyai.notices.public import Recipient, announce, tell
from moyai.tenants.public import Actor, body_of

ANNOUNCED = ("received", "decided")
EVENTS = {
    "applications.received": gettext_lazy("申請の到達"),
    "applications.status_changed": gettext_lazy("申請の状態の変化"),
    "applications.decided": gettext_lazy("申請の決定"),
}


def grouped(number: str) -> str:
    """整理番号 as it is shown: groups of four."""
    return "-".join(number[at : at + 4] for at in range(0, len(number), 4))


def announce_turn(*, actor: Actor, now: datetime, application: Application, event: str) -> None:
    """Announce `received`, `status_changed` or `decided` with what a machine may know: number, states and days."""
    announce(
        actor=actor,
        now=now,
        event=f"applications.{event}",
        about=application,
        facts={
            "number": application.public_number,
            "procedure": application.procedure.code,
            "status": application.status,
            "outcome": application.outcome,
            "received_on": application.received_on.isoformat(),
            "due_on": application.due_on.isoformat(),
        },
    )


def tell_applicant(
    *, actor: Actor, now: datetime, application: Application, kind: str, facts: dict[str, Any]
) -> None:
    """Write the message of `kind` to who applied, if an address was given; the inquiry page tells the rest.

    It is written in the language of the application: days and moments among the facts are given as such.

    The secret never goes by mail: a stored message would be a second key to the application. What was received or
    decided is also announced to other systems.
    """
    if kind in ANNOUNCED:
        announce_turn(actor=actor, now=now, application=application, event=kind)
    if not application.applicant_email:
        return
    body, language = body_of(actor.body), application.language
    known = {
        "number": grouped(application.public_number),
        "title": application.procedure.title,
        "section": application.procedure.section,
        "inquiry_path": reverse("applications_portal_inquiry", kwargs={"body_slug": body.slug}),
        **facts,
    }
    tell(
        actor=actor,
        now=now,
        kind=f"applications.{kind}",
        facts={
            name: translate_url(fact, language) if name.endswith("_path") and fact else fact
            for name, fact in known.items()
        },
        to=Recipient(email=application.applicant_email, name=application.applicant, language=language),
        about=application,
    )
