"""くり返しの予約 — the same use every week or month, as far as the policy lets the user ask so at once.

What is asked for, then each day with its price or what speaks against it; he chooses among those that can be had, and
they are booked together, all or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import DateBoxField, day_words
from moyai.reservations.actions.series import Occurrence, Pattern, book_series, occurrences, repeated
from moyai.reservations.forms.booking import EVERY_WORDS, DaysForm, SeriesForm, as_initial, asked_with, put_on
from moyai.reservations.models import Booking, Combination, Registration
from moyai.reservations.portal import prices
from moyai.reservations.portal.fees_shown import fee_table
from moyai.reservations.portal.naming import SERVICE, named, time_words, url, use_name
from moyai.reservations.portal.places import (
    Place,
    combination_of,
    end_choices,
    minute_asked,
    place_on,
    registration_choices,
    start_choices,
    today_of,
    unit_choices,
)
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.states import badge
from moyai.reservations.portal.typed import forget, keep, typed
from moyai.reservations.portal.who import reader_of, usable_registrations
from moyai.reservations.queries.availability import stock_left
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.masters import equipment_for, purposes_of
from moyai.reservations.queries.own_bookings import own_bookings_of
from moyai.reservations.rules.series import Terms, terms_for
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import group_in_fours, page, yen

KEY: Final = "series"  # what is typed, in the session
DONE: Final = "series:done"  # the numbers of what was booked
MOST_DAYS: Final = 800
STEPS: Final = (lazy("内容の入力"), lazy("予約できる日の確認"), lazy("完了"))


def steps() -> list[dict[str, str]]:
    return [{"label": str(one)} for one in STEPS]


@dataclass(frozen=True)
class Wish:
    """What a page is about: the place, and the registrations that may ask so there."""

    place: Place
    unit: Combination
    registrations: list[Registration]
    terms: Terms


def terms_of(
    place: Place, registrations: Sequence[Registration], today: date
) -> list[tuple[Registration, Terms]]:
    """Which of these registrations may repeat a use of the room, and how."""
    document = place.policies.document("limits", place.plan, today)
    found = ((one, terms_for(document, kind=one.kind)) for one in registrations)
    return [(one, terms) for one, terms in found if terms is not None]


def series_url(request: HttpRequest, place: Place, registrations: Sequence[Registration], given: Any) -> str:
    """Where a chosen time is repeated; "" where nobody of the account may ask so."""
    if not place.opening.open or not terms_of(place, registrations, today_of(request)):
        return ""
    asked = (("unit", "unit"), ("from", "from"), ("until", "until"))
    query = {name: given[one][:20] for name, one in asked if one in given}
    return url(request, "reservations_portal_series", {**query, "day": place.day.isoformat()})


# --- 内容の入力 ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def series(request: HttpRequest) -> HttpResponse:
    """くり返しの入力 — the first day, how often, how many times."""
    again = typed(request, KEY) if "again" in request.GET and request.method != "POST" else None
    wish = _wish(request, again)
    form = _form(request, wish, data=request.POST if request.method == "POST" else None, kept=again)
    if request.method == "POST" and form.is_valid():
        keep(request, KEY, form.kept())
        return redirect(url(request, "reservations_portal_series_check"))
    return _form_page(request, wish, form)


def _wish(request: HttpRequest, kept: dict[str, Any] | None = None) -> Wish:
    """By the address, what was sent or what is kept. Raises Http404 where nobody of the account may ask so."""
    actor, now, today = request.actor, request.now, today_of(request)  # type: ignore[attr-defined]
    given: Any = kept or (request.POST if request.method == "POST" else request.GET)
    unit = combination_of(actor.body, str(given.get("unit", "")))
    if unit is None:
        raise Http404
    day = _day_typed(str(given.get("day", "")), today)
    registrations = usable_registrations(request)
    place = place_on(
        body=actor.body, room=unit.room, day=day, now=now, reader=reader_of(registrations, request)
    )
    may = terms_of(place, registrations, today)
    if not may:
        raise Http404
    terms = Terms(
        tuple(dict.fromkeys(every for _one, told in may for every in told.every)),
        max(told.most for _one, told in may),
    )
    return Wish(place, unit, [one for one, _terms in may], terms)


def _day_typed(text: str, today: date) -> date:
    """As typed where it can be read, else today."""
    try:
        day = DateBoxField(required=False, today=today).clean(text[:40])
    except ValidationError:
        return today
    return day if day is not None and abs((day - today).days) <= MOST_DAYS else today


def _form(request: HttpRequest, wish: Wish, *, data: Any, kept: dict[str, Any] | None = None) -> SeriesForm:
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    place, plan = wish.place, wish.place.plan
    pieces = equipment_for(plan, on=place.day)
    opens, closes = place.opening.opens, place.opening.closes
    left = stock_left(body=body, equipment=pieces, day=place.day, starts=opens, ends=closes)
    purposes = [
        (row.code, named(row)) for row in purposes_of(body) if not plan.purposes or row.code in plan.purposes
    ]
    fees = place.policies.document("fees", plan, place.day)
    unit = plan.unit(wish.unit.pk) or next(iter(plan.units), None)
    extras = [
        (row["code"], f"{row['key']}（{row['value']}）")
        for row in (prices.extra_rows(fees, plan, unit, place.day) if unit else ())
        if not row["always"]
    ]
    initial: dict[str, Any] = {
        "unit": str(wish.unit.pk),
        "day": place.day,
        "starts": minute_asked(request.GET.get("from", "")),
        "ends": minute_asked(request.GET.get("until", "")),
        "every": wish.terms.every[0],
        "registration": wish.registrations[0].number,
    }
    if kept is not None:
        initial = {**as_initial(kept), "unit": str(kept["unit"]), "day": date.fromisoformat(kept["day"])}
    return SeriesForm(
        data,
        terms=wish.terms,
        units=unit_choices(plan),
        starts=start_choices(place, place.row(wish.unit.pk)),
        ends=end_choices(place),
        registrations=registration_choices(wish.registrations),
        today=today_of(request),
        purposes=purposes,
        equipment=[(one, left[one.code], prices.equipment_words(one)) for one in pieces if left[one.code]],
        extras=extras,
        initial=initial,
    )


def _form_page(request: HttpRequest, wish: Wish, form: SeriesForm, *, status: int = 200) -> HttpResponse:
    room = wish.place.room
    codes = {"facility_code": room.facility.code, "room_code": room.code}
    name = f"{named(room.facility)} {named(room)}"
    return page(
        request,
        "reservations/portal/series.html",
        {
            "service": SERVICE,
            "steps": steps(),
            "crumbs": [
                (_("施設をさがす"), url(request, "reservations_portal_index")),
                (name, url(request, "reservations_portal_room", **codes)),
                (_("くり返しの予約"), None),
            ],
            "name": name,
            "registration": wish.registrations[0].name if len(wish.registrations) == 1 else "",
            "here": url(request, "reservations_portal_series"),
            "month_url": url(
                request, "reservations_portal_month", {"month": f"{wish.place.day:%Y-%m}"}, **codes
            ),
        },
        form=form,
        status=status,
    )


# --- 確認 --------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request: HttpRequest) -> HttpResponse:
    """予約できる日の確認 — each day with its price or what speaks against it; POST books the days chosen."""
    kept = typed(request, KEY)
    if kept is None:
        return redirect(url(request, "reservations_portal_bookings"))
    wish = _wish(request, kept)
    registration = next(
        (one for one in wish.registrations if one.number == kept["registration"]), wish.registrations[0]
    )
    pattern = Pattern(date.fromisoformat(kept["day"]), kept["every"], kept["times"])
    first = asked_with(
        kept, combination_id=int(kept["unit"]), day=pattern.first, starts=kept["starts"], ends=kept["ends"]
    )
    try:
        found = occurrences(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            registration=registration,
            wanted=repeated((first,), pattern),
        )
    except Refusal as refusal:  # no price, a unit that is offered no more
        return _back_to_form(request, wish, kept, refusal)
    can = [one for one in found if not one.faults]
    choices = [
        (one.day.isoformat(), _("%(day)s　%(yen)s") % {"day": day_words(one.day), "yen": yen(one.fee_yen)})
        for one in can
    ]
    form = DaysForm(
        request.POST if request.method == "POST" else None,
        days=choices,
        initial={"days": [day for day, _words in choices]},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["days"])
        asked = [one.asked[0] for one in can if one.day.isoformat() in chosen]
        try:
            with transaction.atomic():
                made: list[Booking] = book_series(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    registration=registration,
                    asked=asked,
                    channel=channel_of(request),
                    pattern=pattern,
                )
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            put_on(form, refusal)
            status = refusal.status
        else:
            forget(request, KEY)
            keep(request, DONE, {"numbers": [one.number for one in made]})
            return redirect(url(request, "reservations_portal_series_done"))
    return _check_page(request, wish, registration, kept, found, form, status=status)


def _back_to_form(request: HttpRequest, wish: Wish, kept: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The form again with what was typed and what is wrong with it."""
    if refusal.status == 404:
        raise Http404 from refusal
    posted: dict[str, Any] = {
        name: str(kept[name])
        for name in ("unit", "day", "starts", "ends", "purpose", "title", "every", "times", "registration")
    }
    posted |= {
        "people": str(kept["people"] or ""),
        "admission_yen": str(kept["admission_yen"] or ""),
        "extras": list(kept.get("extras", ())),
        **{f"equipment_{code}": str(count) for code, count in kept.get("equipment", {}).items()},
    }
    if kept.get("commercial"):
        posted["commercial"] = "on"
    form = _form(request, wish, data=posted, kept=kept)
    form.is_valid()
    put_on(form, refusal)
    return _form_page(request, wish, form, status=refusal.status)


def _check_page(
    request: HttpRequest,
    wish: Wish,
    registration: Registration,
    kept: dict[str, Any],
    found: Sequence[Occurrence],
    form: DaysForm,
    *,
    status: int,
) -> HttpResponse:
    can = [one for one in found if not one.faults]
    plan = wish.place.plan
    unit = plan.unit(int(kept["unit"]))
    return page(
        request,
        "reservations/portal/series_check.html",
        {
            "service": SERVICE,
            "steps": steps(),
            "rows": [
                {"key": _("施設・室場"), "value": use_name(named(wish.place.room.facility), plan, unit)},
                {"key": _("利用する時間"), "value": time_words(kept["starts"], kept["ends"])},
                {
                    "key": _("くり返し方"),
                    "value": _("%(every)s、%(times)s回")
                    % {"every": EVERY_WORDS[kept["every"]], "times": f"{kept['times']:,}"},
                },
                {"key": _("予約する登録"), "value": registration.name},
            ],
            "cannot": [
                {"day": day_words(one.day), "why": "".join(one.faults)} for one in found if one.faults
            ],
            "can": len(can),
            "total": yen(sum(one.fee_yen for one in can)),
            "fee": fee_table(
                can[0].quotes[0].document,
                caption=_("1回分の料金の計算（%(day)s）") % {"day": day_words(can[0].day)},
            )
            if can
            else {},
            "needs_approval": plan.needs_approval,
            "back_url": url(request, "reservations_portal_series", {"again": 1}),
        },
        form=form,
        status=status,
    )


# --- 完了 --------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def done(request: HttpRequest) -> HttpResponse:
    """くり返しの予約の完了 — every number; may be loaded again."""
    kept = typed(request, DONE)
    rows = own_bookings_of(actor=request.actor, numbers=kept["numbers"]) if kept else []  # type: ignore[attr-defined]
    if not rows:
        return redirect(url(request, "reservations_portal_bookings"))
    return page(
        request,
        "reservations/portal/series_done.html",
        {
            "service": SERVICE,
            "steps": steps(),
            "asked": rows[0].state == Booking.State.ASKED,
            "count": len(rows),
            "where": f"{named(rows[0].facility)} {named(rows[0].room)}",
            "total": yen(sum(one.fee_yen for one in rows)),
            "cards": [
                {
                    "title": day_words(one.day),
                    "url": url(request, "reservations_portal_booking", number=one.number),
                    "state": badge(one),
                    "facts": [
                        {"key": _("予約番号"), "value": group_in_fours(one.number)},
                        {"key": _("料金"), "value": yen(one.fee_yen)},
                    ],
                }
                for one in rows
            ],
            "bookings_url": url(request, "reservations_portal_bookings"),
            "index_url": url(request, "reservations_portal_index"),
        },
    )


urlpatterns = [
    path("book/series/", series, name="reservations_portal_series"),
    path("book/series/check/", check, name="reservations_portal_series_check"),
    path("book/series/done/", done, name="reservations_portal_series_done"),
]
