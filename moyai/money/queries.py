"""Reads of the ledger. Lists page by key; each costs a fixed number of queries."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, Model, Sum

from moyai.audit.public import check_permit
from moyai.money.models import (
    Allocation,
    Attempt,
    Charge,
    ChargeItem,
    Instalment,
    Overpayment,
    Receipt,
    Reduction,
    Refund,
    Slip,
    WriteOff,
)
from moyai.money.permits import PERMITS
from moyai.money.rules.ledger import AttemptState, ChargeState, RefundState
from moyai.tenants.public import Actor, Body, body_of, current_body, prepared_objects, public_number_ok

PAGE = 50


def unpaid_instalments(body: Body, charge_id: int) -> list[tuple[Instalment, int]]:
    """期別の未納 in order of due date: (instalment, yen), only those that still owe."""
    instalments = Instalment.objects.of(body).filter(charge_id=charge_id).order_by("due_on", "number")
    paid: dict[int, int] = {}
    for moved in (Allocation, WriteOff, Reduction):
        rows = (
            moved.objects.of(body)
            .filter(instalment__charge_id=charge_id)
            .values("instalment_id")
            .annotate(yen=Sum("amount_yen"))
            .order_by("instalment_id")
        )
        for row in rows:
            paid[row["instalment_id"]] = paid.get(row["instalment_id"], 0) + row["yen"]
    owed = [(each, each.amount_yen - paid.get(each.pk, 0)) for each in instalments]
    return [(each, yen) for each, yen in owed if yen > 0]


def charges_about(thing: Model) -> list[Charge]:
    """調定 of a thing, oldest first. The caller has made sure that the reader may see the thing."""
    body = body_of(current_body())
    return prepared_objects(
        Charge,
        "WHERE t.body_id = %s::int AND t.payable = %s::text AND t.thing_id = %s::bigint ORDER BY t.id",
        [str(body.pk), thing._meta.label_lower, str(thing.pk)],
    )


def credits_about(thing: Model) -> list[Overpayment]:
    """過納 of a thing that nobody has asked for yet, oldest first: what may be given back or used for something else."""
    body = body_of(current_body())
    under_way = Refund.objects.of(body).filter(state__in=(RefundState.REQUESTED, RefundState.APPROVED))
    return list(
        Overpayment.objects.of(body)
        .filter(
            receipt__charge__payable=thing._meta.label_lower,
            receipt__charge__thing_id=thing.pk,
            left_yen__gt=0,
        )
        .exclude(pk__in=under_way.values("overpayment_id"))
        .order_by("id")
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands in the ledger, in yen: charged and not cancelled, unpaid of it, lying in 過納, written off of it.

    `token` is that of the oldest charge that is still owed: its page takes the payment.
    """

    charged_yen: int = 0
    unpaid_yen: int = 0
    overpaid_yen: int = 0
    written_off_yen: int = 0
    token: str = ""

    @property
    def paid_yen(self) -> int:
        return self.charged_yen - self.unpaid_yen - self.written_off_yen


def standings(*, payable: str, thing_ids: Collection[int]) -> dict[int, Standing]:
    """How many things of a kind stand, by their id: two queries, a third where something was written off.

    The caller has made sure that the reader may see the things.
    """
    body = body_of(current_body())
    about = Charge.objects.of(body).filter(payable=payable, thing_id__in=list(thing_ids))
    sums: dict[int, list[int]] = {}
    tokens: dict[int, str] = {}
    lost: dict[int, int] = {}
    for row in about.exclude(state=ChargeState.CANCELLED).order_by("id"):
        found = sums.setdefault(row.thing_id, [0, 0, 0, 0])
        found[0] += row.amount_yen
        found[1] += row.unpaid_yen
        if row.state == ChargeState.OPEN:
            tokens.setdefault(row.thing_id, row.token)
        elif row.state == ChargeState.WRITTEN_OFF:
            lost[row.pk] = row.thing_id
    over = (
        Overpayment.objects.of(body)
        .filter(receipt__charge_id__in=about.values("pk"), left_yen__gt=0)
        .values("receipt__charge__thing_id")
        .annotate(yen=Sum("left_yen"))
        .order_by()
    )
    for row in over:
        sums.setdefault(row["receipt__charge__thing_id"], [0, 0, 0, 0])[2] += row["yen"]
    if lost:
        given_up = WriteOff.objects.of(body).filter(instalment__charge_id__in=list(lost))
        for charge_id, yen in given_up.values_list("instalment__charge_id", "amount_yen"):
            sums[lost[charge_id]][3] += yen
    return {
        key: Standing(charged, unpaid, over_yen, written_off, tokens.get(key, ""))
        for key, (charged, unpaid, over_yen, written_off) in sums.items()
    }


def kept_by_money(*, payable: str, thing_ids: Sequence[int]) -> dict[int, str]:
    """What `forget_payer` would be refused for, of many things at once: thing → "open", "attempt", "refund", "overpaid".

    The caller has made sure that the reader may see the things. Things that money does not keep are absent.
    """
    body = body_of(current_body())
    charges = Charge.objects.of(body).filter(payable=payable, thing_id__in=thing_ids)
    ids = charges.values("pk")
    overpaid = Overpayment.objects.of(body).filter(receipt__charge_id__in=ids, left_yen__gt=0)
    under_way = Refund.objects.of(body).filter(
        overpayment__receipt__charge_id__in=ids, state__in=(RefundState.REQUESTED, RefundState.APPROVED)
    )
    attempts = Attempt.objects.of(body).filter(charge_id__in=ids, state=AttemptState.STARTED)
    found: dict[int, str] = {}
    for why, things in (  # the later word wins, as forget_payer looks at them from the last to the first
        ("overpaid", overpaid.values_list("receipt__charge__thing_id", flat=True)),
        ("refund", under_way.values_list("overpayment__receipt__charge__thing_id", flat=True)),
        ("attempt", attempts.values_list("charge__thing_id", flat=True)),
        ("open", charges.filter(state=ChargeState.OPEN).values_list("thing_id", flat=True)),
    ):
        found.update(dict.fromkeys(things, why))
    return found


def charge_by_token(*, actor: Actor, token: str) -> Charge | None:
    """The charge behind a payer's page; who knows the token may see it."""
    found: Charge | None = Charge.objects.of(body_of(actor.body)).filter(token=token).first()
    return found


def items_of(charge: Charge) -> list[ChargeItem]:
    return list(ChargeItem.objects.filter(body=charge.body_id, charge=charge).order_by("position"))


def attempt_of(charge: Charge, order_id: str) -> Attempt | None:
    found: Attempt | None = Attempt.objects.filter(
        body=charge.body_id, charge=charge, order_id=order_id
    ).first()
    return found


def attempt_under_way(charge: Charge) -> Attempt | None:
    """The newest card attempt whose end is not known yet."""
    found: Attempt | None = (
        Attempt.objects.filter(body=charge.body_id, charge=charge, state=AttemptState.STARTED)
        .order_by("-id")
        .first()
    )
    return found


def slip_by_id(*, actor: Actor, charge: Charge, slip_id: int) -> Slip | None:
    found: Slip | None = (
        Slip.objects.of(body_of(actor.body))
        .select_related("letter")
        .filter(id=slip_id, instalment__charge=charge)
        .first()
    )
    return found


def typed_number(text: str) -> str:
    """Digits of a number as people type it: any width, with blanks and hyphens."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit())


def slip_number_ok(number: str) -> bool:
    """納付書番号: twelve digits with the check digit right, like every number we print."""
    return public_number_ok(number)


def slip_by_number(*, actor: Actor, number: str) -> Slip | None:
    """The slip of a 納付書番号 with its charge, for the counter."""
    check_permit(actor, "money.view", PERMITS)
    found: Slip | None = (
        Slip.objects.of(body_of(actor.body))
        .select_related("instalment__charge")
        .filter(number=number)
        .first()
    )
    return found


def charges(*, actor: Actor, state: ChargeState | None = None, before: int | None = None) -> list[Charge]:
    """A page of 調定, newest first; one row more than PAGE tells that it goes on."""
    check_permit(actor, "money.view", PERMITS)
    rows = Charge.objects.of(body_of(actor.body))
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[: PAGE + 1])


def charge_by_id(*, actor: Actor, charge_id: int) -> Charge | None:
    check_permit(actor, "money.view", PERMITS)
    found: Charge | None = Charge.objects.of(body_of(actor.body)).filter(id=charge_id).first()
    return found


def charge_by_number(*, actor: Actor, number: str) -> Charge | None:
    """The charge of a 調定番号 as printed: 2026-000012, in any width, zeros as you like."""
    check_permit(actor, "money.view", PERMITS)
    year, _, serial = unicodedata.normalize("NFKC", number).strip().partition("-")
    if not (year.isascii() and year.isdigit() and serial.isascii() and serial.isdigit()) or len(number) > 20:
        return None
    found: Charge | None = (
        Charge.objects.of(body_of(actor.body)).filter(fiscal_year=int(year), number=int(serial)).first()
    )
    return found


def receipts_of(charge: Charge) -> list[Receipt]:
    """収納 of a charge, newest first, each with what it left over and whether it is final."""
    return list(
        Receipt.objects.filter(body=charge.body_id, charge=charge)
        .prefetch_related("confirmations", "overpayments")
        .order_by("-id")
    )


def receipt_by_id(*, actor: Actor, receipt_id: int) -> Receipt | None:
    check_permit(actor, "money.view", PERMITS)
    found: Receipt | None = (
        Receipt.objects.of(body_of(actor.body)).select_related("charge").filter(id=receipt_id).first()
    )
    return found


def receipt_by_external_id(*, actor: Actor, channel: str, external_id: str) -> Receipt | None:
    check_permit(actor, "money.view", PERMITS)
    found: Receipt | None = (
        Receipt.objects.of(body_of(actor.body)).filter(channel=channel, external_id=external_id).first()
    )
    return found


def attempts_of(charge: Charge) -> list[Attempt]:
    return list(Attempt.objects.filter(body=charge.body_id, charge=charge).order_by("-id")[:PAGE])


def overpayments(*, actor: Actor, before: int | None = None) -> list[Overpayment]:
    """A page of 過納 that wait for a decision, newest first."""
    check_permit(actor, "money.view", PERMITS)
    rows = Overpayment.objects.of(body_of(actor.body)).filter(left_yen__gt=0)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.select_related("receipt__charge").order_by("-id")[: PAGE + 1])


def overpayment_by_id(*, actor: Actor, overpayment_id: int) -> Overpayment | None:
    check_permit(actor, "money.view", PERMITS)
    found: Overpayment | None = (
        Overpayment.objects.of(body_of(actor.body))
        .select_related("receipt__charge")
        .filter(id=overpayment_id)
        .first()
    )
    return found


def refunds_of(overpayment: Overpayment) -> list[Refund]:
    return list(
        Refund.objects.filter(body=overpayment.body_id, overpayment=overpayment)
        .select_related("target")
        .order_by("-id")
    )


def refunds_under_way(*, actor: Actor) -> list[Refund]:
    """還付・充当 that wait for a decision or for the payment, oldest first."""
    check_permit(actor, "money.view", PERMITS)
    return list(
        Refund.objects.of(body_of(actor.body))
        .filter(state__in=[RefundState.REQUESTED, RefundState.APPROVED])
        .select_related("overpayment__receipt__charge", "target")
        .order_by("id")[:PAGE]
    )


def refund_by_id(*, actor: Actor, refund_id: int) -> Refund | None:
    check_permit(actor, "money.view", PERMITS)
    found: Refund | None = (
        Refund.objects.of(body_of(actor.body)).select_related("overpayment").filter(id=refund_id).first()
    )
    return found


def sums(*, actor: Actor) -> dict[str, int]:
    """未納 and 過納 of the body in yen, for the head of the staff page."""
    check_permit(actor, "money.view", PERMITS)
    body = body_of(actor.body)
    owed = Charge.objects.of(body).filter(state=ChargeState.OPEN).aggregate(yen=Sum(F("unpaid_yen")))["yen"]
    over = Overpayment.objects.of(body).filter(left_yen__gt=0).aggregate(yen=Sum(F("left_yen")))["yen"]
    return {"unpaid_yen": int(owed or 0), "overpaid_yen": int(over or 0)}
