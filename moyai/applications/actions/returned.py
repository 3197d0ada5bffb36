"""交付文書 — a file the office hands back with an application, to be fetched until a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.steps import locked, remember, touch
from moyai.applications.models import Application, History, ReturnedPaper
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.documents.public import EVERYTHING, claim_upload, keep_upload
from moyai.tenants.public import Actor, Refusal, clock

LARGEST = 20 * 1024 * 1024


class FetchingEnded(Refusal):
    """The file may no longer be fetched; the office may give it again."""

    code = "fetching_ended"
    status = 410
    message = lazy("受取りの期限が過ぎました。必要な場合は、担当課に問い合わせてください。")  # type: ignore[assignment]


@action("applications.give_back", permits=PERMITS, thing="application")
def give_back(
    *, actor: Actor, now: datetime, application: Application, file: UploadedFile[bytes], title: str
) -> ReturnedPaper:
    """文書を渡す — examined like any file; the applicant is told and may fetch it for `return_days` days.

    Raises UploadRefused.
    """
    row = locked(actor=actor, application=application)
    drafter = f"returned:{row.form_token}"
    upload = keep_upload(
        actor=actor, now=now, file=file, accept=EVERYTHING, max_bytes=LARGEST, drafter=drafter
    )
    claim_upload(actor=actor, now=now, upload_id=upload.pk, thing=row, drafter=drafter)
    until = clock.today(now) + timedelta(days=row.procedure.return_days)
    paper: ReturnedPaper = ReturnedPaper.objects.create(
        body_id=row.body_id,
        application=row,
        upload=upload,
        title=title.strip(),
        fetch_until=until,
        given_at=now,
        given_by=actor.name,
    )
    touch(row=row, actor=actor, now=now, also=())
    remember(actor=actor, now=now, application=row, verb=History.GIVEN_BACK)
    tell_applicant(actor=actor, now=now, application=row, kind="given_back", facts={"until": until})
    return paper


@action("applications.fetch_letter", permits=PERMITS, thing="paper")
def fetch_returned(*, actor: Actor, now: datetime, paper: ReturnedPaper) -> ReturnedPaper:
    """文書を受け取る — until the day it was given for; the first time is remembered. Raises FetchingEnded."""
    if clock.today(now) > paper.fetch_until:
        raise FetchingEnded
    if paper.fetched_at is None:
        paper.fetched_at = now
        paper.save(update_fields=["fetched_at"])
        remember(actor=actor, now=now, application=paper.application, verb=History.FETCHED)
    return paper
