"""ほかの画面での変更 — whether a booking is still what the page showed on which somebody decided."""

from __future__ import annotations

from moyai.reservations.actions.making import ChangedMeanwhile, locked, turn_of
from moyai.reservations.models import Booking, Registration


def still_as_seen(booking: Booking, version: int | None) -> None:
    """Hold the row and compare it with the version of the page. Raises ChangedMeanwhile.

    Locks in the order of every act on bookings: the person's turn, the registration, then charges and booking.
    """
    if booking.one_person:
        turn_of(booking.one_person)
    if booking.registration_id is not None:
        Registration.objects.select_for_update(of=("self",), no_key=True).get(
            body_id=booking.body_id, pk=booking.registration_id
        )
    if locked(booking).version != version:
        raise ChangedMeanwhile
