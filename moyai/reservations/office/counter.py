"""窓口での予約 — who came, and which room on which day; the form itself is in `counter_booking`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import looked
from moyai.calendars.public import day_words
from moyai.reservations.forms.counter import DayForm, FindForm
from moyai.reservations.models import Facility, Registration
from moyai.reservations.office.desk import Visit, looked_over, today_of, url
from moyai.reservations.office.use_form import (
    free_words,
)
from moyai.reservations.portal.naming import CLASS_WORDS, KIND_WORDS, SERVICE, named
from moyai.reservations.queries.availability import RoomDay, day_matrix
from moyai.reservations.queries.counter import facilities
from moyai.reservations.queries.registrations import (
    Wanted,
    class_on,
    registration_by_number,
    registrations,
)
from moyai.reservations.wording_users import badge as registration_badge
from moyai.reservations.words import closed
from moyai.tenants.public import body_of
from moyai.ui.public import group_in_fours, page, phone_shown

MENU = [(lazy("窓口で予約する"), "reservations_office_counter")]


@never_cache
@require_http_methods(["GET", "HEAD"])
def counter(request: Visit) -> HttpResponse:
    """利用者をさがす — by number, name, kana or phone."""
    form = FindForm(request.GET if "q" in request.GET else None)
    rows: list[Registration] = []
    if form.is_bound and form.is_valid():
        rows = registrations(
            actor=request.actor, wanted=Wanted(view="all", words=form.cleaned_data["q"])
        ).rows
    looked_over(request, "counter", (one.name for one in rows))
    today = today_of(request)
    return page(
        request,
        "reservations/office/counter.html",
        {
            "service": SERVICE,
            "asked": form.is_bound and form.is_valid(),
            "found": bool(rows),
            "table": {
                "caption": _("利用者"),
                "dense": True,
                "columns": [
                    {"label": _("利用者番号")},
                    {"label": _("氏名・団体名")},
                    {"label": _("フリガナ")},
                    {"label": _("種類")},
                    {"label": _("電話番号")},
                    {"label": _("状態")},
                ],
                "rows": [
                    [
                        {
                            "text": group_in_fours(one.number),
                            "url": url(request, "counter_place", number=one.number),
                            "head": True,
                        },
                        one.name or None,
                        one.kana or None,
                        KIND_WORDS[one.kind],
                        phone_shown(one.phone) if one.phone else None,
                        {"state": registration_badge(one, on=today)},
                    ]
                    for one in rows
                ],
            },
            "new_url": url(request, "registration_new", kind="person"),
            "registrations_url": url(request, "registrations"),
        },
        form=form,
    )


def person_or_404(request: Visit, number: str) -> Registration:
    found = registration_by_number(actor=request.actor, number=number)
    if found is None or found.forgotten_on is not None:
        raise Http404
    return found


def identity_of(request: Visit, row: Registration) -> dict[str, Any]:
    today = today_of(request)
    return {
        "name": row.name,
        "identity": [
            {"key": _("利用者番号"), "value": group_in_fours(row.number)},
            {"key": _("種類"), "value": KIND_WORDS[row.kind]},
            {"key": _("区分"), "value": CLASS_WORDS[class_on(row, on=today)]},
        ],
        "state": registration_badge(row, on=today),
    }


@never_cache
@require_http_methods(["GET", "HEAD"])
def place(request: Visit, number: str) -> HttpResponse:
    """室場をえらぶ — what is free in a facility on a day."""
    row = person_or_404(request, number)
    looked(actor=request.actor, now=request.now, verb="reservations.view_registration", thing=row)
    today = today_of(request)
    every = facilities(actor=request.actor, on=today)
    choices = [(one.pk, named(one)) for one in every]
    form = DayForm(
        request.GET if "day" in request.GET else None, facilities=choices, today=today, every=False
    )
    chosen: Facility | None = None
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data.get("facility")
        chosen = next((one for one in every if one.pk == wanted), None)
    on = (form.cleaned_data.get("day") if form.is_bound and form.is_valid() else None) or today
    return page(
        request,
        "reservations/office/counter_place.html",
        {
            "service": SERVICE,
            **identity_of(request, row),
            "here": url(request, "counter_place", number=number),
            "filter": form,
            "table": _free_table(request, row, chosen, on) if chosen is not None else {},
            "crumbs": [
                (_("窓口で予約する"), url(request, "counter")),
                (_("室場をえらぶ"), ""),
            ],
        },
    )


def _free_table(request: Visit, row: Registration, chosen: Facility, on: date) -> dict[str, Any]:
    rooms = day_matrix(body=body_of(request.actor.body), day=on, now=request.now, rooms=chosen).rooms
    return {
        "caption": _("%(facility)s　%(day)sの空き") % {"facility": named(chosen), "day": day_words(on)},
        "dense": True,
        "columns": [
            {"label": _("室場と利用単位")},
            {"label": _("定員"), "numeric": True},
            {"label": _("空いている時間")},
        ],
        "rows": [
            line
            for room in rooms
            if room.plan.in_use(on)
            and (room.plan.alone or not room.plan.main_id)  # the others go with their main room
            for line in _free_lines(request, row, room, on)
        ],
        "empty": _("この施設には室場がありません。"),
    }


def _free_lines(request: Visit, row: Registration, room: RoomDay, on: date) -> list[list[Any]]:
    if not room.opening.open:
        return [[{"text": named(room.plan), "head": True}, None, closed(room.opening)]]
    lines: list[list[Any]] = []
    for one in room.units:
        name = f"{named(room.plan)} {named(one.unit)}" if len(room.units) > 1 else named(room.plan)
        link = url(
            request, "counter_book", {"day": on.isoformat()}, number=row.number, combination_id=one.unit.id
        )
        lines.append(
            [
                {"text": name, "url": link, "head": True},
                one.unit.capacity,
                free_words(one) or _("空きなし"),
            ]
        )
    return lines


urlpatterns = [
    path("reservations/counter/", counter, name="reservations_office_counter"),
    path("reservations/counter/<str:number>/", place, name="reservations_office_counter_place"),
]
