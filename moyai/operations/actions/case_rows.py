"""案件の行 — how every act on a case takes it, moves it on and writes it down; and how one comes.

Whoever acts says which version of the case he saw: of two desks that write at once the second is refused and looks again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import office_calendar
from moyai.operations.models import Case, CaseStep, Kind, System
from moyai.operations.rules import cases as rules
from moyai.operations.rules.cases import FLOW, State
from moyai.operations.rules.clocks import Desk, due
from moyai.operations.rules.reviewing import Procurement, Review, review
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


class ProcurementMissing(Refusal):
    code = "procurement_missing"
    status = 422
    message = _("調達の種類を選んでください。")  # type: ignore[assignment]


class CameInTheFuture(Refusal):
    code = "came_in_the_future"
    status = 422
    message = _("受け付けた日時は、今より前にしてください。")  # type: ignore[assignment]


class NotYours(Refusal):
    code = "case_absent"
    status = 404
    message = _("この案件はありません。")  # type: ignore[assignment]


def due_of(
    kind: Kind,
    minutes: int | None,
    since: datetime,
    waits: Iterable[tuple[datetime, datetime]] = (),
) -> datetime | None:
    if minutes is None or minutes < 1:
        return None
    calendar = office_calendar(first=clock.today(since))
    return due(since, minutes, Desk(around_the_clock=kind.around_the_clock), calendar, waits)


def step(case: Case, actor: Actor, now: datetime, what: str, text: str = "", *, state: str = "") -> CaseStep:
    return CaseStep.objects.create(
        case=case, what=what, text=text, state=state, at=now, by=(actor.name or "協議会事務局")[:100]
    )


def review_of(kind: Kind, procurement: str, amount_yen: int | None) -> Review | None:
    """確認の要否 of a case of a kind with limits, by the rule of 仕様書確認 (O05); None for a kind without any.

    Raises AmountMissing and ProcurementMissing where the kind needs what was not said.
    """
    if amount_yen is None and (kind.limits or kind.code in AMOUNTS):
        raise AmountMissing(fields={"amount_yen": str(AmountMissing.message)})
    if not kind.limits:
        return None
    assert amount_yen is not None
    if procurement not in set(Procurement):
        raise ProcurementMissing(fields={"procurement": str(ProcurementMissing.message)})
    return review(Procurement(procurement), amount_yen, kind.limits)


class CaseFacts(TypedDict, total=False):
    """案件の内容 — what may be said of a case when it comes; what a member's staff may not say of themselves is known of them."""

    body: Body | None
    section: str
    party: str
    asked_by: str
    service: Service | None
    system: System | None
    way: str
    amount_yen: int | None
    procurement: str
    came_at: datetime | None


def put_down(
    *,
    actor: Actor,
    now: datetime,
    kind: Kind,
    title: str,
    text: str,
    same_as: Case | None = None,
    **facts: Unpack[CaseFacts],
) -> Case:
    """受付 — the row of a case that comes, with its deadlines and whether a review is due. Raises as `open_case`."""
    if not title.strip():
        raise TextMissing(fields={"title": str(TextMissing.message)})
    body, party, asked_by = facts.get("body"), facts.get("party", ""), facts.get("asked_by", "")
    service, system, way = facts.get("service"), facts.get("system"), facts.get("way", "web")
    amount_yen, procurement = facts.get("amount_yen"), facts.get("procurement", "")
    # What a watch brings and who only wants the same buy nothing.
    found = review_of(kind, procurement, amount_yen) if same_as is None and way != "probe" else None
    came = facts.get("came_at") or now
    if came > now:
        raise CameInTheFuture(fields={"came_on": str(CameInTheFuture.message)})
    if actor.body is not None:
        body, asked_by, came, party = actor.body, actor.name, now, ""
    return Case.objects.create(
        number=public_number(),
        kind=kind,
        body=body,
        section=facts.get("section", ""),
        party=party,
        asked_by=asked_by[:100],
        account_id=actor.account_id if actor.body is not None else None,
        service=service or (system.service if system is not None else None),
        system=system,
        way=way,
        title=title,
        text=text,
        amount_yen=amount_yen,
        procurement=procurement if procurement in Case.Procurement else "",
        review_due=found.due if found is not None else None,
        review_limit_yen=found.limit_yen if found is not None else None,
        came_at=came,
        answer_by=due_of(kind, kind.answer_minutes, came),
        solve_by=due_of(kind, kind.solve_minutes, came),
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


def move(row: Case, event: str) -> None:
    if not rules.may(row.state, event):
        raise NotNow
    row.state = FLOW[State(row.state), event]


def saved(row: Case, *fields: str) -> Case:
    row.version += 1
    row.save(update_fields=["version", "state", *fields])
    return row


def said(text: str) -> str:
    if not text.strip():
        raise TextMissing(fields={"text": str(TextMissing.message)})
    return text


def tell_member(row: Case) -> None:
    if row.body_id is not None:
        from moyai.operations.jobs.telling import tell_of_case

        later(tell_of_case, case_id=row.pk, version=row.version)


def reckon(row: Case) -> None:
    """期限の計算 — from the last time it was opened, without the time it waited for who asked."""
    steps = list(
        CaseStep.objects.filter(case=row)
        .exclude(state="")
        .order_by("at", "id")
        .values_list("at", "state", "what")
    )
    since, stood = rules.runs(row.came_at, steps)
    if row.answered_at is None:
        row.answer_by = due_of(row.kind, row.kind.answer_minutes, since, stood)
    row.solve_by = due_of(row.kind, row.kind.solve_minutes, since, stood)
