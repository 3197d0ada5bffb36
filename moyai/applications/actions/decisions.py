"""決定 — proposed by one, decided by one who may; the letter writes itself from the facts of that moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications import appeals, flow
from moyai.applications.actions.following import plan_follow_up
from moyai.applications.actions.letters import issue_decision
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.review import need_reason
from moyai.applications.actions.route import begin_round, end_round, finish_round
from moyai.applications.actions.steps import locked, move, remember
from moyai.applications.models import Application, Decision, History
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.tenants.public import Actor, Refusal, body_of, clock


class UnknownDecision(Refusal):
    code = "unknown_decision"
    status = 422
    message = lazy("決定を選んでください。")  # type: ignore[assignment]


def _checked(kind: str, reason: str) -> str:
    if kind not in flow.DECISIONS:
        raise UnknownDecision(fields={"kind": str(UnknownDecision.message)})
    return need_reason(reason) if kind in flow.ADVERSE else reason.strip()


@action("applications.propose", permits=PERMITS, thing="application")
def propose(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    kind: str,
    reason: str = "",
    seen_version: int | None = None,
) -> Decision:
    """決裁に回す — hand a draft of the decision to who decides. An adverse one needs its reason."""
    words = _checked(kind, reason)
    row = move(actor=actor, now=now, application=application, verb=flow.PROPOSE, seen_version=seen_version)
    begin_round(actor=actor, now=now, application=row)
    decision: Decision = Decision.objects.create(
        body_id=row.body_id,
        application=row,
        kind=kind,
        reason=words,
        appeal_kind=row.procedure.appeal,
        proposed_at=now,
        proposed_by=actor.name,
    )
    return decision


@action("applications.send_back", permits=PERMITS)
def send_back(
    *, actor: Actor, now: datetime, application: Application, reason: str, seen_version: int | None = None
) -> Application:
    """差し戻す — return a proposed decision to review, with the reason."""
    words = need_reason(reason)
    # The case before its steps, as in a decision.
    row = locked(actor=actor, application=application, seen_version=seen_version)
    end_round(application=row, actor=actor, now=now, words=words)
    row = move(actor=actor, now=now, application=row, verb=flow.SEND_BACK, note=words)
    row.decisions.filter(sent_back_at__isnull=True).update(sent_back_at=now)
    return row


@action("applications.decide", permits=PERMITS, thing="application")
def decide(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    kind: str,
    reason: str = "",
    seen_version: int | None = None,
) -> Decision:
    """決定 — 承認・一部承認・却下, with reason where adverse and the 教示 in force that day; issues the letter
    where the procedure has one.

    Raises UnknownDecision, ReasonMissing, RouteNotFinished, NotPossibleNow, ChangedMeanwhile. Source: 行政手続法 第8条.
    """
    words = _checked(kind, reason)
    finish_round(
        actor=actor,
        now=now,
        application=locked(actor=actor, application=application, seen_version=seen_version),
    )
    row = move(
        actor=actor,
        now=now,
        application=application,
        verb=flow.DECIDE,
        told=words,
        seen_version=seen_version,
        outcome=kind,
    )
    body = body_of(actor.body)
    today = clock.today(now)
    appeal_kind = row.procedure.appeal
    texts = (
        appeals.paragraphs(kind=appeal_kind, on=today, body_name=body.name) if kind in flow.ADVERSE else []
    )
    written: dict[str, Any] = {
        "kind": kind,
        "reason": words,
        "appeal_kind": appeal_kind,
        "appeal": texts,
        "decided_at": now,
        "decided_by": actor.name,
    }
    decision = row.decisions.filter(sent_back_at__isnull=True).first()
    if decision is None:
        decision = Decision(body_id=row.body_id, application=row)
    for name, value in written.items():
        setattr(decision, name, value)
    if row.procedure.issues_letter:
        decision.save()
        decision.letter = issue_decision(actor=actor, now=now, application=row, decision=decision)
        decision.save(update_fields=["letter"])
    else:
        decision.save()
    plan_follow_up(actor=actor, now=now, application=row)
    tell_applicant(actor=actor, now=now, application=row, kind="decided", facts={})
    return decision


@action("applications.complete", permits=PERMITS)
def complete(
    *, actor: Actor, now: datetime, application: Application, seen_version: int | None = None
) -> Application:
    """完了 — the result is handed over and nothing is left to do."""
    return move(actor=actor, now=now, application=application, verb=flow.COMPLETE, seen_version=seen_version)


@action("applications.fetch_letter", permits=PERMITS)
def fetch_letter(*, actor: Actor, now: datetime, application: Application) -> Application:
    """文書を受け取る — the applicant takes the letter; the first time ends the procedure."""
    row = locked(actor=actor, application=application)  # a second click finds it complete
    if row.status == flow.DECIDED:
        row = move(actor=actor, now=now, application=row, verb=flow.COMPLETE)
    remember(actor=actor, now=now, application=row, verb=History.FETCHED)
    return row
