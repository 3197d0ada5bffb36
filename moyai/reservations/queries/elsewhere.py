"""変更できる室場 — the rooms to which a booking may go, as the policy of its own room says."""

from __future__ import annotations

from datetime import date
from typing import Final

from moyai.reservations.models import Booking, Room
from moyai.reservations.queries.masters import rooms_in_use
from moyai.reservations.rules.periods import Reach

MOST: Final = 300  # rooms of one list


def rooms_to_change_to(booking: Booking, *, reach: Reach, on: date) -> list[Room]:
    """Its own room first, then the published ones it may go to, for its purpose and lent without a main room.

    One query; none where it stays in its room.
    """
    own: Room = booking.room
    if reach == "room":
        return [own]
    rows = rooms_in_use(Room.objects.filter(body_id=booking.body_id), on).filter(
        published=True, facility__published=True, alone=True
    )
    if reach == "facility":
        rows = rows.filter(facility_id=booking.facility_id)
    found = rows.exclude(pk=own.pk).select_related("facility")
    in_order = found.order_by("facility__position", "facility_id", "position", "id")[:MOST]
    return [own, *(one for one in in_order if not one.purposes or booking.purpose in one.purposes)]
