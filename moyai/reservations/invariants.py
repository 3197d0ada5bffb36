"""What must always hold of bookings, for `moyai check`."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from moyai.reservations.queries.receivables import charges_that_differ
from moyai.tenants.public import Body, acting_in

MOST = 20  # faults named of one kind

STANDING = "('held', 'asked', 'booked', 'used', 'no_show')"


def _in_each_body(ask: Callable[[Body], list[str]]) -> Callable[[], list[str]]:
    def asked() -> list[str]:
        faults = []
        for body in Body.objects.order_by("code"):
            with acting_in(body):
                faults += [f"{body.name} {fault}" for fault in ask(body)]
        return faults

    return asked


def _rows(query: str, body: Body) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query + f" LIMIT {MOST}", {"body": body.pk})
        return list(cursor.fetchall())


def nothing_is_taken_twice(body: Body) -> list[str]:
    """A cell of a part belongs to one booking."""
    rows = _rows(
        "SELECT part_id, day, cell, count(*) FROM reservations_slot WHERE body_id = %(body)s"
        " GROUP BY part_id, day, cell HAVING count(*) > 1 ORDER BY day, part_id, cell",
        body,
    )
    return [f"区画{part}の{day} {cell}分：{count}件が取っています" for part, day, cell, count in rows]


def no_two_uses_overlap(body: Body) -> list[str]:
    """Two bookings on one part and day never overlap in time, whatever cells they have."""
    rows = _rows(
        "SELECT DISTINCT before, number, day FROM (SELECT number, day, starts,"
        " lag(number) OVER so_far AS before, max(ends) OVER so_far AS reached"
        " FROM (SELECT DISTINCT s.part_id, s.day, b.id, b.number, b.starts, b.ends FROM reservations_slot s"
        " JOIN reservations_booking b ON b.body_id = s.body_id AND b.id = s.booking_id"
        " WHERE s.body_id = %(body)s) AS uses"
        " WINDOW so_far AS (PARTITION BY part_id, day ORDER BY starts, id"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS in_order"
        " WHERE reached > starts ORDER BY day, number",
        body,
    )
    return [f"予約{first}と{second}（{day}）の時間が重なっています" for first, second, day in rows]


def standing_bookings_have_their_cells(body: Body) -> list[str]:
    """What stands has cells in each part of its unit, as many in each; what is over has none."""
    lacking = _rows(
        "SELECT b.number, b.day, count(s.id), jsonb_array_length(c.parts) FROM reservations_booking b"  # noqa: S608
        " JOIN reservations_combination c ON c.body_id = b.body_id AND c.id = b.combination_id"
        " LEFT JOIN reservations_slot s ON s.body_id = b.body_id AND s.booking_id = b.id AND s.day = b.day"
        f" WHERE b.body_id = %(body)s AND b.state IN {STANDING} AND b.kind <> 'freed'"
        " GROUP BY b.id, b.number, b.day, b.frames, c.parts HAVING count(s.id) = 0"
        " OR count(s.id) %% jsonb_array_length(c.parts) <> 0"
        " OR count(DISTINCT s.part_id) <> jsonb_array_length(c.parts)"
        " OR (jsonb_array_length(b.frames) > 0"
        " AND count(s.id) <> jsonb_array_length(b.frames) * jsonb_array_length(c.parts))"
        " ORDER BY b.day, b.number",
        body,
    )
    left = _rows(
        "SELECT DISTINCT b.number, b.day FROM reservations_slot s"  # noqa: S608
        " JOIN reservations_booking b ON b.body_id = s.body_id AND b.id = s.booking_id"
        f" WHERE s.body_id = %(body)s AND (b.state NOT IN {STANDING} OR s.day <> b.day) ORDER BY b.day, b.number",
        body,
    )
    return [
        *(f"予約{number}（{day}）：枠{count}、区画{parts}" for number, day, count, parts in lacking),
        *(f"予約{number}（{day}）：終わったのに枠が残っています" for number, day in left),
    ]


def stock_is_not_exceeded(body: Body) -> list[str]:
    """備品 is never lent beyond its stock, and never by what is over."""
    rows = _rows(
        "SELECT e.code, s.day, s.cell, count(*), e.stock FROM reservations_equipmentslot s"  # noqa: S608
        " JOIN reservations_equipment e ON e.body_id = s.body_id AND e.id = s.equipment_id"
        " JOIN reservations_booking b ON b.body_id = s.body_id AND b.id = s.booking_id"
        " WHERE s.body_id = %(body)s GROUP BY e.id, e.code, e.stock, s.day, s.cell"
        f" HAVING count(*) > e.stock OR bool_or(b.state NOT IN {STANDING}) ORDER BY s.day, e.code, s.cell",
        body,
    )
    return [
        f"備品{code}の{day} {cell}分：在庫{stock}に対して{count}" for code, day, cell, count, stock in rows
    ]


def charges_are_what_is_owed(body: Body) -> list[str]:
    """The charges of a booking add up to its fee and what is kept of time that was given up."""
    return [
        f"予約{number}：使用料{owed:,}円に対して調定{charged:,}円"
        for number, owed, charged in charges_that_differ(body, MOST)
    ]


INVARIANTS = [
    ("施設の枠が二重に取られていない", _in_each_body(nothing_is_taken_twice)),
    ("施設の予約の時間が重なっていない", _in_each_body(no_two_uses_overlap)),
    ("施設の予約がその枠のすべてを持っている", _in_each_body(standing_bookings_have_their_cells)),
    ("備品が在庫を超えて貸されていない", _in_each_body(stock_is_not_exceeded)),
    ("施設の予約の調定が使用料と合っている", _in_each_body(charges_are_what_is_owed)),
]
