"""手続 and 様式の版 — making, editing, publishing. A published edition never changes; the next one follows."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.steps import ChangedMeanwhile
from moyai.applications.models import EditionDraft, FormEdition, Procedure, RouteStep
from moyai.applications.permits import PERMITS
from moyai.applications.rules import EditionProblem, EditionRefused, compile_edition
from moyai.applications.rules.procedure_words import WORDS, faults_of
from moyai.audit.public import action
from moyai.tenants.public import Actor, Refusal, body_of, clock

# What the procedure's pages edit. The code is given once: it stands in addresses people keep.
EDITABLE: Final = (
    "title",
    "summary",
    "category",
    "section",
    "contact",
    "audience",
    "to_prepare",
    "minutes",
    "elsewhere",
    "legal_basis",
    "fee_note",
    "translations",
    "needs_review",
    "issues_letter",
    "identity",
    "signature",
    "mandate_allowed",
    "record_needed",
    "parent_code",
    "copies_previous",
    "charge_when",
    "pay_within_days",
    "unpaid_lapses",
    "paid_completes",
    "route",
    "case_number_kind",
    "letter_on_accept",
    "letter_kind",
    "return_days",
    "follow_code",
    "follow_days",
    "extend_days",
    "keep_years",
    "keep_from",
    "shares_answers",
    "processing_days",
    "processing_calendar",
    "correction_days",
    "draft_days",
    "appeal",
    "opens_at",
    "closes_at",
    "published",
    "retired_on",
)


# What is amiss with a translation, said beside its field.
TRANSLATION_FAULTS: Final = {
    "shape": lazy("この訳を入れるところがありません。"),
    "text": lazy("訳を文字で入力してください。"),
    "long": lazy("%(found)s文字以内で入力してください。"),
    "reading": lazy("「%(found)s」に読みがありません。「漢字《かんじ》」のように書いてください。"),
}


class ProcedureRefused(Refusal):
    code = "procedure_refused"
    status = 422
    message = lazy("手続きの内容を確かめてください。")  # type: ignore[assignment]


class CodeTaken(Refusal):
    code = "procedure_code_taken"
    status = 409
    message = lazy("この手続コードは、すでに使われています。別のコードにしてください。")  # type: ignore[assignment]


class NothingToPublish(Refusal):
    code = "nothing_to_publish"
    status = 409
    message = lazy("様式の版がまだありません。様式を公開してから、手続きを公開してください。")  # type: ignore[assignment]


class EditionNotFit(Refusal):
    """The document is not a form edition; `problems` says where and why."""

    code = "edition_refused"
    status = 422
    message = lazy("様式に直すところがあります。")  # type: ignore[assignment]

    def __init__(self, problems: list[EditionProblem]) -> None:
        super().__init__(fields={problem.path: str(problem.message) for problem in problems})
        self.problems = problems


def route_ok(route: object) -> bool:
    """Whether a 決裁の経路 can be gone: 1–20 steps of {position ≥ 1, name, kind, section, days}, the last one a 決裁."""
    if not isinstance(route, list) or len(route) > 20:
        return False
    for step in route:
        if not isinstance(step, dict) or step.keys() - {"position", "name", "kind", "section", "days"}:
            return False
        position, days = step.get("position"), step.get("days", 0)
        if type(position) is not int or type(days) is not int or not 1 <= position <= 20 or not 0 <= days <= 366:
            return False
        texts = (step.get("name"), step.get("section", ""))
        if not all(isinstance(text, str) and len(text) <= 60 for text in texts) or not step.get("name"):
            return False
        if step.get("kind") not in RouteStep.Kind.values:
            return False
    last = max((step["position"] for step in route), default=0)
    ends = [step for step in route if step["position"] == last]
    names = {(step["position"], step["name"]) for step in route}
    return not route or (
        len(ends) == 1 and ends[0]["kind"] == RouteStep.Kind.APPROVE and len(names) == len(route)
    )


def _checked(procedure: Procedure) -> None:
    try:
        procedure.full_clean(exclude=["body"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise ProcedureRefused(
            fields={name: texts[0] for name, texts in error.message_dict.items()}
        ) from error
    limits = {name: getattr(procedure._meta.get_field(name), "max_length", None) for name in WORDS}
    faults = faults_of(procedure.translations, limits)
    amiss = {one.field: str(TRANSLATION_FAULTS[one.code]) % {"found": one.found} for one in faults}
    if amiss:
        raise ProcedureRefused(fields=amiss)
    if not route_ok(procedure.route):
        raise ProcedureRefused(fields={"route": str(lazy("決裁の経路の書き方を確かめてください。"))})
    if procedure.opens_at and procedure.closes_at and procedure.closes_at <= procedure.opens_at:
        text = lazy("受付の終わりは、受付の始まりより後にしてください。")
        raise ProcedureRefused(fields={"closes_at": str(text)})


@action("applications.create_procedure", permits=PERMITS, refuses={"procedure_code_once": CodeTaken})
def create_procedure(*, actor: Actor, now: datetime, code: str, facts: Mapping[str, Any]) -> Procedure:
    """手続を登録する — not published yet. Raises ProcedureRefused, CodeTaken."""
    fields = {name: facts[name] for name in (*EDITABLE, "catalogue_code", "catalogue_version") if name in facts}
    procedure = Procedure(
        body_id=body_of(actor.body).pk,
        code=code,
        registered_on=facts.get("registered_on") or clock.today(now),
        **{**fields, "published": False},
    )
    _checked(procedure)
    procedure.save(force_insert=True)
    return procedure


@action("applications.edit_procedure", permits=PERMITS)
def edit_procedure(
    *,
    actor: Actor,
    now: datetime,
    procedure: Procedure,
    facts: Mapping[str, Any],
    seen_version: int | None = None,
) -> Procedure:
    """手続を直す — only what `facts` names. Raises ProcedureRefused, NothingToPublish, ChangedMeanwhile."""
    row: Procedure = (
        Procedure.objects.filter(body_id=body_of(actor.body).pk)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=procedure.pk)
    )
    if seen_version is not None and row.version != seen_version:
        raise ChangedMeanwhile
    for name in EDITABLE:
        if name in facts:
            setattr(row, name, facts[name])
    _checked(row)
    if row.published and not row.editions.exists():
        raise NothingToPublish(fields={"published": str(NothingToPublish.message)})
    row.version += 1
    row.save(force_update=True)
    return row


@action("applications.keep_edition_draft", permits=PERMITS)
def keep_edition_draft(
    *,
    actor: Actor,
    now: datetime,
    procedure: Procedure,
    document: Mapping[str, Any],
    seen_version: int | None = None,
) -> EditionDraft:
    """様式の下書きを保存する — any JSON object is kept, so that no work is lost; publishing checks it."""
    body = body_of(actor.body)
    Procedure.objects.select_for_update(of=("self",), no_key=True).get(body_id=body.pk, pk=procedure.pk)
    draft = EditionDraft.objects.filter(body_id=body.pk, procedure=procedure).first()
    if draft is not None and seen_version is not None and draft.version != seen_version:
        raise ChangedMeanwhile
    if draft is None:
        latest = procedure.editions.order_by("-number").values_list("number", flat=True).first()
        draft = EditionDraft(body_id=body.pk, procedure=procedure, base_number=latest or 0, version=0)
    draft.document = dict(document)
    draft.version += 1
    draft.updated_at = now
    draft.updated_by = actor.name
    draft.save()
    return draft


@action("applications.publish_edition", permits=PERMITS)
def publish_edition(
    *, actor: Actor, now: datetime, procedure: Procedure, document: Mapping[str, Any]
) -> FormEdition:
    """様式の版を公開する — checked whole, numbered, hashed, never changed again. Raises EditionNotFit.

    What becomes of answers under way stands in the document (`in_flight`): 続ける・移す・止める.
    """
    body = body_of(actor.body)
    own: dict[str, Any] = copy.deepcopy(dict(document))
    own["procedure"] = procedure.code  # a copy of another procedure's form becomes this one's
    try:
        compiled = compile_edition(own)
    except EditionRefused as refused:
        raise EditionNotFit(refused.problems) from refused
    row: Procedure = (
        Procedure.objects.filter(body_id=body.pk)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=procedure.pk)
    )
    latest = row.editions.order_by("-number").values_list("number", flat=True).first() or 0
    edition: FormEdition = FormEdition.objects.create(
        body_id=body.pk,
        procedure=row,
        number=latest + 1,
        document=own,
        sha256=compiled.content_hash,
        in_flight=compiled.in_flight.get("policy", FormEdition.InFlight.CONTINUE),
        in_flight_until=_end_of_day(compiled.in_flight.get("until")),
        published_at=now,
        published_by=actor.name,
    )
    row.charges_fee = compiled.has_fee
    row.version += 1
    row.save(update_fields=["charges_fee", "version"])
    EditionDraft.objects.filter(body_id=body.pk, procedure=row).delete()
    return edition


def _end_of_day(day: str | None) -> datetime | None:
    """The first instant after a Japanese day given as ISO text."""
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(0), tzinfo=clock.JST)
