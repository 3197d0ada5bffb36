"""刻印: what is kept in memory of masters is read anew as soon as any of them has changed, and only then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction

from moyai.reservations.models import Facility, MasterStamp, Room, SpecialDay
from moyai.reservations.queries.grounds import ground_of_body
from moyai.reservations.queries.stamps import stamp_of_body
from moyai.reservations.tests.halls import Hall, make_hall
from moyai.tenants.public import acting_in
from tests import server
from tests.world import World

MASTERS = [
    "Facility",
    "Room",
    "Part",
    "Combination",
    "Frame",
    "Policy",
    "SpecialDay",
    "Equipment",
    "Purpose",
]


@pytest.fixture
def hall(world: World, in_chiba: datetime) -> Hall:
    made = make_hall(world.chiba)
    SpecialDay.objects.create(
        body=made.body, facility=made.facility, day=in_chiba.date(), kind="closed", reason="点検"
    )
    return made


@pytest.mark.parametrize("name", MASTERS)
def test_A41_a_change_of_any_master_is_a_new_stamp(hall: Hall, name: str) -> None:
    rows = apps.get_model("reservations", name)._default_manager.filter(body=hall.body)
    one = rows.order_by("-id").first()
    assert one is not None, f"the hall has no {name}"
    before = stamp_of_body(hall.body.pk)
    rows.filter(pk=one.pk).update(body=hall.body)
    changed = stamp_of_body(hall.body.pk)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        with pytest.raises(RuntimeError), transaction.atomic():
            cursor.execute(
                f"DELETE FROM {one._meta.db_table} WHERE body_id = %s AND id = %s",
                [hall.body.pk, one.pk],
            )
            assert stamp_of_body(hall.body.pk) not in (before, changed)
            raise RuntimeError
    assert stamp_of_body(hall.body.pk) == changed != before


def test_A41_only_the_last_change_of_a_transaction_is_kept(hall: Hall) -> None:
    for name in ("一", "二", "三"):
        Room.objects.filter(body=hall.body, pk=hall.gym.pk).update(name=name)
    assert MasterStamp.objects.filter(body=hall.body).count() == 1


def test_A41_what_was_rolled_back_was_never_seen(hall: Hall) -> None:
    """The stamp of before is back, and with it what was kept; the next change has a number of its own."""
    ground = ground_of_body(hall.body)
    seen: set[str] = {stamp_of_body(hall.body.pk)}
    for name in ("一", "二"):
        with pytest.raises(RuntimeError), transaction.atomic():
            Room.objects.filter(body=hall.body, pk=hall.gym.pk).update(name=name)
            now = stamp_of_body(hall.body.pk)
            assert now not in seen
            seen.add(now)
            assert ground_of_body(hall.body).rooms[hall.gym.pk].name == name
            raise RuntimeError
        assert ground_of_body(hall.body).rooms[hall.gym.pk].name == ground.rooms[hall.gym.pk].name


def test_A41_the_masters_of_another_body_have_a_stamp_of_their_own(world: World) -> None:
    with acting_in(world.chiba):
        make_hall(world.chiba)
        before: Any = stamp_of_body(world.chiba.pk)
    with acting_in(world.matsudo):
        make_hall(world.matsudo)
        Facility.objects.filter(body=world.matsudo).update(name="別")
    with acting_in(world.chiba):
        assert stamp_of_body(world.chiba.pk) == before


def test_A41_changes_side_by_side_do_not_wait_for_each_other() -> None:
    """Each has a row of its own, and whoever comes after both takes them together."""
    url = server.clone(f"stamps_{server.WORKER}")
    stamps = "SELECT array_agg(id ORDER BY id) FROM reservations_masterstamp WHERE body_id = %s"
    with psycopg.connect(url) as one, psycopg.connect(url) as other, psycopg.connect(url) as reader:
        reader.autocommit = True
        first = one.execute(
            "SELECT body_id, min(id), max(id) FROM reservations_facility GROUP BY 1"
        ).fetchone()
        assert first is not None and first[1] != first[2]
        body, a, b = first
        one.rollback()

        def change(where: psycopg.Connection[Any], facility: int) -> None:
            where.execute("SET lock_timeout = '5s'")
            where.execute(
                "UPDATE reservations_facility SET name = name WHERE body_id = %s AND id = %s",
                [body, facility],
            )

        def seen() -> list[int]:
            found = reader.execute(stamps, [body]).fetchone()
            return list((found and found[0]) or [])

        before = seen()
        change(one, a)
        change(other, b)  # not held up, though the first has not ended
        other.commit()
        between = seen()
        one.commit()
        both = seen()
        assert len({tuple(before), tuple(between), tuple(both)}) == 3
        change(one, b)
        one.commit()
        assert len(seen()) == 1 and not set(seen()) & {*before, *between, *both}
