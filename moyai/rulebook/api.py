"""GET /api/rules, GET /api/rules/{name}, POST /api/rules/{name} — the published rules for machines; no key needed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from moyai.rulebook import intake
from moyai.rulebook.registry import all_rules, find_rule
from moyai.rulebook.rules import BadCase, Quote, Rule, RulebookError, check_case
from moyai.rulebook.words import error_json, rule_json
from moyai.tenants.public import clock

router = Router(tags=["rules"])

ASKED = {
    "type": "object",
    "required": ["case"],
    "additionalProperties": False,
    "properties": {
        "case": {"type": "object", "title": "入力", "description": "形は GET /api/rules/{name} の input"},
        "on": {"type": "string", "format": "date", "title": "適用する日", "description": "なければ今日"},
        "body": {"type": "string", "maxLength": 6, "title": "全国地方公共団体コード"},
    },
}
REQUEST = {"requestBody": {"required": True, "content": {"application/json": {"schema": ASKED}}}}


def _json(value: object, status: int = 200) -> HttpResponse:
    return JsonResponse(value, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def _refused(error: RulebookError) -> HttpResponse:
    return _json(error_json(error), error.status)


@router.get("/rules", summary="規則の一覧", operation_id="rules_list")
def list_rules(request: HttpRequest) -> HttpResponse:
    return _json(
        {
            "rules": [
                {
                    "name": rule.name,
                    "title": {"ja": rule.title[0], "en": rule.title[1]},
                    "source": rule.source,
                    "versions": [version.label for version in rule.versions],
                }
                for rule in all_rules()
            ]
        }
    )


@router.get("/rules/{name}", summary="1つの規則", operation_id="rules_show")
def show_rule(request: HttpRequest, name: str) -> HttpResponse:
    try:
        return _json(rule_json(find_rule(name)))
    except RulebookError as error:
        return _refused(error)


@router.post("/rules/{name}", summary="規則で計算する", operation_id="rules_run", openapi_extra=REQUEST)
def run_rule(request: HttpRequest, name: str) -> HttpResponse:
    """The result with its steps, version and source."""
    try:
        rule = find_rule(name)
        asked = _asked(request)
        on = asked.get("on") or clock.today(request.now)  # type: ignore[attr-defined]
        quote = _work_out(rule, asked["case"], on, asked.get("body"))
    except RulebookError as error:
        return _refused(error)
    return _json(quote.as_json())


def _work_out(rule: Rule, case: Any, on: date, body_code: str | None) -> Quote:
    try:
        return rule.work_out(case, on=on, body_code=body_code)
    except BadCase as bad:  # a path leads from the top of what was sent
        raise BadCase(
            {f"case.{path}".removesuffix(".case"): text for path, text in bad.fields.items()}
        ) from bad


def _asked(request: HttpRequest) -> dict[str, Any]:
    try:
        raw = request.body
    except RequestDataTooBig:
        raise intake.TooLarge(intake.TEXTS["large"]) from None
    return check_case(ASKED, intake.read_json(raw))
