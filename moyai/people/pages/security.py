"""Ways to sign in of one's own account: each change asks first that the owner is really there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from moyai.people import actions, factors
from moyai.people.forms import AppForm, NewPasswordForm, PasskeyForm, PasswordForm
from moyai.people.links import can_send
from moyai.people.models import Account
from moyai.people.oidc.offers import joined
from moyai.people.pages.enter import ASKED, next_of, onward, origin_of, with_next
from moyai.people.queries import factors_of, has_factor, identities_of
from moyai.people.session import has_second_factor, is_fresh, mark_entered, mark_fresh
from moyai.people.throttle import forgive, throttle
from moyai.ui.public import page

WAITING_APP = "people_app_secret"

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Only with an account; `view` gets it."""

    @wraps(view)
    def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, Account):
            return with_next("people_signin", request.get_full_path() if request.method == "GET" else "")
        return view(request, account=request.user, **kwargs)

    return run


def owner_only(view: View) -> View:
    """Only for the owner: second factor where there is one, and proved within the last 15 minutes."""

    @wraps(view)
    @signed_in
    def run(request: HttpRequest, *, account: Account, **kwargs: Any) -> HttpResponse:
        back = request.get_full_path() if request.method == "GET" else reverse("people_account")
        if account.is_staff_account and has_factor(account) and not has_second_factor(request):
            return with_next("people_second", back)
        if not is_fresh(request, now=request.now):  # type: ignore[attr-defined]
            return with_next("people_again", back)
        return view(request, account=account, **kwargs)

    return run


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def again(request: HttpRequest, *, account: Account) -> HttpResponse:
    """もう一度の確認 — the password or a passkey; without either, a fresh mail link."""
    path, now = next_of(request), request.now  # type: ignore[attr-defined]
    actor = request.actor  # type: ignore[attr-defined]
    form = PasswordForm()
    if request.method == "POST" and "credential" in request.POST:
        passkey_form = PasskeyForm(request.POST)
        throttle(kind="people.second", key=str(account.pk), now=now)
        try:
            if not passkey_form.is_valid():
                raise ValidationError("")
            factors.shown_passkey(passkey_form.cleaned_data["credential"], account=account, now=now)
        except ValidationError:
            messages.error(request, _("このパスキーは使えません。登録したパスキーを選んでください。"))
            return with_next("people_again", path)
        forgive(kind="people.second", key=str(account.pk))
        mark_entered(request, now=now, second_factor=True)
        return onward(path)
    with_mail = bool(account.email) and not account.is_staff_account and can_send()
    if request.method == "POST" and "mail" in request.POST and with_mail:
        assert account.email
        throttle(kind="people.ask_link", key=account.email, now=now, window_minutes=60)
        link = actions.ask_link(
            actor=actor, now=now, email=account.email, origin=origin_of(request), next_path=path
        )
        request.session[ASKED] = link.pk
        return redirect("people_link_sent")
    if request.method == "POST":
        form = PasswordForm(request.POST)
        if form.is_valid():
            address = account.email or ""
            throttle(kind="people.password", key=address, now=now)
            if account.check_password(form.cleaned_data["password"]):
                forgive(kind="people.password", key=address)
                mark_fresh(request, now=now)
                return onward(path)
            actions.note_failure(actor=actor, now=now, email=address, way="password")
            form.add_error("password", _("パスワードが違います。"))
    context: dict[str, Any] = {
        "form": form,
        "next": path,
        "with_password": account.has_usable_password(),
        "with_mail": with_mail,
        "providers": joined(identities_of(account)),
    }
    if factors_of(account).filter(type="webauthn").exists():
        context["js_data"] = {"request_options": factors.request_options(account)}
    return page(request, "people/again.html", context, form=form)


@never_cache
@require_http_methods(["GET"])
@owner_only
def setup(request: HttpRequest, *, account: Account) -> HttpResponse:
    """2つ目の確認方法の登録 — where staff without one are sent."""
    if has_factor(account):
        return onward(next_of(request))
    return page(request, "people/setup.html", {"next": next_of(request)})


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def app(request: HttpRequest, *, account: Account) -> HttpResponse:
    """認証アプリの登録 — the QR code, and a first code to show that it arrived."""
    if not account.is_staff_account:
        raise Http404
    now = request.now  # type: ignore[attr-defined]
    secret = request.session.get(WAITING_APP)
    if secret is None or (request.method == "GET" and "new" in request.GET):
        secret = request.session[WAITING_APP] = factors.new_secret()
    form = AppForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        throttle(kind="people.second", key=str(account.pk), now=now)
        if factors.spend_app_code(account, secret, form.cleaned_data["code"], now=now):
            forgive(kind="people.second", key=str(account.pk))
            actions.set_up_app(
                actor=request.actor,  # type: ignore[attr-defined]
                now=now,
                account=account,
                secret=secret,
            )
            del request.session[WAITING_APP]
            return _registered(request, account)
        form.add_error("code", _("確認コードが違います。アプリに出ている今のコードを入力してください。"))
    picture = segno.make(factors.app_url(account, secret), error="m").svg_data_uri(scale=5, border=3)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return page(
        request,
        "people/app.html",
        {"form": form, "picture": picture, "secret": " ".join(groups), "email": account.email},
        form=form,
    )


def _registered(request: HttpRequest, account: Account) -> HttpResponse:
    """After the first factor the session has it, and recovery codes come next."""
    mark_entered(request, now=request.now, second_factor=True)  # type: ignore[attr-defined]
    messages.success(request, _("登録しました。次からのログインで使います。"))
    if account.is_staff_account and not factors.codes_left(account):
        return redirect("people_codes")
    return redirect("people_account")


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def passkey_add(request: HttpRequest, *, account: Account) -> HttpResponse:
    """パスキーの登録."""
    if request.method == "POST":
        form = PasskeyForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError("")
            actions.add_passkey(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                account=account,
                name=form.cleaned_data["name"] or _("パスキー"),
                credential=form.cleaned_data["credential"],
            )
        except ValidationError:
            messages.error(request, _("パスキーを登録できませんでした。もう一度お試しください。"))
            return redirect("people_passkey_add")
        return _registered(request, account)
    options = factors.registration_options(account)
    return page(
        request,
        "people/passkey_add.html",
        {"form": PasskeyForm(), "js_data": {"creation_options": options}},
    )


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def factor_remove(request: HttpRequest, *, account: Account, factor_id: int) -> HttpResponse:
    """Take an app or passkey away, after a page that says what then remains."""
    factor = factors_of(account).filter(pk=factor_id).first()
    if factor is None:
        raise Http404
    if request.method == "POST":
        actions.remove_factor(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
            factor=factor,
        )
        messages.success(request, _("削除しました。もう使えません。"))
        return redirect("people_account")
    name = factors.passkey_name(factor) if factor.type == factor.Type.WEBAUTHN else _("認証アプリ")
    return page(request, "people/factor_remove.html", {"name": name})


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def codes(request: HttpRequest, *, account: Account) -> HttpResponse:
    """復旧コード — ten codes, shown once, each good for one sign-in without the device."""
    if not has_factor(account):
        raise Http404
    shown: list[str] = []
    if request.method == "POST":
        shown = actions.renew_codes(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
        )
    return page(
        request,
        "people/codes.html",
        {"codes": [f"{code[:4]} {code[4:]}" for code in shown], "left": factors.codes_left(account)},
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def password(request: HttpRequest, *, account: Account) -> HttpResponse:
    """パスワードの変更 — staff only; every other session ends."""
    if not account.is_staff_account:
        raise Http404
    form = NewPasswordForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        actions.set_password(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
            password=form.cleaned_data["password"],
        )
        update_session_auth_hash(request, account)
        messages.success(request, _("パスワードを変更しました。ほかの端末ではログアウトしました。"))
        return redirect("people_account")
    return page(request, "people/password.html", {"form": form}, form=form)
