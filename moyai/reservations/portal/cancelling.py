"""予約の取消し — the whole or a part; what is given back, and by which rule, stands above the button. Also 減免の申請."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.bookings import cancel as cancel_booking
from moyai.reservations.actions.bookings import cancel_part as cancel_a_part
from moyai.reservations.actions.money import refund_of
from moyai.reservations.actions.quotes import Quoted, reliefs_open_to, requote
from moyai.reservations.actions.reliefs import ask_relief
from moyai.reservations.forms.booking import RestForm, put_on
from moyai.reservations.models import Booking
from moyai.reservations.portal.fees_shown import fee_table, steps_table
from moyai.reservations.portal.filling import own_or_404, scene_of, slot
from moyai.reservations.portal.naming import SERVICE, named, url, use_name, when_words
from moyai.reservations.portal.places import today_of
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.own_bookings import booked_with
from moyai.reservations.queries.receivables import standing_of
from moyai.reservations.rules.cancellation import Refund
from moyai.reservations.rules.penalties import tenths_for
from moyai.reservations.rules.rooms import NotATime, clock_face
from moyai.tenants.public import Refusal
from moyai.ui.public import Form, group_in_fours, page, yen

S = Booking.State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """予約の取消し — GET shows what it means in yen, POST does it."""
    one = own_or_404(request, number)
    if one.state not in (S.ASKED, S.BOOKED):
        return _to_booking(request, one)
    if request.method == "POST":
        try:
            with transaction.atomic():
                cancel_booking(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    booking=one,
                    channel=channel_of(request),
                )
        except Refusal as refusal:
            return _told(request, one, refusal)
        messages.success(request, _("予約を取り消しました。"))
        return _to_booking(request, one)
    scene = scene_of(request, one)
    try:
        back = refund_of(now=request.now, booking=one, scene=scene, why="own")  # type: ignore[attr-defined]
    except Refusal as refusal:
        return _told(request, one, refusal)
    return page(
        request,
        "reservations/portal/cancel.html",
        {
            "service": SERVICE,
            "crumbs": _crumbs(request, one, _("予約の取消し")),
            **slot(request, one, scene),
            **_money(one, back),
            "points": _points(request, one, scene),
            "along": [
                f"{named(other.room)} {clock_face(other.starts)}–{clock_face(other.ends)}"
                for other in booked_with(one)
                if other.room.main_id == one.room_id and (other.weight == 0 or not other.room.alone)
            ],
            "back_url": url(request, "reservations_portal_booking", number=number),
        },
    )


def _money(one: Booking, back: Refund) -> dict[str, Any]:
    """What was paid, what comes back, what stays owed."""
    paid = standing_of(one).paid_yen
    returned = max(0, paid - back.kept_yen - back.rest_yen)
    return {
        "fee": yen(one.fee_yen) if one.fee_yen else "",
        "paid": yen(paid) if paid else "",
        "refund": yen(returned) if paid else "",
        "nothing_back": bool(paid) and not returned,
        "kept": yen(back.kept_yen) if back.kept_yen else "",
        "still": yen(back.kept_yen + back.rest_yen - paid) if back.kept_yen + back.rest_yen > paid else "",
        "working": steps_table(back.steps, caption=_("返すお金の計算"))
        if back.steps and (paid or back.kept_yen)
        else {},
    }


def _points(request: HttpRequest, one: Booking, scene: Scene) -> str:
    """違反点 of a cancellation today, in words; "" where there is none."""
    if one.state != S.BOOKED or not one.weight:
        return ""
    document = scene.policies.find("penalties", on=today_of(request))
    days = (one.day - today_of(request)).days
    tenths = tenths_for(document.document if document else None, why="late_cancel", days_before=days)
    return f"{tenths / 10:g}" if tenths else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel_part(request: HttpRequest, number: str) -> HttpResponse:
    """一部の取消し — what is to remain, then what that gives back, then the button."""
    one = own_or_404(request, number)
    if one.state not in (S.ASKED, S.BOOKED):
        return _to_booking(request, one)
    scene = scene_of(request, one)
    data = request.POST if request.method == "POST" else request.GET if "starts" in request.GET else None
    form = _rest_form(one, scene, data)
    if data is None or not form.is_valid():
        return _part_page(request, one, scene, form)
    given = form.cleaned_data
    rest = {"combination_id": int(given["unit"]), "starts": given["starts"], "ends": given["ends"]}
    if rest == {"combination_id": one.combination_id, "starts": one.starts, "ends": one.ends}:
        form.add_error(None, _("すべてが残る選び方です。取り消す分を除いて選んでください。"))
        return _part_page(request, one, scene, form)
    try:
        after = scene_of(request, one, **rest)
        after.plan.cells(rest["starts"], rest["ends"])
        if request.method == "POST":
            version = request.POST.get("version", "")
            with transaction.atomic():
                cancel_a_part(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    booking=one,
                    version=int(version) if version.isascii() and version.isdigit() else -1,
                    channel=channel_of(request),
                    **rest,
                )
            messages.success(request, _("予約の一部を取り消しました。"))
            return _to_booking(request, one)
        assert one.registration is not None  # a use is somebody's
        quoted = requote(booking=one, scene=after, registration=one.registration)
        back = refund_of(now=request.now, booking=one, scene=scene, why="own", rest=quoted)  # type: ignore[attr-defined]
    except NotATime:
        form.add_error("starts", _("この時間は選べません。表示された時間から選んでください。"))
        return _part_page(request, one, scene, form)
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from refusal
        put_on(form, refusal)
        return _part_page(request, one, scene, form, status=refusal.status)
    return _rest_page(request, one, after, quoted, back, given)


def _rest_form(one: Booking, scene: Scene, data: Any) -> RestForm:
    plan = scene.plan
    parts = set(scene.unit.part_ids)
    names = {frame.starts: f"{named(frame)} " for frame in plan.frames}
    times = plan.choices(one.starts, one.ends)
    return RestForm(
        data,
        units=[(str(unit.id), named(unit)) for unit in plan.units if set(unit.part_ids) <= parts],
        starts=[(cell.starts, f"{names.get(cell.starts, '')}{clock_face(cell.starts)}") for cell in times],
        ends=[(cell.ends, f"{names.get(cell.starts, '')}{clock_face(cell.ends)}") for cell in times],
        initial={"unit": str(one.combination_id), "starts": one.starts, "ends": one.ends},
    )


def _part_page(
    request: HttpRequest, one: Booking, scene: Scene, form: RestForm, *, status: int = 200
) -> HttpResponse:
    return page(
        request,
        "reservations/portal/cancel_part.html",
        {
            "service": SERVICE,
            "crumbs": _crumbs(request, one, _("予約の一部の取消し")),
            **slot(request, one, scene),
            "back_url": url(request, "reservations_portal_booking", number=one.number),
        },
        form=form,
        status=status,
    )


def _rest_page(
    request: HttpRequest, one: Booking, after: Scene, quoted: Quoted, back: Refund, given: dict[str, Any]
) -> HttpResponse:
    asked = after.asked
    return page(
        request,
        "reservations/portal/cancel_rest.html",
        {
            "service": SERVICE,
            "crumbs": _crumbs(request, one, _("予約の一部の取消し")),
            "number": one.number,
            "was": when_words(one.day, after.plan, one.starts, one.ends),
            "rest": f"{use_name(named(after.room.facility), after.plan, after.unit)} "
            + when_words(asked.day, after.plan, asked.starts, asked.ends),
            **_money(one, back),
            "new_fee": fee_table(quoted.document, caption=_("残る分の料金")),
            "unit": given["unit"],
            "starts": given["starts"],
            "ends": given["ends"],
            "version": one.version,
            "back_url": url(request, "reservations_portal_cancel_part", number=one.number),
        },
    )


# --- 減免 --------------------------------------------------------------------------------------------


class ReliefForm(Form):
    """減免の申請 — which one, and why."""

    relief = forms.ChoiceField(label=lazy("減免の種類"), widget=forms.RadioSelect)
    reason = forms.CharField(label=lazy("申請の理由"), widget=forms.Textarea, max_length=300)

    def __init__(self, *args: Any, reliefs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["relief"].choices = reliefs


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def relief(request: HttpRequest, number: str) -> HttpResponse:
    """減免を申請する — staff decide; the answer stands in the history of the booking."""
    one = own_or_404(request, number)
    if one.state not in (S.ASKED, S.BOOKED) or one.registration is None:
        return _to_booking(request, one)
    scene = scene_of(request, one)
    reliefs = reliefs_open_to(scene=scene, registration=one.registration)
    if not reliefs:
        raise Http404
    form = ReliefForm(request.POST if request.method == "POST" else None, reliefs=reliefs)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                ask_relief(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    booking=one,
                    relief=given["relief"],
                    reason=given["reason"],
                    channel=channel_of(request),
                )
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("減免を申請しました。結果は、この予約の経過に表示します。"))
            return _to_booking(request, one)
    return page(
        request,
        "reservations/portal/relief.html",
        {
            "service": SERVICE,
            "crumbs": _crumbs(request, one, _("減免の申請")),
            **slot(request, one, scene),
        },
        form=form,
    )


# --- how ---------------------------------------------------------------------------------------------


def _to_booking(request: HttpRequest, one: Booking) -> HttpResponse:
    return redirect(url(request, "reservations_portal_booking", number=one.number))


def _told(request: HttpRequest, one: Booking, refusal: Refusal) -> HttpResponse:
    """A refusal of the whole act: said on the page of the booking."""
    if refusal.status == 404:
        raise Http404 from refusal
    messages.warning(request, str(refusal.message))
    return _to_booking(request, one)


def _crumbs(request: HttpRequest, one: Booking, here: str) -> list[tuple[str, str | None]]:
    return [
        (_("自分の予約"), url(request, "reservations_portal_bookings")),
        (group_in_fours(one.number), url(request, "reservations_portal_booking", number=one.number)),
        (here, None),
    ]


urlpatterns = [
    path("bookings/<str:number>/cancel/", cancel, name="reservations_portal_cancel"),
    path("bookings/<str:number>/cancel-part/", cancel_part, name="reservations_portal_cancel_part"),
    path("bookings/<str:number>/relief/", relief, name="reservations_portal_relief"),
]
