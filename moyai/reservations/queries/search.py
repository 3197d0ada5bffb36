"""施設をさがす — rooms that fit what a resident wants, and which one wish to give up where none fits.

A constant number of queries: the rooms of a body are a few hundred at most, and are matched here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q

from moyai.reservations.models import Equipment, Facility, Room
from moyai.reservations.queries.availability import day_matrix
from moyai.reservations.queries.marks import Marking, Reader, Row, lotteries_of
from moyai.reservations.queries.masters import facilities_for_residents, plans_of
from moyai.reservations.queries.policies import policies_of
from moyai.tenants.public import Body
from moyai.ui.public import fold

BANDS: Mapping[str, tuple[int, int]] = {"am": (0, 720), "pm": (720, 1020), "night": (1020, 1440)}


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. `words`: in names, kana, addresses; `band`: a key of BANDS."""

    words: str = ""
    category: str = ""
    purpose: str = ""
    day: date | None = None
    band: str = ""
    people: int | None = None
    equipment: str = ""


@dataclass(frozen=True, slots=True)
class FoundRoom:
    facility: Facility
    room: Room
    row: Row | None  # of the day that was asked for


@dataclass(frozen=True, slots=True)
class Results:
    rooms: list[FoundRoom]
    without: dict[str, int] = field(default_factory=dict)  # name of a wish → rooms that fit all the others


def categories_of(facilities: Iterable[Facility]) -> list[str]:
    """分類, in the order of the facilities."""
    return list(dict.fromkeys(one.category for one in facilities))


def search(
    *, body: Body, facilities: Sequence[Facility], sought: Sought, reader: Reader, now: datetime
) -> Results:
    """Rooms that fit, in the order of the facilities (`facilities_for_residents`). At most eleven queries.

    What is lent only with its main room is found there, not by itself.
    """
    pairs = [(facility, room) for facility in facilities for room in facility.open_rooms if room.alone]  # type: ignore[attr-defined]
    lent = _lent(body, sought, facilities)
    rows = _rows(body, [room for _facility, room in pairs], sought, reader, now)
    found: list[FoundRoom] = []
    only: Counter[str] = Counter()
    for facility, room in pairs:
        row = rows.get(room.pk)
        missed = _missed(facility, room, row, sought, lent)
        if not missed:
            found.append(FoundRoom(facility, room, row))
        elif len(missed) == 1:
            only[missed[0]] += 1
    return Results(found, dict(only) if not found else {})


def everything(*, body: Body, on: date) -> list[Facility]:
    return facilities_for_residents(body, on=on)


def _lent(body: Body, sought: Sought, facilities: Sequence[Facility]) -> dict[int, list[Equipment]]:
    if not sought.equipment:
        return {}
    on = sought.day
    rows = Equipment.objects.filter(body=body, facility_id__in=[one.pk for one in facilities])
    if on is not None:
        rows = rows.filter(Q(used_until__isnull=True) | Q(used_until__gte=on))
    wanted = _key(sought.equipment)
    found: dict[int, list[Equipment]] = defaultdict(list)
    for one in rows.order_by("position", "id"):
        if wanted in _key(one.name) or (one.name_en and wanted in _key(one.name_en)):
            found[one.facility_id].append(one)
    return found


def _rows(body: Body, rooms: Sequence[Room], sought: Sought, reader: Reader, now: datetime) -> dict[int, Row]:
    if sought.day is None or not rooms:
        return {}
    policies = policies_of(body, kinds=["opening", "periods"])
    marking = Marking(
        policies=policies,
        lotteries=lotteries_of(body=body, days=[sought.day], now=now),
        reader=reader,
        now=now,
    )
    plans = plans_of(rooms, sought.day)
    matrix = day_matrix(body=body, day=sought.day, now=now, rooms=plans, policies=policies)
    return {one.plan.id: marking.row(one) for one in matrix.rooms}


def _missed(
    facility: Facility,
    room: Room,
    row: Row | None,
    sought: Sought,
    lent: Mapping[int, Sequence[Equipment]],
) -> list[str]:
    """Which of the wishes this room does not fulfil."""
    missed = []
    if sought.words and not _named_so(facility, room, sought.words):
        missed.append("words")
    if sought.category and facility.category != sought.category:
        missed.append("category")
    if sought.purpose and room.purposes and sought.purpose not in room.purposes:
        missed.append("purpose")
    if sought.people and room.capacity is not None and room.capacity < sought.people:
        missed.append("people")
    if sought.equipment and not any(
        not one.rooms or room.code in one.rooms for one in lent.get(facility.pk, ())
    ):
        missed.append("equipment")
    if sought.day is not None and (row is None or not row.any_open):
        missed.append("day")
    elif sought.band and row is not None and not open_in(row, sought.band):
        missed.append("band")
    return missed


def missed_by(facility: Facility, room: Room, sought: Sought) -> list[str]:
    """Which wishes a room does not fulfil whatever is free and lent: words, category, purpose, people."""
    return _missed(facility, room, None, replace(sought, day=None, equipment=""), {})


def open_in(row: Row, band: str) -> bool:
    """Whether something that begins in this part of the day can be had."""
    first, last = BANDS[band]
    return any(cell.mark.open and first <= cell.starts < last for cell in row.cells)


def _named_so(facility: Facility, room: Room, words: str) -> bool:
    """Every word in a name, its kana or the address; widths, case and ひらがな do not matter."""
    where = _key(
        " ".join(
            (
                facility.name, facility.kana, facility.name_en, facility.address, facility.category,
                room.name, room.kana, room.name_en,
            )
        )
    )  # fmt: skip
    return all(_key(word) in where for word in words.split())


def _key(text: str) -> str:
    """NFKC, small letters, hiragana as katakana: how words are compared."""
    small = fold(text).casefold()
    return "".join(chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in small)
