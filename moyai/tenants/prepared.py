"""Statements that every request asks: PostgreSQL parses each of them once for a connection, not every time.

For texts that never change, with their types written out (`%s::bigint`), that find rows by a key: the plan
that is kept serves all values alike. Everything else goes through the ORM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Values = Sequence[Any] | Mapping[str, Any]
M = TypeVar("M", bound=models.Model)


def prepared_rows(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.known_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def prepared_row(statement: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The one row of a statement; None where there is none."""
    with connection.known_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def prepared_run(statement: str, values: Values = ()) -> int:
    """Run a statement that gives no rows; how many it changed."""
    with connection.known_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def prepared_insert(row: M) -> M:
    """Store a new row as `row.save(force_insert=True)` does, by one statement for each table."""
    statement, fields = _inserting(type(row))
    values: list[Any] = []
    for field in fields:
        value = field.pre_save(row, True)
        if hasattr(value, "resolve_expression"):  # a default of the database's, or one worked out there
            row.save(force_insert=True)
            return row
        value = field.get_db_prep_save(value, connection)
        # A number as text is of whatever type its column is: else each size of number is a statement of its own.
        values.append(str(value) if type(value) is int else value)
    [(row.pk,)] = prepared_rows(statement, values)
    row._state.adding = False
    row._state.db = connection.alias
    return row


@cache
def _inserting(model: type[models.Model]) -> tuple[str, list[Any]]:
    """The statement of a table whose key the database gives, and the fields that it wants."""
    key = model._meta.pk
    fields = [one for one in model._meta.concrete_fields if one is not key]
    names = ", ".join(f'"{one.column}"' for one in fields)
    # Without the length: a cast to varchar(40) would cut what is too long, and a column refuses it.
    casts = ", ".join(f"%s::{_bare(one.db_type(connection) or 'text')}" for one in fields)
    table = f'"{model._meta.db_table}"'
    return f'INSERT INTO {table} ({names}) VALUES ({casts}) RETURNING "{key.column}"', fields  # noqa: S608


def _bare(kind: str) -> str:
    kind = kind.partition("(")[0]
    return "text" if kind == "varchar" else kind
