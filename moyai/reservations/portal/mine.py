"""自分の予約 — the list, one booking with all that can be done now, its permit, and who did what to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import day_words, end_words
from moyai.documents.public import Letter
from moyai.money.public import Standing
from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.quotes import reliefs_open_to
from moyai.reservations.models import Booking, Registration
from moyai.reservations.portal.fees_shown import fee_table, tier_rows
from moyai.reservations.portal.filling import own_or_404, scene_of, use_rows
from moyai.reservations.portal.lock_code import entry_of
from moyai.reservations.portal.naming import (
    SERVICE,
    named,
    time_words,
    url,
    url_or_none,
    use_name,
    when_words,
)
from moyai.reservations.portal.permit_paper import letter_of, permit_page
from moyai.reservations.portal.places import today_of
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.portal.states import MEANINGS, badge, money_badge, timeline
from moyai.reservations.queries.own_bookings import (
    PAGE,
    booked_with,
    history_of_booking,
    own_bookings,
)
from moyai.reservations.queries.receivables import standing_of, standings_of
from moyai.reservations.queries.registrations import own_registrations
from moyai.reservations.rules.periods import last_moment
from moyai.ui.public import group_in_fours, page, yen

S = Booking.State


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def bookings(request: HttpRequest) -> HttpResponse:
    """予約の一覧 — upcoming first; those that are over on a page of their own."""
    today = today_of(request)
    registrations = own_registrations(actor=request.actor)  # type: ignore[attr-defined]
    past = request.GET.get("view") == "past"
    found = own_bookings(
        registrations=registrations,
        past=past,
        today=today,
        after=request.GET.get("after", "")[:60],
        before=request.GET.get("before", "")[:60],
    )
    standings = standings_of(found.rows)
    view = {"view": "past"} if past else {}
    here = url(request, "reservations_portal_bookings")
    return page(
        request,
        "reservations/portal/bookings.html",
        {
            "service": SERVICE,
            "tabs": [
                {"label": _("これからの予約"), "url": here, "current": not past},
                {"label": _("過ぎた予約・取り消した予約"), "url": f"{here}?view=past", "current": past},
            ],
            "past": past,
            "cards": [_card(request, one, standings[one.pk], len(registrations) > 1) for one in found.rows],
            "older_url": url(request, "reservations_portal_bookings", {**view, "after": found.after})
            if found.after
            else "",
            "newer_url": url(request, "reservations_portal_bookings", {**view, "before": found.before})
            if found.before
            else "",
            "size": PAGE,
            "index_url": url(request, "reservations_portal_index"),
            "registrations_url": url(request, "reservations_portal_registrations"),
            "entries_url": url_or_none(request, "reservations_portal_entries"),
        },
    )


def _card(request: HttpRequest, one: Booking, standing: Standing, several: bool) -> dict[str, Any]:
    facts = [
        {"key": _("施設・室場"), "value": _where(one)},
        {"key": _("時間"), "value": time_words(one.starts, one.ends)},
        {"key": _("予約番号"), "value": group_in_fours(one.number)},
    ]
    if several and one.registration is not None:
        facts.append({"key": _("予約した登録"), "value": one.registration.name})
    if standing.unpaid_yen:
        words = _("未払い %(yen)s") % {"yen": yen(standing.unpaid_yen)}
        if one.pay_until:
            words = _("未払い %(yen)s（%(day)sまで）") % {
                "yen": yen(standing.unpaid_yen),
                "day": day_words(one.pay_until),
            }
        facts.append({"key": _("支払い"), "value": words})
    return {
        "title": day_words(one.day),
        "url": url(request, "reservations_portal_booking", number=one.number),
        "text": "",
        "facts": facts,
        "state": badge(one),
    }


def _where(one: Booking) -> str:
    names = [named(one.facility), named(one.room)]
    if len(one.combination.parts) and one.combination.name != one.room.name:
        names.append(named(one.combination))
    return " ".join(names)


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def booking(request: HttpRequest, number: str) -> HttpResponse:
    """予約の内容 — state, money, what can be done until when, what was done by whom."""
    one = own_or_404(request, number)
    if one.state == S.HELD:
        return redirect(url(request, "reservations_portal_details", number=number))
    scene = scene_of(request, one)
    standing = standing_of(one)
    acts = _acts(request, one, scene)
    letter = letter_of(request.actor, one)  # type: ignore[attr-defined]
    return page(
        request,
        "reservations/portal/booking.html",
        {
            "service": SERVICE,
            "crumbs": [
                (_("自分の予約"), url(request, "reservations_portal_bookings")),
                (group_in_fours(number), None),
            ],
            "number": number,
            "where": use_name(named(scene.room.facility), scene.plan, scene.unit),
            "when": when_words(one.day, scene.plan, one.starts, one.ends),
            "state": badge(one),
            "meaning": MEANINGS.get(one.state, ""),
            "confirm_until": end_words(one.confirm_until) if one.confirm_until else "",
            "entries_url": url_or_none(request, "reservations_portal_entries") if one.confirm_until else "",
            "owed": yen(standing.unpaid_yen) if standing.unpaid_yen else "",
            "overpaid": yen(standing.overpaid_yen) if standing.overpaid_yen else "",
            "pay_until": day_words(one.pay_until) if one.pay_until and standing.unpaid_yen else "",
            "pay_url": url(request, "money_portal_pay", token=standing.token) if standing.token else "",
            "paid": money_badge(standing),
            "permit": _permit(request, one, standing, scene, letter),
            "entry": entry_of(request, one, unpaid_yen=standing.unpaid_yen),
            "rows": [
                {"key": _("予約した登録"), "value": one.registration.name if one.registration else ""},
                *use_rows(request, scene, one),
                *_kept_rows(one),
            ],
            "fee": fee_table(one.quote) if one.quote.get("lines") and one.fee_yen else {},
            "tiers": tier_rows(
                scene.document("cancellation"), fee_yen=one.fee_yen, day=one.day, today=today_of(request)
            )
            if acts
            else [],
            "acts": acts,
            "reliefs": _reliefs(one, scene),
            "relief_url": url(request, "reservations_portal_relief", number=number),
            "with": [
                {
                    "text": f"{_where(other)} {time_words(other.starts, other.ends)}",
                    "url": url(request, "reservations_portal_booking", number=other.number),
                }
                for other in booked_with(one)
            ],
            "timeline": timeline(history_of_booking(one)),
        },
    )


def _kept_rows(one: Booking) -> list[dict[str, Any]]:
    """取消料 — what stays owed of time that was given up."""
    kept = int(one.quote.get("kept_yen", 0))
    return [{"key": _("取り消した分の取消料"), "value": yen(kept)}] if kept else []


def _acts(request: HttpRequest, one: Booking, scene: Scene) -> list[dict[str, str]]:
    """What its user can still do, each with the moment until which."""
    if one.state not in (S.ASKED, S.BOOKED):
        return []
    now = request.now  # type: ignore[attr-defined]
    periods = scene.document("periods")
    found = []
    for act, name, label in (
        ("change", "reservations_portal_change", _("予約を変更する")),
        ("cancel", "reservations_portal_cancel_part", _("予約の一部を取り消す")),
        ("cancel", "reservations_portal_cancel", _("予約を取り消す")),
    ):
        if name.endswith("_part") and not _divisible(one, scene):
            continue
        until = last_moment(periods, act=act, day_of_use=one.day, starts=one.starts)  # type: ignore[arg-type]
        if now < until:
            found.append(
                {
                    "label": label,
                    "url": url(request, name, number=one.number),
                    "until": end_words(until),
                }
            )
    return found


def _divisible(one: Booking, scene: Scene) -> bool:
    """Whether some of it can be kept: more than one cell, or a smaller unit within."""
    parts = set(scene.unit.part_ids)
    smaller = any(set(unit.part_ids) < parts for unit in scene.plan.units)
    cells = len(one.frames) if not scene.plan.step else (one.ends - one.starts) // scene.plan.step
    return smaller or cells > 1


def _reliefs(one: Booking, scene: Scene) -> list[tuple[str, str]]:
    if one.state not in (S.ASKED, S.BOOKED) or not isinstance(one.registration, Registration):
        return []
    return reliefs_open_to(scene=scene, registration=one.registration)


# --- 使用許可書 ----------------------------------------------------------------------------------------


def _permit(
    request: HttpRequest, one: Booking, standing: Standing, scene: Scene, letter: Letter | None
) -> dict[str, Any] | None:
    """The permit as the page offers it: to be asked for, being made, there; or why not yet."""
    if one.state not in (S.BOOKED, S.USED):
        return None
    first = (scene.document("fees") or {}).get("permit", "paid") == "paid"
    if standing.unpaid_yen and first:
        return {"why": _("使用許可書は、使用料を納めたあとに受け取れます。")}
    return {
        "url": url(request, "reservations_portal_permit", number=one.number),
        "ready": letter is not None and letter.state == Letter.State.READY,
        "making": letter is not None and letter.state != Letter.State.READY,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def permit(request: HttpRequest, number: str) -> HttpResponseBase:
    """使用許可書 of one's own booking."""
    return permit_page(
        request,
        own_or_404(request, number),
        here=url(request, "reservations_portal_permit", number=number),
        back=url(request, "reservations_portal_booking", number=number),
    )


urlpatterns = [
    path("bookings/", bookings, name="reservations_portal_bookings"),
    path("bookings/<str:number>/", booking, name="reservations_portal_booking"),
    path("bookings/<str:number>/permit/", permit, name="reservations_portal_permit"),
]
