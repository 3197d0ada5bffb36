"""電子署名: the page between check and sending; the card signs exactly the answers, and the card is the applicant's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.answers import answers_sha256
from moyai.applications.actions.drafts import attachments_of_draft, look_at, note_identity
from moyai.applications.actions.signatures import differences, keep_signature
from moyai.applications.models import Draft
from moyai.applications.portal.access import gate, step_url
from moyai.applications.portal.named import page
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult, summary
from moyai.applications.wording import day_with_year
from moyai.people.public import card_challenge, card_page_path, read_card_signature
from moyai.tenants.public import Refusal

PARTS = {
    "name": lazy("氏名"),
    "born_on": lazy("生年月日"),
    "address": lazy("住所"),
}


def _looked_at(request: HttpRequest, draft: Draft) -> AnswerResult:
    return look_at(draft=draft, now=request.now, files=attachments_of_draft(draft))  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """What is signed, and how; then the reader's own page."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    result = _looked_at(request, draft)
    check = url(request, "applications_portal_check", token=token)
    if result.errors:
        return redirect(check)
    if request.method == "POST":
        _challenge, card_token = card_challenge(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            title=draft.procedure.title,
            answers_hash=answers_sha256(result.answers),
            back_path=url(request, "applications_portal_signed", token=token),
        )
        note_identity(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            draft=draft,
            identity={"card_token": card_token},
        )
        return redirect(card_page_path(request.actor, card_token))  # type: ignore[attr-defined]
    return plain_page(
        request,
        _("電子署名"),
        procedure=draft.procedure,
        at=3,
        texts=[
            _("マイナンバーカードの署名用電子証明書で、入力した内容に署名します。"),
            _("署名のあとで内容を直すと、もう一度署名が必要になります。"),
            _("カードと、署名用の暗証番号（6文字から16文字）を用意してください。"),
        ],
        label=_("署名に進む"),
        leave=_("内容の確認に戻る"),
        leave_url=check,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def signed(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the reader: whose card it was, and whether that is the applicant; else the way out."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    again = url(request, "applications_portal_sign", token=token)
    check = url(request, "applications_portal_check", token=token)
    result = _looked_at(request, draft)
    answers_hash = answers_sha256(result.answers)
    try:
        card = read_card_signature(
            actor=actor, now=now, token=str(draft.identity.get("card_token", "")), answers_hash=answers_hash
        )
    except Refusal as refused:
        return plain_page(
            request,
            _("署名を確かめられませんでした"),
            procedure=draft.procedure,
            at=3,
            texts=[str(refused.message)],
            status=refused.status,
            go=_("もう一度署名する"),
            go_url=again,
            links=[{"url": check, "label": _("内容の確認に戻る")}],
        )
    form = compiled(draft.edition)
    differing = differences(form, result.answers, card)
    sections = summary(form, result.answers, wareki=day_with_year)
    own = {row.path: row.value for section in sections for row in section.rows}
    held = {
        "name": card.name,
        "born_on": day_with_year(card.born_on) if card.born_on else "",
        "address": card.address,
    }
    rows: list[list[Any]] = []
    for part, field_id in form.signature.items():
        field = form.fields[field_id]
        rows.append(
            [
                str(PARTS[part]),
                own.get(field_id, ""),
                held[part],
                {"text": _("直す"), "url": step_url(request, token, field.page_id, (), "check")}
                if part in differing
                else _("一致"),
            ]
        )
    if request.method == "POST" and not differing:
        keep_signature(actor=actor, now=now, draft=draft, answers_hash=answers_hash, card=card)
        return redirect(check)
    return page(
        request,
        "applications/portal/signed.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "differing": [str(PARTS[part]) for part in differing],
            "address_differs": "address" in differing,
            "table": {
                "caption": _("入力した内容とカードの内容"),
                "columns": [
                    {"label": text} for text in (_("項目"), _("入力した内容"), _("カードの内容"), _("結果"))
                ],
                "rows": rows,
                "cards": True,
            },
            "again": again,
            "check": check,
        },
        status=409 if differing else 200,
    )


urlpatterns = [
    path("drafts/<str:token>/sign/", sign, name="applications_portal_sign"),
    path("drafts/<str:token>/signed/", signed, name="applications_portal_signed"),
]
