"""料金と予約の試算 — what a user would pay and whether he may book on a day, by the rules as they are. Stores nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.audit.public import looked
from moyai.calendars.public import wareki
from moyai.reservations.actions import checks
from moyai.reservations.actions.asked import Asked, Scene, UnknownUnit, scene
from moyai.reservations.actions.judging import faults_of
from moyai.reservations.actions.quotes import FeeUnknown, Quoted, quote_for
from moyai.reservations.forms.simulation import PlaceForm, SimulationForm
from moyai.reservations.models import Combination, Equipment, Registration
from moyai.reservations.office.masters import crumbs, table
from moyai.reservations.queries.masters_office import facilities_of, purposes_of_body
from moyai.reservations.queries.registrations import registration_by_number
from moyai.reservations.workbook.columns import time_words
from moyai.tenants.public import clock
from moyai.ui.public import Form, page


@require_GET
def simulation(request: HttpRequest) -> HttpResponse:
    """試算する — first the facility, then who, when and what for."""
    every = list(facilities_of(request.actor))  # type: ignore[attr-defined]
    facilities = [(str(one.pk), one.name) for one in every]
    wanted = request.GET.get("facility", "")
    result = None
    form: Form
    if wanted not in dict(facilities):
        form = PlaceForm(request.GET or None, facilities=facilities)
    else:
        form = _form(request, facilities, int(wanted))
        if "try" in request.GET and "unit" in request.GET and form.is_valid():
            result = _result(request, form.cleaned_data, form)
    context = {"result": result, "crumbs": crumbs(request, (_("料金と予約の試算"), ""))}
    return page(request, "reservations/office/masters_simulation.html", context, form=form)


def _form(request: HttpRequest, facilities: list[tuple[str, str]], facility_id: int) -> SimulationForm:
    body = request.actor.body  # type: ignore[attr-defined]
    today = clock.today(request.now)  # type: ignore[attr-defined]
    units = (
        Combination.objects.filter(body=body, room__facility_id=facility_id)
        .select_related("room")
        .order_by("room__position", "room__code", "position", "code")
    )
    lent = Equipment.objects.filter(body=body, facility_id=facility_id).order_by("position", "code")
    asked = "unit" in request.GET
    return SimulationForm(
        request.GET if asked else None,
        initial={"facility": str(facility_id), "day": today + timedelta(days=14), "admission_yen": 0},
        facilities=facilities,
        units=[(str(one.pk), f"{one.room.name} {one.name}") for one in units],
        purposes=[(one.code, one.name) for one in purposes_of_body(request.actor)],  # type: ignore[attr-defined]
        lent=list(lent),
    )


def _result(request: HttpRequest, facts: dict[str, Any], form: Form) -> dict[str, Any] | None:
    """The answer; None when the form says why there is none."""
    body = request.actor.body  # type: ignore[attr-defined]
    now = request.now  # type: ignore[attr-defined]
    known = None
    if facts["number"]:
        number = facts["number"].replace("-", "").strip()
        known = registration_by_number(actor=request.actor, number=number)  # type: ignore[attr-defined]
        if known is None:
            form.add_error("number", _("この番号の利用者登録はありません。"))
            return None
        looked(actor=request.actor, now=now, verb="reservations.view_registration", thing=known)  # type: ignore[attr-defined]
    asked = Asked(
        combination_id=int(facts["unit"]),
        day=facts["day"],
        starts=facts["starts"],
        ends=facts["ends"],
        purpose=facts["purpose"],
        people=facts["people"],
        commercial=facts["commercial"],
        admission_yen=facts["admission_yen"] or 0,
        equipment=facts.get("equipment", {}),
    )
    try:
        seen = scene(body=body, asked=asked, today=clock.today(now))
    except UnknownUnit:
        form.add_error("unit", _("この利用単位は、利用日には使えません。"))
        return None
    registration = known or _anybody(facts, body, seen)
    against = _against(request, seen, registration, stored=known is not None)
    quoted, problem = _quoted(seen, registration, against)
    reasons = [str(one.message) for one in against] + ([problem] if problem else [])
    times = f"{time_words(asked.starts)}〜{time_words(asked.ends)}"
    return {
        "kind": "error" if reasons else "success",
        "title": _("予約できません") if reasons else _("予約できます"),
        "text": _("ほかの予約で埋まっているかどうかは、空き状況で確かめてください。"),
        "reasons": list(dict.fromkeys(reasons)),
        "fee": _fee_table(quoted) if quoted is not None else None,
        "facts": [
            {"key": _("利用"), "value": f"{seen.room.facility.name} {seen.room.name} {seen.unit.name}"},
            {"key": _("日時"), "value": f"{wareki(asked.day)} {times}"},
            {"key": _("利用者"), "value": known.name if known is not None else _("試算の利用者")},
            {"key": _("使用料"), "value": _yen(quoted.fee_yen) if quoted is not None else "", "missing": "—"},
            {"key": _("減免"), "value": _yen(quoted.relief_yen) if quoted and quoted.relief_yen else "", "missing": "—"},
            {"key": _("根拠"), "value": str(quoted.document.get("source", "")) if quoted else "", "missing": "—"},
        ],
    }  # fmt: skip


def _yen(yen: int) -> str:
    return _("%(yen)s円") % {"yen": f"{yen:,}"}


def _anybody(facts: dict[str, Any], body: Any, seen: Scene) -> Registration:
    """A user of this kind and class who has done nothing yet: never stored."""
    return Registration(
        body=body,
        kind=facts["kind"],
        resident_class=facts["resident_class"],
        state=Registration.State.ACTIVE,
        valid_until=seen.asked.day + timedelta(days=365),
        members=max(100, facts["people"] or 0),
        name="",
        person_key="",
    )


def _against(
    request: HttpRequest, seen: Scene, registration: Registration, *, stored: bool
) -> list[checks.CannotBook]:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if stored:
        return faults_of(actor=actor, now=now, known=[seen], registration=registration)[0][1]
    return checks.faults(
        actor=actor, now=now, scene=seen, registration=registration, standing=[], inside_members=registration.members
    )


def _quoted(
    seen: Scene, registration: Registration, against: list[checks.CannotBook]
) -> tuple[Quoted | None, str]:
    """The fee, or why there is none."""
    if any(isinstance(one, checks.NotATimeOfRoom) for one in against):
        return None, ""
    try:
        return quote_for(scene=seen, registration=registration), ""
    except (FeeUnknown, checks.UnknownEquipment) as refused:
        return None, str(refused.message)


def _fee_table(quoted: Quoted) -> dict[str, Any]:
    """使用料の計算 — every step of every line."""
    rows: list[list[Any]] = []
    for line in quoted.document["lines"]:
        rows += [
            [{"text": line["label"], "head": True} if not at else None, *_step(step)]
            for at, step in enumerate(line["steps"])
        ] or [[{"text": line["label"], "head": True}, None, None, f"{line['yen']:,}"]]
    rows += [[None, *_step(step)] for step in quoted.document["closing"]]
    columns: list[Any] = [_("区分"), _("計算"), _("根拠"), (_("円"), True)]
    return table(_("使用料の計算"), columns, rows, _("使用料はかかりません。"))


def _step(step: dict[str, Any]) -> list[Any]:
    value = step["value"]
    words = step["label"] + (f"（{step['formula']}）" if step.get("formula") else "")
    return [words, step.get("source") or None, f"{value:,}" if isinstance(value, int) else str(value)]


urlpatterns = [path("masters/simulation/", simulation, name="reservations_office_simulation")]
