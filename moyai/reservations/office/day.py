"""その日の利用 — every room of a facility on a day: who, when, state, what is to pay; 受付 of those who come."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import day_words
from moyai.reservations.actions.attendance import mark_used
from moyai.reservations.forms.counter import DayForm
from moyai.reservations.models import Booking, Facility
from moyai.reservations.office.desk import Visit, looked_over, number_of, today_of, url, who
from moyai.reservations.portal.naming import SERVICE, named
from moyai.reservations.portal.states import badge, money_badge
from moyai.reservations.queries.availability import RoomDay, day_matrix
from moyai.reservations.queries.bookings import day_list
from moyai.reservations.queries.counter import facilities
from moyai.reservations.queries.receivables import standings_of
from moyai.reservations.rules.rooms import clock_face
from moyai.reservations.words import closed
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import group_in_fours, page, yen

MENU = [(lazy("その日の利用"), "reservations_office_day")]
S, Kind = Booking.State, Booking.Kind
MOST = 200  # arrivals of one press
KEPT = {Kind.KEPT: lazy("仮押え"), Kind.BLOCK: lazy("保守・休止")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: Visit) -> HttpResponse:
    """GET shows the day; POST notes that the ticked ones came (受付)."""
    today = today_of(request)
    every = facilities(actor=request.actor, on=today)
    form = DayForm(
        {"facility": request.GET.get("facility", ""), "day": request.GET.get("day", "")},
        facilities=[(one.pk, named(one)) for one in every],
        today=today,
        every=False,
    )
    form.is_valid()
    wanted = form.cleaned_data.get("facility")
    chosen = next((one for one in every if one.pk == wanted), every[0] if every else None)
    on = form.cleaned_data.get("day") or today
    here = url(request, "day", {"facility": chosen.pk if chosen else "", "day": on.isoformat()})
    if request.method == "POST":
        return _arrived(request, here)
    # The address says what is shown, also where it named nothing.
    shown = DayForm(
        {"facility": chosen.pk if chosen else "", "day": request.GET.get("day") or on.isoformat()},
        facilities=[(one.pk, named(one)) for one in every],
        today=today,
        every=False,
    )
    shown.is_valid()
    found = _day(request, chosen, on) if chosen is not None else {}
    return page(
        request,
        "reservations/office/day.html",
        {
            "service": SERVICE,
            "here": url(request, "day"),
            "filter": shown,
            "facility": named(chosen) if chosen else "",
            "day": day_words(on),
            **found,
            "before_url": _other(request, chosen, on - timedelta(days=1)),
            "after_url": _other(request, chosen, on + timedelta(days=1)),
            "today_url": _other(request, chosen, today) if on != today else "",
            "counter_url": url(request, "counter"),
        },
    )


def _other(request: Visit, chosen: Facility | None, on: Any) -> str:
    return url(request, "day", {"facility": chosen.pk, "day": on.isoformat()}) if chosen else ""


def _day(request: Visit, chosen: Facility, on: Any) -> dict[str, Any]:
    body = body_of(request.actor.body)
    rooms = day_matrix(body=body, day=on, now=request.now, rooms=chosen).rooms
    rows = day_list(body=body, day=on, facility=chosen)
    looked_over(request, "day", map(who, rows))
    standings = standings_of([one for one in rows if one.kind == Kind.USE])
    of_room: dict[int, list[Booking]] = defaultdict(list)
    for one in rows:
        of_room[one.room_id].append(one)
    lines: list[list[Any]] = []
    for room in rooms:
        if not room.plan.in_use(on) and room.plan.id not in of_room:
            continue
        lines += [_line(request, one, standings.get(one.pk), on) for one in of_room[room.plan.id]] or [
            _empty(room)
        ]
    return {
        "table": {
            "caption": _("%(facility)s　%(day)s") % {"facility": named(chosen), "day": day_words(on)},
            "dense": True,
            "columns": [
                {"label": _("室場")},
                {"label": _("時間")},
                {"label": _("利用者")},
                {"label": _("予約番号")},
                {"label": _("人数"), "numeric": True},
                {"label": _("状態")},
                {"label": _("支払い")},
                {"label": _("受付")},
            ],
            "rows": lines,
            "empty": _("この施設には室場がありません。"),
        },
        "may_arrive": on <= today_of(request) and any(one.state == S.BOOKED and one.kind == Kind.USE for one in rows),
    }


def _line(request: Visit, one: Booking, standing: Any, on: Any) -> list[Any]:
    name = named(one.room)
    if one.combination.name != one.room.name:
        name = f"{name} {named(one.combination)}"
    number = group_in_fours(one.number)
    use = one.kind == Kind.USE
    waits = bool(getattr(one, "waiting_requests", ()))
    state = badge(one) if use else {"kind": "locked", "word": str(KEPT[Kind(one.kind)])}
    if waits:
        state = {"kind": "attention", "word": _("伺い中")}
    paid: Any = None
    if standing is not None and standing.unpaid_yen:
        paid = {
            "text": _("%(yen)sを受け取る") % {"yen": yen(standing.unpaid_yen)},
            "url": f"{url(request, 'booking', number=one.number)}#money",
        }
    elif standing is not None and (found := money_badge(standing)):
        paid = {"state": found}
    arrives = use and one.state == S.BOOKED and on <= today_of(request)
    return [
        {"text": name, "head": True},
        f"{clock_face(one.starts)}–{clock_face(one.ends)}",
        who(one) or None,
        {"text": number, "url": url(request, "booking", number=one.number)},
        one.people,
        {"state": state},
        paid,
        {"checkbox": "chosen", "value": one.number, "text": number} if arrives else None,
    ]


def _empty(room: RoomDay) -> list[Any]:
    """A room nobody uses: closed, or nothing booked."""
    said = _("予約なし") if room.opening.open else closed(room.opening)
    return [{"text": named(room.plan), "head": True}, None, said, None, None, None, None, None]


def _arrived(request: Visit, back: str) -> HttpResponse:
    """受付 — each by itself: what cannot be noted is named and left."""
    numbers = [text for text in request.POST.getlist("chosen")[:MOST] if number_of(text) is not None]
    if not numbers:
        messages.error(request, _("対象を1件以上選んでください。"))
        return redirect(back)
    rows = Booking.objects.filter(
        body=body_of(request.actor.body), number__in=numbers, kind=Kind.USE
    ).order_by("one_person", "registration_id", "id")  # as persons and registrations are locked
    came = 0
    for row in rows:
        try:
            with transaction.atomic():
                mark_used(actor=request.actor, now=request.now, booking=row)
            came += 1
        except Refusal as refusal:
            messages.warning(request, f"{group_in_fours(row.number)}：{refusal.message}")
    if came:
        said = _("%(count)s件の受付をしました。")
        messages.success(request, said % {"count": came})
    return redirect(back)


urlpatterns = [path("reservations/", day, name="reservations_office_day")]
