"""負担金の算定 — an amount shared among its payers by a mix, so that every bill explains itself years later. Pure.

Source: joint-operation reference, formulas 負担金 allocation and 補正. The engine is that of money: exact fractions, the largest
remainders, the smaller 団体コード first among equals. A decided line is never shared again, because one yen more in all may
cost a member one yen (the Alabama paradox): a 補正 shares only its difference, as a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Mix, Payer, bases_of, exact_text, figures, portions_of
from moyai.money.public import Share, shares

NO_PARTS = "分け方の割合の合計が1になりません（合計 %(total)s）。"
ONLY_AMOUNTS = "固定額と実費だけの費目は、差額を分けられません。団体ごとの額で新しい費目にしてください。"


@dataclass(frozen=True, slots=True)
class Sharing:
    """算定の結果 — the parts in order of 団体コード, and for each body the figures they were made of."""

    yen: int
    parts: tuple[Share, ...]
    bases: Mapping[str, Mapping[str, int | str]]

    @property
    def yen_of(self) -> dict[str, int]:
        return {part.key: part.amount_yen for part in self.parts}


def share_burden(yen: int, mix: Mix, payers: Mapping[str, Payer], *, unit_yen: int = 1) -> Sharing:
    """負担金の算定 — the parts add up to `yen`, always; none is further from its exact quota than one unit.

    Raises Cannot: a mix that is not whole, a figure that is missing, amounts above the whole.
    """
    tables = figures(mix, payers)
    parts = shares(yen, portions_of(yen, mix, tables), unit_yen=unit_yen)
    return Sharing(yen, tuple(parts), bases_of(mix, tables, sorted(payers)))


def supplement(
    total_yen: int, decided: Sequence[Mapping[str, int]], mix: Mix, payers: Mapping[str, Payer], *, unit_yen: int = 1
) -> Sharing:  # fmt: skip
    """補正 — the difference between the new total and what the decided lines already bear, shared as its own line.

    It may be negative. Amounts that stand as they are were borne by the first line and are left out here. Raises Cannot.
    """
    borne = sum(sum(line.values()) for line in decided)
    shared = [part for part in mix if not part.stands]
    if not shared:
        raise Cannot("mix", ONLY_AMOUNTS)
    return share_burden(total_yen - borne, shared, payers, unit_yen=unit_yen)


def together(lines: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The whole burden of each body: the decided line and its 補正."""
    total: dict[str, int] = {}
    for line in lines:
        for code, yen in line.items():
            total[code] = total.get(code, 0) + yen
    return dict(sorted(total.items()))


def split(yen: int, parts: Sequence[Fraction]) -> list[int]:
    """前期・後期, or one cost over several accounts: the pieces in the given order add up to the whole.

    Among equals the earlier piece is the larger one. Raises Cannot unless the parts add up to 1.
    """
    whole = sum(parts, Fraction(0))
    if whole != 1 or any(part < 0 for part in parts):
        raise Cannot("parts", NO_PARTS, total=exact_text(whole))
    return [piece.amount_yen for piece in shares(yen, dict(enumerate(parts)))]


def kept(sharing: Sharing, part: Share) -> dict[str, Any]:
    """What is kept beside a bill: figures, weight, exact quota, what was certain, place in the order of remainders."""
    return {
        "basis": dict(sharing.bases[part.key]),
        "weight": exact_text(part.weight),
        "quota": exact_text(part.quota),
        "floor_yen": part.floor_yen,
        "rank": part.rank,
        "adjusted": part.adjusted,
        "yen": part.amount_yen,
    }
