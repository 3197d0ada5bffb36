"""受付 — a case comes, is answered, asked about, closed and opened again; every step stays."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.actions.case_rows import (
    CaseFacts,
    NotNow,
    What,
    due_of,
    locked,
    move,
    put_down,
    reckon,
    review_of,
    said,
    saved,
    step,
    tell_member,
)
from moyai.operations.models import Case, CaseStep, Kind
from moyai.operations.permits import PERMITS
from moyai.operations.rules import cases as rules
from moyai.tenants.public import Actor, Refusal


class NotDecided(Refusal):
    code = "not_decided"
    message = _("採用・不採用・保留を決めてから、解決か完了にしてください。")  # type: ignore[assignment]


@action("operations.open_case", permits=PERMITS)
def open_case(
    *,
    actor: Actor,
    now: datetime,
    kind: Kind,
    title: str,
    text: str = "",
    **facts: Unpack[CaseFacts],
) -> Case:
    """受付 — a case comes; its deadlines are reckoned on the office calendar from `came_at` (now unless said otherwise).

    A member's staff open it for their own body, whatever `body` says. A kind with limits (仕様書確認)
    is told at once whether a review is due (`review_due`), by its amount and sort of `procurement` (goods, services, lease).
    Raises TextMissing, AmountMissing, ProcurementMissing, CameInTheFuture.
    """
    return put_down(actor=actor, now=now, kind=kind, title=title, text=text, **facts)


@action("operations.answer_case", permits=PERMITS)
def answer_case(
    *,
    actor: Actor,
    now: datetime,
    case: Case,
    version: int,
    text: str,
    solved: bool = False,
    amount_after_yen: int | None = None,
) -> Case:
    """回答 — the first one stops the clock of the answer; `solved` that of the solution. The member is told.

    Raises ChangedMeanwhile, NotNow, TextMissing; NotDecided where a wish would be solved without being decided.
    """
    row = locked(actor, case, version)
    if solved and row.kind.ends_in_decision and not row.decision:
        raise NotDecided
    move(row, "solve" if solved else "answer")
    step(row, actor, now, What.ANSWER, said(text), state=row.state)
    row.answered_at = row.answered_at or now
    row.solved_at = now if solved else None
    if amount_after_yen is not None:
        row.amount_after_yen = amount_after_yen
    done = saved(row, "answered_at", "solved_at", "amount_after_yen")
    tell_member(done)
    return done


@action("operations.ask_back", permits=PERMITS)
def ask_back(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """確認 — ask who asked; the clocks stand until the reply. Raises ChangedMeanwhile, NotNow, TextMissing."""
    row = locked(actor, case, version)
    move(row, "ask")
    step(row, actor, now, What.ASK, said(text), state=row.state)
    done = saved(row)
    tell_member(done)
    return done


@action("operations.reply_on_case", permits=PERMITS)
def reply_on_case(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """返信 — of the member; the clocks go on, moved by the time they stood. Raises as `ask_back`, NotYours."""
    row = locked(actor, case, version)
    move(row, "reply")
    step(row, actor, now, What.REPLY, said(text), state=row.state)
    reckon(row)
    return saved(row, "answer_by", "solve_by")


@action("operations.note_on_case", permits=PERMITS)
def note_on_case(*, actor: Actor, now: datetime, case: Case, text: str) -> CaseStep:
    """内部メモ — among those who answer; the member never reads it. Needs no version: a note takes nothing away."""
    row = locked(actor, case, None)
    return step(row, actor, now, What.NOTE, said(text))


@action("operations.assign_case", permits=PERMITS)
def assign_case(*, actor: Actor, now: datetime, case: Case, version: int, assignee: str) -> Case:
    """担当 — who answers; "" takes nobody. Raises ChangedMeanwhile, NotNow."""
    row = locked(actor, case, version)
    move(row, "assign")
    row.assignee = assignee[:100]
    step(row, actor, now, What.NOTE, f"担当：{row.assignee or 'なし'}", state=row.state)
    return saved(row, "assignee")


@action("operations.turn_case", permits=PERMITS)
def turn_case(
    *,
    actor: Actor,
    now: datetime,
    case: Case,
    version: int,
    kind: Kind,
    amount_yen: int | None = None,
    procurement: str = "",
) -> Case:
    """種類の変更 — it came as one kind and is another, or for another amount; its clocks are reckoned anew from when it came.

    What is not said of amount and 調達の種類 stays. Raises ChangedMeanwhile, AmountMissing, ProcurementMissing, NotNow where it is
    solved or closed.
    """
    row = locked(actor, case, version)
    if row.state not in rules.UNDONE:
        raise NotNow
    amount = row.amount_yen if amount_yen is None else amount_yen
    sort = procurement or row.procurement
    found = review_of(kind, sort, amount)
    before, row.kind, row.amount_yen, row.procurement = row.kind.name, kind, amount, sort
    row.review_due = found.due if found is not None else None
    row.review_limit_yen = found.limit_yen if found is not None else None
    words = [f"種類：{before}から{kind.name}へ" if before != kind.name else f"種類：{kind.name}"]
    if amount_yen is not None:
        words.append(f"金額：{amount_yen:,}円")
    if found is not None:
        words.append(f"確認：{'必要' if found.due else '不要'}")
    step(row, actor, now, What.NOTE, "、".join(words))
    reckon(row)
    return saved(
        row, "kind", "answer_by", "solve_by", "amount_yen", "procurement", "review_due", "review_limit_yen"
    )


@action("operations.close_case", permits=PERMITS)
def close_case(*, actor: Actor, now: datetime, case: Case, version: int) -> Case:
    """完了 — after it was solved. Raises ChangedMeanwhile, NotNow, NotDecided."""
    row = locked(actor, case, version)
    if row.kind.ends_in_decision and not row.decision:
        raise NotDecided
    move(row, "close")
    row.closed_at = now
    step(row, actor, now, What.STATE, state=row.state)
    return saved(row, "closed_at")


def close_case_of_probe(*, actor: Actor, now: datetime, case: Case, text: str) -> Case:
    """自動の完了 — what a probe opened and nobody took up ends with the outage: solved, then closed."""
    row = locked(actor, case, None)
    move(row, "solve")
    row.solved_at = row.answered_at = now
    step(row, actor, now, What.ANSWER, text, state=row.state)
    done = saved(row, "solved_at", "answered_at")
    return close_case(actor=actor, now=now, case=done, version=done.version)


@action("operations.reopen_case", permits=PERMITS)
def reopen_case(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """再開 — solved or closed, and yet not done; its clocks run anew from now. Raises as `reply_on_case`."""
    row = locked(actor, case, version)
    move(row, "reopen")
    row.solved_at = row.closed_at = row.answered_at = None
    row.decision = row.decided_by = row.release = ""  # what was decided stays readable in the steps
    row.decided_on = None
    step(row, actor, now, What.STATE, said(text), state=row.state)
    row.answer_by = due_of(row.kind, row.kind.answer_minutes, now)
    row.solve_by = due_of(row.kind, row.kind.solve_minutes, now)
    return saved(
        row, "solved_at", "closed_at", "answered_at", "answer_by", "solve_by",
        "decision", "decided_by", "decided_on", "release",
    )  # fmt: skip
