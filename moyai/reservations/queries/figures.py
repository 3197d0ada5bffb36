"""What the council's figures of 施設予約 are counted from: rows of all bodies, read on the connection of `across`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Model, Q, QuerySet

from moyai.audit.public import reading_across
from moyai.calendars.public import fiscal_year_range
from moyai.reservations.models import Booking, Entry, Facility
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.registrations import RegisteredUsers, registered_users_of_all
from moyai.tenants.public import Actor, Body, Service, clock, members_of

SERVICE: Final = "reservations"
# A hold that was never filled in, a booking that lapsed unpaid or unconfirmed: nothing was registered in the end.
LAPSED: Final = (Booking.State.HELD, Booking.State.ENDED)

ByChannel = Mapping[int, Mapping[str, int]]  # body id → channel → count


@dataclass(frozen=True, slots=True)
class YearOfReservations:
    """施設予約 of one fiscal year, counted: users and facilities as of its last day, bookings and entries of the year.

    `members` are the 利用団体 on the last day, in the order of their codes. `until` is the last day counted: that of the
    year, or today while it is not over.
    """

    fiscal_year: int
    until: date
    members: tuple[Body, ...]
    users: Mapping[int, RegisteredUsers]
    facilities: Mapping[int, int]
    bookings: ByChannel
    entries: ByChannel

    @property
    def booked(self) -> int:
        return sum(sum(of_body.values()) for of_body in self.bookings.values())


def year_of_reservations(*, actor: Actor, now: datetime, fiscal_year: int) -> YearOfReservations:
    """Count a fiscal year over all bodies. Leaves a deed; refused to who is not of the council.

    A body that has left since, but had bookings or entries in the year, is listed too. Four queries over all bodies.
    """
    first, last = fiscal_year_range(fiscal_year)
    last = min(last, clock.today(now))  # a year that is not over is told as of today
    with reading_across(actor, reason=f"施設予約の統計 {fiscal_year}年度") as alias:
        users = registered_users_of_all(db=alias, on=last)
        facilities = facilities_of_all(db=alias, on=last)
        bookings = _by_channel(
            Booking.objects.using(alias)
            .filter(kind=Booking.Kind.USE, made_on__range=(first, last))
            .exclude(state__in=LAPSED)
        )
        entries = _by_channel(Entry.objects.using(alias).filter(made_on__range=(first, last)))
    service = Service.objects.filter(code=SERVICE).first()
    members = set(members_of(service, last).values_list("pk", flat=True)) if service else set()
    bodies = Body.objects.filter(pk__in=members | bookings.keys() | entries.keys()).order_by("code")
    return YearOfReservations(fiscal_year, last, tuple(bodies), users, facilities, bookings, entries)


def facilities_of_all(*, db: str, on: date) -> dict[int, int]:
    """C31 — 利用館数 of every body on a day, by its id: facilities that residents can look for. One query."""
    rows = Facility.objects.using(db).filter(published=True, used_from__lte=on)
    rows = rows.filter(Q(used_until__isnull=True) | Q(used_until__gte=on))
    return dict(rows.values_list("body_id").annotate(n=Count("id")).order_by())


def _by_channel(rows: QuerySet[Model]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for body_id, channel, count in rows.values_list("body_id", "channel").annotate(n=Count("id")).order_by():
        found.setdefault(body_id, dict.fromkeys(CHANNELS, 0))[channel] = count
    return found
