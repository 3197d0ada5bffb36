"""くり返しの空き — of many uses on many days, which are taken and for which the stock does not suffice: a look, no lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from moyai.reservations.models import Booking, Equipment, EquipmentSlot, Slot

if TYPE_CHECKING:
    from moyai.reservations.actions.asked import Scene

GRAIN = 15  # minutes: the grid on which stock is counted (actions.slots)


def taken(known: Sequence[Scene], *, now: datetime) -> set[tuple[int, int, date]]:
    """(room, unit, day) of these uses whose parts somebody has; holds that are over do not count. One query."""
    if not known:
        return set()
    parts = {part for one in known for part in one.unit.part_ids}
    rows = (
        Slot.objects.filter(
            body_id=known[0].room.body_id, day__in={one.asked.day for one in known}, part_id__in=parts
        )
        .exclude(Q(booking__state=Booking.State.HELD) & Q(booking__held_until__lte=now))
        .values_list("day", "part_id", "cell", "booking__starts", "booking__ends")
    )
    held: dict[tuple[date, int], list[tuple[int, int, int]]] = defaultdict(list)
    for day, part, cell, starts, ends in rows:
        held[day, part].append((cell, starts, ends))
    found = set()
    for one in known:
        asked, cells = one.asked, set(one.plan.cells(one.asked.starts, one.asked.ends))
        stands = (row for part in one.unit.part_ids for row in held[asked.day, part])
        if any(
            cell in cells or (starts < asked.ends and ends > asked.starts) for cell, starts, ends in stands
        ):
            found.add((one.plan.id, asked.combination_id, asked.day))
    return found


def short_of_stock(known: Sequence[Scene]) -> set[date]:
    """The days on which the 備品 of these uses is not there in number. Two queries; none where nothing is asked for."""
    if not known or not known[0].asked.equipment:
        return set()
    first = known[0]
    lent = {
        one.pk: one
        for one in Equipment.objects.filter(
            body_id=first.room.body_id, facility_id=first.plan.facility_id, code__in=first.asked.equipment
        )
    }
    cells = range(first.asked.starts - first.asked.starts % GRAIN, first.asked.ends, GRAIN)
    counts: dict[tuple[date, int, int], int] = defaultdict(int)
    for key in EquipmentSlot.objects.filter(
        body_id=first.room.body_id,
        day__in={one.asked.day for one in known},
        equipment_id__in=lent,
        cell__in=list(cells),
    ).values_list("day", "equipment_id", "cell"):
        counts[key] += 1
    return {
        one.asked.day
        for one in known
        for row_id, row in lent.items()
        for cell in cells
        if counts[one.asked.day, row_id, cell] + one.asked.equipment[row.code] > row.stock
    }
