"""変更の見込み — what a change would cost or give back, by the very rules that will decide it; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from moyai.money.public import ChargeState, charges_about
from moyai.reservations.models import Booking
from moyai.reservations.rules.cancellation import Changed, GivenUp, changed
from moyai.reservations.rules.fees import CannotWorkOut


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """`more_yen` is to be paid beside what is owed now (negative: less is owed, or given back)."""

    changed: Changed | None
    new_yen: int
    more_yen: int


def change_preview(
    *, booking: Booking, new_yen: int, terms: dict[str, object] | None, days_before: int
) -> ChangePreview:
    """What the booking would owe after a change, against what it owes now. One query."""
    plain = ChangePreview(None, new_yen, new_yen - booking.fee_yen)
    if booking.state != Booking.State.BOOKED or terms is None:
        return plain
    standing = [one for one in charges_about(booking) if one.state != ChargeState.CANCELLED]
    paid = sum(one.amount_yen - one.unpaid_yen for one in standing)
    try:
        found = changed(
            terms,
            fee_yen=booking.fee_yen,
            new_yen=new_yen,
            days_before=days_before,
            changes_before=int(booking.quote.get("changes", 0)),
            paid=paid > 0,
            earlier=tuple(GivenUp(one["percent"], one["yen"]) for one in booking.quote.get("given_up", ())),
        )
    except CannotWorkOut:
        return plain
    more = found.fee_yen + found.kept_yen + found.change_yen - booking.fee_yen
    return ChangePreview(found, new_yen, more)
