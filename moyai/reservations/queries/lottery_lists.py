"""名簿 — a round's entries as the published lines, read by COPY; its units and what is taken of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.db import connection

from moyai.draws.public import Terms, id_of
from moyai.reservations.models import Booking, Combination, Part, Round, RoundRoom, Slot


def terms_of(round: Round) -> Terms:
    return Terms(round.mode, tuple(round.classes_first), round.groups_first)


def read_list(round: Round) -> tuple[array[int], list[str]]:
    """名簿 of a round: ids of rows and lines, both sorted by the id of the line.

    Before the freeze these are the entries that stand; afterwards all that stood then: what a line is made from is
    never changed, and whoever withdrew before has no rank.
    """
    wishes = ", ".join(f"wishes #>> '{{{number},place}}'" for number in range(round.wishes))
    stood = (
        "state = 'entered'" if round.state == Round.State.OPEN else "state = 'entered' OR rank IS NOT NULL"
    )
    sql = (
        "COPY (SELECT id, concat_ws('|', ticket_id, resident_class,"  # noqa: S608  (numbers of our own)
        f" CASE WHEN \"group\" THEN 'g' ELSE 'i' END, {int(round.win_cap)}, {wishes})"
        f" FROM reservations_entry WHERE body_id = {int(round.body_id)} AND round_id = {int(round.pk)}"
        f' AND ({stood}) ORDER BY ticket_id COLLATE "C") TO STDOUT'
    )
    ids, lines = array("q"), list[str]()
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in copy:
            row_id, _tab, line = bytes(row).partition(b"\t")
            ids.append(int(row_id))
            lines.append(line[:-1].decode("ascii"))
    if any(before >= entry_id for before, entry_id in pairwise(map(id_of, lines))):
        raise AssertionError("the list does not come in its order")
    return ids, lines


def units_of_round(round: Round) -> dict[str, dict[str, Any]]:
    """Units of the rooms as published: {facility.room.unit: {"name", "parts": [facility.room.part]}}."""
    rooms = _rooms(round)
    found: dict[str, dict[str, Any]] = {}
    units = Combination.objects.filter(body_id=round.body_id, room_id__in=rooms).select_related(
        "room__facility"
    )
    for unit in units.order_by("id"):
        room = unit.room
        before = f"{room.facility.code}.{room.code}"
        found[f"{before}.{unit.code}"] = {
            "name": f"{room.facility.name} {room.name} {unit.name}",
            "parts": sorted(f"{before}.{code}" for code in unit.parts),
        }
    return found


def taken_of_round(round: Round, *, freed: Iterable[Booking] = ()) -> list[list[Any]]:
    """What is taken already of the rooms in the days of a round: [part, YYYYMMDD, cell], sorted.

    `freed`: bookings whose cells the round gives again.
    """
    rooms = _rooms(round)
    names = {
        pk: f"{facility}.{room}.{code}"
        for pk, facility, room, code in Part.objects.filter(
            body_id=round.body_id, room_id__in=rooms
        ).values_list("pk", "room__facility__code", "room__code", "code")
    }
    rows = Slot.objects.filter(
        body_id=round.body_id, part_id__in=names, day__gte=round.for_from, day__lte=round.for_until
    ).exclude(booking_id__in=[one.pk for one in freed])
    return sorted(
        [names[part], day.strftime("%Y%m%d"), cell]
        for part, day, cell in rows.values_list("part_id", "day", "cell")
    )


def _rooms(round: Round) -> list[int]:
    rows = RoundRoom.objects.filter(body_id=round.body_id, round=round)
    return list(rows.order_by("id").values_list("room_id", flat=True))
