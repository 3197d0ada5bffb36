"""空き状況 — day × rooms and room × month, open to all without signing in. Names never; GET only, no cookie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.calendars.public import day_words, moment_words
from moyai.reservations.forms.search import DayForm
from moyai.reservations.models import Facility, Room
from moyai.reservations.portal.matrix import Line, Table, legend, shape_of, table
from moyai.reservations.portal.naming import (
    SERVICE,
    last_of_month,
    month_of,
    month_words,
    named,
    short_day,
    url,
    url_or_none,
)
from moyai.reservations.portal.who import reader_of, reader_words, usable_registrations
from moyai.reservations.queries.availability import day_matrix, month_matrix, next_release
from moyai.reservations.queries.marks import Cell, Mark, Marking, Reader, Row, lotteries_of
from moyai.reservations.queries.masters import (
    plans_of,
    published_facilities,
    room_for_residents,
    with_rooms,
)
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.queries.search import categories_of
from moyai.tenants.public import Body, clock
from moyai.ui.public import page

FARTHEST = timedelta(days=800)  # no period opens as far ahead
LONGEST_BACK = timedelta(days=31)
A_PAGE = 10  # facilities: some fifty rooms


@require_GET
def availability(request: HttpRequest) -> HttpResponse:
    """1日の空き状況 — the rooms of a body, of one category or of one facility on a day, ten facilities to a page."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    form = DayForm(request.GET if "day" in request.GET else None, today=today)
    day = form.cleaned_data["day"] or today if form.is_bound and form.is_valid() else today
    day = min(max(day, today - LONGEST_BACK), today + FARTHEST)
    facilities = published_facilities(actor.body, on=day)
    categories = categories_of(facilities)
    every = _chosen(request, facilities)
    chosen, first = _page_of(every, request.GET.get("first", ""))
    with_rooms(chosen, on=day)
    reader = reader_of(usable_registrations(request), request)
    tables, marks = _of_day(request, chosen, day, reader)
    if not form.is_bound:
        form = DayForm(initial={"day": day}, today=today)
    here = url(request, "reservations_portal_availability")
    keep = _kept(request, "facility", "category", "view")
    only = chosen[0] if request.GET.get("facility") and len(chosen) == 1 else None
    at = {"day": day.isoformat()}
    context = {
        "service": SERVICE,
        "crumbs": _crumbs(request, only, _("空き状況")),
        "heading": _("空き状況：%(name)s") % {"name": named(only)} if only else _("空き状況"),
        "form": form,
        "here": here,
        "day": day,
        "day_words": day_words(day),
        "hidden": keep,
        "before_url": _at(here, keep, day=(day - timedelta(days=1)).isoformat()) if day > today else "",
        "after_url": _at(here, keep, day=(day + timedelta(days=1)).isoformat()),
        "week_url": _at(here, keep, day=(day + timedelta(days=7)).isoformat()),
        "today_url": _at(here, keep, day=today.isoformat()) if day != today else "",
        "categories": _views(here, categories, request.GET.get("category", ""), day, bool(only)),
        "tables": tables,
        "earlier_url": _at(here, keep, **at, first=every[max(0, first - A_PAGE)].code) if first else "",
        "later_url": _at(here, keep, **at, first=every[first + A_PAGE].code)
        if len(every) > first + A_PAGE
        else "",
        "a_page": A_PAGE,
        "range": _("%(all)s施設のうち%(first)s～%(last)s番目")
        % {"all": len(every), "first": first + 1, "last": first + len(chosen)}
        if len(every) > A_PAGE
        else "",
        "reader": reader_words(reader),
        **_below(request, marks, [day]),
    }
    return page(request, "reservations/portal/day.html", context)


@require_GET
def month(request: HttpRequest, facility_code: str, room_code: str) -> HttpResponse:
    """1室場の1か月 — a room, or one of its units, by day."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    room = room_for_residents(actor.body, facility_code, room_code, on=today)
    if room is None:
        raise Http404
    first = _month_asked(request.GET.get("month", ""), today)
    last = last_of_month(first)
    policies = policies_of(actor.body, facilities=[room.facility_id], kinds=["opening", "periods"])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    reader = reader_of(usable_registrations(request), request)
    marking = Marking(
        policies=policies, lotteries=lotteries_of(body=actor.body, days=days, now=now), reader=reader, now=now
    )
    matrix = month_matrix(body=actor.body, room=room, first=first, last=last, now=now, policies=policies)
    plan = matrix.days[0].plan
    unit_id = next((unit.id for unit in plan.units if unit.code == request.GET.get("unit")), 0)
    rows = [marking.row(one, unit_id=unit_id, hourly=True) for one in matrix.days if one.day >= today]
    lines = [Line(row, short_day(row.day), today=row.day == today) for row in rows]
    keep = _kept(request, "unit", "view")
    here = url(request, "reservations_portal_month", facility_code=facility_code, room_code=room_code)
    name = f"{named(room.facility)} {named(room)}"
    made = table(
        caption=_("%(name)s　%(month)s") % {"name": name, "month": month_words(first)},
        head=_("日"),
        lines=lines,
        url_of=_url_of(request, unit_id),
        own_id="month",
        as_table=_as_table(request),
    )
    opens = min((row.opens_at for row in rows if row.opens_at is not None), default=None)
    context = {
        "service": SERVICE,
        "crumbs": _crumbs(request, room.facility, named(room), room=room, last=month_words(first)),
        "heading": _("空き状況：%(name)s") % {"name": name},
        "month_words": month_words(first),
        "before_url": _at(here, keep, month=f"{month_of(first, -1):%Y-%m}")
        if first > month_of(today)
        else "",
        "after_url": _at(here, keep, month=f"{month_of(first, 1):%Y-%m}")
        if first < month_of(today + FARTHEST)
        else "",
        "units": [
            {
                "label": named(unit) if unit else _("すべて"),
                "url": _at(
                    here, _kept(request, "view"), month=f"{first:%Y-%m}", unit=unit.code if unit else ""
                ),
                "current": (unit.id if unit else 0) == unit_id,
            }
            for unit in (None, *plan.units)
        ]
        if len(plan.units) > 1
        else [],
        "tables": [made.html] if lines else [],
        "opens": moment_words(opens) if opens else "",
        "reader": reader_words(reader),
        "room_url": url(
            request, "reservations_portal_room", facility_code=facility_code, room_code=room_code
        ),
        **_below(request, made.marks, days),
    }
    return page(request, "reservations/portal/month.html", context)


# --- how ---------------------------------------------------------------------------------------------


def _of_day(
    request: HttpRequest, facilities: Sequence[Facility], day: date, reader: Reader
) -> tuple[list[dict[str, Any]], frozenset[Mark]]:
    """Tables by facility; rooms of a facility with the same コマ share one."""
    actor = request.actor  # type: ignore[attr-defined]
    rooms = [room for facility in facilities for room in facility.open_rooms if room.alone]  # type: ignore[attr-defined]
    rows = rows_of_day(body=actor.body, rooms=rooms, day=day, reader=reader, request=request)
    by_id = {room.pk: room for room in rooms}
    found: list[dict[str, Any]] = []
    marks: frozenset[Mark] = frozenset()
    of_facility: dict[int, list[Row]] = {}
    for row in rows:
        of_facility.setdefault(row.plan.facility_id, []).append(row)
    for facility in facilities:
        mine = of_facility.get(facility.pk, [])
        tables: list[Table] = []
        for number, shape in enumerate(dict.fromkeys(shape_of(row) for row in mine)):
            of_shape = [row for row in mine if shape_of(row) == shape]
            tables.append(
                table(
                    caption=_("%(name)s　%(day)s") % {"name": named(facility), "day": short_day(day)},
                    head=_("室場"),
                    lines=[_line_of_room(request, facility, by_id[row.plan.id], row) for row in of_shape],
                    url_of=_url_of(request, 0),
                    own_id=f"rooms-{facility.code}-{number}",
                    as_table=_as_table(request),
                )
            )
        if tables:
            found.append({"facility": facility, "tables": [one.html for one in tables]})
            marks = marks.union(*(one.marks for one in tables))
    return found, marks


def rows_of_day(
    *, body: Body, rooms: Sequence[Room], day: date, reader: Reader, request: HttpRequest
) -> list[Row]:
    """The marks of these rooms on a day: as many queries for a hundred as for one."""
    now = request.now  # type: ignore[attr-defined]
    if not rooms:
        return []
    policies = policies_of(body, facilities={one.facility_id for one in rooms}, kinds=["opening", "periods"])
    plans = plans_of(rooms, day)
    marking = Marking(
        policies=policies, lotteries=lotteries_of(body=body, days=[day], now=now), reader=reader, now=now
    )
    matrix = day_matrix(body=body, day=day, now=now, rooms=plans, policies=policies)
    return [marking.row(one, hourly=True) for one in matrix.rooms]


def _line_of_room(request: HttpRequest, facility: Facility, room: Room, row: Row) -> Line:
    note = ""
    if row.opens_at is not None:
        note = _("先着の受付は%(moment)sから") % {"moment": moment_words(row.opens_at)}
    return Line(
        row,
        named(room),
        url(
            request,
            "reservations_portal_month",
            {"month": f"{row.day:%Y-%m}"},
            facility_code=facility.code,
            room_code=room.code,
        ),
        note,
    )


def _url_of(request: HttpRequest, unit_id: int) -> Any:
    """The address of a cell: where it is booked, or entered in the lottery."""
    choose = url(request, "reservations_portal_choose")

    def address(row: Row, cell: Cell) -> str:
        query = f"day={row.day.isoformat()}&from={cell.starts}"
        if cell.mark == Mark.LOTTERY:
            place = url_or_none(request, "reservations_portal_round", round_id=cell.round_id)
            return f"{place}?room={row.plan.id}&{query}" if place else ""
        return f"{choose}?unit={unit_id or cell.unit_id}&{query}&until={cell.ends}"

    return address


def _chosen(request: HttpRequest, facilities: Sequence[Facility]) -> list[Facility]:
    """The facilities of the page: all, of a category, or the one asked for. An unknown one is absent."""
    code, category = request.GET.get("facility", ""), request.GET.get("category", "")
    if code:
        found = [one for one in facilities if one.code == code]
        if not found:
            raise Http404
        return found
    return [one for one in facilities if category in ("", one.category)]


def _page_of(facilities: Sequence[Facility], code: str) -> tuple[list[Facility], int]:
    """The facilities of one page, and where it begins: with the one of this code, the first where none has it."""
    first = next((place for place, one in enumerate(facilities) if one.code == code), 0)
    return list(facilities[first : first + A_PAGE]), first


def _views(
    here: str, categories: Sequence[str], chosen: str, day: date, of_one: bool
) -> list[dict[str, Any]]:
    if len(categories) < 2 and not of_one:
        return []
    return [
        {
            "label": one or _("すべて"),
            "url": _at(here, {}, day=day.isoformat(), category=one),
            "current": one == chosen and not of_one,
        }
        for one in ("", *categories)
    ]


def _below(request: HttpRequest, marks: frozenset[Mark], days: Sequence[date]) -> dict[str, Any]:
    """Legend, when the rest is let go, which way the page is looked at, as of when."""
    now = request.now  # type: ignore[attr-defined]
    release = (
        next_release(body=request.actor.body, days=days) if Mark.RELEASE in marks else None  # type: ignore[attr-defined]
    )
    asked = request.GET.copy()
    asked.pop("view", None)
    plain = f"{request.path}?{asked.urlencode()}"
    return {
        "legend": legend(marks),
        "release": moment_words(release) if release else "",
        "as_of": moment_words(now),
        "as_table": _as_table(request),
        "table_url": plain + ("&" if asked else "") + "view=table",
        "list_url": plain,
        "index_url": url(request, "reservations_portal_index"),
    }


def _as_table(request: HttpRequest) -> bool:
    return request.GET.get("view") == "table"


def _kept(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.GET[name][:40] for name in names if request.GET.get(name)}


def _at(here: str, keep: dict[str, str], **query: str) -> str:
    asked = QueryDict(mutable=True)
    asked.update({**keep, **{name: value for name, value in query.items() if value}})
    return f"{here}?{asked.urlencode()}"


def _month_asked(text: str, today: date) -> date:
    """2026-12; anything else is this month. Months that are over, or too far, are not shown."""
    year, _dash, number = text.partition("-")
    numbers = len(text) <= 7 and all(one.isascii() and one.isdigit() for one in (year, number))
    if numbers and 1 <= int(number) <= 12 and 1 <= int(year) <= 9998:
        asked = date(int(year), int(number), 1)
        return min(max(asked, month_of(today)), month_of(today + FARTHEST))
    return month_of(today)


def _crumbs(
    request: HttpRequest,
    facility: Facility | None,
    here: str,
    *,
    room: Room | None = None,
    last: str = "",
) -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = [(_("施設をさがす"), url(request, "reservations_portal_index"))]
    if facility is not None:
        crumbs.append(
            (named(facility), url(request, "reservations_portal_facility", facility_code=facility.code))
        )
    if room is not None and facility is not None:
        codes = {"facility_code": facility.code, "room_code": room.code}
        crumbs += [(here, url(request, "reservations_portal_room", **codes)), (last, None)]
    else:
        crumbs.append((here, None))
    return crumbs


urlpatterns = [
    path("availability/", availability, name="reservations_portal_availability"),
    path(
        "facilities/<slug:facility_code>/rooms/<slug:room_code>/month/",
        month,
        name="reservations_portal_month",
    ),
]
