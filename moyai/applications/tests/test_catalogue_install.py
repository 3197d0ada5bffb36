"""手続きの見本 in a body: every switch of a sample stands in its procedure, and its places are there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moyai.applications import catalogue
from moyai.applications.actions.catalogue import install_from_catalogue
from moyai.applications.models import Pool, Procedure
from moyai.tenants.public import Actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sample", catalogue.CODES)
def test_sample_becomes_a_procedure_with_all_its_switches(
    in_chiba: datetime, staff: dict[str, Actor], sample: str
) -> None:
    made = install_from_catalogue(
        actor=staff["administrator"], now=in_chiba, sample=sample, code=f"{sample}-2"
    )
    made.refresh_from_db()
    said = catalogue.facts(sample)
    assert {name: getattr(made, name) for name in said} == said
    assert made.published and made.catalogue_code == sample
    assert made.catalogue_version == catalogue.version(sample)
    assert made.editions.get().document["translations"].keys() == {"en", "easy"}
    assert Pool.objects.filter(procedure=made).exists() == bool(catalogue.pools(sample))


def test_bulky_waste_has_a_truck_on_each_collection_day_for_half_a_year(
    in_chiba: datetime, staff: dict[str, Actor]
) -> None:
    made = install_from_catalogue(
        actor=staff["administrator"], now=in_chiba, sample="sodaigomi", code="gomi"
    )
    pools = list(Pool.objects.filter(procedure=made).order_by("key"))
    assert len(pools) == 26 * 5
    weekdays: dict[str, set[int]] = {}
    for pool in pools:
        district, _dash, day = pool.key.partition("-")
        weekdays.setdefault(district, set()).add(datetime.fromisoformat(day).isoweekday())
    assert weekdays == {"chuo": {1}, "hanamigawa": {2}, "inage": {3}, "wakaba": {4}, "midori": {5}}


def test_course_is_first_come_twice_and_by_lot_once(in_chiba: datetime, staff: dict[str, Actor]) -> None:
    made = install_from_catalogue(actor=staff["administrator"], now=in_chiba, sample="event", code="course")
    found = {pool.key: pool for pool in Pool.objects.filter(procedure=made)}
    assert {key: pool.mode for key, pool in found.items()} == {
        "first": "first",
        "second": "first",
        "third": "lottery",
    }
    assert found["third"].draw_at is not None and found["third"].draw_at > in_chiba


def test_first_body_of_the_demo_has_the_whole_catalogue_and_the_others_five(world: Any) -> None:
    from moyai.tenants.public import acting_in

    with acting_in(world.chiba):
        codes = set(Procedure.objects.filter(body=world.chiba).values_list("code", flat=True))
    assert codes >= set(catalogue.CODES) | {"juminhyo-card"}
    with acting_in(world.matsudo):
        few = set(Procedure.objects.filter(body=world.matsudo).values_list("code", flat=True))
    assert few == {"juminhyo", "event", "dog", "survey", "recruit"}
