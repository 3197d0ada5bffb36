"""携帯電話等エリア整備の補助 — the prefecture's part: 2/15, or 1/5 from 100 households on (O42). Pure.

Source: joint-operation reference, formula 補助; the parts and the number of households are those of the 補助金交付要綱.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """要綱の定め — 県負担 below so many households, and from them on."""

    households: int = 100
    part_below: Fraction = Fraction(2, 15)
    part_from: Fraction = Fraction(1, 5)
    unit_yen: int = 1


@dataclass(frozen=True, slots=True)
class Subsidised:
    part: Fraction
    exact_yen: Fraction
    yen: int


def subsidy(cost_yen: int, households: int, terms: Terms) -> Subsidised:
    """補助額 — the part by households of the cost, less than a unit rounded down."""
    part = terms.part_from if households >= terms.households else terms.part_below
    exact = cost_yen * part
    units = exact / terms.unit_yen
    return Subsidised(part, exact, units.numerator // units.denominator * terms.unit_yen)
