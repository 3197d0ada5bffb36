"""Every page of the council and of operations, opened over the demo's year: by the secretariat, a member, the other member, a citizen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from moyai.council.demo import load_demo
from moyai.council.models import Bill, Committee, Meeting, ReportRelease
from moyai.tenants.models import Body
from tests.test_doors import ADDRESSES, Address, filled
from tests.world import World

ROOMS = ("council", "operations")
MINE = [address for address in ADDRESSES if address.name.split("_")[0] in ROOMS]


def values_for(address: Address, body: Body) -> dict[str, str]:
    """A row of the demo for each value in an address; a bill is the body's own."""
    found: dict[str, str] = {"year": str(ReportRelease.objects.get().fiscal_year)}
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            rows = model._default_manager.order_by("pk")
            if model is Bill:
                rows = rows.filter(body=body)
            row = rows.first()
            if row is not None:
                found.setdefault(f"{model._meta.model_name}_id", str(row.pk))
                if hasattr(row, "code") and model._meta.model_name in address.name:
                    found["code"] = str(row.code)
    return found


@pytest.fixture
def year(world: World) -> World:
    load_demo(list(Body.objects.order_by("code")))
    return world


def opened(client: Any, addresses: list[Address], body: Body) -> dict[str, int]:
    return {
        address.name: client.get(filled(address, body.slug, values_for(address, body))).status_code
        for address in addresses
    }


def test_M12_the_demo_is_a_year_and_is_loaded_once(year: World) -> None:
    before = (Committee.objects.count(), Meeting.objects.count(), Bill.objects.count())
    assert before[0] == 4 and before[1] == 8 and before[2] > 0
    load_demo(list(Body.objects.all()))
    assert (Committee.objects.count(), Meeting.objects.count(), Bill.objects.count()) == before


def test_secretariat_and_auditor_open_every_page_of_theirs(
    year: World, client_for: Callable[[Any], Any]
) -> None:
    pages = [address for address in MINE if address.audience == "council"]
    assert len(pages) > 30
    for account in (year.secretary, year.auditor):
        statuses = opened(client_for(account), pages, year.chiba)
        assert not {name: status for name, status in statuses.items() if status >= 500}
        assert sum(1 for status in statuses.values() if status == 200) > len(pages) // 2


def test_member_opens_its_pages_and_the_other_members_bill_is_absent(
    year: World, client_for: Callable[[Any], Any]
) -> None:
    pages = [address for address in MINE if address.audience == "office"]
    clerk = client_for(year.at_chiba.clerk)
    statuses = opened(clerk, pages, year.chiba)
    assert not {name: status for name, status in statuses.items() if status >= 500}
    assert sum(1 for status in statuses.values() if status == 200) > len(pages) // 2
    other = Bill.objects.filter(body=year.matsudo).first()
    assert other is not None
    for address in pages:
        if any(name == "bill_id" for name, _number in address.parameters):
            here = filled(address, year.chiba.slug, {"bill_id": str(other.pk)})
            assert clerk.get(here).status_code in (404, 405), address.name


def test_citizen_opens_what_is_public_and_nothing_else(year: World, client: Any) -> None:
    for address in MINE:
        status = client.get(filled(address, year.chiba.slug, values_for(address, year.chiba))).status_code
        assert status < 500, address.name
        if address.audience in ("council", "office"):
            assert status in (302, 404), address.name
    assert client.get("/council-report/").status_code == 200
