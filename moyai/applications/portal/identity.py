"""申込者の確認: a code by mail, the account, the card; each before sending, each back to the check page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.answers import applicant_of
from moyai.applications.actions.drafts import attachments_of_draft, join_account, look_at, note_identity
from moyai.applications.actions.identity import stands_on, what_is_missing
from moyai.applications.actions.signatures import signed_here
from moyai.applications.models import Draft, Procedure
from moyai.applications.portal.access import gate, step_url
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult
from moyai.people.public import CameBy, ask_code, came_by, check_code, profile_of, shown_digits
from moyai.ui.public import Form

PURPOSE = "applications.submit"
PAGES = {
    "mail": "applications_portal_mail",
    "account": "applications_portal_account",
    "business": "applications_portal_account",
    "card": "applications_portal_sign",
}


def missing_for(request: HttpRequest, draft: Draft, result: AnswerResult) -> str:
    """What is still to be shown before this draft may be sent; "" when nothing is."""
    return what_is_missing(
        actor=request.actor,  # type: ignore[attr-defined]
        procedure=draft.procedure,
        identity={**draft.identity, **stands_on(draft)},
        mail=applicant_of(compiled(draft.edition), result.answers)["applicant_email"],
        signed=draft.procedure.signature == Procedure.Signature.CARD
        and signed_here(draft, result.answers) is not None,
    )


def page_for(request: HttpRequest, draft: Draft, token: str, missing: str) -> str:
    """Where it is shown. What a draft can only begin with leads back to the beginning."""
    if missing not in PAGES:
        return url(request, "applications_portal_start", code=draft.procedure.code)
    return url(request, PAGES[missing], token=token)


class CodeForm(Form):
    """The digits of the mail, in any width."""

    digits = forms.CharField(
        label=lazy("6桁の確認番号"),
        help_text=lazy("メールに書いてある数字です。15分以内に入力してください。"),
        max_length=20,
        error_messages={"required": lazy("6桁の確認番号を入力してください。")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-width": "number"}
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """メールアドレスの確認 — the address of the answers is the one that is confirmed; another one needs another code."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    check = url(request, "applications_portal_check", token=token)
    form_of = compiled(draft.edition)
    result = look_at(draft=draft, now=now, files=attachments_of_draft(draft))
    address = applicant_of(form_of, result.answers)["applicant_email"]
    heading = _("メールアドレスの確認")
    if not address:
        field = form_of.fields.get(next(iter(form_of.applicant.get("mail", ())), ""))
        if field is None:
            return redirect(check)
        return plain_page(
            request,
            heading,
            procedure=draft.procedure,
            at=3,
            texts=[
                _(
                    "この手続きでは、申し込む前にメールアドレスを確かめます。メールアドレスを入力してください。"
                )
            ],
            go=_("メールアドレスを入力する"),
            go_url=step_url(request, token, field.page_id, (), "check"),
        )
    common: dict[str, Any] = {
        "actor": actor,
        "now": now,
        "email": address,
        "purpose": PURPOSE,
        "key": str(draft.pk),
    }
    asked = request.method == "POST" and "digits" in request.POST
    form = CodeForm(request.POST if asked and "again" not in request.POST else None)
    shown = ""
    if request.method == "POST" and (not asked or "again" in request.POST):
        shown = shown_digits(ask_code(**common))
    elif asked and form.is_valid():
        if check_code(**common, typed=form.cleaned_data["digits"]):
            note_identity(actor=actor, now=now, draft=draft, identity={"mail": address})
            messages.success(request, _("メールアドレスを確かめました。内容を確かめて、申し込んでください。"))
            return redirect(check)
        form.add_error(
            "digits", _("確認番号が違うか、時間が過ぎています。メールを確かめるか、もう一度送ってください。")
        )
    elif request.method == "GET":
        return plain_page(
            request,
            heading,
            procedure=draft.procedure,
            at=3,
            texts=[_("次のアドレスに、6桁の確認番号を送ります。届いた番号を、次の画面で入力してください。")],
            rows=[
                {
                    "key": _("メールアドレス"),
                    "value": address,
                    "url": step_url(request, token, _page_of_mail(draft), (), "check"),
                }
            ],
            label=_("確認番号をメールで送る"),
        )
    return plain_page(
        request,
        heading,
        procedure=draft.procedure,
        at=3,
        texts=[_("%(mail)s に確認番号を送りました。") % {"mail": address}],
        banner={"kind": "info", "title": _("練習環境の確認番号：%(digits)s") % {"digits": shown}}
        if shown
        else None,
        form=form,
        label=_("番号を確かめる"),
        second=_("番号をもう一度送る"),
        second_name="again",
    )


def _page_of_mail(draft: Draft) -> str:
    form = compiled(draft.edition)
    field = form.fields.get(next(iter(form.applicant.get("mail", ())), ""))
    return field.page_id if field is not None else form.pages[0].id


def _vouched_for(account_id: int, came: CameBy | None) -> dict[str, str]:
    """法人番号 and the firm's name as the provider of this session told them, not as they were typed."""
    verified = (profile_of(account_id) or {}).get("verified", {})
    if came is None or verified.get("provider") != came.provider:
        return {}
    return {name: verified[name] for name in ("corporate_number", "firm_name") if verified.get(name)}


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, token: str) -> HttpResponse:
    """ログイン — the draft waits; after signing in the reader is back here and goes on under this account."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    here = url(request, "applications_portal_account", token=token)
    check = url(request, "applications_portal_check", token=token)
    business = draft.procedure.identity == Procedure.Identity.BUSINESS
    heading = _("事業者アカウントでのログイン") if business else _("ログイン")
    sign_in = f"{reverse('people_signin')}?{urlencode({'next': here})}"
    if actor.account_id is None:
        text = (
            _(
                "この手続きは、事業者アカウントでログインした方が申し込めます。入力した内容は保存してあります。"
            )
            if business
            else _("この手続きは、ログインした方が申し込めます。入力した内容は保存してあります。")
        )
        return plain_page(
            request,
            heading,
            procedure=draft.procedure,
            at=3,
            texts=[text, _("ログインすると、この画面に戻ります。")],
            go=_("ログインする"),
            go_url=sign_in,
        )
    came = came_by(request)
    if business and (came is None or came.kind != "business"):
        return plain_page(
            request,
            heading,
            procedure=draft.procedure,
            at=3,
            banner={"kind": "attention", "title": _("事業者アカウントでログインし直してください。")},
            texts=[
                _("今は%(name)sさんの個人のアカウントでログインしています。この手続きには使えません。")
                % {"name": actor.name or _("利用者")}
            ],
            go=_("事業者アカウントでログインする"),
            go_url=f"{sign_in}&other=1",  # signed in already, but not with what this needs
        )
    if request.method == "POST":
        identity: dict[str, Any] = {"account": actor.account_id}
        if came is not None:
            identity |= {"provider": came.provider, "assurance": came.acr}
        if business:
            identity["business_account"] = actor.account_id
            identity["business"] = _vouched_for(actor.account_id, came)
        join_account(actor=actor, now=now, draft=draft, identity=identity)
        return redirect(check)
    return plain_page(
        request,
        heading,
        procedure=draft.procedure,
        at=3,
        texts=[_("この申込みは、次のアカウントの申込みとして受け付けます。")],
        rows=[{"key": _("アカウント"), "value": actor.name or _("（名前は登録されていません）")}],
        label=_("このアカウントで続ける"),
    )


urlpatterns = [
    path("drafts/<str:token>/mail/", mail, name="applications_portal_mail"),
    path("drafts/<str:token>/account/", account, name="applications_portal_account"),
]
