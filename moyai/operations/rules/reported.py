"""報告された率の判定 — what a rate that was rounded when it was printed still proves of a level (C24). Pure.

Source: joint-operation reference, formula 稼働率: printed half up at two digits, judged on the fraction. A printed 99.97 says no more
than 99.965 or more and less than 99.975 %; it proves a level only where every fraction that prints so keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from moyai.operations.rules.availability import Verdict

PLACES: Final = 2  # digits of a per cent that a printed rate has, if it gives no more


@dataclass(frozen=True, slots=True)
class Rates:
    """率の幅 — all fractions a rate may have been: `least` is one of them, `most` only where it `reaches`."""

    least: Fraction
    most: Fraction
    reaches: bool = True


UNREPORTED: Final = Rates(Fraction(0), Fraction(1))


def printed_rates(text: str) -> Rates:
    """印刷された率の幅 — of a per cent in decimal text ("99.97", "100"), rounded half up at two digits or at as many as it gives.

    Raises ValueError for what is not from 0 to 100.
    """
    rate = Decimal(text)
    if not (rate.is_finite() and 0 <= rate <= 100):
        raise ValueError(f"a rate is from 0 to 100, not {text}")
    exponent = rate.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Fraction(1, 2 * 10 ** max(PLACES, -exponent))
    least, most = (Fraction(rate) - half) / 100, (Fraction(rate) + half) / 100
    return Rates(max(least, Fraction(0)), min(most, Fraction(1)), reaches=most > 1)


def weighed(parts: Iterable[tuple[int, Rates]]) -> Rates:
    """期間の率の幅 — parts with their days (or minutes), each counting by its length. Unreported where nothing is given."""
    known = [(length, rates) for length, rates in parts if length]
    whole = sum(length for length, _rates in known)
    if not whole:
        return UNREPORTED
    return Rates(
        sum((length * rates.least for length, rates in known), Fraction(0)) / whole,
        sum((length * rates.most for length, rates in known), Fraction(0)) / whole,
        reaches=all(rates.reaches for _length, rates in known),
    )


def verdict_of(rates: Rates, level: Fraction) -> Verdict:
    """判定 — met where every rate it may have been keeps the level, missed where none does, else nobody can say."""
    if rates.least >= level:
        return Verdict.MET
    if rates.most < level or (rates.most == level and not rates.reaches):
        return Verdict.MISSED
    return Verdict.UNPROVEN


def of_all(verdicts: Iterable[Verdict]) -> Verdict:
    """全体の判定 — met where all are, missed where one is; what was to run at no time says nothing. Nothing at all proves nothing."""
    found = [verdict for verdict in verdicts if verdict is not Verdict.NOTHING_PLANNED]
    if Verdict.MISSED in found:
        return Verdict.MISSED
    return Verdict.MET if found and all(verdict is Verdict.MET for verdict in found) else Verdict.UNPROVEN
