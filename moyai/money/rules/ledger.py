"""台帳の決まり — states of what is owed and paid, and where each received yen goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChargeState(StrEnum):
    """調定 of one sum owed."""

    OPEN = "open"  # 未納, also partly
    SETTLED = "settled"  # 納付済
    WRITTEN_OFF = "written_off"  # 欠損
    CANCELLED = "cancelled"  # 調定取消


CHARGE_FLOW: dict[tuple[ChargeState, str], ChargeState] = {
    (ChargeState.OPEN, "settle"): ChargeState.SETTLED,
    (ChargeState.OPEN, "write_off"): ChargeState.WRITTEN_OFF,
    (ChargeState.OPEN, "cancel"): ChargeState.CANCELLED,
    (ChargeState.SETTLED, "cancel"): ChargeState.CANCELLED,
}


class AttemptState(StrEnum):
    """カード払いの1回の試み."""

    STARTED = "started"
    PAID = "paid"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    HELD = "held"  # money came that does not fit: it lies in 過納 for staff


# News may come late and in any order. An approval always counts, for the payer's money is gone.
ATTEMPT_FLOW: dict[tuple[AttemptState, str], AttemptState] = {
    **{(state, "approve"): AttemptState.PAID for state in AttemptState if state is not AttemptState.HELD},
    **{(state, "hold"): AttemptState.HELD for state in AttemptState if state is not AttemptState.PAID},
    (AttemptState.STARTED, "decline"): AttemptState.DECLINED,
    (AttemptState.STARTED, "abandon"): AttemptState.ABANDONED,
    (AttemptState.STARTED, "expire"): AttemptState.EXPIRED,
    (AttemptState.EXPIRED, "decline"): AttemptState.DECLINED,
}


class RefundState(StrEnum):
    """還付・充当 of an overpayment."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    APPLIED = "applied"
    REJECTED = "rejected"


REFUND_FLOW: dict[tuple[RefundState, str], RefundState] = {
    (RefundState.REQUESTED, "approve"): RefundState.APPROVED,
    (RefundState.REQUESTED, "apply"): RefundState.APPLIED,
    (RefundState.REQUESTED, "reject"): RefundState.REJECTED,
    (RefundState.APPROVED, "pay"): RefundState.PAID,
}


class Why(StrEnum):
    """Why money lies in 過納."""

    EXCESS = "excess"  # more than was owed
    DOUBLE = "double"  # the charge was settled already
    WRONG_AMOUNT = "wrong_amount"  # not the sum the attempt was for
    CANCELLED = "cancelled"  # the charge was taken back
    REDUCED = "reduced"  # the charge was lowered after it was paid
    REFUSED = "refused"  # what was paid for can no longer be had


@dataclass(frozen=True, slots=True)
class Split:
    """Where a receipt goes: yen by instalment, and what is left over with its reason."""

    parts: tuple[tuple[int, int], ...]
    over_yen: int
    why: Why | None


def split(
    amount_yen: int, unpaid: Sequence[tuple[int, int]], *, state: ChargeState, expected_yen: int | None = None
) -> Split:
    """消込 — give `amount_yen` to the unpaid instalments, (id, yen) in order of due date; the rest is 過納.

    With `expected_yen` (a card attempt) another sum settles nothing: all of it waits for a decision by staff.
    """
    if amount_yen <= 0:
        raise ValueError("a receipt is one yen or more")
    if expected_yen is not None and amount_yen != expected_yen:
        return Split((), amount_yen, Why.WRONG_AMOUNT)
    if state is ChargeState.CANCELLED:
        return Split((), amount_yen, Why.CANCELLED)
    left, parts = amount_yen, []
    for key, owed in unpaid:
        part = min(left, owed)
        if part > 0:
            parts.append((key, part))
            left -= part
    if not left:
        return Split(tuple(parts), 0, None)
    return Split(tuple(parts), left, Why.EXCESS if parts else Why.DOUBLE)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One body's books in yen: Σ調定 = Σ収納 + Σ未納 + Σ欠損 − 過納. Σ収納 is net of 還付."""

    charged_yen: int
    received_yen: int
    refunded_yen: int
    unpaid_yen: int
    written_off_yen: int
    overpaid_yen: int

    @property
    def net_received_yen(self) -> int:
        return self.received_yen - self.refunded_yen

    @property
    def gap_yen(self) -> int:
        """What is missing from the equation; 0 always."""
        return self.charged_yen - (
            self.net_received_yen + self.unpaid_yen + self.written_off_yen - self.overpaid_yen
        )


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """調定の明細 — one line of a charge: what for, how much (may be negative: 減免), by which rule, in which steps."""

    label: str
    amount_yen: int
    rule: str = ""
    rule_version: str = ""
    steps: tuple[dict[str, object], ...] | list[dict[str, object]] = ()
