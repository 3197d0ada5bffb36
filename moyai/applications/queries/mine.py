"""One's own: drafts and applications of an account, and what waits for its owner."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from moyai.applications.models import Application, Correction, Draft, FollowUp, ReturnedPaper
from moyai.tenants.public import Actor, body_of, clock

MOST = 200


def own_applications(*, actor: Actor, code: str = "") -> list[Application]:
    """The applications of the account, newest first; none without one."""
    if actor.account_id is None:
        return []
    rows = Application.objects.filter(body_id=body_of(actor.body).pk, account_id=actor.account_id)
    if code:
        rows = rows.filter(procedure__code=code)
    return list(rows.select_related("procedure", "edition").defer("edition__document").order_by("-id")[:MOST])


def own_drafts(*, actor: Actor, now: datetime) -> list[Draft]:
    """The drafts of the account that can still be gone on with, the one changed last first."""
    if actor.account_id is None:
        return []
    return list(
        Draft.objects.filter(
            body_id=body_of(actor.body).pk,
            account_id=actor.account_id,
            application__isnull=True,
            expires_at__gt=now,
        )
        .select_related("procedure")
        .defer("answers")
        .order_by("-changed_at", "-id")[:MOST]
    )


def waiting_for_owner(*, actor: Actor, now: datetime) -> list[Application]:
    """Applications of the account in which it has something to do, marked with what: one statement.

    `asked` a correction is awaited · `to_fetch` a returned paper may be fetched and was not.
    """
    body = body_of(actor.body)
    if actor.account_id is None:
        return []
    asked = Correction.objects.filter(
        body_id=body.pk, application_id=OuterRef("pk"), answered_at__isnull=True, cancelled_at__isnull=True
    )
    papers = ReturnedPaper.objects.filter(
        body_id=body.pk,
        application_id=OuterRef("pk"),
        fetched_at__isnull=True,
        fetch_until__gte=clock.today(now),
    )
    return list(
        Application.objects.filter(body_id=body.pk, account_id=actor.account_id)
        .select_related("procedure")
        .defer("answers", "calculated")
        .annotate(
            asked_until=asked.values("deadline_on")[:1],
            fetch_until=papers.order_by("fetch_until").values("fetch_until")[:1],
            follow_up_id=FollowUp.objects.filter(
                body_id=body.pk,
                application_id=OuterRef("pk"),
                asked_at__isnull=False,
                answered_by__isnull=True,
            ).values("pk")[:1],
            has_papers=Exists(papers),
        )
        .order_by("-id")[:MOST]
    )


def children_of(application: Application) -> list[Application]:
    """次の手続き that were filed on from an application, in the order they came."""
    return list(
        Application.objects.filter(body_id=application.body_id, parent=application)
        .select_related("procedure")
        .defer("answers", "calculated")
        .order_by("id")
    )


def follow_ups_of(application: Application) -> list[FollowUp]:
    """What is or will be asked for after an application."""
    return list(
        FollowUp.objects.filter(body_id=application.body_id, application=application)
        .select_related("procedure", "answered_by")
        .order_by("ask_on", "id")
    )
