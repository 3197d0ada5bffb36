"""予約の読取り — one's own, of a room's or a facility's day, and what happened to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from moyai.reservations.models import Booking, Facility, Happening, Registration, Request, Room, Slot
from moyai.tenants.public import Actor, Body, body_of

S = Booking.State
PAGE_ROWS = 50


def _whole(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    return rows.select_related("facility", "room", "combination", "registration")


def booking_by_number(*, actor: Actor, number: str) -> Booking | None:
    """Any booking of the acting body, for staff; what waits for its release is none."""
    found: Booking | None = (
        _whole(Booking.objects.filter(body=body_of(actor.body), number=number))
        .exclude(kind=Booking.Kind.FREED)
        .first()
    )
    return found


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Booking]
    older: int | None  # id to go on from


def own_bookings(
    *, registrations: Iterable[Registration], today: date, past: bool = False, after: int | None = None
) -> Page:
    """利用者の予約 — what is still to come by day, or what is over and ended, newest first. One query."""
    ids = [one.pk for one in registrations]
    if not ids:
        return Page([], None)
    rows = _whole(Booking.objects.filter(registration_id__in=ids, kind=Booking.Kind.USE))
    coming = Q(day__gte=today, state__in=(S.HELD, S.ASKED, S.BOOKED, S.USED))
    if not past:
        return Page(list(rows.filter(coming).order_by("day", "starts", "id")[:200]), None)
    rows = rows.exclude(coming)
    if after is not None:
        rows = rows.filter(id__lt=after)
    page = list(rows.order_by("-id")[: PAGE_ROWS + 1])
    older = page[PAGE_ROWS - 1].pk if len(page) > PAGE_ROWS else None
    return Page(page[:PAGE_ROWS], older)


def history(booking: Booking) -> list[Happening]:
    """経過 — all that happened to a booking, oldest first: its owner reads the same."""
    return list(Happening.objects.filter(body_id=booking.body_id, booking_id=booking.pk).order_by("at", "id"))


def day_list(
    *, body: Body, day: date, facility: Facility | None = None, room: Room | None = None
) -> list[Booking]:
    """その日の予約 of a facility or a room, by time; with the requests that wait for a second person. Two queries."""
    rows = _whole(Booking.objects.filter(body=body, day=day, state__in=Booking.STANDING)).exclude(
        kind=Booking.Kind.FREED
    )
    if facility is not None:
        rows = rows.filter(facility=facility)
    if room is not None:
        rows = rows.filter(room=room)
    waiting = Request.objects.filter(body=body, state=Request.State.ASKED).order_by("id")
    return list(
        rows.order_by("starts", "facility_id", "room_id", "id").prefetch_related(
            Prefetch("requests", queryset=waiting, to_attr="waiting_requests")
        )
    )


def in_the_way(
    *, body: Body, part_ids: Sequence[int], days: Sequence[date], starts: int, ends: int
) -> list[Booking]:
    """What stands on these parts and days from–to: what staff move or cancel before they block it. One query."""
    ids = (
        Slot.objects.filter(body=body, day__in=list(days), part_id__in=list(part_ids))
        .values_list("booking_id", flat=True)
        .distinct()
    )
    rows = _whole(Booking.objects.filter(body=body, pk__in=ids, starts__lt=ends, ends__gt=starts))
    return list(rows.order_by("day", "starts", "id"))
