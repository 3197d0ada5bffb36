"""過納の還付・充当 — what was paid too much for a booking: asked for here, decided and paid in 収納 by another person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import check_permit
from moyai.money.public import credits_about
from moyai.reservations.actions.credits import pay_back, use_credit
from moyai.reservations.models import Booking
from moyai.reservations.office.bookings import frame
from moyai.reservations.office.desk import Visit, attempt, booking_or_404, status_of, url, when, where
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.receivables import owing_with
from moyai.ui.public import Form, page, yen

BACK = "back"


class CreditForm(Form):
    """過納の扱い — given back, or used for another booking of the same user that is not paid yet."""

    target = forms.ChoiceField(label=lazy("過納の扱い"), widget=forms.RadioSelect)
    reason = forms.CharField(label=lazy("理由"), max_length=200)

    def __init__(self, *args: Any, targets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["target"].choices = [(BACK, _("利用者に還付する")), *targets]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: Visit, number: str) -> HttpResponse:
    """還付か充当を申請する; where nothing is left to ask for, the page of the booking says so."""
    check_permit(request.actor, "reservations.pay_back", PERMITS)
    one = booking_or_404(request, number)
    back_url = url(request, "booking", number=number)
    left_yen = sum(over.left_yen for over in credits_about(one))
    if not left_yen:
        messages.warning(request, _("還付や充当のできる過納は、ありません。"))
        return redirect(back_url)
    owing = owing_with(one)
    targets = [
        (
            row.booking.number,
            _("%(when)s %(where)sの未納%(yen)sに充てる")
            % {
                "when": when(row.booking),
                "where": where(row.booking),
                "yen": yen(row.standing.unpaid_yen),
            },
        )
        for row in owing
    ]
    form, refusal = CreditForm(request.POST if request.method == "POST" else None, targets=targets), None
    if request.method == "POST" and form.is_valid():
        chosen = {row.booking.number: row.booking for row in owing}.get(form.cleaned_data["target"])
        done, refusal = attempt(form, lambda: _ask(request, one, chosen, form.cleaned_data["reason"]))
        if done is not None:
            messages.success(request, _("申請しました。決裁者の承認を待っています。"))
            return redirect(back_url)
    heading = _("過納の還付・充当を申請する")
    context = frame(request, one)
    context["crumbs"] = [*context["crumbs"], (heading, "")]
    context |= {
        "heading": heading,
        "says": _("納めすぎの%(yen)sを、どうするかを申請します。別の決裁者が承認すると、手続きが進みます。")
        % {"yen": yen(left_yen)},
        "label": _("申請する"),
        "version": one.version,
        "back_url": back_url,
    }
    return page(request, "reservations/office/booking_act.html", context, form=form, **status_of(refusal))


def _ask(request: Visit, one: Booking, target: Booking | None, reason: str) -> Any:
    if target is None:
        return pay_back(actor=request.actor, now=request.now, booking=one, reason=reason)
    return use_credit(actor=request.actor, now=request.now, booking=one, target=target, reason=reason)


urlpatterns = [
    path("reservations/bookings/<str:number>/credit/", credit, name="reservations_office_booking_credit")
]
