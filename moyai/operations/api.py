"""API of 運用: systems ping a secret address, and everybody may read what is stopped now."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as lazy
from ninja import Router, Schema
from pydantic import Field

from moyai.operations.actions.probes import hear
from moyai.operations.queries.levels import status_now
from moyai.people.public import throttle
from moyai.tenants.public import Refusal

router = Router(tags=["operations"])


class BeatIn(Schema):
    well: bool = Field(True, description="false: the system itself says that it is not well")
    note: str = Field("", max_length=200)


class BeatOut(Schema):
    heard: bool


class SystemOut(Schema):
    code: str
    name: str
    state: str = Field(description="up, degraded, planned, unknown, down")


class StopOut(Schema):
    system: str
    begins: datetime
    ends: datetime | None


class StatusOut(Schema):
    at: datetime
    systems: list[SystemOut]
    outages: list[StopOut]
    planned: list[StopOut]


class BeatRefused(Refusal):
    code = "beat_refused"
    status = 422
    message = lazy("本文は空にするか、JSONで「well」と200文字までの「note」を送ってください。")  # type: ignore[assignment]


@router.post(
    "/operations/beats/{token}",
    response=BeatOut,
    summary="監視の知らせ",
    openapi_extra={
        "requestBody": {
            "required": False,
            "content": {"application/json": {"schema": BeatIn.model_json_schema()}},
        }
    },
)
def beat(request: HttpRequest, token: str) -> BeatOut:
    """A system says that it runs: `curl -X POST` to its address is enough, a body may say more.

    The address is the secret; one nobody knows is 404, and guessing is slowed down (429).
    """
    now: datetime = request.now  # type: ignore[attr-defined]
    try:
        said = request.body if request.content_type == "application/json" else b""
        given = BeatIn.model_validate_json(said) if said.strip() else BeatIn(well=True, note="")
    except ValueError as wrong:
        raise BeatRefused from wrong
    if not hear(token=token, now=now, well=given.well, note=given.note):
        throttle(kind="operations.beat", key="unknown", now=now)
        raise Http404
    return BeatOut(heard=True)


@router.get("/operations/status", response=StatusOut, summary="稼働状況")
def status(request: HttpRequest) -> StatusOut:
    """What is stopped now and what is announced for the coming 31 days; no causes, no people."""
    now: datetime = request.now  # type: ignore[attr-defined]
    found = status_now(now=now)
    return StatusOut(
        at=now,
        systems=[
            SystemOut(code=one.system.code, name=one.system.name, state=one.state) for one in found.systems
        ],
        outages=[
            StopOut(system=stop.system.code, begins=stop.begins, ends=stop.ends) for stop in found.outages
        ],
        planned=[
            StopOut(system=stop.system.code, begins=stop.begins, ends=stop.ends) for stop in found.planned
        ],
    )
