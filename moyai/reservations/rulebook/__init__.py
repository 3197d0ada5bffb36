"""施設予約の規則 — the rules of this package in the rulebook; each module registers its own."""

from moyai.reservations.rulebook import days, fees, joining, limits, people, refunds, retention

__all__ = ["days", "fees", "joining", "limits", "people", "refunds", "retention"]
