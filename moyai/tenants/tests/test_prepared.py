"""Statements that are parsed once: they store, change and read rows as the ORM does, behind the same wall."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from moyai.audit.models import Reason
from moyai.audit.public import Deed
from moyai.people.public import Account, Membership
from moyai.tenants.public import (
    acting_in,
    prepared_family,
    prepared_insert,
    prepared_insert_with,
    prepared_objects,
    prepared_row,
    prepared_rows,
    prepared_run,
    prepared_update,
)


def deed(world: Any, now: Any, **facts: Any) -> Deed:
    known = {"at": now, "role": "clerk", "verb": "tests.try", "detail": {"数": [1, None], "文": "髙﨑"}}
    return Deed(body=world.chiba, **known | facts)


def test_a_row_is_stored_and_read_as_the_orm_would(world: Any) -> None:
    with acting_in(world.chiba) as now:
        made = prepared_insert(deed(world, now, thing_id=7_000_000_000, account_id=None))
        assert made.pk and not made._state.adding
        asked = "WHERE t.body_id = %s::int AND t.id = %s::bigint"
        [found] = prepared_objects(Deed, asked, [world.chiba.pk, made.pk])
        kept = Deed.objects.get(pk=made.pk)
        columns = [field.attname for field in Deed._meta.concrete_fields]
        assert [getattr(found, one) for one in columns] == [getattr(kept, one) for one in columns]
        assert found.detail == {"数": [1, None], "文": "髙﨑"}


def test_what_is_too_long_is_refused_not_cut(world: Any) -> None:
    with acting_in(world.chiba) as now:
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared_insert(deed(world, now, verb="x" * 61))
        assert not Deed.objects.filter(verb__startswith="xxx").exists()


def test_a_row_is_stored_with_what_belongs_to_it_by_one_statement(world: Any) -> None:
    with acting_in(world.chiba) as now, CaptureQueriesContext(connection) as asked:
        made = prepared_family(
            deed(world, now), [(Reason(body=world.chiba, salt="s", text=f"理由{n}"), "deed") for n in (1,)]
        )
        more = deed(world, now, verb="tests.more")
        count = prepared_insert_with(
            more,
            "INSERT INTO audit_reason (body_id, deed_id, salt, text) SELECT %s::int, made.id, 's', t"
            " FROM made, unnest(%s::text[]) AS t RETURNING 1",
            [str(world.chiba.pk), ["理由2"]],
        )
    assert len(asked) == 2 and count == 1
    with acting_in(world.chiba):
        kept = Reason.objects.filter(body=world.chiba, deed_id__in=[made.pk, more.pk]).order_by("deed_id")
        assert list(kept.values_list("deed_id", "text")) == [(made.pk, "理由1"), (more.pk, "理由2")]
        assert Deed.objects.get(body=world.chiba, pk=more.pk).verb == "tests.more"


def test_errors_of_prepared_statements_are_those_of_the_orm(world: Any) -> None:
    with acting_in(world.chiba), pytest.raises(DataError), transaction.atomic():
        prepared_row("SELECT %s::int", ["x"])
    with acting_in(world.chiba), pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        prepared_row("SELECT 1", [])


def test_a_row_is_found_behind_its_own_wall_only(world: Any) -> None:
    asked = "WHERE t.id = %s::bigint"
    with acting_in(world.chiba) as now:
        made = prepared_insert(deed(world, now))
        assert prepared_objects(Deed, asked, [made.pk])
    with acting_in(world.matsudo):
        assert prepared_objects(Deed, asked, [made.pk]) == []
        assert prepared_rows("SELECT id FROM audit_deed WHERE id = %s::bigint", [made.pk]) == []


def test_columns_of_a_row_are_changed_and_a_missing_row_is_told(world: Any) -> None:
    account = world.resident
    account.name, account.kana = "変えた", "カエナイ"
    prepared_update(account, "name")
    kept = Account.objects.get(pk=account.pk)
    assert kept.name == "変えた" and kept.kana != "カエナイ"
    with pytest.raises(DatabaseError):
        prepared_update(Account(pk=10**12, name="だれもいない"), "name")


def test_rows_come_with_what_they_refer_to_and_without_what_is_not_there(world: Any) -> None:
    clerk = world.at_chiba.clerk
    asked = "WHERE t.account_id = %s::bigint"
    [held] = prepared_objects(Membership, asked, [clerk.pk], along=("account", "body"))
    assert held.account == clerk and held.body == world.chiba and held.role == "clerk"
    [council] = prepared_objects(Membership, asked, [world.secretary.pk], along=("body",))
    assert council.body_id is None and council.body is None


def test_one_row_none_and_how_many_were_changed(world: Any) -> None:
    assert prepared_row("SELECT 1 WHERE %s::int = 2", [1]) is None
    assert prepared_row("SELECT %s::int + 1", [1]) == (2,)
    assert (
        prepared_run("UPDATE people_account SET kana = kana WHERE id = %s::bigint", [world.resident.pk]) == 1
    )


def test_a_statement_is_parsed_once_for_a_connection(world: Any) -> None:
    statement = "SELECT %s::int + 40"
    for number in range(4):
        assert prepared_row(statement, [number]) == (number + 40,)
    kept = prepared_rows(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int + 40'"
    )
    assert kept == [(1,)]


def test_a_connection_that_the_server_ended_is_not_taken_for_usable(world: Any) -> None:
    other = connection.copy("other")
    other.ensure_connection()
    assert other.is_usable()
    prepared_rows("SELECT pg_terminate_backend(%s::int)", [other.connection.info.backend_pid])
    deadline = time.monotonic() + 10
    while other.is_usable() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not other.is_usable()
    other.close()
