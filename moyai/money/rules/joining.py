"""後乗り — what one pays who joins after others have built what is shared. Pure.

Joining after k of n months, it bears its part of what is left of the common first cost, C × (n − k) ÷ n × part; those who
paid before are credited with that sum in proportion to what they paid.

Source: joint-operation reference, formula 後乗り.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from typing import TypeVar

from moyai.money.rules.sharing import Share, shares

Key = TypeVar("Key", bound=Hashable)


def months_between(first: date, day: date) -> int:
    """経過した月 — whole months from the month of `first` to the month of `day`, which itself is not over."""
    return (day.year - first.year) * 12 + day.month - first.month


def remaining_cost(cost_yen: int, *, months: int, passed: int) -> Fraction:
    """残りの期間に当たる額 — of the common first cost, exact. Raises ValueError outside of its months."""
    if not 0 <= passed < months:
        raise ValueError(f"a cost of {months} months has nothing left after {passed}")
    return Fraction(cost_yen * (months - passed), months)


def entry_yen(left: Fraction, part: Fraction, *, unit_yen: int = 1) -> int:
    """加入時の負担額 — the newcomer's part of what is left, to whole units, 切捨て: never more than its exact part."""
    exact = left * part / unit_yen
    return exact.numerator // exact.denominator * unit_yen


def credits_of(entry: int, paid: Mapping[Key, int]) -> list[Share]:
    """先の団体への充当 — the whole entry, in proportion to what each has paid; the parts add up to it.

    Raises ValueError if nobody has paid anything.
    """
    return shares(entry, paid)
