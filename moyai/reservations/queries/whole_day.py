"""1日の空き状況（全施設） — every published room of a body on a day at once. Two queries where no master has changed.

Most rooms of a day are free: what is said of them then is worked out once for as long as no master has changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from moyai.reservations.queries.availability import (
    RoomDay,
    State,
    all_free,
    minutes_over,
    room_day,
    taken_cells,
)
from moyai.reservations.queries.grounds import Ground, ground_of_body
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.rooms import Choice, RoomPlan, clock_face
from moyai.tenants.public import Body


@dataclass(frozen=True, slots=True)
class _Free:
    """The rooms of a day as if nobody had any: what is said of each, and whose each part is."""

    rooms: Sequence[tuple[RoomPlan, Opening]]
    texts: Sequence[str]
    room_of_part: dict[int, int]  # place in `rooms`


def whole_day(*, body: Body, day: date, now: datetime) -> str:
    """JSON: a list of the rooms that residents may book by themselves, by facility in the body's order, each with its rooms."""
    ground = ground_of_body(body)
    free: _Free = ground.kept("whole_day", day, lambda: _free(ground, day))
    taken = taken_cells(body=body, days=[day])
    over = minutes_over(day, now) >= 0
    places = (
        range(len(free.rooms))
        if over
        else {free.room_of_part[part] for part, _day in taken if part in free.room_of_part}
    )
    texts = list(free.texts)
    for place in places:
        plan, opening = free.rooms[place]
        texts[place] = _text(room_day(plan, day, opening, taken, now))
    return f"[{','.join(texts)}]"


def _free(ground: Ground, day: date) -> _Free:
    rooms = [
        (plan, opening)
        for plan, opening in ground.on(day).values()
        if plan.published and plan.alone and plan.in_use(day)
    ]
    order = {facility_id: at for at, facility_id in enumerate(ground.facilities)}
    rooms.sort(key=lambda pair: order[pair[0].facility_id])
    texts = [_text(room_day(plan, day, opening, {}, None)) for plan, opening in rooms]
    parts = {part: at for at, (plan, _opening) in enumerate(rooms) for part, _name in plan.parts}
    return _Free(rooms, texts, parts)


def _text(one: RoomDay) -> str:
    return json.dumps(_letters(one), ensure_ascii=False, separators=(",", ":"))


def _letters(one: RoomDay) -> dict[str, Any]:
    choices = one.plan.choices(one.opening.opens, one.opening.closes) if one.units else ()
    free, letters = all_free(choices), State.FREE.value[0] * len(choices)
    return {
        "facility": one.plan.facility_code,
        "room": one.plan.code,
        "open": one.opening.open,
        "times": _times(choices),
        "units": {
            of.unit.code: letters if of.cells is free else "".join([cell.state.value[0] for cell in of.cells])
            for of in one.units
        },
    }


@lru_cache(maxsize=2_000)
def _times(choices: tuple[Choice, ...]) -> list[list[str]]:
    return [[clock_face(one.starts), clock_face(one.ends)] for one in choices]
