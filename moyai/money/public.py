"""What others may import from money."""

from moyai.money import payables
from moyai.money.actions import PayerForgotten, cancel_charge, charge, forget_payer, issue_slip, reduce_charge
from moyai.money.ledger import invariants, ledger_check
from moyai.money.locks import lock_charges_about
from moyai.money.models import Charge
from moyai.money.queries import charges_about, kept_by_money
from moyai.money.refusals import CannotCancel, LinesDiffer, NothingOwed, NotLower, NotOpen
from moyai.money.rules.ledger import ChargeLine, ChargeState, Ledger
from moyai.money.rules.sharing import Share, blend, share, shares
from moyai.money.wording import CHARGE_WORDS

__all__ = [
    "CHARGE_WORDS",
    "CannotCancel",
    "Charge",
    "ChargeLine",
    "ChargeState",
    "Ledger",
    "LinesDiffer",
    "NotLower",
    "NotOpen",
    "NothingOwed",
    "PayerForgotten",
    "Share",
    "blend",
    "cancel_charge",
    "charge",
    "charges_about",
    "forget_payer",
    "invariants",
    "issue_slip",
    "kept_by_money",
    "ledger_check",
    "lock_charges_about",
    "payables",
    "reduce_charge",
    "share",
    "shares",
]
