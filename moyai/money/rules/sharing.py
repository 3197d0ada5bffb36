"""負担金・按分 — exact sharing of whole yen: largest remainder over exact fractions.

Source: joint-operation reference, formula 負担金 allocation. One pass over blended weights, never one pass per basis.
An approved line is never shared again (the Alabama paradox): a 補正 shares only its difference, which may be negative.
"""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import repeat
from math import lcm
from typing import Any, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
Weight = int | Fraction


class Share(NamedTuple):
    """One payer's part, with all that explains it.

    `quota` is the exact part in yen, `floor_yen` what is certain, `rank` the place in the order of remainders (1 = largest),
    `amount_yen` what is paid. `adjusted` marks the one payer that takes what is left when the unit does not divide the sum.
    `portion` of `portions` is its weight in whole numbers; the fractions are made of it where somebody asks.
    """

    key: Any
    portion: int
    portions: int
    shared_yen: int
    floor_yen: int
    rank: int
    amount_yen: int
    adjusted: bool = False

    @property
    def weight(self) -> Fraction:
        """Its part of the whole: the weights of all add up to 1."""
        return Fraction(self.portion, self.portions) if self.portions else Fraction(0)

    @property
    def quota(self) -> Fraction:
        return Fraction(self.shared_yen * self.portion, self.portions) if self.portions else Fraction(0)


def _parts(weight: object) -> tuple[int, int]:
    # A float has already lost what we promise to keep; bool is an int by accident only.
    if isinstance(weight, bool) or not isinstance(weight, (int, Fraction)):
        raise TypeError(f"a weight is an int or a Fraction, never {type(weight).__name__}")
    above, below = weight.as_integer_ratio()
    if above < 0:
        raise ValueError("a weight is not negative")
    return above, below


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
    portions, total = _whole_numbers(weights)
    # Codes of bodies are strings of one length; keys of two kinds have no order and fail here.
    keys = sorted(portions)  # type: ignore[type-var]
    if total == 0:
        if amount_yen:
            raise ValueError("nobody has weight, so nobody can pay")
        return [Share(key, 0, 0, 0, 0, place, 0) for place, key in enumerate(keys, 1)]
    # A credit is shared as its debt would be, so that a 補正 and its withdrawal cancel to the yen.
    sign, size = (-1, -amount_yen) if amount_yen < 0 else (1, amount_yen)
    units, rest_yen = divmod(size, unit_yen)
    own = [portions[key] for key in keys]
    cut = [divmod(units * portion, total) for portion in own]
    floors = [floor for floor, _remainder in cut]
    # Keys are in order already and the sort keeps it among equals; who has no weight comes last.
    behind = [-remainder if portion else 1 for portion, (_floor, remainder) in zip(own, cut, strict=True)]
    by_remainder = sorted(range(len(keys)), key=behind.__getitem__)
    left = units - sum(floors)
    ranks = [0] * len(keys)
    for rank, place in enumerate(by_remainder, 1):
        ranks[place] = rank
    adjuster = next(place for place in by_remainder[left:] + by_remainder if own[place]) if rest_yen else None
    amounts = [floor * unit_yen for floor in floors]
    for place in by_remainder[:left]:
        amounts[place] += unit_yen
    certain = [sign * unit_yen * floor for floor in floors]
    if adjuster is not None:
        amounts[adjuster] += rest_yen
    if sign < 0:
        amounts = [-amount for amount in amounts]
    found = list(map(Share, keys, own, repeat(total), repeat(sign * size), certain, ranks, amounts))
    if adjuster is not None:
        found[adjuster] = found[adjuster]._replace(adjusted=True)
    return found


def _whole_numbers(weights: Mapping[Key, Weight]) -> tuple[dict[Key, int], int]:
    """The weights over their common denominator, and their sum: exact, and as quick as whole numbers are.

    Raises TypeError, ValueError: see `_parts`.
    """
    if {*map(type, weights.values())} == {int} and min(weights.values()) >= 0:
        return dict(weights), sum(weights.values())  # type: ignore[arg-type]
    parts = {key: _parts(weight) for key, weight in weights.items()}
    common = lcm(*{below for _above, below in parts.values()})
    whole = {key: above * (common // below) for key, (above, below) in parts.items()}
    return whole, sum(whole.values())


def share(amount_yen: int, weights: Mapping[Key, Weight], *, unit_yen: int = 1) -> dict[Key, int]:
    """Only the yen of `shares`, by key."""
    return {part.key: part.amount_yen for part in shares(amount_yen, weights, unit_yen=unit_yen)}


def blend(parts: Sequence[tuple[Fraction, Mapping[Key, Weight]]]) -> dict[Key, Fraction]:
    """均等割・人口割・利用割 … mixed into one weight: w = Σ part × x ÷ Σx. The parts add up to 1, and so do the weights.

    A payer absent from a basis has nothing of it. Raises ValueError if the parts do not add up to 1 or a basis is empty.
    """
    weights, common = _blended(parts)
    return {key: Fraction(weight, common) for key, weight in weights.items()}


def portions(parts: Sequence[tuple[Fraction, Mapping[Key, Weight]]]) -> dict[Key, int]:
    """The weights of `blend` in whole numbers: as exact, in the same proportion, and the quickest to share by."""
    return _blended(parts)[0]


def _blended(parts: Sequence[tuple[Fraction, Mapping[Key, Weight]]]) -> tuple[dict[Key, int], int]:
    """The blended weights over one denominator for all."""
    for part, _basis in parts:
        _parts(part)
    if sum((part for part, _basis in parts), Fraction(0)) != 1:
        raise ValueError("the parts of the mix do not add up to 1")
    scaled: list[tuple[Fraction, dict[Key, int]]] = []
    for part, basis in parts:
        whole, total = _whole_numbers(basis)
        if total == 0 and part:
            raise ValueError("a basis of the mix has no weight")
        scaled.append((part / total if total else Fraction(0), whole))
    common = lcm(*(each.denominator for each, _whole in scaled))
    keys = list(dict.fromkeys(key for _each, whole in scaled for key in whole))
    added = [0] * len(keys)
    for each, whole in scaled:
        factor = each.numerator * (common // each.denominator)
        column = whole.values() if list(whole) == keys else [whole.get(key, 0) for key in keys]
        added = [before + factor * x for before, x in zip(added, column, strict=True)]
    return dict(zip(keys, added, strict=True)), common
