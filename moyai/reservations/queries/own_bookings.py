"""自分の予約 — the bookings of the signed-in account's registrations, a page by key; another's booking is absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from moyai.reservations.models import Booking, Happening, Registration
from moyai.tenants.public import Actor, body_of, prepared_objects

PAGE: Final = 20
SHOWN: Final = [state for state in Booking.State.values if state not in ("held", "ended")]
UPCOMING: Final = (Booking.State.ASKED, Booking.State.BOOKED)


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are keys of the rows at its ends; None where the list ends there."""

    rows: list[Booking]
    before: str | None
    after: str | None


def own_bookings(
    *, registrations: Sequence[Registration], past: bool, today: date, after: str = "", before: str = ""
) -> Page:
    """Upcoming ones by day, the nearest first; past and given-up ones the newest first. One query.

    `after`, `before`: the key of the last (first) row seen, as `key_of` gives it; a broken key is none.
    """
    if not registrations:
        return Page([], None, None)
    rows = Booking.objects.filter(
        body_id=registrations[0].body_id,
        registration_id__in=[one.pk for one in registrations],
        kind=Booking.Kind.USE,
    )
    coming = Q(day__gte=today, state__in=UPCOMING)
    rows = rows.filter(state__in=SHOWN).exclude(coming) if past else rows.filter(coming)
    back = bool(before) and not after
    edge = edge_of(before if back else after)
    ascending = past == back
    if edge is not None:
        day, starts, key = edge
        side = "gt" if ascending else "lt"
        rows = rows.filter(
            Q(**{f"day__{side}": day})
            | Q(day=day, **{f"starts__{side}": starts})
            | Q(day=day, starts=starts, **{f"id__{side}": key})
        )
    order = ("day", "starts", "id") if ascending else ("-day", "-starts", "-id")
    found = list(
        rows.select_related("room", "facility", "combination", "registration").order_by(*order)[: PAGE + 1]
    )
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    has_after = True if back else more
    has_before = more if back else edge is not None
    return Page(
        found,
        key_of(found[0]) if found and has_before else None,
        key_of(found[-1]) if found and has_after else None,
    )


def key_of(booking: Booking) -> str:
    return f"{booking.day:%Y%m%d}.{booking.starts}.{booking.pk}"


def edge_of(text: str) -> tuple[date, int, int] | None:
    parts = text.split(".")
    if len(parts) != 3 or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in parts):
        return None
    try:
        day = date.fromisoformat(parts[0])
    except ValueError:
        return None
    return day, min(int(parts[1]), 1440), int(parts[2])


WHOLE = ("facility", "room", "room__facility", "combination", "registration")


def own_booking(*, actor: Actor, number: str) -> Booking | None:
    """A booking of the signed-in account at the acting body, with room, facility, unit, registration."""
    if actor.account_id is None:
        return None
    if "\x00" in number:
        return None
    found = prepared_objects(
        Booking,
        "WHERE t.body_id = %s::int AND t.number = %s::text AND t.kind = 'use' AND registration.account_id = %s::bigint",
        [str(body_of(actor.body).pk), number, str(actor.account_id)],
        along=WHOLE,
    )
    return next(iter(found), None)


def own_bookings_of(*, actor: Actor, numbers: Sequence[str]) -> list[Booking]:
    """Of these bookings those of the signed-in account at the acting body, by day. One query."""
    if actor.account_id is None:
        return []
    return list(
        Booking.objects.filter(
            body_id=body_of(actor.body).pk,
            number__in=numbers,
            kind=Booking.Kind.USE,
            registration__account_id=actor.account_id,
        )
        .select_related("room", "facility", "combination")
        .order_by("day", "starts", "id")
    )


def history_of_booking(booking: Booking) -> list[Happening]:
    """経過 of a booking, newest first: also what staff did for its owner."""
    return list(
        Happening.objects.filter(body_id=booking.body_id, booking=booking).order_by("-at", "-id")[:100]
    )


def booked_with(booking: Booking) -> list[Booking]:
    """付属室場 and the main room of the same user on the same day, at overlapping times."""
    return list(
        Booking.objects.filter(
            Q(room__main_id=booking.room_id) | Q(room_id=booking.room.main_id),
            body_id=booking.body_id,
            registration_id=booking.registration_id,
            day=booking.day,
            starts__lt=booking.ends,
            ends__gt=booking.starts,
            kind=Booking.Kind.USE,
            state__in=UPCOMING,
        )
        .exclude(pk=booking.pk)
        .select_related("room", "facility", "combination")
        .order_by("id")
    )
