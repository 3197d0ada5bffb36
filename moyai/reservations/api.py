"""API of 施設予約: facilities and rooms, and when a room is free. Open to all, without names, within fair use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy
from ninja import Query, Router, Schema
from pydantic import Field

from moyai.reservations.fair_use import fairly
from moyai.reservations.models import Facility, Room
from moyai.reservations.queries.availability import CellState, RoomDay, month_matrix
from moyai.reservations.queries.masters import facilities_for_residents, room_for_residents
from moyai.reservations.queries.whole_day import whole_day
from moyai.reservations.rules.rooms import clock_face
from moyai.tenants.public import Body, Refusal, acting_in, bodies_on, clock

router = Router(tags=["reservations"])
MOST_DAYS: Final = 31
FARTHEST: Final = 400  # days ahead


class RoomOut(Schema):
    code: str
    name: str
    name_en: str
    capacity: int | None
    step_minutes: int = Field(
        description="0: booked by コマ (whole frames), otherwise by steps of so many minutes"
    )


class FacilityOut(Schema):
    code: str
    name: str
    name_en: str
    kana: str
    category: str
    address: str
    latitude: str | None
    longitude: str | None
    rooms: list[RoomOut]


class CellOut(Schema):
    starts: str = Field(description="9:00, in Japan")
    ends: str
    name: str = Field(description="of the コマ; empty where time goes by steps")
    state: str = Field(description="free, taken, release (given away at the next release), past")


class UnitOut(Schema):
    code: str
    name: str
    cells: list[CellOut]


class DayOut(Schema):
    day: str
    open: bool
    opens: str | None
    closes: str | None
    units: list[UnitOut] = Field(description="the whole room and its parts, as they can be booked")


class FreeBusyOut(Schema):
    facility: str
    room: str
    days: list[DayOut]


class NotTheseDays(Refusal):
    """Days that are over, too far ahead, too many, or the wrong way round."""

    code = "not_these_days"
    status = 422
    message = lazy("今日から400日後までの、31日以内の期間を指定してください。")  # type: ignore[assignment]


def _body(slug: str) -> Body:
    body = bodies_on(clock.today(clock.now())).filter(slug=slug).first()
    if body is None:
        raise Http404
    return body


@router.get("/bodies/{slug}/facilities", response=list[FacilityOut], summary="施設の一覧")
def facilities(request: HttpRequest, slug: str) -> list[FacilityOut]:
    """Published facilities of a body with their rooms. Asked too often, 429 with Retry-After."""
    body = _body(slug)
    with acting_in(body) as now:
        fairly(body=body, now=now)
        return [_facility(one) for one in facilities_for_residents(body, on=clock.today(now))]


@router.get(
    "/bodies/{slug}/facilities/{facility}/rooms/{room}/busy", response=FreeBusyOut, summary="室場の空き状況"
)
def busy(
    request: HttpRequest,
    slug: str,
    facility: str,
    room: str,
    first: date = Query(..., alias="from", description="first day"),  # type: ignore[type-arg]  # noqa: B008
    last: date = Query(..., alias="until", description="last day, included"),  # type: ignore[type-arg]  # noqa: B008
) -> FreeBusyOut:
    """What is free and what is taken of a room, day by day; never by whom. Asked too often, 429 with Retry-After."""
    body = _body(slug)
    with acting_in(body) as now:
        fairly(body=body, now=now)
        today = clock.today(now)
        found = room_for_residents(body, facility, room, on=today)
        if found is None:
            raise Http404
        if not (
            today <= first <= last <= today + timedelta(days=FARTHEST) and (last - first).days < MOST_DAYS
        ):
            raise NotTheseDays(fields={"from": str(NotTheseDays.message)})
        matrix = month_matrix(body=body, room=found, first=first, last=last, now=now)
        return FreeBusyOut(facility=facility, room=room, days=[_day(one) for one in matrix.days])


@router.get("/bodies/{slug}/busy", summary="1日の空き状況（全施設）")
def busy_of_body(
    request: HttpRequest,
    slug: str,
    day: date = Query(..., description="a day from today on"),  # type: ignore[type-arg]  # noqa: B008
) -> HttpResponse:
    """Every published room of a body on one day: `{"day", "rooms": [{"facility", "room", "open", "times", "units"}]}`.

    `times`: [from, until] of each コマ or step; `units`: code → one letter for each of the times: f free, t taken, r given
    away at the next release, p past. Asked too often, 429 with Retry-After.
    """
    body = _body(slug)
    with acting_in(body) as now:
        fairly(body=body, now=now)
        today = clock.today(now)
        if not today <= day <= today + timedelta(days=FARTHEST):
            raise NotTheseDays(fields={"day": str(NotTheseDays.message)})
        rooms = whole_day(body=body, day=day, now=now)
    return HttpResponse(f'{{"day":"{day.isoformat()}","rooms":{rooms}}}', content_type="application/json")


def _facility(one: Facility) -> FacilityOut:
    rooms: list[Room] = one.open_rooms  # type: ignore[attr-defined]
    return FacilityOut(
        code=one.code,
        name=one.name,
        name_en=one.name_en,
        kana=one.kana,
        category=one.category,
        address=one.address,
        latitude=_text(one.latitude),
        longitude=_text(one.longitude),
        rooms=[
            RoomOut(
                code=room.code,
                name=room.name,
                name_en=room.name_en,
                capacity=room.capacity,
                step_minutes=room.step_minutes,
            )
            for room in rooms
        ],
    )


def _text(value: Any) -> str | None:
    return str(value) if value is not None else None


def _day(one: RoomDay) -> DayOut:
    is_open = one.opening.open
    return DayOut(
        day=one.day.isoformat(),
        open=is_open,
        opens=clock_face(one.opening.opens) if is_open else None,
        closes=clock_face(one.opening.closes) if is_open else None,
        units=[
            UnitOut(
                code=of_unit.unit.code, name=of_unit.unit.name, cells=[_cell(cell) for cell in of_unit.cells]
            )
            for of_unit in one.units
        ],
    )


def _cell(cell: CellState) -> CellOut:
    return CellOut(
        starts=clock_face(cell.starts), ends=clock_face(cell.ends), name=cell.name, state=cell.state.value
    )
