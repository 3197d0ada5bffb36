"""What staff do with an application before it is decided: accept, refuse, extend, assign, note; and its undoing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.letters import issue_on_accept
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.payment import charge_afterwards, take_back_charge
from moyai.applications.actions.steps import locked, move, remember, touch
from moyai.applications.models import Application, History, Procedure
from moyai.applications.permits import PERMITS
from moyai.audit.public import action
from moyai.calendars.public import fiscal_year
from moyai.money.public import lock_charges_about
from moyai.tenants.public import Actor, Refusal, clock, next_number


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422
    message = lazy("理由を入力してください。")  # type: ignore[assignment]


class NotCancellable(Refusal):
    code = "not_cancellable"
    status = 409
    message = lazy("審査のある手続きは、取下げで終えてください。")  # type: ignore[assignment]


class NotExtendable(Refusal):
    code = "not_extendable"
    status = 409
    message = lazy("この申請の期間は、延長できません（延長は1回までです）。")  # type: ignore[assignment]


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
    fields: dict[str, Any] = (
        {} if assignee is None else {"assignee_id": assignee[0], "assignee_name": assignee[1]}
    )
    row = move(
        actor=actor, now=now, application=application, verb=flow.ACCEPT, seen_version=seen_version, **fields
    )
    if row.procedure.acts_on_accept:
        _on_accept(actor=actor, now=now, row=row)
    return row


def _on_accept(*, actor: Actor, now: datetime, row: Application) -> None:
    """What the procedure wants done on 受理: a number, the charge, a letter."""
    procedure = row.procedure
    if procedure.case_number_kind:
        year = fiscal_year(clock.today(now))
        row.case_number = str(next_number(f"{procedure.code}", fiscal_year=year)).zfill(5)
        row.save(update_fields=["case_number"])
    if procedure.charge_when == Procedure.ChargeWhen.ACCEPT:
        charge_afterwards(actor=actor, now=now, application=row)
    if procedure.letter_on_accept:
        issue_on_accept(actor=actor, now=now, application=row)


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
    from moyai.applications.actions.route import end_round  # which takes need_reason from here

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
    end_round(application=row, actor=actor, now=now, words="取下げ", sent_back=False)
    take_back_charge(actor=actor, now=now, application=row, reason="取下げ")
    tell_applicant(actor=actor, now=now, application=row, kind="withdrawn", facts={})
    return row


@action("applications.cancel", permits=PERMITS)
def cancel(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    reason: str = "",
    seen_version: int | None = None,
) -> Application:
    """参加の取消し — of what needed no review (a course, a survey of one's own); its places go to the next.

    Raises NotCancellable once the procedure has reviewed it, NotPossibleNow.
    """
    lock_charges_about(application)
    if application.procedure.needs_review:
        raise NotCancellable
    row = move(
        actor=actor,
        now=now,
        application=application,
        verb=flow.CANCEL,
        note=reason.strip(),
        seen_version=seen_version,
    )
    take_back_charge(actor=actor, now=now, application=row, reason="参加の取消し")
    tell_applicant(actor=actor, now=now, application=row, kind="withdrawn", facts={})
    return row


@action("applications.extend", permits=PERMITS)
def extend(
    *, actor: Actor, now: datetime, application: Application, reason: str, seen_version: int | None = None
) -> Application:
    """期間の延長 — once, by the days the procedure allows, with a reason the applicant reads.

    Source: 行政機関情報公開法 第10条2項 and the 情報公開条例 that follow it. Raises NotExtendable, ReasonMissing.
    """
    words = need_reason(reason)
    row = locked(actor=actor, application=application, seen_version=seen_version)
    if not (row.open and row.procedure.extend_days and row.extended_on is None):
        raise NotExtendable
    row.due_on += timedelta(days=row.procedure.extend_days)
    row.extended_on = clock.today(now)
    touch(row=row, actor=actor, now=now, also=("due_on", "extended_on"))
    remember(actor=actor, now=now, application=row, verb=History.EXTENDED, told=words)
    tell_applicant(
        actor=actor,
        now=now,
        application=row,
        kind="extended",
        facts={"due": row.due_on, "reason": words},
    )
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
