"""新規利用団体の費用負担 — what a body pays that joins the shared facility reservation after others have built it. Pure.

Joining after k of n months, it pays its part of what is left of the common cost, C × (n − k) ÷ n × part; the earlier bodies
are credited with that sum in proportion to what they paid. Its part is that of a body that had been there from the
beginning: a mix of 均等割, 館数割 and 利用者割 over all bodies, itself among them. What moving its own data costs is 実費.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from moyai.money.public import entry_yen as entry_of
from moyai.money.public import remaining_cost

BASES: Final = ("equal", "facilities", "users")
BASIS_WORDS: Final = {"equal": "均等割", "facilities": "館数割", "users": "利用者割"}
PERCENT: Final = 100


class CannotJoin(ValueError):
    """The cost cannot be worked out; `where` is the fact that is wrong, `words` say why."""

    def __init__(self, where: str, words: str) -> None:
        super().__init__(words)
        self.where, self.words = where, words


@dataclass(frozen=True, slots=True)
class Basis:
    """算定の基礎 of a body: 館数 and 登録利用者数."""

    facilities: int = 0
    users: int = 0

    def of(self, basis: str) -> int:
        return 1 if basis == "equal" else int(getattr(self, basis))


@dataclass(frozen=True, slots=True)
class Part:
    """One basis of the mix: so many percent by it, of which the newcomer's is `own` ÷ `all`."""

    basis: str
    percent: int
    own: int
    all: int

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.percent * self.own, PERCENT * self.all)


def mix_of(percents: Mapping[str, int]) -> dict[str, int]:
    """負担の割合 by basis. Raises CannotJoin unless it is 100 percent in all."""
    mix = {basis: percents[basis] for basis in BASES if percents[basis]}
    if sum(mix.values()) != PERCENT:
        raise CannotJoin("mix", "負担の割合の合計が100％になりません。")
    return mix


def mix_among(mix: Mapping[str, int], bodies: Sequence[Basis]) -> dict[str, int]:
    """The mix for these bodies: what goes by a basis that none of them has is borne equally."""
    known = {basis: percent for basis, percent in mix.items() if any(one.of(basis) for one in bodies)}
    rest = PERCENT - sum(known.values())
    return (
        {"equal": known.get("equal", 0) + rest, **{k: v for k, v in known.items() if k != "equal"}}
        if rest
        else known
    )


def parts_of(mix: Mapping[str, int], newcomer: Basis, others: Sequence[Basis]) -> list[Part]:
    """負担の割合の内訳 — of each basis, the newcomer's among all bodies."""
    every = [newcomer, *others]
    return [
        Part(basis, percent, newcomer.of(basis), sum(one.of(basis) for one in every))
        for basis, percent in mix_among(mix, every).items()
    ]


def remaining(cost_yen: int, *, months: int, begun: int) -> Fraction:
    """残りの期間に当たる額 — of the common cost. Raises CannotJoin outside of its months."""
    if begun < 0:
        raise CannotJoin("joins_on", "共同利用が始まる月より前の日です。")
    if begun >= months:
        raise CannotJoin("joins_on", "共同利用の期間が終わった後の日です。")
    return remaining_cost(cost_yen, months=months, passed=begun)


def entry_yen(left: Fraction, parts: Sequence[Part], *, unit_yen: int = 1) -> int:
    """加入時の負担額 — the newcomer's part of what is left, to whole units, 切捨て."""
    return entry_of(left, sum((part.fraction for part in parts), Fraction(0)), unit_yen=unit_yen)
