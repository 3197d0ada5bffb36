"""施設をさがす — by place, purpose, day, time, number of people and equipment. Open to all; no cookie."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from moyai.reservations.forms.search import BAND_WORDS, SearchForm
from moyai.reservations.models import Facility
from moyai.reservations.portal.naming import SERVICE, named, short_day, url, url_or_none
from moyai.reservations.portal.who import reader_of, usable_registrations
from moyai.reservations.queries.marks import Row
from moyai.reservations.queries.masters import purposes_of
from moyai.reservations.queries.search import FoundRoom, Sought, categories_of, everything, search
from moyai.reservations.rules.rooms import clock_face
from moyai.tenants.public import clock
from moyai.ui.public import page

MOST = 60  # cards on a page: who finds more says more of what is wanted


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """施設の一覧 — all facilities, or the rooms that fit what was asked for."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    facilities = everything(body=actor.body, on=today)
    purposes = [(one.code, named(one)) for one in purposes_of(actor.body)]
    asked = any(request.GET.get(name) for name in SearchForm.base_fields)
    form = SearchForm(
        request.GET if asked else None,
        categories=categories_of(facilities),
        purposes=purposes,
        today=today,
    )
    here = url(request, "reservations_portal_index")
    context: dict[str, Any] = {
        "service": SERVICE,
        "here": here,
        "asked": asked,
        "availability_url": url(request, "reservations_portal_availability"),
        "bookings_url": url(request, "reservations_portal_bookings"),
        "lotteries_url": url_or_none(request, "reservations_portal_lotteries"),
        "count": 0,
    }
    if asked and not form.is_valid():
        return page(request, "reservations/portal/index.html", context, form=form)
    if not asked:
        context |= {"form": form, "cards": [_facility_card(request, one) for one in facilities]}
        return page(request, "reservations/portal/index.html", context)
    sought = form.sought
    reader = reader_of(usable_registrations(request) if sought.day else [], request)
    results = search(body=actor.body, facilities=facilities, sought=sought, reader=reader, now=now)
    by_room = any((sought.purpose, sought.day, sought.people, sought.equipment))
    if by_room:
        cards = [_room_card(request, one, sought) for one in results.rooms]
    else:
        cards = [
            _facility_card(request, one)
            for one in {one.facility.pk: one.facility for one in results.rooms}.values()
        ]
    context |= {
        "form": form,
        "cards": cards[:MOST],
        "count": len(cards),
        "more": len(cards) > MOST,
        "conditions": _conditions(sought, dict(purposes)),
        "without": [_without(name, count, request) for name, count in results.without.items()],
        "by_room": by_room,
    }
    return page(request, "reservations/portal/index.html", context)


def _facility_card(request: HttpRequest, facility: Facility) -> dict[str, Any]:
    rooms = facility.open_rooms  # type: ignore[attr-defined]
    shown = "、".join(named(one) for one in rooms[:6])
    if len(rooms) > 6:
        shown = _("%(rooms)s ほか%(count)s室") % {"rooms": shown, "count": len(rooms) - 6}
    return {
        "title": named(facility),
        "url": url(request, "reservations_portal_facility", facility_code=facility.code),
        "text": "",
        "facts": [
            {"key": _("種類"), "value": facility.category},
            {"key": _("所在地"), "value": facility.address},
            *([{"key": _("室場"), "value": shown}] if shown else []),
        ],
    }


def _room_card(request: HttpRequest, found: FoundRoom, sought: Sought) -> dict[str, Any]:
    facility, room = found.facility, found.room
    codes = {"facility_code": facility.code, "room_code": room.code}
    facts = [{"key": _("所在地"), "value": facility.address}]
    if room.capacity is not None:
        facts.append({"key": _("定員"), "value": _("%(count)s人") % {"count": f"{room.capacity:,}"}})
    address = url(request, "reservations_portal_room", **codes)
    if found.row is not None and sought.day is not None:
        facts.append({"key": _("空き"), "value": free_words(found.row)})
        query = {"day": sought.day.isoformat(), "facility": facility.code}
        address = url(request, "reservations_portal_availability", query)
    return {"title": f"{named(facility)} {named(room)}", "url": address, "text": "", "facts": facts}


def free_words(row: Row) -> str:
    """午前・夜間, or 9:00–12:00、14:00–17:00: what can be had of a day."""
    if not row.plan.step:
        return "・".join(cell.name for cell in row.cells if cell.mark.open)
    spans: list[list[int]] = []
    for cell in row.cells:
        if not cell.mark.open:
            continue
        if spans and spans[-1][1] == cell.starts:
            spans[-1][1] = cell.ends
        else:
            spans.append([cell.starts, cell.ends])
    return "、".join(f"{clock_face(starts)}–{clock_face(ends)}" for starts, ends in spans)


def _conditions(sought: Sought, purposes: dict[str, str]) -> str:
    """12月5日（土）・午前・バドミントン: what was asked for, in a few words."""
    said = [
        short_day(sought.day) if sought.day else "",
        str(BAND_WORDS[sought.band]) if sought.band else "",
        purposes.get(sought.purpose, ""),
        sought.category,
        sought.words,
        _("%(count)s人") % {"count": f"{sought.people:,}"} if sought.people else "",
        sought.equipment,
    ]
    return "・".join(one for one in said if one)


def _without(name: str, count: int, request: HttpRequest) -> dict[str, str]:
    """Which one condition to leave out, and how many rooms there are then."""
    labels = {
        "words": _("名前・場所"),
        "category": _("施設の種類"),
        "purpose": _("利用目的"),
        "people": _("人数"),
        "equipment": _("備品"),
        "day": _("利用日"),
        "band": _("時間帯"),
    }
    rest = request.GET.copy()
    rest.pop({"words": "q"}.get(name, name), None)
    if name == "day":
        rest.pop("band", None)
    text = ngettext(
        "「%(name)s」の条件を外すと%(count)s件あります",
        "「%(name)s」の条件を外すと%(count)s件あります",
        count,
    ) % {"name": labels[name], "count": count}
    return {"text": text, "url": f"{request.path}?{rest.urlencode()}"}


urlpatterns = [path("facilities/", index, name="reservations_portal_index")]
