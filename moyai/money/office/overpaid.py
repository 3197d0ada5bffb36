"""過納: what waits for a decision, refunds and their approval."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moyai.calendars.public import short_wareki
from moyai.money import actions, queries
from moyai.money.asked import Asked
from moyai.money.forms import (
    PaidForm,
    RefundForm,
)
from moyai.money.office.desk import before_key, done, may, or_404, url
from moyai.money.rules.ledger import RefundState, Why
from moyai.money.wording import REFUND_WORDS, WHY_WORDS, badge
from moyai.tenants.public import clock
from moyai.ui.public import page

JST = ZoneInfo("Asia/Tokyo")


@require_GET
def overpaid(request: Asked) -> HttpResponse:
    """過納の一覧: money that waits for a decision, and the decisions under way."""
    before = before_key(request)
    rows = queries.overpayments(actor=request.actor, before=before)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    here = url(request, "money_office_overpaid")
    return page(
        request,
        "money/office/overpaid.html",
        {
            "rows": [
                {
                    "overpayment": row,
                    "charge": row.receipt.charge,
                    "found_on": short_wareki(clock.today(row.found_at)),
                    "why": WHY_WORDS[Why(row.why)],
                    "url": url(request, "money_office_overpayment", overpayment_id=row.pk),
                }
                for row in shown
            ],
            "refunds": [
                {
                    "refund": row,
                    "way": _("充当") if row.target_id else _("還付"),
                    "badge": badge(REFUND_WORDS, row.state),
                    "url": url(request, "money_office_overpayment", overpayment_id=row.overpayment_id),
                }
                for row in queries.refunds_under_way(actor=request.actor)
            ],
            "older_url": f"{here}?before={shown[-1].pk}" if more else "",
            "newer_url": here if before else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def overpayment(request: Asked, overpayment_id: int) -> HttpResponse:
    """過納の詳細: ask for a refund, decide it, pay it."""
    found = or_404(queries.overpayment_by_id(actor=request.actor, overpayment_id=overpayment_id))
    refunds = queries.refunds_of(found)
    under_way = next(
        (row for row in refunds if row.state in (RefundState.REQUESTED, RefundState.APPROVED)), None
    )
    form: forms.Form = RefundForm(
        request.POST if request.method == "POST" else None, initial={"amount_yen": f"{found.left_yen:,}"}
    )
    if under_way is not None and under_way.state == RefundState.APPROVED:
        form = PaidForm()
    elif request.method == "POST" and form.is_valid():
        made = _request_refund(request, found, form)
        if made is not None:
            messages.success(request, _("申請しました。決裁者の承認を待っています。"))
            return redirect(url(request, "money_office_overpayment", overpayment_id=found.pk))
    return page(
        request,
        "money/office/overpayment.html",
        {
            "overpayment": found,
            "receipt": found.receipt,
            "charge": found.receipt.charge,
            "why": WHY_WORDS[Why(found.why)],
            "charge_url": url(request, "money_office_charge", charge_id=found.receipt.charge_id),
            "under_way": under_way,
            "may_request": under_way is None and found.left_yen > 0 and may(request, "money.request_refund"),
            "may_decide": (
                under_way is not None
                and under_way.state == RefundState.REQUESTED
                and may(request, "money.decide_refund")
            ),
            "may_pay": (
                under_way is not None
                and under_way.state == RefundState.APPROVED
                and may(request, "money.pay_refund")
            ),
            "decide_url": url(request, "money_office_refund", refund_id=under_way.pk) if under_way else "",
            "refunds": [
                {
                    "refund": row,
                    "way": _("充当") if row.target_id else _("還付"),
                    "badge": badge(REFUND_WORDS, row.state),
                }
                for row in refunds
            ],
        },
        form=form,
    )


def _request_refund(request: Asked, found: Any, form: forms.Form) -> Any:
    given = form.cleaned_data
    target = None
    if given["way"] == "apply":
        target = queries.charge_by_number(actor=request.actor, number=given["target"])
        if target is None:
            form.add_error("target", _("この番号の請求はありません。番号を確かめてください。"))
            return None
    return done(
        form,
        lambda: actions.request_refund(
            actor=request.actor,
            now=request.now,
            overpayment=found,
            amount_yen=given["amount_yen"],
            reason=given["reason"],
            target=target,
        ),
    )


@require_POST
def refund(request: Asked, refund_id: int) -> HttpResponse:
    """承認・却下・支払済み, by the button pressed."""
    found = or_404(queries.refund_by_id(actor=request.actor, refund_id=refund_id))
    there = url(request, "money_office_overpayment", overpayment_id=found.overpayment_id)
    if "paid" in request.POST:
        form = PaidForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
            return redirect(there)
        actions.pay_refund(
            actor=request.actor, now=request.now, refund=found, paid_on=form.cleaned_data["paid_on"]
        )
        messages.success(request, _("還付を支払済みにしました。"))
        return redirect(there)
    approve = "approve" in request.POST
    actions.decide_refund(actor=request.actor, now=request.now, refund=found, approve=approve)
    messages.success(request, _("承認しました。") if approve else _("却下しました。"))
    return redirect(there)
