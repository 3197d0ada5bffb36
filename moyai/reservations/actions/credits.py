"""過納の充当と還付 — money of one booking used for another, or given back. Asked for here, decided in money by another person."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.money.public import ChargeState, Refund, charges_about, request_for_thing
from moyai.reservations.actions.making import note
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal


class AnotherPersons(Refusal):
    code = "credit_of_another"
    status = 422
    message = lazy("ほかの利用者の予約には充当できません。同じ利用者の予約を選んでください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"target": str(self.message)})


class NothingOwedThere(Refusal):
    code = "target_owes_nothing"
    status = 422
    message = lazy("この予約には、未納の使用料がありません。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"target": str(self.message)})


@action("reservations.use_credit", permits=PERMITS, thing="booking")
def use_credit(
    *, actor: Actor, now: datetime, booking: Booking, target: Booking, reason: str
) -> list[Refund]:
    """充当を申請する — what was paid too much for `booking` pays what its user owes for `target`, once it is approved.

    Raises AnotherPersons, NothingOwedThere, money's NothingToGiveBack and ReasonNeeded.
    """
    if booking.pk == target.pk or booking.registration_id is None:
        raise AnotherPersons
    if booking.registration_id != target.registration_id:
        raise AnotherPersons
    owed = [one for one in charges_about(target) if one.state == ChargeState.OPEN]
    if not owed:
        raise NothingOwedThere
    made = request_for_thing(actor=actor, now=now, thing=booking, reason=reason, target=owed[0])
    yen = sum(one.amount_yen for one in made)
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="credit_asked",
        facts={"yen": yen, "target": target.number},
    )
    return made


@action("reservations.pay_back", permits=PERMITS, thing="booking")
def pay_back(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> list[Refund]:
    """還付を申請する — all that was paid too much for a booking. Raises money's NothingToGiveBack and ReasonNeeded."""
    made = request_for_thing(actor=actor, now=now, thing=booking, reason=reason)
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="refund_asked",
        facts={"yen": sum(one.amount_yen for one in made)},
    )
    return made
