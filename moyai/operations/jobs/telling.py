"""Telling members: of a planned stop, of what became of their case, of a new issue. Each may run twice: who was told is skipped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model

from moyai.notices.public import Recipient, notices_about, tell
from moyai.operations.models import Case, CaseStep, Issue, Stop
from moyai.people.public import Account
from moyai.tenants.public import (
    Actor,
    Body,
    acting_in,
    bodies_on,
    body_of,
    clock,
    current_body,
    job,
    members_of,
)


def _mail_of(body: Body) -> str | None:
    """Where the council writes to a member: its contact, if that is an address."""
    return body.contact if "@" in body.contact else None


def _tell(body: Body, now: datetime, kind: str, facts: dict[str, Any], about: Model, to: Recipient) -> None:
    tell(actor=Actor.system(body), now=now, kind=kind, facts=facts, to=to, about=about)


@job(name="operations.tell_of_stop")
def tell_of_stop(*, stop_id: int, now: datetime) -> None:
    """計画停止の知らせ — to the members of the system's service, or to all."""
    stop = Stop.objects.select_related("system", "system__service").filter(pk=stop_id).first()
    if stop is None or stop.voided_on is not None or stop.ends is None or stop.begins <= now:
        return
    on = clock.today(stop.begins)
    service = stop.system.service
    facts = {
        "system": stop.system.name,
        "begins": stop.begins,
        "ends": stop.ends,
        "cause": stop.cause,
    }
    for body in members_of(service, on) if service is not None else bodies_on(on):
        with acting_in(body):
            if not notices_about(stop):
                to = Recipient(email=_mail_of(body), name=body.name)
                _tell(body, now, "operations.stop_announced", facts, stop, to)


@job(name="operations.tell_of_case")
def tell_of_case(*, case_id: int, version: int, now: datetime) -> None:
    """案件の知らせ — to who asked: answered, asked back, or decided. What came after is told by its own job."""
    case = Case.objects.select_related("body").filter(pk=case_id).first()
    if case is None or case.body is None:
        return
    step = (
        CaseStep.objects.filter(case=case, what__in=(CaseStep.What.ANSWER, CaseStep.What.ASK))
        .order_by("-at", "-id")
        .first()
    )
    if step is None:
        return
    account = Account.objects.filter(pk=case.account_id).first() if case.account_id else None
    body = case.body
    kind = "operations.case_asked" if step.what == CaseStep.What.ASK else "operations.case_answered"
    facts = {"number": case.number, "title": case.title, "state": case.get_state_display(), "text": step.text}
    with acting_in(body):
        told = [one for one in notices_about(case) if one.told_at >= step.at]
        if told:
            return
        to = Recipient(
            email=account.email if account is not None and account.is_active else _mail_of(body),
            account_id=case.account_id,
            name=case.asked_by or body.name,
        )
        _tell(body, now, kind, facts, case, to)


@job(name="operations.tell_of_issue")
def tell_of_issue(*, issue_id: int, now: datetime) -> None:
    """メールマガジン — to the member whose wall is open."""
    body = body_of(current_body())
    issue = Issue.objects.filter(pk=issue_id).first()
    if issue is None or notices_about(issue):
        return
    facts = {"name": issue.name, "issue": issue.number, "title": issue.title, "text": issue.text}
    to = Recipient(email=_mail_of(body), name=body.name)
    _tell(body, now, "operations.newsletter", facts, issue, to)
