"""1日の空き状況（全施設） — every published room of a body on a day at once. Two queries where no master has changed."""

from __future__ import annotations

from datetime import date, datetime

from moyai.reservations.queries.availability import RoomDay, room_day, taken_cells
from moyai.reservations.queries.grounds import ground_of_body
from moyai.tenants.public import Body


def whole_day(*, body: Body, day: date, now: datetime) -> list[RoomDay]:
    """Facilities in the body's order, each with its rooms; those that residents may book by themselves."""
    ground = ground_of_body(body)
    taken = taken_cells(body=body, days=[day])
    rooms = [
        (plan, opening)
        for plan, opening in ground.on(day).values()
        if plan.published and plan.alone and plan.in_use(day)
    ]
    place = {facility_id: at for at, facility_id in enumerate(ground.facilities)}
    rooms.sort(key=lambda pair: place[pair[0].facility_id])
    return [room_day(plan, day, opening, taken, now) for plan, opening in rooms]
