"""Large files in pieces: begun under a field of a draft, gone on with after a lost line, attached by 添付する."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from moyai.applications.actions.files import bytes_allowed
from moyai.applications.pictures import accepted_types
from moyai.applications.portal.access import draft_of, known_here
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Field
from moyai.documents.public import resumable


def _asked(request: HttpRequest, token: str, field_id: str) -> Field:
    """The field of a draft that this browser knows and that is still being filled in, or 404."""
    draft = draft_of(request, token)
    over = draft.application_id is not None or request.now >= draft.expires_at  # type: ignore[attr-defined]
    asked = compiled(draft.edition).fields.get(field_id)
    if over or not known_here(request, draft) or asked is None or asked.kind not in ("file", "photo"):
        raise Http404
    return asked


@never_cache
def arrive(request: HttpRequest, token: str, field_id: str) -> HttpResponse:
    """The beginning of a file: its name and size are judged as its field wants them."""
    asked = _asked(request, token, field_id)
    return resumable(
        request,
        drafter=token,
        accept=accepted_types(asked),
        max_bytes=bytes_allowed(asked),
        address=lambda arrival: url(
            request, "applications_portal_arriving", token=token, field_id=field_id, arrival=arrival
        ),
    )


@never_cache
def arriving(request: HttpRequest, token: str, field_id: str, arrival: str) -> HttpResponse:
    """How far it is, the next piece, or the end of it."""
    _asked(request, token, field_id)
    return resumable(request, drafter=token, token=arrival)


urlpatterns = [
    path("drafts/<str:token>/files/<str:field_id>/", arrive, name="applications_portal_arrive"),
    path(
        "drafts/<str:token>/files/<str:field_id>/<str:arrival>/",
        arriving,
        name="applications_portal_arriving",
    ),
]
