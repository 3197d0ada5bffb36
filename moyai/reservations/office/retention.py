"""保存期間 — what is kept how long, what goes tonight and what stays, and holding one booking back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import DateBoxField, day_words, short_wareki
from moyai.reservations.actions.retention import hold_booking
from moyai.reservations.forms.registration_acts import REASON
from moyai.reservations.office.bookings import frame
from moyai.reservations.office.desk import Visit, attempt, booking_or_404, may, status_of, today_of, url
from moyai.reservations.portal.naming import SERVICE
from moyai.reservations.queries.retention import WHY, forgotten_by_day, outlook, periods_on
from moyai.tenants.public import body_of
from moyai.ui.public import Form, page


class HoldForm(Form):
    """保留 — until when a booking is kept in any case; empty ends the hold."""

    until = DateBoxField(
        label=gettext_lazy("この日まで残す"),
        required=False,
        help_text=gettext_lazy("空欄にすると、保留を解きます。例：R13.3.31、+365"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("例：訴訟、監査、開示請求"),
        max_length=200,
        error_messages=REASON,
    )


@never_cache
@require_safe
def overview(request: Visit) -> HttpResponse:
    """保存期間 of bookings and entries: the periods in force, tonight's outlook, what was done."""
    if not may(request, "reservations.hold_booking"):
        raise Http404
    body, today = body_of(request.actor.body), today_of(request)
    kept_for, seen = periods_on(body, today), outlook(body, today=today)
    return page(
        request,
        "reservations/office/retention.html",
        {
            "service": SERVICE,
            "rows": [
                {
                    "key": _("予約"),
                    "value": _("利用した年度の次の年度から%(years)s年") % {"years": kept_for.booking_years},
                },
                {
                    "key": _("抽選の申込み"),
                    "value": _("利用の期間の終わりから%(months)sか月") % {"months": kept_for.entry_months},
                },
                {"key": _("今夜までに保存期間が終わる予約"), "value": _("%(day)sまでに利用した予約") % {"day": day_words(seen.until)}},
                {"key": _("今夜、個人情報を消す予約"), "value": _("%(count)s件") % {"count": f"{seen.going:,}"}},
                {"key": _("今夜、申込者を消す抽選回"), "value": _("%(count)s件") % {"count": f"{seen.rounds:,}"}},
            ],
            "staying": {
                "caption": _("保存期間が終わっても残る予約"),
                "columns": [{"label": _("理由")}, {"label": _("件数"), "numeric": True}],
                "rows": [[{"text": str(WHY[why]), "head": True}, f"{count:,}"] for why, count in sorted(seen.staying.items())],
                "empty": _("残る予約はありません。"),
            },
            "done": {
                "caption": _("個人情報を消した予約（新しい順）"),
                "columns": [{"label": _("消した日")}, {"label": _("件数"), "numeric": True}],
                "rows": [[{"text": short_wareki(day), "head": True}, f"{count:,}"] for day, count in forgotten_by_day(body)],
                "empty": _("まだありません。"),
            },
            "policies_url": url(request, "policies"),
            "crumbs": [(_("予約"), url(request, "bookings")), (_("保存期間"), "")],
        },
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: Visit, number: str) -> HttpResponse:
    """保留 — keep one booking beyond its time, for a reason that is on record."""
    if not may(request, "reservations.hold_booking"):
        raise Http404
    booking = booking_or_404(request, number)
    form = HoldForm(request.POST if request.method == "POST" else None, initial={"until": booking.keep_until})
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done, refusal = attempt(
            form,
            lambda: hold_booking(
                actor=request.actor,
                now=request.now,
                booking=booking,
                until=given["until"],
                reason=given["reason"],
            ),
        )
        if done is not None:
            messages.success(
                request,
                _("この予約を保留にしました。") if done.keep_until else _("この予約の保留を解きました。"),
            )
            return redirect(url(request, "booking", number=number))
    context = frame(request, booking) | {
        "form": form,
        "heading": _("予約を残す（保留）"),
        "label": _("保留にする・解く"),
        "says": _("%(day)sまで保留されています。") % {"day": day_words(booking.keep_until)}
        if booking.keep_until
        else "",
        "version": booking.version,
        "back_url": url(request, "booking", number=number),
    }
    return page(
        request,
        "reservations/office/booking_act.html",
        context,
        form=form if form.is_bound else None,
        **status_of(refusal),
    )


urlpatterns = [
    path("reservations/retention/", overview, name="reservations_office_retention"),
    path("reservations/bookings/<str:number>/hold/", hold, name="reservations_office_booking_hold"),
]
