"""帳簿の点検 — the books of a body, and what must hold in them at every moment. Used by `moyai check`."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.db.models import Sum

from moyai.money import payables
from moyai.money.models import Charge, Overpayment, Receipt, Refund, WriteOff
from moyai.money.rules.ledger import ChargeState, Ledger, RefundState
from moyai.tenants.public import Body


def ledger_check(body: Body) -> Ledger:
    """The six sums of a body. `gap_yen` is 0, or the books are broken.

    調定, 収納, 還付 and 欠損 come from what was written once; 未納 and 過納 from the figures kept current.
    """

    def total(rows: object, column: str) -> int:
        return int(rows.aggregate(yen=Sum(column))["yen"] or 0)  # type: ignore[attr-defined]

    charges = Charge.objects.of(body).exclude(state=ChargeState.CANCELLED)
    return Ledger(
        charged_yen=total(charges, "amount_yen"),
        received_yen=total(Receipt.objects.of(body), "amount_yen"),
        refunded_yen=total(Refund.objects.of(body).filter(state=RefundState.PAID), "amount_yen"),
        unpaid_yen=total(charges, "unpaid_yen"),
        written_off_yen=total(WriteOff.objects.of(body), "amount_yen"),
        overpaid_yen=total(Overpayment.objects.of(body), "left_yen"),
    )


# Each finds broken rows: an id and two figures that should be equal.
_LINES_ADD_UP = """
SELECT c.id, c.amount_yen, coalesce(sum(i.amount_yen), 0)::bigint
  FROM money_charge c LEFT JOIN money_chargeitem i ON i.body_id = c.body_id AND i.charge_id = c.id
 WHERE c.body_id = %s GROUP BY c.id, c.amount_yen HAVING c.amount_yen <> coalesce(sum(i.amount_yen), 0)
"""
_INSTALMENTS_ADD_UP = """
WITH parts AS (
  SELECT charge_id, amount_yen FROM money_instalment WHERE body_id = %s
  UNION ALL SELECT i.charge_id, -r.amount_yen FROM money_reduction r
     JOIN money_instalment i ON i.body_id = r.body_id AND i.id = r.instalment_id WHERE r.body_id = %s
), by_charge AS (SELECT charge_id, sum(amount_yen) AS yen FROM parts GROUP BY charge_id)
SELECT c.id, c.amount_yen, coalesce(b.yen, 0)::bigint
  FROM money_charge c LEFT JOIN by_charge b ON b.charge_id = c.id
 WHERE c.body_id = %s AND c.amount_yen <> coalesce(b.yen, 0)
"""
_UNPAID_IS_RIGHT = """
WITH moved AS (
  SELECT instalment_id, amount_yen FROM money_allocation WHERE body_id = %s
  UNION ALL SELECT instalment_id, amount_yen FROM money_writeoff WHERE body_id = %s
), by_charge AS (
  SELECT i.charge_id, sum(m.amount_yen) AS yen
    FROM moved m JOIN money_instalment i ON i.body_id = %s AND i.id = m.instalment_id GROUP BY i.charge_id
)
SELECT c.id, c.unpaid_yen,
       (CASE WHEN c.state = 'cancelled' THEN 0 ELSE c.amount_yen END - coalesce(b.yen, 0))::bigint
  FROM money_charge c LEFT JOIN by_charge b ON b.charge_id = c.id
 WHERE c.body_id = %s
   AND c.unpaid_yen <> CASE WHEN c.state = 'cancelled' THEN 0 ELSE c.amount_yen END - coalesce(b.yen, 0)
"""
_NO_INSTALMENT_OVERPAID = """
WITH moved AS (
  SELECT instalment_id, amount_yen FROM money_allocation WHERE body_id = %s
  UNION ALL SELECT instalment_id, amount_yen FROM money_writeoff WHERE body_id = %s
), paid AS (SELECT instalment_id, sum(amount_yen) AS yen FROM moved GROUP BY instalment_id
), less AS (
  SELECT instalment_id, sum(amount_yen) AS yen FROM money_reduction WHERE body_id = %s GROUP BY instalment_id
)
SELECT i.id, (i.amount_yen - coalesce(l.yen, 0))::bigint, coalesce(p.yen, 0)::bigint
  FROM money_instalment i LEFT JOIN paid p ON p.instalment_id = i.id LEFT JOIN less l ON l.instalment_id = i.id
 WHERE i.body_id = %s AND coalesce(p.yen, 0) NOT BETWEEN 0 AND i.amount_yen - coalesce(l.yen, 0)
"""
_RECEIPTS_ARE_SPENT = """
WITH spent AS (
  SELECT receipt_id, amount_yen FROM money_allocation WHERE body_id = %s
  UNION ALL SELECT receipt_id, left_yen FROM money_overpayment WHERE body_id = %s
  UNION ALL SELECT o.receipt_id, r.amount_yen FROM money_refund r
     JOIN money_overpayment o ON o.body_id = r.body_id AND o.id = r.overpayment_id
    WHERE r.body_id = %s AND r.state = 'paid'
), by_receipt AS (SELECT receipt_id, sum(amount_yen) AS yen FROM spent GROUP BY receipt_id)
SELECT r.id, r.amount_yen, coalesce(b.yen, 0)::bigint
  FROM money_receipt r LEFT JOIN by_receipt b ON b.receipt_id = r.id
 WHERE r.body_id = %s AND r.amount_yen <> coalesce(b.yen, 0)
"""


def _rows(sql: str, what: str) -> Callable[[Body], list[str]]:
    places = sql.count("%s")

    def check(body: Body) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [body.pk] * places)
            return [f"{what} {key}: {left}円 ≠ {right}円" for key, left, right in cursor.fetchall()]

    return check


def _ledger_balances(body: Body) -> list[str]:
    books = ledger_check(body)
    return [f"調定 = 収納 + 未納 + 欠損 − 過納 の差: {books.gap_yen}円"] if books.gap_yen else []


def _payables_are_known(body: Body) -> list[str]:
    used = Charge.objects.of(body).order_by("payable").values_list("payable", flat=True).distinct()
    return [f"登録のない請求の種類: {kind}" for kind in sorted(set(used) - set(payables.kinds()))]


def invariants() -> list[tuple[str, Callable[[Body], list[str]]]]:
    """(name, function): each function, called inside the wall of a body, gives the faults it found, in words."""
    return [
        ("money.ledger_balances", _ledger_balances),
        ("money.charge_lines_add_up", _rows(_LINES_ADD_UP, "調定")),
        ("money.instalments_add_up", _rows(_INSTALMENTS_ADD_UP, "調定")),
        ("money.unpaid_is_right", _rows(_UNPAID_IS_RIGHT, "調定")),
        ("money.no_instalment_overpaid", _rows(_NO_INSTALMENT_OVERPAID, "期別")),
        ("money.receipts_are_spent", _rows(_RECEIPTS_ARE_SPENT, "収納")),
        ("money.payables_are_known", _payables_are_known),
    ]
