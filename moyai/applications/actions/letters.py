"""文書: the letters of an application, each a snapshot of what was known when it was issued.

A procedure names its letters (`letter_on_accept`, `letter_kind`): a typst template of this room's `letters/`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import override

from moyai.applications import appeals, flow
from moyai.applications.actions.news import grouped
from moyai.applications.models import Application, Decision
from moyai.applications.queries.cases import answers_of
from moyai.calendars.public import wareki
from moyai.documents.public import Letter, issue_letter
from moyai.tenants.public import Actor, body_of

PLAIN = "decision"  # the letter that says no more than the decision


def issue_on_accept(*, actor: Actor, now: datetime, application: Application) -> Letter:
    """受理のときの文書 (受験票 …) — its kind is the procedure's `letter_on_accept`."""
    kind = application.procedure.letter_on_accept
    with override("ja"):
        facts = _frame(application, actor) | {
            "subject": f"{application.procedure.title}の受付について（通知）",
            "body": ["申込みを受け付けましたので、次のとおり通知します。"],
            "record": _record(application),
            "values": _values(application),
        }
    return issue_letter(actor=actor, now=now, kind=f"applications.{kind}", facts=facts, thing=application)


def issue_decision(*, actor: Actor, now: datetime, application: Application, decision: Decision) -> Letter:
    """決定通知書 — what is adverse goes out as the plain letter with its reason and 教示, whatever the procedure's own."""
    adverse = decision.kind == flow.REJECTED
    kind = PLAIN if adverse else application.procedure.letter_kind or PLAIN
    with override("ja"):
        facts = _decision_facts(application=application, decision=decision, actor=actor)
        if kind != PLAIN:
            facts["values"] = _values(application)
    return issue_letter(actor=actor, now=now, kind=f"applications.{kind}", facts=facts, thing=application)


def _frame(application: Application, actor: Actor) -> dict[str, Any]:
    body = body_of(actor.body)
    return {
        "addressee": {"name": application.applicant or "申請者"},
        "sender": {"title": appeals.head_of(body.name)},
        "contact": {"section": f"{body.name} {application.procedure.section}", "phone": body.phone},
        "procedure": application.procedure.title,
        "case_number": application.case_number,
    }


def _record(application: Application) -> list[dict[str, str]]:
    record = [
        {"label": "手続き", "value": application.procedure.title},
        {"label": "整理番号", "value": grouped(application.public_number)},
        {"label": "到達した日", "value": wareki(application.received_on)},
    ]
    if application.case_number:
        label = application.procedure.case_number_kind or "番号"
        record.insert(1, {"label": label, "value": application.case_number})
    return record


def _values(application: Application) -> dict[str, str]:
    """Every answer as it is read, by its path: templates take what their form shows."""
    return {row.path: row.value for section in answers_of(application) for row in section.rows}


def _decision_facts(*, application: Application, decision: Decision, actor: Actor) -> dict[str, Any]:
    outcome = {
        flow.APPROVED: "次のとおり承認しました",
        flow.PARTLY: "次のとおり一部を承認しました",
        flow.REJECTED: "次の理由により却下しました",
    }[decision.kind]
    record = [
        *_record(application),
        {"label": "決定", "value": flow.OUTCOME_WORDS[decision.kind].staff},
    ]
    if application.fee_yen:
        record.append({"label": "手数料", "value": f"金{application.fee_yen:,}円"})
    basis = application.procedure.legal_basis
    return _frame(application, actor) | {
        "subject": f"{application.procedure.title}について（通知）",
        "body": [f"{wareki(application.received_on)}に到達した申込みについて、{outcome}ので通知します。"],
        "record": record,
        "reasons": [{"text": decision.reason, "basis": basis}] if decision.reason else [],
        "appeal": decision.appeal,
        "decision": decision.kind,
    }
