"""Statements that every request asks: PostgreSQL parses each of them once for a connection, not every time.

For texts that never change, with their types written out (`%s::bigint`), that find rows by a key: the plan
that is kept serves all values alike. Everything else goes through the ORM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models

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


def prepared_update(row: models.Model, *names: str) -> None:
    """Write these columns of a row, as `row.save(update_fields=names)` does, by its key."""
    statement, fields = _updating(type(row), names)
    values = [one.get_db_prep_save(one.pre_save(row, False), connection) for one in fields]
    key = [str(row.pk), str(getattr(row, "body_id", 0))]
    changed = prepared_run(statement, [str(v) if type(v) is int else v for v in values] + key)
    if changed != 1:
        raise DatabaseError("the row to be changed is not there")


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields: list[Any] = [meta.get_field(name) for name in names] if names else list(meta.concrete_fields)
    fields = [one for one in fields if not one.primary_key and one.name != "body"]
    sets = ", ".join(f'"{one.column}" = %s::{_bare(one.db_type(connection) or "text")}' for one in fields)
    wall = '"body_id" = %s::int' if _of_body(model) else "%s::int = 0"
    return f'UPDATE "{meta.db_table}" SET {sets} WHERE "id" = %s::bigint AND {wall}', fields  # noqa: S608


def prepared_objects(model: type[M], rest: str, values: Values, *, along: tuple[str, ...] = ()) -> list[M]:
    """Rows of a model as objects. `rest` follows FROM, the model's table is `t` in it ("WHERE t.number = %s::text").

    `along`: what comes with each row as by select_related ("room", "room__facility"); in `rest` by that name.
    """
    head, layout = _selecting(model, along)
    found: list[M] = []
    for values_of in prepared_rows(f"{head} {rest}", values):
        made: dict[str, Any] = {}
        for path, kind, names, converters, first in layout:
            part = list(values_of[first : first + len(names)])
            for place, converter in converters:
                part[place] = converter(part[place], None, connection)
            whole = part[names.index("id")] is not None
            made[path] = kind.from_db(connection.alias, names, part) if whole else None
            if path:
                above, _dot, name = path.rpartition("__")
                if made.get(above) is not None:
                    made[above]._state.fields_cache[name] = made[path]
        found.append(made[""])
    return found


@cache
def _selecting(model: type[models.Model], along: tuple[str, ...]) -> tuple[str, list[Any]]:
    """SELECT … FROM with its joins, and where each object's columns are."""
    kinds: dict[str, type[models.Model]] = {"": model}
    columns: list[str] = []
    joins: list[str] = [f'"{model._meta.db_table}" t']
    layout: list[Any] = []
    for path in ("", *along):
        if path:
            above, _dot, name = path.rpartition("__")
            field: Any = kinds[above]._meta.get_field(name)
            kinds[path] = field.related_model
            here, there = above or "t", path
            wall = f' AND {there}."body_id" = {here}."body_id"' if _of_body(kinds[path]) else ""
            joins.append(
                f'LEFT JOIN "{kinds[path]._meta.db_table}" {there}'
                f' ON {there}."id" = {here}."{field.column}"{wall}'
            )
        kind = kinds[path]
        fields = kind._meta.concrete_fields
        converters = [
            (place, converter)
            for place, one in enumerate(fields)
            for converter in one.get_db_converters(connection)
        ]
        layout.append((path, kind, [one.attname for one in fields], converters, len(columns)))
        columns += [f'{path or "t"}."{one.column}"' for one in fields]
    return f"SELECT {', '.join(columns)} FROM {' '.join(joins)}", layout  # noqa: S608


def _of_body(model: type[models.Model]) -> bool:
    return any(one.column == "body_id" for one in model._meta.concrete_fields)
