"""施設予約の規則 — the rules of this package in the rulebook; each module registers its own."""

from moyai.reservations.rulebook import fees, refunds

__all__ = ["fees", "refunds"]
