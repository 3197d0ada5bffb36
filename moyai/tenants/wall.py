"""Opening the wall for one body, and looking over all of them for the council's figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from moyai.tenants import clock
from moyai.tenants.models import Body
from moyai.tenants.prepared import prepared_row, prepared_rows
from moyai.tenants.scattered import number_of_serial


class WallError(RuntimeError):
    """A mistake in our code: no wall is open, or another body's is."""


def current_body() -> Body | None:
    """The body whose wall is open in this thread's transaction, if any."""
    body: Body | None = getattr(connection, "moyai_body", None)
    return body


_COLUMNS = tuple(field.attname for field in Body._meta.concrete_fields)
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_OPENING = f"SELECT set_config('moyai.body_id', id::text, true), now(), {_NAMES} FROM tenants_body WHERE slug = %s::text"  # noqa: S608


@contextmanager
def acting_in_named(slug: str) -> Iterator[tuple[datetime, Body | None]]:
    """As `acting_in`, for the body of an address: one statement finds the body and opens its wall.

    Gives no body, and opens no wall, where the address names none.
    """
    if current_body() is not None:
        body = Body.objects.filter(slug=slug).first()
        if body is None:
            yield clock.now(), None
            return
        with acting_in(body) as now:
            yield now, body
        return
    with transaction.atomic():
        nested = len(connection.savepoint_ids) > 0 or connection.needs_rollback
        found = prepared_row(_OPENING, [slug])
        if found is None:
            yield clock.now(), None
            return
        body = Body.from_db(connection.alias, _COLUMNS, found[2:])
        with _held_open(body, found[1], nested=nested) as now:
            yield now, body


@contextmanager
def acting_in(body: Body) -> Iterator[datetime]:
    """Open the wall of `body` for one transaction; gives the transaction's moment.

    Inside an open wall of the same body it changes nothing; inside another body's it raises WallError.
    """
    outer = current_body()
    if outer is not None:
        if outer.pk != body.pk:
            raise WallError(f"the wall of {outer.code} is open; close it before acting in {body.code}")
        with transaction.atomic():
            yield clock.stopped() or connection.moyai_now  # type: ignore[attr-defined]
        return
    with transaction.atomic():
        nested = len(connection.savepoint_ids) > 0 or connection.needs_rollback
        opened = prepared_row("SELECT set_config('moyai.body_id', %s::text, true), now()", [str(body.pk)])
        moment: datetime = opened[1] if opened else clock.now()
        with _held_open(body, moment, nested=nested) as now:
            yield now


@contextmanager
def _held_open(body: Body, moment: datetime, *, nested: bool) -> Iterator[datetime]:
    connection.moyai_body = body  # type: ignore[attr-defined]
    connection.moyai_now = moment  # type: ignore[attr-defined]
    try:
        yield clock.stopped() or moment
        if nested and not connection.needs_rollback:
            with connection.cursor() as cursor:  # a surrounding transaction goes on without the wall
                cursor.execute("SELECT set_config('moyai.body_id', '', true)")
    finally:
        connection.moyai_body = None  # type: ignore[attr-defined]


def one_at_a_time(kind: str, key: str, *, number: bool = False) -> str:
    """Wait until no other transaction of the acting body holds this kind and key; hold it until ours ends.

    For a first act that has no row yet to lock. What the one before committed is seen by the next statement.
    `number`: gives a 整理番号 (tenants.numbers) by the same statement, else "".
    """
    body = current_body()
    if body is None:
        raise WallError("a turn belongs to a body; open its wall first")
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
    if not number:
        prepared_rows(lock, [f"{kind}:{body.pk}:{key}"])
        return ""
    [(_void, serial)] = prepared_rows(f"{lock}, nextval('moyai_public_number')", [f"{kind}:{body.pk}:{key}"])
    return number_of_serial(serial)


def body_of(actor_body: Body | None) -> Body:
    """The body of an actor where an action needs one."""
    if actor_body is None:
        raise WallError("this act belongs to a body, but the actor has none")
    return actor_body


@contextmanager
def looking_across() -> Iterator[str]:
    """The alias of the connection that may only read, over all bodies, the columns declared `across`."""
    yield "across"
