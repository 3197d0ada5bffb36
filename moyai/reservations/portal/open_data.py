"""オープンデータ — 公共施設一覧 as CSV and JSON, and the calendar of a room (busy times only). Open to all; no cookie."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from moyai.documents.public import csv_lines
from moyai.reservations.fair_use import fairly
from moyai.reservations.portal.in_words import opening_words
from moyai.reservations.queries.busy import AHEAD, Busy, busy_of
from moyai.reservations.queries.masters import room_for_residents
from moyai.reservations.queries.open_data import FIELDS, facility_rows
from moyai.reservations.rules import ical
from moyai.tenants.public import Body, clock


@require_GET
def facilities_csv(request: HttpRequest) -> HttpResponse:
    """公共施設一覧 — UTF-8 with BOM, one line for each facility, in the order and names of the fields of the dataset."""
    rows = _rows(request)
    response = HttpResponse(
        b"".join(csv_lines(head=FIELDS, rows=[[row[field] for field in FIELDS] for row in rows])),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = 'attachment; filename="facilities.csv"'
    return response


@require_GET
def facilities_json(request: HttpRequest) -> HttpResponse:
    """The same as a list of objects."""
    return JsonResponse(_rows(request), safe=False, json_dumps_params={"ensure_ascii": False})


def _rows(request: HttpRequest) -> list[dict[str, str]]:
    body: Body = request.actor.body  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    fairly(body=body, now=now)
    with override("ja"):  # the dataset is in Japanese, whatever the reader's language
        return [
            {**row, "利用可能日時特記事項": "".join(opening_words(document)) if document else ""}
            for _facility, row, document in facility_rows(body=body, on=clock.today(now))
        ]


@require_GET
def room_calendar(request: HttpRequest, facility_code: str, room_code: str) -> HttpResponse:
    """室場のふさがり as an iCalendar feed: the coming three months, no names, no purposes."""
    body: Body = request.actor.body  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    fairly(body=body, now=now)
    today = clock.today(now)
    room = room_for_residents(body, facility_code, room_code, on=today)
    if room is None:
        raise Http404
    found = busy_of(body=body, room=room, first=today, last=today + timedelta(days=AHEAD), now=now)
    name = f"{room.facility.name} {room.name}"
    events = [
        ical.Event(
            uid=f"{body.code}-{facility_code}-{room_code}-{one.day:%Y%m%d}-{one.starts}@{request.get_host()}",
            starts=at(one.day, one.starts),
            ends=at(one.day, one.ends),
            summary=_words(one),
            location=name,
        )
        for one in found
    ]
    return calendar_response(ical.calendar(events, name=name, now=now))


def at(day: date, minute: int) -> datetime:
    """The moment of a minute of the day in Japan; 1440 is the end of the day."""
    return datetime.combine(day, time(), tzinfo=clock.JST) + timedelta(minutes=minute)


def calendar_response(text: str) -> HttpResponse:
    response = HttpResponse(text.encode("utf-8", "replace"), content_type=ical.TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _words(one: Busy) -> str:
    return _("予約あり") if one.whole else _("一部に予約あり")


urlpatterns = [
    path("open-data/facilities.csv", facilities_csv, name="reservations_portal_open_csv"),
    path("open-data/facilities.json", facilities_json, name="reservations_portal_open_json"),
    path(
        "facilities/<slug:facility_code>/rooms/<slug:room_code>/busy.ics",
        room_calendar,
        name="reservations_portal_room_calendar",
    ),
]
