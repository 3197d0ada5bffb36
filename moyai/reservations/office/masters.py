"""マスタ — facilities, their rooms, 備品, special days and purposes, as staff see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from moyai.calendars.public import short_wareki
from moyai.reservations.actions.masters import MastersMoved, MastersRefused
from moyai.reservations.office.desk import KEEPING
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.masters_office import (
    facilities_of,
    facility_seen,
    purposes_of_body,
    room_seen,
)
from moyai.reservations.queries.workbook import row_of
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.columns import time_words
from moyai.reservations.workbook.differences import said
from moyai.reservations.workbook.nouns import NOUNS, Row
from moyai.tenants.public import clock
from moyai.ui.public import Form, page

MENU = [(gettext_lazy("施設のマスタ"), "reservations_office_masters", KEEPING)]


def url_of(request: HttpRequest, name: str, **kwargs: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"reservations_office_{name}", kwargs={"body_slug": slug, **kwargs})


def crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("施設のマスタ"), url_of(request, "masters") if more else ""), *more]


def may(request: HttpRequest, verb: str) -> bool:
    return bool(request.actor.may(set(PERMITS[verb])))  # type: ignore[attr-defined]


def table(
    caption: str, columns: Sequence[str | tuple[str, bool]], rows: Sequence[Any], empty: str
) -> dict[str, Any]:
    heads = [
        {"label": one} if isinstance(one, str) else {"label": one[0], "numeric": one[1]} for one in columns
    ]
    return {"caption": caption, "columns": heads, "rows": rows, "empty": empty}


def tried(form: Form, do: Callable[[], object], place: Callable[[Fault], str | None]) -> bool:
    """Do it; a refusal undoes it and stands beside the field that `place` names."""
    try:
        with transaction.atomic():
            do()
    except MastersRefused as refusal:
        for fault in refusal.faults:
            name = place(fault)
            form.add_error(name if name in form.fields else None, fault.text)
        return False
    except MastersMoved as moved:
        form.add_error(None, str(moved.message))
        return False
    return True


@require_GET
def facilities(request: HttpRequest) -> HttpResponse:
    """施設の一覧."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    every = list(facilities_of(request.actor))  # type: ignore[attr-defined]
    rows = [
        [
            {"text": one.name, "url": url_of(request, "facility", facility_id=one.pk), "head": True},
            one.category,
            one.code,
            f"{one.room_count:,}",  # type: ignore[attr-defined]
            one.section or None,
            {"state": in_use(one, today)},
        ]
        for one in every
    ]
    columns: list[Any] = [_("施設"), _("分類"), _("施設コード"), (_("室場"), True), _("担当"), _("状態")]
    context = {
        "table": table(
            _("施設%(count)s件") % {"count": f"{len(every):,}"}, columns, rows, _("施設はまだありません。")
        ),
        "crumbs": crumbs(request),
        "may_take": may(request, "reservations.take_workbook"),
        "may_keep": may(request, "reservations.hold_booking"),
    }
    return page(request, "reservations/office/masters.html", context)


def in_use(one: Any, today: date) -> dict[str, str]:
    """公開中, 非公開, 開始前, 終了."""
    if one.used_until is not None and one.used_until < today:
        return {"kind": "neutral", "word": _("終了")}
    if getattr(one, "used_from", today) > today:
        return {"kind": "progress", "word": _("開始前")}
    if getattr(one, "published", True):
        return {"kind": "good", "word": _("公開中") if hasattr(one, "published") else _("使用中")}
    return {"kind": "neutral", "word": _("非公開")}


@require_GET
def facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """施設 — its facts, rooms, 備品, special days and policies."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    seen = facility_seen(request.actor, facility_id, today)  # type: ignore[attr-defined]
    if seen is None:
        raise Http404
    one = seen.facility
    rooms = [
        [
            {"text": room.name, "url": url_of(request, "room", room_id=room.pk), "head": True},
            room.code,
            f"{room.capacity:,}" if room.capacity else None,
            _("コマ") if not room.step_minutes else _("%(minutes)s分ごと") % {"minutes": room.step_minutes},
            room.main.name if room.main is not None else None,
            {"state": in_use(room, today)},
        ]
        for room in seen.rooms
    ]
    equipment = [
        [
            {"text": item.name, "url": edit_url(request, "equipment", item.pk), "head": True},
            f"{item.stock:,}",
            f"{item.yen:,}",
            item.get_per_display(),
            {"state": in_use(item, today)},
        ]
        for item in seen.equipment
    ]
    special = [
        [
            {"text": said(NOUNS["special_days"].column("day"), day.day), "url": edit_url(request, "special_days", day.pk), "head": True},
            day.room.name if day.room is not None else _("施設全体"),
            day.get_kind_display(),
            f"{time_words(day.opens)}〜{time_words(day.closes)}" if day.opens is not None and day.closes is not None else None,
            day.reason,
        ]
        for day in seen.special_days
    ]  # fmt: skip
    policies = [
        [
            {
                "text": policy.get_kind_display(),
                "url": url_of(request, "policy", policy_id=policy.pk),
                "head": True,
            },
            policy.room.name if policy.room is not None else _("施設全体"),
            short_wareki(policy.from_on),
            policy.source or None,
        ]
        for policy in seen.policies
    ]
    context = {
        "facility": one,
        "state": in_use(one, today),
        "facts": facts_of("facilities", row_of("facilities", one, "", "")),
        "edit_url": edit_url(request, "facilities", one.pk),
        "end_url": url_of(request, "row_end", noun="facilities", row_id=one.pk),
        "rooms": table(
            _("室場"),
            [_("室場"), _("室場コード"), (_("定員"), True), _("時間の取り方"), _("親の室場"), _("状態")],
            rooms, _("室場はまだありません。"),
        ),
        "equipment": table(
            _("備品"), [_("備品"), (_("数量"), True), (_("料金（円）"), True), _("単位"), _("状態")],
            equipment, _("備品はありません。"),
        ),
        "special": table(
            _("これからの臨時開館・休館"), [_("日付"), _("範囲"), _("区分"), _("時間"), _("理由")],
            special, _("臨時の開館・休館はありません。"),
        ),
        "policies": table(
            _("この施設の決まり"), [_("決まり"), _("範囲"), _("適用開始日"), _("条例・規則")],
            policies, _("この施設だけの決まりはありません。団体の決まりが当てはまります。"),
        ),
        "new": {
            noun: f"{url_of(request, 'row_new', noun=noun)}?facility={one.pk}"
            for noun in ("rooms", "equipment", "special_days")
        },
        "policies_url": f"{url_of(request, 'policies')}?facility={one.pk}",
        "crumbs": crumbs(request, (one.name, "")),
    }  # fmt: skip
    return page(request, "reservations/office/masters_facility.html", context)


@require_GET
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """室場 — its facts, parts, units and コマ."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    seen = room_seen(request.actor, room_id)  # type: ignore[attr-defined]
    if seen is None:
        raise Http404
    one = seen.room
    names = {part.code: part.name for part in seen.parts}
    row = row_of("rooms", one, one.facility.code, "") | {
        "main": one.main.code if one.main is not None else ""
    }
    units = [
        [
            {"text": unit.name, "url": edit_url(request, "units", unit.pk), "head": True},
            unit.code,
            _("、").join(names.get(code, code) for code in unit.parts),
            f"{unit.capacity:,}" if unit.capacity else None,
            {"state": in_use(unit, today)},
        ]
        for unit in seen.units
    ]
    frames = [
        [
            {"text": frame.name, "url": edit_url(request, "frames", frame.pk), "head": True},
            frame.code,
            f"{time_words(frame.starts)}〜{time_words(frame.ends)}",
            f"{frame.weight:,}",
            short_wareki(frame.used_from),
            short_wareki(frame.used_until) if frame.used_until else None,
            {"state": in_use(frame, today)},
        ]
        for frame in seen.frames
    ]
    parts = [
        [{"text": part.name, "url": edit_url(request, "parts", part.pk), "head": True}, part.code]
        for part in seen.parts
    ]
    context = {
        "room": one,
        "state": in_use(one, today),
        "facts": facts_of("rooms", row, without=("facility",)),
        "edit_url": edit_url(request, "rooms", one.pk),
        "end_url": url_of(request, "row_end", noun="rooms", row_id=one.pk),
        "frames_url": url_of(request, "frames", room_id=one.pk),
        "by_frames": not one.step_minutes,
        "units": table(
            _("利用単位"), [_("利用単位"), _("コード"), _("区画"), (_("定員"), True), _("状態")],
            units, _("利用単位はありません。"),
        ),
        "parts": table(_("区画"), [_("区画"), _("コード")], parts, _("区画はありません。")),
        "frames": table(
            _("コマ"),
            [_("コマ"), _("コード"), _("時間"), (_("数え方"), True), _("利用開始日"), _("利用終了日"), _("状態")],
            frames, _("コマはありません。"),
        ),
        "new": {noun: f"{url_of(request, 'row_new', noun=noun)}?room={one.pk}" for noun in ("parts", "units", "frames")},
        "attached": [(other.name, url_of(request, "room", room_id=other.pk)) for other in seen.attached],
        "policies_url": f"{url_of(request, 'policies')}?room={one.pk}",
        "crumbs": crumbs(
            request, (one.facility.name, url_of(request, "facility", facility_id=one.facility_id)), (one.name, "")
        ),
    }  # fmt: skip
    return page(request, "reservations/office/masters_room.html", context)


@require_GET
def purposes(request: HttpRequest) -> HttpResponse:
    """利用目的の一覧."""
    rows = [
        [{"text": one.name, "url": edit_url(request, "purposes", one.pk), "head": True}, one.code, one.kind or None, one.name_en or None]
        for one in purposes_of_body(request.actor)  # type: ignore[attr-defined]
    ]  # fmt: skip
    context = {
        "table": table(
            _("利用目的%(count)s件") % {"count": f"{len(rows):,}"},
            [_("利用目的"), _("利用目的コード"), _("分類"), _("英語名")], rows, _("利用目的はまだありません。"),
        ),
        "new_url": url_of(request, "row_new", noun="purposes"),
        "crumbs": crumbs(request, (_("利用目的"), "")),
    }  # fmt: skip
    return page(request, "reservations/office/masters_purposes.html", context)


def facts_of(noun: str, row: Row, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A row as a list of heads and values."""
    return [
        {"key": column.head, "value": said(column, row[column.name]), "missing": "—"}
        for column in NOUNS[noun].columns
        if column.name not in without
    ]


def edit_url(request: HttpRequest, noun: str, row_id: int) -> str:
    return url_of(request, "row_edit", noun=noun, row_id=row_id)


urlpatterns = [
    path("masters/", facilities, name="reservations_office_masters"),
    path("masters/purposes/", purposes, name="reservations_office_purposes"),
    path("masters/facilities/<int:facility_id>/", facility, name="reservations_office_facility"),
    path("masters/rooms/<int:room_id>/", room, name="reservations_office_room"),
]
