"""The wall, table by table, as the app role: nothing of another body is read, written, referenced or counted.

Tables are found, not listed: a model added tomorrow is walked tomorrow. Rows are made in every table by
reading its columns, in a database of this module's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests import server

ROWS = 1_000_000  # ids of made rows begin here, far from the world's


def walled_tables() -> list[str]:
    import django

    django.setup()
    from django.apps import apps

    from moyai.tenants.models import BodyRow

    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, BodyRow))


def same_body_references(table: str) -> list[tuple[str, str]]:
    from django.apps import apps

    from moyai.tenants.models import SameBody

    for model in apps.get_models():
        if model._meta.db_table == table:
            return [
                (field.column, field.remote_field.model._meta.db_table)
                for field in model._meta.local_fields
                if isinstance(field, SameBody)
            ]
    raise LookupError(table)


TABLES = walled_tables()


def _made_value(kind: str, number: int, length: int | None) -> Any:
    made: dict[str, Any] = {
        "integer": number % 30000,
        "smallint": number % 30000,
        "bigint": number,
        "boolean": True,
        "date": "2026-04-01",
        "timestamp with time zone": "2026-04-01T00:00:00Z",
        "time without time zone": "09:00",
        "jsonb": "{}",
        "bytea": b"x",
        "uuid": f"00000000-0000-0000-0000-{number:012d}",
        "double precision": 1.0,
        "numeric": 1,
        "inet": "127.0.0.1",
        "interval": "1 day",
    }
    if kind in ("character varying", "text", "character"):
        return f"x{number}"[-(length or 40) :]
    return made[kind]


@pytest.fixture(scope="module")
def bodies(django_db_setup: None) -> Iterator[tuple[int, int]]:
    """Rows ROWS+1 (first body) and ROWS+2 (second body) in every walled table."""
    url = server.clone(f"wall_{server.WORKER}")
    with psycopg.connect(url, autocommit=True) as owner:
        first, second = (row[0] for row in owner.execute("SELECT id FROM tenants_body ORDER BY code LIMIT 2"))
        owner.execute("SET session_replication_role = replica")  # made rows refer to one another freely
        # The stamps last: a change of any master takes the one before away.
        for table in sorted(TABLES, key=lambda name: name == "reservations_masterstamp"):
            for (name,) in owner.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
            ).fetchall():
                owner.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                        sql.Identifier(table), sql.Identifier(name)
                    )
                )
            for number, body in ((ROWS + 1, first), (ROWS + 2, second)):
                _make(owner, table, number, body)
    yield first, second
    server.admin(f'DROP DATABASE IF EXISTS "wall_{server.WORKER}" WITH (FORCE)')


def _make(owner: psycopg.Connection[Any], table: str, number: int, body: int) -> None:
    references = {column for column, _target in same_body_references(table)}
    columns = owner.execute(
        "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    ).fetchall()
    values: dict[str, Any] = {}
    for name, kind, length in columns:
        if name == "body_id":
            values[name] = body
        elif name == "id" or name in references:
            values[name] = number
        else:
            values[name] = _made_value(kind, number, length)
    owner.execute(
        sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


@pytest.fixture
def app(bodies: tuple[int, int]) -> Iterator[psycopg.Connection[Any]]:
    """A connection as moyai_app with the wall of the first body open."""
    url = server.database_url(f"wall_{server.WORKER}").replace("postgres@", "moyai_app@")
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('moyai.body_id', %s, true)", [str(bodies[0])])
        yield connection
        connection.rollback()


def _refused(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """What nobody may do to rows of this table: UPDATE and DELETE, UPDATE alone, or nothing."""
    rows = connection.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
    names = {row[0] for row in rows}
    if "insert_only" in names:
        return ["UPDATE {} SET id = id", "DELETE FROM {}"]
    return ["UPDATE {} SET id = id"] if "never_changed" in names else []


def one(connection: psycopg.Connection[Any], query: str, table: str, *values: Any) -> Any:
    row = connection.execute(sql.SQL(query).format(sql.Identifier(table)), values).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


def change(connection: psycopg.Connection[Any], query: str, table: str, *values: Any) -> int:
    return connection.execute(sql.SQL(query).format(sql.Identifier(table)), values).rowcount  # type: ignore[arg-type]


def test_there_are_walled_tables() -> None:
    assert {"tenants_counter", "audit_deed"} <= set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_own_row_is_seen_and_other_bodys_is_neither_read_nor_counted(
    table: str, app: Any, bodies: Any
) -> None:
    assert (
        one(app, "SELECT count(*) FROM {} WHERE id = %s", table, ROWS + 1) == 1
    )  # the test can see rows at all
    assert one(app, "SELECT count(*) FROM {} WHERE id = %s", table, ROWS + 2) == 0
    assert one(app, "SELECT count(*) FROM {} WHERE body_id <> %s", table, bodies[0]) == 0


@pytest.mark.parametrize("table", TABLES)
def test_other_bodys_row_is_not_written(table: str, app: Any, bodies: Any) -> None:
    other = bodies[1]
    refused = _refused(app, table)
    for query in refused:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            change(app, query, table)
    if len(refused) < 2:
        assert change(app, "DELETE FROM {} WHERE id = %s", table, ROWS + 2) == 0
    if not refused:
        assert change(app, "UPDATE {} SET id = id WHERE id = %s", table, ROWS + 2) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            change(app, "UPDATE {} SET body_id = %s WHERE id = %s", table, other, ROWS + 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), app.transaction():
        _make(app, table, ROWS + 3, other)


REFERENCES = [(table, *reference) for table in TABLES for reference in same_body_references(table)]


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_other_bodys_row_is_not_referenced(table: str, column: str, target: str, bodies: Any) -> None:
    # As the owner of the server with the wall out of the way: the key itself must refuse.
    with psycopg.connect(server.database_url(f"wall_{server.WORKER}")) as owner:
        keys = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        ).fetchall()
        assert any(f"(body_id, {column})" in key[0] and f"{target}(body_id, id)" in key[0] for key in keys), (
            keys
        )
        # Own ids only exist under the own body: the pair (first body, second body's row) is in no table.
        found = one(
            owner, "SELECT count(*) FROM {} WHERE body_id = %s AND id = %s", target, bodies[0], ROWS + 2
        )
        assert found == 0


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_app_cannot_point_a_row_at_the_other_bodys(table: str, column: str, target: str, app: Any) -> None:
    if _refused(app, table):
        return _insert_pointing(app, table, column)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app.transaction():
        app.execute(
            sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            [ROWS + 2, ROWS + 1],
        )
    return None


def _insert_pointing(app: Any, table: str, column: str) -> None:
    row = app.execute(sql.SQL("SELECT * FROM {} WHERE id = %s").format(sql.Identifier(table)), [ROWS + 1])
    names = [part.name for part in row.description]
    values = dict(zip(names, row.fetchone(), strict=True)) | {"id": ROWS + 4, column: ROWS + 2}
    for name, value in values.items():
        if isinstance(value, dict | list):
            values[name] = psycopg.types.json.Jsonb(value)
        elif isinstance(value, str) and value.startswith("x"):
            values[name] = "y" + value[1:]  # past the unique keys, to the reference
    with (
        pytest.raises((psycopg.errors.ForeignKeyViolation, psycopg.errors.UniqueViolation)) as caught,
        app.transaction(),
    ):
        app.execute(
            sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )
    if isinstance(caught.value, psycopg.errors.UniqueViolation):
        assert caught.value.diag.constraint_name, table  # refused before the reference was looked at


@pytest.mark.parametrize("table", TABLES)
def test_without_an_open_wall_a_query_fails_loudly(table: str, bodies: Any) -> None:
    url = server.database_url(f"wall_{server.WORKER}").replace("postgres@", "moyai_app@")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
        one(connection, "SELECT count(*) FROM {}", table)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('moyai.body_id', '1', true)")
        connection.commit()  # what a finished request leaves behind
        with pytest.raises(psycopg.Error):
            one(connection, "SELECT count(*) FROM {}", table)


@pytest.mark.parametrize("table", TABLES)
def test_across_reads_declared_columns_of_all_bodies_and_writes_nothing(table: str, bodies: Any) -> None:
    from django.apps import apps

    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    by_name = {field.name: field.column for field in model._meta.local_concrete_fields}
    declared = {by_name.get(name, name) for name in model.across}
    url = server.database_url(f"wall_{server.WORKER}").replace("postgres@", "moyai_across@")
    with psycopg.connect(url, autocommit=True) as connection:
        for column in by_name.values():
            query = sql.SQL("SELECT {} FROM {} WHERE true").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            if column in declared:
                assert len(connection.execute(query).fetchall()) >= 2
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(query)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def test_every_model_says_whose_it_is() -> None:
    from django.apps import apps

    from moyai.tenants.models import BodyRow, SharedRow

    undeclared = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("moyai.") and not issubclass(model, BodyRow | SharedRow)
    ]
    assert undeclared == []


def test_unique_keys_of_a_body_begin_with_the_body(bodies: Any) -> None:
    with psycopg.connect(server.database_url(f"wall_{server.WORKER}")) as owner:
        loose = [
            (table, name)
            for table in TABLES
            for name, first in owner.execute(
                "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i JOIN pg_attribute a"
                " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
                " WHERE i.indrelid = %s::regclass AND i.indisunique",
                [table],
            )
            if first != "body_id"
        ]
    assert loose == []


def test_the_app_role_is_neither_owner_nor_above_the_wall(bodies: Any) -> None:
    with psycopg.connect(server.database_url(f"wall_{server.WORKER}")) as owner:
        rights = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'moyai_%'"
        ).fetchall()
        assert rights and all(row == (False, False, False) for row in rights)
        owned = owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'moyai_owner'"
        ).fetchone()
        assert owned == (0,)
        memberships = owner.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            " WHERE r.rolname IN ('moyai_app', 'moyai_across')"
        ).fetchone()
        assert memberships == (0,)
