"""予約の変更 — another time, part of the room or room, other details; then old and new side by side with the difference in yen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import DateBoxField
from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.forms.booking import ChangeForm, RoomForm, as_initial
from moyai.reservations.models import Booking, Room
from moyai.reservations.portal import prices
from moyai.reservations.portal.choosing import MOST_DAYS
from moyai.reservations.portal.filling import own_or_404, scene_of, slot
from moyai.reservations.portal.naming import SERVICE, named, url
from moyai.reservations.portal.places import (
    Place,
    end_choices,
    place_on,
    start_choices,
    today_of,
    unit_choices,
)
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.typed import keep, typed
from moyai.reservations.portal.who import reader_of
from moyai.reservations.queries.availability import stock_left
from moyai.reservations.queries.elsewhere import rooms_to_change_to
from moyai.reservations.queries.masters import equipment_for, purposes_of
from moyai.reservations.rules.periods import change_reach
from moyai.tenants.public import body_of
from moyai.ui.public import group_in_fours, page

S = Booking.State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: HttpRequest, number: str) -> HttpResponse:
    """変更の入力."""
    one = own_or_404(request, number)
    if (elsewhere := gone_from(request, one)) is not None:
        return elsewhere
    scene = scene_of(request, one)
    data = request.POST if request.method == "POST" else None
    kept = typed(request, key_of(number)) or _as_kept(scene.asked)
    day = _day_of(request, kept)
    rooms = rooms_offered(request, one, scene, day)
    place = place_to_change(request, one, room_asked(request, rooms, kept), day)
    form = change_form(request, one, place, data=data, kept=kept)
    if request.method == "POST" and form.is_valid():
        keep(request, key_of(number), {**form.kept(), "version": one.version, "room": place.room.pk})
        return redirect(url(request, "reservations_portal_change_check", number=number))
    return change_page(request, one, scene, form, place=place, rooms=rooms)


def key_of(number: str) -> str:
    return f"change:{number}"


def _as_kept(asked: Asked) -> dict[str, Any]:
    return {
        "unit": asked.combination_id,
        "day": asked.day.isoformat(),
        "starts": asked.starts,
        "ends": asked.ends,
        "purpose": asked.purpose,
        "people": asked.people,
        "title": asked.title,
        "commercial": asked.commercial,
        "admission_yen": asked.admission_yen,
        "equipment": dict(asked.equipment),
        "extras": list(asked.extras),
    }


def _day_of(request: HttpRequest, kept: dict[str, Any]) -> date:
    """The day the form is about: as typed where it can be read, else as it was."""
    was = date.fromisoformat(kept["day"])
    text = request.POST.get("day", "") or request.GET.get("day", "")
    try:
        read = DateBoxField(required=False, today=today_of(request)).clean(text[:40])
    except ValidationError:
        return was
    return read if read is not None and abs((read - today_of(request)).days) <= MOST_DAYS else was


def rooms_offered(request: HttpRequest, one: Booking, scene: Scene, day: date) -> list[Room]:
    """The rooms it may go to; a room that is asked for and approved is changed at the counter."""
    reach = change_reach(scene.document("periods"))
    rooms = rooms_to_change_to(one, reach=reach, on=max(day, today_of(request)))
    if one.state != S.BOOKED:
        return rooms
    return [
        room
        for room in rooms
        if room.pk == one.room_id or not (room.needs_approval or one.room.needs_approval)
    ]


def room_asked(request: HttpRequest, rooms: list[Room], kept: dict[str, Any]) -> Room:
    """The room of the address, else of what was typed, else its own. Raises Http404 for one it may not go to."""
    wanted = request.GET.get("room", "")
    if wanted:
        found = next((room for room in rooms if str(room.pk) == wanted), None)
        if found is None:
            raise Http404
        return found
    return next((room for room in rooms if room.pk == kept.get("room")), rooms[0])


def place_to_change(request: HttpRequest, one: Booking, room: Room, day: date) -> Place:
    assert one.registration is not None  # a use is somebody's
    return place_on(
        body=body_of(request.actor.body),  # type: ignore[attr-defined]
        room=room,
        day=day,
        now=request.now,  # type: ignore[attr-defined]
        reader=reader_of([one.registration], request),
    )


def change_form(
    request: HttpRequest, one: Booking, place: Place, *, data: Any, kept: dict[str, Any]
) -> ChangeForm:
    """The form of a room on a day, filled with what the booking is or what was typed. Three queries."""
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    plan, here = place.plan, place.room.pk == one.room_id
    pieces = equipment_for(plan, on=place.day)
    left = stock_left(
        body=body, equipment=pieces, day=place.day, starts=one.starts, ends=one.ends, but=one.pk
    )
    purposes = [
        (row.code, named(row)) for row in purposes_of(body) if not plan.purposes or row.code in plan.purposes
    ]
    wanted = str((data or {}).get("unit", "")) or str(
        kept["unit"]
    )  # what is chosen says which extras there are
    unit = next((each for each in plan.units if str(each.id) == wanted), next(iter(plan.units), None))
    fees = place.policies.document("fees", plan, place.day)
    extras = [
        (row["code"], f"{row['key']}（{row['value']}）")
        for row in (prices.extra_rows(fees, plan, unit, place.day) if unit else ())
        if not row["always"]
    ]
    mine = [(one.starts, one.ends)] if here and place.day == one.day else []
    return ChangeForm(
        data,
        units=unit_choices(plan),
        starts=start_choices(place, place.row(unit.id) if unit else None, mine=mine),
        ends=end_choices(place),
        today=today_of(request),
        purposes=purposes,
        equipment=[(piece, left[piece.code], prices.equipment_words(piece)) for piece in pieces],
        extras=extras,
        initial={
            **as_initial(kept),
            "unit": str(unit.id) if unit else "",
            "day": place.day,
        },
    )


def change_page(
    request: HttpRequest,
    one: Booking,
    scene: Scene,
    form: ChangeForm,
    *,
    place: Place,
    rooms: list[Room],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    room = place.room
    codes = {"facility_code": room.facility.code, "room_code": room.code}
    chosen = RoomForm(
        rooms=[(each.pk, _room_words(one, each)) for each in rooms],
        initial={"room": room.pk},
        auto_id="to_%s",
    )
    here = url(request, "reservations_portal_change", number=one.number)
    return page(
        request,
        "reservations/portal/change.html",
        {
            "service": SERVICE,
            "crumbs": crumbs_of(request, one, _("予約の変更")),
            **slot(request, one, scene),
            "month_url": url(request, "reservations_portal_month", {"month": f"{place.day:%Y-%m}"}, **codes),
            "rooms": chosen if len(rooms) > 1 else None,
            "elsewhere": f"{named(room.facility)} {named(room)}" if room.pk != one.room_id else "",
            "here": here,
            "post_url": f"{here}?room={room.pk}" if room.pk != one.room_id else here,
            **more,
        },
        form=form,
        status=status,
    )


def _room_words(one: Booking, room: Room) -> str:
    """第1会議室; of another facility with its name."""
    if room.facility_id == one.facility_id:
        return named(room)
    return f"{named(room.facility)} {named(room)}"


def gone_from(request: HttpRequest, one: Booking) -> HttpResponse | None:
    """A booking that stands no more is not changed."""
    if one.state in (S.ASKED, S.BOOKED):
        return None
    return redirect(url(request, "reservations_portal_booking", number=one.number))


def crumbs_of(request: HttpRequest, one: Booking, here: str) -> list[tuple[str, str | None]]:
    return [
        (_("自分の予約"), url(request, "reservations_portal_bookings")),
        (
            group_in_fours(one.number),
            url(request, "reservations_portal_booking", number=one.number),
        ),
        (here, None),
    ]


urlpatterns = [path("bookings/<str:number>/change/", change, name="reservations_portal_change")]
