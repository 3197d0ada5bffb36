"""9:00:00 by the database's clock: a thousandth of a second before it is too early, whatever the web server's clock says."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from moyai.reservations.actions import bookings
from moyai.reservations.actions.checks import CannotBook
from moyai.reservations.models import Booking
from moyai.reservations.tests.halls import DAY, Desk, everything, set_policies
from moyai.reservations.tests.pages_setup import HOME, OPENING, Street
from moyai.tenants.public import acting_in, clock

NINE = datetime.combine(DAY - timedelta(days=10), time(9), clock.JST)
MOMENT = timedelta(microseconds=1)


def opens(days_before: int, at: int) -> dict[str, Any]:
    return {"first": [{"from": {"days": days_before, "at": at}, "until": {"minutes": 0}}]}


@pytest.fixture
def desk(world: Any) -> Desk:
    with acting_in(world.chiba):
        return Desk(world, periods=opens(10, 540))


def book_now(desk: Desk) -> datetime:
    """One try in a transaction of its own, at the moment that it is given; gives that moment."""
    with acting_in(desk.world.chiba) as now:
        bookings.book(
            actor=desk.hanako, now=now, registration=desk.person, asked=desk.asked(), channel="internet"
        )
    return now


def test_C29_one_microsecond_before_nine_is_refused_and_nine_is_not(desk: Desk) -> None:
    for early in (timedelta(milliseconds=1), MOMENT):
        with acting_in(desk.world.chiba):
            before = everything()
        with clock.at(NINE - early), pytest.raises(CannotBook) as refused:
            book_now(desk)
        assert "受付は令和8年5月31日（日）午前9時からです。" in str(refused.value.message)
        with acting_in(desk.world.chiba):
            assert everything() == before
    with clock.at(NINE):
        assert book_now(desk) == NINE
    with acting_in(desk.world.chiba):
        assert Booking.objects.get(facility=desk.hall.facility).made_at == NINE


def real_now() -> datetime:
    """The moment that PostgreSQL gives to a transaction, asked of itself."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
        return found


def live_street(world: Any, *, opens_in: timedelta) -> tuple[Street, datetime]:
    """A hall whose first come begins on a whole minute of the database's own clock, that far from now."""
    street = Street(world)
    with acting_in(street.body):
        begins = (real_now() + opens_in).astimezone(clock.JST).replace(second=0, microsecond=0)
        set_policies(
            street.hall,
            opening=OPENING,
            periods=opens((street.day - begins.date()).days, begins.hour * 60 + begins.minute),
        )
    return street, begins


def press(client: Client, street: Street, web_server_says: datetime) -> int:
    """予約へ進む, on a web server whose own clock is wrong."""
    with time_machine.travel(web_server_says, tick=True):
        return client.post(f"{HOME}book/", street.choice()).status_code


def test_C29_an_open_window_is_open_though_the_web_servers_clock_is_slow(world: Any, client_for: Any) -> None:
    street, begins = live_street(world, opens_in=timedelta(0))
    client = client_for(world.resident)
    assert press(client, street, begins - timedelta(minutes=50)) == 302
    with acting_in(street.body):
        row = Booking.objects.get(facility=street.hall.facility)
    assert begins <= row.made_at <= real_now() and row.made_at - begins < timedelta(minutes=50)


def test_C29_a_closed_window_is_closed_though_the_web_servers_clock_is_fast(
    world: Any, client_for: Any
) -> None:
    street, begins = live_street(world, opens_in=timedelta(minutes=30))
    client = client_for(world.resident)
    before = street.stored()
    for wrong in (begins, begins + timedelta(hours=1)):
        assert press(client, street, wrong) in (403, 409, 422)
    assert street.stored() == before and real_now() < begins
