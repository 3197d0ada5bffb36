"""Thousands of rows by one statement: stored and changed as the ORM does, behind the same wall."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from moyai.audit.public import Deed
from moyai.people.public import Membership
from moyai.reservations.models import Facility
from moyai.tenants.public import acting_in, insert_many, update_many


def deed(world: Any, now: Any, number: int) -> Deed:
    detail = {"数": [number, None], "文": "髙﨑"}
    return Deed(body=world.chiba, at=now, role="clerk", verb="tests.try", thing_id=number, detail=detail)


def facilities(body: Any, *codes: str) -> list[Facility]:
    return [
        Facility(body=body, code=code, name="元", kana="モト", category="公民館", address="", used_from=date(2026, 4, 1))
        for code in codes
    ]  # fmt: skip


def test_many_rows_are_stored_as_one_by_one(world: Any) -> None:
    with acting_in(world.chiba) as now:
        made = insert_many([deed(world, now, number) for number in range(2_345)])
        kept = Deed.objects.in_bulk([one.pk for one in made])
        assert len(kept) == 2_345 and not any(one._state.adding for one in made)
        columns = [field.attname for field in Deed._meta.concrete_fields]
        for one in made[::500]:
            assert [getattr(kept[one.pk], name) for name in columns] == [
                getattr(one, name) for name in columns
            ]
        assert insert_many([]) == []


def test_many_rows_are_changed_by_their_own_values_and_nothing_else_is(world: Any) -> None:
    with acting_in(world.chiba):
        rows = insert_many(facilities(world.chiba, "many-0", "many-1", "many-2"))
        for place, one in enumerate(rows):
            one.name, one.used_until, one.kana = (
                f"「{place}」\n\\",
                date(2027, 3, 31) if place else None,
                "カワル",
            )
        update_many(rows[:2], "name", "used_until")
        kept = Facility.objects.in_bulk([one.pk for one in rows])
        assert [kept[one.pk].name for one in rows] == ["「0」\n\\", "「1」\n\\", "元"]
        assert [kept[one.pk].used_until for one in rows] == [None, date(2027, 3, 31), None]
        assert {kept[one.pk].kana for one in rows} == {"モト"}
        update_many([], "name")


def test_shared_rows_are_changed_whatever_body_they_name(world: Any) -> None:
    rows = [
        Membership.objects.filter(body__isnull=True, until_on__isnull=True).order_by("id")[0],
        Membership.objects.filter(body=world.chiba, until_on__isnull=True).order_by("id")[0],
    ]
    for days, one in enumerate(rows):
        one.until_on = date(2099, 1, 1) + timedelta(days=days)
    update_many(rows, "until_on")
    kept = Membership.objects.in_bulk([one.pk for one in rows])
    assert [kept[one.pk].until_on for one in rows] == [date(2099, 1, 1), date(2099, 1, 2)]


def test_a_row_of_another_body_is_not_changed(world: Any) -> None:
    with acting_in(world.matsudo):
        [theirs] = insert_many(facilities(world.matsudo, "many"))
    with acting_in(world.chiba):
        [mine] = insert_many(facilities(world.chiba, "many"))
        theirs.name = mine.name = "新"
        with pytest.raises(DatabaseError), transaction.atomic():
            update_many([mine, theirs], "name")
        mine.refresh_from_db()
        assert mine.name == "元"
    with acting_in(world.matsudo):
        theirs.refresh_from_db()
        assert theirs.name == "元"


def test_constraints_hold_for_many_rows_too(world: Any) -> None:
    with acting_in(world.chiba):
        before = Facility.objects.count()
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_many(facilities(world.chiba, "twin", "twin"))
        assert Facility.objects.count() == before
