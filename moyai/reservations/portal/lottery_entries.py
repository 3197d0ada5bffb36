"""抽選の申込み of residents: collect wishes and enter; what became of an entry is in `own_entries`.

The wishes chosen so far stand in the address (`w=unit:day:from-until`), so every step is a plain page that can be gone
back from; nothing is stored until the entry is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import day_words
from moyai.reservations.actions.lotteries.entries import Wish, enter_lottery
from moyai.reservations.forms.lotteries import EntryForm, RoomForm, WishForm
from moyai.reservations.models import Room, Round
from moyai.reservations.portal.lotteries import shown_round, url
from moyai.reservations.portal.naming import time_words
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.who import usable_registrations
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.lotteries import (
    rooms_of_round,
    unit_words,
)
from moyai.reservations.queries.masters import plan_of, purposes_of
from moyai.reservations.queries.opening import openings
from moyai.reservations.rules.rooms import MIDNIGHT, RoomPlan
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import page


def read_wishes(values: Sequence[str], most: int) -> list[Wish]:
    """The wishes in an address; what is none is left out."""
    found = []
    for value in values[:most]:
        unit, _colon, rest = value.partition(":")
        day, _colon, times = rest.partition(":")
        starts, _dash, ends = times.partition("-")
        try:
            wish = Wish(int(unit), date.fromisoformat(day), int(starts), int(ends))
        except ValueError:
            continue
        if 0 <= wish.starts < wish.ends <= MIDNIGHT and 0 < wish.combination_id < 2**62 and wish not in found:
            found.append(wish)
    return found


def written(wish: Wish) -> str:
    return f"{wish.combination_id}:{wish.day.isoformat()}:{wish.starts}-{wish.ends}"


def address(request: HttpRequest, name: str, round: Round, wishes: Sequence[Wish], **more: str) -> str:
    asked = [*(("w", written(one)) for one in wishes), *more.items()]
    return url(request, name, round_id=round.pk) + (f"?{urlencode(asked)}" if asked else "")


def open_round(request: HttpRequest, round_id: int) -> Round | None:
    """The round, if it takes entries now."""
    found = shown_round(request, round_id)
    now = request.now  # type: ignore[attr-defined]
    return found if found.state == Round.State.OPEN and found.enter_from <= now < found.enter_until else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def enter(request: HttpRequest, round_id: int) -> HttpResponse:
    """抽選に申し込む — the wishes in their order, who enters, and what for."""
    round = open_round(request, round_id)
    if round is None:
        messages.warning(request, _("この抽選は、申込みの受付期間ではありません。"))
        return redirect(url(request, "round", round_id=round_id))
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method != "POST" and "room" in request.GET and "w" not in request.GET:
        return redirect(f"{url(request, 'wish', round_id=round.pk)}?{request.GET.urlencode()}")
    registrations = usable_registrations(request)
    source = request.POST if request.method == "POST" else request.GET
    wishes = read_wishes(source.getlist("w"), round.wishes)
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        registrations=registrations,
        purposes=purposes_of(body_of(actor.body)),
        rooms=rooms_of_round(round),
    )
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in registrations if one.number == form.cleaned_data["registration"])
        try:
            with transaction.atomic():
                made = enter_lottery(
                    actor=actor,
                    now=now,
                    round=round,
                    registration=chosen,
                    wishes=wishes,
                    channel=channel_of(request),
                    purpose=form.cleaned_data["purpose"],
                    people=form.cleaned_data["people"],
                )
        except Refusal as refusal:
            _put(form, refusal)
        else:
            messages.success(request, _("抽選の申込みを受け付けました。"))
            return redirect(url(request, "entry", number=made.number))
    units = unit_words(body_of(actor.body), [one.combination_id for one in wishes])
    shown = [
        {
            "number": at,
            "value": written(one),
            "words": f"{day_words(one.day)} {time_words(one.starts, one.ends)} {units.get(one.combination_id, '')}",
            "remove_url": address(request, "enter", round, [w for w in wishes if w != one]),
            "up_url": address(request, "enter", round, _up(wishes, at - 1)) if at > 1 else "",
        }
        for at, one in enumerate(wishes, 1)
        if one.combination_id in units
    ]
    context = {
        "service": _("施設予約"),
        "crumbs": _crumbs(request, round, (_("申し込む"), None)),
        "round": round,
        "wishes": shown,
        "add_url": address(request, "wish", round, wishes) if len(wishes) < round.wishes else "",
        "registrations_url": url(request, "registrations") if not registrations else "",
        "next_number": len(shown) + 1,
    }
    return page(request, "reservations/portal/enter.html", context, form=form)


@never_cache
@require_safe
@signed_in
def wish(request: HttpRequest, round_id: int) -> HttpResponse:
    """希望をえらぶ — the room, then its unit, day and times; then back to the entry."""
    round = open_round(request, round_id)
    if round is None:
        return redirect(url(request, "round", round_id=round_id))
    wishes = read_wishes(request.GET.getlist("w"), round.wishes)
    rooms = rooms_of_round(round)
    room = next((one for one in rooms if str(one.pk) == request.GET.get("room")), None)
    if room is None and len(rooms) == 1:
        room = rooms[0]
    context: dict[str, Any] = {
        "service": _("施設予約"),
        "crumbs": _crumbs(
            request,
            round,
            (_("申し込む"), address(request, "enter", round, wishes)),
            (_("希望を選ぶ"), None),
        ),
        "round": round,
        "kept": [written(one) for one in wishes],
        "number": len(wishes) + 1,
    }
    if room is None:
        form: Any = RoomForm(request.GET if "room" in request.GET else None, rooms=rooms)
        return page(request, "reservations/portal/wish_room.html", context, form=form)
    plan, days, times = _offered(room, round)
    chosen = {name: request.GET[name] for name in ("unit", "day", "starts", "ends") if name in request.GET}
    if "from" in request.GET:
        chosen["starts"] = request.GET["from"]
    whole = {"unit", "day", "starts", "ends"} <= chosen.keys() and "from" not in request.GET
    form = WishForm(request.GET if whole else None, plan=plan, days=days, times=times, initial=chosen)
    if whole and form.is_valid():
        found = form.wish()
        if found.ends <= found.starts:
            form.add_error("ends", _("終了を、開始より後にしてください。"))
        elif found in wishes:
            form.add_error("day", _("同じ希望が、すでにあります。"))
        else:
            return redirect(address(request, "enter", round, [*wishes, found]))
    context |= {
        "room": room,
        "others_url": address(request, "wish", round, wishes) if len(rooms) > 1 else "",
        "nothing": not days or not times,
    }
    return page(request, "reservations/portal/wish.html", context, form=form)


# --- how --------------------------------------------------------------------------------------------


def _put(form: Any, refusal: Refusal) -> None:
    """A refusal beside its field; wishes are no boxes of the form and are said above it."""
    for name, text in (refusal.fields or {"": refusal.message}).items():
        if name in form.fields:
            form.add_error(name, str(text))
        elif name.startswith("wish_"):
            number = name.removeprefix("wish_")
            form.add_error(None, _("第%(number)s希望：%(text)s") % {"number": number, "text": text})
        else:
            form.add_error(None, str(text))


def _up(wishes: Sequence[Wish], at: int) -> list[Wish]:
    """The wishes with one moved before its neighbour."""
    moved = list(wishes)
    moved[at - 1], moved[at] = moved[at], moved[at - 1]
    return moved


def _offered(room: Room, round: Round) -> tuple[RoomPlan, list[date], list[tuple[int, int, str]]]:
    """The room as it is on the first day, the days on which it is open, and its frames or steps."""
    plan = plan_of(room, round.for_from)
    span = [round.for_from + timedelta(days=at) for at in range((round.for_until - round.for_from).days + 1)]
    opened = openings([plan], span)
    days = [day for day in span if opened[plan.id, day].open]
    opens = min((opened[plan.id, day].opens for day in days), default=0)
    closes = max((opened[plan.id, day].closes for day in days), default=0)
    return plan, days, [(one.starts, one.ends, one.name) for one in plan.choices(opens, closes)]


def _crumbs(
    request: HttpRequest, round: Round, *more: tuple[str, str | None]
) -> list[tuple[str, str | None]]:
    return [
        (_("抽選"), url(request, "lotteries")),
        (round.title, url(request, "round", round_id=round.pk)),
        *more,
    ]


urlpatterns = [
    path("lotteries/<int:round_id>/enter/", enter, name="reservations_portal_enter"),
    path("lotteries/<int:round_id>/wish/", wish, name="reservations_portal_wish"),
]
