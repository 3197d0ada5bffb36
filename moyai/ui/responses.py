"""Answering with a page: status 422 and the error title for a refused form, and the error pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from moyai.ui.fields import error_items

# What the shared error pages exist for; another 4xx shows the page of 400.
ERROR_PAGES = (400, 403, 404, 409, 429, 500, 503)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    form: Any = None,
) -> HttpResponse:
    """Render a page. A bound form with errors (given as `form`, here or in the context) answers 422 and the
    title begins エラー（n件）：; htmx is told to swap 422 in the base page."""
    values = dict(context or {})
    if form is not None:
        values["form"] = form
    errors = error_items(values.get("form"))
    if errors:
        values["error_count"] = len(errors)
        status = 422 if status == 200 else status
    response = HttpResponse(render_to_string(template, values, request=request), status=status)
    # 表示設定 is kept in cookies; htmx and whole requests of one address never share a cached answer.
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response


def error_page(request: HttpRequest, status: int, *, message: str = "", **more: Any) -> HttpResponse:
    """An error page in plain words, with the number of the request. Never fails: a broken context falls back
    to the page without it."""
    known = status if status in ERROR_PAGES else (500 if status >= 500 else 400)
    values = {"message": message, "status": status, **more}
    # After an unexpected error the request (its transaction, its actor) may be what is broken.
    asked = None if known == 500 else request
    values.setdefault("request_number", getattr(request, "moyai_id", ""))
    if asked is None:
        values["request"] = request
    html = render_to_string(f"{known}.html", values, request=asked)
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response
