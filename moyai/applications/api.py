"""API of applications: list procedures, read an edition, submit, inquire. The same actions as the pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from moyai.applications import flow
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.cases import by_number, resident_timeline
from moyai.applications.queries.editions import compiled, current_edition, edition_for
from moyai.applications.queries.procedures import procedure_by_code, published_procedures, reception
from moyai.applications.secrets import secret_of
from moyai.people.public import forgive, throttle
from moyai.tenants.public import Actor, Body, Refusal, acting_in, bodies_on, clock, public_number_ok

router = Router(tags=["applications"])


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ProcedureOut(Schema):
    code: str
    title: str
    summary: str
    category: str
    section: str
    reception: str = Field(description="open, early, over")
    opens_at: str | None
    closes_at: str | None
    edition: int | None = Field(description="number of the edition in force")


class SubmitIn(Strict):
    edition: int | None = Field(None, description="edition the answers were made for; the one in force when absent")
    token: str = Field(
        min_length=22,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="made at random by the sender, once per application: sent again it gives the same receipt",
    )
    answers: dict[str, Any]


class ReceiptOut(Schema):
    number: str
    secret: str
    received_at: str
    status: str
    fee_yen: int
    pay_url: str | None


class InquiryIn(Strict):
    number: str = Field(max_length=40)
    secret: str = Field(max_length=40)


class StepOut(Schema):
    what: str
    at: str


class InquiryOut(Schema):
    number: str
    procedure: str
    status: str
    word: str
    received_at: str
    due_on: str | None
    fee_yen: int
    payment: str
    steps: list[StepOut]


class WrongPair(Refusal):
    """The same words for an unknown number and a wrong secret."""

    code = "wrong_number_or_secret"
    status = 404
    message = "整理番号またはパスワードが違います。控えをご確認ください。"


def _body(slug: str) -> Body:
    body = bodies_on(clock.today(clock.now())).filter(slug=slug).first()
    if body is None:
        raise Http404
    return body


def _published(actor: Actor, code: str, now: Any) -> Procedure:
    procedure = procedure_by_code(actor=actor, code=code)
    if procedure is None or reception(procedure, now=now).state == "hidden":
        raise Http404
    return procedure


def _who(request: HttpRequest, body: Body) -> Actor:
    visitor: Actor = request.actor  # type: ignore[attr-defined]
    return Actor.anyone(body, request_id=visitor.request_id, network=visitor.network)


def _listed(procedure: Procedure, now: Any) -> ProcedureOut:
    edition = current_edition(procedure)
    return ProcedureOut(
        code=procedure.code,
        title=procedure.title,
        summary=procedure.summary,
        category=procedure.category,
        section=procedure.section,
        reception=reception(procedure, now=now).state,
        opens_at=procedure.opens_at.isoformat() if procedure.opens_at else None,
        closes_at=procedure.closes_at.isoformat() if procedure.closes_at else None,
        edition=edition.number if edition else None,
    )


@router.get("/bodies/{slug}/procedures", response=list[ProcedureOut], summary="手続の一覧")
def procedures(request: HttpRequest, slug: str, words: str = "") -> list[ProcedureOut]:
    """Published procedures of a body, those open now first."""
    body = _body(slug)
    with acting_in(body) as now:
        found = published_procedures(actor=_who(request, body), now=now, words=words)
        return [_listed(procedure, now) for procedure in found]


@router.get("/bodies/{slug}/procedures/{code}", response=ProcedureOut, summary="手続")
def procedure(request: HttpRequest, slug: str, code: str) -> ProcedureOut:
    """One procedure and whether it takes applications now."""
    body = _body(slug)
    with acting_in(body) as now:
        return _listed(_published(_who(request, body), code, now), now)


@router.get("/bodies/{slug}/procedures/{code}/editions/{number}", summary="様式の版")
def edition(request: HttpRequest, slug: str, code: str, number: int) -> dict[str, Any]:
    """The document of an edition, as published in docs/form-edition.schema.json, with its hash."""
    body = _body(slug)
    with acting_in(body) as now:
        found = edition_for(procedure=_published(_who(request, body), code, now), number=number)
        if found is None:
            raise Http404
        return {"number": found.number, "sha256": found.sha256, "document": found.document}


@router.post(
    "/bodies/{slug}/procedures/{code}/applications", response={201: ReceiptOut}, summary="申し込む"
)
def submit(request: HttpRequest, slug: str, code: str, payload: SubmitIn) -> tuple[int, ReceiptOut]:
    """Submit answers; errors come back by the path of the field. Nothing is stored unless the answer is 201."""
    body = _body(slug)
    with acting_in(body) as now:
        actor = _who(request, body)
        of = _published(actor, code, now)
        chosen = edition_for(procedure=of, number=payload.edition) if payload.edition else current_edition(of)
        if chosen is None:
            raise Http404
        compiled(chosen)
        application = submit_application(
            actor=actor,
            now=now,
            edition=chosen,
            answers=payload.answers,
            form_token=payload.token,
            channel=Application.Channel.API,
        )
        return 201, ReceiptOut(
            number=application.public_number,
            secret=secret_of(payload.token),
            received_at=application.received_at.isoformat(),
            status=application.status,
            fee_yen=application.fee_yen,
            pay_url=_pay_url(body, application),
        )


def _pay_url(body: Body, application: Application) -> str | None:
    if application.payment != Application.Payment.WAITING:
        return None
    return reverse("money_portal_pay", kwargs={"body_slug": body.slug, "token": application.pay_token})


@router.post("/bodies/{slug}/inquiry", response=InquiryOut, summary="申込内容の照会")
def inquiry(request: HttpRequest, slug: str, payload: InquiryIn) -> InquiryOut:
    """What became of an application, by 整理番号 and パスワード. Too many tries are answered with 429."""
    body = _body(slug)
    with acting_in(body) as now:
        actor = _who(request, body)
        number = "".join(sign for sign in payload.number if sign.isdigit())
        throttle(kind="applications.inquiry", key=f"{body.code}:{number}", now=now)
        found = by_number(actor=actor, number=number, secret=payload.secret) if public_number_ok(number) else None
        if found is None:
            raise WrongPair
        forgive(kind="applications.inquiry", key=f"{body.code}:{number}")
        return InquiryOut(
            number=found.public_number,
            procedure=found.procedure.title,
            status=found.status,
            word=flow.WORDS[found.status].resident,
            received_at=found.received_at.isoformat(),
            due_on=found.due_on.isoformat() if found.open else None,
            fee_yen=found.fee_yen,
            payment=found.payment,
            steps=[StepOut(what=step.what, at=step.at.isoformat()) for step in resident_timeline(found)],
        )
