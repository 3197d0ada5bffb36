"""変更・一部の取消し・仮押えの引渡し at the counter — one page each: what is typed, what it costs, then the one button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions import bookings, checks
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.blocks import give_kept
from moyai.reservations.actions.changes import NotAPart
from moyai.reservations.actions.elsewhere import may_go
from moyai.reservations.actions.money import refund_of
from moyai.reservations.actions.quotes import requote
from moyai.reservations.actions.seen import still_as_seen
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import ChangeForm, RestForm, RoomForm, as_initial, asked_with
from moyai.reservations.forms.counter import GiveForm
from moyai.reservations.models import Booking, Room
from moyai.reservations.office.acts import ACTS, possible
from moyai.reservations.office.bookings import frame
from moyai.reservations.office.desk import Visit, attempt, booking_or_404, number_of, status_of, today_of, url
from moyai.reservations.office.use_form import alternatives, day_typed, place_of, use_form
from moyai.reservations.portal.fees_shown import fee_table, steps_table
from moyai.reservations.portal.naming import named
from moyai.reservations.queries.elsewhere import rooms_to_change_to
from moyai.reservations.queries.marks import Reader
from moyai.reservations.queries.previews import change_preview
from moyai.reservations.queries.registrations import class_on, registration_by_number
from moyai.reservations.rules.periods import change_reach
from moyai.reservations.rules.rooms import NotATime, clock_face
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import Form, page, yen


class NoSuchUser(Refusal):
    code = "no_such_registration"
    status = 422
    message = lazy("この番号の登録はありません。")  # type: ignore[assignment]


def _scene(request: Visit, asked: Asked) -> Scene:
    return scene(body=body_of(request.actor.body), asked=asked, today=today_of(request))


def _not_now(request: Visit, number: str) -> HttpResponse:
    messages.warning(request, _("今の状態または権限では、この操作はできません。"))
    return redirect(url(request, "booking", number=number))


def _page(
    request: Visit, one: Booking, act: str, form: Form, refusal: Refusal | None = None, **more: Any
) -> HttpResponse:
    heading = str(ACTS[act].label)
    context = frame(request, one)
    context["crumbs"] = [*context["crumbs"], (heading, "")]
    context |= {
        "heading": heading,
        "label": heading,
        "version": one.version,
        "back_url": url(request, "booking", number=one.number),
        **more,
    }
    return page(
        request,
        "reservations/office/booking_use.html",
        context,
        form=form,
        **status_of(refusal),
    )


def _quoting(request: Visit) -> bool:
    return request.POST.get("act") == "quote"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, number: str) -> HttpResponse:
    """予約の変更 — another time, unit, room, people or 備品, by the same rules; first what it costs, if asked for."""
    one = booking_or_404(request, number)
    if one.kind != Booking.Kind.USE or one.registration is None:
        return _not_now(request, number)
    known = _scene(request, Asked.of(one))
    if not possible(request, one, known, "change"):
        return _not_now(request, number)
    day = day_typed(request, one.day)
    reader = Reader(class_on(one.registration, on=today_of(request)), one.registration.kind)
    rooms = rooms_to_change_to(one, reach=change_reach(known.document("periods")), on=day)
    room = _room_asked(request, rooms)
    here = room.pk == one.room_id
    place = place_of(request, room, day, reader)
    if not place.plan.units:
        raise Http404
    unit = place.plan.unit(one.combination_id) or place.plan.units[0]
    form = use_form(
        request,
        ChangeForm,
        place,
        unit_id=unit.id,
        times=(one.starts, one.ends),
        initial={**_as_initial(known.asked), "unit": str(unit.id), "day": day},
        mine=[(one.starts, one.ends)] if here and day == one.day else [],
        but=one.pk,
    )
    more: dict[str, Any] = {"quotes": True, "rooms": _room_form(one, rooms, room)}
    if not here:
        more["says"] = _("%(name)sへの変更です。") % {"name": f"{named(room.facility)} {named(room)}"}
    if request.method != "POST" or not form.is_valid():
        return _page(request, one, "change", form, **more)
    asked = _asked(form)
    if _quoting(request):
        shown, refusal = attempt(form, lambda: _change_cost(request, one, known, asked))
        return _page(request, one, "change", form, refusal, **more, **(shown or {}))
    done, refusal = attempt(form, lambda: _changed(request, one, asked))
    if done is not None:
        messages.success(request, _("予約を変更しました。"))
        return redirect(url(request, "booking", number=number))
    near = alternatives(request, refusal) if isinstance(refusal, SlotTaken) else []
    return _page(request, one, "change", form, refusal, **more, near=near)


def _room_asked(request: Visit, rooms: Sequence[Room]) -> Room:
    """The room of the address, else its own. Raises Http404 for one it may not go to."""
    wanted = request.GET.get("room", "")
    found = next((room for room in rooms if str(room.pk) == wanted), None) if wanted else rooms[0]
    if found is None:
        raise Http404
    return found


def _room_form(one: Booking, rooms: Sequence[Room], chosen: Room) -> RoomForm | None:
    if len(rooms) == 1:
        return None
    words = [
        (
            room.pk,
            named(room) if room.facility_id == one.facility_id else f"{named(room.facility)} {named(room)}",
        )
        for room in rooms
    ]
    return RoomForm(rooms=words, initial={"room": chosen.pk}, auto_id="to_%s")


def _changed(request: Visit, one: Booking, asked: Asked) -> Booking:
    made: Booking = bookings.change(
        actor=request.actor,
        now=request.now,
        booking=one,
        asked=asked,
        version=number_of(request.POST.get("version", "")) or 0,
        channel="staff",
    )
    return made


def _change_cost(request: Visit, one: Booking, before: Scene, asked: Asked) -> dict[str, Any]:
    """The new fee with its steps, and what is to be paid or given back."""
    after = _scene(request, asked)
    may_go(before, after)
    checks.possible_times(after)
    assert one.registration is not None
    quoted = requote(booking=one, scene=after, registration=one.registration)
    preview = change_preview(
        booking=one,
        new_yen=quoted.fee_yen,
        terms=before.document("cancellation"),
        days_before=(one.day - today_of(request)).days,
    )
    difference = _("差額はありません。")
    if preview.more_yen > 0:
        difference = _("追加で納める額：%(yen)s") % {"yen": yen(preview.more_yen)}
    elif preview.more_yen < 0:
        difference = _("返す額（未納なら請求を減らす額）：%(yen)s") % {"yen": yen(-preview.more_yen)}
    return {"fee": fee_table(quoted.document, caption=_("変更後の料金の計算")), "total": difference}


def _as_initial(asked: Asked) -> dict[str, Any]:
    return {
        **as_initial(
            {
                "purpose": asked.purpose,
                "people": asked.people,
                "title": asked.title,
                "commercial": asked.commercial,
                "admission_yen": asked.admission_yen,
                "equipment": dict(asked.equipment),
                "extras": list(asked.extras),
            }
        ),
        "unit": str(asked.combination_id),
        "starts": asked.starts,
        "ends": asked.ends,
    }


def _asked(form: ChangeForm) -> Asked:
    kept = form.kept()
    return asked_with(
        kept,
        combination_id=kept["unit"],
        day=date.fromisoformat(kept["day"]),
        starts=kept["starts"],
        ends=kept["ends"],
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Visit, number: str) -> HttpResponse:
    """一部の取消し — what is to remain; first what that gives back, if asked for."""
    one = booking_or_404(request, number)
    if one.kind != Booking.Kind.USE or one.registration is None:
        return _not_now(request, number)
    known = _scene(request, Asked.of(one))
    if not possible(request, one, known, "part"):
        return _not_now(request, number)
    form = _rest_form(request, one, known)
    if request.method != "POST" or not form.is_valid():
        return _page(request, one, "part", form, quotes=True, says=_REST)
    given = form.cleaned_data
    rest = {"combination_id": int(given["unit"]), "starts": given["starts"], "ends": given["ends"]}
    if _quoting(request):
        shown, refusal = attempt(form, lambda: _rest_cost(request, one, known, rest))
        return _page(request, one, "part", form, refusal, quotes=True, says=_REST, **(shown or {}))
    done, refusal = attempt(
        form,
        lambda: bookings.cancel_part(
            actor=request.actor,
            now=request.now,
            booking=one,
            version=number_of(request.POST.get("version", "")) or 0,
            channel="staff",
            **rest,
        ),
    )
    if done is not None:
        messages.success(request, _("予約の一部を取り消しました。"))
        return redirect(url(request, "booking", number=number))
    return _page(request, one, "part", form, refusal, quotes=True, says=_REST)


_REST = lazy("残す分を選んでください。それ以外を取り消します。")


def _rest_form(request: Visit, one: Booking, known: Scene) -> RestForm:
    plan, parts = known.plan, set(known.unit.part_ids)
    names = {frame.starts: f"{named(frame)} " for frame in plan.frames}
    times = plan.choices(one.starts, one.ends)
    return RestForm(
        request.POST if request.method == "POST" else None,
        units=[(str(unit.id), named(unit)) for unit in plan.units if set(unit.part_ids) <= parts],
        starts=[(cell.starts, f"{names.get(cell.starts, '')}{clock_face(cell.starts)}") for cell in times],
        ends=[(cell.ends, f"{names.get(cell.starts, '')}{clock_face(cell.ends)}") for cell in times],
        initial={"unit": str(one.combination_id), "starts": one.starts, "ends": one.ends},
    )


def _rest_cost(request: Visit, one: Booking, known: Scene, rest: dict[str, Any]) -> dict[str, Any]:
    assert one.registration is not None
    after = _scene(request, Asked.of(one, **rest))
    try:
        after.plan.cells(rest["starts"], rest["ends"])
    except NotATime:
        raise NotAPart from None
    quoted = requote(booking=one, scene=after, registration=one.registration)
    back = refund_of(now=request.now, booking=one, scene=known, why="own", rest=quoted)
    return {
        "fee": fee_table(quoted.document, caption=_("残る分の料金")),
        "working": steps_table(back.steps, caption=_("返すお金の計算")) if back.steps else {},
        "total": _("返す額（未納なら請求を減らす額）：%(yen)s　取消料：%(kept)s")
        % {"yen": yen(back.yen), "kept": yen(back.kept_yen)},
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Visit, number: str) -> HttpResponse:
    """仮押えを利用者の予約にする — what he does not take of it is free."""
    one = booking_or_404(request, number)
    if not possible(request, one, None, "give"):
        return _not_now(request, number)
    place = place_of(request, one.room, one.day, Reader())
    form = use_form(
        request,
        GiveForm,
        place,
        unit_id=one.combination_id,
        times=(one.starts, one.ends),
        initial={
            "unit": str(one.combination_id),
            "day": one.day,
            "starts": one.starts,
            "ends": one.ends,
            "title": one.title,
        },
        mine=[(one.starts, one.ends)],
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, one, "give", form)
    done, refusal = attempt(form, lambda: _given(request, one, form))
    if done is not None:
        messages.success(request, _("仮押えを予約にしました。"))
        return redirect(url(request, "booking", number=done.number))
    return _page(request, one, "give", form, refusal)


def _given(request: Visit, one: Booking, form: GiveForm) -> Booking:
    registration = registration_by_number(actor=request.actor, number=form.cleaned_data["number"])
    if registration is None:
        raise NoSuchUser(fields={"number": str(NoSuchUser.message)})
    still_as_seen(one, number_of(request.POST.get("version", "")))
    made: Booking = give_kept(
        actor=request.actor, now=request.now, booking=one, registration=registration, asked=_asked(form)
    )
    return made


urlpatterns = [
    path("reservations/bookings/<str:number>/change/", change, name="reservations_office_booking_change"),
    path("reservations/bookings/<str:number>/part/", part, name="reservations_office_booking_part"),
    path("reservations/bookings/<str:number>/give/", give, name="reservations_office_booking_give"),
]
