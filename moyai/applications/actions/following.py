"""次の手続き — what a decision is followed by (実績報告, 着手届, 事業報告): planned with it, asked for on its day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from moyai.applications import flow
from moyai.applications.actions.news import tell_applicant
from moyai.applications.models import Application, FollowUp, Procedure
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.tenants.public import Actor, body_of, clock


def follow_token(follow_up: FollowUp) -> str:
    """The secret of a follow-up's link, made from the row: nothing to steal lies in the table."""
    made = salted_hmac(
        "moyai.applications.follow",
        f"{follow_up.body_id}:{follow_up.pk}",
        secret=settings.MOYAI_NUMBER_KEY,
        algorithm="sha256",
    )
    return f"{follow_up.pk}-{made.hexdigest()[:40]}"


def follow_up_of(*, actor: Actor, token: str) -> FollowUp | None:
    """The follow-up of a link; an unknown or altered link gives None."""
    number, _dash, _mac = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    row: FollowUp | None = (
        FollowUp.objects.filter(body_id=body_of(actor.body).pk, pk=int(number))
        .select_related("application__procedure", "procedure")
        .first()
    )
    if row is None or not constant_time_compare(follow_token(row), token):
        return None
    return row


def plan_follow_up(*, actor: Actor, now: datetime, application: Application) -> FollowUp | None:
    """Plan what follows an application that was granted; None where the procedure asks for nothing more.

    Asked for on the day `follow_days` after the decision. Called inside the decision, which leaves the deed.
    """
    procedure = application.procedure
    if not procedure.follow_code or application.outcome not in (flow.APPROVED, flow.PARTLY):
        return None
    next_one = Procedure.objects.filter(body_id=procedure.body_id, code=procedure.follow_code).first()
    if next_one is None:
        return None
    planned: FollowUp
    planned, _made = FollowUp.objects.get_or_create(
        body_id=application.body_id,
        application=application,
        procedure=next_one,
        defaults={"ask_on": clock.today(now) + timedelta(days=procedure.follow_days)},
    )
    return planned


@action("applications.ask_follow_up", permits=PERMITS, thing="follow_up")
def ask_follow_up(*, actor: Actor, now: datetime, follow_up: FollowUp) -> FollowUp:
    """Ask for it, once; by mail where there is an address, on the inquiry page and マイページ in any case."""
    row: FollowUp = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("application", "procedure")
        .get(body_id=body_of(actor.body).pk, pk=follow_up.pk)
    )
    if row.asked_at is not None or row.answered_by_id is not None:
        return row
    row.asked_at = now
    row.save(update_fields=["asked_at"])
    slug = body_of(actor.body).slug
    tell_applicant(
        actor=actor,
        now=now,
        application=row.application,
        kind="follow_up",
        facts={
            "next_title": row.procedure.title,
            "follow_path": reverse(
                "applications_portal_follow", kwargs={"body_slug": slug, "token": follow_token(row)}
            ),
        },
    )
    return row
