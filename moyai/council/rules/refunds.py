"""返還金 — a settled surplus goes back to those who paid, cost line by cost line, in proportion to what they paid. Pure.

Source: joint-operation reference, formula 決算・返還. Two practices stand beside each other: shared exactly (no 端数), or each part
rounded down, with the 端数 kept as a named line that enters the next surplus (9,319,500 − 9,319,396 = 104).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from moyai.council.rules.cannot import Cannot
from moyai.money.public import shares

Pair = tuple[str, str]  # cost line, body

NOTHING_TO_REFUND = "差引額がマイナスのため、返還する額がありません。"
NOBODY_PAID = "負担した団体がないため、返還できません。"
PAID_BELOW_ZERO = "%(body)sの負担額がマイナスです。"


class Mode(StrEnum):
    EXACT = "exact"
    FLOORED = "floored"


@dataclass(frozen=True, slots=True)
class RefundPart:
    cost_line: str
    body: str
    paid_yen: int
    quota: Fraction
    rank: int
    yen: int


@dataclass(frozen=True, slots=True)
class Refunded:
    """返還 — of `base_yen`; `residue_yen` (端数) is what stays behind, 0 when shared exactly."""

    base_yen: int
    parts: tuple[RefundPart, ...]

    @property
    def yen(self) -> int:
        return sum(part.yen for part in self.parts)

    @property
    def residue_yen(self) -> int:
        return self.base_yen - self.yen


def refund(base_yen: int, paid: Mapping[Pair, int], mode: Mode, *, unit_yen: int = 1) -> Refunded:
    """返還額 — one pass over every (費目, 団体) that paid; in order of 費目 and 団体コード, whatever the order of input.

    EXACT: the parts add up to the base. FLOORED: each is its exact part, less than a unit rounded down; the 端数 is less than
    one unit for each payer. Raises Cannot.
    """
    if base_yen < 0:
        raise Cannot("base_yen", NOTHING_TO_REFUND)
    for (_line, body), yen in paid.items():
        if yen < 0:
            raise Cannot("paid", PAID_BELOW_ZERO, body=body)
    if base_yen and not any(paid.values()):
        raise Cannot("paid", NOBODY_PAID)
    found = shares(base_yen, paid, unit_yen=unit_yen)
    return Refunded(
        base_yen,
        tuple(
            RefundPart(
                cost_line=part.key[0],
                body=part.key[1],
                paid_yen=paid[part.key],
                quota=part.quota,
                rank=part.rank,
                yen=part.amount_yen if mode is Mode.EXACT else part.floor_yen,
            )
            for part in found
        ),
    )
