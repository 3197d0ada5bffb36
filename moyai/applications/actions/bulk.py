"""まとめて行う — staff act on many applications at once: one deed and one line of history for each.

What cannot be done is left out and counted with its reason: 対象 = 成功 + 対象外.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from moyai.applications import appeals, flow
from moyai.applications.actions.decisions import decide
from moyai.applications.actions.news import announce_turn, tell_applicant
from moyai.applications.actions.review import accept, need_reason
from moyai.applications.actions.steps import closing
from moyai.applications.models import Application, Decision, History
from moyai.applications.permits import PERMITS
from moyai.audit.public import check_permit, record_each
from moyai.tenants.public import Actor, Refusal, body_of, clock

AT_ONCE = 1000  # rows locked and written by one statement


@dataclass(slots=True)
class BulkResult:
    """What a bulk act came to: ids done, and the word of the status that kept others out, by id."""

    done: list[int] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return len(self.done) + len(self.left_out)


def accept_many(
    *, actor: Actor, now: datetime, application_ids: Iterable[int], assignee: tuple[int, str] | None = None
) -> BulkResult:
    """受理 of many; those not waiting for it are left out. Where 受理 gives a number, charges or writes, one by one."""
    check_permit(actor, "applications.accept", PERMITS)
    fields: dict[str, Any] = {}
    if assignee is not None:
        fields = {"assignee_id": assignee[0], "assignee_name": assignee[1]}
    rows = Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=list(application_ids))
    singly = {
        row.pk
        for row in rows.select_related("procedure").only("id", "procedure")
        if row.procedure.acts_on_accept
    }
    plain = [pk for pk in application_ids if pk not in singly]
    result = _move_many(actor=actor, now=now, ids=plain, verb=flow.ACCEPT, fields=fields)[0]
    _one_by_one(
        result, actor, singly, flow.ACCEPT,
        lambda row: accept(actor=actor, now=now, application=row, assignee=assignee),
    )  # fmt: skip
    return result


def complete_many(*, actor: Actor, now: datetime, application_ids: Iterable[int]) -> BulkResult:
    """完了 of many decided ones."""
    check_permit(actor, "applications.complete", PERMITS)
    return _move_many(actor=actor, now=now, ids=application_ids, verb=flow.COMPLETE, fields={})[0]


def assign_many(
    *, actor: Actor, now: datetime, application_ids: Iterable[int], assignee: tuple[int, str] | None
) -> BulkResult:
    """担当を決める for many open ones; None takes the assignment away."""
    check_permit(actor, "applications.assign", PERMITS)
    account_id, name = assignee if assignee else (None, "")
    result = BulkResult()
    for chunk in _chunks(application_ids):
        rows = _locked(actor, chunk)
        result.left_out |= {row.pk: flow.WORDS[row.status].staff for row in rows if not row.open}
        open_rows = [row for row in rows if row.open]
        _update(actor, now, open_rows, {"assignee_id": account_id, "assignee_name": name})
        _remember(actor, now, open_rows, History.ASSIGN, {}, note=name)
        _deeds(actor, now, open_rows, "applications.assign")
        result.done += [row.pk for row in open_rows]
    return result


def decide_many(
    *, actor: Actor, now: datetime, application_ids: Iterable[int], kind: str, reason: str = ""
) -> BulkResult:
    """決定 of many alike. Procedures that issue letters get one letter each; the others one statement for all."""
    check_permit(actor, "applications.decide", PERMITS)
    words = need_reason(reason) if kind in flow.ADVERSE else reason.strip()
    ids = list(application_ids)
    body = body_of(actor.body)
    own = Application.objects.filter(body_id=body.pk, pk__in=ids)
    singly = set(
        own.filter(
            Q(procedure__issues_letter=True) | ~Q(procedure__route=[]) | ~Q(procedure__follow_code="")
        ).values_list("pk", flat=True)
    )
    plain = [pk for pk in ids if pk not in singly]
    result, moved = _move_many(
        actor=actor, now=now, ids=plain, verb=flow.DECIDE, fields={"outcome": kind}, told=words
    )
    _write_decisions(actor, now, moved, kind, words)
    _one_by_one(
        result, actor, singly, flow.DECIDE,
        lambda row: decide(actor=actor, now=now, application=row, kind=kind, reason=words),
    )  # fmt: skip
    return result


def _one_by_one(
    result: BulkResult, actor: Actor, ids: set[int], verb: str, act: Callable[[Application], object]
) -> None:
    """The same act for each of some applications; one that is refused is undone and left out with its reason."""
    rows = Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=ids)
    for row in rows.select_related("procedure").order_by("id"):
        if not actor.sees(row.procedure.section):
            continue
        if flow.after(row.status, verb) is None:
            result.left_out[row.pk] = flow.WORDS[row.status].staff
            continue
        try:
            with transaction.atomic():
                act(row)
        except Refusal as refusal:
            result.left_out[row.pk] = str(refusal.message)
        else:
            result.done.append(row.pk)


def _write_decisions(actor: Actor, now: datetime, rows: list[Application], kind: str, reason: str) -> None:
    body = body_of(actor.body)
    today = clock.today(now)
    proposed = {
        decision.application_id: decision
        for decision in Decision.objects.filter(
            body_id=body.pk, application_id__in=[row.pk for row in rows], sent_back_at__isnull=True
        )
    }
    texts: dict[str, list[str]] = {}
    new: list[Decision] = []
    for row in rows:
        appeal = row.procedure.appeal
        if appeal not in texts:
            texts[appeal] = (
                appeals.paragraphs(kind=appeal, on=today, body_name=body.name) if kind in flow.ADVERSE else []
            )
        decision = proposed.get(row.pk) or Decision(body_id=body.pk, application=row)
        decision.kind, decision.reason = kind, reason
        decision.appeal_kind, decision.appeal = appeal, texts[appeal]
        decision.decided_at, decision.decided_by = now, actor.name
        if decision.pk:
            decision.save()
        else:
            new.append(decision)
        tell_applicant(actor=actor, now=now, application=row, kind="decided", facts={})
    Decision.objects.bulk_create(new, batch_size=AT_ONCE)


def _move_many(
    *,
    actor: Actor,
    now: datetime,
    ids: Iterable[int],
    verb: str,
    fields: Mapping[str, Any],
    told: str = "",
) -> tuple[BulkResult, list[Application]]:
    result, moved = BulkResult(), []
    for chunk in _chunks(ids):
        rows = _locked(actor, chunk)
        alike: dict[tuple[Any, ...], list[Application]] = {}
        before = {row.pk: row.status for row in rows}
        for row in rows:
            to_status = flow.after(row.status, verb)
            if to_status is None:
                result.left_out[row.pk] = flow.WORDS[row.status].staff
            else:
                row.status = to_status
                alike.setdefault((to_status, *closing(row, clock.today(now))), []).append(row)
        for (to_status, closed_on, keep_until), going in alike.items():
            change = {
                "status": to_status,
                "open": to_status in flow.OPEN,
                "status_since": now,
                "closed_on": closed_on,
                "keep_until": keep_until,
                **fields,
            }
            _update(actor, now, going, change)
            _remember(actor, now, going, verb, before, told=told)
            _deeds(actor, now, going, f"applications.{verb}", reason=told)
            for row in going:
                announce_turn(actor=actor, now=now, application=row, event="status_changed")
            moved += going
    result.done += [row.pk for row in moved]
    return result, moved


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    every = sorted(set(ids))
    for at in range(0, len(every), AT_ONCE):
        yield every[at : at + AT_ONCE]


def _locked(actor: Actor, ids: list[int]) -> list[Application]:
    """The rows, locked in the order of their ids, so that two clerks cannot wait for each other.

    What another section keeps is not among them.
    """
    rows = (
        Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=ids)
        .select_related("procedure")
        .defer("answers", "calculated")
        .order_by("id")
        .select_for_update(of=("self",), no_key=True)
    )
    return [row for row in rows if actor.sees(row.procedure.section)]


def _update(actor: Actor, now: datetime, rows: list[Application], change: Mapping[str, Any]) -> None:
    Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=[row.pk for row in rows]).update(
        version=F("version") + 1, changed_at=now, changed_by=actor.name if actor.is_staff else "", **change
    )
    for row in rows:
        for name, value in change.items():
            setattr(row, name, value)


def _remember(
    actor: Actor,
    now: datetime,
    rows: list[Application],
    verb: str,
    before: Mapping[int, str],
    *,
    note: str = "",
    told: str = "",
) -> None:
    History.objects.bulk_create(
        [
            History(
                body_id=row.body_id,
                application=row,
                at=now,
                verb=verb,
                from_status=before.get(row.pk, row.status),
                to_status=row.status,
                by_account_id=actor.account_id,
                by_name=actor.name,
                note=note,
                told=told,
            )
            for row in rows
        ],
        batch_size=AT_ONCE,
    )


def _deeds(actor: Actor, now: datetime, rows: list[Application], verb: str, *, reason: str = "") -> None:
    """One deed for each application, in two statements."""
    record_each(actor=actor, now=now, verb=verb, things=rows, reason=reason)
