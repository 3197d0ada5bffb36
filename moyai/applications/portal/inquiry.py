"""申込内容の照会 — by 整理番号 and パスワード, without an account; pay, fetch the letter, withdraw."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.applications import flow
from moyai.applications.actions.decisions import fetch_letter
from moyai.applications.actions.following import follow_token
from moyai.applications.actions.news import grouped
from moyai.applications.actions.review import cancel, withdraw
from moyai.applications.forms import InquiryForm, ReasonForm
from moyai.applications.models import Application, Correction
from moyai.applications.portal.named import named, page
from moyai.applications.portal.papers import shown_papers
from moyai.applications.portal.procedures import url
from moyai.applications.portal.sending import pay_url, takings_in
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
from moyai.applications.queries.mine import children_of, follow_ups_of
from moyai.applications.queries.titles import title_of
from moyai.applications.wording import badge_of, day_in_words, moment_in_words, with_rows
from moyai.audit.public import looked
from moyai.documents.public import (
    LetterNotReady,
    serve_letter,
    serve_upload,
    size_words,
    upload_badge,
)
from moyai.money.public import Charge, payables
from moyai.people.public import forgive, throttle

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
            return admit(request, found)
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


def admit(request: HttpRequest, application: Application) -> HttpResponse:
    """Open an application to this browser for a while: who calls has shown the right to see it."""
    number = application.public_number
    response = redirect(url(request, "applications_portal_case", number=number))
    response.set_signed_cookie(
        _cookie_name(number),
        application.secret_hash[:20],
        salt=SALT,
        max_age=MINUTES * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def let_in(request: HttpRequest, number: str) -> Application | None:
    """The application of a number that was opened to this browser lately, or that is the signed-in account's own."""
    actor = request.actor  # type: ignore[attr-defined]
    value = request.get_signed_cookie(_cookie_name(number), default=None, salt=SALT, max_age=MINUTES * 60)
    if value is None and actor.account_id is None:
        return None
    row = case_by_number(actor=actor, number=number)
    if row is None:
        return None
    own = row.account_id is not None and row.account_id == actor.account_id
    return row if own or value == row.secret_hash[:20] else None


def to_door(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("時間がたったため、もう一度照会してください。"))
    return redirect(url(request, "applications_portal_inquiry"))


def page_of_charge(*, request: HttpRequest, charge: Charge) -> payables.Onward | None:
    """Where who has paid goes on: the application where this browser may see it, else the door to it."""
    number = (
        Application.objects.filter(body_id=charge.body_id, pk=charge.thing_id)
        .values_list("public_number", flat=True)
        .first()
    )
    if number is None:  # deleted after its time
        return None
    words = _("申込みの状況を見る")
    if let_in(request, number) is not None:
        return payables.Onward(url(request, "applications_portal_case", number=number), words)
    return payables.Onward(url(request, "applications_portal_inquiry"), words)


@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """状況 — what it means, what comes next, what can be done now; then the history and the answers."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
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
            "procedure_title": title_of(application.procedure, application.edition),
            "badge": badge_of(application.status, application.outcome, staff=False),
            "meaning": _meaning(application),
            "next": _next_date(application, correction),
            "correction": correction,
            "deadline": day_in_words(correction.deadline_on) if correction else "",
            "count": len(correction.items) if correction else 0,
            "correct_url": url(request, "applications_portal_correct", **here) if correction else "",
            "pay_url": pay_url(request, application),
            "pay_until": day_in_words(application.pay_until) if application.pay_until else "",
            "letter": letter,
            "letter_url": url(request, "applications_portal_letter", **here) if letter else "",
            "letter_ready": letter is not None and letter.state == "ready",
            "withdraw_url": url(request, "applications_portal_withdraw", **here)
            if flow.WITHDRAW in may
            else "",
            "cancel_url": url(request, "applications_portal_withdraw", **here)
            if may_cancel(application)
            else "",
            "returned": shown_papers(request, application),
            "takings": takings_in(request, application),
            "next_steps": _next_steps(request, application),
            "related": _related(application),
            "decision": decision,
            "timeline": [
                {"act": step.what, "when": moment_in_words(step.at), "note": step.note}
                for step in resident_timeline(application)
            ],
            "sections": shown_answers(application),
            "files": _files(request, application),
        },
    )


def may_cancel(application: Application) -> bool:
    """参加の取消し — of what needed no review and takes places, which then go to the next."""
    possible = flow.CANCEL in flow.possible(application.status)
    return possible and not application.procedure.needs_review and compiled(application.edition).has_takes


def _next_steps(request: HttpRequest, application: Application) -> list[dict[str, str]]:
    """次の手続き: what is asked for now, what will be, what was filed already."""
    if not application.outcome:
        return []
    steps = []
    for one in follow_ups_of(application):
        if one.answered_by is not None:
            link, note = "", _("受付済み（%(number)s）") % {"number": grouped(one.answered_by.public_number)}
        elif one.asked_at is not None:
            link = url(request, "applications_portal_follow", token=follow_token(one))
            note = _("申し込めます。")
        else:
            link, note = "", _("%(day)sにお知らせします。") % {"day": day_in_words(one.ask_on)}
        steps.append({"title": named(one.procedure), "url": link, "note": note})
    return steps


def _related(application: Application) -> list[dict[str, Any]]:
    """委任, 先の申請 and what followed, as rows."""
    rows: list[dict[str, Any]] = []
    if application.mandate_id is not None:
        rows.append({"key": _("委任した方"), "value": str(application.mandate.principal.get("name", ""))})
        rows.append({"key": _("代理で申し込んだ方"), "value": application.mandate.agent_name})
    if application.parent_id is not None:
        before = application.parent
        rows.append(
            {"key": _("先の申請"), "value": f"{named(before.procedure)} {grouped(before.public_number)}"}
        )
    if application.outcome:
        rows += [
            {
                "key": _("この申請に続く手続き"),
                "value": f"{named(one.procedure)} {grouped(one.public_number)}",
            }
            for one in children_of(application)
        ]
    return rows


def _meaning(application: Application) -> str:
    if application.outcome:
        return str(_(flow.OUTCOME_WORDS[application.outcome].meaning))
    return str(_(flow.WORDS[application.status].meaning))


def _next_date(application: Application, correction: Correction | None) -> str:
    if correction is not None:
        return _("%(date)sまでに補正してください。") % {"date": day_in_words(correction.deadline_on)}
    if application.open:
        return _("%(date)sごろまでに結果をお知らせします。") % {"date": day_in_words(application.due_on)}
    return ""


def shown_answers(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "title": section.title,
            "rows": [{"key": with_rows(row.rows, row.label), "value": row.value} for row in section.rows],
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
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    found = attachments_of(application).filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    return serve_upload(actor=request.actor, now=request.now, upload=found.upload)  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, number: str) -> HttpResponseBase:
    """文書を受け取る — the button says so and ends the procedure; the file itself may be fetched again."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
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
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    back = url(request, "applications_portal_case", number=number)
    leaves = may_cancel(application)
    if flow.after(application.status, flow.WITHDRAW) is None and not leaves:
        return redirect(back)
    form = ReasonForm(request.POST if request.method == "POST" else None, required=False)
    if request.method == "POST" and form.is_valid():
        act = cancel if leaves else withdraw
        act(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            application=application,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("参加を取り消しました。") if leaves else _("申込みを取り下げました。"))
        return redirect(back)
    return page(
        request,
        "applications/portal/withdraw.html",
        {
            "service": _("電子申請"),
            "procedure": application.procedure,
            "procedure_title": title_of(application.procedure, application.edition),
            "application": application,
            "leaves": leaves,
            "paid": application.payment == Application.Payment.PAID,
            "back_url": back,
        },
        form=form,
    )


urlpatterns = [
    path("inquiry/", inquiry, name="applications_portal_inquiry"),
    path("inquiry/<str:number>/", case, name="applications_portal_case"),
    path("inquiry/<str:number>/letter/", letter, name="applications_portal_letter"),
    path("inquiry/<str:number>/withdraw/", withdraw_page, name="applications_portal_withdraw"),
    path("inquiry/<str:number>/files/<int:attachment_id>/", file, name="applications_portal_file"),
]
