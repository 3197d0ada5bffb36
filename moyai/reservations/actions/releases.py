"""取消し分の開放 — what cancelled bookings gave up: opened together at its hour, the rest let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from moyai.audit.public import action
from moyai.reservations.actions import slots
from moyai.reservations.actions.freeing import end_freed
from moyai.reservations.actions.making import S
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Body, body_of


def waiting(*, body: Body, now: datetime) -> list[int]:
    """Ids of what keeps cells whose release is due, the oldest first."""
    rows = Booking.objects.filter(body=body, kind=Booking.Kind.FREED, state=S.BOOKED, free_at__lte=now)
    return list(rows.order_by("free_at", "id").values_list("id", flat=True))


def lock_freed(*, body: Body, ids: Sequence[int]) -> list[Booking]:
    """These rows, locked, as far as they still keep cells."""
    return list(
        Booking.objects.filter(body=body, pk__in=list(ids), kind=Booking.Kind.FREED, state=S.BOOKED)
        .select_related("room__facility", "combination")
        .select_for_update(of=("self",), no_key=True)
        .order_by("id")
    )


@action("reservations.free", permits=PERMITS)
def free(*, actor: Actor, now: datetime, bookings: Sequence[Booking]) -> int:
    """開放する — the cells that these rows still keep are free from now on. How many rows; done before, nothing happens."""
    rows = lock_freed(body=body_of(actor.body), ids=[one.pk for one in bookings])
    slots.let_go(rows)
    end_freed(rows, now=now)
    return len(rows)
