"""The entrance: by mail link, by passkey, by password and second factor, and out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from moyai.people import actions, factors
from moyai.people.forms import AddressForm, CodeForm, FactorForm, NewPasswordForm, PasskeyForm, StaffForm
from moyai.people.links import can_send, code_of, find_link, right_code, shown_on_screen, still_open, url_of
from moyai.people.models import Account, Link
from moyai.people.oidc.offers import offered
from moyai.people.queries import factors_of, has_factor
from moyai.people.rules import safe_path
from moyai.people.session import has_second_factor, mark_entered
from moyai.people.throttle import forgive, throttle
from moyai.tenants.public import Actor
from moyai.ui.public import page

BACKEND = "moyai.people.entrance.AccountBackend"
ASKED = "people_link"  # the link this browser asked for
PENDING = "people_pending"  # password was right, second factor is awaited
PENDING_MINUTES = 10


def next_of(request: HttpRequest) -> str:
    """Where to go afterwards: a path on this host, else ""."""
    return safe_path(request.POST.get("next") or request.GET.get("next") or "")


def onward(path: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(path or reverse("people_choose"))


def with_next(name: str, path: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name) + (f"?{urlencode({'next': path})}" if path else ""))


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def let_in(request: HttpRequest, account: Account, *, way: str, second_factor: bool) -> None:
    """Begin a session under a new key, and leave the deed."""
    now: datetime = request.now  # type: ignore[attr-defined]
    request.session.pop(PENDING, None)
    request.session.pop(ASKED, None)
    login(request, account, backend=BACKEND)
    mark_entered(request, now=now, second_factor=second_factor)
    actor: Actor = replace(
        request.actor,  # type: ignore[attr-defined]
        account_id=account.pk,
        name=account.name,
    )
    request.actor = actor  # type: ignore[attr-defined]
    actions.sign_in(actor=actor, now=now, account=account, reason=way)


def wait_for_factor(
    request: HttpRequest, account: Account, path: str, *, way: str = "password"
) -> HttpResponse:
    """After the right password (or identity provider): to the second factor, or to setting one up."""
    if has_factor(account):
        request.session.cycle_key()
        request.session[PENDING] = {
            "id": account.pk,
            "at": request.now.isoformat(),  # type: ignore[attr-defined]
        }
        return with_next("people_second", path)
    let_in(request, account, way=way, second_factor=False)
    return with_next("people_setup", path)


@never_cache
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """ログイン — for residents and suppliers: a mail link or a passkey.

    `other` in the address: who is signed in wants to come in with another account.
    """
    path = next_of(request)
    if request.method == "GET" and request.user.is_authenticated and "other" not in request.GET:
        return onward(path)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        now = request.now  # type: ignore[attr-defined]
        throttle(kind="people.ask_link", key=email, now=now, window_minutes=60)
        link = actions.ask_link(
            actor=request.actor,  # type: ignore[attr-defined]
            now=now,
            email=email,
            origin=origin_of(request),
            next_path=path,
        )
        request.session[ASKED] = link.pk
        return redirect("people_link_sent")
    return page(
        request,
        "people/signin.html",
        {"form": form, "next": path, "can_send": can_send(), "providers": offered(staff=False)},
        form=form,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def link_sent(request: HttpRequest) -> HttpResponse:
    """The browser that asked waits here; it takes the six digits of the mail as well as the link."""
    now = request.now  # type: ignore[attr-defined]
    links = Link.objects.filter(pk=request.session.get(ASKED, 0), purpose=Link.Purpose.SIGN_IN)
    link = (links.select_for_update() if request.method == "POST" else links).first()
    if link is None:
        return redirect("people_signin")
    if not still_open(link, now=now):
        return spent(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        throttle(kind="people.code", key=link.email, now=now)
        if right_code(link, form.cleaned_data["code"]):
            forgive(kind="people.code", key=link.email)
            return _enter_by(request, link)
        form.add_error("code", _wrong_code(link))
    context: dict[str, Any] = {"form": form, "email": link.email, "link": link}
    if shown_on_screen():
        context |= {"url": url_of(link), "code": code_of(link)}
    return page(request, "people/link_sent.html", context, form=form)


def _wrong_code(link: Link) -> str:
    left = max(0, 5 - link.wrong_tries)
    if left:
        return _("確認番号が違います。あと%(count)s回入力できます。") % {"count": left}
    return _("確認番号が違います。新しいリンクを送り直してください。")


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page a mail link opens. Looking at it uses nothing up: the button does.

    In a browser other than the one that asked, the six digits are asked as well, so that a link that
    leaked (history, log, forwarded mail header) is not enough.
    """
    now = request.now  # type: ignore[attr-defined]
    found = find_link(token, now=now, lock=request.method == "POST")
    if found is None:
        return spent(request)
    same_browser = request.session.get(ASKED) == found.pk
    form = CodeForm(request.POST if request.method == "POST" else None) if not same_browser else None
    if request.method == "POST":
        if form is None:
            return _enter_by(request, found)
        if form.is_valid():
            throttle(kind="people.code", key=found.email, now=now)
            if right_code(found, form.cleaned_data["code"]):
                forgive(kind="people.code", key=found.email)
                return _enter_by(request, found)
            if not still_open(found, now=now):
                return spent(request)
            form.add_error("code", _wrong_code(found))
    return page(request, "people/link.html", {"form": form, "email": found.email}, form=form)


def _enter_by(request: HttpRequest, link: Link) -> HttpResponse:
    account = actions.use_link(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        link=link,
    )
    if account is None:
        return page(request, "people/link_not_for_staff.html", {}, status=403)
    let_in(request, account, way="link", second_factor=False)
    return onward(link.next_path)


def spent(request: HttpRequest) -> HttpResponse:
    return page(request, "people/link_spent.html", {}, status=410)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """はじめる — an invited person, or one whose password was reset, sets a password."""
    now = request.now  # type: ignore[attr-defined]
    link = find_link(token, now=now, start=True, lock=request.method == "POST")
    account = link.account if link is not None else None
    if link is None or account is None or not account.is_active:
        return page(request, "people/start_spent.html", {}, status=410)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        actor = replace(request.actor, account_id=account.pk)  # type: ignore[attr-defined]
        actions.set_password(
            actor=actor, now=now, account=account, password=form.cleaned_data["password"], link=link
        )
        return wait_for_factor(request, account, _desk_path(link))
    return page(
        request,
        "people/start.html",
        {"form": form, "account": account, "at_body": link.body, "link": link},
        form=form,
    )


def _desk_path(link: Link) -> str:
    return f"/{link.body.slug}/office/" if link.body is not None else ""


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """職員のログイン — password first; the same answer and the same time for an address nobody has."""
    path = next_of(request)
    if request.method == "GET" and request.user.is_authenticated:
        return onward(path)
    form = StaffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email, now = form.cleaned_data["email"], request.now  # type: ignore[attr-defined]
        throttle(kind="people.password", key=email, now=now)
        account = authenticate(request, email=email, password=form.cleaned_data["password"])
        if isinstance(account, Account):
            forgive(kind="people.password", key=email)
            return wait_for_factor(request, account, path)
        actions.note_failure(
            actor=request.actor,  # type: ignore[attr-defined]
            now=now,
            email=email,
            way="password",
        )
        form.add_error("password", _("メールアドレスまたはパスワードが違います。"))
    return page(
        request,
        "people/staff.html",
        {"form": form, "next": path, "providers": offered(staff=True)},
        form=form,
    )


def _waiting(request: HttpRequest) -> Account | None:
    """Whose second factor is awaited: the password was right, or the session has none yet."""
    now: datetime = request.now  # type: ignore[attr-defined]
    pending = request.session.get(PENDING)
    if pending and datetime.fromisoformat(pending["at"]) > now - timedelta(minutes=PENDING_MINUTES):
        return Account.objects.filter(pk=pending["id"], is_active=True).first()
    if isinstance(request.user, Account) and not has_second_factor(request) and has_factor(request.user):
        return request.user
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """2つ目の確認 — the code of the app, a recovery code, or a passkey."""
    path, now = next_of(request), request.now  # type: ignore[attr-defined]
    account = _waiting(request)
    if account is None:
        return with_next("people_staff", path)
    form, passkey_form = FactorForm(), PasskeyForm()
    if request.method == "POST" and "credential" in request.POST:
        passkey_form = PasskeyForm(request.POST)
        if passkey_form.is_valid():
            throttle(kind="people.second", key=str(account.pk), now=now)
            try:
                factors.shown_passkey(passkey_form.cleaned_data["credential"], account=account, now=now)
            except ValidationError:
                messages.error(request, _("このパスキーは使えません。登録したパスキーを選んでください。"))
                return with_next("people_second", path)
            forgive(kind="people.second", key=str(account.pk))
            let_in(request, account, way="passkey", second_factor=True)
            return onward(path)
    elif request.method == "POST":
        form = FactorForm(request.POST)
        if form.is_valid():
            throttle(kind="people.second", key=str(account.pk), now=now)
            found = factors.spend_code(account, form.cleaned_data["code"], now=now)
            if found is not None:
                forgive(kind="people.second", key=str(account.pk))
                let_in(
                    request,
                    account,
                    way="app" if found.type == found.Type.TOTP else "recovery",
                    second_factor=True,
                )
                return onward(path)
            actions.note_failure(
                actor=request.actor,  # type: ignore[attr-defined]
                now=now,
                email=account.email or "",
                way="second",
            )
            form.add_error(
                "code",
                _("確認コードが違うか、すでに使われています。次のコードが出るまで待って入力してください。"),
            )
    kinds = set(factors_of(account).values_list("type", flat=True))
    context: dict[str, Any] = {
        "form": form,
        "next": path,
        "with_app": "totp" in kinds,
        "email": account.email,
    }
    if "webauthn" in kinds:
        context["js_data"] = {"request_options": factors.request_options(account)}
    return page(request, "people/second.html", context, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """パスキーでログイン — the challenge as JSON, and the answer to it. Counts as both factors."""
    path, now = next_of(request), request.now  # type: ignore[attr-defined]
    if request.method == "GET":
        return JsonResponse({"request_options": factors.request_options()})
    form = PasskeyForm(request.POST)
    throttle(kind="people.passkey", key="", now=now, tries=60)
    try:
        if not form.is_valid():
            raise ValidationError("")
        shown = factors.shown_passkey(form.cleaned_data["credential"], account=None, now=now)
    except ValidationError:
        messages.error(request, _("このパスキーではログインできません。別の方法を選んでください。"))
        return with_next("people_signin", path)
    account = Account.objects.filter(pk=shown.user_id, is_active=True).first()
    if account is None:
        messages.error(request, _("このパスキーではログインできません。別の方法を選んでください。"))
        return with_next("people_signin", path)
    forgive(kind="people.passkey", key="")
    let_in(request, account, way="passkey", second_factor=True)
    return onward(path)


@never_cache
@require_http_methods(["GET", "POST"])
def signout(request: HttpRequest) -> HttpResponse:
    """ログアウト — by a button, so that a foreign page cannot do it."""
    if not isinstance(request.user, Account):
        return redirect("people_signin")
    if request.method == "GET":
        return page(request, "people/signout.html", {})
    was_staff = request.user.is_staff_account
    actions.sign_out(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        account=request.user,
    )
    logout(request)
    messages.success(request, _("ログアウトしました。"))
    return redirect("people_staff" if was_staff else "people_signin")
