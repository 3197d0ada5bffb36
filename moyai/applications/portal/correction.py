"""補正 — the applicant sees the words of staff, the old value and a new field; then 旧→新; then submits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.answers import AnswersRefused, facts_of, words_of
from moyai.applications.actions.corrections import (
    answer_correction,
    attach_to_correction,
    correction_looked_at,
)
from moyai.applications.actions.files import TooMuchInAll
from moyai.applications.forms import QuestionsForm
from moyai.applications.models import Application, Attachment, Correction
from moyai.applications.portal.inquiry import let_in, shown_answers, to_door
from moyai.applications.portal.named import page
from moyai.applications.portal.procedures import url
from moyai.applications.queries import (
    answers_of,
    attachments_of,
    open_correction,
)
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Field, answer, field_at
from moyai.applications.wording import day_in_words, with_rows
from moyai.documents.public import (
    UploadRefused,
    size_words,
    upload_badge,
)
from moyai.tenants.public import Refusal


def _asked_fields(
    application: Application, correction: Correction
) -> list[tuple[dict[str, str], Field, str]]:
    """The named items with their fields and the path of the row they stand in."""
    edition = compiled(application.edition)
    found = []
    for item in correction.items:
        one = field_at(edition, item["path"])
        if one is not None and one.kind not in ("group", "calculated", "explanation"):
            prefix, _dot, _last = item["path"].rpartition(".")
            found.append((item, one, f"{prefix}." if prefix else ""))
    return found


def _forms(
    request: HttpRequest,
    application: Application,
    correction: Correction,
    *,
    bound: bool,
    errors: dict[str, str],
) -> list[tuple[dict[str, str], QuestionsForm]]:
    files: list[Attachment] = list(attachments_of(application))
    result = answer(
        compiled(application.edition),
        application.answers,
        today=application.received_on,
        uploads=facts_of(files),
        given=application.given or None,
        office_day=office_days(),
    )
    forms = []
    for at, (item, one, prefix) in enumerate(_asked_fields(application, correction)):
        forms.append(
            (
                item,
                QuestionsForm(
                    request.POST if bound else None,
                    asked=[one],
                    answers=_row(application.answers, prefix),
                    visible=result.visible,
                    required=result.required,
                    prefix_path=prefix,
                    today=application.received_on,
                    errors=errors,
                    html_prefix=f"i{at}",
                ),
            )
        )
    return forms


def _row(answers: dict[str, Any], prefix: str) -> dict[str, Any]:
    here: Any = answers
    for part in [one for one in prefix.split(".") if one]:
        group, _bracket, number = part.rstrip("]").partition("[")
        here = here.get(group, [])[int(number)]
    return here if isinstance(here, dict) else {}


@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """補正する — per named item: staff's words, the old value, a new field; then 旧→新; then submit."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    correction = open_correction(application)
    back = url(request, "applications_portal_case", number=number)
    if correction is None:
        return redirect(back)
    if request.method == "GET" or "again" in request.POST:
        forms = _forms(request, application, correction, bound=request.method == "POST", errors={})
        return _correct_page(request, application, correction, forms, back)
    if "attach" in request.POST:
        return _attach(request, application, correction, back)
    if "fill" in request.POST:
        return _fill(request, application, correction, back)
    forms = _forms(request, application, correction, bound=True, errors={})
    corrected: dict[str, Any] = {}
    own: dict[str, str] = {}
    for at, (item, form) in enumerate(forms):
        if form.asked[0].kind in ("file", "photo"):
            kept = [str(one.upload_id) for one in _kept(request, application, at, item["path"])]
            if kept:
                corrected[item["path"]] = kept
            continue
        posted = form.posted()
        corrected[item["path"]] = next(iter(posted.values()), None)
        own |= form.own_errors
    result, changes = correction_looked_at(
        application=application, correction=correction, corrected=corrected
    )
    errors = {path: words_of(error) for path, error in result.errors.items()} | own
    named = {item["path"] for item, _form in forms}
    if not errors and not changes:
        errors = {
            path: _("前と同じ内容です。補正の内容を確かめて、直してください。") for path in sorted(named)[:1]
        }
    if not errors and "send" in request.POST:
        try:
            with transaction.atomic():
                answer_correction(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    application=application,
                    corrected=corrected,
                )
        except AnswersRefused as refused:
            errors = dict(refused.fields)
        except Refusal as refused:
            messages.error(request, str(refused.message))
            return redirect(back)
        else:
            messages.success(request, _("補正を提出しました。"))
            return redirect(back)
    if errors:
        forms = _forms(request, application, correction, bound=True, errors=errors)
        return _correct_page(request, application, correction, forms, back, status=422)
    return page(
        request,
        "applications/portal/correct_check.html",
        {
            "service": _("電子申請"),
            "procedure": application.procedure,
            "changes": {
                "caption": _("補正の内容"),
                "columns": [{"label": _("項目")}, {"label": _("前の内容")}, {"label": _("新しい内容")}],
                "rows": [[with_rows(one.rows, one.label), one.old, one.new] for one in changes],
                "cards": True,
            },
            "hidden": [
                (name, value)
                for name in request.POST
                if name != "csrfmiddlewaretoken"
                for value in request.POST.getlist(name)
            ],
        },
    )


def _questions(form: QuestionsForm, listed: list[dict[str, Any]]) -> list[Any]:
    return form.questions(rows=lambda one: [], files=lambda one: listed)


def _kept(request: HttpRequest, application: Application, at: int, path: str) -> list[Attachment]:
    """The files attached for an item while this page is being filled in."""
    ids = [int(one) for one in request.POST.getlist(f"kept_{at}") if one.isascii() and one.isdigit()][:50]
    return list(attachments_of(application).filter(upload_id__in=ids, path=path))


def _attach(
    request: HttpRequest, application: Application, correction: Correction, back: str
) -> HttpResponse:
    """Keep a file for a named item and show the page again with all that was typed."""
    forms = _forms(request, application, correction, bound=True, errors={})
    problem: dict[str, str] = {}
    added: dict[int, list[Attachment]] = {}
    for at, (item, form) in enumerate(forms):
        name = form.add_prefix(form.asked[0].id)
        if request.POST["attach"] != name:
            continue
        files = request.FILES.getlist(f"file_{name}")
        if not files:
            problem[item["path"]] = _("ファイルを選んでから「添付する」を押してください。")
        for file in files:
            try:
                with transaction.atomic():
                    made = attach_to_correction(
                        actor=request.actor,  # type: ignore[attr-defined]
                        now=request.now,  # type: ignore[attr-defined]
                        application=application,
                        path=item["path"],
                        file=file,
                    )
                added.setdefault(at, []).append(made)
            except (UploadRefused, TooMuchInAll) as refused:
                problem[item["path"]] = _("「%(name)s」：%(why)s") % {
                    "name": file.name,
                    "why": refused.message,
                }
    if problem:
        forms = _forms(request, application, correction, bound=True, errors=problem)
    return _correct_page(
        request, application, correction, forms, back, status=422 if problem else 200, added=added
    )


def _fill(request: HttpRequest, application: Application, correction: Correction, back: str) -> HttpResponse:
    """住所を入れる, 一覧をしぼり込む …: the page again with all that was typed, and what was found."""
    forms = _forms(request, application, correction, bound=True, errors={})
    for item, form in forms:
        trouble = form.fill(request.POST["fill"])
        if trouble is not None:
            form.engine_errors = {item["path"]: trouble} if trouble else {}
            return _correct_page(
                request, application, correction, forms, back, status=422 if trouble else 200
            )
    raise Http404


def _correct_page(
    request: HttpRequest,
    application: Application,
    correction: Correction,
    forms: list[tuple[dict[str, str], QuestionsForm]],
    back: str,
    status: int = 200,
    added: dict[int, list[Attachment]] | None = None,
) -> HttpResponse:
    old = {row.path: row.value for section in answers_of(application) for row in section.rows}
    items = []
    problems = []
    for at, (item, form) in enumerate(forms):
        kept = _kept(request, application, at, item["path"]) + (added or {}).get(at, [])
        listed = [
            {"name": one.upload.name, "size": size_words(one.upload.size), "state": upload_badge(one.upload)}
            for one in kept
        ]
        items.append(
            {
                "label": item["label"],
                "words": item["words"],
                "old": old.get(item["path"], ""),
                "questions": _questions(form, listed),
                "kept": [one.upload_id for one in kept],
                "kept_name": f"kept_{at}",
            }
        )
        problems += [
            {"text": str(text), "url": f"#{bound.auto_id}"} for bound in form for text in bound.errors
        ]
    shown = {item["path"] for item, _form in forms}
    return page(
        request,
        "applications/portal/correct.html",
        {
            "service": _("電子申請"),
            "procedure": application.procedure,
            "correction": correction,
            "count": len(correction.items),
            "deadline": day_in_words(correction.deadline_on),
            "items": items,
            "others": [item for item in correction.items if item["path"] not in shown],
            "sections": shown_answers(application),
            "problems": problems,
            "error_count": len(problems),
            "back_url": back,
        },
        status=status,
    )


urlpatterns = [
    path("inquiry/<str:number>/correct/", correct, name="applications_portal_correct"),
]
