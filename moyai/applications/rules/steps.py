"""一歩ずつの回答 — one page of the form, the way between pages, correction of named fields, moving to
another edition.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from moyai.applications.rules.answering import NO_UPLOADS, Run, answer, given_values
from moyai.applications.rules.edition import CompiledEdition, Field, ReadDate
from moyai.applications.rules.expressions.types import Facts, OfficeDay
from moyai.applications.rules.kinds.base import Reading
from moyai.applications.rules.paths import covered, deeper_than, field_at, got, put
from moyai.applications.rules.result import AnswerResult, Message, UploadFact

DEEPEST_ANSWER = 12  # groups three deep, and the parts of an answer within
# Errors that take nothing away: the answer is missing, or stands and breaks a rule.
KEPT_BESIDE_THEIR_ERROR = ("missing", "check", "too_early", "too_late", "too_few_rows")


def answer_page(
    compiled: CompiledEdition,
    page_id: str,
    answers: Mapping[str, Any],
    posted: Any,
    *,
    today: datetime.date | None = None,
    uploads: Mapping[str, UploadFact] | None = NO_UPLOADS,
    read_date: ReadDate | None = None,
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> AnswerResult:
    """1ページ分の回答 — `posted` replaces all answers of that page (what is not posted is blank);
    `answers` are stored ones.

    The result is of the whole form, with the errors and warnings of this page only. `dropped` names stored
    answers on
    other pages that this one makes unnecessary: say so before saving. Save `answers` when `errors` is
    empty; for
    一時保存 they may be saved with errors, what was wrong is then missing.
    """
    page = next((i for i, one in enumerate(compiled.pages) if one.id == page_id), None)
    own = {field.id for field in compiled.pages[page].fields} if page is not None else set()
    sent = posted if isinstance(posted, dict) else {}
    merged = {key: value for key, value in without_locked(compiled, answers).items() if key not in own}
    merged.update({key: value for key, value in sent.items() if key in own})
    facts = Facts(today=today, given=given_values(compiled.plan, given), office_day=office_day)
    run = Run(plan=compiled.plan, reading=Reading(uploads=uploads, read_date=read_date), facts=facts)
    run.go(merged)
    result = run.result(page=page)
    # What the stored answers hold beyond the edition is not this page's matter; what is posted beyond the
    # page is.
    errors = {
        path: one
        for path, one in result.errors.items()
        if one.code not in ("unknown_field", "too_many_unknown") or "[" in path
    }
    if page is None:
        errors = {"": Message("unknown_page", {"name": page_id[:60]})}
    elif not isinstance(posted, dict):
        errors = {"": Message("not_answers"), **errors}
    for key in [key for key in sent if key not in own][:20]:
        name = key[:60] if isinstance(key, str) else type(key).__name__
        errors.setdefault(name, Message("unknown_field", {"name": name}))
    return _with_errors(result, errors)


def without_locked(compiled: CompiledEdition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Stored answers without the fields that nobody types: the engine works those out again."""
    locked = compiled.plan.locked
    return (
        {key: _bare(value, locked) for key, value in answers.items() if key not in locked}
        if locked
        else dict(answers)
    )


def _bare(value: Any, locked: frozenset[str]) -> Any:
    """A group's rows without their locked fields; any other value as it is."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return value
    return [{key: _bare(one, locked) for key, one in row.items() if key not in locked} for row in value]


def _with_locked(value: Any, stored: Any, locked: frozenset[str]) -> Any:
    """A corrected group with the locked values of the rows that stood at the same places."""
    if not locked or not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return value
    rows = []
    for i, row in enumerate(value):
        old = (
            stored[i] if isinstance(stored, list) and i < len(stored) and isinstance(stored[i], dict) else {}
        )
        rows.append(
            {key: _with_locked(one, old.get(key), locked) for key, one in row.items() if key not in locked}
            | {key: one for key, one in old.items() if key in locked}
        )
    return rows


def _with_errors(result: AnswerResult, errors: dict[str, Message]) -> AnswerResult:
    return replace(result, errors=errors)


def next_page(compiled: CompiledEdition, page_id: str | None, result: AnswerResult) -> str | None:
    """The page after this one among those shown; the first for None; None when the check page follows."""
    order = [page.id for page in compiled.pages]
    here = order.index(page_id) if page_id in order else -1
    return next((one for one in order[here + 1 :] if one in result.pages), None)


def previous_page(compiled: CompiledEdition, page_id: str | None, result: AnswerResult) -> str | None:
    """The page before this one among those shown; the last for None (from the check page); None on the
    first.
    """
    order = [page.id for page in compiled.pages]
    here = order.index(page_id) if page_id in order else len(order)
    return next((one for one in reversed(order[:here]) if one in result.pages), None)


def page_of(compiled: CompiledEdition, path: str) -> str | None:
    """The page on which an error can be corrected; None for an error of the whole answer set."""
    field = field_at(compiled, path)
    return field.page_id if field else None


def first_open_page(compiled: CompiledEdition, result: AnswerResult) -> str | None:
    """The first shown page that still has an error: where somebody who skipped a step is sent.

    None: no page can mend it, or nothing is wrong.
    """
    with_errors = {page_of(compiled, path) for path in result.errors}
    return next((page for page in result.pages if page in with_errors), None)


def answer_correction(
    compiled: CompiledEdition,
    answers: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    allowed: Collection[str],
    today: datetime.date | None = None,
    uploads: Mapping[str, UploadFact] | None = NO_UPLOADS,
    read_date: ReadDate | None = None,
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> AnswerResult:
    """補正への回答 — {path: new value} laid over stored answers; only paths in `allowed`, or inside them,
    may change.

    today is the day of the application, so that an age or a time limit is judged as it was.
    """
    own = copy.deepcopy(dict(answers))
    locked = compiled.plan.locked
    refused: dict[str, Message] = {}
    for path, value in changes.items():
        field = field_at(compiled, path) if isinstance(path, str) else None
        if field is None:
            refused[str(path)[:80]] = Message("unknown_path", {"name": str(path)[:80]})
        elif not covered(path, allowed):
            refused[path] = Message("not_asked", {"label": field.label})
        elif field.locked:
            refused[path] = Message("read_only", {"label": field.label})
        elif deeper_than(value, DEEPEST_ANSWER):
            refused[path] = Message("not_text", {"label": field.label})
        elif not put(own, path, _with_locked(copy.deepcopy(value), got(own, path), locked)):
            refused[path] = Message("unknown_path", {"name": path[:80]})
    result = answer(
        compiled,
        own,
        today=today,
        uploads=uploads,
        read_date=read_date,
        given=given,
        office_day=office_day,
        trusted=True,
    )
    return _with_errors(result, {**refused, **result.errors}) if refused else result


def carry_over(
    compiled: CompiledEdition,
    answers: Mapping[str, Any],
    *,
    today: datetime.date | None = None,
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> tuple[AnswerResult, tuple[str, ...]]:
    """版の移行 — stored answers of another edition under this one, and the paths that could not be kept."""
    lost: list[str] = []
    known = {field.id: field for page in compiled.pages for field in page.fields}
    own = _known_only(answers, known, "", lost)
    result = answer(compiled, own, today=today, uploads=None, given=given, office_day=office_day)
    refused = (
        path for path, one in result.errors.items() if not one.code.startswith(KEPT_BESIDE_THEIR_ERROR)
    )
    return result, (*lost, *result.dropped, *refused)


def _known_only(
    answers: Mapping[str, Any], known: Mapping[str, Field], path: str, lost: list[str]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in answers.items():
        field = known.get(key)
        if field is None or field.kind in ("calculated", "explanation"):
            lost.append(f"{path}{key}")
        elif field.kind == "group" and isinstance(value, list):
            inner = {one.id: one for one in field.fields}
            kept[key] = [
                _known_only(row, inner, f"{path}{key}[{i}].", lost) if isinstance(row, dict) else row
                for i, row in enumerate(value)
            ]
        else:
            kept[key] = value
    return kept
