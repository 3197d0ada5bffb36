"""刻印 — what tells, in one query, whether anything that decides about a unit on a day has changed since it was last read.

A row's xmin and ctid name its version: no writer has to think of it, and a change that was rolled back leaves the old
stamp. So what was read may be kept in memory for as long as its stamp is the same, and is never stale.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection

_ROWS = "(SELECT string_agg(t.id || ':' || t.xmin || t.ctid, ',' ORDER BY t.id) FROM {table} t WHERE {where})"
_PARTS = [
    "c.xmin", "c.ctid", "r.xmin", "r.ctid", "f.xmin", "f.ctid",
    *(
        _ROWS.format(table=f"reservations_{name}", where=f"t.body_id = %(body)s AND {where}")
        for name, where in (
            ("part", "t.room_id = r.id"),
            ("combination", "t.room_id = r.id"),
            ("frame", "t.room_id = r.id"),
            ("policy", "(t.facility_id IS NULL OR t.facility_id = f.id)"),
            ("specialday", "t.facility_id = f.id AND t.day = %(day)s"),
        )
    ),
    _ROWS.format(table="calendars_nationaldayoverride", where="true"),
]  # fmt: skip
_QUERY = (
    f"SELECT concat_ws('|', {', '.join(_PARTS)}),"  # noqa: S608
    " EXISTS (SELECT 1 FROM reservations_roundroom x JOIN reservations_round d ON d.body_id = x.body_id"
    " AND d.id = x.round_id WHERE x.body_id = %(body)s AND x.room_id = r.id AND d.state = 'frozen'"
    " AND d.kind = 'monthly' AND %(day)s BETWEEN d.for_from AND d.for_until)"
    " FROM reservations_combination c JOIN reservations_room r ON r.body_id = c.body_id AND r.id = c.room_id"
    " JOIN reservations_facility f ON f.body_id = r.body_id AND f.id = r.facility_id"
    " WHERE c.body_id = %(body)s AND c.id = %(unit)s"
)


class Stamp(NamedTuple):
    """The versions of all that decides; and whether a draw is about to give what is asked for."""

    versions: str
    in_draw: bool


def stamp_of(*, body_id: int, combination_id: int, day: date) -> Stamp | None:
    """The stamp of a unit on a day; None where there is no such unit. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {"body": body_id, "unit": combination_id, "day": day})
        row = cursor.fetchone()
    return Stamp(*row) if row is not None else None
