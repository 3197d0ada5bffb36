"""帳簿と予算の表 — the book of a year against its budget, budgets by version (C16); the tables of a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from moyai.council.figures.burdens import shares_table
from moyai.council.figures.columns import yen_column
from moyai.council.models import Budget, BudgetLine, Burden, BurdenShare, Side, SpecialAccount
from moyai.council.queries.books import Book, book_of
from moyai.council.queries.burdens import burdens_of_year
from moyai.documents.public import FigureTable, Row, all_rows_of
from moyai.tenants.public import Actor


def book_table(book: Book, side: str) -> FigureTable:
    """収入の部・支出の部 of a running year: 予算額, 決算額 so far, 差引額; a 科目 with nothing on it stays."""
    return FigureTable(
        caption=_("【%(side)sの部】") % {"side": Side(side).label},
        rows_label=_("科目"),
        columns=[
            yen_column("budget", _("予算額")),
            yen_column("actual", _("決算額")),
            yen_column("difference", _("差引額（予算額−決算額）")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one.line.code,
                    one.line.name,
                    {
                        "budget": one.budget_yen,
                        "actual": one.actual_yen,
                        "difference": one.difference_yen,
                    },
                )
                for one in book.side(side)
            ]
        ),
        unit=_("円"),
        source=_("特別会計の記帳"),
    )


def versions_table(budgets: Sequence[Budget], lines: Sequence[BudgetLine], side: str) -> FigureTable:
    """予算の版の比較 — every version of a year beside the others, and what the last one changes (C16)."""
    names: dict[int, tuple[str, str, int]] = {}
    given: dict[int, dict[str, int]] = {}
    for one in lines:
        if one.line.side == side:
            names[one.line_id] = (one.line.code, one.line.name, one.line.position)
            given.setdefault(one.line_id, {})[f"v{one.budget_id}"] = one.yen
    columns = [yen_column(f"v{budget.pk}", budget.name) for budget in budgets]
    last = [f"v{budget.pk}" for budget in budgets][-2:]
    if len(last) == 2:
        columns.append(yen_column("change", _("増減")))
    made = []
    for line in sorted(names, key=lambda one: (names[one][2], one)):
        values: dict[str, int | Decimal | str | None] = dict(given[line])
        if len(last) == 2:
            values["change"] = given[line].get(last[1], 0) - given[line].get(last[0], 0)
        made.append(Row(names[line][0], names[line][1], values))
    return FigureTable(
        caption=_("【%(side)sの部】予算の版") % {"side": Side(side).label},
        rows_label=_("科目"),
        columns=columns,
        rows=all_rows_of(made),
        unit=_("円"),
        source=_("予算の版"),
    )


def yearly(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """Tables of a fiscal year, for `moyai report figures money`: every account's book, and what members bear."""
    made: dict[str, FigureTable] = {}
    for account in SpecialAccount.objects.order_by("position", "id"):
        book = book_of(account, fiscal_year)
        if book.budget is not None or any(line.actual_yen for line in book.lines):
            made |= {f"{account.code}-{side}": book_table(book, side) for side in Side.values}
    burdens = [one for one in burdens_of_year(fiscal_year) if one.state == Burden.State.DECIDED]
    for burden in burdens:
        shares = BurdenShare.objects.filter(burden=burden).select_related("body").order_by("body__code")
        made[f"burden-{burden.pk}"] = shares_table(burden, list(shares), {})
    return made


FIGURES = {"money": yearly}
