"""What every request and answer has: a number (on the log line, the error page and the deed), and the content policy."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase

log = structlog.get_logger("moyai.request")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32: five bits each


def request_log(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give the request its number (8F3K-21XA), log one line when it is answered."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        drawn = "".join([LETTERS[one & 31] for one in secrets.token_bytes(8)])
        number = f"{drawn[:4]}-{drawn[4:]}"
        request.moyai_id = number  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = get_response(request)
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                page=match.url_name if match else None,  # never the path: it may carry a secret
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
                body=getattr(getattr(getattr(request, "actor", None), "body", None), "code", None),
                account=getattr(getattr(request, "actor", None), "account_id", None),
            )
        response["X-Request-Id"] = number
        return response

    return middleware


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """The Content-Security-Policy of the settings on every answer: one and the same, so written out once."""
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault(HEADER, policy)
        return response

    return middleware
