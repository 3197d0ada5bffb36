"""予約の入力から完了まで — details while the place is held, the check page with every step of the fee, booked, done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from moyai.calendars.public import day_words, moment_words
from moyai.people.public import AnswerAnew
from moyai.reservations.actions.asked import Asked, Scene, scenes
from moyai.reservations.actions.bookings import HoldOver, book, drop_hold
from moyai.reservations.actions.judging import attached_in
from moyai.reservations.actions.quotes import FeeUnknown, Quoted, quote_for
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import DetailsForm, asked_with, put_on
from moyai.reservations.models import Booking
from moyai.reservations.portal.choosing import choice_url, taken_page
from moyai.reservations.portal.details import details_form
from moyai.reservations.portal.fees_shown import fee_table, tier_rows
from moyai.reservations.portal.naming import SERVICE, named, url, use_name, when_words
from moyai.reservations.portal.places import today_of
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.states import badge
from moyai.reservations.portal.typed import forget, keep, typed
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.masters import equipment_for, purposes_of
from moyai.reservations.queries.own_bookings import own_booking
from moyai.reservations.queries.receivables import standing_of
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import page, yen


class AttachedTaken(Refusal):
    code = "attached_taken"
    message = lazy("一緒に予約する付属の室場が、先に予約されました。もう一度選んでください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"attached": str(self.message)})


STEPS = (lazy("時間を選ぶ"), lazy("内容の入力"), lazy("確認"), lazy("完了"))


def steps() -> list[dict[str, str]]:
    return [{"label": str(one)} for one in STEPS]


def own_or_404(request: HttpRequest, number: str) -> Booking:
    found = own_booking(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def scene_of(request: HttpRequest, booking: Booking, **other: Any) -> Scene:
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    return scenes(body=body, asked=[Asked.of(booking, **other)], today=today_of(request))[0]


# --- pages -------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def details(request: HttpRequest, number: str) -> HttpResponse:
    """内容の入力 — while the place is held."""
    booking = own_or_404(request, number)
    if (elsewhere := _no_hold(request, booking)) is not None:
        return elsewhere
    scene = scene_of(request, booking)
    data = request.POST if request.method == "POST" else None
    form = details_form(request, booking, scene, data=data, kept=typed(request, number))
    if request.method == "POST" and form.is_valid():
        keep(request, number, form.kept())
        return redirect(url(request, "reservations_portal_check", number=number))
    return _details_page(request, booking, scene, form)


def _details_page(
    request: HttpRequest, booking: Booking, scene: Scene, form: DetailsForm, *, status: int = 200
) -> HttpResponse:
    return page(
        request,
        "reservations/portal/details.html",
        {
            "service": SERVICE,
            "steps": steps(),
            **slot(request, booking, scene),
            "capacity": scene.unit.capacity,
            "here": url(request, "reservations_portal_details", number=booking.number),
            "drop_url": url(request, "reservations_portal_drop", number=booking.number),
        },
        form=form,
        status=status,
    )


def slot(request: HttpRequest, booking: Booking, scene: Scene) -> dict[str, Any]:
    """The slot card: where, when, until when it is held."""
    asked = scene.asked
    over = booking.held_until is not None and booking.held_until <= request.now  # type: ignore[attr-defined]
    return {
        "number": booking.number,
        "where": use_name(named(scene.room.facility), scene.plan, scene.unit),
        "when": when_words(asked.day, scene.plan, asked.starts, asked.ends),
        "held_until": moment_words(booking.held_until) if booking.held_until and not over else "",
        "hold_over": over,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request: HttpRequest, number: str) -> HttpResponse:
    """予約内容の確認 — what was typed, the fee with every step, what a cancellation gives back; then the one button."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    booking = own_or_404(request, number)
    if (elsewhere := _no_hold(request, booking)) is not None:
        return elsewhere
    kept = typed(request, number)
    if kept is None or not kept.get("purpose"):
        return redirect(url(request, "reservations_portal_details", number=number))
    wanted = _wanted(booking, kept)
    registration = booking.registration
    assert registration is not None  # a use is somebody's
    if request.method == "POST":
        try:
            made: Booking = book(
                actor=actor,
                now=now,
                registration=registration,
                asked=wanted[0],
                channel=channel_of(request),
                held=booking,
                attached=wanted[1:],
            )
        except HoldOver:
            return redirect(url(request, "reservations_portal_details", number=number))
        except Refusal as refusal:
            if refusal.status == 404:
                raise Http404 from refusal
            said = refusal
            raise AnswerAnew(lambda: _not_booked(request, booking, kept, said)) from None
        return redirect(url(request, "reservations_portal_done", number=made.number))
    return _check_page(request, booking, wanted, kept)


def _not_booked(
    request: HttpRequest, booking: Booking, kept: dict[str, Any], refusal: Refusal
) -> HttpResponse:
    if not isinstance(refusal, SlotTaken):
        return _refused(request, booking, kept, refusal)
    if refusal.combination_id != booking.combination_id:  # a 付属室場: the room itself is still held
        return _refused(request, booking, {**kept, "attached": []}, AttachedTaken())
    number = booking.registration.number if booking.registration is not None else ""
    return taken_page(request, refusal, registration=number, before=booking.number)


def _wanted(booking: Booking, kept: dict[str, Any]) -> list[Asked]:
    """The room itself and the attached rooms, all at the time that is held."""
    when: dict[str, Any] = {"day": booking.day, "starts": booking.starts, "ends": booking.ends}
    main = asked_with(kept, combination_id=booking.combination_id, **when)
    along: dict[str, Any] = {"purpose": main.purpose, "title": main.title, "commercial": main.commercial}
    return [
        main,
        *(Asked(combination_id=int(one), **when, **along) for one in kept.get("attached", ())),
    ]


def _refused(request: HttpRequest, booking: Booking, kept: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """A rule said no: the form again, with what was typed and the reason beside its field."""
    scene = scene_of(request, booking)
    form = details_form(request, booking, scene, data=_as_posted(kept), kept=kept)
    form.is_valid()
    put_on(form, refusal)
    return _details_page(request, booking, scene, form, status=refusal.status)


def _as_posted(kept: dict[str, Any]) -> dict[str, Any]:
    posted: dict[str, Any] = {
        name: kept[name] for name in ("purpose", "title", "extras", "attached") if kept.get(name)
    }
    if kept.get("people"):
        posted["people"] = str(kept["people"])
    if kept.get("commercial"):
        posted["commercial"] = "on"
    if kept.get("admission_yen"):
        posted["admission_yen"] = str(kept["admission_yen"])
    return posted | {f"equipment_{code}": str(count) for code, count in kept.get("equipment", {}).items()}


def _check_page(
    request: HttpRequest, booking: Booking, wanted: Sequence[Asked], kept: dict[str, Any]
) -> HttpResponse:
    body, today = body_of(request.actor.body), today_of(request)  # type: ignore[attr-defined]
    try:
        known = scenes(body=body, asked=wanted, today=today)
    except Refusal as refusal:  # an attached room that is offered no more
        return _refused(request, booking, {**kept, "attached": []}, refusal)
    registration = booking.registration
    assert registration is not None
    try:
        quotes = [
            quote_for(scene=one, registration=registration, with_main=attached_in(one, known))
            for one in known
        ]
    except FeeUnknown as refusal:
        return _refused(request, booking, kept, refusal)
    total = sum(one.fee_yen for one in quotes)
    main = known[0]
    return page(
        request,
        "reservations/portal/check.html",
        {
            "service": SERVICE,
            "steps": steps(),
            **slot(request, booking, main),
            "rows": _rows(request, booking, known, kept),
            "fees": _fee_tables(known, quotes),
            "total": yen(total),
            "several": len(quotes) > 1,
            "pay_until": day_words(quotes[0].pay_until) if quotes[0].pay_until else "",
            "tiers": tier_rows(main.document("cancellation"), fee_yen=total, day=booking.day, today=today),
            "needs_approval": main.plan.needs_approval,
            "back_url": url(request, "reservations_portal_details", number=booking.number),
        },
    )


def _fee_tables(known: Sequence[Scene], quotes: Sequence[Quoted]) -> list[dict[str, Any]]:
    return [
        fee_table(
            quoted.document,
            caption=_("料金の計算：%(name)s") % {"name": scene.plan.name}
            if len(known) > 1
            else _("料金の計算"),
        )
        for scene, quoted in zip(known, quotes, strict=True)
    ]


def _rows(
    request: HttpRequest, booking: Booking, known: Sequence[Scene], kept: dict[str, Any]
) -> list[dict[str, Any]]:
    """What was typed, each with the way back to it."""
    back = url(request, "reservations_portal_details", number=booking.number)
    rows = [
        {
            "key": _("施設・室場"),
            "value": use_name(named(known[0].room.facility), known[0].plan, known[0].unit),
        },
        {
            "key": _("利用日時"),
            "value": when_words(booking.day, known[0].plan, booking.starts, booking.ends),
        },
        {"key": _("予約する登録"), "value": booking.registration.name if booking.registration else ""},
        *({**row, "url": back} for row in use_rows(request, known[0], booking)),
    ]
    if len(known) > 1:
        names = "、".join(one.plan.name for one in known[1:])
        rows.append({"key": _("一緒に予約する付属の室場"), "value": names, "url": back})
    return rows


def use_rows(request: HttpRequest, scene: Scene, booking: Booking) -> list[dict[str, Any]]:
    """目的, 人数, 行事名, 営利, 入場料, 備品, 冷暖房: as they are asked for. Two queries."""
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    asked = scene.asked
    names = {one.code: named(one) for one in purposes_of(body)}
    lent = (
        {one.code: named(one) for one in equipment_for(scene.plan, on=asked.day)} if asked.equipment else {}
    )
    words = {row["code"]: row["label"] for row in (scene.document("fees") or {}).get("extras", ())}
    rows = [
        {"key": _("利用目的"), "value": names.get(asked.purpose, asked.purpose)},
        {
            "key": _("利用する人数"),
            "value": _("%(count)s人") % {"count": f"{asked.people:,}"} if asked.people else "",
        },
        {"key": _("行事・活動の名前"), "value": asked.title},
        {"key": _("営利・宣伝の目的"), "value": _("はい") if asked.commercial else _("いいえ")},
        {
            "key": _("入場料（最も高い額）"),
            "value": yen(asked.admission_yen) if asked.admission_yen else _("なし"),
        },
    ]
    if asked.equipment:
        said = "、".join(f"{lent.get(code, code)} {count:,}" for code, count in asked.equipment.items())
        rows.append({"key": _("備品"), "value": said})
    if asked.extras:
        rows.append({"key": _("冷暖房など"), "value": "、".join(words.get(one, one) for one in asked.extras)})
    return rows


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def done(request: HttpRequest, number: str) -> HttpResponse:
    """予約の完了 — number, what to pay by when, the permit; may be loaded again and printed."""
    booking = own_or_404(request, number)
    if booking.state == Booking.State.HELD:
        return redirect(url(request, "reservations_portal_details", number=number))
    scene = scene_of(request, booking)
    standing = standing_of(booking)
    booked = booking.state == Booking.State.BOOKED
    return page(
        request,
        "reservations/portal/done.html",
        {
            "service": SERVICE,
            "steps": steps(),
            **slot(request, booking, scene),
            "state": badge(booking),
            "asked": booking.state == Booking.State.ASKED,
            "booked": booked,
            "fee": yen(booking.fee_yen),
            "owed": yen(standing.unpaid_yen) if standing.unpaid_yen else "",
            "pay_until": day_words(booking.pay_until) if booking.pay_until and standing.unpaid_yen else "",
            "pay_url": url(request, "money_portal_pay", token=standing.token) if standing.token else "",
            "booking_url": url(request, "reservations_portal_booking", number=number),
            "bookings_url": url(request, "reservations_portal_bookings"),
            "index_url": url(request, "reservations_portal_index"),
        },
    )


@never_cache
@require_POST
@signed_in
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """入力をやめる — the place is free again."""
    booking = own_or_404(request, number)
    if booking.state == Booking.State.HELD:
        with transaction.atomic():
            drop_hold(actor=request.actor, now=request.now, booking=booking)  # type: ignore[attr-defined]
        messages.success(request, _("予約の入力をやめました。枠は、ほかの方が予約できます。"))
    forget(request, number)
    codes = {"facility_code": booking.facility.code, "room_code": booking.room.code}
    query = {"month": f"{booking.day:%Y-%m}"}
    return redirect(url(request, "reservations_portal_month", query, **codes))


def _no_hold(request: HttpRequest, booking: Booking) -> HttpResponse | None:
    """Where to, when this is no place held any more: it was booked, or its time is over."""
    if booking.state == Booking.State.HELD:
        return None
    if booking.state != Booking.State.ENDED:
        return redirect(url(request, "reservations_portal_done", number=booking.number))
    scene = scene_of(request, booking)
    return page(
        request,
        "reservations/portal/over.html",
        {
            "service": SERVICE,
            **slot(request, booking, scene),
            "kept": typed(request, booking.number) is not None,
            "unit": booking.combination_id,
            "day": booking.day.isoformat(),
            "starts": booking.starts,
            "ends": booking.ends,
            "registration": booking.registration.number if booking.registration else "",
            "choose_url": url(request, "reservations_portal_choose"),
            "again_url": choice_url(
                request,
                unit_id=booking.combination_id,
                day=booking.day,
                starts=booking.starts,
                ends=booking.ends,
            ),
        },
        status=409,
    )


urlpatterns = [
    path("bookings/<str:number>/details/", details, name="reservations_portal_details"),
    path("bookings/<str:number>/check/", check, name="reservations_portal_check"),
    path("bookings/<str:number>/done/", done, name="reservations_portal_done"),
    path("bookings/<str:number>/drop/", drop, name="reservations_portal_drop"),
]
