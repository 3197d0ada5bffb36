"""ふさがり — when a room is taken, in whole or in part, as calendars show it: never by whom or what for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from moyai.reservations.models import Booking, Registration, Room
from moyai.reservations.queries.availability import RoomDay, State, month_matrix
from moyai.tenants.public import Body

AHEAD: Final = 92  # days
BEHIND: Final = 31
S = Booking.State


@dataclass(frozen=True, slots=True)
class Busy:
    """`whole`: no part of the room is free."""

    day: date
    starts: int
    ends: int
    whole: bool


def busy_of(*, body: Body, room: Room, first: date, last: date, now: datetime) -> list[Busy]:
    """From now on, both days included; times next to one another are one."""
    matrix = month_matrix(body=body, room=room, first=first, last=last, now=now)
    return [one for of_day in matrix.days for one in _runs(of_day)]


def _runs(of_day: RoomDay) -> Iterator[Busy]:
    run: Busy | None = None
    for cells in zip(*(unit.cells for unit in of_day.units), strict=True):
        taken = [cell.state in (State.TAKEN, State.RELEASE) for cell in cells]
        if run is not None and (run.ends != cells[0].starts or not any(taken) or run.whole != all(taken)):
            yield run
            run = None
        if any(taken):
            begins = run.starts if run is not None else cells[0].starts
            run = Busy(of_day.day, begins, cells[0].ends, all(taken))
    if run is not None:
        yield run


def calendar_owner(*, body: Body, number: str) -> Registration | None:
    """The registration whose calendar a link names; None where it has none, or is registered no longer."""
    states = (Registration.State.ACTIVE, Registration.State.SUSPENDED)
    rows = Registration.objects.filter(body=body, number=number, state__in=states)
    found: Registration | None = rows.exclude(calendar_key="").first()
    return found


def bookings_of_calendar(registration: Registration, *, today: date) -> list[Booking]:
    """予約 of one registration for its calendar: the last month's and all to come, cancelled ones too. One query."""
    return list(
        Booking.objects.filter(
            body_id=registration.body_id,
            registration_id=registration.pk,
            kind=Booking.Kind.USE,
            day__gte=today - timedelta(days=BEHIND),
        )
        .exclude(state__in=(S.HELD, S.ENDED, S.REFUSED))
        .select_related("facility", "room", "combination")
        .order_by("day", "starts", "id")[:1000]
    )
