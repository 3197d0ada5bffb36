"""利用枠を取る — the one door to the table of taken cells. Every path that books, moves or frees time goes through it.

Order of locks in a transaction: the person (limits) → the row of the booking → slots → money. Here: one advisory
lock per part and day (and per equipment and day), all in one sorted statement, so that two acts that want the same
parts never wait for each other in a ring. Then INSERT … ON CONFLICT DO NOTHING: as many rows as cells, or refused.
The unique keys of Slot and EquipmentSlot stand behind the locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Booking, Equipment, EquipmentSlot, Slot
from moyai.reservations.rules.rooms import RoomPlan, Unit
from moyai.tenants.public import Refusal, prepared_insert_with, prepared_rows, prepared_run

PORTION = 4_000  # bookings written by one statement
MANY = 1_000  # more locks than this are one lock of the whole body: shared memory holds only so many
GRAIN = 15  # minutes: stock is shared by rooms of different コマ, so it is counted on a grid common to all

Key = tuple[str, int, date]  # ("part" | "equipment", id, day)


class SlotTaken(Refusal):
    """What was asked for is taken; `combination_id`, `day`, `starts`, `ends` let a page look for the nearest free."""

    code = "slot_taken"
    message = lazy("ご希望の時間は、すでに予約されています。別の時間を選んでください。")  # type: ignore[assignment]

    def __init__(self, *, combination_id: int, day: date, starts: int, ends: int) -> None:
        super().__init__(fields={"starts": str(self.message)})
        self.combination_id, self.day, self.starts, self.ends = combination_id, day, starts, ends

    @classmethod
    def of(cls, booking: Booking) -> SlotTaken:
        return cls(
            combination_id=booking.combination_id, day=booking.day, starts=booking.starts, ends=booking.ends
        )


class OutOfStock(Refusal):
    code = "equipment_out_of_stock"
    message = lazy("備品の数が足りません。数を減らすか、別の時間を選んでください。")  # type: ignore[assignment]

    def __init__(self, name: str, left: int) -> None:
        text = str(lazy("%(name)sは、この時間はあと%(left)sしかありません。")) % {"name": name, "left": left}
        super().__init__(text, fields={"equipment": text})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One booking and the parts it wants; `cells` only where they are not those of its from–to (blocks)."""

    booking: Booking
    plan: RoomPlan
    unit: Unit
    cells: tuple[int, ...] | None = None
    stock: Mapping[Equipment, int] = field(default_factory=dict)

    def taken_cells(self) -> tuple[int, ...]:
        if self.cells is not None:
            return self.cells
        return self.plan.cells(self.booking.starts, self.booking.ends)


def occupy(
    *,
    booking: Booking,
    plan: RoomPlan,
    unit: Unit,
    cells: tuple[int, ...] | None = None,
    stock: Mapping[Equipment, int] | None = None,
) -> int:
    """枠を取る — all cells of one booking, or SlotTaken / OutOfStock. Returns how many rows were written.

    Called inside a savepoint or an act that is undone by its refusal.
    """
    return occupy_all([Wanted(booking, plan, unit, cells, stock or {})])


def store_with_cells(booking: Booking, plan: RoomPlan, unit: Unit) -> Booking:
    """枠を取る — a booking that is not stored yet and all its cells, by one statement under the locks, or SlotTaken.

    Called in an act that is undone by its refusal.
    """
    lock(booking.body_id, [("part", part, booking.day) for part in unit.part_ids])
    wanted = Wanted(booking, plan, unit)
    parts, cells = zip(
        *((part, cell) for part in unit.part_ids for cell in wanted.taken_cells()), strict=True
    )
    written = prepared_insert_with(
        booking,
        "INSERT INTO reservations_slot (body_id, part_id, day, cell, booking_id)"  # noqa: S608
        " SELECT w.body, w.part, w.day, w.cell, w.booking FROM (SELECT %s::int AS body, p.part, %s::date AS day, p.cell,"
        " made.id AS booking, %s::smallint AS starts, %s::smallint AS ends"
        " FROM made, unnest(%s::bigint[], %s::smallint[]) AS p (part, cell)) AS w"
        f" WHERE {_NOBODY_THEN.format(body='w.body')} ORDER BY w.day, w.part, w.cell"
        " ON CONFLICT (body_id, day, part_id, cell) DO NOTHING RETURNING 1",
        [
            str(booking.body_id),
            booking.day,
            str(booking.starts),
            str(booking.ends),
            _texts(parts),
            _texts(cells),
        ],
    )
    if written != len(cells):
        raise SlotTaken.of(booking)
    return booking


def occupy_all(wanted: Sequence[Wanted], *, freeing: Iterable[Booking] = ()) -> int:
    """枠を取る — all cells of several bookings (a series, the results of a draw), or none of them.

    `freeing`: bookings whose cells are let go first, under the same locks (a move, a release).
    """
    if not wanted:
        return 0
    freed = list(freeing)
    lock(wanted[0].booking.body_id, [*_keys(wanted), *_keys_held(freed)])
    if freed:
        _delete(freed)
    written = 0
    for at in range(0, len(wanted), PORTION):
        written += _insert(wanted[at : at + PORTION])
    for one in wanted:
        for equipment, count in sorted(one.stock.items(), key=lambda pair: pair[0].pk):
            _insert_stock(one.booking, equipment, count)
    return written


def move(
    *,
    booking: Booking,
    plan: RoomPlan,
    unit: Unit,
    stock: Mapping[Equipment, int] | None = None,
) -> int:
    """枠を移す — `booking` holds its new day and times; its old cells go and the new ones come, or SlotTaken."""
    return occupy_all([Wanted(booking, plan, unit, None, stock or {})], freeing=[booking])


def lock_held(bookings: Sequence[Booking], *, also: Iterable[Key] = ()) -> None:
    """Wait for all that these bookings have, and for what else the act will want: at once, in the one order."""
    if bookings:
        lock(bookings[0].body_id, [*_keys_held(bookings), *also])


def lock_wanted(wanted: Sequence[Wanted]) -> None:
    """Wait for all that will be taken, before any of it is."""
    if wanted:
        lock(wanted[0].booking.body_id, _keys(wanted))


def let_go(bookings: Iterable[Booking]) -> int:
    """枠を空ける — every cell of these bookings is free again, and what they had of the stock. How many were."""
    gone = list(bookings)
    if not gone:
        return 0
    lock(gone[0].body_id, _keys_held(gone))
    return _delete(gone)


def hand_over(
    *, booking: Booking, to: Booking, part_ids: Iterable[int], cells: Iterable[int] | None = None
) -> int:
    """枠を引き継ぐ — these cells of a booking become those of another one, never free in between.

    `cells` None: all of them. Returns how many changed hands.
    """
    parts = sorted(part_ids)
    lock(booking.body_id, [("part", part, booking.day) for part in parts])
    rows = Slot.objects.filter(body_id=booking.body_id, booking_id=booking.pk, part_id__in=parts)
    if cells is not None:
        rows = rows.filter(cell__in=list(cells))
    return int(rows.update(booking_id=to.pk))


def add_stock(booking: Booking, stock: Mapping[Equipment, int]) -> None:
    """備品を取る — for a booking that has its cells already. Raises OutOfStock."""
    if not stock:
        return
    lock(booking.body_id, [("equipment", equipment.pk, booking.day) for equipment in stock])
    with transaction.atomic():
        for equipment, count in sorted(stock.items(), key=lambda pair: pair[0].pk):
            _insert_stock(booking, equipment, count)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose cells stand in the way of something: which booking, and until when if it is only held."""

    booking_id: int
    held_until: datetime | None


def holders(body_id: int, uses: Iterable[tuple[Sequence[int], date, Sequence[int]]]) -> list[Holder]:
    """Who has any of these cells (parts, day, cells): a look, without a lock. One query."""
    rows = [(part, day, cell) for parts, day, cells in uses for part in parts for cell in cells]
    if not rows:
        return []
    parts_, days, cells_ = zip(*rows, strict=True)
    found = prepared_rows(
        "SELECT DISTINCT b.id, CASE WHEN b.state = 'held' THEN b.held_until END"
        " FROM unnest(%(parts)s::bigint[], %(days)s::date[], %(cells)s::smallint[]) AS w (part, day, cell)"
        " JOIN reservations_slot s ON s.body_id = %(body)s::int AND s.day = w.day AND s.part_id = w.part"
        " AND s.cell = w.cell"
        " JOIN reservations_booking b ON b.body_id = s.body_id AND b.id = s.booking_id",
        {"body": str(body_id), "parts": _texts(parts_), "days": list(days), "cells": _texts(cells_)},
    )
    return [Holder(*row) for row in found]


def _texts(numbers: Iterable[int]) -> list[str]:
    """Numbers as text: else an array of each size of number is a statement of its own."""
    return [str(one) for one in numbers]


def held_pairs(booking: Booking) -> set[tuple[int, int]]:
    """(part, cell) of what a booking has."""
    rows = Slot.objects.filter(body_id=booking.body_id, booking_id=booking.pk)
    return set(rows.values_list("part_id", "cell"))


def lock(body_id: int, keys: Iterable[Key]) -> None:
    """Wait for every part and day named, in one order for all; held until the transaction ends.

    Everybody shares the lock of the body first; an act of more than `MANY` keys (a draw) has it alone instead.
    """
    numbers = sorted({lock_number(body_id, *key) for key in keys})
    if not numbers:
        return
    whole = lock_number(body_id, "body", body_id, date.min)
    if len(numbers) > MANY:
        prepared_rows("SELECT pg_advisory_xact_lock(%s::bigint)", [str(whole)])
        return
    # Waited for in the order of the rows; OFFSET 0 keeps a planner from joining the sort away.
    prepared_rows(
        "SELECT CASE WHEN k IS NULL THEN pg_advisory_xact_lock_shared(%s::bigint)"
        " ELSE pg_advisory_xact_lock(k) END"
        " FROM (SELECT k FROM unnest(%s::bigint[]) AS k ORDER BY k NULLS FIRST OFFSET 0) AS in_order",
        [str(whole), [None, *(str(one) for one in numbers)]],
    )


def lock_number(body_id: int, kind: str, row_id: int, day: date) -> int:
    """The number of an advisory lock. Two things with one number only wait for each other needlessly."""
    text = f"reservations.{kind}:{body_id}:{row_id}:{day.isoformat()}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


# --- how --------------------------------------------------------------------------------------------


def _keys(wanted: Iterable[Wanted]) -> list[Key]:
    found: list[Key] = []
    for one in wanted:
        found += [("part", part, one.booking.day) for part in one.unit.part_ids]
        found += [("equipment", equipment.pk, one.booking.day) for equipment in one.stock]
    return found


def _keys_held(bookings: Sequence[Booking]) -> list[Key]:
    if not bookings:
        return []
    ids = [one.pk for one in bookings]
    body_id = bookings[0].body_id
    slots = Slot.objects.filter(body_id=body_id, booking_id__in=ids).values_list("part_id", "day").distinct()
    stock = (
        EquipmentSlot.objects.filter(body_id=body_id, booking_id__in=ids)
        .values_list("equipment_id", "day")
        .distinct()
    )
    return [*(("part", part, day) for part, day in slots), *(("equipment", one, day) for one, day in stock)]


def _delete(bookings: Sequence[Booking]) -> int:
    ids = [one.pk for one in bookings]
    body_id = bookings[0].body_id
    EquipmentSlot.objects.filter(body_id=body_id, booking_id__in=ids).delete()
    return int(Slot.objects.filter(body_id=body_id, booking_id__in=ids).delete()[0])


# Of w (part, day, starts, ends, booking): nobody else has the part at these minutes.
_NOBODY_THEN = (
    "NOT EXISTS (SELECT 1 FROM reservations_slot s JOIN reservations_booking b"
    " ON b.body_id = s.body_id AND b.id = s.booking_id"
    " WHERE s.body_id = {body} AND s.day = w.day AND s.part_id = w.part"
    " AND s.booking_id <> w.booking AND b.starts < w.ends"
    " AND b.ends + COALESCE((b.quote #>> '{{use,extension_minutes}}')::int, 0) > w.starts)"
)


def _insert(wanted: Sequence[Wanted]) -> int:
    """The cells of these bookings under their locks; fewer rows than cells means one of them is taken.

    What stands at the same minutes under other cells (the コマ of the room were changed meanwhile) is taken, too, and
    so is the time by which a use was extended (延長), for which no cell stands.
    """
    rows = [
        (part, one.booking.day, cell, one.booking.pk, one.booking.starts, one.booking.ends)
        for one in wanted
        for part in one.unit.part_ids
        for cell in one.taken_cells()
    ]
    parts, days, cells, bookings, starts, ends = zip(*rows, strict=True)
    written = prepared_run(
        "INSERT INTO reservations_slot (body_id, part_id, day, cell, booking_id)"  # noqa: S608
        " SELECT %(body)s::int, w.part, w.day, w.cell, w.booking"
        " FROM unnest(%(parts)s::bigint[], %(days)s::date[], %(cells)s::smallint[], %(bookings)s::bigint[],"
        " %(starts)s::smallint[], %(ends)s::smallint[]) AS w (part, day, cell, booking, starts, ends)"
        f" WHERE {_NOBODY_THEN.format(body='%(body)s::int')}"
        " ORDER BY w.day, w.part, w.cell"
        " ON CONFLICT (body_id, day, part_id, cell) DO NOTHING",
        {
            "body": str(wanted[0].booking.body_id),
            "parts": _texts(parts),
            "days": list(days),
            "cells": _texts(cells),
            "bookings": _texts(bookings),
            "starts": _texts(starts),
            "ends": _texts(ends),
        },
    )
    if written != len(rows):
        raise SlotTaken.of(_short_of(wanted))
    return written


def _short_of(wanted: Sequence[Wanted]) -> Booking:
    """The first of these bookings that did not get all its cells."""
    first = wanted[0].booking
    counts = dict(
        Slot.objects.filter(body_id=first.body_id, booking_id__in=[one.booking.pk for one in wanted])
        .values_list("booking_id")
        .annotate(count=Count("id"))
    )
    for one in wanted:
        if counts.get(one.booking.pk, 0) != len(one.unit.part_ids) * len(one.taken_cells()):
            return one.booking
    return first


def grid(starts: int, ends: int) -> list[int]:
    """The quarters of an hour that a use touches."""
    return list(range(starts - starts % GRAIN, ends, GRAIN))


def _insert_stock(booking: Booking, equipment: Equipment, count: int) -> None:
    """`count` pieces in every quarter of an hour of the use; whichever are free, for one is like another."""
    if count <= 0:
        return
    cells = grid(booking.starts, booking.ends)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reservations_equipmentslot (body_id, equipment_id, day, cell, piece, booking_id)"
            " SELECT %(body)s, %(equipment)s, %(day)s, cell, piece, %(booking)s FROM ("
            " SELECT c AS cell, n AS piece, row_number() OVER (PARTITION BY c ORDER BY n) AS nth"
            " FROM unnest(%(cells)s::smallint[]) AS c, generate_series(1, %(stock)s) AS n"
            " WHERE NOT EXISTS (SELECT 1 FROM reservations_equipmentslot s WHERE s.body_id = %(body)s"
            " AND s.day = %(day)s AND s.equipment_id = %(equipment)s AND s.cell = c AND s.piece = n)"
            ") AS free WHERE nth <= %(count)s"
            " ON CONFLICT (body_id, day, equipment_id, cell, piece) DO NOTHING",
            {
                "body": booking.body_id,
                "equipment": equipment.pk,
                "day": booking.day,
                "booking": booking.pk,
                "cells": cells,
                "stock": equipment.stock,
                "count": count,
            },
        )
        written = cursor.rowcount
    if written != count * len(cells):
        raise OutOfStock(equipment.name, _left(booking, equipment, cells, written))


def _left(booking: Booking, equipment: Equipment, cells: Sequence[int], written: int) -> int:
    """The fewest free pieces in any quarter of the use, as if this booking had none."""
    used: dict[int, int] = dict.fromkeys(cells, 0)
    rows = EquipmentSlot.objects.filter(
        body_id=booking.body_id, day=booking.day, equipment_id=equipment.pk, cell__in=cells
    ).exclude(booking_id=booking.pk)
    for cell in rows.values_list("cell", flat=True):
        used[cell] += 1
    return max(0, equipment.stock - max(used.values(), default=0))
