"""決算 — held against the budget, audited, decided; from the audit on the year's book takes no entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import decided_by_item, kept_in, locked
from moyai.council.models import Item, Settlement, Side, SpecialAccount
from moyai.council.permits import PERMITS
from moyai.council.queries.books import Book, book_of, decided_budget
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.settlement import (
    Fault,
    PrintedLine,
    PrintedSum,
    faults,
    settle,
)
from moyai.tenants.public import Actor, Refusal

FLOW = {
    (Settlement.State.DRAFT, "audit"): Settlement.State.AUDITED,
    (Settlement.State.AUDITED, "reopen"): Settlement.State.DRAFT,
    (Settlement.State.AUDITED, "decide"): Settlement.State.DECIDED,
}


class SettledAlready(Refusal):
    code = "settled_already"
    message = gettext_lazy("この会計のこの年度の決算は、すでにあります。")  # type: ignore[assignment]


class NothingToSettle(Refusal):
    code = "no_budget_to_settle"
    message = gettext_lazy("この年度の予算が決定していないため、決算を作れません。")  # type: ignore[assignment]


class NotNow(Refusal):
    code = "settlement_not_now"
    message = gettext_lazy("この決算は、いまその操作ができる状態ではありません。")  # type: ignore[assignment]


class YearNotOver(Refusal):
    code = "year_not_over"
    status = 422
    message = gettext_lazy("年度が終わる前の日付です。")  # type: ignore[assignment]


class NoOpinion(Refusal):
    code = "no_opinion"
    status = 422
    message = gettext_lazy("監査の意見を入力してください。")  # type: ignore[assignment]


class DoesNotFit(Refusal):
    """A 決算書 that is not what its own rows make; `faults` name every row, file and line."""

    code = "settlement_does_not_fit"
    status = 422

    def __init__(self, found: Sequence[Fault]) -> None:
        self.faults = list(found)
        said: dict[str, list[str]] = {}
        for fault in self.faults:
            said.setdefault(fault.where, []).append(fault_in_words(fault))
        lines = [f"{where}：{words}" for where, of_row in said.items() for words in of_row]
        super().__init__("\n".join(lines), fields={where: "".join(of_row) for where, of_row in said.items()})


def fault_in_words(fault: Fault) -> str:
    return _(fault.text) % fault.params


def check_loaded(settlement: Settlement, *, sums: Sequence[PrintedSum]) -> None:
    """What was loaded as entries makes the printed 収入総額, 支出総額 and 差引額. Raises DoesNotFit naming the row that prints it."""
    book = book_of(settlement.account, settlement.fiscal_year)
    rows = [
        PrintedLine("", line.for_rules().side, line.line.name, line.budget_yen, line.actual_yen, line.difference_yen)
        for line in book.lines
    ]  # fmt: skip
    found = faults(rows, (), sums)
    if found:
        raise DoesNotFit(found)


@action("council.draft_settlement", permits=PERMITS, refuses={"settlement_once_a_year": SettledAlready})
def draft_settlement(
    *,
    actor: Actor,
    now: datetime,
    account: SpecialAccount,
    fiscal_year: int,
    carried: str = "refund",
    published: Mapping[str, Any] | None = None,
    source: str = "",
) -> Settlement:
    """決算案 — of an account and year against the budget in force; its figures are those of the book, never typed.

    `carried` is what becomes of the surplus: "refund" (繰り越して返還) or "keep" (繰越). Raises SettledAlready, NothingToSettle,
    AccountClosed.
    """
    account = locked(account)
    kept_in(account, fiscal_year)
    budget = decided_budget(account, fiscal_year)
    if budget is None:
        raise NothingToSettle
    return Settlement.objects.create(
        account=account, fiscal_year=fiscal_year, budget=budget, carried=carried, published=dict(published or {}),
        source=source, **_snapshot(book_of(account, fiscal_year, budget=budget)),
    )  # fmt: skip


@action("council.audit_settlement", permits=PERMITS)
def audit_settlement(
    *,
    actor: Actor,
    now: datetime,
    settlement: Settlement,
    audited_on: date,
    audited_by: str,
    opinion: str,
) -> Settlement:
    """監査報告 — by the auditor: the figures of the day are what was audited, and the book is closed with them.

    Raises NotNow, YearNotOver, NoOpinion, and NothingToSettle where the lines do not add up.
    """
    found = _held(settlement, "audit")
    if not opinion.strip():
        raise NoOpinion(fields={"opinion": str(NoOpinion.message)})
    _after_the_year(found, audited_on, "audited_on")
    budget = decided_budget(found.account, found.fiscal_year)
    book = book_of(found.account, found.fiscal_year, budget=budget)
    try:
        settle([line.for_rules() for line in book.lines])
    except Cannot as cannot:
        raise NothingToSettle(_(cannot.text) % cannot.params) from None
    for name, value in _snapshot(book).items():
        setattr(found, name, value)
    found.budget = budget or found.budget
    found.audited_on, found.audited_by, found.opinion = audited_on, audited_by[:200], opinion.strip()
    found.state = FLOW[Settlement.State.DRAFT, "audit"]
    found.save()
    return found


@action("council.reopen_settlement", permits=PERMITS)
def reopen_settlement(*, actor: Actor, now: datetime, settlement: Settlement, reason: str) -> Settlement:
    """監査のやり直し — an audited settlement goes back, its book opens again; a decided one never. Raises NotNow."""
    found = _held(settlement, "reopen")
    found.state = FLOW[Settlement.State.AUDITED, "reopen"]
    found.audited_on, found.audited_by, found.opinion = None, "", ""
    found.save(update_fields=["state", "audited_on", "audited_by", "opinion"])
    return found


@action("council.decide_settlement", permits=PERMITS)
def decide_settlement(
    *,
    actor: Actor,
    now: datetime,
    settlement: Settlement,
    decided_by: Item | None = None,
    decided_on: date | None = None,
    source: str = "",
) -> Settlement:
    """決算の承認 — by an item; the year is closed for good and stands as it was read.

    Raises NotNow, NotDecided, NoAuthority, YearNotOver.
    """
    found = _held(settlement, "decide")
    day = decided_by_item(decided_by, now=now, source=source or found.source, on=decided_on)
    _after_the_year(found, day, "decided_on")
    found.state = FLOW[Settlement.State.AUDITED, "decide"]
    found.decided_on, found.decided_by, found.source = day, decided_by, source or found.source
    found.save(update_fields=["state", "decided_on", "decided_by", "source"])
    return found


def _held(settlement: Settlement, verb: str) -> Settlement:
    locked(settlement.account)
    rows = Settlement.objects.select_for_update(of=("self",)).select_related("account", "budget")
    found: Settlement = rows.get(pk=settlement.pk)
    if (Settlement.State(found.state), verb) not in FLOW:
        raise NotNow
    return found


def _after_the_year(settlement: Settlement, day: date, field: str) -> None:
    if day < date(settlement.fiscal_year + 1, 4, 1):
        raise YearNotOver(fields={field: str(YearNotOver.message)})


def _snapshot(book: Book) -> dict[str, Any]:
    return {
        "lines": [
            {
                "line": one.line.pk,
                "side": one.line.side,
                "code": one.line.code,
                "name": one.line.name,
                "budget_yen": one.budget_yen,
                "actual_yen": one.actual_yen,
            }
            for one in book.lines
        ],
        "income_yen": book.total(Side.INCOME).actual_yen,
        "expense_yen": book.total(Side.EXPENSE).actual_yen,
    }
