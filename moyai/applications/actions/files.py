"""添付 — files of a draft, kept at once under their field; judged by size and type when they are attached."""

from __future__ import annotations

import copy
from datetime import datetime

from django.core.files.base import File
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.answers import AnswersRefused, words_of
from moyai.applications.actions.drafts import locked_draft
from moyai.applications.actions.rows import DraftGone, Steps, path_of, row_at, without_upload
from moyai.applications.models import Attachment, Draft
from moyai.applications.permits import PERMITS
from moyai.applications.pictures import accepted_types, pixels_of
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Field, Message
from moyai.applications.rules.kinds.files import size_in_words
from moyai.audit.public import action
from moyai.documents.public import (
    Upload,
    UploadRefused,
    claim_upload,
    content_of,
    delete_upload,
    finish_resumable,
    keep_upload,
    size_words,
)
from moyai.tenants.public import Actor, Refusal

MOST_BYTES = 10 * 1024 * 1024  # of a file whose field says nothing
MOST_TOTAL_BYTES = 200_000_000  # of all files of one application


class TooMuchInAll(Refusal):
    """The files of one application together are larger than it takes."""

    code = "too_much_in_all"
    status = 422
    message = lazy("添付の合計が大きすぎます。")  # type: ignore[assignment]


def bytes_allowed(asked: Field) -> int:
    """The largest one file of a field."""
    largest = int(asked.settings.get("max_bytes", MOST_BYTES))
    return min(largest, int(asked.settings.get("max_total_bytes", largest)))


def need_room(*, draft: Draft, asked: Field, rows: Steps, more: int) -> None:
    """Whether one more file of so many bytes fits.

    Raises AnswersRefused (count and max_total_bytes of its field), TooMuchInAll (of the application).
    """
    target = row_at(copy.deepcopy(draft.answers), rows, make=True, form_fields=compiled(draft.edition).fields)
    before = list(target.get(asked.id) or [])
    most = int(asked.settings.get("max_count", 1))
    if len(before) >= most:
        message = Message("too_many_files", {"label": asked.label, "max": most, "count": len(before) + 1})
        raise AnswersRefused(fields={path_of(rows) + asked.id: words_of(message)})
    files = Attachment.objects.filter(body_id=draft.body_id, draft=draft)
    need_space(files, more=more)
    largest = asked.settings.get("max_total_bytes")
    own = [int(one) for one in before if str(one).isdigit()]
    if largest is None or not own:  # one that alone is too big is told so by its own name
        return
    size = _bytes_of(files.filter(upload_id__in=own)) + more
    if size > largest:
        message = Message(
            "files_too_big_in_all",
            {"label": asked.label, "max": size_in_words(largest), "size": size_in_words(size)},
        )
        raise AnswersRefused(fields={path_of(rows) + asked.id: words_of(message)})


def need_space(files: QuerySet[Attachment], *, more: int) -> None:
    """Whether so many bytes more than these files have are taken. Raises TooMuchInAll."""
    kept = _bytes_of(files)
    if kept + more > MOST_TOTAL_BYTES:
        raise TooMuchInAll(
            _("添付の合計は%(most)sまでです。今は%(now)sあります。")
            % {"most": size_words(MOST_TOTAL_BYTES), "now": size_words(kept)}
        )


def _bytes_of(files: QuerySet[Attachment]) -> int:
    return int(files.aggregate(all=Sum("upload__size"))["all"] or 0)


@action("applications.save_draft", permits=PERMITS, thing="draft")
def attach_file(
    *,
    actor: Actor,
    now: datetime,
    draft: Draft,
    token: str,
    asked: Field,
    file: File[bytes],
    rows: Steps = (),
) -> Attachment:
    """添付する — stored at once, examined by a job. Raises UploadRefused with what to do, AnswersRefused, TooMuchInAll."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    need_room(draft=row, asked=asked, rows=rows, more=int(file.size or 0))
    size = pixels_of(file)
    upload = keep_upload(
        actor=actor,
        now=now,
        file=file,
        accept=accepted_types(asked),
        max_bytes=bytes_allowed(asked),
        drafter=token,
    )
    return _attached(actor, now, row, token, asked, rows, upload, size)


@action("applications.save_draft", permits=PERMITS, thing="draft")
def attach_arrived(
    *,
    actor: Actor,
    now: datetime,
    draft: Draft,
    token: str,
    asked: Field,
    arrival: str,
    rows: Steps = (),
) -> Attachment:
    """添付する — a file that came in pieces and is whole now; judged by the field it is attached to.

    Raises as attach_file, and NotYetWhole, UploadNotFound.
    """
    row = locked_draft(actor=actor, now=now, draft=draft)
    upload = finish_resumable(actor=actor, now=now, token=arrival, drafter=token)
    if upload.content_type not in accepted_types(asked):
        raise UploadRefused("type")
    if upload.size > bytes_allowed(asked):
        raise UploadRefused("size")
    need_room(draft=row, asked=asked, rows=rows, more=upload.size)
    with content_of(upload) as content:
        size = pixels_of(content)
    return _attached(actor, now, row, token, asked, rows, upload, size)


def _attached(
    actor: Actor,
    now: datetime,
    row: Draft,
    token: str,
    asked: Field,
    rows: Steps,
    upload: Upload,
    size: tuple[int | None, int | None],
) -> Attachment:
    claim_upload(actor=actor, now=now, upload_id=upload.pk, thing=row, drafter=token)
    made: Attachment = Attachment.objects.create(
        body_id=row.body_id,
        draft=row,
        upload=upload,
        path=(path_of(rows) + asked.id)[:120],
        name=upload.name,
        width_px=size[0],
        height_px=size[1],
        kept_at=now,
    )
    answers = copy.deepcopy(row.answers)
    target = row_at(answers, rows, make=True, form_fields=compiled(row.edition).fields)
    target[asked.id] = [*(target.get(asked.id) or []), str(upload.pk)]
    row.answers, row.changed_at = answers, now
    row.save(update_fields=["answers", "changed_at"])
    return made


@action("applications.save_draft", permits=PERMITS, thing="draft")
def detach_file(*, actor: Actor, now: datetime, draft: Draft, upload_id: int) -> Draft:
    """添付を削除する — the file goes with it."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    attachment = Attachment.objects.filter(body_id=row.body_id, draft=row, upload_id=upload_id).first()
    if attachment is None:
        raise DraftGone
    field_id = attachment.path.split(".")[-1]
    row.answers = without_upload(row.answers, str(upload_id), field_id)
    row.changed_at = now
    row.save(update_fields=["answers", "changed_at"])
    attachment.delete()
    delete_upload(actor=actor, now=now, upload_id=upload_id, thing=row)
    return row
