"""API of 運用: systems ping a secret address, and everybody may read what is stopped now."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from moyai.operations.actions.probes import hear
from moyai.operations.queries.levels import status_now
from moyai.people.public import throttle

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


@router.post("/operations/beats/{token}", response=BeatOut, summary="監視の知らせ")
def beat(request: HttpRequest, token: str, payload: BeatIn | None = None) -> BeatOut:
    """A system says that it runs. The address is the secret; one nobody knows is 404, and guessing is slowed down (429)."""
    now: datetime = request.now  # type: ignore[attr-defined]
    well, note = (payload.well, payload.note) if payload is not None else (True, "")
    if not hear(token=token, now=now, well=well, note=note):
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
