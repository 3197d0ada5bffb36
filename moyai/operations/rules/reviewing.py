"""仕様書確認 — which procurements must be reviewed before they are announced (O05). Pure.

Source: 大阪府 令和元年度: 物品 of 30,000,000 yen or more, 委託 (リース included) of 20,000,000 yen or more.
"""

from __future__ import annotations

from collections.abc import Mapping
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
LIMITS: Final = {Procurement.GOODS: 30_000_000, Procurement.SERVICES: 20_000_000}


def limit_of(kind: Procurement, limits: Mapping[str, int]) -> int | None:
    """確認の下限 — of a kind; a lease goes by the limit of 委託 unless it has one of its own. None: never reviewed."""
    own = limits.get(kind.value)
    return limits.get(Procurement.SERVICES.value) if own is None and kind is Procurement.LEASE else own


def needs_review(kind: Procurement, amount_yen: int, limits: Mapping[str, int]) -> bool:
    """確認の要否 — from the limit on, the limit itself included."""
    limit = limit_of(kind, limits)
    return limit is not None and amount_yen >= limit
