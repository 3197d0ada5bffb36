"""刻印 — what tells, in one query, whether anything that decides about a facility has changed since it was last read.

Every change of a body's masters puts a new number in the place of the last (a trigger of the tables, models.MasterStamp):
no writer has to think of it, and a change that was rolled back leaves the old stamp. So what was read may be kept in memory
for as long as its stamp is the same, and is never stale.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from moyai.tenants.public import prepared_row, prepared_rows

# What decides about facilities: the masters of a body (models.MasterStamp) and the 祝日 of the installation, few rows each.
_VERSIONS = (
    "concat_ws('|', (SELECT string_agg(m.id::text, ',' ORDER BY m.id) FROM reservations_masterstamp m"
    " WHERE m.body_id = %(body)s::int), (SELECT string_agg(o.id || ':' || o.xmin || o.ctid, ',' ORDER BY o.id)"
    " FROM calendars_nationaldayoverride o))"
)
# A draw is about to give: its list is fixed, or its winners are not all booked yet.
_GIVING = "(d.state = 'frozen' OR d.state = 'drawn' AND d.booked_at IS NULL)"
_QUERY = (
    f"SELECT r.facility_id, r.id, {_VERSIONS},"  # noqa: S608
    " EXISTS (SELECT 1 FROM reservations_roundroom x JOIN reservations_round d ON d.body_id = x.body_id"
    f" AND d.id = x.round_id WHERE x.body_id = %(body)s::int AND x.room_id = r.id AND {_GIVING}"
    " AND d.kind = 'monthly' AND %(day)s::date BETWEEN d.for_from AND d.for_until),"
    " COALESCE(s.taken, false), COALESCE(s.over, false)"
    " FROM reservations_combination c JOIN reservations_room r ON r.body_id = c.body_id AND r.id = c.room_id"
    " CROSS JOIN LATERAL (SELECT"
    " bool_or(b.starts < %(ends)s::int AND b.ends > %(starts)s::int"
    " AND (b.state <> 'held' OR b.held_until > %(now)s::timestamptz)) AS taken,"
    " bool_or(b.state = 'held' AND b.held_until <= %(now)s::timestamptz) AS over"
    " FROM reservations_part p JOIN reservations_slot s ON s.body_id = p.body_id"
    " AND s.day = %(day)s::date AND s.part_id = p.id JOIN reservations_booking b ON b.body_id = s.body_id"
    " AND b.id = s.booking_id WHERE p.body_id = %(body)s::int AND p.room_id = r.id AND c.parts ? p.code) AS s"
    " WHERE c.body_id = %(body)s::int AND c.id = %(unit)s::bigint"
)


class Stamp(NamedTuple):
    """Where a unit is, the versions of all that decides there; whether a draw is about to give it, whether it is taken."""

    facility_id: int
    room_id: int
    versions: str
    in_draw: bool
    taken: bool  # somebody has, or holds, some of it at some of the time asked about
    over: bool = (
        True  # on that day holds of it have run out and stand in the way; True also where that was not asked
    )


_OF_BODY = f"SELECT {_VERSIONS}"


def stamp_of_body(body_id: int) -> str:
    """The stamp of all masters and policies of a body. One query."""
    [(versions,)] = prepared_rows(_OF_BODY, {"body": str(body_id)})
    return str(versions)


def stamp_of(
    *,
    body_id: int,
    combination_id: int,
    day: date,
    starts: int = 0,
    ends: int = 0,
    now: datetime | None = None,
) -> Stamp | None:
    """The stamp of a unit on a day; None where there is no such unit. One query.

    Whether it is taken is asked about starts–ends (nothing is, of no time), holds that are over by `now` not counted.
    """
    row = prepared_row(
        _QUERY,
        {
            "body": str(body_id),
            "unit": str(combination_id),
            "day": day,
            "starts": str(starts),
            "ends": str(ends),
            "now": now,
        },
    )
    if row is None:
        return None
    found = Stamp(*row)
    return found if now is not None else found._replace(over=True)
