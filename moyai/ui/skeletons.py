"""Pages asked for by the hundred at once: all that is the same for everybody is printed once, the rest put into its gaps.

A refused booking is answered with a page of which four sentences differ; its header, menus and footer took most of its time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from html import escape
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from moyai.ui.templatetags.ui import without_language

KEPT = 256
PATH = "path"
_GAP = re.compile("\x02([a-z_]+)\x03")  # control characters: nothing that a template prints has them
_kept: dict[tuple[Any, ...], list[str]] = {}


def page_with_gaps(
    request: HttpRequest,
    template: str,
    same: Mapping[str, str | bool],
    gaps: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of `template`, which prints `gaps` (HTML already) and depends on nothing else of the person or the moment.

    `same`: the rest of its context, of few values. What the layout itself knows is looked after here: body, language, 表示設定,
    whether somebody is signed in, the address, and messages, with which the page is printed whole.
    """
    if len(get_messages(request)):
        given = {name: SafeString(html) for name, html in gaps.items()}
        return _answer(render_to_string(template, {**same, **given}, request=request), status)
    posted = request.method not in ("GET", "HEAD")
    key = (template, *_layout(request), "" if posted else request.get_full_path(), *gaps, *same.items())
    pieces = _kept.get(key)
    if pieces is None:
        marks = {name: SafeString(f"\x02{name}\x03") for name in gaps}
        shown = copy(request)
        if posted:  # its address stands in the links to its other languages alone
            shown.path = f"\x02{PATH}\x03"
        pieces = _GAP.split(render_to_string(template, {**same, **marks}, request=shown))
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = pieces
    filled = {**gaps, PATH: escape(without_language(request.path))} if posted else gaps
    parts = list(pieces)
    for at in range(1, len(parts), 2):
        parts[at] = filled[parts[at]]
    return _answer("".join(parts), status)


def _layout(request: HttpRequest) -> tuple[Any, ...]:
    """All that a layout prints of a request: see `ui/base.html`, the context processors and `templatetags.ui`."""
    actor = getattr(request, "actor", None)
    body = getattr(actor, "body", None)
    facts = tuple((name, value) for name, value in vars(body).items() if name[0] != "_") if body else ()
    return (
        get_language(),
        get_script_prefix(),
        get_urlconf(),
        settings.MOYAI_DEMO,
        facts,
        actor is not None and actor.account_id is not None,
        tuple(sorted(actor.roles)) if actor is not None else (),
        request.COOKIES.get("moyai_theme"),
        request.COOKIES.get("moyai_text"),
    )


def _answer(html: str, status: int) -> HttpResponse:
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response
