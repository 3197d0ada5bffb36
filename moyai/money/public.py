"""What others may import from money."""

from moyai.money import payables
from moyai.money.actions import (
    ChargeOrder,
    PayerForgotten,
    cancel_charge,
    charge,
    charge_many,
    forget_payer,
    issue_slip,
    reduce_charge,
    request_for_thing,
)
from moyai.money.ledger import invariants, ledger_check
from moyai.money.locks import lock_charges_about
from moyai.money.models import Charge, Refund
from moyai.money.queries import Standing, charges_about, credits_about, kept_by_money, standings
from moyai.money.refusals import CannotCancel, LinesDiffer, NothingOwed, NothingToGiveBack, NotLower, NotOpen
from moyai.money.rules.joining import credits_of, entry_yen, months_between, remaining_cost
from moyai.money.rules.ledger import ChargeLine, ChargeState, Ledger
from moyai.money.rules.sharing import Share, blend, portions, share, shares
from moyai.money.wording import CHARGE_WORDS

__all__ = [
    "CHARGE_WORDS",
    "CannotCancel",
    "Charge",
    "ChargeLine",
    "ChargeOrder",
    "ChargeState",
    "Ledger",
    "LinesDiffer",
    "NotLower",
    "NotOpen",
    "NothingOwed",
    "NothingToGiveBack",
    "PayerForgotten",
    "Refund",
    "Share",
    "Standing",
    "blend",
    "cancel_charge",
    "charge",
    "charge_many",
    "charges_about",
    "credits_about",
    "credits_of",
    "entry_yen",
    "forget_payer",
    "invariants",
    "issue_slip",
    "kept_by_money",
    "ledger_check",
    "lock_charges_about",
    "months_between",
    "payables",
    "portions",
    "reduce_charge",
    "remaining_cost",
    "request_for_thing",
    "share",
    "shares",
    "standings",
]
