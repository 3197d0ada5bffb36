"""保守・休止と仮押え — time that staff take out of booking or keep: what stands, and a new one, also every week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions import blocks
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.counter import BlockForm, FacilityForm
from moyai.reservations.models import Booking, Facility
from moyai.reservations.office.bookings import bookings_table
from moyai.reservations.office.day import KEPT
from moyai.reservations.office.desk import KEEPING, Visit, attempt, status_of, today_of, url, when, where
from moyai.reservations.portal.naming import SERVICE, named
from moyai.reservations.queries.bookings import in_the_way
from moyai.reservations.queries.counter import PAGE, facilities, kept_times
from moyai.reservations.queries.masters import plans_of
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import group_in_fours, page

MENU = [(lazy("保守・仮押え"), "reservations_office_blocks", KEEPING)]
MOST_SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD"])
def listing(request: Visit) -> HttpResponse:
    """保守・休止と仮押え that are still to come, a page by key."""
    today, here = today_of(request), url(request, "blocks")
    every = facilities(actor=request.actor, on=today)
    form = FacilityForm(
        request.GET, facilities=[(one.pk, named(one)) for one in every], today=today
    )
    form.is_valid()
    facility_id = form.cleaned_data.get("facility")
    found = kept_times(
        actor=request.actor,
        facility_id=facility_id,
        today=today,
        after=request.GET.get("after", "")[:40],
        before=request.GET.get("before", "")[:40],
    )
    state = {"facility": facility_id} if facility_id else {}
    return page(
        request,
        "reservations/office/blocks.html",
        {
            "service": SERVICE,
            "filter": form,
            "here": here,
            "clear_url": here if facility_id else "",
            "found": bool(found.rows),
            "table": {
                "caption": _("保守・休止と仮押え"),
                "dense": True,
                "columns": [
                    {"label": _("番号")},
                    {"label": _("日時")},
                    {"label": _("施設・室場")},
                    {"label": _("種類")},
                    {"label": _("理由")},
                    {"label": _("登録した職員")},
                ],
                "rows": [
                    [
                        {
                            "text": group_in_fours(one.number),
                            "url": url(request, "booking", number=one.number),
                            "head": True,
                        },
                        when(one),
                        where(one),
                        str(KEPT[Booking.Kind(one.kind)]),
                        one.title,
                        one.made_by,
                    ]
                    for one in found.rows
                ],
            },
            "older_url": f"{here}?{urlencode({**state, 'after': found.older})}" if found.older else "",
            "newer_url": f"{here}?{urlencode({**state, 'before': found.newer})}" if found.newer else "",
            "page_rows": PAGE,
            "choices": [
                {"text": named(one), "url": url(request, "block_new", facility_id=one.pk)} for one in every
            ],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit, facility_id: int) -> HttpResponse:
    """保守・仮押えを登録する — on one day or every week; what stands in the way is named, and nothing is taken then."""
    body, today = body_of(request.actor.body), today_of(request)
    chosen = Facility.objects.filter(body=body, pk=facility_id).first()
    if chosen is None:
        raise Http404
    plans = [plan for plan in plans_of(chosen, today).values() if plan.used_until is None or plan.in_use(today)]
    form = BlockForm(
        request.POST if request.method == "POST" else None,
        units=[
            (unit.id, f"{named(plan)} {named(unit)}" if len(plan.units) > 1 else named(plan))
            for plan in plans
            for unit in plan.units
        ],
        today=today,
    )
    refusal: Refusal | None = None
    way: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)  # a refusal takes its field out of the form's own
        days = [given["day"] + timedelta(weeks=week) for week in range(given["weeks"] or 1)]
        act = blocks.block if given["kind"] == "block" else blocks.keep
        made, refusal = attempt(
            form,
            lambda: act(
                actor=request.actor,
                now=request.now,
                asked=Asked(
                    combination_id=given["unit"],
                    day=given["day"],
                    starts=given["starts"],
                    ends=given["ends"],
                ),
                reason=given["reason"],
                days=days,
            ),
        )
        if made is not None:
            said = _("%(count)s件を登録しました。")
            messages.success(request, said % {"count": len(made)})
            return redirect(url(request, "blocks", {"facility": chosen.pk}))
        if isinstance(refusal, SlotTaken):
            way = _in_the_way(request, plans, given, days)
    return page(
        request,
        "reservations/office/block_new.html",
        {
            "service": SERVICE,
            "facility": named(chosen),
            "way": way,
            "crumbs": [(_("保守・仮押え"), url(request, "blocks")), (_("保守・仮押えを登録する"), "")],
        },
        form=form,
        **status_of(refusal),
    )


def _in_the_way(
    request: Visit, plans: list[RoomPlan], given: dict[str, Any], days: list[date]
) -> dict[str, Any]:
    """What staff move or cancel first."""
    unit = next((unit for plan in plans for unit in plan.units if unit.id == given["unit"]), None)
    if unit is None:
        return {}
    rows = in_the_way(
        body=body_of(request.actor.body),
        part_ids=unit.part_ids,
        days=days,
        starts=given["starts"],
        ends=given["ends"],
    )
    return bookings_table(request, rows[:MOST_SHOWN], _("この時間に入っている予約"))


urlpatterns = [
    path("reservations/blocks/", listing, name="reservations_office_blocks"),
    path("reservations/blocks/new/<int:facility_id>/", new, name="reservations_office_block_new"),
]
