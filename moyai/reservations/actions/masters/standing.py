"""立っている予約 — which bookings from today on would be broken by a change of the masters.

A booking holds cells that were cut by the コマ and parts of its day. Where these would no longer be the same, the cells
would no longer keep others out: such a change is refused, with the number of the bookings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from moyai.reservations.models import Booking, EquipmentSlot, Room, Slot
from moyai.reservations.queries.workbook import Stored
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.nouns import Key, Masters, Row

Place = tuple[str, Key, str]  # noun, key, column
NAMED = 3  # numbers of bookings that a message names


def broken(stored: Stored, after: Masters, today: date, *, lock: bool = False) -> list[Fault]:
    """What the change would break, by the row that changes.

    With `lock` the rooms are held: a booking that is being made holds its room as well, so one of both waits.
    """
    before = stored.masters
    rooms = _rooms_touched(before, after)
    found: dict[Place, list[str]] = defaultdict(list)
    if rooms:
        ids = {stored.rows["rooms"][key].pk: key for key in rooms if key in stored.rows["rooms"]}
        if lock:
            rows = Room.objects.filter(body=stored.body, pk__in=ids).select_for_update().order_by("id")
            list(rows.values_list("pk", flat=True))
        units = {one.pk: key for key, one in stored.rows["units"].items()}
        frames = _by_room(before["frames"], rooms), _by_room(after["frames"], rooms)
        special = _special_days(before, after)
        bookings = Booking.objects.filter(
            body=stored.body, room_id__in=ids, day__gte=today, state__in=Booking.STANDING
        ).order_by("day", "id")
        for one in bookings.values(
            "number", "kind", "room_id", "combination_id", "day", "starts", "ends", "frames"
        ).iterator(chunk_size=2_000):
            key = ids[one["room_id"]]
            for place in _why(before, after, frames, key, units[one["combination_id"]], one):
                found[place].append(one["number"])
            for place in _closed(special, key, one):
                found[place].append(one["number"])
    faults = [
        Fault(noun, key, column, in_the_way(numbers)) for (noun, key, column), numbers in found.items()
    ]
    return faults + list(_parts(stored, after)) + list(_equipment(stored, after, today))


def in_the_way(numbers: list[str]) -> str:
    """How many bookings stand against it, and the first of them by their numbers."""
    words = {"count": f"{len(numbers):,}", "numbers": "、".join(numbers[:NAMED])}
    if len(numbers) > NAMED:
        return _("今日からの予約が%(count)s件あるため、変えられません（予約番号 %(numbers)s ほか）。") % words
    return _("今日からの予約が%(count)s件あるため、変えられません（予約番号 %(numbers)s）。") % words


def _rooms_touched(before: Masters, after: Masters) -> set[Key]:
    """Rooms whose time, parts or days differ."""
    touched = {
        key
        for key, old in before["rooms"].items()
        if (new := after["rooms"].get(key)) is None
        or any(old[name] != new[name] for name in ("step_minutes", "used_from", "used_until"))
    }
    for noun in ("units", "frames"):
        for key in {*before[noun], *after[noun]}:
            if before[noun].get(key) != after[noun].get(key):
                touched.add(key[:2])
    facilities = {
        key[0]
        for key, old in before["facilities"].items()
        if (new := after["facilities"].get(key)) is None
        or any(old[name] != new[name] for name in ("used_from", "used_until"))
    }
    special = _special_days(before, after)
    facilities |= {key[0] for key in special if not key[1]}
    touched |= {key[:2] for key in special if key[1]}
    return touched | {key for key in before["rooms"] if key[0] in facilities}


def _by_room(frames: Mapping[Key, Row], rooms: set[Key]) -> dict[Key, list[tuple[Key, Row]]]:
    found: dict[Key, list[tuple[Key, Row]]] = defaultdict(list)
    for key, row in frames.items():
        if key[:2] in rooms:
            found[key[:2]].append((key, row))
    return found


def _special_days(before: Masters, after: Masters) -> dict[Key, Row]:
    """Special days that are new or other than they were."""
    return {key: row for key, row in after["special_days"].items() if before["special_days"].get(key) != row}


def _why(
    before: Masters,
    after: Masters,
    frames: tuple[dict[Key, list[tuple[Key, Row]]], dict[Key, list[tuple[Key, Row]]]],
    key: Key,
    unit_key: Key,
    booking: Mapping[str, Any],
) -> Iterator[Place]:
    """The rows that would break one booking."""
    facility, room = after["facilities"].get(key[:1]), after["rooms"].get(key)
    if facility is None or not _in_force(facility, booking["day"]):
        yield "facilities", key[:1], "used_until"
        return
    if room is None or not _in_force(room, booking["day"]):
        yield "rooms", key, "used_until"
        return
    if room["step_minutes"] != before["rooms"][key]["step_minutes"]:
        yield "rooms", key, "step_minutes"
        return
    unit = after["units"].get(unit_key)
    if unit is None or not _in_force(unit, booking["day"]):
        yield "units", unit_key, "used_until"
    elif unit["parts"] != before["units"][unit_key]["parts"]:
        yield "units", unit_key, "parts"
    if room["step_minutes"] == "0":
        old = _meeting(frames[0][key], booking)
        new = _meeting(frames[1][key], booking)
        if {one[1:] for one in old} != {one[1:] for one in new}:
            changed = [one[0] for one in (*new, *old) if (one in new) != (one in old)]
            yield "frames", changed[0], "starts"


def _meeting(frames: list[tuple[Key, Row]], booking: Mapping[str, Any]) -> set[tuple[Key, str, int, int]]:
    """コマ of the day that a booking takes or meets: key, code, from, to."""
    return {
        (key, row["code"], row["starts"], row["ends"])
        for key, row in frames
        if _in_force(row, booking["day"])
        and (row["starts"] < booking["ends"] and booking["starts"] < row["ends"])
    }


def _in_force(row: Row, day: date) -> bool:
    until = row["used_until"]
    return bool((until is None or day <= until) and row.get("used_from", day) <= day)


def _closed(special: Mapping[Key, Row], key: Key, booking: Mapping[str, Any]) -> Iterator[Place]:
    """Special days on which a use would stand before a closed door."""
    if booking["kind"] in (Booking.Kind.BLOCK, Booking.Kind.FREED):
        return
    for place in ((*key, booking["day"]), (key[0], "", booking["day"])):
        row = special.get(place)
        if row is None:
            continue
        if row["kind"] == "closed" or not row["opens"] <= booking["starts"] < booking["ends"] <= row["closes"]:
            yield "special_days", place, "kind"


def _parts(stored: Stored, after: Masters) -> Iterator[Fault]:
    """A part goes only when nothing was ever taken in it."""
    gone = {one.pk: key for key, one in stored.rows["parts"].items() if key not in after["parts"]}
    taken = (
        Slot.objects.filter(body=stored.body, part_id__in=gone)
        .values("part_id")
        .annotate(count=Count("booking_id", distinct=True))
    )
    for one in taken if gone else ():
        words = {"count": f"{one['count']:,}"}
        text = _("この区画には予約が%(count)s件あるため、消せません。使わないときは利用単位を終えてください。") % words
        yield Fault("parts", gone[one["part_id"]], "code", text)


def _equipment(stored: Stored, after: Masters, today: date) -> Iterator[Fault]:
    for key, one in stored.rows["equipment"].items():
        new = after["equipment"].get(key)
        old = stored.masters["equipment"][key]
        if new == old:
            continue
        taken = EquipmentSlot.objects.filter(body=stored.body, equipment=one, day__gte=today)
        numbers: list[str] = []
        column = "used_until"
        if new is None:
            numbers = _numbers(taken)
        else:
            if new["used_until"] is not None and new["used_until"] != old["used_until"]:
                numbers = _numbers(taken.filter(day__gt=new["used_until"]))
            if not numbers and new["stock"] < old["stock"]:
                column = "stock"
                numbers = _numbers(taken.filter(piece__gt=new["stock"]))
        if numbers:
            yield Fault("equipment", key, column, in_the_way(numbers))


def _numbers(taken: Any) -> list[str]:
    return list(taken.order_by("booking__number").values_list("booking__number", flat=True).distinct())
