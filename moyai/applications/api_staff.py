"""API for a body's own machines, by key: the inbox, one application, lists. The same queries and acts as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict, Field, field_validator

from moyai.applications import flow
from moyai.applications.actions import exports as acts
from moyai.applications.models import Application, Export
from moyai.applications.queries.cases import case_by_number, timeline
from moyai.applications.queries.exports import Wish
from moyai.applications.queries.inbox import VIEWS, Wanted, inbox
from moyai.applications.queries.procedures import procedure_by_code
from moyai.audit.public import looked
from moyai.documents.public import export_file
from moyai.people.public import api_actor
from moyai.tenants.public import Actor, acting_in, body_of, public_number_ok

router = Router(tags=["applications-staff"])

READ, EXPORT = "applications.read", "applications.export"
KEY: list[dict[str, Any]] = [{"ApiKey": []}]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("U+0000")
        return value


class RowOut(Schema):
    number: str
    procedure: str
    status: str
    outcome: str
    received_at: str
    due_on: str
    assignee: str
    payment: str


class PageOut(Schema):
    rows: list[RowOut]
    next: str = Field(description="pass it as `after` to go on; empty at the end")


class ActOut(Schema):
    what: str
    at: str
    by: str


class CaseOut(RowOut):
    edition: int
    answers: dict[str, Any]
    calculated: dict[str, Any]
    fee_yen: int
    keep_until: str | None
    held: bool
    history: list[ActOut]


class ExportIn(Strict):
    procedure: str = Field(max_length=40)
    form: Literal["csv-utf8", "csv-cp932", "xlsx"] = "csv-utf8"
    purpose: str = Field(min_length=1, max_length=200)
    blind: bool = False
    since: date | None = None
    until: date | None = None
    status: str = Field("", max_length=10)
    outcome: str = Field("", max_length=10)
    rows_of: str = Field("", max_length=60, description="id of a repeating group: a row for each of its rows")


class ExportOut(Schema):
    id: int
    state: str = Field(description="asked, allowed, declined, expired")
    rows: int
    expires_at: str


def _row(one: Application) -> dict[str, Any]:
    return {
        "number": one.public_number,
        "procedure": one.procedure.code,
        "status": one.status,
        "outcome": one.outcome,
        "received_at": one.received_at.isoformat(),
        "due_on": one.due_on.isoformat(),
        "assignee": one.assignee_name,
        "payment": one.payment,
    }


@router.get("/staff/applications", response=PageOut, summary="受付箱", openapi_extra={"security": KEY})
def applications(
    request: HttpRequest,
    view: str = "open",
    procedure: str = "",
    status: str = "",
    after: str = "",
) -> PageOut:
    """The applications of a view of the inbox, fifty at a time. Scope: applications.read."""
    actor = api_actor(request, READ)
    with acting_in(body_of(actor.body)) as now:
        chosen = procedure_by_code(actor=actor, code=procedure[:40]) if procedure else None
        if view not in VIEWS or (procedure and chosen is None):
            raise Http404
        wanted = Wanted(
            view=view, procedure_id=chosen.pk if chosen else None, status=status[:10], after=after[:40]
        )
        found = inbox(actor=actor, now=now, wanted=wanted)
        return PageOut(rows=[RowOut(**_row(one)) for one in found.rows], next=found.older)


def _case(actor: Actor, number: str) -> Application:
    digits = "".join(sign for sign in number if sign.isdigit())
    found = case_by_number(actor=actor, number=digits) if public_number_ok(digits) else None
    if found is None or not actor.sees(found.procedure.section):
        raise Http404
    return found


@router.get("/staff/applications/{number}", response=CaseOut, summary="申請", openapi_extra={"security": KEY})
def application(request: HttpRequest, number: str) -> CaseOut:
    """One application with its answers and history; the look is on record. Scope: applications.read."""
    actor = api_actor(request, READ)
    with acting_in(body_of(actor.body)) as now:
        one = _case(actor, number)
        looked(actor=actor, now=now, verb="applications.view", thing=one)
        return CaseOut(
            **_row(one),
            edition=one.edition.number,
            answers=one.answers,
            calculated=one.calculated,
            fee_yen=one.fee_yen,
            keep_until=one.keep_until.isoformat() if one.keep_until else None,
            held=one.held,
            history=[ActOut(what=step.what, at=step.at.isoformat(), by=step.by) for step in timeline(one)],
        )


def _shown(one: Export) -> ExportOut:
    return ExportOut(id=one.pk, state=one.state, rows=one.rows, expires_at=one.expires_at.isoformat())


@router.post(
    "/staff/exports", response={201: ExportOut}, summary="書き出しを依頼する", openapi_extra={"security": KEY}
)
def ask_export(request: HttpRequest, payload: ExportIn) -> tuple[int, ExportOut]:
    """Ask for a list. One that tells who somebody is, or is long, waits for another person at the office.

    Scope: applications.export.
    """
    actor = api_actor(request, EXPORT)
    with acting_in(body_of(actor.body)) as now:
        procedure = procedure_by_code(actor=actor, code=payload.procedure)
        if procedure is None or not actor.sees(procedure.section):
            raise Http404
        if (payload.status and payload.status not in flow.STATUSES) or (
            payload.outcome and payload.outcome not in flow.DECISIONS
        ):
            raise Http404
        made = acts.ask(
            actor=actor,
            now=now,
            procedure=procedure,
            wish=Wish(
                since=payload.since,
                until=payload.until,
                status=payload.status,
                outcome=payload.outcome,
                rows_of=payload.rows_of,
                blind=payload.blind,
            ),
            form=payload.form,
            purpose=payload.purpose,
        )
        return 201, _shown(made)


def _export(actor: Actor, export_id: int) -> Export:
    if not 0 < export_id < 2**63:
        raise Http404
    rows = Export.objects.filter(body_id=body_of(actor.body).pk, pk=export_id, asked_by_id=actor.account_id)
    found = rows.select_related("procedure").first()
    if found is None or not actor.sees(found.procedure.section):
        raise Http404
    return found


@router.get(
    "/staff/exports/{export_id}",
    response=ExportOut,
    summary="書き出しの依頼",
    openapi_extra={"security": KEY},
)
def export(request: HttpRequest, export_id: int) -> ExportOut:
    """What became of a request of one's own. Scope: applications.export."""
    actor = api_actor(request, EXPORT)
    with acting_in(body_of(actor.body)):
        return _shown(_export(actor, export_id))


@router.get(
    "/staff/exports/{export_id}/file",
    response=None,
    summary="書き出しを受け取る",
    openapi_extra={
        "security": KEY,
        "responses": {
            200: {
                "description": "the list",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ("text/csv", "application/zip", acts.XLSX_TYPE)
                },
            }
        },
    },
)
def export_content(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file, once it is allowed, for 24 hours; each fetch is on record. Scope: applications.export."""
    actor = api_actor(request, EXPORT)
    with acting_in(body_of(actor.body)) as now:
        one = _export(actor, export_id)
        return export_file(acts.fetch(actor=actor, now=now, export=one), name=one.procedure.code)
