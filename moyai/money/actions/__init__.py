"""Writes of the ledger: charging, receiving, paying by card, giving back."""

from moyai.money.actions.card import ask_company, start_payment, take_news
from moyai.money.actions.charging import (
    ChargeOrder,
    cancel_charge,
    charge,
    charge_many,
    issue_slip,
    write_off,
)
from moyai.money.actions.forgetting import PayerForgotten, forget_payer
from moyai.money.actions.receiving import confirm_receipt, print_receipt, receive
from moyai.money.actions.reducing import reduce_charge
from moyai.money.actions.refunding import decide_refund, pay_refund, request_for_thing, request_refund

__all__ = [
    "ChargeOrder",
    "PayerForgotten",
    "ask_company",
    "cancel_charge",
    "charge",
    "charge_many",
    "confirm_receipt",
    "decide_refund",
    "forget_payer",
    "issue_slip",
    "pay_refund",
    "print_receipt",
    "receive",
    "reduce_charge",
    "request_for_thing",
    "request_refund",
    "start_payment",
    "take_news",
    "write_off",
]
