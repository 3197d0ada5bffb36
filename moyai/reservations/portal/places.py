"""選べる時間 — the units and times of a room on a day as choices, with what is free said beside each. Pages share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from moyai.reservations.models import Combination, Registration, Room
from moyai.reservations.portal.matrix import WORDS
from moyai.reservations.portal.naming import KIND_WORDS, english, named
from moyai.reservations.queries.availability import month_matrix
from moyai.reservations.queries.marks import Marking, Reader, Row, lotteries_of
from moyai.reservations.queries.policies import Policies, policies_of
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.rooms import RoomPlan, Unit, clock_face
from moyai.tenants.public import Body, clock

KINDS = ["opening", "periods", "limits", "fees", "cancellation"]


@dataclass(frozen=True, slots=True)
class Place:
    """A room on a day: as it is planned, when it is open, what of it is free for one unit."""

    room: Room
    plan: RoomPlan
    day: date
    opening: Opening
    rows: dict[int, Row]  # by unit
    policies: Policies

    def row(self, unit_id: int) -> Row | None:
        return self.rows.get(unit_id)


def combination_of(body: Body, text: str, *, published: bool = True) -> Combination | None:
    """A unit by the number in an address, with its room and facility."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    rows = Combination.objects.filter(body_id=body.pk, pk=int(text))
    if published:
        rows = rows.filter(room__published=True, room__facility__published=True)
    found: Combination | None = rows.select_related("room__facility").first()
    return found


def place_on(*, body: Body, room: Room, day: date, now: datetime, reader: Reader) -> Place:
    """At most ten queries."""
    policies = policies_of(body, facilities=[room.facility_id], kinds=KINDS)
    [room_day] = month_matrix(body=body, room=room, first=day, last=day, now=now, policies=policies).days
    marking = Marking(
        policies=policies, lotteries=lotteries_of(body=body, days=[day], now=now), reader=reader, now=now
    )
    rows = {unit.id: marking.row(room_day, unit_id=unit.id) for unit in room_day.plan.units}
    return Place(room, room_day.plan, day, room_day.opening, rows, policies)


def unit_choices(plan: RoomPlan) -> list[tuple[str, str]]:
    return [(str(unit.id), unit_words(unit)) for unit in plan.units]


def unit_words(unit: Unit) -> str:
    if unit.capacity is None:
        return named(unit)
    return _("%(unit)s（定員%(count)s人）") % {"unit": named(unit), "count": f"{unit.capacity:,}"}


def start_choices(
    place: Place, row: Row | None, *, mine: Sequence[tuple[int, int]] = ()
) -> list[tuple[int, str]]:
    """始まり: every コマ or step of the opening; what is not free says so. `mine`: times that are one's own already."""
    return [
        (starts, _time(clock_face(starts), name, _state(row, starts, mine)))
        for starts, _ends, name in _times(place)
    ]


def end_choices(place: Place) -> list[tuple[int, str]]:
    """終わり, by the same コマ or steps."""
    return [(ends, _time(clock_face(ends), name, "")) for _starts, ends, name in _times(place)]


def _times(place: Place) -> list[tuple[int, int, str]]:
    if not place.opening.open:
        return []
    names = {frame.starts: named(frame) for frame in place.plan.frames}
    return [
        (one.starts, one.ends, names.get(one.starts, ""))
        for one in place.plan.choices(place.opening.opens, place.opening.closes)
    ]


def _time(time: str, name: str, state: str) -> str:
    said = f"{name} {time}" if name else time
    return f"{said} ({state})" if state and english() else f"{said}（{state}）" if state else said


def _state(row: Row | None, starts: int, mine: Sequence[tuple[int, int]]) -> str:
    if any(first <= starts < last for first, last in mine):
        return _("いまの予約")
    cell = next((one for one in row.cells if one.starts == starts), None) if row else None
    return "" if cell is None or cell.mark.open else str(WORDS[cell.mark])


def registration_choices(registrations: Sequence[Registration]) -> list[tuple[str, str]]:
    """千葉 花子（個人）."""
    return [
        (one.number, _("%(name)s（%(kind)s）") % {"name": one.name, "kind": KIND_WORDS[one.kind]})
        for one in registrations
    ]


def day_asked(text: str, today: date) -> date:
    """A day of an address; a broken one is today."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else today
    except ValueError:
        return today


def minute_asked(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def today_of(request: HttpRequest) -> date:
    return clock.today(request.now)  # type: ignore[attr-defined]
