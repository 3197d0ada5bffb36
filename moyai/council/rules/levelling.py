"""月割平準化 — a contract's whole sum over its months: T = n × m + r, the first r months one yen more (Y16). Pure.

Source: joint-operation reference, formula 月割平準化: 1,000,000,007 over 120 months = 8,333,333 with 47 months of 8,333,334.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from moyai.council.rules.cannot import Cannot

MONTHS_RANGE = "月数は1から1,200までにしてください。"
BELOW_ZERO = "総額は0円以上にしてください。"
OUTSIDE = "%(month)sは期間の外です。"


@dataclass(frozen=True, slots=True)
class Plan:
    """平準化した月額 — from the month of `first_month` on."""

    first_month: date
    months: int
    yen: int

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 1200:
            raise Cannot("months", MONTHS_RANGE)
        if self.yen < 0:
            raise Cannot("yen", BELOW_ZERO)

    @property
    def monthly_yen(self) -> int:
        """The sum of most months, rounded down."""
        return self.yen // self.months

    @property
    def larger_months(self) -> int:
        """The number of first months that take one yen more."""
        return self.yen % self.months

    def month(self, place: int) -> date:
        """The first day of the n-th month, from 0."""
        year, month = divmod(self.first_month.year * 12 + self.first_month.month - 1 + place, 12)
        return date(year, month + 1, 1)

    def yen_in(self, month: date) -> int:
        """その月の額. Raises Cannot outside of the months."""
        place = (month.year - self.first_month.year) * 12 + month.month - self.first_month.month
        if not 0 <= place < self.months:
            raise Cannot("month", OUTSIDE, month=f"{month:%Y-%m}")
        return self.monthly_yen + (place < self.larger_months)

    def all_months(self) -> list[tuple[date, int]]:
        return [
            (self.month(place), self.monthly_yen + (place < self.larger_months)) for place in range(self.months)
        ]  # fmt: skip

    def by_fiscal_year(self) -> dict[int, int]:
        """年度ごとの額 — they add up to the whole."""
        total: dict[int, int] = {}
        for month, yen in self.all_months():
            year = month.year if month.month >= 4 else month.year - 1
            total[year] = total.get(year, 0) + yen
        return total
