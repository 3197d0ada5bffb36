"""予約する時間を選ぶ — the slot that was chosen in the table: which part, from when until when, as whom; then it is held.

Whoever is not signed in sees what was chosen and signs in to go on. A place that is gone meanwhile is one clean answer,
with the nearest that are free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import day_words
from moyai.people.public import AnswerAnew
from moyai.reservations.actions.asked import Asked, Scene, UnknownUnit, scene_in
from moyai.reservations.actions.bookings import TooManyHolds, hold_slot
from moyai.reservations.actions.checks import impossible
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
from moyai.reservations.portal.series import series_url
from moyai.reservations.portal.typed import hand_over, typed
from moyai.reservations.portal.who import reader_of, usable_registrations
from moyai.reservations.queries.alternatives import Alternative, near_once
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.grounds import ground_of
from moyai.reservations.queries.stamps import Stamp, stamp_of
from moyai.reservations.words import closed
from moyai.tenants.public import Refusal
from moyai.ui.public import in_japanese, page, page_with_gaps

MOST_DAYS = 800
DAY = 24 * 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """予約する時間を選ぶ — GET shows it, POST holds it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method == "POST" and (answered := _at_once(request)) is not None:
        return answered
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
            asked = _asked(request, form.cleaned_data, place.day)
            wanted = form.cleaned_data.get("registration")
            mine = next((one for one in registrations if one.number == wanted), registrations[0])
            return _hold(request, asked, mine)
    return _choose_page(request, place, chosen, registrations, form)


def _at_once(request: HttpRequest) -> HttpResponse | None:
    """Held, or told that it is taken, without working out the page it was chosen on; None where that page has to speak.

    A hundred who want one place all but one learn that it is gone: by one query, before anything else is read.
    """
    actor, now, given = request.actor, request.now, request.POST  # type: ignore[attr-defined]
    today = today_of(request)
    words = [given.get(name, "") for name in ("unit", "starts", "ends")]
    day = day_asked(given.get("day", ""), date.min)
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]
    if actor.account_id is None or len(numbers) < len(words) or abs((day - today).days) > MOST_DAYS:
        return None
    unit, starts, ends = numbers
    if not starts < ends <= DAY:
        return None
    asked = _asked(request, {"unit": unit, "starts": starts, "ends": ends}, day)
    stamp = stamp_of(body_id=actor.body.pk, combination_id=unit, day=day, starts=starts, ends=ends, now=now)
    if stamp is None:
        return None
    try:
        scene = scene_in(ground_of(actor.body, stamp), stamp, asked, today)
    except UnknownUnit:
        return None
    if not scene.plan.published or next(impossible(actor=actor, now=now, scene=scene), None) is not None:
        return None
    if stamp.taken:
        number = given.get("registration", "")
        return taken_page(
            request,
            SlotTaken(combination_id=unit, day=day, starts=starts, ends=ends),
            registration=number if number.isdigit() else "",
            before=_before(request),
            stamp=stamp,
        )
    registrations = usable_registrations(request)
    mine = [one for one in registrations if one.number == given.get("registration")]
    if not mine and len(registrations) != 1:
        return None
    return _hold(request, asked, (mine or registrations)[0], known=scene)


def _before(request: HttpRequest) -> str:
    """The place that was held before this one, whose details are taken along."""
    return request.POST.get("before", "")[:12]


def _asked(request: HttpRequest, given: Mapping[str, Any], day: date) -> Asked:
    return asked_with(
        typed(request, _before(request)) or {},
        combination_id=int(given["unit"]),
        day=day,
        starts=given["starts"],
        ends=given["ends"],
    )


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
    request: HttpRequest, asked: Asked, registration: Registration, *, known: Scene | None = None
) -> HttpResponse:
    actor, now, before = request.actor, request.now, _before(request)  # type: ignore[attr-defined]
    try:
        held: Booking = hold_slot(
            actor=actor,
            now=now,
            registration=registration,
            asked=asked,
            channel=channel_of(request),
            known=known,
        )
    except SlotTaken as taken:
        number, gone = registration.number, taken
        raise AnswerAnew(lambda: taken_page(request, gone, registration=number, before=before)) from None
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from refusal
        said = refusal
        raise AnswerAnew(lambda: _refused(request, said)) from None
    hand_over(request, before, held.number)
    return redirect(url(request, "reservations_portal_details", number=held.number))


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of the choice again, with what stands against it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    chosen = combination_of(actor.body, request.POST.get("unit", ""))
    if chosen is None:
        raise Http404
    registrations = usable_registrations(request)
    day = day_asked(request.POST.get("day", ""), today_of(request))
    place = place_on(
        body=actor.body, room=chosen.room, day=day, now=now, reader=reader_of(registrations, request)
    )
    form = _form(request, place, chosen, registrations)
    form.is_valid()
    if isinstance(refusal, TooManyHolds):
        form.add_error(None, str(refusal.message))
        return _choose_page(request, place, None, registrations, form, status=refusal.status)
    put_on(form, refusal)
    return _choose_page(request, place, chosen, registrations, form, status=refusal.status)


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
            "before": _before(request),
            "series_url": series_url(request, place, registrations, given) if chosen is not None else "",
        },
        form=form,
        status=status,
    )


def taken_page(
    request: HttpRequest, taken: SlotTaken, *, registration: str, before: str, stamp: Stamp | None = None
) -> HttpResponse:
    """先に予約された — nothing is charged, nothing typed is lost, and the nearest that are free are one button away.

    `registration`: the number of that with which it was asked for. `stamp`: where it was just read.
    """
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if stamp is None:
        stamp = stamp_of(body_id=actor.body.pk, combination_id=taken.combination_id, day=taken.day)
    if stamp is None:
        raise Http404
    ground = ground_of(actor.body, stamp)
    room, facility = ground.rooms[stamp.room_id], ground.facility
    if not (room.published and facility.published):
        raise Http404
    kept = typed(request, before) is not None if before else False
    where_to = url(request, "reservations_portal_choose")
    cards = near_once(
        body=actor.body,
        ground=ground,
        versions=stamp.versions,
        room_id=room.pk,
        combination_id=taken.combination_id,
        day=taken.day,
        starts=taken.starts,
        ends=taken.ends,
        now=now,
        most=4,
        kind=where_to,
        make=lambda found: _cards(found, named(facility), where_to),
    )
    codes = {"facility_code": facility.code, "room_code": room.code}
    name = escape(f"{named(facility)} {named(room)}")
    when = escape(f"{day_words(taken.day)} {time_words(taken.starts, taken.ends)}")
    month = url(request, "reservations_portal_month", {"month": f"{taken.day:%Y-%m}"}, **codes)
    of_day = {"day": taken.day.isoformat(), "facility": facility.code}
    return page_with_gaps(
        request,
        "reservations/portal/taken.html",
        {
            "service": str(SERVICE),
            "kept": kept,
            "some": bool(cards),
        },
        {
            "title_name": name,
            "name": in_japanese(name),
            "when": when,
            "alternatives": cards.replace(
                _WHO,
                _hidden(
                    {
                        "csrfmiddlewaretoken": get_token(request),
                        "registration": registration,
                        "before": before,
                    }
                ),
            ),
            "month_url": escape(month),
            "day_url": escape(url(request, "reservations_portal_availability", of_day)),
        },
        status=taken.status,
    )


_WHO = "\x02"  # in the cards, what is different for each who asks


def _cards(found: Sequence[Alternative], facility: str, where_to: str) -> str:
    """近い空き枠, each with its button: printed in Python, for whom a place was taken from asks by the hundred."""
    label = escape(_("この枠を予約する"))
    cards = ""
    for one in found:
        when = escape(when_words(one.day, one.plan, one.starts, one.ends))
        fields = {"unit": one.unit.id, "day": one.day.isoformat(), "starts": one.starts, "ends": one.ends}
        cards += (
            f'<li><h3 class="mo-cards__title">{when}</h3>'
            f"<p>{in_japanese(escape(use_name(facility, one.plan, one.unit)))}</p>"
            f'<form method="post" action="{where_to}">{_WHO}{_hidden(fields)}'
            f'<button class="mo-button" data-kind="secondary" type="submit">{label}'
            f'<span class="mo-hidden">：{in_japanese(when)}</span></button></form></li>'
        )
    return cards


def _hidden(fields: Mapping[str, Any]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in fields.items()
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
