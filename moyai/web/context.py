"""What every template knows: who acts, for which body, and the office menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from moyai.web.rooms import modules

_menus: dict[str, list[tuple[Any, str]]] = {}


def _entries(audience: str) -> list[tuple[Any, str]]:
    """The MENU of every room for an audience: [(label, url name)] in the order of the house."""
    if audience not in _menus:
        _menus[audience] = [entry for module in modules(audience) for entry in getattr(module, "MENU", [])]
    return _menus[audience]


def _menu(request: HttpRequest, audience: str, kwargs: dict[str, str]) -> list[dict[str, Any]]:
    """The menu with one current entry: the page itself, or the nearest one above it in the addresses."""
    menu = [(label, reverse(name, kwargs=kwargs)) for label, name in _entries(audience)]
    above = [url for _label, url in menu if request.path.startswith(url)]
    here = max(above, key=len, default="")
    current = "page" if here == request.path else "above"
    return [{"label": label, "url": url, "current": current if url == here else ""} for label, url in menu]


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    body = actor.body if actor else None
    menu: list[dict[str, Any]] = []
    if actor is not None and body is not None and actor.is_staff:
        menu = _menu(request, "office", {"body_slug": body.slug})
    elif actor is not None and actor.at_council:
        menu = _menu(request, "secretariat", {})
    return {
        "actor": actor,
        "body": body,
        "menu": menu,
        "demo": settings.MOYAI_DEMO,
        "training": settings.MOYAI_DEMO,
        "house_version": settings.MOYAI_VERSION,
        "request_number": getattr(request, "moyai_id", ""),
    }
