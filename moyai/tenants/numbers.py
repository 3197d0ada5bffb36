"""Numbers given out: gapless ones by body, and public ones nobody can guess the order of."""

from __future__ import annotations

from moyai.tenants.prepared import prepared_rows
from moyai.tenants.scattered import number_of_serial
from moyai.tenants.wall import WallError, current_body


def next_number(kind: str, *, fiscal_year: int) -> int:
    """The next number of a kind in a fiscal year of the acting body: 1, 2, 3 …, gapless.

    The counter's row stays locked until the transaction ends; a rolled-back act gives its number back.
    """
    return next_numbers(kind, fiscal_year=fiscal_year, count=1)[0]


def next_numbers(kind: str, *, fiscal_year: int, count: int) -> range:
    """So many of them at once, in order; `count` is one or more."""
    body = current_body()
    if body is None:
        raise WallError("numbers belong to a body; open its wall first")
    if count < 1:
        raise ValueError("at least one number is taken")
    [(last,)] = prepared_rows(
        "INSERT INTO tenants_counter (body_id, kind, fiscal_year, last)"
        " VALUES (%(body)s::int, %(kind)s::text, %(year)s::int, %(count)s::int)"
        " ON CONFLICT (body_id, kind, fiscal_year) DO UPDATE SET last = tenants_counter.last + %(count)s::int"
        " RETURNING last",
        {"body": str(body.pk), "kind": kind, "year": str(fiscal_year), "count": str(count)},
    )
    return range(int(last) - count + 1, int(last) + 1)


def public_number() -> str:
    """整理番号 — twelve digits, the last a check digit; unique in the installation, order not guessable."""
    return public_numbers(1)[0]


def public_numbers(count: int) -> list[str]:
    """So many 整理番号 in one statement. One that is not used is given to nobody else."""
    if count < 1:
        return []
    rows = prepared_rows("SELECT nextval('moyai_public_number') FROM generate_series(1, %s::int)", [count])
    return [number_of_serial(serial) for (serial,) in rows]
