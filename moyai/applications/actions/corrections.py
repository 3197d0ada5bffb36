"""補正 — asking the applicant to correct named fields, and taking the answer: only those may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.answers import (
    AnswersRefused,
    answers_sha256,
    applicant_of,
    facts_of,
    words_of,
)
from moyai.applications.actions.files import bytes_allowed, need_space
from moyai.applications.actions.identity import need_once
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.places import change_places
from moyai.applications.actions.refees import fee_again
from moyai.applications.actions.steps import locked, move
from moyai.applications.models import Application, Attachment, Correction
from moyai.applications.permits import PERMITS
from moyai.applications.pictures import accepted_types, pixels_of
from moyai.applications.queries.cases import open_correction
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult, Change, diff, field_at
from moyai.applications.rules import answer_correction as correct
from moyai.applications.wording import day_with_year
from moyai.audit.public import action
from moyai.documents.public import claim_upload, keep_upload
from moyai.money.public import lock_charges_about
from moyai.tenants.public import Actor, Refusal, clock


class NothingToCorrect(Refusal):
    code = "nothing_to_correct"
    status = 409
    message = lazy("補正をお願いしている項目はありません。")  # type: ignore[assignment]


class DeadlinePassed(Refusal):
    code = "deadline_in_the_past"
    status = 422
    message = lazy("期限は、明日以降の日付にしてください。")  # type: ignore[assignment]


class NoFieldNamed(Refusal):
    code = "no_field_named"
    status = 422
    message = lazy("補正する項目を1つ以上選んでください。")  # type: ignore[assignment]


@action("applications.request_correction", permits=PERMITS, thing="application")
def request_correction(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    items: Sequence[tuple[str, str, str]],
    deadline_on: date,
    message: str = "",
    seen_version: int | None = None,
) -> Correction:
    """補正を求める — `items` are (stable path, label, words). The clock of 標準処理期間 stops until the answer.

    Raises NoFieldNamed, DeadlinePassed, NotPossibleNow. Source: 行政手続法 第7条.
    """
    if not items:
        raise NoFieldNamed(fields={"paths": str(NoFieldNamed.message)})
    if deadline_on <= clock.today(now):
        raise DeadlinePassed(fields={"deadline_on": str(DeadlinePassed.message)})
    row = move(
        actor=actor,
        now=now,
        application=application,
        verb=flow.REQUEST_CORRECTION,
        told=message.strip(),
        seen_version=seen_version,
    )
    made: Correction = Correction.objects.create(
        body_id=row.body_id,
        application=row,
        number=row.corrections.count() + 1,
        message=message.strip(),
        items=[{"path": path, "label": label, "words": words} for path, label, words in items],
        deadline_on=deadline_on,
        requested_at=now,
        requested_by=actor.name,
    )
    tell_applicant(
        actor=actor,
        now=now,
        application=row,
        kind="correction_requested",
        facts={"count": len(items), "deadline": deadline_on},
    )
    return made


def correction_looked_at(
    *, application: Application, correction: Correction, corrected: Mapping[str, Any]
) -> tuple[AnswerResult, list[Change]]:
    """What the corrected answers would come to: the engine's result, and what differs in words."""
    form = compiled(application.edition)
    paths = [item["path"] for item in correction.items]
    files = Attachment.objects.filter(body_id=application.body_id, application=application).select_related(
        "upload"
    )
    uploads = facts_of(files)
    arrived = application.received_on  # ages and limits count from the day it arrived
    known: dict[str, Any] = {"given": application.given or None, "office_day": office_days()}
    result = correct(
        form, application.answers, corrected, allowed=paths, today=arrived, uploads=uploads, **known
    )
    changes = diff(
        form,
        application.answers,
        result.answers,
        today=arrived,
        wareki=day_with_year,
        uploads=uploads,
        **known,
    )
    return result, list(changes)


@action("applications.answer_correction", permits=PERMITS, thing="application")
def attach_to_correction(
    *, actor: Actor, now: datetime, application: Application, path: str, file: UploadedFile[bytes]
) -> Attachment:
    """補正のファイルを添付する — for a named file field; it counts only once the correction is submitted.

    Raises NothingToCorrect, TooMuchInAll (of the files brought for this correction), UploadRefused.
    """
    row = locked(actor=actor, application=application)
    correction = open_correction(row)
    asked = field_at(compiled(row.edition), path)
    if (
        correction is None
        or path not in [item["path"] for item in correction.items]
        or asked is None
        or asked.kind not in ("file", "photo")
    ):
        raise NothingToCorrect
    since = Attachment.objects.filter(
        body_id=row.body_id, application=row, kept_at__gte=correction.requested_at
    )
    need_space(since, more=int(file.size or 0))
    width, height = pixels_of(file)
    drafter = f"correction:{row.form_token}"
    upload = keep_upload(
        actor=actor,
        now=now,
        file=file,
        accept=accepted_types(asked),
        max_bytes=bytes_allowed(asked),
        drafter=drafter,
    )
    claim_upload(actor=actor, now=now, upload_id=upload.pk, thing=row, drafter=drafter)
    made: Attachment = Attachment.objects.create(
        body_id=row.body_id,
        application=row,
        upload=upload,
        path=path[:120],
        name=upload.name,
        width_px=width,
        height_px=height,
        kept_at=now,
    )
    return made


@action("applications.answer_correction", permits=PERMITS)
def answer_correction(
    *, actor: Actor, now: datetime, application: Application, corrected: Mapping[str, Any]
) -> Application:
    """補正する — `corrected` holds values by the named paths; whatever else is in it is refused.

    The fee is worked out again (`refees`); places change whole or not at all. Raises NothingToCorrect, AnswersRefused (by
    path), AppliedBefore, PoolFull.
    """
    lock_charges_about(application)  # as a payment does: the charge first, then the application
    row = locked(actor=actor, application=application)
    correction = open_correction(row)
    if correction is None:
        raise NothingToCorrect
    result, changes = correction_looked_at(application=row, correction=correction, corrected=corrected)
    if result.errors:
        raise AnswersRefused(fields={path: words_of(error) for path, error in result.errors.items()})
    by_path = {change.path: change for change in changes}
    named = []
    for item in correction.items:
        change = by_path.pop(item["path"], None)
        named.append({**item, "old": change.old if change else None, "new": change.new if change else None})
    named += [
        {"path": change.path, "label": change.label, "words": "", "old": change.old, "new": change.new}
        for change in by_path.values()
    ]
    correction.items = named
    correction.answered_at = now
    correction.save(update_fields=["items", "answered_at"])
    person: dict[str, Any] = dict(applicant_of(compiled(row.edition), result.answers))
    once_key = need_once(edition=row.edition, result=result, but=row)
    change_places(actor=actor, now=now, application=row, result=result)
    row = move(
        actor=actor,
        now=now,
        application=row,
        verb=flow.ANSWER_CORRECTION,
        answers=result.answers,
        calculated=result.calculated,
        answers_sha256=answers_sha256(result.answers),
        once_key=once_key,
        **person,
    )
    pay_path = fee_again(actor=actor, now=now, application=row, result=result)
    tell_applicant(
        actor=actor, now=now, application=row, kind="correction_answered", facts={"pay_path": pay_path}
    )
    return row


@action("applications.cancel_correction", permits=PERMITS)
def cancel_correction(
    *, actor: Actor, now: datetime, application: Application, seen_version: int | None = None
) -> Application:
    """補正を待たずに審査へ戻す — the request is taken back; the clock runs again."""
    row = move(
        actor=actor, now=now, application=application, verb=flow.CANCEL_CORRECTION, seen_version=seen_version
    )
    row.corrections.filter(answered_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now)
    return row
