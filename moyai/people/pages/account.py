"""One's own account: name, ways to sign in, history; and which body to work in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import CouncilDeed
from moyai.people import actions, factors
from moyai.people.forms import ProfileForm
from moyai.people.models import Account
from moyai.people.oidc.offers import label_of, to_join
from moyai.people.pages.security import owner_only, signed_in
from moyai.people.queries import Desk, desks_of, factors_of, identities_of, signin_history
from moyai.tenants.public import clock
from moyai.ui.public import page


def ways() -> dict[str, str]:
    """The ways to sign in, by the word a deed keeps of them."""
    return {
        "link": _("メールのリンク"),
        "password": _("パスワード"),
        "app": _("パスワードと認証アプリ"),
        "recovery": _("パスワードと復旧コード"),
        "passkey": _("パスキー"),
        "second": _("2つ目の確認"),
        "oidc": _("外部ID"),
    }


def verbs() -> dict[str, str]:
    """What happened, in the words of the history."""
    return {
        "people.sign_in": _("ログインしました"),
        "people.sign_in_failed": _("ログインできませんでした"),
        "people.sign_out": _("ログアウトしました"),
        "people.ask_link": _("ログイン用のリンクを送りました"),
        "people.change_profile": _("登録情報を変更しました"),
        "people.set_password": _("パスワードを設定しました"),
        "people.set_up_app": _("認証アプリを登録しました"),
        "people.add_passkey": _("パスキーを登録しました"),
        "people.remove_factor": _("確認方法を削除しました"),
        "people.renew_codes": _("復旧コードを作り直しました"),
        "people.sign_out_elsewhere": _("ほかの端末からログアウトしました"),
        "people.change_details": _("本人情報を変更しました"),
        "people.keep_details": _("本人情報を変更しました"),
        "people.delete_details": _("本人情報を削除しました"),
        "people.link_identity": _("外部IDをつなぎました"),
        "people.unlink_identity": _("外部IDを外しました"),
        "people.make_key": _("APIの鍵を作りました"),
        "people.revoke_key": _("APIの鍵を止めました"),
        "people.set_section": _("課・係を変更しました"),
        "people.invite": _("役割を付けました"),
        "people.end_role": _("役割の終わりを決めました"),
        "people.reset_factors": _("確認方法をやり直しにしました"),
        "people.send_password_link": _("パスワードのリンクを送りました"),
    }


def _entry(deed: CouncilDeed) -> dict[str, Any]:
    return {
        "title": verbs().get(deed.verb, _("登録を変更しました")),
        "at": deed.at,
        "text": ways().get(deed.reason, ""),
    }


@never_cache
@require_http_methods(["GET"])
@signed_in
def account(request: HttpRequest, *, account: Account) -> HttpResponse:
    """アカウント — everything about signing in, on one page."""
    registered = [
        {
            "id": one.pk,
            "name": factors.passkey_name(one) if one.type == one.Type.WEBAUTHN else _("認証アプリ"),
            "since": one.created_at,
            "used": one.last_used_at,
        }
        for one in factors_of(account)
    ]
    today = clock.today(request.now)  # type: ignore[attr-defined]
    held = identities_of(account)
    return page(
        request,
        "people/account.html",
        {
            "account": account,
            "factors": registered,
            "has_app": any(one.type == one.Type.TOTP for one in factors_of(account)),
            "identities": [
                {"id": one.pk, "name": label_of(one), "since": one.made_at, "used": one.last_used_at}
                for one in held
            ],
            "providers": to_join(account, held),
            "codes_left": factors.codes_left(account),
            "desks": desks_of(account, day=today),
            "history": [_entry(deed) for deed in signin_history(account)],
        },
    )


def _path(desk: Desk) -> str:
    return "/council/" if desk.body is None else f"/{desk.body.slug}/office/"


@never_cache
@require_http_methods(["GET"])
@signed_in
def choose(request: HttpRequest, *, account: Account) -> HttpResponse:
    """はたらく場所 — straight to the one place there is; a list when there are several."""
    desks = desks_of(account, day=clock.today(request.now))  # type: ignore[attr-defined]
    if not account.is_staff_account or not desks:
        return redirect("people_account")
    if len(desks) == 1:
        return HttpResponseRedirect(_path(desks[0]))
    places = [
        {
            "title": desk.body.name if desk.body else _("協議会"),
            "roles": "・".join(str(role) for role in desk.roles),
            "url": _path(desk),
        }
        for desk in desks
    ]
    return page(request, "people/choose.html", {"places": places})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: HttpRequest, *, account: Account) -> HttpResponse:
    """登録情報の変更 — name and kana."""
    initial = {"name": account.name, "kana": account.kana}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
            **form.cleaned_data,
        )
        messages.success(request, _("登録情報を変更しました。"))
        return redirect("people_account")
    return page(request, "people/profile.html", {"form": form, "account": account}, form=form)


@never_cache
@require_http_methods(["POST"])
@owner_only
def elsewhere(request: HttpRequest, *, account: Account) -> HttpResponse:
    """ほかの端末からログアウトする."""
    actions.sign_out_elsewhere(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        account=account,
    )
    update_session_auth_hash(request, account)
    messages.success(request, _("この端末のほかは、すべてログアウトしました。"))
    return HttpResponseRedirect(reverse("people_account"))
