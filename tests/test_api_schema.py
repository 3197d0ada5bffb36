"""The whole API against its own description: whatever is sent, no answer is 5xx, and every answer has the described shape."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import httpx
import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from moyai.people.apikeys import new_key
from moyai.people.models import ApiKey
from moyai.people.rules import token_hash
from moyai.tenants.public import clock

EXAMPLES = 8
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
# Where a made-up value would only ever find nothing, half of the calls get one that exists.
REAL = {"slug": "chiba-shi", "code": "survey", "number": 1, "name": "juminhyo-fee", "export_id": 1}


@pytest.fixture
def schema(db: None) -> Any:
    from moyai.web.api import api

    return schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))


def sent(client: Client, case: Any) -> httpx.Response:
    """A made-up call, made in this process and in the transaction of the test."""
    told = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = told.body.encode() if isinstance(told.body, str) else told.body or b""
    address = urlsplit(told.url or "")
    response = client.generic(
        told.method or "GET",
        unquote_to_bytes(address.path).decode("latin-1"),
        body,
        content_type=told.headers.get("Content-Type", "application/octet-stream"),
        query_string=address.query,
        headers={name: value for name, value in told.headers.items() if name.lower() != "content-type"},
    )
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    made = httpx.Response(
        response.status_code,
        headers=list(response.headers.items()),
        content=content,
        request=httpx.Request(told.method or "GET", told.url or ""),
    )
    made.elapsed = timedelta(0)
    return made


@pytest.fixture
def key(world: Any) -> str:
    """A machine of 千葉市's office that may do all a machine may."""
    from moyai.people.public import api_scopes

    made, now = new_key(), clock.now()
    ApiKey.objects.create(
        account=world.at_chiba.clerk,
        body=world.chiba,
        name="試験",
        key_hash=token_hash(made),
        hint=made[-4:],
        scopes=sorted(api_scopes.labels()),
        made_at=now,
        expires_on=clock.today(now) + timedelta(days=30),
    )
    return made


@pytest.mark.parametrize("aimed", [False, True])
def test_A22_no_answer_is_5xx_and_every_answer_has_its_shape(
    schema: Any, client: Client, key: str, aimed: bool
) -> None:
    called: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()

        @seed(4)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            if aimed:
                for name in case.path_parameters:
                    case.path_parameters[name] = REAL.get(name, case.path_parameters[name])
                case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}"}
            response = sent(client, case)
            case.validate_response(response, checks=list(CHECKS))
            called.setdefault(case.operation.label, set()).add(response.status_code)

        call()
    assert len(called) >= 12
    reached = {label for label, statuses in called.items() if statuses & {200, 201}}
    if aimed:  # the calls get past the door, or the test would show nothing
        assert {"GET /api/bodies/{slug}/procedures", "GET /api/staff/applications"} <= reached, called
