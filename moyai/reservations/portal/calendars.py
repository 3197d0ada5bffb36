"""自分の予約のカレンダー — the page that makes a secret link, and what the link gives: one's own bookings as iCalendar."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.reservations.actions.calendars import share_calendar, stop_calendar
from moyai.reservations.calendar_links import fits, secret_of
from moyai.reservations.fair_use import fairly
from moyai.reservations.models import Booking
from moyai.reservations.portal.naming import SERVICE, named, url
from moyai.reservations.portal.open_data import at, calendar_response
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.queries.busy import bookings_of_calendar, calendar_owner
from moyai.reservations.queries.registrations import own_registration
from moyai.reservations.rules import ical
from moyai.tenants.public import Body, clock
from moyai.ui.public import group_in_fours, page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def link(request: HttpRequest, number: str) -> HttpResponse:
    """GET shows the link; POST makes it (anew) or, with `stop`, ends it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    registration = own_registration(actor=actor, number=number)
    if registration is None:
        raise Http404
    here = url(request, "reservations_portal_calendar", number=number)
    if request.method == "POST":
        if "stop" in request.POST:
            stop_calendar(actor=actor, now=now, registration=registration)
            messages.success(request, _("カレンダーのリンクをやめました。"))
        else:
            share_calendar(actor=actor, now=now, registration=registration)
            messages.success(request, _("カレンダーのリンクを作りました。"))
        return redirect(here)
    secret = secret_of(registration)
    feed = ""
    if secret:
        kwargs = {"body_slug": actor.body.slug, "number": number, "secret": secret}
        feed = request.build_absolute_uri(reverse("reservations_portal_calendar_feed", kwargs=kwargs))
    context = {
        "service": SERVICE,
        "crumbs": [
            (_("利用者登録"), url(request, "reservations_portal_registrations")),
            (
                group_in_fours(number),
                url(request, "reservations_portal_registration", number=number),
            ),
            (_("予約のカレンダー"), None),
        ],
        "feed": feed,
        "here": here,
    }
    return page(request, "reservations/portal/calendar.html", context)


@never_cache
@require_GET
def feed(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """What the link gives to whoever has it: place, time and state of the bookings; no names. 404 for any other link."""
    body: Body = request.actor.body  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    fairly(body=body, now=now)
    registration = calendar_owner(body=body, number=number)
    if registration is None or not fits(registration, secret):
        raise Http404
    rows = bookings_of_calendar(registration, today=clock.today(now))
    events = [_event(one, request.get_host()) for one in rows]
    name = _("施設予約（%(body)s）") % {"body": body.name}
    return calendar_response(ical.calendar(events, name=name, now=now))


def _event(one: Booking, host: str) -> ical.Event:
    return ical.Event(
        uid=f"{one.number}@{host}",
        starts=at(one.day, one.starts),
        ends=at(one.day, one.ends),
        summary=f"{named(one.facility)} {named(one.room)}",
        location=one.facility.address,
        description=_("予約番号 %(number)s（%(state)s）")
        % {"number": group_in_fours(one.number), "state": one.get_state_display()},
        cancelled=one.state == Booking.State.CANCELLED,
        free=one.state == Booking.State.ASKED,
    )


urlpatterns = [
    path("reservations/registrations/<str:number>/calendar/", link, name="reservations_portal_calendar"),
    path("calendar/<str:number>/<str:secret>.ics", feed, name="reservations_portal_calendar_feed"),
]
