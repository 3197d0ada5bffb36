"""The verifier for everybody: one file, to be read before it is run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from moyai.draws.publication import verifier


@require_GET
def verify_draw(request: HttpRequest) -> HttpResponse:
    """verify_draw.py, as a download."""
    return HttpResponse(
        verifier(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_draw.py"'},
    )


urlpatterns = [path("draws/verify_draw.py", verify_draw, name="draws_verifier")]
