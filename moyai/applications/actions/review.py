"""What staff do with an application before it is decided: accept, refuse, assign, note; and withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.payment import take_back_charge
from moyai.applications.actions.steps import locked, move, remember, touch
from moyai.applications.models import Application, History
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.money.public import lock_charges_about
from moyai.tenants.public import Actor, Refusal


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422
    message = lazy("理由を入力してください。")  # type: ignore[assignment]


def need_reason(reason: str, *, field: str = "reason") -> str:
    """A reason without blanks around it. Raises ReasonMissing."""
    text = reason.strip()
    if not text:
        raise ReasonMissing(fields={field: str(ReasonMissing.message)})
    return text


@action("applications.accept", permits=PERMITS)
def accept(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    assignee: tuple[int, str] | None = None,
    seen_version: int | None = None,
) -> Application:
    """受理 — take an application into review; `assignee` is (account id, name). Raises NotPossibleNow."""
    fields: dict[str, Any] = {} if assignee is None else {"assignee_id": assignee[0], "assignee_name": assignee[1]}
    return move(
        actor=actor, now=now, application=application, verb=flow.ACCEPT, seen_version=seen_version, **fields
    )


@action("applications.refuse", permits=PERMITS)
def refuse(
    *, actor: Actor, now: datetime, application: Application, reason: str, seen_version: int | None = None
) -> Application:
    """不受理 — an application that cannot be taken up; the applicant is told why. Raises ReasonMissing."""
    told = need_reason(reason)
    lock_charges_about(application)  # as a payment does: the charge first, then the application
    row = move(
        actor=actor,
        now=now,
        application=application,
        verb=flow.REFUSE,
        note=told,
        told=told,
        seen_version=seen_version,
    )
    take_back_charge(actor=actor, now=now, application=row, reason="不受理")
    tell_applicant(actor=actor, now=now, application=row, kind="refused", facts={})
    return row


@action("applications.withdraw", permits=PERMITS)
def withdraw(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    reason: str = "",
    seen_version: int | None = None,
) -> Application:
    """取下げ — by the applicant, or by staff for one who asks at the counter; possible until the decision."""
    lock_charges_about(application)  # as a payment does: the charge first, then the application
    row = move(
        actor=actor,
        now=now,
        application=application,
        verb=flow.WITHDRAW,
        note=reason.strip(),
        seen_version=seen_version,
    )
    row.corrections.filter(answered_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now)
    row.decisions.filter(decided_at__isnull=True, sent_back_at__isnull=True).update(sent_back_at=now)
    take_back_charge(actor=actor, now=now, application=row, reason="取下げ")
    tell_applicant(actor=actor, now=now, application=row, kind="withdrawn", facts={})
    return row


@action("applications.assign", permits=PERMITS)
def assign(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    assignee: tuple[int, str] | None,
    seen_version: int | None = None,
) -> Application:
    """担当を決める — (account id, name), or None for nobody. Reversible: runs at once."""
    row = locked(actor=actor, application=application, seen_version=seen_version)
    row.assignee_id, row.assignee_name = assignee if assignee else (None, "")
    touch(row=row, actor=actor, now=now, also=("assignee_id", "assignee_name"))
    remember(actor=actor, now=now, application=row, verb=History.ASSIGN, note=row.assignee_name)
    return row


@action("applications.note", permits=PERMITS, thing="application")
def note(*, actor: Actor, now: datetime, application: Application, text: str) -> History:
    """メモ — for staff only; the applicant never sees it. Raises ReasonMissing when empty."""
    words = need_reason(text, field="text")
    row = locked(actor=actor, application=application)
    return remember(actor=actor, now=now, application=row, verb=History.NOTE, note=words)
