"""Whose draft it is, and where its pages are: the link's token, this browser's cookie, the gate before each page."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from moyai.applications.actions.rows import DraftGone, Steps
from moyai.applications.models import Draft
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled, usable_for
from moyai.applications.queries.kept import draft_by_token

TOKEN = re.compile(r"^[A-Za-z0-9_-]{32}$")


def cookie_name(draft: Draft) -> str:
    return f"draft_{draft.pk}"


def remember(response: HttpResponse, draft: Draft, *, days: int) -> HttpResponse:
    """This browser need not give the code again."""
    response.set_signed_cookie(
        cookie_name(draft),
        draft.token_hash[:20],
        salt="moyai.applications.draft",
        max_age=days * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def known_here(request: HttpRequest, draft: Draft) -> bool:
    value = request.get_signed_cookie(cookie_name(draft), default=None, salt="moyai.applications.draft")
    return value == draft.token_hash[:20]


def draft_of(request: HttpRequest, token: str, *, with_application: bool = False) -> Draft:
    actor = request.actor  # type: ignore[attr-defined]
    draft = None
    if TOKEN.match(token):
        draft = draft_by_token(actor=actor, token=token, with_application=with_application)
    if draft is None:
        raise Http404
    return draft


def gate(request: HttpRequest, token: str, *, done: bool = False) -> tuple[Draft, HttpResponse | None]:
    """The draft of a link, and where to send its reader instead of the page asked for, if anywhere."""
    draft = draft_of(request, token, with_application=done)
    if not known_here(request, draft):
        return draft, redirect(url(request, "applications_portal_draft", token=token))
    if draft.application_id is not None and not done:
        return draft, redirect(url(request, "applications_portal_done", token=token))
    if draft.application_id is None:
        if request.now >= draft.expires_at:  # type: ignore[attr-defined]
            raise DraftGone
        if not done and usable_for(draft=draft, now=request.now) is not None:  # type: ignore[attr-defined]
            return draft, redirect(url(request, "applications_portal_replaced", token=token))
    return draft, None


def step_url(request: HttpRequest, token: str, page_id: str, rows: Steps = (), back: str = "") -> str:
    if rows:
        text = ".".join(f"{group}-{number}" for group, number in rows)
        address = url(request, "applications_portal_row", token=token, page_id=page_id, rows=text)
    else:
        address = url(request, "applications_portal_step", token=token, page_id=page_id)
    return f"{address}?back=check" if back else address


def go_on_url(request: HttpRequest, draft: Draft, token: str) -> str:
    if draft.application_id is not None:
        return url(request, "applications_portal_done", token=token)
    form = compiled(draft.edition)
    at = draft.page if form.page(draft.page) else form.pages[0].id
    return step_url(request, token, at)
