"""特別会計 of the seed for the tests: the real year of ちば, posted through the actions from the files that are loaded."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import moyai.web
from moyai.council.actions.accounts import add_account_line, open_account
from moyai.council.actions.budgets import decide_budget, draft_budget
from moyai.council.actions.cost_lines import begin_paying, open_cost_line
from moyai.council.actions.entries import post_entry
from moyai.council.models import AccountLine, Budget, Burden, CostLine, SpecialAccount
from moyai.council.rules.settlement import PrintedLine, PrintedSum, PrintedTotal, Side
from moyai.tenants.public import Actor, Body, Role, Service, clock

SEED = Path(moyai.web.__file__).parent / "seeds" / "chiba"
YEAR = 2017
APRIL = date(2017, 4, 1)
PAID_ON = date(2017, 6, 30)
SECRETARY = Actor(account_id=None, body=None, roles=frozenset({Role.SECRETARIAT}), name="協議会 事務局")
AUDITOR = Actor(account_id=None, body=None, roles=frozenset({Role.AUDITOR}), name="監査役")
LOADER = Actor(account_id=None, body=None, roles=frozenset({Role.SECRETARIAT, Role.SYSTEM}), name="読込み")


def rows(name: str) -> list[dict[str, str]]:
    with (SEED / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> int | None:
    return int(text) if text else None


@dataclass
class Books:
    """Accounts of the seed by code, with their lines and cost lines."""

    accounts: dict[str, SpecialAccount] = field(default_factory=dict)
    lines: dict[tuple[str, str, str], AccountLine] = field(default_factory=dict)
    costs: dict[tuple[str, str], CostLine] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)


def open_books(*, actor: Actor = LOADER, now: datetime | None = None) -> Books:
    """Accounts, 科目, cost lines and the budget of the year; nothing is posted yet. The council must be loaded."""
    now = now or clock.now()
    books = Books()
    for row in rows("accounts"):
        books.accounts[row["code"]] = open_account(
            actor=actor, now=now, code=row["code"], name=row["name"], from_on=date.fromisoformat(row["from_on"]),
            service=Service.objects.get(code=row["service"]), unit_yen=int(row["unit_yen"]),
        )  # fmt: skip
    given: dict[str, dict[tuple[str, str], int]] = {}
    for row in rows("lines"):
        key = (row["account"], row["side"], row["code"])
        books.lines[key] = add_account_line(
            actor=actor, now=now, account=books.accounts[row["account"]], side=row["side"], code=row["code"],
            name=row["name"], meaning=row["meaning"],
        )  # fmt: skip
        given.setdefault(row["account"], {})[row["side"], row["code"]] = int(row["budget_yen"])
    for row in rows("cost_lines"):
        books.costs[row["account"], row["code"]] = open_cost_line(
            actor=actor, now=now, account=books.accounts[row["account"]],
            line=books.lines[row["account"], "income", "burden"], code=row["code"], name=row["name"], from_on=APRIL,
            service=Service.objects.get(code=row["service"]), refunded=row["code"] in ("management", "applications", "reservations"),
        )  # fmt: skip
    for code, lines in given.items():
        draft = draft_budget(
            actor=actor, now=now, account=books.accounts[code], fiscal_year=YEAR, name="予算", lines=lines
        )
        books.budgets[code] = decide_budget(
            actor=actor, now=now, budget=draft, decided_on=APRIL, source="平成29年度予算"
        )
    return books


def post_entries(books: Books, *, only: str = "", burdens: bool = True) -> None:
    """Every row of entries.csv; without those of 負担金 where the bills bring them."""
    now = clock.now()
    for row in rows("entries"):
        if (only and row["account"] != only) or (
            row["line"] == "burden" and row["side"] == "income" and not burdens
        ):
            continue
        account = books.accounts[row["account"]]
        post_entry(
            actor=LOADER, now=now, account=account, fiscal_year=YEAR,
            line=books.lines[row["account"], row["side"], row["line"]], on=PAID_ON, yen=int(row["yen"]),
            label=row["label"], heading=row["heading"], count=number(row["count"]),
            cost_line=books.costs[row["account"], row["cost_line"]] if row["cost_line"] else None, source=row["place"],
        )  # fmt: skip


def pay(books: Books, account: str, code: str, bodies: list[Body]) -> CostLine:
    """These bodies pay the cost line from the year's first day."""
    return begin_paying(
        actor=LOADER, now=clock.now(), cost_line=books.costs[account, code], bodies=bodies, from_on=APRIL
    )


def printed(account: str) -> dict[str, Any]:
    """The 決算書 of an account as the files print it: lines, totals and sums, each with its place."""
    parts: dict[tuple[str, str], list[int]] = {}
    for row in rows("entries"):
        if row["account"] == account:
            parts.setdefault((row["side"], row["line"]), []).append(int(row["yen"]))
    lines = [
        PrintedLine(
            f"lines.csv:{place}", Side(row["side"]), row["name"], int(row["budget_yen"]), int(row["settled_yen"]),
            int(row["difference_yen"]), tuple(parts.get((row["side"], row["code"]), ())),
        )
        for place, row in enumerate(rows("lines"), 2)
        if row["account"] == account
    ]  # fmt: skip
    totals = [
        PrintedTotal(
            f"budget_totals.csv:{place}", Side(row["side"]), int(row["budget_yen"]), int(row["settled_yen"]),
            int(row["difference_yen"]),
        )
        for place, row in enumerate(rows("budget_totals"), 2)
        if row["account"] == account
    ]  # fmt: skip
    sums = [
        one
        for place, row in enumerate(rows("settlements"), 2)
        if row["account"] == account
        for one in (
            PrintedSum(f"settlements.csv:{place}", Side.INCOME, int(row["income_yen"])),
            PrintedSum(f"settlements.csv:{place}", Side.EXPENSE, int(row["expense_yen"])),
            PrintedSum(f"settlements.csv:{place}", None, int(row["surplus_yen"])),
        )
    ]
    return {"lines": lines, "totals": totals, "sums": sums}


def shared(
    cost_line: CostLine, yen: int, *, fiscal_year: int = YEAR, decided_on: date = APRIL, **more: Any
) -> Burden:
    """A burden drafted and decided."""
    from moyai.council.actions.burdens import decide_burden, draft_burden

    now = clock.now()
    draft = draft_burden(actor=LOADER, now=now, cost_line=cost_line, fiscal_year=fiscal_year, yen=yen, **more)
    return decide_burden(
        actor=LOADER, now=now, burden=draft, decided_on=decided_on, source="平成29年度負担金"
    )
