"""年ごとの額の比較 — what is paid every year, beside the years before, with the rate of change (O26, O27). Pure.

Source: 36,769,000 → 38,294,000 → 42,969,708 is +4.15 % and +12.21 %; half up to two places, none where nothing stood before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

YEARS: Final = 3  # a year and the two before it


@dataclass(frozen=True, slots=True)
class Payment:
    """年ごとの額 of one thing that is paid every year, in yen by fiscal year; a year without it is absent."""

    key: str
    name: str
    by_year: dict[int, int]


def years_told(payments: Sequence[Payment]) -> list[int]:
    """The years in which anything was paid, from the first to the last without a gap."""
    years = {year for one in payments for year in one.by_year}
    return list(range(min(years), max(years) + 1)) if years else []


def change(before: object, after: object) -> Decimal | None:
    """増減率 — in per cent to two places, half up; none where nothing stood before."""
    if not isinstance(before, int | Decimal) or not isinstance(after, int | Decimal) or not before:
        return None
    rate = (Fraction(after) - Fraction(before)) / Fraction(before) * 10_000
    rounded = (abs(rate) + Fraction(1, 2)).__floor__()
    return Decimal(rounded if rate >= 0 else -rounded).scaleb(-2)
