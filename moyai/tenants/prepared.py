"""Statements that every request asks: PostgreSQL parses each of them once for a connection, not every time.

For texts that never change, with their types written out (`%s::bigint`), that find rows by a key: the plan
that is kept serves all values alike. Everything else goes through the ORM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar

from django.db import DatabaseError, connection, models

Values = Sequence[Any] | Mapping[str, Any]
M = TypeVar("M", bound=models.Model)


def prepared_rows(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    found: list[tuple[Any, ...]] = connection.known(statement, values).fetchall()  # type: ignore[attr-defined]
    return found


def prepared_row(statement: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The one row of a statement; None where there is none."""
    found: tuple[Any, ...] | None = connection.known(statement, values).fetchone()  # type: ignore[attr-defined]
    return found


def prepared_run(statement: str, values: Values = ()) -> int:
    """Run a statement that gives no rows; how many it changed."""
    return int(connection.known(statement, values).rowcount)  # type: ignore[attr-defined]


def prepared_insert(row: M) -> M:
    """Store a new row as `row.save(force_insert=True)` does, by one statement for each table."""
    statement, fields = _inserting(type(row))
    values = _values(row, fields)
    if values is None:  # a default of the database's, or one worked out there
        row.save(force_insert=True)
        return row
    [(row.pk,)] = prepared_rows(statement, values)
    return _stored(row)


def prepared_insert_with(row: M, then: str, values: Sequence[Any]) -> int:
    """Store a new row, and by the same statement what belongs to it; how many rows that were.

    `then`: an INSERT … RETURNING that reads the new row's id as `made.id`, with its `values`.
    """
    statement, fields = _inserting(type(row))
    own = _values(row, fields)
    assert own is not None, "its values are worked out by the database"
    whole = f"WITH made AS ({statement} AS id), more AS ({then}) SELECT made.id, (SELECT count(*) FROM more) FROM made"  # noqa: S608
    [(row.pk, count)] = prepared_rows(whole, [*own, *values])
    _stored(row)
    return int(count)


def prepared_family(row: M, children: Sequence[tuple[models.Model, str]]) -> M:
    """Store a new row and new rows that point at it (each with the name of its field that does), by one statement."""
    statement, fields = _inserting(type(row))
    values = _values(row, fields)
    parts = [f"made AS ({statement} AS id)"]
    for place, (child, name) in enumerate(children):
        with_id, of_child = _inserting_for(type(child), name)
        own = _values(child, of_child)
        assert values is not None and own is not None, "its values are worked out by the database"
        values += own
        parts.append(f"child{place} AS ({with_id})")
    assert values is not None
    [(row.pk,)] = prepared_rows(f"WITH {', '.join(parts)} SELECT id FROM made", values)  # noqa: S608
    return _stored(row)


def _values(row: models.Model, fields: Sequence[tuple[Any, type | None]]) -> list[Any] | None:
    """What the driver gets of a row; None where the database has to work something out."""
    values: list[Any] = []
    for field, plain in fields:
        value = getattr(row, field.attname) if plain is not None else field.pre_save(row, True)
        if type(value) is plain:  # as the field would hand it over
            values.append(value)
            continue
        if hasattr(value, "resolve_expression"):
            return None
        values.append(_handed(field, value))
    return values


def _stored(row: M) -> M:
    row._state.adding = False
    row._state.db = connection.alias
    return row


# Fields that hand a value of this very type to the driver as it is. (A moment without its zone would be refused:
# its field has to look at it.)
_PLAIN: Final[dict[type[models.Field[Any, Any]], type]] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.DateField: date,
}


def _plain(field: models.Field[Any, Any]) -> type | None:
    """The type whose values the driver gets as they are; None where the field has to look at each."""
    by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return None if by_itself else _PLAIN.get(type(field))


def _handed(field: models.Field[Any, Any], value: Any) -> Any:
    """A value as the driver gets it. A number is text: else each size of number is a statement of its own."""
    if value is not None and (type(value) is not int or not isinstance(field, _NUMBERS)):
        value = field.get_db_prep_save(value, connection)
    return str(value) if type(value) is int else value


_NUMBERS = (models.IntegerField, models.ForeignKey)


@cache
def _inserting(model: type[models.Model]) -> tuple[str, list[tuple[Any, type | None]]]:
    """The statement of a table whose key the database gives, and the fields that it wants (with their plain type)."""
    key = model._meta.pk
    fields = [one for one in model._meta.concrete_fields if one is not key]
    names = ", ".join(f'"{one.column}"' for one in fields)
    # Without the length: a cast to varchar(40) would cut what is too long, and a column refuses it.
    casts = ", ".join(f"%s::{_bare(one.db_type(connection) or 'text')}" for one in fields)
    table = f'"{model._meta.db_table}"'
    statement = f'INSERT INTO {table} ({names}) VALUES ({casts}) RETURNING "{key.column}"'  # noqa: S608
    return statement, [(one, _plain(one)) for one in fields]


@cache
def _inserting_for(model: type[models.Model], name: str) -> tuple[str, list[tuple[Any, type | None]]]:
    """The same for a row that points at the one that is made before it in the statement."""
    key, pointer = model._meta.pk, model._meta.get_field(name)
    fields = [one for one in model._meta.concrete_fields if one is not key and one is not pointer]
    names = ", ".join(f'"{one.column}"' for one in [pointer, *fields])  # type: ignore[union-attr]
    casts = ", ".join(f"%s::{_bare(one.db_type(connection) or 'text')}" for one in fields)
    table = f'"{model._meta.db_table}"'
    return f"INSERT INTO {table} ({names}) SELECT made.id, {casts} FROM made", [  # noqa: S608
        (one, _plain(one)) for one in fields
    ]


def _bare(kind: str) -> str:
    kind = kind.partition("(")[0]
    return "text" if kind == "varchar" else kind


def prepared_update(row: models.Model, *names: str) -> None:
    """Write these columns of a row, as `row.save(update_fields=names)` does, by its key."""
    statement, fields = _updating(type(row), names)
    values = [
        value if type(value) is plain else _handed(one, value)
        for one, plain in fields
        for value in (getattr(row, one.attname) if plain is not None else one.pre_save(row, False),)
    ]
    changed = prepared_run(statement, [*values, str(row.pk), str(getattr(row, "body_id", 0))])
    if changed != 1:
        raise DatabaseError("the row to be changed is not there")


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[tuple[Any, type | None]]]:
    meta = model._meta
    fields: list[Any] = [meta.get_field(name) for name in names] if names else list(meta.concrete_fields)
    fields = [one for one in fields if not one.primary_key and one.name != "body"]
    sets = ", ".join(f'"{one.column}" = %s::{_bare(one.db_type(connection) or "text")}' for one in fields)
    wall = '"body_id" = %s::int' if _of_body(model) else "%s::int = 0"
    statement = f'UPDATE "{meta.db_table}" SET {sets} WHERE "id" = %s::bigint AND {wall}'  # noqa: S608
    return statement, [(one, _plain(one)) for one in fields]


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
