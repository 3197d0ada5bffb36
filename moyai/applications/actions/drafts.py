"""下書き — answers saved page by page; found again by the link and, elsewhere, the code."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.answers import AnswersRefused, facts_of, judged, words_of
from moyai.applications.actions.submission import check_reception
from moyai.applications.models import Attachment, Draft, FormEdition
from moyai.applications.permits import PERMITS
from moyai.applications.pictures import accepted_types, pixels_of
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult, Field, Message, carry_over
from moyai.applications.secrets import token_hash
from moyai.audit.public import action
from moyai.documents.public import claim_upload, delete_upload, keep_upload
from moyai.tenants.public import Actor, Refusal, body_of, clock

Steps = Sequence[tuple[str, int]]  # rows on the way to a group's row: (group id, row)


class DraftGone(Refusal):
    code = "draft_gone"
    status = 410
    message = lazy("保存の期限が過ぎたため、続きから入力できません。初めから入力してください。")  # type: ignore[assignment]


class DraftSubmitted(Refusal):
    code = "draft_submitted"
    status = 409
    message = lazy("この申込みは受付済みです。")  # type: ignore[assignment]


class TooManyRows(Refusal):
    code = "too_many_rows"
    status = 422
    message = lazy("これ以上は追加できません。")  # type: ignore[assignment]


class RemovesAnswers(Exception):
    """Not a refusal: the change makes later answers needless, and the resident is told first."""

    def __init__(self, removed: list[str]) -> None:
        super().__init__()
        self.removed = removed


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a page: the draft, the engine's result, the page's own errors and its new questions."""

    draft: Draft
    result: AnswerResult
    errors: dict[str, Message]
    appeared: bool  # questions of this page became visible by these very answers, which are kept as typed


@action("applications.start_draft", permits=PERMITS)
def start_draft(*, actor: Actor, now: datetime, edition: FormEdition, token: str) -> Draft:
    """下書きを始める — the same token gives the same draft. Raises NotAccepting, EditionReplaced."""
    body = body_of(actor.body)
    procedure = edition.procedure
    check_reception(procedure=procedure, edition=edition, now=now)
    draft: Draft
    draft, _made = Draft.objects.get_or_create(
        body_id=body.pk,
        token_hash=token_hash(token),
        defaults={
            "procedure": procedure,
            "edition": edition,
            "expires_at": now + timedelta(days=procedure.draft_days),
            "started_at": now,
            "changed_at": now,
        },
    )
    return draft


def locked_draft(*, actor: Actor, now: datetime, draft: Draft) -> Draft:
    """The draft with its row locked. Raises DraftSubmitted, DraftGone."""
    row: Draft = (
        Draft.objects.filter(body_id=body_of(actor.body).pk)
        .select_related("edition", "procedure")
        .defer("edition__document")
        .select_for_update(of=("self",))
        .get(pk=draft.pk)
    )
    if row.application_id is not None:
        raise DraftSubmitted
    if now >= row.expires_at:
        raise DraftGone
    row.edition.procedure = row.procedure
    return row


def attachments_of_draft(draft: Draft) -> list[Attachment]:
    return list(
        Attachment.objects.filter(body_id=draft.body_id, draft=draft).select_related("upload").order_by("id")
    )


def look_at(*, draft: Draft, now: datetime, files: Sequence[Attachment], rows: Steps = ()) -> AnswerResult:
    """The draft's answers as the engine sees them now, with the row that is about to be added."""
    answers = copy.deepcopy(draft.answers)
    if rows:
        row_at(answers, rows, make=True, form_fields=compiled(draft.edition).fields)
    return judged(edition=draft.edition, answers=answers, now=now, uploads=facts_of(files))


@action("applications.save_draft", permits=PERMITS, thing="draft")
def save_page(
    *,
    actor: Actor,
    now: datetime,
    draft: Draft,
    page_id: str,
    posted: Mapping[str, Any],
    rows: Steps = (),
    shown: frozenset[str] | None = None,
    leaving: bool = False,
    confirmed: bool = False,
) -> Saved:
    """一ページを保存する — `posted` are the page's answers, or those of the row that `rows` leads to.

    `shown` are the ids of the questions that stood on the page; one that becomes visible beyond them is asked
    next, before going on.

    With errors nothing of the page is stored; on `leaving` (一時保存) missing answers are no error. Raises
    RemovesAnswers unless `confirmed`, when later answers would go.
    """
    row = locked_draft(actor=actor, now=now, draft=draft)
    fields = compiled(row.edition).fields
    uploads = facts_of(attachments_of_draft(row))
    answers = copy.deepcopy(row.answers)
    target = row_at(answers, rows, make=True, form_fields=fields)
    before = judged(edition=row.edition, answers=answers, now=now, uploads=uploads)
    target.update(posted)
    result = judged(edition=row.edition, answers=answers, now=now, uploads=uploads)
    own = own_paths(row, page_id, rows)
    # Rows of a group are answered on pages of their own.
    errors = {path: error for path, error in result.errors.items() if own(path) and not _in_row(path, rows)}
    if leaving:
        errors = {path: error for path, error in errors.items() if not error.code.startswith("missing")}
    known = {path_of(rows) + key for key in shown} if shown is not None else before.visible
    appeared = {
        path
        for path in result.visible
        if path not in known and own(path) and not _in_row(path, rows) and _is_asked(fields, path)
    }
    if not leaving:  # nobody is blamed for a question that was not on the page yet
        errors = {path: error for path, error in errors.items() if _top(path, rows) not in appeared}
    if errors:
        return Saved(row, result, errors, appeared=False)
    if appeared and not leaving:
        row.answers, row.changed_at = answers, now
        row.save(update_fields=["answers", "changed_at"])
        return Saved(row, result, {}, appeared=True)
    removed = [path for path in result.dropped if path not in before.dropped and not own(path)]
    if removed and not confirmed:
        raise RemovesAnswers(labels_of(row, removed))
    kept = dict(result.answers)
    for path in result.errors:  # what is wrong or unfinished elsewhere stays as it was typed
        first = path.partition(".")[0].partition("[")[0]
        if first in answers:
            kept[first] = answers[first]
    row.answers = kept
    row.changed_at = now
    row.page = page_id
    if not leaving and not rows and page_id not in row.pages_done:
        row.pages_done = [*row.pages_done, page_id]
    if leaving:
        row.saved_at = now
    row.save(update_fields=["answers", "changed_at", "page", "pages_done", "saved_at"])
    return Saved(row, result, {}, appeared=False)


@action("applications.save_draft", permits=PERMITS, thing="draft")
def keep_as_typed(
    *, actor: Actor, now: datetime, draft: Draft, page_id: str, posted: Mapping[str, Any], rows: Steps = ()
) -> Draft:
    """入力途中のまま保存する — while a file or a row is dealt with; the page's own button checks it."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    answers = copy.deepcopy(row.answers)
    row_at(answers, rows, make=True, form_fields=compiled(row.edition).fields).update(posted)
    row.answers, row.changed_at, row.page = answers, now, page_id
    row.save(update_fields=["answers", "changed_at", "page"])
    return row


@action("applications.save_draft", permits=PERMITS, thing="draft")
def remove_row(*, actor: Actor, now: datetime, draft: Draft, rows: Steps) -> Draft:
    """くり返しの一件を削除する — with its files."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    answers = copy.deepcopy(row.answers)
    parent = row_at(answers, rows[:-1], make=False, form_fields=compiled(row.edition).fields)
    group, number = rows[-1]
    items = parent.get(group, [])
    if not 0 <= number < len(items):
        raise DraftGone
    gone = _uploads_in(items.pop(number))
    row.answers, row.changed_at = answers, now
    row.save(update_fields=["answers", "changed_at"])
    for attachment in attachments_of_draft(row):
        if str(attachment.upload_id) in gone:
            attachment.delete()
            delete_upload(actor=actor, now=now, upload_id=attachment.upload_id, thing=row)
    return row


@action("applications.save_draft", permits=PERMITS, thing="draft")
def attach_file(
    *,
    actor: Actor,
    now: datetime,
    draft: Draft,
    token: str,
    asked: Field,
    file: UploadedFile[bytes],
    rows: Steps = (),
) -> Attachment:
    """添付する — stored at once, examined by a job. Raises UploadRefused with what to do."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    answers = copy.deepcopy(row.answers)
    target = row_at(answers, rows, make=True, form_fields=compiled(row.edition).fields)
    before = list(target.get(asked.id) or [])
    most = int(asked.settings.get("max_count", 1))
    if len(before) >= most:
        message = Message("too_many_files", {"label": asked.label, "max": most, "count": len(before) + 1})
        raise AnswersRefused(fields={path_of(rows) + asked.id: words_of(message)})
    width, height = pixels_of(file)
    upload = keep_upload(
        actor=actor,
        now=now,
        file=file,
        accept=accepted_types(asked),
        max_bytes=int(asked.settings.get("max_bytes", 10 * 1024 * 1024)),
        drafter=token,
    )
    claim_upload(actor=actor, now=now, upload_id=upload.pk, thing=row, drafter=token)
    made: Attachment = Attachment.objects.create(
        body_id=row.body_id,
        draft=row,
        upload=upload,
        path=(path_of(rows) + asked.id)[:120],
        name=upload.name,
        width_px=width,
        height_px=height,
        kept_at=now,
    )
    target[asked.id] = [*before, str(upload.pk)]
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
    row.answers = _without(row.answers, str(upload_id), field_id)
    row.changed_at = now
    row.save(update_fields=["answers", "changed_at"])
    attachment.delete()
    delete_upload(actor=actor, now=now, upload_id=upload_id, thing=row)
    return row


@action("applications.move_draft", permits=PERMITS)
def move_draft(*, actor: Actor, now: datetime, draft: Draft, edition: FormEdition) -> Draft:
    """新しい版に移す — the answers that still fit are kept; questions that changed are asked again."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    result, _lost = carry_over(compiled(edition), row.answers, today=clock.today(now))
    row.edition = edition
    row.answers = result.answers
    row.pages_done = []
    row.page = ""
    row.changed_at = now
    row.save(update_fields=["edition", "answers", "pages_done", "page", "changed_at"])
    return row


# -- paths ---------------------------------------------------------------------------------------------------------
def path_of(rows: Steps) -> str:
    """`dogs[0].` of (("dogs", 0),); "" for the page itself."""
    return "".join(f"{group}[{number}]." for group, number in rows)


def own_paths(draft: Draft, page_id: str, rows: Steps) -> Any:
    """A test whether a path belongs to the page, or to the row of it."""
    prefix = path_of(rows)
    page = compiled(draft.edition).page(page_id)
    ids = {one.id for one in page.fields} if page else set()

    def own(path: str) -> bool:
        if rows:
            return path.startswith(prefix)
        return path.partition(".")[0].partition("[")[0] in ids

    return own


def _in_row(path: str, rows: Steps) -> bool:
    """Whether a path lies in a row of a group that has its own page: deeper than `rows`."""
    return "[" in path.removeprefix(path_of(rows))


def _top(path: str, rows: Steps) -> str:
    """The path of the question that an error path speaks of: `address` of `address.street`."""
    prefix = path_of(rows)
    return prefix + path.removeprefix(prefix).partition(".")[0].partition("[")[0]


def _is_asked(fields: Mapping[str, Field], path: str) -> bool:
    asked = fields.get(path.rsplit(".", maxsplit=1)[-1].partition("[")[0])
    return asked is not None and asked.kind not in ("explanation", "calculated", "group")


def row_at(
    answers: dict[str, Any], rows: Steps, *, make: bool, form_fields: Mapping[str, Field]
) -> dict[str, Any]:
    """The answers of a row, inside; with `make` one new row at the end may be begun. Raises TooManyRows, DraftGone."""
    here = answers
    for group, number in rows:
        asked = form_fields.get(group)
        if asked is None or asked.kind != "group":
            raise DraftGone
        items = here.setdefault(group, [])
        if not isinstance(items, list):
            items = here[group] = []
        if make and number == len(items):
            if number >= int(asked.settings["max"]):
                raise TooManyRows
            items.append({})
        if not 0 <= number < len(items):
            raise DraftGone
        here = items[number]
    return here


def labels_of(draft: Draft, paths: Sequence[str]) -> list[str]:
    """The questions that paths speak of, each once."""
    fields = compiled(draft.edition).fields
    labels: list[str] = []
    for path in paths:
        last = path.split(".")[-1].partition("[")[0]
        asked = fields.get(last) or fields.get(path.split(".")[0].partition("[")[0])
        if asked is not None and asked.label not in labels:
            labels.append(asked.label)
    return labels


def _uploads_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_uploads_in(each) for each in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(_uploads_in(each) for each in value)) if value else set()
    return {value} if isinstance(value, str) and value.isdigit() else set()


def _without(value: Any, upload_id: str, field_id: str) -> Any:
    """The answers without one upload, which only its own field may name."""
    if isinstance(value, dict):
        return {
            key: [one for one in each if one != upload_id]
            if key == field_id and isinstance(each, list)
            else _without(each, upload_id, field_id)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without(each, upload_id, field_id) for each in value]
    return value
