"""予約する時間を選ぶ — the slot that was chosen in the table: which part, from when until when, as whom; then it is held.

Whoever is not signed in sees what was chosen and signs in to go on. A place that is gone meanwhile is one clean answer,
with the nearest that are free.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import day_words
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.bookings import TooManyHolds, hold_slot
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import PlaceForm, asked_with, put_on
from moyai.reservations.models import Booking, Combination, Registration
from moyai.reservations.portal.naming import SERVICE, named, time_words, url, use_name, when_words
from moyai.reservations.portal.places import (
    Place,
    combination_of,
    day_asked,
    end_choices,
    minute_asked,
    place_on,
    registration_choices,
    start_choices,
    today_of,
    unit_choices,
)
from moyai.reservations.portal.search import free_words
from moyai.reservations.portal.typed import hand_over, typed
from moyai.reservations.portal.who import reader_of, usable_registrations
from moyai.reservations.queries.alternatives import nearest
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.words import closed
from moyai.tenants.public import Refusal
from moyai.ui.public import page

MOST_DAYS = 800


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """予約する時間を選ぶ — GET shows it, POST holds it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else request.GET
    chosen = combination_of(actor.body, given.get("unit", ""))
    if chosen is None:
        raise Http404
    today = today_of(request)
    day = day_asked(given.get("day", ""), today)
    if abs((day - today).days) > MOST_DAYS:
        raise Http404
    registrations = usable_registrations(request)
    place = place_on(
        body=actor.body, room=chosen.room, day=day, now=now, reader=reader_of(registrations, request)
    )
    form = _form(request, place, chosen, registrations)
    if request.method == "POST":
        if actor.account_id is None:
            return to_sign_in(request, _here(request, given))
        if form.is_valid() and registrations:
            return _hold(request, form, place, registrations)
    return _choose_page(request, place, chosen, registrations, form)


def _form(
    request: HttpRequest, place: Place, chosen: Combination, registrations: list[Registration]
) -> PlaceForm:
    row = place.row(chosen.pk)
    starts, ends = minute_asked(request.GET.get("from", "")), minute_asked(request.GET.get("until", ""))
    return PlaceForm(
        request.POST if request.method == "POST" else None,
        units=unit_choices(place.plan),
        starts=start_choices(place, row),
        ends=end_choices(place),
        registrations=registration_choices(registrations),
        today=today_of(request),
        initial={
            "unit": str(chosen.pk),
            "day": place.day.isoformat(),
            "starts": starts,
            "ends": ends,
            "registration": registrations[0].number if registrations else None,
        },
    )


def _hold(
    request: HttpRequest, form: PlaceForm, place: Place, registrations: list[Registration]
) -> HttpResponse:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    given = form.cleaned_data
    registration = next(
        (one for one in registrations if one.number == given.get("registration")), registrations[0]
    )
    before = request.POST.get("before", "")[:12]
    asked = asked_with(
        typed(request, before) or {},
        combination_id=int(given["unit"]),
        day=place.day,
        starts=given["starts"],
        ends=given["ends"],
    )
    try:
        with transaction.atomic():
            held: Booking = hold_slot(
                actor=actor, now=now, registration=registration, asked=asked, channel=channel_of(request)
            )
    except SlotTaken as taken:
        return taken_page(request, taken, asked=asked, registration=registration, before=before)
    except TooManyHolds as refusal:
        form.add_error(None, str(refusal.message))
        return _choose_page(request, place, None, registrations, form, status=refusal.status)
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from refusal
        put_on(form, refusal)
        chosen = combination_of(actor.body, given["unit"])
        return _choose_page(request, place, chosen, registrations, form, status=refusal.status)
    hand_over(request, before, held.number)
    return redirect(url(request, "reservations_portal_details", number=held.number))


def _choose_page(
    request: HttpRequest,
    place: Place,
    chosen: Combination | None,
    registrations: list[Registration],
    form: PlaceForm,
    *,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    room = place.room
    codes = {"facility_code": room.facility.code, "room_code": room.code}
    name = f"{named(room.facility)} {named(room)}"
    row = place.row(chosen.pk) if chosen is not None else None
    given = request.POST if request.method == "POST" else request.GET
    return page(
        request,
        "reservations/portal/choose.html",
        {
            "service": SERVICE,
            "crumbs": [
                (_("施設をさがす"), url(request, "reservations_portal_index")),
                (name, url(request, "reservations_portal_room", **codes)),
                (_("予約する時間を選ぶ"), None),
            ],
            "name": name,
            "day": place.day,
            "closed": "" if place.opening.open else closed(place.opening),
            "free": free_words(row) if row is not None else "",
            "needs_approval": place.plan.needs_approval,
            "signed_in": actor.account_id is not None,
            "registration": registrations[0].name if len(registrations) == 1 else "",
            "can_book": bool(registrations),
            "sign_in_url": sign_in_url(_here(request, given)),
            "registrations_url": url(request, "reservations_portal_registrations"),
            "month_url": url(request, "reservations_portal_month", {"month": f"{place.day:%Y-%m}"}, **codes),
            "day_url": url(
                request,
                "reservations_portal_availability",
                {"day": place.day.isoformat(), "facility": room.facility.code},
            ),
            "before": request.POST.get("before", "")[:12],
        },
        form=form,
        status=status,
    )


def taken_page(
    request: HttpRequest, taken: SlotTaken, *, asked: Asked, registration: Registration, before: str
) -> HttpResponse:
    """先に予約された — nothing is charged, nothing typed is lost, and the nearest that are free are one button away."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    chosen = combination_of(actor.body, str(taken.combination_id))
    if chosen is None:
        raise Http404
    found = nearest(
        body=actor.body,
        combination_id=taken.combination_id,
        day=taken.day,
        starts=taken.starts,
        ends=taken.ends,
        now=now,
        most=4,
    )
    facility = chosen.room.facility
    codes = {"facility_code": facility.code, "room_code": chosen.room.code}
    return page(
        request,
        "reservations/portal/taken.html",
        {
            "service": SERVICE,
            "name": f"{named(facility)} {named(chosen.room)}",
            "when": f"{day_words(taken.day)} {time_words(taken.starts, taken.ends)}",
            "kept": typed(request, before) is not None if before else False,
            "alternatives": [
                {
                    "unit": one.unit.id,
                    "day": one.day.isoformat(),
                    "starts": one.starts,
                    "ends": one.ends,
                    "when": when_words(one.day, one.plan, one.starts, one.ends),
                    "where": use_name(named(facility), one.plan, one.unit),
                }
                for one in found
            ],
            "registration": registration.number,
            "before": before,
            "choose_url": url(request, "reservations_portal_choose"),
            "month_url": url(request, "reservations_portal_month", {"month": f"{taken.day:%Y-%m}"}, **codes),
            "day_url": url(
                request,
                "reservations_portal_availability",
                {"day": taken.day.isoformat(), "facility": facility.code},
            ),
        },
        status=taken.status,
    )


def _here(request: HttpRequest, given: Any) -> str:
    """The address of this choice, to come back to after signing in."""
    asked = {
        name: given.get(one, "")[:20]
        for name, one in (("unit", "unit"), ("day", "day"), ("from", "starts"), ("until", "ends"))
        if given.get(one)
    }
    if request.method == "GET":
        asked = {
            name: request.GET[name][:20] for name in ("unit", "day", "from", "until") if name in request.GET
        }
    return f"{request.path}?{urlencode(asked)}"


def sign_in_url(back: str) -> str:
    return f"{reverse('people_signin')}?{urlencode({'next': back})}"


def to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    return redirect(sign_in_url(back))


def choice_url(request: HttpRequest, *, unit_id: int, day: date, starts: int, ends: int) -> str:
    query = {"unit": unit_id, "day": day.isoformat(), "from": starts, "until": ends}
    return url(request, "reservations_portal_choose", query)


urlpatterns = [path("book/", choose, name="reservations_portal_choose")]
