"""What the pages of the council's money list: accounts with their year, budgets, entries, bills and settlements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from moyai.council.models import (
    AccountLine,
    Bill,
    Budget,
    BudgetLine,
    CostLine,
    Entry,
    Item,
    Settlement,
    SpecialAccount,
)
from moyai.tenants.public import Body

PAGE = 50
ITEM_DAYS = 500

_RECEIVED = Coalesce(
    Subquery(
        Entry.objects.filter(bill=OuterRef("pk"))
        .order_by()
        .values("bill")
        .annotate(sum=Sum("yen"))
        .values("sum")
    ),
    0,
    output_field=BigIntegerField(),
)


def with_received(bills: QuerySet[Bill]) -> QuerySet[Any]:
    """Bills, each with what came in for it as `received`."""
    return bills.annotate(received=_RECEIVED)


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill with what came in for it."""

    bill: Bill
    received_yen: int

    @property
    def owed_yen(self) -> int:
        return 0 if self.bill.withdrawn_on else self.bill.yen - self.received_yen

    def late(self, on: date) -> bool:
        return self.owed_yen > 0 and self.bill.due_on < on


def accounts() -> list[SpecialAccount]:
    return list(SpecialAccount.objects.select_related("service").order_by("position", "id"))


def cost_lines() -> list[CostLine]:
    return list(
        CostLine.objects.select_related("account", "service", "line").order_by(
            "account__position", "account_id", "position", "id"
        )
    )


def years_of(account: SpecialAccount) -> list[int]:
    """The years with a budget or an entry, newest first."""
    budgets = Budget.objects.filter(account=account).values_list("fiscal_year", flat=True)
    entries = Entry.objects.filter(account=account).values_list("fiscal_year", flat=True)
    return sorted({*budgets.distinct(), *entries.distinct()}, reverse=True)


def decided_items(today: date) -> list[Item]:
    """Items that decide or take note, of sittings not long gone: newest first."""
    return list(
        Item.objects.filter(
            state__in=(Item.State.DECIDED, Item.State.HEARD),
            meeting__held_on__gte=today - timedelta(days=ITEM_DAYS),
        )
        .select_related("meeting__committee")
        .order_by("-meeting__held_on", "position")[:200]
    )


def entries_page(
    account: SpecialAccount, fiscal_year: int, *, line: AccountLine | None = None, before: int | None = None
) -> tuple[list[Entry], bool]:
    """Entries of a year, newest first, and whether older ones follow."""
    rows = Entry.objects.filter(account=account, fiscal_year=fiscal_year)
    if line is not None:
        rows = rows.filter(line=line)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("line", "cost_line", "bill", "reverses", "reversed_by").order_by("-id")[
            : PAGE + 1
        ]
    )
    return found[:PAGE], len(found) > PAGE


def budgets_of(fiscal_year: int) -> list[Budget]:
    return list(
        Budget.objects.filter(fiscal_year=fiscal_year)
        .select_related("account")
        .order_by("account__position", "account_id", "number")
    )


def versions_of(account: SpecialAccount, fiscal_year: int) -> tuple[list[Budget], list[BudgetLine]]:
    """Every version of a year that was not withdrawn, and all their lines."""
    budgets = list(
        Budget.objects.filter(account=account, fiscal_year=fiscal_year)
        .exclude(state=Budget.State.WITHDRAWN)
        .order_by("number")
    )
    lines = BudgetLine.objects.filter(budget__in=budgets).select_related("line")
    return budgets, list(lines.order_by("line__position", "line_id", "budget_id"))


def lines_of(budget: Budget) -> list[BudgetLine]:
    return list(budget.lines.select_related("line").order_by("line__position", "line_id"))


def bills(
    *,
    body: Body | None = None,
    fiscal_year: int | None = None,
    late_on: date | None = None,
    owed: bool = False,
    before: int | None = None,
    most: int | None = PAGE,
) -> tuple[list[BillRow], bool]:
    """Bills with what came in for each, newest first; `late_on`: only those overdue and owed on a day. One query."""
    rows = with_received(Bill.objects.select_related("body", "cost_line"))
    if body is not None:
        rows = rows.filter(body=body)
    if fiscal_year is not None:
        rows = rows.filter(fiscal_year=fiscal_year)
    if owed or late_on is not None:
        rows = rows.filter(withdrawn_on__isnull=True, received__lt=F("yen"))
    if late_on is not None:
        rows = rows.filter(due_on__lt=late_on)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows = rows.order_by("-id")
    found = list(rows if most is None else rows[: most + 1])
    shown = found if most is None else found[:most]
    return [BillRow(bill, bill.received) for bill in shown], len(found) > len(shown)


def receipts_of(bill: Bill) -> list[Entry]:
    return list(Entry.objects.filter(bill=bill).select_related("line").order_by("id"))


def settlements() -> list[Settlement]:
    return list(
        Settlement.objects.select_related("account").order_by(
            "-fiscal_year", "account__position", "account_id"
        )
    )


def open_lines(side: str | None = None) -> list[AccountLine]:
    """科目 of every account, for a choice."""
    rows = AccountLine.objects.select_related("account").filter(account__until_on__isnull=True)
    if side is not None:
        rows = rows.filter(side=side)
    return list(rows.order_by("account__position", "account_id", "-side", "position", "id"))
