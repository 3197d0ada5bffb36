"""Pages of the secretariat: figures of 施設予約 for a fiscal year, over all bodies."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.calendars.public import wareki
from moyai.documents.public import yearly_page
from moyai.reservations.figures import tables
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.figures import YearOfReservations, year_of_reservations
from moyai.ui.public import Series, bar_chart


@require_GET
def figures(request: HttpRequest) -> HttpResponseBase:
    """施設予約の統計 — chart and tables of a fiscal year; each table also as CSV, XLSX, PDF and JSON."""
    return yearly_page(
        request,
        title=_("施設予約の統計"),
        name="reservations",
        read=year_of_reservations,
        tables=tables,
        chart=_chart,
        notes=[
            _("利用者登録と利用館数は、年度の最後の日（終わっていない年度は今日）に登録されている数です。"),
            _(
                "予約登録数は、年度のうちに受け付けた予約の数です。取消し・不承認になったものと、抽選に当選して登録されたものも数えます。"
                "入力の途中でやめたもの、納付や確定の期限が過ぎて失効したものは数えません。"
            ),
            _("抽選申込数は、年度のうちに受け付けた抽選の申込みの数です。取り下げたものも数えます。"),
        ],
    )


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
