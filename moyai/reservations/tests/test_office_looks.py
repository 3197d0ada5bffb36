"""名前の載る一覧: each page that lists persons leaves one deed that says which list and how many, never who or what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from moyai.audit.public import Deed
from moyai.reservations.tests.pages_setup import Street
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/reservations/"


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


@pytest.fixture
def clerk(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.at_chiba.clerk)
    return found


def looks(street: Street) -> list[tuple[Any, ...]]:
    with acting_in(street.body):
        rows = Deed.objects.filter(verb="reservations.view_list").order_by("id")
        return [(row.account_id, row.thing_kind, row.detail["list"], row.detail["names"]) for row in rows]


@pytest.mark.parametrize("name", ["day", "bookings", "receivables", "registrations", "counter"])
def test_a_list_of_persons_leaves_one_deed_with_how_many_it_named(
    street: Street, clerk: Client, name: str
) -> None:
    street.taken("a")
    one = street.taken("b").registration
    assert one is not None
    before = looks(street)
    address = {
        "day": f"{OFFICE}?facility={street.hall.facility.pk}&day={street.day:%Y-%m-%d}",
        "bookings": f"{OFFICE}bookings/?day={street.day:%Y-%m-%d}",
        "receivables": f"{OFFICE}receivables/",
        "registrations": f"{OFFICE}registrations/?view=all&q={one.number}",
        "counter": f"{OFFICE}counter/?q={one.number}",
    }[name]
    page = clerk.get(address).content.decode()
    assert "松戸 太郎" in page
    [look] = looks(street)[len(before) :]
    account, kind, told, names = look
    assert (account, kind, told) == (street.world.at_chiba.clerk.pk, "tenants.body", name)
    assert names >= (1 if str(one.number) in address else 2)
    with acting_in(street.body):
        deed = Deed.objects.filter(verb="reservations.view_list").latest("id")
    assert set(deed.detail) == {"list", "names"} and one.number not in f"{deed.detail}{deed.reason}"


def test_a_list_without_a_name_leaves_no_deed(
    street: Street, clerk: Client
) -> None:
    before = looks(street)
    assert clerk.get(f"{OFFICE}requests/").status_code == 200
    assert clerk.get(f"{OFFICE}counter/?q=だれもいない").status_code == 200
    assert clerk.get(f"{OFFICE}counter/").status_code == 200
    assert looks(street) == before
