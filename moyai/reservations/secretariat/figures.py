"""Pages of the secretariat: figures of 施設予約 for a fiscal year, over all bodies."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.calendars.public import fiscal_year, wareki
from moyai.documents.public import render_table_html, table_response
from moyai.reservations.figures import tables
from moyai.reservations.forms.figures import YearForm
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.figures import YearOfReservations, year_of_reservations
from moyai.tenants.public import clock
from moyai.ui.public import Series, bar_chart, page

FACES = ("csv", "xlsx", "pdf", "json")


@require_GET
def figures(request: HttpRequest) -> HttpResponseBase:
    """施設予約の統計 — chart and tables of a fiscal year; each table also as CSV, XLSX, PDF and JSON."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    this_year = fiscal_year(today)
    given = request.GET if "fiscal_year" in request.GET else None
    form = YearForm(given, until=this_year, initial={"fiscal_year": this_year})
    asked = form.asked(otherwise=fiscal_year(today))
    year = year_of_reservations(actor=request.actor, now=request.now, fiscal_year=asked)  # type: ignore[attr-defined]
    made = tables(year)
    if "table" in request.GET:
        name, face = request.GET["table"], request.GET.get("format", "csv")
        if name not in made or face not in FACES:
            raise Http404
        return table_response(
            made[name],
            form=face,
            name=f"reservations-{asked}-{name}",
            now=request.now,  # type: ignore[attr-defined]
        )
    context = {
        "form": form,
        "fiscal_year": asked,
        "chart": _chart(year),
        "tables": [
            {
                "html": render_table_html(table, number=name),
                "caption": table.caption,
                "links": [
                    (face.upper(), f"?fiscal_year={asked}&table={name}&format={face}") for face in FACES
                ],
            }
            for name, table in made.items()
        ],
    }
    return page(request, "reservations/secretariat/figures.html", context, form=form)


def _chart(year: YearOfReservations) -> str:
    """予約 and 抽選申込 by channel, with the channel most bookings came through."""
    sums = {
        code: (
            sum(of_body.get(code, 0) for of_body in year.bookings.values()),
            sum(of_body.get(code, 0) for of_body in year.entries.values()),
        )
        for code in CHANNELS
    }
    most = max(sums, key=lambda code: sums[code][0])
    finding = (
        _("%(total)s件の予約のうち、%(channel)sからがもっとも多く%(count)s件でした。")
        % {"total": f"{year.booked:,}", "channel": CHANNELS[most], "count": f"{sums[most][0]:,}"}
        if year.booked
        else _("この年度の予約はまだありません。")
    )
    return bar_chart(
        finding=finding,
        title=_("経路ごとの予約登録数と抽選申込数"),
        labels=[str(word) for word in CHANNELS.values()],
        series=[
            Series(_("予約登録数"), [sums[code][0] for code in CHANNELS]),
            Series(_("抽選申込数"), [sums[code][1] for code in CHANNELS]),
        ],
        unit=_("件"),
        label_head=_("経路"),
        source=_("予約と抽選申込の記録"),
        as_of=wareki(year.until),
    )


urlpatterns = [path("reservations/", figures, name="reservations_council_figures")]
