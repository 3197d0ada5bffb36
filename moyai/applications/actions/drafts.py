"""下書き — answers saved page by page; found again by the link and, elsewhere, the code."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.answers import facts_of, judged, office_days
from moyai.applications.actions.givens import given_to
from moyai.applications.actions.places import hold_places
from moyai.applications.actions.rows import (
    DraftGone,
    Steps,
    deeper,
    is_asked,
    keepable,
    labels_of,
    own_paths,
    path_of,
    row_at,
    top_of,
    uploads_in,
)
from moyai.applications.actions.submission import check_reception
from moyai.applications.models import Application, Attachment, Draft, FormEdition, Mandate, Record
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled, takes_files
from moyai.applications.queries.kept import draft_for_update
from moyai.applications.rules import (
    AnswerResult,
    Message,
    carry_over,
    initial_answers,
    summary,
    without_locked,
)
from moyai.applications.secrets import token_hash
from moyai.audit.public import action
from moyai.documents.public import delete_upload
from moyai.tenants.public import Actor, Refusal, body_of, clock

_COLUMNS = [one for one in Draft._meta.concrete_fields if not one.primary_key]
_INSERT = (
    f"INSERT INTO applications_draft ({', '.join(str(one.column) for one in _COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
    " ON CONFLICT (body_id, token_hash) DO NOTHING RETURNING id"
)


class DraftSubmitted(Refusal):
    code = "draft_submitted"
    status = 409
    message = lazy("この申込みは受付済みです。")  # type: ignore[assignment]


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


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a draft begins with beyond its edition: answers carried over, and what stands behind it."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    parent: Application | None = None  # 先の申請
    mandate: Mandate | None = None  # 委任状
    record: Record | None = None  # 事前登録
    identity: Mapping[str, Any] = field(default_factory=dict)


PLAIN = Beginning()


def new_draft(
    *, actor: Actor, now: datetime, edition: FormEdition, beginning: Beginning = PLAIN, token: str = ""
) -> Draft:
    """A draft as it begins, not stored: with what the form is given and the answers it offers."""
    form = compiled(edition)
    given = given_to(
        form, parent=beginning.parent, record=beginning.record, account_id=actor.account_id
    )
    answers = initial_answers(
        form, today=clock.today(now), given=given or None, office_day=office_days()
    ) if any(one.prefilled for one in form.fields.values()) else {}  # fmt: skip
    return Draft(
        body_id=body_of(actor.body).pk,
        procedure=edition.procedure,
        edition=edition,
        token_hash=token_hash(token) if token else "",
        answers={**answers, **beginning.answers},
        given=given,
        identity=dict(beginning.identity),
        account_id=actor.account_id,
        parent=beginning.parent,
        mandate=beginning.mandate,
        record=beginning.record,
        expires_at=now + timedelta(days=edition.procedure.draft_days),
        started_at=now,
        changed_at=now,
    )


@action("applications.start_draft", permits=PERMITS)
def start_draft(
    *, actor: Actor, now: datetime, edition: FormEdition, token: str, beginning: Beginning = PLAIN
) -> Draft:
    """下書きを始める — the same token gives the same draft. Raises NotAccepting, EditionReplaced."""
    check_reception(procedure=edition.procedure, edition=edition, now=now)
    draft = new_draft(actor=actor, now=now, edition=edition, beginning=beginning, token=token)
    values = [one.get_db_prep_save(getattr(draft, one.attname), connection) for one in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        made = cursor.fetchone()
    if made is None:  # the button was pressed before
        before: Draft = Draft.objects.get(body_id=draft.body_id, token_hash=draft.token_hash)
        return before
    draft.pk = made[0]
    draft._state.adding = False
    draft.begun_here = True  # type: ignore[attr-defined]
    return draft


def locked_draft(*, actor: Actor, now: datetime, draft: Draft) -> Draft:
    """The draft with its row locked. Raises DraftSubmitted, DraftGone."""
    if getattr(draft, "begun_here", False):  # inserted by this very transaction: nobody else sees it yet
        return draft
    row = draft_for_update(actor=actor, draft_id=draft.pk)
    if row is None:
        raise DraftGone
    if row.application_id is not None:
        raise DraftSubmitted
    if now >= row.expires_at:
        raise DraftGone
    return row


def attachments_of_draft(draft: Draft) -> list[Attachment]:
    """The files of a draft; not asked of the database where no question of the form takes one."""
    if not draft.pk or not takes_files(draft.edition):
        return []
    return list(
        Attachment.objects.filter(body_id=draft.body_id, draft=draft).select_related("upload").order_by("id")
    )


def look_at(*, draft: Draft, now: datetime, files: Sequence[Attachment], rows: Steps = ()) -> AnswerResult:
    """The draft's answers as the engine sees them now, with the row that is about to be added."""
    answers = draft.answers
    if rows:
        answers = copy.deepcopy(answers)
        row_at(answers, rows, make=True, form_fields=compiled(draft.edition).fields)
    return _judged(draft, answers, now, files)


def _judged(
    draft: Draft, answers: Mapping[str, Any], now: datetime, files: Sequence[Attachment]
) -> AnswerResult:
    return judged(
        edition=draft.edition,
        answers=answers,
        now=now,
        uploads=facts_of(files),
        given=draft.given,
        stored=True,
    )


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

    With errors nothing of the page is stored. On `leaving` (一時保存) missing answers are no error, and what is wrong
    is kept as it was typed, for later. Raises RemovesAnswers unless `confirmed`, when later answers would go;
    PoolFull where places are held while filling in.
    """
    row = locked_draft(actor=actor, now=now, draft=draft)
    form = compiled(row.edition)
    files = attachments_of_draft(row)
    answers = without_locked(form, copy.deepcopy(row.answers))
    target = row_at(answers, rows, make=True, form_fields=form.fields)
    _before: list[AnswerResult] = []

    def before() -> AnswerResult:
        """The answers as they stood; looked at only where somebody asks."""
        if not _before:
            earlier = without_locked(form, copy.deepcopy(row.answers))
            row_at(earlier, rows, make=True, form_fields=form.fields)
            _before.append(_judged(row, earlier, now, files))
        return _before[0]

    locked = {one.id for one in form.fields.values() if one.locked}
    target.update({key: value for key, value in posted.items() if key not in locked})
    result = _judged(row, answers, now, files)
    own = own_paths(row, page_id, rows)
    # Rows of a group are answered on pages of their own.
    errors = {path: error for path, error in result.errors.items() if own(path) and not deeper(path, rows)}
    if leaving:
        errors = {path: error for path, error in errors.items() if not error.code.startswith("missing")}
    known = {path_of(rows) + key for key in shown} if shown is not None else before().visible
    appeared = {
        path
        for path in result.visible
        if path not in known and own(path) and not deeper(path, rows) and is_asked(form.fields, path)
    }
    if not leaving:  # nobody is blamed for a question that was not on the page yet
        errors = {path: error for path, error in errors.items() if top_of(path, rows) not in appeared}
    if errors and leaving:
        row.answers, row.page = keepable(answers), page_id
        row.changed_at = row.saved_at = now
        row.save(update_fields=["answers", "changed_at", "page", "saved_at"])
    if errors:
        return Saved(row, result, errors, appeared=False)
    if appeared and not leaving:
        row.answers, row.changed_at = keepable(answers), now
        row.save(update_fields=["answers", "changed_at"])
        return Saved(row, result, {}, appeared=True)
    if result.dropped and not confirmed:
        removed = [path for path in result.dropped if path not in before().dropped and not own(path)]
        if removed:
            raise RemovesAnswers(labels_of(row, removed))
    kept = dict(result.answers)
    for path in result.errors:  # what is wrong or unfinished elsewhere stays as it was typed
        first = path.partition(".")[0].partition("[")[0]
        if first in answers:
            kept[first] = answers[first]
    row.answers = keepable(kept)
    row.changed_at = now
    row.page = page_id
    if not leaving and not rows and page_id not in row.pages_done:
        row.pages_done = [*row.pages_done, page_id]
    if leaving:
        row.saved_at = now
    elif form.has_takes:
        hold_places(actor=actor, now=now, draft=row, result=result)
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
    row.answers, row.changed_at, row.page = keepable(answers), now, page_id
    row.save(update_fields=["answers", "changed_at", "page"])
    return row


@action("applications.save_draft", permits=PERMITS, thing="draft")
def fill_in(*, actor: Actor, now: datetime, draft: Draft, answers: Mapping[str, Any]) -> Draft:
    """登録した本人情報を使う — put answers where there are none yet; what was typed is never replaced."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    typed = {key: value for key, value in row.answers.items() if value not in ("", None, {}, [])}
    row.answers = {**row.answers, **answers, **typed}
    row.account_id = row.account_id or actor.account_id
    row.changed_at = now
    row.save(update_fields=["answers", "account_id", "changed_at"])
    return row


@action("applications.save_draft", permits=PERMITS, thing="draft")
def note_identity(*, actor: Actor, now: datetime, draft: Draft, identity: Mapping[str, Any]) -> Draft:
    """申込者の確認 — how the applicant became known (mail, card) goes with the draft."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    row.identity = {**row.identity, **identity}
    row.changed_at = now
    row.save(update_fields=["identity", "changed_at"])
    return row


@action("applications.save_draft", permits=PERMITS, thing="draft")
def join_account(*, actor: Actor, now: datetime, draft: Draft, identity: Mapping[str, Any]) -> Draft:
    """ログイン — the draft becomes the account's, and the form is given what the account knows."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    row.account_id = actor.account_id
    row.identity = {**row.identity, **identity}
    row.given = {**row.given, **given_to(compiled(row.edition), account_id=actor.account_id)}
    row.changed_at = now
    row.save(update_fields=["account_id", "identity", "given", "changed_at"])
    return row


@action("applications.move_draft", permits=PERMITS)
def hand_on(*, actor: Actor, now: datetime, draft: Draft, token: str) -> Draft:
    """続きから入力する, by the account that owns it: the draft gets another link, and the one before ends.

    Its files were brought under the old link and stay the draft's own. Raises DraftSubmitted, DraftGone.
    """
    row = locked_draft(actor=actor, now=now, draft=draft)
    if row.account_id is None or row.account_id != actor.account_id:
        raise DraftGone
    row.token_hash = token_hash(token)
    row.changed_at = now
    row.save(update_fields=["token_hash", "changed_at"])
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
    gone = uploads_in(items.pop(number))
    row.answers, row.changed_at = answers, now
    row.save(update_fields=["answers", "changed_at"])
    for attachment in attachments_of_draft(row):
        if str(attachment.upload_id) in gone:
            attachment.delete()
            delete_upload(actor=actor, now=now, upload_id=attachment.upload_id, thing=row)
    return row


@action("applications.move_draft", permits=PERMITS)
def move_draft(*, actor: Actor, now: datetime, draft: Draft, edition: FormEdition) -> Draft:
    """新しい版に移す — the answers that still fit are kept; questions that changed are asked again.

    What the new edition has no place for stays with the draft, in words, until its owner has seen it.
    """
    row = locked_draft(actor=actor, now=now, draft=draft)
    result, lost = carry_over(
        compiled(edition),
        row.answers,
        today=clock.today(now),
        given=row.given or None,
        office_day=office_days(),
    )
    row.lost = [*row.lost, *_in_words(row, lost)]
    row.edition = edition
    row.answers = result.answers
    row.pages_done = []
    row.page = ""
    row.changed_at = now
    row.save(update_fields=["edition", "answers", "pages_done", "page", "lost", "changed_at"])
    return row


def _in_words(draft: Draft, lost: Sequence[str]) -> list[dict[str, str]]:
    """What was answered at these paths and all below them, as the edition of then has it."""
    rows = [row for section in summary(compiled(draft.edition, "ja"), draft.answers) for row in section.rows]
    return [
        {"label": " ".join([*(mark.ja for mark in row.rows), row.label]), "value": row.value}
        for row in rows
        if row.value
        and not row.calculated
        and any(row.path == path or row.path.startswith((f"{path}[", f"{path}.")) for path in lost)
    ]


@action("applications.move_draft", permits=PERMITS)
def see_lost(*, actor: Actor, now: datetime, draft: Draft) -> Draft:
    """引き継げなかった回答を確かめる — the owner has seen what the new edition has no place for."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    row.lost, row.changed_at = [], now
    row.save(update_fields=["lost", "changed_at"])
    return row
