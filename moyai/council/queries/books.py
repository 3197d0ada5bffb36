"""特別会計の帳簿 — what is budgeted, what came and went, and how far they are apart."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from moyai.council.models import AccountLine, Budget, BudgetLine, Entry, Side, SpecialAccount
from moyai.council.rules.settlement import Line, Total, total_of
from moyai.council.rules.settlement import Side as RuleSide


def decided_budget(account: SpecialAccount, fiscal_year: int) -> Budget | None:
    """The budget in force: the last version decided."""
    return (
        Budget.objects.filter(account=account, fiscal_year=fiscal_year, state=Budget.State.DECIDED)
        .order_by("-number")
        .first()
    )


def actuals_of(account: SpecialAccount, fiscal_year: int) -> dict[int, int]:
    """決算額 so far by 科目 (id): what was posted, less what was taken back."""
    rows = Entry.objects.filter(account=account, fiscal_year=fiscal_year).values_list("line_id")
    return dict(rows.annotate(sum=Sum("yen")))


@dataclass(frozen=True, slots=True)
class BookLine:
    """科目 of a year: budget, actual, difference."""

    line: AccountLine
    budget_yen: int
    actual_yen: int

    @property
    def difference_yen(self) -> int:
        return self.budget_yen - self.actual_yen

    def for_rules(self) -> Line:
        return Line(RuleSide(self.line.side), self.line.name, self.budget_yen, self.actual_yen)


@dataclass(frozen=True, slots=True)
class Book:
    """A year of an account, by 科目 in their order; every line stands in it, also with nothing on it."""

    account: SpecialAccount
    fiscal_year: int
    budget: Budget | None
    lines: tuple[BookLine, ...]

    def side(self, side: str) -> list[BookLine]:
        return [line for line in self.lines if line.line.side == side]

    def total(self, side: str) -> Total:
        return total_of(line.for_rules() for line in self.side(side))

    @property
    def surplus_yen(self) -> int:
        """差引額 — Σ収入決算 − Σ支出決算."""
        return self.total(Side.INCOME).actual_yen - self.total(Side.EXPENSE).actual_yen


def book_of(account: SpecialAccount, fiscal_year: int, *, budget: Budget | None = None) -> Book:
    """The year's book against the budget in force, or another version; four queries."""
    budget = budget or decided_budget(account, fiscal_year)
    given = dict(BudgetLine.objects.filter(budget=budget).values_list("line_id", "yen")) if budget else {}
    actual = actuals_of(account, fiscal_year)
    lines = AccountLine.objects.filter(account=account).order_by("-side", "position", "id")
    return Book(
        account,
        fiscal_year,
        budget,
        tuple(BookLine(line, given.get(line.pk, 0), actual.get(line.pk, 0)) for line in lines),
    )

