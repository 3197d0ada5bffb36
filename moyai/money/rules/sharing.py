"""負担金・按分 — exact sharing of whole yen: largest remainder over exact fractions.

Source: joint-operation reference, formula 負担金 allocation. One pass over blended weights, never one pass per basis.
An approved line is never shared again (the Alabama paradox): a 補正 shares only its difference, which may be negative.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Weight = int | Fraction


@dataclass(frozen=True)
class Share:
    """One payer's part, with all that explains it.

    `quota` is the exact part in yen, `floor_yen` what is certain, `rank` the place in the order of remainders (1 = largest),
    `amount_yen` what is paid. `adjusted` marks the one payer that takes what is left when the unit does not divide the sum.
    """

    key: Any
    weight: Fraction
    quota: Fraction
    floor_yen: int
    rank: int
    amount_yen: int
    adjusted: bool = False


def _exact(weight: object) -> Fraction:
    # A float has already lost what we promise to keep; bool is an int by accident only.
    if isinstance(weight, bool) or not isinstance(weight, (int, Fraction)):
        raise TypeError(f"a weight is an int or a Fraction, never {type(weight).__name__}")
    if weight < 0:
        raise ValueError("a weight is not negative")
    return Fraction(weight)


def shares(amount_yen: int, weights: Mapping[Key, Weight], *, unit_yen: int = 1) -> list[Share]:
    """Share `amount_yen` (may be negative) in proportion to `weights`; the parts add up to it, always.

    In order of key (団体コード), whatever the order of input. Ties of remainders go to the smaller key. With `unit_yen` > 1
    each part is a multiple of it, save one adjusting payer (the next in the order of remainders) if it does not divide.
    A payer of weight 0 pays 0. Raises ValueError if nobody has weight, TypeError on floats.
    """
    if isinstance(amount_yen, bool) or not isinstance(amount_yen, int):
        raise TypeError("an amount is whole yen")
    if unit_yen < 1:
        raise ValueError("a unit is one yen or more")
    exact = {key: _exact(weight) for key, weight in weights.items()}
    total = sum(exact.values(), Fraction(0))
    # Codes of bodies are strings of one length; keys of two kinds have no order and fail here.
    keys = sorted(exact)  # type: ignore[type-var]
    if total == 0:
        if amount_yen:
            raise ValueError("nobody has weight, so nobody can pay")
        return [Share(key, Fraction(0), Fraction(0), 0, place, 0) for place, key in enumerate(keys, 1)]
    # A credit is shared as its debt would be, so that a 補正 and its withdrawal cancel to the yen.
    sign, size = (-1, -amount_yen) if amount_yen < 0 else (1, amount_yen)
    units, rest_yen = divmod(size, unit_yen)
    in_units = {key: units * exact[key] / total for key in keys}
    floors = {key: quota.numerator // quota.denominator for key, quota in in_units.items()}
    by_remainder = sorted(keys, key=lambda key: (exact[key] == 0, floors[key] - in_units[key], key))
    left = units - sum(floors.values())
    winners = set(by_remainder[:left])
    adjuster = next(key for key in by_remainder[left:] + by_remainder if exact[key] > 0) if rest_yen else None
    rank = {key: place for place, key in enumerate(by_remainder, 1)}
    result = []
    for key in keys:
        part = (floors[key] + (key in winners)) * unit_yen + (rest_yen if key == adjuster else 0)
        result.append(
            Share(
                key=key,
                weight=exact[key] / total,
                quota=sign * size * exact[key] / total,
                floor_yen=sign * floors[key] * unit_yen,
                rank=rank[key],
                amount_yen=sign * part,
                adjusted=key == adjuster,
            )
        )
    return result


def share(amount_yen: int, weights: Mapping[Key, Weight], *, unit_yen: int = 1) -> dict[Key, int]:
    """Only the yen of `shares`, by key."""
    return {part.key: part.amount_yen for part in shares(amount_yen, weights, unit_yen=unit_yen)}


def blend(parts: Sequence[tuple[Fraction, Mapping[Key, Weight]]]) -> dict[Key, Fraction]:
    """均等割・人口割・利用割 … mixed into one weight: w = Σ part × x ÷ Σx. The parts add up to 1.

    A payer absent from a basis has nothing of it. Raises ValueError if the parts do not add up to 1 or a basis is empty.
    """
    if sum((_exact(part) for part, _ in parts), Fraction(0)) != 1:
        raise ValueError("the parts of the mix do not add up to 1")
    weights: dict[Key, Fraction] = {}
    for part, basis in parts:
        total = sum((_exact(x) for x in basis.values()), Fraction(0))
        if total == 0 and part:
            raise ValueError("a basis of the mix has no weight")
        for key, x in basis.items():
            weights[key] = weights.get(key, Fraction(0)) + (part * _exact(x) / total if total else 0)
    return weights
