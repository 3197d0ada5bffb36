"""収納: money at the counter and by transfer, its 領収書, and the 確報 of what was only 速報."""

from __future__ import annotations

from datetime import date, datetime

from moyai.audit.public import action
from moyai.documents.public import Letter, issue_letter, letters_about
from moyai.money.facts import receipt_facts
from moyai.money.locks import lock_charge
from moyai.money.models import Charge, Confirmation, Receipt, Slip
from moyai.money.permits import PERMITS
from moyai.money.refusals import (
    AlreadyBooked,
    ConfirmationDiffers,
    ConfirmedAlready,
    NothingOwed,
    NotOpen,
    TooMuchAtCounter,
)
from moyai.money.rules.ledger import ChargeState
from moyai.money.settling import book
from moyai.tenants.public import Actor, body_of


@action("money.receive", permits=PERMITS, refuses={"receipt_booked_once": AlreadyBooked})
def receive(
    *,
    actor: Actor,
    now: datetime,
    charge: Charge,
    channel: Receipt.Channel,
    amount_yen: int,
    external_id: str,
    slip: Slip | None = None,
    received_at: datetime | None = None,
) -> Receipt:
    """収納する — book money that staff have seen: cash at the counter, or a transfer on the account's statement.

    `external_id` is the form's one-time number or the bank's; the same money twice is refused. Cash above what is owed
    is refused (give change); a transfer above it is booked whole, the rest as 過納. The statement is 確報 already.
    Raises NothingOwed, NotOpen and TooMuchAtCounter (counter only), AlreadyBooked.
    """
    if amount_yen < 1:
        raise NothingOwed(fields={"amount_yen": str(NothingOwed.message)})
    body = body_of(actor.body)
    charge = lock_charge(body, charge.pk)
    if Receipt.objects.of(body).filter(channel=channel, external_id=external_id).exists():
        raise AlreadyBooked
    if channel == Receipt.Channel.COUNTER:
        if charge.state != ChargeState.OPEN:
            raise NotOpen
        if amount_yen > charge.unpaid_yen:
            raise TooMuchAtCounter(fields={"amount_yen": str(TooMuchAtCounter.message)})
    return book(
        actor=actor,
        body=body,
        now=now,
        charge=charge,
        channel=channel,
        stage=Receipt.Stage.FINAL,
        amount_yen=amount_yen,
        external_id=external_id,
        received_at=received_at or now,
        slip=slip,
    )


@action(
    "money.confirm_receipt",
    permits=PERMITS,
    refuses={"receipt_confirmed_once": ConfirmedAlready},
    thing="receipt",
)
def confirm_receipt(
    *, actor: Actor, now: datetime, receipt: Receipt, amount_yen: int, confirmed_on: date
) -> Confirmation:
    """確報を登録する — the money of a 速報 has arrived. Raises ConfirmedAlready, ConfirmationDiffers."""
    body = body_of(actor.body)
    if receipt.stage != Receipt.Stage.PRELIMINARY:
        raise ConfirmedAlready
    if amount_yen != receipt.amount_yen:
        raise ConfirmationDiffers(fields={"amount_yen": str(ConfirmationDiffers.message)})
    made: Confirmation = Confirmation.objects.create(
        body=body, receipt=receipt, confirmed_on=confirmed_on, booked_at=now
    )
    return made


def print_receipt(*, actor: Actor, now: datetime, receipt: Receipt) -> Letter:
    """領収書 — the paper for a receipt; the same paper however often it is asked for, whatever changed since."""
    before: Letter | None = letters_about(actor=actor, thing=receipt).first()
    return before or issue_letter(
        actor=actor, now=now, kind="money.receipt", facts=receipt_facts(receipt=receipt), thing=receipt
    )
