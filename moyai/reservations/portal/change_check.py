"""変更内容の確認 — before and after, the new fee with its steps; done, or refused with what is free nearby."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.bookings import change as change_booking
from moyai.reservations.actions.making import NotInState, TooLate
from moyai.reservations.actions.quotes import FeeUnknown, Quoted, requote
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import asked_with, put_on
from moyai.reservations.models import Booking
from moyai.reservations.portal.changing import (
    change_form,
    change_page,
    crumbs_of,
    gone_from,
    key_of,
    place_to_change,
    room_asked,
    rooms_offered,
)
from moyai.reservations.portal.fees_shown import fee_table, steps_table
from moyai.reservations.portal.filling import own_or_404, scene_of, use_rows
from moyai.reservations.portal.naming import SERVICE, named, url, use_name, when_words
from moyai.reservations.portal.places import (
    today_of,
)
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.typed import forget, typed
from moyai.reservations.queries.alternatives import nearest
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.previews import change_preview
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import page, yen


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change_check(request: HttpRequest, number: str) -> HttpResponse:
    """変更内容の確認 — before and after, the new fee with its steps, what is to be paid or given back."""
    one = own_or_404(request, number)
    if (elsewhere := gone_from(request, one)) is not None:
        return elsewhere
    kept = typed(request, key_of(number))
    if kept is None:
        return redirect(url(request, "reservations_portal_change", number=number))
    asked = asked_with(
        kept,
        combination_id=kept["unit"],
        day=date.fromisoformat(kept["day"]),
        starts=kept["starts"],
        ends=kept["ends"],
    )
    if request.method == "POST":
        try:
            with transaction.atomic():
                changed: Booking = change_booking(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    booking=one,
                    asked=asked,
                    version=kept.get("version"),
                    channel=channel_of(request),
                )
        except Refusal as refusal:
            return _refused(request, one, kept, refusal)
        forget(request, key_of(number))
        messages.success(request, _("予約を変更しました。"))
        return redirect(url(request, "reservations_portal_booking", number=changed.number))
    try:
        after = scene_of(
            request,
            one,
            combination_id=asked.combination_id,
            day=asked.day,
            starts=asked.starts,
            ends=asked.ends,
            purpose=asked.purpose,
            people=asked.people,
            title=asked.title,
            commercial=asked.commercial,
            admission_yen=asked.admission_yen,
            equipment=asked.equipment,
            extras=asked.extras,
        )
        assert one.registration is not None
        after.plan.cells(asked.starts, asked.ends)
        quoted = requote(booking=one, scene=after, registration=one.registration)
    except (FeeUnknown, ValueError) as wrong:
        unknown = wrong if isinstance(wrong, FeeUnknown) else FeeUnknown()
        return _refused(request, one, kept, unknown)
    return _check_page(request, one, after, quoted)


def _check_page(request: HttpRequest, one: Booking, after: Scene, quoted: Quoted) -> HttpResponse:
    before = scene_of(request, one)
    preview = change_preview(
        booking=one,
        new_yen=quoted.fee_yen,
        terms=before.document("cancellation"),
        days_before=(one.day - today_of(request)).days,
    )
    old = [*_place_rows(before), *use_rows(request, before, one)]
    new = [*_place_rows(after), *use_rows(request, after, one)]
    return page(
        request,
        "reservations/portal/change_check.html",
        {
            "service": SERVICE,
            "crumbs": crumbs_of(request, one, _("変更内容の確認")),
            "changes": _changes(old, new),
            "fee": fee_table(quoted.document),
            "working": steps_table(preview.changed.steps, caption=_("変更による差額の計算"))
            if preview.changed is not None and preview.changed.steps
            else {},
            "old_yen": yen(one.fee_yen),
            "new_yen": yen(quoted.fee_yen),
            "more": yen(preview.more_yen) if preview.more_yen > 0 else "",
            "less": yen(-preview.more_yen) if preview.more_yen < 0 else "",
            "back_url": url(request, "reservations_portal_change", number=one.number),
            "booking_url": url(request, "reservations_portal_booking", number=one.number),
        },
    )


def _place_rows(scene: Scene) -> list[dict[str, Any]]:
    asked = scene.asked
    return [
        {"key": _("施設・室場"), "value": use_name(named(scene.room.facility), scene.plan, scene.unit)},
        {"key": _("利用日時"), "value": when_words(asked.day, scene.plan, asked.starts, asked.ends)},
    ]


def _changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, Any]:
    """Only what differs, old and new."""
    was = {row["key"]: str(row["value"] or "") for row in old}
    will = {row["key"]: str(row["value"] or "") for row in new}
    rows = [
        [{"text": key, "head": True}, was.get(key) or None, will.get(key) or None]
        for key in {**was, **will}
        if was.get(key, "") != will.get(key, "")
    ]
    return {
        "caption": _("変わるところ"),
        "columns": [{"label": _("項目")}, {"label": _("いま")}, {"label": _("変更後")}],
        "rows": rows,
        "empty": _("変わるところはありません。"),
        "cards": True,
    }


def _refused(request: HttpRequest, one: Booking, kept: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The form again with everything that was typed; where the place is taken, the nearest that are free."""
    if refusal.status == 404:
        raise Http404 from refusal
    if isinstance(refusal, (TooLate, NotInState)):
        messages.warning(request, str(refusal.message))
        return redirect(url(request, "reservations_portal_booking", number=one.number))
    scene = scene_of(request, one)
    posted: dict[str, Any] = {
        name: str(kept[name]) for name in ("unit", "day", "starts", "ends", "purpose", "title")
    }
    posted |= {
        "people": str(kept["people"] or ""),
        "admission_yen": str(kept["admission_yen"] or ""),
        "extras": list(kept.get("extras", ())),
        **{f"equipment_{code}": str(count) for code, count in kept.get("equipment", {}).items()},
    }
    if kept.get("commercial"):
        posted["commercial"] = "on"
    day = date.fromisoformat(kept["day"])
    rooms = rooms_offered(request, one, scene, day)
    place = place_to_change(request, one, room_asked(request, rooms, kept), day)
    form = change_form(request, one, place, data=posted, kept=kept)
    form.is_valid()
    put_on(form, refusal)
    return change_page(
        request,
        one,
        scene,
        form,
        place=place,
        rooms=rooms,
        status=refusal.status,
        alternatives=_alternatives(request, refusal),
    )


def _alternatives(request: HttpRequest, refusal: Refusal) -> list[str]:
    if not isinstance(refusal, SlotTaken):
        return []
    found = nearest(
        body=body_of(request.actor.body),  # type: ignore[attr-defined]
        combination_id=refusal.combination_id,
        day=refusal.day,
        starts=refusal.starts,
        ends=refusal.ends,
        now=request.now,  # type: ignore[attr-defined]
    )
    return [
        f"{when_words(one.day, one.plan, one.starts, one.ends)} {named(one.plan)} {named(one.unit)}"
        for one in found
    ]


urlpatterns = [
    path("bookings/<str:number>/change/check/", change_check, name="reservations_portal_change_check"),
]
