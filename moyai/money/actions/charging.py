"""調定と納付書: what is owed, its slip, taking it back, giving it up."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model, Sum

from moyai.audit.public import action, check_permit, record_each
from moyai.calendars.public import fiscal_year
from moyai.documents.public import issue_letter
from moyai.money import payables
from moyai.money.facts import slip_facts
from moyai.money.locks import lock_charge
from moyai.money.models import (
    Allocation,
    Charge,
    ChargeItem,
    Instalment,
    Overpayment,
    Receipt,
    Slip,
    WriteOff,
)
from moyai.money.permits import PERMITS
from moyai.money.queries import unpaid_instalments
from moyai.money.refusals import CannotCancel, LinesDiffer, NothingOwed, NotOpen, ReasonNeeded
from moyai.money.rules.ledger import CHARGE_FLOW, ChargeLine, ChargeState, Why
from moyai.tenants.public import (
    Actor,
    WallError,
    body_of,
    clock,
    current_body,
    insert_many,
    next_number,
    next_numbers,
    prepared_family,
    with_check_digit,
)


def secret_token(letters: int) -> str:
    """Lower-case letters and digits 2–7, five bits each, from the system's random source."""
    return base64.b32encode(secrets.token_bytes(letters))[:letters].decode().lower()


@action("money.charge", permits=PERMITS)
def charge(
    *,
    actor: Actor,
    now: datetime,
    payable: str,
    thing: Model,
    amount_yen: int,
    lines: Sequence[ChargeLine],
    due_on: date,
    payer_name: str,
    title: str = "",
    instalments: Sequence[tuple[date, int]] = (),
) -> Charge:
    """調定する — make a sum owed for `thing`, with lines that add up to it, in one instalment unless told otherwise.

    Raises NothingOwed (below one yen), LinesDiffer (lines or instalments do not add up).
    """
    payables.on_settled(payable)  # an unregistered kind could be paid but never delivered
    body = body_of(actor.body)
    parts = list(instalments) or [(due_on, amount_yen)]
    if amount_yen < 1 or any(part < 1 for _, part in parts):
        raise NothingOwed
    if sum(line.amount_yen for line in lines) != amount_yen or sum(part for _, part in parts) != amount_yen:
        raise LinesDiffer
    year = fiscal_year(clock.today(now))
    made = Charge(
        body=body,
        payable=payable,
        thing_id=thing.pk,
        fiscal_year=year,
        number=next_number("charge", fiscal_year=year),
        title=title or lines[0].label,
        payer_name=payer_name,
        amount_yen=amount_yen,
        unpaid_yen=amount_yen,
        due_on=parts[-1][0],
        token=secret_token(26),
        charged_at=now,
    )
    items = [
        ChargeItem(
            body=body,
            position=position,
            label=line.label,
            amount_yen=line.amount_yen,
            rule=line.rule,
            rule_version=line.rule_version,
            steps=list(line.steps),
        )
        for position, line in enumerate(lines, 1)
    ]
    due = [
        Instalment(body=body, number=number, due_on=by, amount_yen=part)
        for number, (by, part) in enumerate(parts, 1)
    ]
    return prepared_family(made, [(one, "charge") for one in [*items, *due]])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """One sum to be owed for `thing`, in one instalment, as `charge` takes it."""

    thing: Model
    amount_yen: int
    lines: Sequence[ChargeLine]
    due_on: date
    payer_name: str
    title: str = ""


def charge_many(*, actor: Actor, now: datetime, payable: str, orders: Sequence[ChargeOrder]) -> list[Charge]:
    """まとめて調定する — as `charge` would one after the other, or none of them: numbers in order, a deed each.

    One statement a table. Raises NothingOwed, LinesDiffer.
    """
    check_permit(actor, "money.charge", PERMITS)
    body = body_of(actor.body)
    if current_body() != body:
        raise WallError("the actor's body is not the one whose wall is open")
    payables.on_settled(payable)
    for one in orders:
        if one.amount_yen < 1:
            raise NothingOwed
        if sum(line.amount_yen for line in one.lines) != one.amount_yen:
            raise LinesDiffer
    if not orders:
        return []
    year = fiscal_year(clock.today(now))
    numbers = next_numbers("charge", fiscal_year=year, count=len(orders))
    made = insert_many(
        [
            Charge(
                body=body,
                payable=payable,
                thing_id=one.thing.pk,
                fiscal_year=year,
                number=number,
                title=one.title or one.lines[0].label,
                payer_name=one.payer_name,
                amount_yen=one.amount_yen,
                unpaid_yen=one.amount_yen,
                due_on=one.due_on,
                token=secret_token(26),
                charged_at=now,
            )
            for number, one in zip(numbers, orders, strict=True)
        ]
    )
    insert_many(
        [
            ChargeItem(
                body=body,
                charge=charge,
                position=position,
                label=line.label,
                amount_yen=line.amount_yen,
                rule=line.rule,
                rule_version=line.rule_version,
                steps=list(line.steps),
            )
            for charge, one in zip(made, orders, strict=True)
            for position, line in enumerate(one.lines, 1)
        ]
    )
    insert_many(
        [
            Instalment(body=body, charge=charge, number=1, due_on=one.due_on, amount_yen=one.amount_yen)
            for charge, one in zip(made, orders, strict=True)
        ]
    )
    record_each(actor=actor, now=now, verb="money.charge", things=made)
    return made


@action("money.issue_slip", permits=PERMITS)
def issue_slip(*, actor: Actor, now: datetime, charge: Charge) -> Slip:
    """納付書を発行する — for the first unpaid instalment; the same sum gives the same slip again.

    Number: two digits of the fiscal year, nine in order, one check digit. Raises NotOpen.
    """
    body = body_of(actor.body)
    charge = lock_charge(body, charge.pk)
    unpaid = unpaid_instalments(body, charge.pk)
    if charge.state != ChargeState.OPEN or not unpaid:
        raise NotOpen
    instalment, owed_yen = unpaid[0]
    earlier: Slip | None = (
        Slip.objects.of(body).filter(instalment=instalment, amount_yen=owed_yen).order_by("-id").first()
    )
    if earlier is not None:
        return earlier
    year = fiscal_year(clock.today(now))
    number = with_check_digit(f"{year % 100:02d}{next_number('slip', fiscal_year=year):09d}")
    # The payer asks, the house prints: issuing letters is not a resident's permit.
    letter = issue_letter(
        actor=Actor.system(body),
        now=now,
        kind="money.slip",
        facts=slip_facts(
            body=body, charge=charge, instalment=instalment, owed_yen=owed_yen, number=number, now=now
        ),
        thing=charge,
        sequence=Slip.objects.of(body).filter(instalment__charge=charge).count() + 1,
    )
    made: Slip = Slip.objects.create(
        body=body, instalment=instalment, letter=letter, number=number, amount_yen=owed_yen, issued_at=now
    )
    return made


@action("money.cancel", permits=PERMITS)
def cancel_charge(*, actor: Actor, now: datetime, charge: Charge, reason: str) -> Charge:
    """調定を取り消す — nothing is owed any more; what was paid becomes 過納 and waits for a refund.

    Raises ReasonNeeded, CannotCancel (written off), NotOpen (cancelled already).
    """
    if not reason.strip():
        raise ReasonNeeded(fields={"reason": str(ReasonNeeded.message)})
    body = body_of(actor.body)
    charge = lock_charge(body, charge.pk)
    if WriteOff.objects.of(body).filter(instalment__charge_id=charge.pk).exists():
        raise CannotCancel
    state = CHARGE_FLOW.get((ChargeState(charge.state), "cancel"))
    if state is None:
        raise NotOpen
    for receipt in (
        Receipt.objects.of(body).filter(allocations__instalment__charge=charge).distinct().order_by("id")
    ):
        _free(receipt=receipt, charge=charge, now=now)
    charge.state, charge.unpaid_yen = state, 0
    charge.save(update_fields=["state", "unpaid_yen"])
    return charge


def _free(*, receipt: Receipt, charge: Charge, now: datetime) -> None:
    """Take a receipt's yen off the charge: opposite allocations, and as much 過納."""
    paid = (
        Allocation.objects.filter(body=receipt.body_id, receipt=receipt, instalment__charge=charge)
        .values("instalment_id")
        .annotate(yen=Sum("amount_yen"))
        .order_by("instalment_id")
    )
    freed_yen = 0
    for row in paid:
        if row["yen"]:
            Allocation.objects.create(
                body_id=receipt.body_id,
                receipt=receipt,
                instalment_id=row["instalment_id"],
                amount_yen=-row["yen"],
                at=now,
            )
            freed_yen += row["yen"]
    if freed_yen:
        Overpayment.objects.create(
            body_id=receipt.body_id,
            receipt=receipt,
            why=Why.CANCELLED,
            amount_yen=freed_yen,
            left_yen=freed_yen,
            found_at=now,
        )


@action("money.write_off", permits=PERMITS, thing="charge")
def write_off(*, actor: Actor, now: datetime, charge: Charge, reason: str) -> Charge:
    """不納欠損とする — give up what is still unpaid of a charge; why stands with the deed.

    Raises ReasonNeeded, NotOpen.
    """
    if not reason.strip():
        raise ReasonNeeded(fields={"reason": str(ReasonNeeded.message)})
    body = body_of(actor.body)
    charge = lock_charge(body, charge.pk)
    state = CHARGE_FLOW.get((ChargeState(charge.state), "write_off"))
    if state is None:
        raise NotOpen
    for instalment, owed_yen in unpaid_instalments(body, charge.pk):
        WriteOff.objects.create(body=body, instalment=instalment, amount_yen=owed_yen, at=now)
    charge.state, charge.unpaid_yen = state, 0
    charge.save(update_fields=["state", "unpaid_yen"])
    return charge
