"""決算 — 差引 = 予算 − 決算 by 科目, the surplus, and what a printed 決算書 must fit. Pure.

Source: joint-operation reference, formula 決算・返還: surplus = Σ収入決算 − Σ支出決算 = Σ支出差引 − Σ収入差引, the latter where the budget
balances. A total is computed, never typed; a printed one is held against it and the row that does not fit is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moyai.council.rules.cannot import Cannot

NO_LINES = "科目がありません。"
TWICE = "%(side)sの科目「%(name)s」が2回あります。"
NOT_BALANCED = "予算の収入（%(income)s円）と支出（%(expense)s円）が一致しません。"
WRONG_DIFFERENCE = "「%(name)s」の差引額が合いません。%(budget)s − %(actual)s ＝ %(computed)s ですが、%(printed)s とあります。"
WRONG_PARTS = "「%(name)s」の摘要の合計（%(computed)s）が、決算額（%(printed)s）と合いません。"
WRONG_TOTAL = (
    "%(side)sの合計の%(column)sが合いません。各行の合計は %(computed)s ですが、%(printed)s とあります。"
)
WRONG_SURPLUS = (
    "差引額が合いません。収入 %(income)s − 支出 %(expense)s ＝ %(computed)s ですが、%(printed)s とあります。"
)
WRONG_SUM = "%(side)s総額が合いません。各行の合計は %(computed)s ですが、%(printed)s とあります。"


class Side(StrEnum):
    INCOME = "income"
    EXPENSE = "expense"


SIDE_WORDS = {Side.INCOME: "収入", Side.EXPENSE: "支出"}


@dataclass(frozen=True, slots=True)
class Line:
    """科目 — of one side, with budget and actual; one on which nothing came or went stays in the table."""

    side: Side
    name: str
    budget_yen: int
    actual_yen: int

    @property
    def difference_yen(self) -> int:
        """差引額 — 予算額 − 決算額; below zero printed with △."""
        return self.budget_yen - self.actual_yen


@dataclass(frozen=True, slots=True)
class Total:
    budget_yen: int
    actual_yen: int

    @property
    def difference_yen(self) -> int:
        return self.budget_yen - self.actual_yen


@dataclass(frozen=True, slots=True)
class Settled:
    lines: tuple[Line, ...]
    totals: Mapping[Side, Total]

    @property
    def surplus_yen(self) -> int:
        """差引額 — what is carried into the next year: Σ収入決算 − Σ支出決算."""
        return self.totals[Side.INCOME].actual_yen - self.totals[Side.EXPENSE].actual_yen

    @property
    def by_differences_yen(self) -> int:
        """The same from the other columns: Σ支出差引 − Σ収入差引."""
        return self.totals[Side.EXPENSE].difference_yen - self.totals[Side.INCOME].difference_yen

def settle(lines: Sequence[Line]) -> Settled:
    """決算 — totals and surplus of the lines. Raises Cannot: no lines, a 科目 twice, a budget that does not balance."""
    if not lines:
        raise Cannot("lines", NO_LINES)
    for (side, name), count in Counter((line.side, line.name) for line in lines).items():
        if count > 1:
            raise Cannot("lines", TWICE, side=SIDE_WORDS[side], name=name)
    totals = {side: total_of(line for line in lines if line.side is side) for side in Side}
    income, expense = totals[Side.INCOME].budget_yen, totals[Side.EXPENSE].budget_yen
    if income != expense:
        raise Cannot("lines", NOT_BALANCED, income=f"{income:,}", expense=f"{expense:,}")
    return Settled(tuple(lines), totals)


def total_of(lines: Iterable[Line]) -> Total:
    budget = actual = 0
    for line in lines:
        budget, actual = budget + line.budget_yen, actual + line.actual_yen
    return Total(budget, actual)


# --- a 決算書 as it was printed ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A row as it stands in the paper; `where` says which (file and line). `parts` are the amounts of its 摘要."""

    where: str
    side: Side
    name: str
    budget_yen: int
    actual_yen: int
    difference_yen: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedTotal:
    where: str
    side: Side
    budget_yen: int
    actual_yen: int
    difference_yen: int


@dataclass(frozen=True, slots=True)
class PrintedSum:
    """収入総額, 支出総額 (by side), or 差引額 (no side)."""

    where: str
    side: Side | None
    yen: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and in which row."""

    where: str
    text: str
    params: Mapping[str, str]

    @property
    def words(self) -> str:
        return self.text % self.params


def faults(
    lines: Sequence[PrintedLine], totals: Sequence[PrintedTotal] = (), sums: Sequence[PrintedSum] = ()
) -> list[Fault]:
    """決算書の検算 — every row that does not fit: one wrong digit is found, and its row named first."""
    found = [fault for line in lines for fault in _line_faults(line)]
    whole = {
        side: total_of(
            Line(line.side, line.name, line.budget_yen, line.actual_yen) for line in lines if line.side is side
        )
        for side in Side
    }  # fmt: skip
    for total in totals:
        columns = (
            ("予算額", "budget_yen"),
            ("決算額", "actual_yen"),
            ("差引額", "difference_yen"),
        )
        for words, name in columns:
            computed, printed = getattr(whole[total.side], name), getattr(total, name)
            if computed != printed:
                said = {"side": SIDE_WORDS[total.side], "column": words} | _both(computed, printed)
                found.append(Fault(total.where, WRONG_TOTAL, said))
    income, expense = whole[Side.INCOME].actual_yen, whole[Side.EXPENSE].actual_yen
    for one in sums:
        computed = income - expense if one.side is None else whole[one.side].actual_yen
        if computed == one.yen:
            continue
        both = _both(computed, one.yen)
        if one.side is None:
            said = {"income": triangle(income), "expense": triangle(expense)} | both
            found.append(Fault(one.where, WRONG_SURPLUS, said))
        else:
            found.append(Fault(one.where, WRONG_SUM, {"side": SIDE_WORDS[one.side]} | both))
    return found


def _line_faults(line: PrintedLine) -> Iterable[Fault]:
    computed = line.budget_yen - line.actual_yen
    if computed != line.difference_yen:
        columns = {"budget": triangle(line.budget_yen), "actual": triangle(line.actual_yen)}
        said = {"name": line.name} | columns | _both(computed, line.difference_yen)
        yield Fault(line.where, WRONG_DIFFERENCE, said)
    if line.parts and sum(line.parts) != line.actual_yen:
        yield Fault(line.where, WRONG_PARTS, {"name": line.name} | _both(sum(line.parts), line.actual_yen))


def _both(computed: int, printed: int) -> dict[str, str]:
    return {"computed": triangle(computed), "printed": triangle(printed)}


def triangle(yen: int) -> str:
    """「△800」 — as accounts print what is below zero."""
    return f"{'△' if yen < 0 else ''}{abs(yen):,}"
