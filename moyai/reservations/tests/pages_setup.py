"""A hall as residents meet it on the pages: rules in force, a registered resident, a day well ahead. Not a test itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.reservations.actions import bookings
from moyai.reservations.actions.asked import Asked
from moyai.reservations.models import Booking, Happening, Registration, Slot
from moyai.reservations.tests.halls import Hall, make_hall, make_person, set_policies
from moyai.tenants.public import acting_in, clock

OPENING = {"hours": [{"opens": 540, "closes": 1260}]}  # every day: the tests run on any day of the year
HOME = "/chiba-shi/"
OUTSIDE = (
    "django_session", "people_", "SAVEPOINT", "set_config", "tenants_body", "account_", "mfa_", "usersessions",
)  # fmt: skip


class Street:
    """千葉市 with one hall; `day` is 20 days ahead, a weekday of no meaning."""

    def __init__(self, world: Any, *, ahead: int = 20) -> None:
        self.world, self.body = world, world.chiba
        with acting_in(self.body) as now:
            self.now = now
            self.today = clock.today(now)
            self.day = self.today + timedelta(days=ahead)
            self.hall: Hall = make_hall(self.body)
            set_policies(self.hall, opening=OPENING)
            self.person = make_person(self.body, now=now, account_id=world.resident.pk)
        self._before = (0, 0, 0)
        self._before = self.stored()

    def group(self) -> Registration:
        with acting_in(self.body) as now:
            return make_person(
                self.body, "みどりクラブ", now=now, account_id=self.world.resident.pk, kind="group", members=8
            )

    def stranger(self) -> Registration:
        with acting_in(self.body) as now:
            return make_person(self.body, "松戸 太郎", now=now, account_id=None, phone="0471112222")

    def taken(
        self, unit: str = "abcd", starts: int = 540, ends: int = 720, *, day: date | None = None
    ) -> Booking:
        """Somebody else's booking, made at the counter."""
        registration = self.stranger()
        with acting_in(self.body) as now:
            made: Booking = bookings.book(
                actor=self.world.actor(self.world.at_chiba.clerk, self.body),
                now=now,
                registration=registration,
                asked=Asked(
                    combination_id=self.hall.units[unit].pk,
                    day=day or self.day,
                    starts=starts,
                    ends=ends,
                    purpose="badminton" if unit != "room" else "meeting",
                    people=10,
                    title="秘密の会合",
                ),
                channel="staff",
            )
            return made

    def choice(self, unit: str = "abcd", starts: int = 540, ends: int = 720, **more: Any) -> dict[str, Any]:
        """What the page of the choice sends."""
        return {
            "unit": self.hall.units[unit].pk,
            "day": (more.pop("day", None) or self.day).isoformat(),
            "starts": starts,
            "ends": ends,
            **more,
        }

    def held(self, client: Client, **choice: Any) -> str:
        """The number of the place that the resident holds now."""
        answer = client.post(f"{HOME}book/", self.choice(**choice))
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"]).split("/")[-3]

    def booked(self, client: Client, *, details: dict[str, Any] | None = None, **choice: Any) -> str:
        """The number of what the resident booked through all the pages."""
        number = self.held(client, **choice)
        purpose = "meeting" if choice.get("unit") == "room" else "badminton"
        told = {"purpose": purpose, "people": "20", **(details or {})}
        assert client.post(f"{HOME}bookings/{number}/details/", told).status_code == 302
        answer = client.post(f"{HOME}bookings/{number}/check/")
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"]).split("/")[-3]

    def row(self, number: str) -> Booking:
        with acting_in(self.body):
            found: Booking = Booking.objects.select_related("registration", "combination").get(number=number)
            return found

    def stored(self) -> tuple[int, int, int]:
        """Bookings, cells and what happened, beyond what the body had before."""
        bookings, slots, happenings = self._before
        with acting_in(self.body):
            return (
                Booking.objects.count() - bookings,
                Slot.objects.count() - slots,
                Happening.objects.count() - happenings,
            )


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def own_queries(client: Client, address: str) -> int:
    """Queries of a page itself: without session, account, the door's own."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return sum(1 for query in captured if not any(word in (query["sql"] or "") for word in OUTSIDE))
