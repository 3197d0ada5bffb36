"""利用の入力 at the counter — one form for a new booking, a change and what was kept: places, times, purpose, 備品."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from moyai.calendars.public import DateBoxField, day_words
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import ChangeForm
from moyai.reservations.models import Room
from moyai.reservations.office.desk import Visit, today_of, url
from moyai.reservations.portal import prices
from moyai.reservations.portal.naming import named, span_words, use_name
from moyai.reservations.portal.places import (
    Place,
    end_choices,
    place_on,
    start_choices,
    unit_choices,
)
from moyai.reservations.queries.alternatives import nearest
from moyai.reservations.queries.availability import UnitDay, day_matrix, stock_left
from moyai.reservations.queries.marks import Reader
from moyai.reservations.queries.masters import equipment_for, purposes_of
from moyai.reservations.rules.rooms import clock_face
from moyai.tenants.public import body_of

MOST_DAYS = 800
F = TypeVar("F", bound=ChangeForm)


def day_typed(request: Visit, was: date) -> date:
    """The day the form is about: as typed where it can be read, else as it was."""
    text = request.POST.get("day", "") or request.GET.get("day", "")
    today = today_of(request)
    try:
        read = DateBoxField(required=False, today=today).clean(text[:40])
    except ValidationError:
        return was
    return read if read is not None and abs((read - today).days) <= MOST_DAYS else was


def place_of(request: Visit, room: Room, day: date, reader: Reader) -> Place:
    return place_on(body=body_of(request.actor.body), room=room, day=day, now=request.now, reader=reader)


def use_form(
    request: Visit,
    form: type[F],
    place: Place,
    *,
    unit_id: int,
    times: tuple[int, int] | None,
    initial: dict[str, Any],
    mine: Sequence[tuple[int, int]] = (),
    but: int | None = None,
    attached: Sequence[tuple[int, str]] = (),
) -> F:
    """`times`: for which the stock of 備品 is told; without them of the whole opening. Four queries."""
    body = body_of(request.actor.body)
    pieces = equipment_for(place.plan, on=place.day)
    starts, ends = times or (place.opening.opens, place.opening.closes)
    left = stock_left(body=body, equipment=pieces, day=place.day, starts=starts, ends=ends, but=but)
    purposes = [
        (row.code, named(row))
        for row in purposes_of(body)
        if not place.plan.purposes or row.code in place.plan.purposes
    ]
    unit = place.plan.unit(unit_id) or place.plan.units[0]
    fees = place.policies.document("fees", place.plan, place.day)
    extras = [
        (row["code"], f"{row['key']}（{row['value']}）")
        for row in prices.extra_rows(fees, place.plan, unit, place.day)
        if not row["always"]
    ]
    return form(
        request.POST if request.method == "POST" else None,
        units=unit_choices(place.plan),
        starts=start_choices(place, place.row(unit.id), mine=mine),
        ends=end_choices(place),
        today=today_of(request),
        purposes=purposes,
        equipment=[(piece, left[piece.code], prices.equipment_words(piece)) for piece in pieces],
        extras=extras,
        attached=attached,
        initial=initial,
    )


def attached_choices(request: Visit, place: Place) -> list[tuple[int, str]]:
    """付属室場 of a room, each unit with the times at which it is free that day. One query where there are none."""
    body = body_of(request.actor.body)
    rooms = list(Room.objects.filter(body=body, main_id=place.room.pk).order_by("position", "id"))
    if not rooms or not place.opening.open:
        return []
    for one in rooms:
        one.facility = place.room.facility
    matrix = day_matrix(body=body, day=place.day, now=request.now, rooms=rooms, policies=place.policies)
    return [
        (
            one.unit.id,
            _("%(room)s（空き：%(times)s）")
            % {"room": use_name("", of.plan, one.unit).strip(), "times": free_words(one) or _("なし")},
        )
        for of in matrix.rooms
        if of.plan.in_use(place.day)
        for one in of.units
    ]


def free_words(one: UnitDay) -> str:
    """9:00–12:00、13:00–17:00 of what is free, times that follow each other taken together."""
    spans: list[tuple[int, int]] = []
    for cell in one.cells:
        if not cell.free:
            continue
        if spans and spans[-1][1] == cell.starts:
            spans[-1] = (spans[-1][0], cell.ends)
        else:
            spans.append((cell.starts, cell.ends))
    return "、".join(f"{clock_face(starts)}–{clock_face(ends)}" for starts, ends in spans)


def attached_taken(taken: SlotTaken, names: Sequence[tuple[int, str]]) -> str:
    """What to say where it was the 付属室場 that is taken; "" where it was the room itself."""
    name = dict(names).get(taken.combination_id)
    if name is None:
        return ""
    room = name.partition("（")[0]
    return _("%(room)sは、この時間はすでに予約されています。外すか、別の時間を選んでください。") % {
        "room": room
    }


def alternatives(request: Visit, taken: SlotTaken, *, number: str = "") -> list[dict[str, str]]:
    """近い空き枠 beside a place that is taken; `number` of a registration makes each a link to book it."""
    found = nearest(
        body=body_of(request.actor.body),
        combination_id=taken.combination_id,
        day=taken.day,
        starts=taken.starts,
        ends=taken.ends,
        now=request.now,
        most=4,
    )
    return [
        {
            "text": _("%(day)s %(hours)s %(place)s")
            % {
                "day": day_words(one.day),
                "hours": span_words(one.plan, one.starts, one.ends),
                "place": use_name("", one.plan, one.unit).strip(),
            },
            "url": url(
                request,
                "counter_book",
                {"day": one.day.isoformat(), "from": one.starts, "until": one.ends},
                number=number,
                combination_id=one.unit.id,
            )
            if number
            else "",
        }
        for one in found
    ]
