"""申込内容の照会 — by 整理番号 and パスワード, without an account; correct, pay, fetch the letter, withdraw."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.applications import flow
from moyai.applications.actions.answers import AnswersRefused, facts_of, words_of
from moyai.applications.actions.corrections import (
    answer_correction,
    attach_to_correction,
    correction_looked_at,
)
from moyai.applications.actions.decisions import fetch_letter
from moyai.applications.actions.review import withdraw
from moyai.applications.forms import InquiryForm, QuestionsForm, ReasonForm
from moyai.applications.models import Application, Attachment, Correction
from moyai.applications.portal.drafts import pay_url
from moyai.applications.portal.procedures import url
from moyai.applications.queries import (
    answers_of,
    attachments_of,
    by_number,
    case_by_number,
    open_correction,
    resident_timeline,
    standing_decision,
)
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Field, answer, field_at
from moyai.applications.wording import badge_of, day_in_words, moment_in_words
from moyai.audit.public import looked
from moyai.documents.public import (
    LetterNotReady,
    UploadRefused,
    serve_letter,
    serve_upload,
    size_words,
    upload_badge,
)
from moyai.people.public import forgive, throttle
from moyai.tenants.public import Refusal
from moyai.ui.public import page

SALT = "moyai.applications.inquiry"
MINUTES = 30


def _cookie_name(number: str) -> str:
    return f"inquiry_{number}"


@never_cache
@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest) -> HttpResponse:
    """Number and secret; the same words and the same work whether the number exists or not."""
    form = InquiryForm(request.POST if request.method == "POST" else None)
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        throttle(kind="applications.inquiry", key=number, now=now)
        found = by_number(actor=actor, number=number, secret=form.cleaned_data["secret"])
        if found is not None:
            forgive(kind="applications.inquiry", key=number)
            looked(actor=actor, now=now, verb="applications.inquire", thing=found)
            response = redirect(url(request, "applications_portal_case", number=number))
            response.set_signed_cookie(
                _cookie_name(number),
                found.secret_hash[:20],
                salt=SALT,
                max_age=MINUTES * 60,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
            return response
        form.add_error("number", _("整理番号またはパスワードが違います。控えをご確認ください。"))
    return page(
        request,
        "applications/portal/inquiry.html",
        {
            "service": _("電子申請"),
            "crumbs": [
                (_("手続きをさがす"), url(request, "applications_portal_index")),
                (_("申込内容の照会"), None),
            ],
        },
        form=form,
    )


def _let_in(request: HttpRequest, number: str) -> Application | None:
    """The application whose number and secret were given in this browser lately; 404 for any other number."""
    try:
        value = request.get_signed_cookie(_cookie_name(number), salt=SALT, max_age=MINUTES * 60)
    except Exception:
        return None
    row = case_by_number(actor=request.actor, number=number)  # type: ignore[attr-defined]
    return row if row is not None and value == row.secret_hash[:20] else None


def _to_door(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("時間がたったため、もう一度照会してください。"))
    return redirect(url(request, "applications_portal_inquiry"))


@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """状況 — what it means, what comes next, what can be done now; then the history and the answers."""
    application = _let_in(request, number)
    if application is None:
        return _to_door(request)
    correction = open_correction(application)
    decision = standing_decision(application) if application.outcome else None
    letter = decision.letter if decision is not None else None
    may = flow.possible(application.status)
    here: dict[str, Any] = {"number": number}
    return page(
        request,
        "applications/portal/case.html",
        {
            "service": _("電子申請"),
            "crumbs": [
                (_("申込内容の照会"), url(request, "applications_portal_inquiry")),
                (_("状況"), None),
            ],
            "application": application,
            "procedure": application.procedure,
            "badge": badge_of(application.status, application.outcome, staff=False),
            "meaning": _meaning(application),
            "next": _next_date(application, correction),
            "correction": correction,
            "deadline": day_in_words(correction.deadline_on) if correction else "",
            "count": len(correction.items) if correction else 0,
            "correct_url": url(request, "applications_portal_correct", **here) if correction else "",
            "pay_url": pay_url(request, application),
            "letter": letter,
            "letter_url": url(request, "applications_portal_letter", **here) if letter else "",
            "letter_ready": letter is not None and letter.state == "ready",
            "withdraw_url": url(request, "applications_portal_withdraw", **here)
            if flow.WITHDRAW in may
            else "",
            "decision": decision,
            "timeline": [
                {"act": step.what, "when": moment_in_words(step.at), "note": step.note}
                for step in resident_timeline(application)
            ],
            "sections": _shown(application),
            "files": _files(request, application),
        },
    )


def _meaning(application: Application) -> str:
    if application.outcome:
        return str(_(flow.OUTCOME_WORDS[application.outcome].meaning))
    return str(_(flow.WORDS[application.status].meaning))


def _next_date(application: Application, correction: Correction | None) -> str:
    if correction is not None:
        return _("%(date)sまでに補正してください。") % {"date": day_in_words(correction.deadline_on)}
    if application.open:
        return _("%(date)sごろまでに結果をお知らせします。") % {
            "date": day_in_words(application.due_on)
        }
    return ""


def _shown(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "title": section.title,
            "rows": [
                {"key": " ".join([mark.ja for mark in row.rows] + [row.label]), "value": row.value}
                for row in section.rows
            ],
        }
        for section in answers_of(application)
    ]


def _files(request: HttpRequest, application: Application) -> list[dict[str, Any]]:
    return [
        {
            "name": one.upload.name,
            "size": size_words(one.upload.size),
            "state": upload_badge(one.upload),
            "url": url(
                request, "applications_portal_file", number=application.public_number, attachment_id=one.pk
            )
            if one.upload.state == "clean"
            else "",
        }
        for one in attachments_of(application)
    ]


@never_cache
@require_GET
def file(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    """One's own attachment, as it was kept."""
    application = _let_in(request, number)
    if application is None:
        return _to_door(request)
    found = attachments_of(application).filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    return serve_upload(actor=request.actor, now=request.now, upload=found.upload)  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, number: str) -> HttpResponseBase:
    """文書を受け取る — the button says so and ends the procedure; the file itself may be fetched again."""
    application = _let_in(request, number)
    if application is None:
        return _to_door(request)
    decision = standing_decision(application)
    if decision is None or decision.letter is None or not application.outcome:
        raise Http404
    if decision.letter.state != "ready":
        raise LetterNotReady
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method == "POST":
        fetch_letter(actor=actor, now=now, application=application)
        return redirect(url(request, "applications_portal_letter", number=number))
    return serve_letter(actor=actor, now=now, letter=decision.letter)


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, number: str) -> HttpResponse:
    """取り下げる — with what it means; the reason is welcome, not needed."""
    application = _let_in(request, number)
    if application is None:
        return _to_door(request)
    back = url(request, "applications_portal_case", number=number)
    if flow.after(application.status, flow.WITHDRAW) is None:
        return redirect(back)
    form = ReasonForm(request.POST if request.method == "POST" else None, required=False)
    if request.method == "POST" and form.is_valid():
        withdraw(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            application=application,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("申込みを取り下げました。"))
        return redirect(back)
    return page(
        request,
        "applications/portal/withdraw.html",
        {
            "service": _("電子申請"),
            "procedure": application.procedure,
            "application": application,
            "paid": application.payment == Application.Payment.PAID,
            "back_url": back,
        },
        form=form,
    )


# -- 補正 ----------------------------------------------------------------------------------------------------------
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
    application = _let_in(request, number)
    if application is None:
        return _to_door(request)
    correction = open_correction(application)
    back = url(request, "applications_portal_case", number=number)
    if correction is None:
        return redirect(back)
    if request.method == "GET" or "again" in request.POST:
        forms = _forms(request, application, correction, bound=request.method == "POST", errors={})
        return _correct_page(request, application, correction, forms, back)
    if "attach" in request.POST:
        return _attach(request, application, correction, back)
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
                "rows": [
                    [" ".join([mark.ja for mark in one.rows] + [one.label]), one.old, one.new]
                    for one in changes
                ],
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
            except UploadRefused as refused:
                problem[item["path"]] = _("「%(name)s」：%(why)s") % {
                    "name": file.name,
                    "why": refused.message,
                }
    if problem:
        forms = _forms(request, application, correction, bound=True, errors=problem)
    return _correct_page(
        request, application, correction, forms, back, status=422 if problem else 200, added=added
    )


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
            "sections": _shown(application),
            "problems": problems,
            "error_count": len(problems),
            "back_url": back,
        },
        status=status,
    )


urlpatterns = [
    path("inquiry/", inquiry, name="applications_portal_inquiry"),
    path("inquiry/<str:number>/", case, name="applications_portal_case"),
    path("inquiry/<str:number>/correct/", correct, name="applications_portal_correct"),
    path("inquiry/<str:number>/letter/", letter, name="applications_portal_letter"),
    path("inquiry/<str:number>/withdraw/", withdraw_page, name="applications_portal_withdraw"),
    path("inquiry/<str:number>/files/<int:attachment_id>/", file, name="applications_portal_file"),
]
