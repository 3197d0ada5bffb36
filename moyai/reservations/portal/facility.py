"""施設の案内, 室場の案内 — where it is, what it holds, what it costs, by which rules. Open to all; no cookie."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.reservations.models import Facility, Room
from moyai.reservations.portal import in_words, prices
from moyai.reservations.portal.naming import SERVICE, named, url, url_or_none
from moyai.reservations.portal.who import reader_of, reader_words, usable_registrations
from moyai.reservations.queries.masters import (
    equipment_for,
    facilities_for_residents,
    plan_of,
    purposes_of,
    room_for_residents,
)
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.rules.rooms import RoomPlan, clock_face
from moyai.tenants.public import clock
from moyai.ui.public import page, phone_shown, postal_code_shown


@require_GET
def facility(request: HttpRequest, facility_code: str) -> HttpResponse:
    """施設の案内 — address, rooms, opening days."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    found = next(
        (one for one in facilities_for_residents(actor.body, on=today) if one.code == facility_code), None
    )
    if found is None:
        raise Http404
    policies = policies_of(actor.body, facilities=[found.pk], kinds=["opening"])
    policy = policies.find("opening", on=today, facility_id=found.pk)
    rooms = found.open_rooms  # type: ignore[attr-defined]
    return page(
        request,
        "reservations/portal/facility.html",
        {
            "service": SERVICE,
            "crumbs": [(_("施設をさがす"), url(request, "reservations_portal_index")), (named(found), None)],
            "facility": found,
            "heading": named(found),
            "facts": _facility_facts(found),
            "opening": in_words.opening_words(policy.document if policy else None),
            "cards": [_room_card(request, found, one, rooms) for one in rooms],
            "lotteries_url": url_or_none(request, "reservations_portal_lotteries"),
            "availability_url": url(request, "reservations_portal_availability", {"facility": found.code}),
        },
    )


def _facility_facts(found: Facility) -> list[dict[str, Any]]:
    address = found.address
    if found.postal_code:
        address = f"〒{postal_code_shown(found.postal_code)} {address}"
    phone = phone_shown(found.phone) if found.phone.startswith("+") else found.phone
    rows = [
        {"key": _("種類"), "value": found.category},
        {"key": _("所在地"), "value": address},
        {"key": _("行き方"), "value": found.access},
        {"key": _("電話番号"), "value": phone},
        {"key": _("メールアドレス"), "value": found.email},
        {"key": _("担当"), "value": found.section},
        {"key": _("お知らせ"), "value": found.note},
    ]
    shown = [row for row in rows if row["value"]]
    if found.url.startswith(("https://", "http://")):
        shown.append({"key": _("ホームページ"), "value": found.url, "value_url": found.url})
    return shown


def _room_card(request: HttpRequest, found: Facility, room: Room, rooms: list[Room]) -> dict[str, Any]:
    facts = []
    if room.capacity is not None:
        facts.append({"key": _("定員"), "value": _("%(count)s人") % {"count": f"{room.capacity:,}"}})
    if room.area_m2 is not None:
        facts.append({"key": _("広さ"), "value": f"{room.area_m2.normalize():f} m²"})
    main = next((one for one in rooms if one.pk == room.main_id), None)
    if main is not None and not room.alone:
        facts.append(
            {"key": _("予約のしかた"), "value": _("%(room)sと一緒に予約します") % {"room": named(main)}}
        )
    return {
        "title": named(room),
        "url": url(request, "reservations_portal_room", facility_code=found.code, room_code=room.code),
        "text": room.summary,
        "facts": facts,
    }


@require_GET
def room(request: HttpRequest, facility_code: str, room_code: str) -> HttpResponse:
    """室場の案内 — units, コマ, prices, rules, equipment."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    found = room_for_residents(actor.body, facility_code, room_code, on=today)
    if found is None:
        raise Http404
    plan = plan_of(found, today)
    policies = policies_of(actor.body, facilities=[found.facility_id], until=today)
    documents = {
        kind: policies.document(kind, plan, today)
        for kind in ("opening", "periods", "limits", "eligibility", "fees", "cancellation", "penalties")
    }
    reader = reader_of(usable_registrations(request), request)
    names = {one.code: named(one) for one in purposes_of(actor.body)}
    fees = documents["fees"]
    name = f"{named(found.facility)} {named(found)}"
    main = found.main if found.main_id and not found.alone else None
    return page(
        request,
        "reservations/portal/room.html",
        {
            "service": SERVICE,
            "crumbs": [
                (_("施設をさがす"), url(request, "reservations_portal_index")),
                (
                    named(found.facility),
                    url(request, "reservations_portal_facility", facility_code=facility_code),
                ),
                (named(found), None),
            ],
            "heading": name,
            "room": found,
            "facts": _room_facts(found, plan, names),
            "units": _units(plan),
            "frames": _frames(plan),
            "prices": prices.price_table(
                plan,
                fees,
                on=today,
                reader=reader,
                caption=_("料金（%(who)sの場合）") % {"who": reader_words(reader)},
            ),
            "surcharges": prices.surcharge_rows(fees),
            "reliefs": prices.relief_rows(fees),
            "extras": prices.extra_rows(fees, plan, plan.units[0], today) if plan.units else [],
            "fee_source": (fees or {}).get("source", ""),
            "equipment": prices.equipment_rows(equipment_for(plan, on=today)),
            "rules": _rules(documents),
            "cancellation": in_words.cancellation_rows(documents["cancellation"]),
            "with_room": named(main) if main is not None else "",
            "month_url": url(
                request,
                "reservations_portal_month",
                facility_code=facility_code,
                room_code=main.code if main is not None else room_code,
            ),
            "day_url": url(request, "reservations_portal_availability", {"facility": facility_code}),
        },
    )


def _rules(documents: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of use by heading; a heading without sentences is left out."""
    found = [
        (_("開館日と時間"), in_words.opening_words(documents["opening"])),
        (_("利用できる方"), in_words.eligibility_words(documents["eligibility"])),
        (_("申込みの期間"), in_words.period_words(documents["periods"])),
        (_("申込みの上限"), in_words.limit_words(documents["limits"])),
        (_("守っていただくこと"), in_words.penalty_words(documents["penalties"])),
    ]
    return [{"title": title, "texts": texts} for title, texts in found if texts]


def _room_facts(found: Room, plan: RoomPlan, purposes: dict[str, str]) -> list[dict[str, Any]]:
    allowed = in_words.listed(purposes.get(one, one) for one in found.purposes)
    rows = [
        {
            "key": _("定員"),
            "value": _("%(count)s人") % {"count": f"{found.capacity:,}"} if found.capacity else "",
        },
        {"key": _("広さ"), "value": f"{found.area_m2.normalize():f} m²" if found.area_m2 else ""},
        {"key": _("利用目的"), "value": allowed or _("どの目的でも利用できます")},
        {"key": _("時間の区切り"), "value": _step_words(plan)},
        {"key": _("準備と片付け"), "value": _around_words(plan)},
    ]
    if found.needs_approval:
        rows.append(
            {"key": _("審査"), "value": _("申込みのあと、職員が内容を確かめてから予約が決まります。")}
        )
    return [row for row in rows if row["value"]]


def _step_words(plan: RoomPlan) -> str:
    if plan.step:
        return _("%(minutes)s分ごと") % {"minutes": plan.step}
    return _("コマごと（下の表）")


def _around_words(plan: RoomPlan) -> str:
    if not plan.step or not (plan.prepare or plan.clear):
        return ""
    return _("前に%(prepare)s分、後に%(clear)s分を空けます。") % {
        "prepare": plan.prepare,
        "clear": plan.clear,
    }


def _units(plan: RoomPlan) -> dict[str, Any]:
    """利用単位 with the parts each takes; none where the room is not divided."""
    if len(plan.units) < 2:
        return {}
    parts = dict(plan.parts)
    return {
        "caption": _("利用単位と区画"),
        "columns": [
            {"label": _("利用単位")},
            {"label": _("区画")},
            {"label": _("定員（人）"), "numeric": True},
        ],
        "rows": [
            [
                {"text": named(unit), "head": True},
                in_words.listed(parts[one] for one in unit.part_ids),
                f"{unit.capacity:,}" if unit.capacity is not None else None,
            ]
            for unit in plan.units
        ],
        "cards": True,
    }


def _frames(plan: RoomPlan) -> dict[str, Any]:
    if plan.step or not plan.frames:
        return {}
    return {
        "caption": _("コマ（時間の区切り）"),
        "columns": [{"label": _("コマ")}, {"label": _("時間")}],
        "rows": [
            [{"text": named(one), "head": True}, f"{clock_face(one.starts)}–{clock_face(one.ends)}"]
            for one in plan.frames
        ],
        "cards": True,
    }


urlpatterns = [
    path("facilities/<slug:facility_code>/", facility, name="reservations_portal_facility"),
    path("facilities/<slug:facility_code>/rooms/<slug:room_code>/", room, name="reservations_portal_room"),
]
