"""申込内容の確認, 申し込む, 申込完了."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions import drafts as acts
from moyai.applications.actions.answers import AnswersRefused, facts_of, words_of
from moyai.applications.actions.identity import AppliedBefore, IdentityNeeded
from moyai.applications.actions.invitations import RecordDeclined
from moyai.applications.actions.mandates import MandateOver
from moyai.applications.actions.news import grouped
from moyai.applications.actions.places import NoPlace
from moyai.applications.actions.submission import (
    EditionReplaced,
    NotAccepting,
    submit_application,
)
from moyai.applications.models import Application, Attachment, Draft, Procedure
from moyai.applications.portal.access import gate, go_on_url, step_url
from moyai.applications.portal.identity import missing_for, page_for
from moyai.applications.portal.known import may_keep
from moyai.applications.portal.named import page
from moyai.applications.portal.plain import journey
from moyai.applications.portal.procedures import url
from moyai.applications.portal.receipt import shown_secret
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.places import rooms_in_words, would_wait
from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    first_open_page,
    previous_page,
    summary,
)
from moyai.applications.wording import day_in_words, day_with_year, second_in_words, with_rows
from moyai.tenants.public import Refusal, clock

# What the page says beside the button.
REFUSED = (AnswersRefused, NotAccepting, AppliedBefore, MandateOver, NoPlace, RecordDeclined)
ACCOUNTS = (Procedure.Identity.ACCOUNT, Procedure.Identity.BUSINESS)
NEXT = {
    "mail": lazy("メールアドレスの確認へ進む"),
    "account": lazy("ログインへ進む"),
    "business": lazy("ログインへ進む"),
    "card": lazy("電子署名へ進む"),
}


def _sections(
    request: HttpRequest, draft: Draft, token: str, result: AnswerResult, files: list[Attachment]
) -> list[dict[str, Any]]:
    """The answers by page, each with the way back to its question."""
    edition = compiled(draft.edition)
    shown = summary(
        edition,
        result.answers,
        today=clock.today(request.now),  # type: ignore[attr-defined]
        wareki=day_with_year,
        uploads=facts_of(files),
        given=draft.given or None,
        office_day=office_days(),
    )
    errors = set(result.errors)
    sections = []
    for section in shown:
        rows = []
        for row in section.rows:
            steps = tuple(
                (group, int(number)) for group, number in re.findall(r"([A-Za-z0-9_-]+)\[(\d+)\]", row.path)
            )
            entry: dict[str, Any] = {
                "key": with_rows(row.rows, row.label),
                "value": row.value,
            }
            if not row.calculated:
                entry["url"] = step_url(request, token, section.page_id, steps, "check")
            if row.path in errors:
                entry["missing"] = _("入力が必要です")
            rows.append(entry)
        sections.append({"title": section.title, "rows": rows})
    return sections


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """申込内容の確認 — and the one button that applies."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    if draft.lost:  # seen before it is sent
        return redirect(url(request, "applications_portal_replaced", token=token))
    refused: Refusal | None = None
    if draft.procedure.identity in ACCOUNTS and not draft.identity.get("account"):
        return redirect(page_for(request, draft, token, draft.procedure.identity))  # before the check page
    if request.method == "POST":
        try:
            with transaction.atomic():
                submit_application(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    edition=draft.edition,
                    answers=draft.answers,
                    form_token=token,
                    draft=draft,
                )
            return HttpResponseRedirect(url(request, "applications_portal_done", token=token))
        except EditionReplaced:
            return redirect(url(request, "applications_portal_replaced", token=token))
        except IdentityNeeded as unknown:
            return redirect(page_for(request, draft, token, unknown.what))
        except REFUSED as error:
            refused = error
    files = acts.attachments_of_draft(draft)
    result = acts.look_at(draft=draft, now=request.now, files=files)  # type: ignore[attr-defined]
    edition = compiled(draft.edition)
    missing = first_open_page(edition, result)
    fee = result.fee
    status = 200 if refused is None else refused.status
    needed = missing_for(request, draft, result) if missing is None else ""
    return page(
        request,
        "applications/portal/check.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "sections": _sections(request, draft, token, result, files),
            "steps": journey(),
            "fee": fee,
            "problems": [
                {"text": words_of(error), "url": _url_of(request, token, edition, path)}
                for path, error in result.errors.items()
            ],
            "warnings": [
                *(words_of(warning) for _path, warning in result.warnings),
                *_waiting(draft, result, request),
            ],
            "ready": missing is None,
            "refused": "" if refused is None or isinstance(refused, AnswersRefused) else str(refused.message),
            "before": refused if isinstance(refused, AppliedBefore) else None,
            "next_url": page_for(request, draft, token, needed) if needed else "",
            "next_label": NEXT.get(needed, ""),
            "known": _known(draft),
            "inquiry_url": url(request, "applications_portal_inquiry"),
            "back_url": step_url(request, token, previous_page(edition, None, result) or edition.pages[0].id),
        },
        status=status,
    )


def _waiting(draft: Draft, result: AnswerResult, request: HttpRequest) -> list[str]:
    """満員の枠 — told before the button is pressed, with where there is room: who applies now waits as 補欠."""
    full = would_wait(draft=draft, takes=result.takes, now=request.now)  # type: ignore[attr-defined]
    return [
        _("「%(pool)s」は満員です。このまま申し込むと補欠になり、空きが出たときに順番にお知らせします。")
        % {"pool": pool.label}
        + rooms_in_words(pool, quantity)
        for pool, quantity in full
    ]


def _known(draft: Draft) -> list[dict[str, str]]:
    """Who applies, as far as it is known beside the answers: the mail that was confirmed, the principal."""
    rows = []
    if draft.identity.get("mail"):
        rows.append({"key": _("確かめたメールアドレス"), "value": str(draft.identity["mail"])})
    if draft.mandate_id is not None:
        rows.append({"key": _("委任した方"), "value": str(draft.mandate.principal.get("name", ""))})
        rows.append({"key": _("代理で申し込む方"), "value": draft.mandate.agent_name})
    if draft.parent_id is not None:
        rows.append({"key": _("先の申請の整理番号"), "value": grouped(draft.parent.public_number)})
    return rows


def _url_of(request: HttpRequest, token: str, edition: CompiledEdition, error_path: str) -> str:
    from moyai.applications.rules import page_of

    page_id = page_of(edition, error_path) or edition.pages[0].id
    steps = tuple(
        (group, int(number)) for group, number in re.findall(r"([A-Za-z0-9_-]+)\[(\d+)\]", error_path)
    )
    return step_url(request, token, page_id, steps, "check")


@never_cache
@require_http_methods(["GET"])
def done(request: HttpRequest, token: str) -> HttpResponse:
    """申込完了 — number and secret; may be loaded again, bookmarked, printed."""
    draft, elsewhere = gate(request, token, done=True)
    if elsewhere is not None:
        return elsewhere
    application = draft.application
    if application is None:
        return redirect(go_on_url(request, draft, token))
    application.procedure, application.edition = draft.procedure, draft.edition
    return page(
        request,
        "applications/portal/done.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "application": application,
            "secret": shown_secret(token),
            "receipt_url": url(request, "applications_portal_receipt", token=token),
            "keep_url": url(request, "applications_portal_keep", token=token)
            if may_keep(request, application)
            else "",
            "takings": takings_in(request, application),
            "received": second_in_words(application.received_at),
            "due": day_in_words(application.due_on),
            "steps": journey(),
            "pay_url": pay_url(request, application),
            "pay_until": day_in_words(application.pay_until) if application.pay_until else "",
            "inquiry_url": url(request, "applications_portal_inquiry"),
            "index_url": url(request, "applications_portal_index"),
        },
    )


def takings_in(request: HttpRequest, application: Application) -> Any:
    """枠の状況 of an application whose form takes places."""
    if not compiled(application.edition).has_takes:
        return []
    from moyai.applications.portal.places import takings_shown  # it imports the pages of inquiry

    return takings_shown(request, application)


def pay_url(request: HttpRequest, application: Any) -> str:
    """Where to pay, while something is owed."""
    if application.payment != application.Payment.WAITING or not application.pay_token:
        return ""
    return url(request, "money_portal_pay", token=application.pay_token)


urlpatterns = [
    path("drafts/<str:token>/check/", check, name="applications_portal_check"),
    path("drafts/<str:token>/done/", done, name="applications_portal_done"),
]
