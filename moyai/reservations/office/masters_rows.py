"""マスタの行 — any row of the plain masters: added, changed, ended; and the コマ of a room from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from moyai.reservations.actions.masters import keep_masters
from moyai.reservations.forms.masters import Choices, FramesForm, RowForm, frame_lines
from moyai.reservations.models import Facility, Part, Room
from moyai.reservations.office.masters import crumbs, facts_of, tried, url_of
from moyai.reservations.queries.masters_office import purposes_of_body, room_seen, stored_row
from moyai.reservations.queries.workbook import row_of
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.differences import digest
from moyai.reservations.workbook.nouns import NOUNS, Masters, Noun, Row
from moyai.tenants.public import clock
from moyai.ui.public import Form, page

WHOLE = ("all", "全体")  # the one part and unit a new room begins with; stored words are Japanese


def new(request: HttpRequest, noun: str) -> HttpResponse:
    """行を追加する — under ?facility= or ?room=."""
    if noun not in NOUNS:
        raise Http404
    kind = NOUNS[noun]
    fixed, back = _place(request, kind)
    form = RowForm(
        request.POST or None, noun=kind, fixed=fixed, choices=_choices(request, kind, fixed),
        initial=None if request.POST else _start(request, noun),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        row = form.row()
        key = kind.key_of(row)
        rows: Masters = {noun: {key: row}}
        if noun == "rooms":
            rows |= _first_parts(row)
        if tried(form, lambda: _keep(request, rows, {(noun, key): ""}), lambda fault: _field(fault, noun)):
            messages.success(request, _("%(sheet)sを追加しました。") % {"sheet": kind.sheet})
            return redirect(back)
    return _form_page(request, form, _("%(sheet)sを追加する") % {"sheet": kind.sheet}, back)


def edit(request: HttpRequest, noun: str, row_id: int) -> HttpResponse:
    """行を直す — as long as it is still what this page showed."""
    one, row, back = _stored(request, noun, row_id)
    kind = NOUNS[noun]
    fixed = {name: row[name] for name in kind.key}
    form = RowForm(
        request.POST or None, noun=kind, fixed=fixed, row=row, choices=_choices(request, kind, row)
    )
    key = kind.key_of(row)
    if request.method == "POST" and form.is_valid():
        seen = {(noun, key): request.POST.get("seen", "")}
        if tried(form, lambda: _keep(request, {noun: {key: form.row()}}, seen), lambda fault: _field(fault, noun)):
            messages.success(request, _("%(name)sを保存しました。") % {"name": _name(one, kind)})
            return redirect(back)
    heading = _("%(name)sを直す") % {"name": _name(one, kind)}
    more: dict[str, Any] = {"seen": request.POST.get("seen") or digest(row)}
    if noun not in ("facilities", "rooms"):
        more["end_url"] = url_of(request, "row_end", noun=noun, row_id=row_id)
    return _form_page(request, form, heading, back, **more)


def end(request: HttpRequest, noun: str, row_id: int) -> HttpResponse:
    """行を終える — today is its last day; what has not begun, or has no days, goes."""
    one, row, back = _stored(request, noun, row_id)
    kind = NOUNS[noun]
    form = Form(request.POST or None)
    if request.method == "POST":
        form.full_clean()
        key = kind.key_of(row)

        def do() -> object:
            seen = {(noun, key): request.POST.get("seen", "")}
            return keep_masters(
                actor=request.actor, now=request.now, rows={}, gone=[(noun, key)], seen=seen  # type: ignore[attr-defined]
            )  # fmt: skip

        if tried(form, do, lambda fault: None):
            messages.success(request, _("%(name)sを終えました。") % {"name": _name(one, kind)})
            return redirect(back if noun not in ("facilities",) else url_of(request, "masters"))
    context = {
        "heading": _("%(name)sを終える") % {"name": _name(one, kind)},
        "dated": "used_until" in row,
        "seen": digest(row),
        "back": back,
        "facts": facts_of(noun, row),
        "crumbs": crumbs(request, (_("終える"), "")),
    }
    return page(request, "reservations/office/masters_end.html", context, form=form)


def frames(request: HttpRequest, room_id: int) -> HttpResponse:
    """コマを改める — those in force end the day before, the new ones begin."""
    seen = room_seen(request.actor, room_id)  # type: ignore[attr-defined]
    if seen is None or seen.room.step_minutes:
        raise Http404
    one = seen.room
    today = clock.today(request.now)  # type: ignore[attr-defined]
    known = {
        NOUNS["frames"].key_of(row): row
        for row in (row_of("frames", frame, one.facility.code, one.code) for frame in seen.frames)
    }
    now_used = [row for row in known.values() if row["used_until"] is None or row["used_until"] >= today]
    form = FramesForm(
        request.POST or None, initial={"lines": frame_lines(sorted(now_used, key=lambda row: row["starts"]))}
    )
    back = url_of(request, "room", room_id=room_id)
    if request.method == "POST" and form.is_valid():
        from_on = form.cleaned_data["from_on"]
        if from_on <= today:
            form.add_error("from_on", _("明日以降の日付にしてください。"))
        elif tried(form, lambda: _new_frames(request, one, known, form), lambda fault: "lines"):
            messages.success(request, _("コマを改めました。"))
            return redirect(back)
    heading = _("%(room)sのコマを改める") % {"room": one.name}
    return _form_page(request, form, heading, back)


def _new_frames(request: HttpRequest, one: Room, known: Mapping[tuple[Any, ...], Row], form: FramesForm) -> object:
    from_on = form.cleaned_data["from_on"]
    english = {row["code"]: row["name_en"] for row in known.values()}
    rows = {}
    gone = []
    for key, row in known.items():
        if row["used_from"] >= from_on:
            gone.append(("frames", key))
        elif row["used_until"] is None or row["used_until"] >= from_on:
            rows[key] = row | {"used_until": from_on - timedelta(days=1)}
    for line in form.cleaned_data["lines"]:
        made = NOUNS["frames"].row(
            **line, facility=one.facility.code, room=one.code, used_from=from_on, name_en=english.get(line["code"], "")
        )
        rows[NOUNS["frames"].key_of(made)] = made
    return keep_masters(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        rows={"frames": rows},
        gone=[one for one in gone if one[1] not in rows],
        seen={("frames", key): digest(row) for key, row in known.items()},
    )


# --- how ------------------------------------------------------------------------------------------------


def _keep(request: HttpRequest, rows: Masters, seen: Mapping[tuple[str, tuple[Any, ...]], str]) -> object:
    return keep_masters(actor=request.actor, now=request.now, rows=rows, seen=seen)  # type: ignore[attr-defined]


def _name(one: Any, kind: Noun) -> str:
    return str(getattr(one, "name", "") or (one.day.isoformat() if hasattr(one, "day") else kind.sheet))


def _field(fault: Fault, noun: str) -> str | None:
    return fault.column if fault.noun == noun else None


def _stored(request: HttpRequest, noun: str, row_id: int) -> tuple[Any, Row, str]:
    """A row, as data, and the page it is seen on; or 404."""
    found = stored_row(request.actor, noun, row_id) if noun in NOUNS else None  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    one, row = found
    if noun == "facilities":
        back = url_of(request, "facility", facility_id=one.pk)
    elif noun == "purposes":
        back = url_of(request, "purposes")
    elif noun == "rooms":
        back = url_of(request, "room", room_id=one.pk)
    elif noun in ("parts", "units", "frames"):
        back = url_of(request, "room", room_id=one.room_id)
    else:
        back = url_of(request, "facility", facility_id=one.facility_id)
    return one, row, back


def _place(request: HttpRequest, kind: Noun) -> tuple[dict[str, Any], str]:
    """What a new row belongs to, by ?facility= or ?room=; and the page it will be seen on."""
    if kind.name == "facilities":
        return {}, url_of(request, "masters")
    if kind.name == "purposes":
        return {}, url_of(request, "purposes")
    body = request.actor.body  # type: ignore[attr-defined]
    if kind.of == "rooms":
        one = Room.objects.filter(body=body, pk=_number(request, "room")).select_related("facility").first()
        if one is None:
            raise Http404
        return {"facility": one.facility.code, "room": one.code}, url_of(request, "room", room_id=one.pk)
    owner = Facility.objects.filter(body=body, pk=_number(request, "facility")).first()
    if owner is None:
        raise Http404
    return {"facility": owner.code}, url_of(request, "facility", facility_id=owner.pk)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _start(request: HttpRequest, noun: str) -> dict[str, Any]:
    """What an empty form begins with."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    start: dict[str, Any] = {"used_from": today, "alone": True, "step_minutes": "0", "per": "frame", "position": 0}
    return start | ({"weight": 1} if noun == "frames" else {})


def _choices(request: HttpRequest, kind: Noun, known: Mapping[str, Any]) -> dict[str, Choices]:
    """Codes of other masters that this row may name."""
    body = request.actor.body  # type: ignore[attr-defined]
    if kind.name == "units":
        parts = Part.objects.filter(body=body, room__code=known["room"], room__facility__code=known["facility"])
        return {"parts": [(one.code, one.name) for one in parts.order_by("position", "code")]}
    if kind.name not in ("rooms", "equipment", "special_days"):
        return {}
    every = Room.objects.filter(body=body, facility__code=known["facility"]).order_by("position", "code")
    rooms = [(one.code, one.name) for one in every if one.code != known.get("code") or kind.name != "rooms"]
    if kind.name == "equipment":
        return {"rooms": rooms}
    if kind.name == "special_days":
        return {"room": rooms}
    return {
        "main": rooms,
        "purposes": [(one.code, one.name) for one in purposes_of_body(request.actor)],  # type: ignore[attr-defined]
    }


def _first_parts(row: Row) -> Masters:
    """A new room has one part and one unit: it can be divided afterwards."""
    code, name = WHOLE
    place = {"facility": row["facility"], "room": row["code"], "code": code, "name": name}
    part = NOUNS["parts"].row(**place)
    unit = NOUNS["units"].row(**place, capacity=row["capacity"], parts=(code,))
    return {
        "parts": {NOUNS["parts"].key_of(part): part},
        "units": {NOUNS["units"].key_of(unit): unit},
    }


def _form_page(request: HttpRequest, form: Form, heading: str, back: str, **more: Any) -> HttpResponse:
    context = {"heading": heading, "back": back, "crumbs": crumbs(request, (heading, "")), **more}
    return page(request, "reservations/office/masters_form.html", context, form=form)


urlpatterns = [
    path("masters/rooms/<int:room_id>/frames/", frames, name="reservations_office_frames"),
    path("masters/rows/<slug:noun>/new/", new, name="reservations_office_row_new"),
    path("masters/rows/<slug:noun>/<int:row_id>/", edit, name="reservations_office_row_edit"),
    path("masters/rows/<slug:noun>/<int:row_id>/end/", end, name="reservations_office_row_end"),
]
