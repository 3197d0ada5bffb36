"""A draft that does not begin from nothing: made at once, and this browser knows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moyai.applications.actions.drafts import Beginning, start_draft
from moyai.applications.actions.submission import NotAccepting
from moyai.applications.models import FormEdition, Procedure
from moyai.applications.portal.access import TOKEN, go_on_url, remember
from moyai.applications.portal.procedures import shown_form, url
from moyai.applications.queries import reception
from moyai.applications.secrets import new_token


def open_form(request: HttpRequest, code: str) -> tuple[Procedure, FormEdition]:
    """A procedure that takes applications now. Raises NotAccepting."""
    procedure, edition = shown_form(request, code)
    if edition is None or not reception(procedure, now=request.now).is_open:  # type: ignore[attr-defined]
        raise NotAccepting
    return procedure, edition


def token_of(request: HttpRequest) -> str:
    """The one-time token that the page brought, so that a second click finds the same draft."""
    token = request.POST.get("token", "")
    return token if TOKEN.match(token) else new_token()


def begun(request: HttpRequest, edition: FormEdition, beginning: Beginning) -> HttpResponse:
    """Start the draft and go to its first page."""
    token = token_of(request)
    draft = start_draft(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        edition=edition,
        token=token,
        beginning=beginning,
    )
    if draft.application_id is not None:
        return redirect(url(request, "applications_portal_done", token=token))
    draft.edition, draft.procedure = edition, edition.procedure
    return remember(redirect(go_on_url(request, draft, token)), draft, days=edition.procedure.draft_days)
