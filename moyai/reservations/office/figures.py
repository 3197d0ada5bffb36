"""利用の統計 — how much each room is used, month by month; fees, reliefs, cancellations and no-shows by facility."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from moyai.calendars.public import fiscal_year
from moyai.documents.public import (
    Column,
    FigureTable,
    Row,
    all_rows_of,
    render_table_html,
    table_asked,
    table_links,
)
from moyai.reservations.forms.figures import UseForm
from moyai.reservations.office.desk import KEEPING
from moyai.reservations.portal.naming import SERVICE, named, url
from moyai.reservations.queries.utilisation import (
    MONTHS,
    FacilitySums,
    RoomUse,
    Share,
    facilities_in_use,
    facility_sums,
    rooms_used,
    together,
)
from moyai.tenants.public import clock
from moyai.ui.public import page

MENU = [(lazy("利用の統計"), "reservations_office_figures", KEEPING)]
LEVELS = 5  # shades of the heat map, from 0


@require_GET
def figures(request: HttpRequest) -> HttpResponseBase:
    """利用の統計 of a fiscal year: the heat map of a facility's rooms, the sums of all facilities; each also as a file."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    every = facilities_in_use(actor=actor, on=today)
    given = {"fiscal_year": str(fiscal_year(today)), "facility": str(every[0].pk) if every else ""}
    given |= {name: request.GET[name] for name in given if request.GET.get(name)}
    form = UseForm(
        given if every else None,
        until=fiscal_year(today),
        facilities=[(one.pk, named(one)) for one in every],
    )
    asked = form.asked()
    wanted = form.cleaned_data.get("facility") if form.is_bound else None
    chosen = next((one for one in every if one.pk == wanted), every[0] if every else None)
    rooms = rooms_used(actor=actor, facility=chosen, fiscal_year=asked, today=today) if chosen else []
    made = {
        "use": use_table(rooms, named(chosen) if chosen else ""),
        "sums": sums_table(facility_sums(actor=actor, facilities=every, fiscal_year=asked)),
    }
    if (file := table_asked(request, made, name=f"reservations-{asked}", now=now)) is not None:
        return file
    here = url(request, "reservations_office_figures")
    query = f"?fiscal_year={asked}&facility={chosen.pk if chosen else ''}"
    context = {
        "service": SERVICE,
        "here": here,
        "fiscal_year": asked,
        "facility": named(chosen) if chosen else "",
        "heat": heat(rooms) if rooms else None,
        "sums": render_table_html(made["sums"], number="sums") if every else "",
        "links": {name: table_links(name, query=query) for name in made},
    }
    return page(request, "reservations/office/figures.html", context, form=form)


def heat(rooms: list[RoomUse]) -> dict[str, Any]:
    """利用率の表 as it is shown: each share with its shade; the number stands in the cell, too."""
    lines: list[dict[str, Any]] = []
    for room in rooms:
        shares = [*(room.by_month.get(month) for month in MONTHS), room.year]
        lines.append({"name": named(room.plan), "cells": [_cell(share) for share in shares]})
    return {"months": [_month(month) for month in MONTHS], "lines": lines}


def _cell(share: Share | None) -> dict[str, Any]:
    percent = share.percent if share is not None else None
    if percent is None:
        return {"text": "—", "level": ""}
    level = min(LEVELS, int(percent * LEVELS / 100) + (1 if percent else 0))
    return {"text": f"{percent}%", "level": level}


def use_table(rooms: list[RoomUse], facility: str) -> FigureTable:
    """利用率 by room and month, in percent; the last row is of all rooms together, not a sum of shares."""
    whole = {
        month: together(room.by_month[month] for room in rooms if month in room.by_month) for month in MONTHS
    }
    rows = [Row(str(room.plan.id), named(room.plan), _values(room.by_month, room.year)) for room in rooms]
    if rooms:
        rows.append(Row("all", _("全室場"), _values(whole, together(room.year for room in rooms))))
    return FigureTable(
        caption=_("室場・月ごとの利用率（%(facility)s）") % {"facility": facility},
        rows_label=_("室場"),
        columns=[
            *(Column(f"m{month}", _month(month), kind="percent", places=1, down=False) for month in MONTHS),
            Column("year", _("年度"), kind="percent", places=1, down=False),
        ],
        rows=rows,
        unit="%",
        source=_("予約の記録と開館日"),
    )


def _values(by_month: dict[int, Share], year: Share) -> dict[str, Decimal | None]:
    values = {f"m{month}": share.percent for month, share in by_month.items()}
    return {**values, "year": year.percent}


def sums_table(sums: list[FacilitySums]) -> FigureTable:
    """施設ごとの予約と使用料."""
    rows = [
        Row(
            one.facility.code,
            named(one.facility),
            {
                "bookings": one.bookings,
                "fee": one.fee_yen,
                "relief": one.relief_yen,
                "kept": one.kept_yen,
                "cancelled": one.cancelled,
                "no_shows": one.no_shows,
            },
        )
        for one in sums
    ]
    return FigureTable(
        caption=_("施設ごとの予約と使用料"),
        rows_label=_("施設"),
        columns=[
            Column("bookings", _("予約（件）")),
            Column("fee", _("使用料（円）"), kind="yen"),
            Column("kept", _("取消料・変更料（円）"), kind="yen"),
            Column("charged", _("調定額（円）"), kind="yen", sum_of=("fee", "kept")),
            Column("relief", _("減免額（円）"), kind="yen"),
            Column("cancelled", _("取消し（件）")),
            Column("no_shows", _("無断不使用（件）")),
        ],
        rows=all_rows_of(rows, label=_("合計")),
        source=_("予約の記録"),
    )


def _month(month: int) -> str:
    return _("%(month)s月") % {"month": month}


urlpatterns = [path("reservations/figures/", figures, name="reservations_office_figures")]
