"""受付 — a case comes, is answered, asked about, decided, closed and opened again; every step stays.

Whoever acts says which version of the case he saw: of two desks that write at once the second is refused and looks again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import office_calendar
from moyai.operations.models import Case, CaseStep, Kind, System
from moyai.operations.permits import PERMITS
from moyai.operations.rules import cases as rules
from moyai.operations.rules.cases import FLOW, State
from moyai.operations.rules.clocks import Desk, due
from moyai.tenants.public import Actor, Body, Refusal, Service, clock, later, public_number

What = CaseStep.What
AMOUNTS: Final = frozenset({"budget-check", "specification-check"})  # kinds that are about an amount


class ChangedMeanwhile(Refusal):
    code = "case_changed"
    message = _(  # type: ignore[assignment]
        "開いている間に、ほかの担当者がこの案件を更新しました。最新の経過を確かめて、もう一度入力してください。"
    )


class NotNow(Refusal):
    code = "case_state"
    message = _("今の状態では、この操作はできません。最新の状態を確かめてください。")  # type: ignore[assignment]


class TextMissing(Refusal):
    code = "text_missing"
    status = 422
    message = _("内容を入力してください。")  # type: ignore[assignment]


class AmountMissing(Refusal):
    code = "amount_missing"
    status = 422
    message = _("金額を入力してください。")  # type: ignore[assignment]


class CameInTheFuture(Refusal):
    code = "came_in_the_future"
    status = 422
    message = _("受け付けた日時は、今より前にしてください。")  # type: ignore[assignment]


class NotToBeDecided(Refusal):
    code = "not_to_be_decided"
    status = 422
    message = _("この種類の案件は、採否を決めません。")  # type: ignore[assignment]


class NotDecided(Refusal):
    code = "not_decided"
    message = _("採用・不採用・保留を決めてから、解決か完了にしてください。")  # type: ignore[assignment]


class OnlyAdopted(Refusal):
    code = "only_adopted"
    message = _("リリース番号は、採用した案件に付けます。")  # type: ignore[assignment]


class NotShared(Refusal):
    code = "not_shared"
    status = 404
    message = _("この要望は、一覧にありません。")  # type: ignore[assignment]


class SupportedAlready(Refusal):
    code = "supported_already"
    message = _("この要望には、すでに賛同しています。")  # type: ignore[assignment]


class NotYours(Refusal):
    code = "case_absent"
    status = 404
    message = _("この案件はありません。")  # type: ignore[assignment]


def _clock(kind: Kind) -> Desk:
    return Desk(around_the_clock=kind.around_the_clock)


def _due(
    kind: Kind,
    minutes: int | None,
    since: datetime,
    waits: Iterable[tuple[datetime, datetime]] = (),
) -> datetime | None:
    if minutes is None or minutes < 1:
        return None
    calendar = office_calendar(first=clock.today(since))
    return due(since, minutes, _clock(kind), calendar, waits)


def _step(case: Case, actor: Actor, now: datetime, what: str, text: str = "", *, state: str = "") -> CaseStep:
    return CaseStep.objects.create(
        case=case, what=what, text=text, state=state, at=now, by=(actor.name or "協議会事務局")[:100]
    )


@action("operations.set_kind", permits=PERMITS)
def set_kind(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    ends_in_decision: bool = False,
    answer_minutes: int | None = None,
    solve_minutes: int | None = None,
    around_the_clock: bool = False,
    limits: dict[str, int] | None = None,
    position: int = 0,
) -> Kind:
    """受付の種類 — made, or changed if its code is known; clocks that already run are not touched."""
    kind, _made = Kind.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "ends_in_decision": ends_in_decision,
            "answer_minutes": answer_minutes,
            "solve_minutes": solve_minutes,
            "around_the_clock": around_the_clock,
            "limits": limits or {},
            "position": position,
        },
    )
    return kind


@action("operations.open_case", permits=PERMITS)
def open_case(
    *,
    actor: Actor,
    now: datetime,
    kind: Kind,
    title: str,
    text: str = "",
    body: Body | None = None,
    section: str = "",
    party: str = "",
    asked_by: str = "",
    service: Service | None = None,
    system: System | None = None,
    way: str = "web",
    amount_yen: int | None = None,
    came_at: datetime | None = None,
) -> Case:
    """受付 — a case comes; its deadlines are reckoned on the office calendar from `came_at` (now unless said otherwise).

    A member's staff open it for their own body, whatever `body` says. Raises TextMissing, AmountMissing, CameInTheFuture.
    """
    return _open(
        actor=actor,
        now=now,
        kind=kind,
        title=title,
        text=text,
        body=body,
        section=section,
        party=party,
        asked_by=asked_by,
        service=service,
        system=system,
        way=way,
        amount_yen=amount_yen,
        came_at=came_at,
    )


def _open(
    *,
    actor: Actor,
    now: datetime,
    kind: Kind,
    title: str,
    text: str,
    body: Body | None = None,
    section: str = "",
    party: str = "",
    asked_by: str = "",
    service: Service | None = None,
    system: System | None = None,
    way: str = "web",
    amount_yen: int | None = None,
    came_at: datetime | None = None,
    same_as: Case | None = None,
) -> Case:
    if not title.strip():
        raise TextMissing(fields={"title": str(TextMissing.message)})
    if kind.code in AMOUNTS and amount_yen is None:
        raise AmountMissing(fields={"amount_yen": str(AmountMissing.message)})
    came = came_at or now
    if came > now:
        raise CameInTheFuture(fields={"came_on": str(CameInTheFuture.message)})
    if actor.body is not None:
        body, asked_by, came, party = actor.body, actor.name, now, ""
    return Case.objects.create(
        number=public_number(),
        kind=kind,
        body=body,
        section=section,
        party=party,
        asked_by=asked_by[:100],
        account_id=actor.account_id if actor.body is not None else None,
        service=service or (system.service if system is not None else None),
        system=system,
        way=way,
        title=title,
        text=text,
        amount_yen=amount_yen,
        came_at=came,
        answer_by=_due(kind, kind.answer_minutes, came),
        solve_by=_due(kind, kind.solve_minutes, came),
        same_as=same_as,
    )


def locked(actor: Actor, case: Case, version: int | None) -> Case:
    """The case, locked, as who acts saw it. Raises NotYours (another body's is absent), ChangedMeanwhile."""
    row: Case | None = (
        Case.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=case.pk).first()
    )
    if row is None or (actor.body is not None and row.body_id != actor.body.pk):
        raise NotYours
    if actor.body is not None and not actor.sees(row.section):
        raise NotYours
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    return row


def _move(row: Case, event: str) -> None:
    if not rules.may(row.state, event):
        raise NotNow
    row.state = FLOW[State(row.state), event]


def _saved(row: Case, *fields: str) -> Case:
    row.version += 1
    row.save(update_fields=["version", "state", *fields])
    return row


def _text(text: str) -> str:
    if not text.strip():
        raise TextMissing(fields={"text": str(TextMissing.message)})
    return text


def _tell(row: Case) -> None:
    if row.body_id is not None:
        from moyai.operations.jobs.telling import tell_of_case

        later(tell_of_case, case_id=row.pk, version=row.version)


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
    _move(row, "solve" if solved else "answer")
    _step(row, actor, now, What.ANSWER, _text(text), state=row.state)
    row.answered_at = row.answered_at or now
    row.solved_at = now if solved else None
    if amount_after_yen is not None:
        row.amount_after_yen = amount_after_yen
    saved = _saved(row, "answered_at", "solved_at", "amount_after_yen")
    _tell(saved)
    return saved


@action("operations.ask_back", permits=PERMITS)
def ask_back(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """確認 — ask who asked; the clocks stand until the reply. Raises ChangedMeanwhile, NotNow, TextMissing."""
    row = locked(actor, case, version)
    _move(row, "ask")
    _step(row, actor, now, What.ASK, _text(text), state=row.state)
    saved = _saved(row)
    _tell(saved)
    return saved


@action("operations.reply_on_case", permits=PERMITS)
def reply_on_case(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """返信 — of the member; the clocks go on, moved by the time they stood. Raises as `ask_back`, NotYours."""
    row = locked(actor, case, version)
    _move(row, "reply")
    _step(row, actor, now, What.REPLY, _text(text), state=row.state)
    _reckon(row)
    return _saved(row, "answer_by", "solve_by")


def _reckon(row: Case) -> None:
    """期限の計算 — from the last time it was opened, without the time it waited for who asked."""
    steps = list(
        CaseStep.objects.filter(case=row)
        .exclude(state="")
        .order_by("at", "id")
        .values_list("at", "state", "what")
    )
    opened = [at for at, state, what in steps if what == What.STATE and state == State.WORKING]
    since = opened[-1] if opened else row.came_at
    stood = rules.waits((at, state) for at, state, _what in steps if at >= since)
    if row.answered_at is None:
        row.answer_by = _due(row.kind, row.kind.answer_minutes, since, stood)
    row.solve_by = _due(row.kind, row.kind.solve_minutes, since, stood)


@action("operations.note_on_case", permits=PERMITS)
def note_on_case(*, actor: Actor, now: datetime, case: Case, text: str) -> CaseStep:
    """内部メモ — among those who answer; the member never reads it. Needs no version: a note takes nothing away."""
    row = locked(actor, case, None)
    return _step(row, actor, now, What.NOTE, _text(text))


@action("operations.assign_case", permits=PERMITS)
def assign_case(*, actor: Actor, now: datetime, case: Case, version: int, assignee: str) -> Case:
    """担当 — who answers; "" takes nobody. Raises ChangedMeanwhile, NotNow."""
    row = locked(actor, case, version)
    _move(row, "assign")
    row.assignee = assignee[:100]
    _step(row, actor, now, What.NOTE, f"担当：{row.assignee or 'なし'}", state=row.state)
    return _saved(row, "assignee")


@action("operations.turn_case", permits=PERMITS)
def turn_case(*, actor: Actor, now: datetime, case: Case, version: int, kind: Kind) -> Case:
    """種類の変更 — it came as one kind and is another; its clocks are reckoned anew from when it came.

    Raises ChangedMeanwhile, NotNow where it is solved or closed.
    """
    row = locked(actor, case, version)
    if row.state not in rules.UNDONE:
        raise NotNow
    before, row.kind = row.kind.name, kind
    _step(row, actor, now, What.NOTE, f"種類：{before}から{kind.name}へ")
    _reckon(row)
    return _saved(row, "kind", "answer_by", "solve_by")


@action("operations.decide_case", permits=PERMITS)
def decide_case(
    *,
    actor: Actor,
    now: datetime,
    case: Case,
    version: int,
    decision: str,
    decided_on: date,
    decided_by: str,
    text: str = "",
    release: str = "",
) -> Case:
    """採否 — 採用, 不採用 or 保留, by whom (「電子申請研究会 第3回」) and when; what was kept is decided again later.

    Raises ChangedMeanwhile, NotNow, NotToBeDecided, OnlyAdopted where a release is given to what was not adopted,
    CameInTheFuture where the day is still to come.
    """
    row = locked(actor, case, version)
    if not row.kind.ends_in_decision:
        raise NotToBeDecided
    if row.decision and row.decision != Case.Decision.KEPT:
        raise NotNow
    if release and decision != Case.Decision.ADOPTED:
        raise OnlyAdopted(fields={"release": str(OnlyAdopted.message)})
    if decided_on > clock.today(now):
        raise CameInTheFuture(fields={"decided_on": str(_("決めた日は、今日までの日付にしてください。"))})
    _move(row, "decide")
    row.decision, row.decided_on = decision, decided_on
    row.decided_by, row.release = decided_by, release
    row.answered_at, row.solved_at = row.answered_at or now, now
    words = f"{Case.Decision(decision).label}（{decided_by}）"
    _step(row, actor, now, What.ANSWER, f"{words}\n{text}".strip(), state=row.state)
    saved = _saved(row, "decision", "decided_on", "decided_by", "release", "answered_at", "solved_at")
    _tell(saved)
    return saved


@action("operations.release_case", permits=PERMITS)
def release_case(*, actor: Actor, now: datetime, case: Case, version: int, release: str) -> Case:
    """リリース番号 — in which release (or rule) what was adopted came. Raises OnlyAdopted, ChangedMeanwhile."""
    row = locked(actor, case, version)
    if row.decision != Case.Decision.ADOPTED:
        raise OnlyAdopted
    row.release = release
    _step(row, actor, now, What.NOTE, f"リリース：{release}")
    return _saved(row, "release")


@action("operations.share_case", permits=PERMITS)
def share_case(
    *, actor: Actor, now: datetime, case: Case, version: int, title: str, text: str, shared: bool = True
) -> Case:
    """共有 — what all members read of it (よくある質問, 要望の一覧), in words of their own; or taken back.

    Raises ChangedMeanwhile, TextMissing.
    """
    row = locked(actor, case, version)
    if shared and not title.strip():
        raise TextMissing(fields={"title": str(TextMissing.message)})
    row.shared_on = clock.today(now) if shared else None
    row.shared_title, row.shared_text = (title, text) if shared else ("", "")
    return _saved(row, "shared_on", "shared_title", "shared_text")


@action("operations.close_case", permits=PERMITS)
def close_case(*, actor: Actor, now: datetime, case: Case, version: int) -> Case:
    """完了 — after it was solved. Raises ChangedMeanwhile, NotNow, NotDecided."""
    row = locked(actor, case, version)
    if row.kind.ends_in_decision and not row.decision:
        raise NotDecided
    _move(row, "close")
    row.closed_at = now
    _step(row, actor, now, What.STATE, state=row.state)
    return _saved(row, "closed_at")


def close_case_of_probe(*, actor: Actor, now: datetime, case: Case, text: str) -> Case:
    """自動の完了 — what a probe opened and nobody took up ends with the outage: solved, then closed."""
    row = locked(actor, case, None)
    _move(row, "solve")
    row.solved_at = row.answered_at = now
    _step(row, actor, now, What.ANSWER, text, state=row.state)
    saved = _saved(row, "solved_at", "answered_at")
    return close_case(actor=actor, now=now, case=saved, version=saved.version)


@action("operations.reopen_case", permits=PERMITS)
def reopen_case(*, actor: Actor, now: datetime, case: Case, version: int, text: str) -> Case:
    """再開 — solved or closed, and yet not done; its clocks run anew from now. Raises as `reply_on_case`."""
    row = locked(actor, case, version)
    _move(row, "reopen")
    row.solved_at = row.closed_at = row.answered_at = None
    row.decision = row.decided_by = row.release = ""  # what was decided stays readable in the steps
    row.decided_on = None
    _step(row, actor, now, What.STATE, _text(text), state=row.state)
    row.answer_by = _due(row.kind, row.kind.answer_minutes, now)
    row.solve_by = _due(row.kind, row.kind.solve_minutes, now)
    return _saved(
        row, "solved_at", "closed_at", "answered_at", "answer_by", "solve_by",
        "decision", "decided_by", "decided_on", "release",
    )  # fmt: skip


@action("operations.support_wish", permits=PERMITS)
def support_wish(*, actor: Actor, now: datetime, wish: Case, text: str = "") -> Case:
    """賛同 — a member wants the same as a wish on the list: a case of its own that says so. Raises NotShared, SupportedAlready."""
    row = Case.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=wish.pk).first()
    if row is None or row.shared_on is None or not row.kind.ends_in_decision:
        raise NotShared
    assert actor.body is not None
    if row.body_id == actor.body.pk or row.likes.filter(body=actor.body).exists():
        raise SupportedAlready
    return _open(
        actor=actor,
        now=now,
        kind=row.kind,
        title=row.shared_title,
        text=text,
        service=row.service,
        system=row.system,
        same_as=row,
    )
