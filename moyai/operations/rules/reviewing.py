"""仕様書確認 — which procurements must be reviewed before they are announced (O05). Pure.

Source: 大阪府 令和元年度 業務改革グループ 1(1) 仕様書確認: 物品 of 30,000,000 yen or more, 委託役務 (リース included) of 20,000,000 yen or
more, both limits included. Each installation keeps its own limits with the kind of case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Procurement(StrEnum):
    GOODS = "goods"
    SERVICES = "services"
    LEASE = "lease"


PROCUREMENT_WORDS: Final = {
    Procurement.GOODS: "物品",
    Procurement.SERVICES: "委託",
    Procurement.LEASE: "リース",
}


@dataclass(frozen=True, slots=True)
class Review:
    """確認の要否 — and the limit it was decided by; None where the sort has no limit."""

    due: bool
    limit_yen: int | None


def limit_of(kind: Procurement, limits: Mapping[str, int]) -> int | None:
    """確認の下限 — of a kind; a lease goes by the limit of 委託 unless it has one of its own. None: never reviewed."""
    own = limits.get(kind.value)
    return limits.get(Procurement.SERVICES.value) if own is None and kind is Procurement.LEASE else own


def review(kind: Procurement, amount_yen: int, limits: Mapping[str, int]) -> Review:
    """確認の要否 — from the limit on, the limit itself included."""
    limit = limit_of(kind, limits)
    return Review(limit is not None and amount_yen >= limit, limit)
