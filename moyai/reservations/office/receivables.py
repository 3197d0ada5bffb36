"""未納の使用料 — the bookings that owe, by the day until which to pay; each leads to its charge at 収納."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import short_wareki
from moyai.reservations.forms.counter import FacilityForm
from moyai.reservations.office.desk import Visit, looked_over, number_of, today_of, url, when, who
from moyai.reservations.portal.naming import SERVICE, named
from moyai.reservations.queries.counter import facilities
from moyai.reservations.queries.receivables import PAGE, Receivable, receivables
from moyai.ui.public import group_in_fours, page, yen

MENU = [(lazy("未納の使用料"), "reservations_office_receivables")]
VIEWS = {"owed": lazy("納めるもの"), "late": lazy("期限を過ぎたもの")}


@never_cache
@require_http_methods(["GET", "HEAD"])
def listing(request: Visit) -> HttpResponse:
    """未納の一覧 — a page by key. Bookings that are settled in between are passed over."""
    today, here = today_of(request), url(request, "receivables")
    view = "late" if request.GET.get("view") == "late" else "owed"
    every = facilities(actor=request.actor, on=today)
    form = FacilityForm(request.GET, facilities=[(one.pk, named(one)) for one in every], today=today)
    form.is_valid()
    facility_id = form.cleaned_data.get("facility")
    found = receivables(
        actor=request.actor,
        today=today,
        facility_id=facility_id,
        late_only=view == "late",
        after=_key(request.GET.get("after", "")),
    )
    shown, more = found[:PAGE], len(found) > PAGE
    last = shown[-1].booking if more else None
    state: dict[str, Any] = {"view": view, "facility": facility_id or ""}
    looked_over(request, "receivables", (who(one.booking) for one in shown if one.standing.unpaid_yen))
    return page(
        request,
        "reservations/office/receivables.html",
        {
            "service": SERVICE,
            "views": [
                {"label": word, "url": url(request, "receivables", {"view": one}), "current": one == view}
                for one, word in VIEWS.items()
            ],
            "view_label": VIEWS[view],
            "filter": form,
            "here": here,
            "clear_url": url(request, "receivables", {"view": view}) if facility_id else "",
            "table": {
                "caption": str(VIEWS[view]),
                "dense": True,
                "columns": [
                    {"label": _("予約番号")},
                    {"label": _("納期限")},
                    {"label": _("利用者")},
                    {"label": _("利用日時")},
                    {"label": _("未納の額")},
                    {"label": _("状態")},
                ],
                "rows": [_line(request, one) for one in shown if one.standing.unpaid_yen],
                "empty": _("未納の使用料はありません。"),
            },
            "older_url": url(
                request, "receivables", {**state, "after": f"{last.pay_until:%Y%m%d}.{last.pk}"}
            )
            if last is not None and last.pay_until is not None
            else "",
            "page_rows": PAGE,
        },
    )


def _line(request: Visit, one: Receivable) -> list[Any]:
    row = one.booking
    late = {"kind": "bad", "word": _("期限超過")} if one.late else {"kind": "attention", "word": _("支払待ち")}
    return [
        {"text": group_in_fours(row.number), "url": url(request, "booking", number=row.number), "head": True},
        short_wareki(row.pay_until) if row.pay_until else None,
        who(row) or None,
        when(row),
        yen(one.standing.unpaid_yen),
        {"state": late},
    ]


def _key(text: str) -> tuple[date, int] | None:
    day, _dot, key = text.partition(".")
    number = number_of(key)
    try:
        return (date.fromisoformat(day), number) if len(day) == 8 and number is not None else None
    except ValueError:
        return None


urlpatterns = [
    path("reservations/receivables/", listing, name="reservations_office_receivables"),
]
