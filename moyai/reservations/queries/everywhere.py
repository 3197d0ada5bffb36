"""すべての市町村の空き — rooms of every body that fit, one wall after the other: no row of two bodies is ever read together.

So many queries for each body that has facilities, however many rooms it has; one for a body without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from moyai.reservations.queries.marks import Reader
from moyai.reservations.queries.masters import purposes_of
from moyai.reservations.queries.search import FoundRoom, Sought, everything, search
from moyai.tenants.public import Body, acting_in

ANYONE = Reader(resident_class="outside")  # who comes from another body


@dataclass(frozen=True, slots=True)
class OfBody:
    body: Body
    rooms: list[FoundRoom]


def search_everywhere(
    *, bodies: Sequence[Body], sought: Sought, purpose: str, now: datetime, on: date
) -> list[OfBody]:
    """Rooms of these bodies that fit, for a person from outside. `purpose` in words: codes are each body's own."""
    found = []
    for body in bodies:
        with acting_in(body):
            facilities = everything(body=body, on=on)
            if not any(one.open_rooms for one in facilities):  # type: ignore[attr-defined]
                continue
            codes = _codes(body, purpose) if purpose else [""]
            seen: dict[int, FoundRoom] = {}
            for code in codes:
                results = search(
                    body=body,
                    facilities=facilities,
                    sought=replace(sought, purpose=code),
                    reader=ANYONE,
                    now=now,
                )
                seen |= {one.room.pk: one for one in results.rooms}
            if seen:
                found.append(OfBody(body, list(seen.values())))
    return found


def _codes(body: Body, words: str) -> list[str]:
    """The body's own codes for a purpose in words; the nearest three."""
    wanted = words.strip().casefold()
    return [
        one.code
        for one in purposes_of(body)
        if wanted in one.name.casefold() or (one.name_en and wanted in one.name_en.casefold())
    ][:3]
