"""The demo: facilities of both bodies as they are loaded, whole and quickly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moyai.reservations.demo import load_demo, masters_of_demo
from moyai.reservations.models import Booking, Combination, Entry, Facility, Part, Policy, Registration, Room
from moyai.reservations.queries.workbook import masters_of
from moyai.reservations.rules.policies import problems
from moyai.reservations.workbook.checks import faults
from moyai.tenants.public import acting_in, clock

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("city", [True, False])
def test_the_masters_of_the_demo_have_no_fault(city: bool) -> None:
    made = masters_of_demo("千葉市", TODAY, city=city)
    assert faults(made, TODAY) == []
    assert [p for row in made["policies"].values() for p in problems(row["kind"], row["document"])] == []
    assert {row["kind"] for row in made["policies"].values()} == set(Policy.Kind.values)
    assert all(row["source"] for row in made["policies"].values())


def test_a_body_gets_the_demo_once_and_as_it_is_written(world: Any) -> None:
    load_demo([world.chiba, world.matsudo])
    load_demo([world.chiba, world.matsudo])
    with acting_in(world.chiba) as now:
        today = clock.today(now)
        assert Facility.objects.filter(body=world.chiba).count() == 5
        arena = Room.objects.get(body=world.chiba, facility__code="chuo-gym", code="arena")
        assert Part.objects.filter(body=world.chiba, room=arena).count() == 4
        assert Combination.objects.filter(body=world.chiba, room=arena).count() == 7
        assert Registration.objects.filter(body=world.chiba, state="active").count() >= 8
        stored = masters_of(world.chiba)
        bookings = Booking.objects.filter(body=world.chiba)
        states = set(bookings.values_list("state", flat=True))
        assert {"booked", "cancelled", "used", "no_show", "asked"} <= states and bookings.filter(kind="block").exists()
        assert bookings.filter(kind="use").count() >= 12
        assert set(bookings.values_list("channel", flat=True)) == {"staff", "internet", "smartphone", "mobile"}
        assert Entry.objects.filter(body=world.chiba, round__state="open").count() == 4
    made = masters_of_demo(world.chiba.name, today, city=True)
    for noun, rows in made.items():
        if noun != "special_days":  # they follow the day on which the demo was loaded
            assert stored[noun] == rows, noun
    with acting_in(world.matsudo):
        assert Facility.objects.filter(body=world.matsudo).count() == 3
