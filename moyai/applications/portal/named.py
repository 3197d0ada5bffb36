"""Pages about a procedure: they name it in the reader's language, as `procedure_title`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from moyai.applications.models import Procedure
from moyai.applications.queries.titles import titles_of
from moyai.ui.public import page as shown


def named(procedure: Procedure) -> str:
    """What the newest edition of its form calls the procedure; asks the database nothing on a Japanese page."""
    return titles_of([procedure])[procedure.pk]


def page(request: HttpRequest, template: str, context: Mapping[str, Any], **more: Any) -> HttpResponse:
    """A page of the portal; with a `procedure` in its context it also has the `procedure_title`."""
    procedure = context.get("procedure")
    if procedure is not None and "procedure_title" not in context:
        context = {**context, "procedure_title": named(procedure)}
    return shown(request, template, dict(context), **more)
