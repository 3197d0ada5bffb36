"""Thousands of rows by one statement: stored and changed as the ORM does, behind the same wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from moyai.audit.public import Deed
from moyai.people.public import Account, Membership
from moyai.tenants.public import acting_in, insert_many, update_many


def deed(world: Any, now: Any, number: int) -> Deed:
    detail = {"数": [number, None], "文": "髙﨑"}
    return Deed(body=world.chiba, at=now, role="clerk", verb="tests.try", thing_id=number, detail=detail)


def memberships(world: Any, count: int) -> list[Membership]:
    accounts = [
        Account.objects.create(email=f"many-{number}@example.jp", name=f"人{number}") for number in range(count)
    ]
    return [Membership(body=world.chiba, account=one, roles=["clerk"], section="") for one in accounts]


def test_many_rows_are_stored_as_one_by_one(world: Any) -> None:
    with acting_in(world.chiba) as now:
        made = insert_many([deed(world, now, number) for number in range(2_345)])
        kept = Deed.objects.in_bulk([one.pk for one in made])
        assert len(kept) == 2_345 and not any(one._state.adding for one in made)
        columns = [field.attname for field in Deed._meta.concrete_fields]
        for one in made[::500]:
            assert [getattr(kept[one.pk], name) for name in columns] == [getattr(one, name) for name in columns]
        assert insert_many([]) == []


def test_many_rows_are_changed_by_their_own_values_and_nothing_else_is(world: Any) -> None:
    with acting_in(world.chiba) as now:
        rows = insert_many(memberships(world, 3))
        later = now + timedelta(days=1, microseconds=7)
        for place, one in enumerate(rows):
            one.section, one.ended_at = f"「{place}」課", later if place else None
            one.roles = ["clerk", "approver"]
        update_many(rows[:2], "section", "ended_at")
        kept = Membership.objects.in_bulk([one.pk for one in rows])
        assert [kept[one.pk].section for one in rows] == ["「0」課", "「1」課", ""]
        assert [kept[one.pk].ended_at for one in rows] == [None, later, None]
        assert [kept[one.pk].roles for one in rows] == [["clerk"]] * 3
        update_many([], "section")


def test_a_row_that_is_not_there_or_of_another_body_is_not_changed(world: Any) -> None:
    with acting_in(world.matsudo):
        [theirs] = insert_many(
            [Membership(body=world.matsudo, account=world.resident, roles=["clerk"], section="元")]
        )
    with acting_in(world.chiba):
        [mine] = insert_many(memberships(world, 1))
        theirs.section = mine.section = "新"
        with pytest.raises(DatabaseError), transaction.atomic():
            update_many([mine, theirs], "section")
        mine.refresh_from_db()
        assert mine.section == ""
    with acting_in(world.matsudo):
        theirs.refresh_from_db()
        assert theirs.section == "元"


def test_constraints_hold_for_many_rows_too(world: Any) -> None:
    with acting_in(world.chiba) as now:
        before = Membership.objects.count()
        [one] = memberships(world, 1)
        twin = Membership(body=world.chiba, account=one.account, roles=["approver"], section="")
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_many([one, twin])
        assert Membership.objects.count() == before and now
