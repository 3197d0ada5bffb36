"""内容の入力の欄 — purposes, equipment with what is left of it, extras and attached rooms of one use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.forms.booking import DetailsForm, as_initial
from moyai.reservations.models import Booking, Room
from moyai.reservations.portal import prices
from moyai.reservations.portal.naming import named
from moyai.reservations.queries.availability import RoomDay, day_matrix, stock_left
from moyai.reservations.queries.masters import equipment_for, purposes_of
from moyai.reservations.rules.rooms import NotATime
from moyai.tenants.public import body_of


def details_form(
    request: HttpRequest, booking: Booking, scene: Scene, *, data: Any, kept: dict[str, Any] | None
) -> DetailsForm:
    """The details of a use of this room: five queries."""
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    asked = scene.asked
    purposes = [
        (one.code, named(one))
        for one in (scene.ground.purposes if scene.ground is not None else purposes_of(body))
        if not scene.plan.purposes or one.code in scene.plan.purposes
    ]
    lent_by = scene.ground.equipment_for if scene.ground is not None else equipment_for
    pieces = lent_by(scene.plan, on=asked.day)
    left = stock_left(
        body=body, equipment=pieces, day=asked.day, starts=asked.starts, ends=asked.ends, but=booking.pk
    )
    fees = scene.document("fees")
    extras = [
        (one["code"], f"{one['key']}（{one['value']}）")
        for one in prices.extra_rows(fees, scene.plan, scene.unit, asked.day)
        if not one["always"]
    ]
    return DetailsForm(
        data,
        purposes=purposes,
        equipment=[(one, left[one.code], prices.equipment_words(one)) for one in pieces if left[one.code]],
        extras=extras,
        attached=attached_choices(request, scene) if booking.state == Booking.State.HELD else [],
        initial=as_initial(kept or {}),
    )


def attached_choices(request: HttpRequest, scene: Scene) -> list[tuple[int, str]]:
    """付属室場 that are free for the whole time of the main room. One query where there are none."""
    body, now = body_of(request.actor.body), request.now  # type: ignore[attr-defined]
    if scene.ground is not None:
        rooms = [one for one in scene.ground.rooms.values() if one.main_id == scene.plan.id and one.published]
    else:
        rows = Room.objects.filter(body_id=body.pk, main_id=scene.plan.id, published=True)
        rooms = list(rows.order_by("position", "id"))
        for one in rooms:
            one.facility = scene.room.facility
    if not rooms:
        return []
    matrix = day_matrix(body=body, day=scene.asked.day, now=now, rooms=rooms, policies=scene.policies)
    return [(unit_id, words) for one in matrix.rooms for unit_id, words in _free_units(one, scene.asked)]


def _free_units(room_day: RoomDay, asked: Asked) -> list[tuple[int, str]]:
    try:
        cells = set(room_day.plan.cells(asked.starts, asked.ends))
    except NotATime:
        return []
    several = len(room_day.plan.units) > 1
    return [
        (one.unit.id, f"{room_day.plan.name} {one.unit.name}" if several else room_day.plan.name)
        for one in room_day.units
        if cells <= {cell.cell for cell in one.cells if cell.free}
    ]
