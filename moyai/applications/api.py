"""API of applications: list procedures, read an edition, submit, inquire. The same actions as the pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from moyai.applications import flow
from moyai.applications.actions.submission import submit_application
from moyai.applications.api_staff import router as staff
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.cases import by_number, resident_timeline
from moyai.applications.queries.editions import current_edition, edition_for, newest_numbers
from moyai.applications.queries.places import pools_of
from moyai.applications.queries.procedures import procedure_by_code, published_procedures, reception
from moyai.applications.secrets import secret_of
from moyai.people.public import forgive, throttle
from moyai.tenants.public import Actor, Body, Refusal, acting_in, bodies_on, clock, public_number_ok

router = Router(tags=["applications"])
router.add_router("", staff)


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


class EditionOut(Schema):
    number: int
    sha256: str
    document: dict[str, Any]


class SubmitIn(Strict):
    edition: int | None = Field(
        None, gt=0, lt=2**31, description="edition the answers were made for; the one in force when absent"
    )
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


class PlaceOut(Schema):
    key: str
    label: str
    unit: str = Field(description="seats or yen")
    capacity: int
    left: int
    waiting: int
    takes: bool = Field(description="whether applications are taken, be it on the waiting list")


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


class OnlyOnPages(Refusal):
    """The procedure asks for something that only a person on the pages can give."""

    code = "only_on_pages"
    status = 409
    message = lazy("この手続きは、APIでは申し込めません。ページから申し込んでください。")  # type: ignore[assignment]


def need_plain(procedure: Procedure) -> None:
    """Raises OnlyOnPages where the applicant has to be known first, or the form begins from something before."""
    why = (
        (procedure.identity == Procedure.Identity.MAIL, _("メールアドレスの確認が必要です。")),
        (procedure.identity == Procedure.Identity.ACCOUNT, _("アカウントでのログインが必要です。")),
        (procedure.identity == Procedure.Identity.BUSINESS, _("事業者アカウントでのログインが必要です。")),
        (procedure.signature == Procedure.Signature.CARD, _("マイナンバーカードの電子署名が必要です。")),
        (procedure.record_needed, _("事前登録の番号が必要です。")),
        (bool(procedure.parent_code), _("先の申請から始める手続きです。")),
    )
    found = [words for holds, words in why if holds]
    if found:
        raise OnlyOnPages(" ".join([str(OnlyOnPages.message), *found]))


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


def _listed(procedure: Procedure, now: Any, edition: int | None) -> ProcedureOut:
    return ProcedureOut(
        code=procedure.code,
        title=procedure.title,
        summary=procedure.summary,
        category=procedure.category,
        section=procedure.section,
        reception=reception(procedure, now=now).state,
        opens_at=procedure.opens_at.isoformat() if procedure.opens_at else None,
        closes_at=procedure.closes_at.isoformat() if procedure.closes_at else None,
        edition=edition,
    )


@router.get("/bodies/{slug}/procedures", response=list[ProcedureOut], summary="手続の一覧")
def procedures(request: HttpRequest, slug: str, words: str = "") -> list[ProcedureOut]:
    """Published procedures of a body, those open now first."""
    body = _body(slug)
    with acting_in(body) as now:
        found = published_procedures(actor=_who(request, body), now=now, words=words)
        newest = newest_numbers(body=body)
        return [_listed(procedure, now, newest.get(procedure.pk)) for procedure in found]


@router.get("/bodies/{slug}/procedures/{code}", response=ProcedureOut, summary="手続")
def procedure(request: HttpRequest, slug: str, code: str) -> ProcedureOut:
    """One procedure and whether it takes applications now."""
    body = _body(slug)
    with acting_in(body) as now:
        found = _published(_who(request, body), code, now)
        edition = current_edition(found)
        return _listed(found, now, edition.number if edition else None)


@router.get("/bodies/{slug}/procedures/{code}/places", response=list[PlaceOut], summary="空き状況")
def places(request: HttpRequest, slug: str, code: str) -> list[PlaceOut]:
    """What is left of each pool of seats or yen; empty for a procedure without limits."""
    body = _body(slug)
    with acting_in(body) as now:
        found = pools_of(procedure=_published(_who(request, body), code, now), now=now)
        return [
            PlaceOut(
                key=one.pool.key,
                label=one.pool.label,
                unit=one.pool.unit,
                capacity=one.pool.capacity,
                left=one.left,
                waiting=one.waiting,
                takes=one.may_apply,
            )
            for one in found
        ]


@router.get("/bodies/{slug}/procedures/{code}/editions/{number}", response=EditionOut, summary="様式の版")
def edition(request: HttpRequest, slug: str, code: str, number: int) -> EditionOut:
    """The document of an edition, as published in docs/form-edition.schema.json, with its hash."""
    body = _body(slug)
    with acting_in(body) as now:
        of = _published(_who(request, body), code, now)
        found = edition_for(procedure=of, number=number) if 0 < number < 2**31 else None
        if found is None:
            raise Http404
        return EditionOut(number=found.number, sha256=found.sha256, document=found.document)


@router.post("/bodies/{slug}/procedures/{code}/applications", response={201: ReceiptOut}, summary="申し込む")
def submit(request: HttpRequest, slug: str, code: str, payload: SubmitIn) -> tuple[int, ReceiptOut]:
    """Submit answers; errors come back by the path of the field. Nothing is stored unless the answer is 201."""
    body = _body(slug)
    with acting_in(body) as now:
        actor = _who(request, body)
        of = _published(actor, code, now)
        chosen = current_edition(of)
        if payload.edition is not None:
            chosen = edition_for(procedure=of, number=payload.edition)
        if chosen is None:
            raise Http404
        need_plain(of)
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
        found = (
            by_number(actor=actor, number=number, secret=payload.secret) if public_number_ok(number) else None
        )
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
