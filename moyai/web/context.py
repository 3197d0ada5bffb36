"""What every template knows: who acts, for which body, and the office menu."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from moyai.web.rooms import modules

# The headings of the side menu; what every office has, whatever its services, stands under the last.
HEADINGS: Final = {
    "applications": _("電子申請"),
    "reservations": _("施設予約"),
    "council": _("協議会"),
    "operations": _("運用"),
}
COMMON: Final = _("共通")
Group = tuple[Any, list[tuple[Any, str]]]  # heading, [(label, url name)]
_menus: dict[str, list[Group]] = {}


def _groups(audience: str) -> list[Group]:
    """The MENU of every room for an audience, in the order of the house.

    An entry is (label, url name), or (label, url name, heading) where it stands under a heading of its own.
    """
    if audience not in _menus:
        found: dict[Any, list[tuple[Any, str]]] = {}
        for module in modules(audience):
            heading = HEADINGS.get(module.__name__.split(".")[1], COMMON)
            for label, name, *own in getattr(module, "MENU", []):
                found.setdefault(own[0] if own else heading, []).append((label, name))
        _menus[audience] = list(found.items())
    return _menus[audience]


@lru_cache(maxsize=4_000)
def _addresses(audience: str, slug: str, language: str | None) -> list[Group]:
    """The same with addresses in place of names: the office of a body, or the council's where `slug` is empty."""
    kwargs = {"body_slug": slug} if slug else {}
    return [
        (heading, [(label, reverse(name, kwargs=kwargs)) for label, name in entries])
        for heading, entries in _groups(audience)
    ]


def _menu(request: HttpRequest, audience: str, slug: str = "") -> list[dict[str, Any]]:
    """The menu by headings, with one current entry: the page itself, or the nearest one above it in the addresses."""
    menu = _addresses(audience, slug, get_language())
    above = [url for _heading, entries in menu for _label, url in entries if request.path.startswith(url)]
    here = max(above, key=len, default="")
    current = "page" if here == request.path else "above"
    return [
        {
            "heading": heading,
            "entries": [
                {"label": label, "url": url, "current": current if url == here else ""}
                for label, url in entries
            ],
        }
        for heading, entries in menu
    ]


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    body = actor.body if actor else None
    menu: list[dict[str, Any]] = []
    if actor is not None and body is not None and actor.is_staff:
        menu = _menu(request, "office", body.slug)
    elif actor is not None and actor.at_council:
        menu = _menu(request, "secretariat")
    return {
        "actor": actor,
        "body": body,
        "menu": menu,
        "demo": settings.MOYAI_DEMO,
        "training": settings.MOYAI_DEMO,
        "house_version": settings.MOYAI_VERSION,
        "request_number": getattr(request, "moyai_id", ""),
    }
