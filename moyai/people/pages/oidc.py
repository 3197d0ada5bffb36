"""外部IDでログイン — to the identity provider, back from it, and in.

The way there and back talks to somebody else's server, so it stands before the door: no transaction is open.
What the provider vouched for waits in the session for the last step, which is inside.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.people import actions
from moyai.people.door import outside, visiting
from moyai.people.models import Account, Identity
from moyai.people.oidc import client
from moyai.people.oidc.offers import label_of, provider_named
from moyai.people.oidc.settings import Provider
from moyai.people.pages.enter import let_in, next_of, onward, origin_of, wait_for_factor, with_next
from moyai.people.pages.security import owner_only
from moyai.people.rules import safe_path
from moyai.people.session import mark_provider
from moyai.tenants.public import clock
from moyai.ui.public import page

log = structlog.get_logger("moyai.oidc")

ASKED = "people_oidc_asked"  # begun sign-ins by state: a few, for people with several tabs
TOLD = "people_oidc_told"  # what the provider vouched for, waiting for the last step
JOIN = "people_oidc_join"  # the owner wants to join this provider to the account
MINUTES = 10
TABS = 3


def _provider(name: str) -> Provider:
    found = provider_named(name)
    if found is None:
        raise Http404
    return found


def _redirect_uri(request: HttpRequest, provider: Provider) -> str:
    """The one address registered with the provider, whatever language is read."""
    with override(settings.LANGUAGE_CODE):
        return (settings.MOYAI_URL or origin_of(request)) + reverse(
            "people_oidc_back", kwargs={"name": provider.name}
        )


def _fresh(at: object, now: datetime) -> bool:
    return isinstance(at, str) and datetime.fromisoformat(at) > now - timedelta(minutes=MINUTES)


def _trouble(request: HttpRequest, provider: Provider) -> HttpResponse:
    return page(request, "people/oidc_trouble.html", {"label": provider.label}, status=503)


@never_cache
@outside
@visiting
@require_http_methods(["GET"])
def start(request: HttpRequest, name: str) -> HttpResponse:
    """To the provider. A link, not a form: our pages let forms lead nowhere else."""
    provider, now = _provider(name), clock.now()
    joining = request.session.pop(JOIN, None)
    join = bool(joining) and joining["provider"] == name and _fresh(joining["at"], now)
    try:
        address, asked = client.begin(provider, _redirect_uri(request, provider))
    except client.ProviderAway as away:
        log.warning("provider away", provider=name, why=str(away))
        return _trouble(request, provider)
    begun: dict[str, Any] = request.session.get(ASKED, {})
    newest = sorted(begun.items(), key=lambda item: item[1]["at"])[-(TABS - 1) :]
    request.session[ASKED] = dict(newest) | {
        asked.state: {
            "asked": asdict(asked),
            "at": now.isoformat(),
            "next": next_of(request),
            "join": joining["account"] if join else None,
        }
    }
    return HttpResponseRedirect(address)


@never_cache
@outside
@visiting
@require_http_methods(["GET"])
def back(request: HttpRequest, name: str) -> HttpResponse:
    """Back from the provider: only in the browser that went, only once for each time it went."""
    provider, now = _provider(name), clock.now()
    begun: dict[str, Any] = request.session.get(ASKED, {})
    waiting = begun.pop(request.GET.get("state", ""), None)
    request.session[ASKED] = begun
    if waiting is None or not _fresh(waiting["at"], now) or waiting["asked"]["provider"] != name:
        messages.error(request, _("ログインの手順が途中で切れました。もう一度、はじめからお試しください。"))
        return redirect("people_signin")
    if request.GET.get("error"):
        messages.error(request, _("%(label)sでのログインを取りやめました。") % {"label": provider.label})
        return with_next(_entrance(provider), waiting["next"])
    if request.GET.get("iss", provider.issuer) != provider.issuer:
        return _unbelieved(request, provider, waiting["next"], "an answer of another issuer")
    try:
        told = client.finish(
            provider,
            client.Asked(**waiting["asked"]),
            code=request.GET.get("code", ""),
            redirect_uri=_redirect_uri(request, provider),
            now=now,
        )
    except client.ProviderAway as away:
        log.warning("provider away", provider=name, why=str(away))
        return _trouble(request, provider)
    except client.NotBelieved as why:
        return _unbelieved(request, provider, waiting["next"], str(why))
    request.session[TOLD] = {
        "told": asdict(told),
        "at": now.isoformat(),
        "next": waiting["next"],
        "join": waiting["join"],
    }
    return redirect("people_oidc_enter", name=name)


def _entrance(provider: Provider) -> str:
    return "people_staff" if provider.kind == "staff" else "people_signin"


def _unbelieved(request: HttpRequest, provider: Provider, path: str, why: str) -> HttpResponse:
    log.warning("provider not believed", provider=provider.name, why=why)
    messages.error(
        request,
        _("%(label)sからの答えを確かめられませんでした。もう一度お試しください。")
        % {"label": provider.label},
    )
    return with_next(_entrance(provider), path)


@never_cache
@require_http_methods(["GET"])
def enter(request: HttpRequest, name: str) -> HttpResponse:
    """In, by what the provider vouched for a moment ago; or joined to the account that is signed in."""
    provider = _provider(name)
    now: datetime = request.now  # type: ignore[attr-defined]
    waiting = request.session.pop(TOLD, None)
    if waiting is None or not _fresh(waiting["at"], now) or waiting["told"]["issuer"] != provider.issuer:
        return redirect("people_signin")
    actor = request.actor  # type: ignore[attr-defined]
    told, path = client.Told(**waiting["told"]), safe_path(waiting["next"])
    if waiting["join"] is not None:
        if not isinstance(request.user, Account) or request.user.pk != waiting["join"]:
            return redirect("people_signin")
        actions.link_identity(actor=actor, now=now, account=request.user, provider=provider, told=told)
        messages.success(
            request, _("%(label)sをつなぎました。次からログインに使えます。") % {"label": provider.label}
        )
        return redirect("people_account")
    account = actions.account_of(actor=actor, now=now, provider=provider, told=told)
    two = bool(told.acr) and told.acr in provider.second_factor
    if account.is_staff_account and not two:
        response = wait_for_factor(request, account, path, way="oidc")
    else:
        let_in(request, account, way="oidc", second_factor=account.is_staff_account)
        response = onward(path)
    mark_provider(request, provider=provider.name, kind=provider.kind, acr=told.acr)
    return response


@never_cache
@require_http_methods(["POST"])
@owner_only
def join(request: HttpRequest, *, account: Account, name: str) -> HttpResponse:
    """外部IDをつなぐ — the owner was just recognised; the next page leads to the provider."""
    provider = _provider(name)
    request.session[JOIN] = {
        "provider": provider.name,
        "account": account.pk,
        "at": request.now.isoformat(),  # type: ignore[attr-defined]
    }
    return page(request, "people/oidc_join.html", {"label": provider.label, "name": provider.name})


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def part(request: HttpRequest, *, account: Account, identity_id: int) -> HttpResponse:
    """外部IDを外す, after a page that says what then no longer works."""
    identity = Identity.objects.filter(account=account, pk=identity_id).first()
    if identity is None:
        raise Http404
    if request.method == "POST":
        actions.unlink_identity(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
            identity=identity,
        )
        messages.success(request, _("外しました。もうログインに使えません。"))
        return redirect("people_account")
    return page(request, "people/oidc_part.html", {"label": label_of(identity)})
