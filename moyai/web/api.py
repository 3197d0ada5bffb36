"""The API: every room's router under /api/, one shape for errors."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from moyai.people.public import TooManyTries
from moyai.tenants.public import Refusal
from moyai.web.rooms import modules

ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            },
            "required": ["code", "message", "fields"],
        }
    },
    "required": ["error"],
}


class Described(NinjaAPI):
    """The API with its one shape of errors in the description of every operation, and the key of machines."""

    def get_openapi_schema(self, **more: Any) -> Any:
        schema = super().get_openapi_schema(**more)
        parts = schema.setdefault("components", {})
        parts.setdefault("schemas", {})["Error"] = ERROR
        parts.setdefault("securitySchemes", {}).setdefault(
            "ApiKey", {"type": "http", "scheme": "bearer", "description": "APIの鍵"}
        )
        error = {"schema": {"$ref": "#/components/schemas/Error"}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"] = {
                    str(status): told for status, told in operation["responses"].items()
                }
                operation["responses"].setdefault(
                    "default",
                    {"description": "断り: what is wrong, by field", "content": {"application/json": error}},
                )
        return schema


api = Described(
    title="Moyai",
    version="1",
    description="もやい: 協議会の共同システムのAPI",
    urls_namespace="api",
    docs_url=None,
)
for _module in modules("api"):
    api.add_router("", _module.router)


def _error(
    request: HttpRequest, status: int, code: str, message: str, fields: dict[str, str]
) -> HttpResponse:
    return api.create_response(
        request, {"error": {"code": code, "message": message, "fields": fields}}, status=status
    )


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    from django.db import transaction

    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    response = _error(
        request, error.status, error.code, str(error.message), {k: str(v) for k, v in error.fields.items()}
    )
    if isinstance(error, TooManyTries):
        wait = (error.until_at - request.now).total_seconds()  # type: ignore[attr-defined]
        response["Retry-After"] = str(max(1, ceil(wait)))
    return response


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, str] = {}
    for problem in error.errors:
        place: list[Any] = [
            part for part in problem["loc"] if part not in ("body", "query", "path", "payload", "data")
        ]
        fields[".".join(str(part) for part in place) or "body"] = _sentence(problem)
    return _error(request, 422, "invalid", "入力内容に誤りがあります。", fields)


def _sentence(problem: dict[str, Any]) -> str:
    kind = str(problem.get("type", ""))
    if kind == "missing":
        return "入力してください。"
    if kind == "extra_forbidden":
        return "この項目はありません。"
    return "この項目の形が違います。"


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    message = "JSONとして読み取れません。" if error.status_code == 400 else str(error)
    return _error(request, error.status_code, "bad_request", message, {})


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _error(request, 413, "too_big", "送られた内容が大きすぎます。", {})


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return _error(request, 404, "not_found", "見つかりません。", {})
