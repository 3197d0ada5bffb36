"""A page of questions, or one row of a repeating group, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from moyai.applications.actions.answers import words_of
from moyai.applications.actions.drafts import attachments_of_draft, look_at
from moyai.applications.actions.rows import Steps, path_of
from moyai.applications.forms import QuestionsForm
from moyai.applications.models import Attachment, Draft
from moyai.applications.portal.access import step_url
from moyai.applications.portal.plain import journey
from moyai.applications.portal.procedures import url
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.places import seats_left
from moyai.applications.queries.titles import title_of
from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    Field,
    previous_page,
    summary,
)
from moyai.applications.wording import day_with_year
from moyai.documents.public import size_words, upload_badge, why_refused
from moyai.tenants.public import clock
from moyai.ui.public import page


def asked_at(form: CompiledEdition, page_id: str, rows: Steps) -> tuple[Field, ...]:
    """The fields of the page or of the row; none where the way is no way."""
    found = form.page(page_id)
    fields = found.fields if found else ()
    for group, _number in rows:
        inner = next((one for one in fields if one.id == group and one.kind == "group"), None)
        if inner is None:
            return ()
        fields = inner.fields
    return fields


def answers_at(draft: Draft, rows: Steps) -> dict[str, Any]:
    here: Any = draft.answers
    for group, number in rows:
        items = here.get(group) or []
        if number > len(items):
            raise Http404
        here = items[number] if number < len(items) else {}
    return here if isinstance(here, dict) else {}


def form_of(
    request: HttpRequest,
    draft: Draft,
    page_id: str,
    rows: Steps,
    result: AnswerResult | None,
    *,
    bound: bool,
    errors: Mapping[str, Any] | None = None,
) -> QuestionsForm:
    """The questions of a page; without a `result` every one of them, to read what was posted."""
    asked = asked_at(compiled(draft.edition), page_id, rows)
    prefix = path_of(rows)
    return QuestionsForm(
        request.POST if bound else None,
        asked=asked,
        answers=answers_at(draft, rows),
        visible=result.visible if result else frozenset(prefix + one.id for one in asked),
        required=result.required if result else frozenset(),
        prefix_path=prefix,
        today=clock.today(request.now),  # type: ignore[attr-defined]
        errors={path: words_of(error) for path, error in (errors or {}).items()},
        calculated=_calculated(draft, asked, result),
        left=_left(draft, asked, request.now),  # type: ignore[attr-defined]
    )


def _left(draft: Draft, asked: Sequence[Field], now: datetime) -> dict[str, dict[str, str]]:
    """What is left of the places that the options of a question stand for; where the page asks for any."""
    places = [one for one in asked if one.settings.get("seats")]
    if not places:
        return {}
    keys = {option["value"] for one in places for option in one.settings["options"]}
    words = {key: one.words for key, one in seats_left(procedure=draft.procedure, now=now, keys=keys).items()}
    return {one.id: words for one in places}


def _calculated(draft: Draft, asked: Sequence[Field], result: AnswerResult | None) -> dict[str, str]:
    """Calculated values in words, by path; where the page shows any."""
    if result is None or not any(one.kind == "calculated" or one.locked for one in asked):
        return {}
    sections = summary(
        compiled(draft.edition),
        result.answers,
        wareki=day_with_year,
        given=draft.given or None,
        office_day=office_days(),
    )
    return {row.path: row.value for section in sections for row in section.rows if row.calculated}


def question_page(
    request: HttpRequest,
    draft: Draft,
    token: str,
    page_id: str,
    rows: Steps,
    *,
    begin_code: str = "",
    form: QuestionsForm | None = None,
    result: AnswerResult | None = None,
) -> HttpResponse:
    files = attachments_of_draft(draft)
    result = result or look_at(draft=draft, now=request.now, files=files, rows=rows)  # type: ignore[attr-defined]
    form = form or form_of(request, draft, page_id, rows, result, bound=False)
    edition = compiled(draft.edition)
    this = edition.page(page_id)
    assert this is not None
    by_id = {str(one.upload_id): one for one in files}
    questions = form.questions(
        rows=lambda one: cards_of(draft, one, rows, result),
        files=lambda one: _listed(answers_at(draft, rows).get(one.id), by_id),
    )
    for question in questions if draft.pk and not begin_code else ():
        if question.look == "files":
            question.arrive = url(request, "applications_portal_arrive", token=token, field_id=question.id)
    heading, about = this.title, ""
    if rows:
        group, number = rows[-1]
        asked = edition.fields[group]
        heading = _("%(number)s%(counter)s目の%(item)s") % {
            "number": number + 1,
            "counter": asked.settings.get("counter", _("件")),
            "item": asked.settings.get("item", asked.label),
        }
        about = this.title
    back = request.GET.get("back", "")
    if rows:
        back_url = step_url(request, token, page_id, rows[:-1], back)
    elif back:
        back_url = url(request, "applications_portal_check", token=token)
    else:
        before = previous_page(edition, page_id, result)
        back_url = (
            step_url(request, token, before)
            if before and not begin_code
            else url(request, "applications_portal_start", code=draft.procedure.code)
        )
    place = result.pages.index(page_id) + 1 if page_id in result.pages else 1
    return page(
        request,
        "applications/portal/step.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "procedure_title": title_of(draft.procedure, draft.edition),
            "heading": heading,
            "about": about,
            "intro": "" if rows else this.intro,
            "questions": questions,
            "shown": " ".join(one.id for one in form.asked),
            "steps": journey(),
            "place": place,
            "back_url": back_url,
            "begin_token": token if begin_code else "",
            "back": back,
            "in_row": bool(rows),
            "has_files": any(question.look == "files" for question in questions),
            "resumes": any(question.arrive for question in questions),
            "offers": _offers(request, edition, draft, this.fields) if not rows else False,
        },
        form=form,
    )


def _offers(request: HttpRequest, edition: CompiledEdition, draft: Draft, asked: Sequence[Field]) -> bool:
    """Whether 登録した本人情報を使う stands on the page: signed in, and a question of the applicant is not answered yet."""
    if request.actor.account_id is None:  # type: ignore[attr-defined]
        return False
    own = {field_id for ids in edition.applicant.values() for field_id in ids}
    return any(one.id in own and not draft.answers.get(one.id) for one in asked)


def cards_of(draft: Draft, one: Field, rows: Steps, result: AnswerResult) -> list[dict[str, Any]]:
    """The rows of a group as cards: a heading and the first answers in words."""
    values = answers_at(draft, rows).get(one.id)
    items = values if isinstance(values, list) else []
    prefix = f"{path_of(rows)}{one.id}["
    sections = summary(compiled(draft.edition), result.answers or draft.answers, wareki=day_with_year)
    shown: dict[int, list[dict[str, str]]] = {}
    for section in sections:
        for row in section.rows:
            if row.path.startswith(prefix) and row.value:
                number = int(row.path[len(prefix) :].partition("]")[0])
                shown.setdefault(number, []).append({"key": row.label, "value": row.value})
    unfinished = {
        int(path[len(prefix) :].partition("]")[0]) for path in result.errors if path.startswith(prefix)
    }
    return [
        {
            "title": _("%(number)s%(counter)s目の%(item)s")
            % {
                "number": number + 1,
                "counter": one.settings.get("counter", _("件")),
                "item": one.settings.get("item", one.label),
            },
            "rows": shown.get(number, [])[:6],
            "unfinished": number in unfinished,
            "number": number,
        }
        for number in range(len(items))
    ]


def _listed(value: Any, by_id: Mapping[str, Attachment]) -> list[dict[str, Any]]:
    ids = value if isinstance(value, list) else []
    return [
        {
            "name": by_id[one].upload.name,
            "size": size_words(by_id[one].upload.size),
            "state": upload_badge(by_id[one].upload),
            "why": why_refused(by_id[one].upload),
            "remove_name": "detach",
            "remove_value": one,
        }
        for one in ids
        if one in by_id
    ]
