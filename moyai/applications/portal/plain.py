"""A page with one thing on it: a heading, what is to be known, at most one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from moyai.applications.models import Procedure
from moyai.applications.portal.named import page


def journey() -> list[str]:
    """The steps of an application, as the step line names them."""
    return [_("案内"), _("入力"), _("確認"), _("完了")]


def plain_page(
    request: HttpRequest,
    heading: str,
    *,
    procedure: Procedure | None = None,
    texts: Sequence[str] = (),
    at: int = 0,
    form: Any = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`at` is the place on the step line, 0 outside a journey. `more`: banner, rows, number, label, second, …"""
    return page(
        request,
        "applications/portal/plain.html",
        {
            "service": _("電子申請"),
            "heading": heading,
            "procedure": procedure,
            "texts": texts,
            "steps": journey() if at else (),
            "steps_at": at,
            **more,
        },
        form=form,
        status=status,
    )
