"""Reading papers and files; always of the actor's body."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from moyai.audit.public import check_permit
from moyai.documents.models import HandOver, HandOverVisit, Letter, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.rules.codes import drafter_hash, read_code
from moyai.tenants.public import Actor, body_of


def letters_about(*, actor: Actor, thing: models.Model) -> QuerySet[Letter]:
    """The letters issued about a thing, newest first. Who may see the thing is the caller's to know."""
    return Letter.objects.filter(
        body=actor.body, thing_kind=thing._meta.label_lower, thing_id=thing.pk
    ).order_by("-issued_at", "-id")


def letter_by_code(*, actor: Actor, code: str) -> Letter | None:
    """A letter by the code printed on it, typed in any width and case."""
    return Letter.objects.filter(body=actor.body, code=read_code(code)).first()


def uploads_of(*, actor: Actor, thing: models.Model) -> QuerySet[Upload]:
    """The files attached to a thing, in the order they came."""
    return Upload.objects.filter(
        body=actor.body, claimed_kind=thing._meta.label_lower, claimed_id=thing.pk
    ).order_by("id")


def bound_to(*, actor: Actor, drafter: str = "") -> str:
    """To whom an upload is bound: the unguessable key of a draft, else the account."""
    return drafter_hash(body_id=body_of(actor.body).pk, account_id=actor.account_id, drafter=drafter)


def uploads_by_drafter(*, actor: Actor, drafter: str = "") -> QuerySet[Upload]:
    """The files of a draft (or of the actor's account) that are not attached to anything yet."""
    return Upload.objects.filter(
        body=actor.body, claimed_id__isnull=True, drafter_hash=bound_to(actor=actor, drafter=drafter)
    ).order_by("id")


PAGE = 50


def hand_overs(*, actor: Actor, state: str = "", before_id: int | None = None) -> list[HandOver]:
    """The hand-overs of the body, newest first: a page and one more row, if there is one."""
    check_permit(actor, "documents.see_hand_overs", PERMITS)
    rows = HandOver.objects.select_related("upload").filter(body=actor.body)
    if state:
        rows = rows.filter(state=state)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return list(rows.order_by("-id")[: PAGE + 1])


def hand_over_by_id(*, actor: Actor, hand_over_id: int) -> HandOver | None:
    check_permit(actor, "documents.see_hand_overs", PERMITS)
    rows = HandOver.objects.select_related("upload", "for_body")
    return rows.filter(body=actor.body, pk=hand_over_id).first()


def visits_of(*, actor: Actor, hand_over: HandOver) -> QuerySet[HandOverVisit]:
    check_permit(actor, "documents.see_hand_overs", PERMITS)
    return HandOverVisit.objects.filter(body=actor.body, hand_over=hand_over).order_by("-id")[:200]


def hand_over_by_token(*, actor: Actor, token: str) -> HandOver | None:
    """By the link's secret; whoever has the link may ask."""
    rows = HandOver.objects.select_related("upload", "for_body")
    return rows.filter(body=actor.body, token=token).first()
