"""収納: the counter, transfers, one receipt, its paper and its 確報."""

from __future__ import annotations

import secrets
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.audit.public import check_permit, looked
from moyai.documents.public import Letter, letters_about, serve_letter
from moyai.money import actions, queries
from moyai.money.asked import Asked
from moyai.money.forms import (
    ConfirmForm,
    ReceiveForm,
    SearchForm,
    TransferForm,
)
from moyai.money.models import Charge, Receipt
from moyai.money.office.desk import done, form_page, may, or_404, url
from moyai.money.permits import PERMITS
from moyai.money.portal import lines_with_steps
from moyai.money.rules.ledger import ChargeState, Why
from moyai.money.wording import CHANNEL_WORDS, CHARGE_WORDS, WHY_WORDS, badge
from moyai.ui.public import page

JST = ZoneInfo("Asia/Tokyo")


@require_GET
def counter(request: Asked) -> HttpResponse:
    """窓口収納: find the charge by the number on the slip."""
    check_permit(request.actor, "money.receive", PERMITS)
    form = SearchForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["number"]
        digits = queries.typed_number(typed)
        found = queries.charge_by_number(actor=request.actor, number=typed)
        if found is None and len(digits) == 12 and not queries.slip_number_ok(digits):
            form.add_error("number", _("番号が1文字違う可能性があります。納付書の番号を確かめてください。"))
        elif found is None:
            slip = queries.slip_by_number(actor=request.actor, number=digits)
            found = slip.instalment.charge if slip else None
        if found is not None:
            return redirect(url(request, "money_office_receive", charge_id=found.pk))
        if form.is_valid():
            form.add_error("number", _("この番号の請求はありません。番号を確かめてください。"))
    return page(request, "money/office/counter.html", {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: Asked, charge_id: int) -> HttpResponse:
    """窓口で受け取る: the charge, the sum, one button."""
    check_permit(request.actor, "money.receive", PERMITS)
    found: Charge = or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    if request.method == "POST":
        form = ReceiveForm(request.POST)
        if form.is_valid():
            once = form.cleaned_data["once"]
            receipt = done(
                form,
                lambda: actions.receive(
                    actor=request.actor,
                    now=request.now,
                    charge=found,
                    channel=Receipt.Channel.COUNTER,
                    amount_yen=form.cleaned_data["amount_yen"],
                    external_id=once,
                ),
            ) or queries.receipt_by_external_id(
                actor=request.actor, channel=Receipt.Channel.COUNTER, external_id=once
            )
            if receipt is not None:
                actions.print_receipt(actor=request.actor, now=request.now, receipt=receipt)
                return redirect(url(request, "money_office_receipt", receipt_id=receipt.pk))
    else:
        looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
        form = ReceiveForm(initial={"once": secrets.token_hex(12), "amount_yen": f"{found.unpaid_yen:,}"})
    return page(
        request,
        "money/office/receive.html",
        {
            "charge": found,
            "badge": badge(CHARGE_WORDS, found.state),
            "is_open": found.state == ChargeState.OPEN,
            "lines": lines_with_steps(found),
            "counter_url": url(request, "money_office_counter"),
        },
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: Asked, charge_id: int) -> HttpResponse:
    """振込みを登録する: whatever sum came; what is too much goes to 過納."""
    check_permit(request.actor, "money.receive", PERMITS)
    found: Charge = or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    form = TransferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        receipt = done(
            form,
            lambda: actions.receive(
                actor=request.actor,
                now=request.now,
                charge=found,
                channel=Receipt.Channel.TRANSFER,
                amount_yen=given["amount_yen"],
                external_id=given["external_id"].strip(),
                received_at=datetime.combine(given["received_on"], time(12), tzinfo=JST),
            ),
        )
        if receipt is not None:
            return redirect(url(request, "money_office_receipt", receipt_id=receipt.pk))
    return form_page(request, found, form, title=_("振込みを登録する"), button=_("登録する"))


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: Asked, receipt_id: int) -> HttpResponse:
    """収納の詳細: what came in and where it went, its 領収書, its 確報."""
    found: Receipt = or_404(queries.receipt_by_id(actor=request.actor, receipt_id=receipt_id))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = done(
            form,
            lambda: actions.confirm_receipt(
                actor=request.actor,
                now=request.now,
                receipt=found,
                amount_yen=form.cleaned_data["amount_yen"],
                confirmed_on=form.cleaned_data["confirmed_on"],
            ),
        )
        if made is not None:
            messages.success(request, _("確報を登録しました。"))
            return redirect(url(request, "money_office_receipt", receipt_id=receipt_id))
    if request.method != "POST":
        looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
    confirmed = found.confirmations.first()
    over = list(found.overpayments.order_by("id"))
    paper = letters_about(actor=request.actor, thing=found).first()
    return page(
        request,
        "money/office/receipt.html",
        {
            "receipt": found,
            "charge": found.charge,
            "channel": CHANNEL_WORDS[found.channel],
            "stage": _("確報") if confirmed or found.stage == Receipt.Stage.FINAL else _("速報"),
            "may_confirm": (
                found.stage == Receipt.Stage.PRELIMINARY
                and confirmed is None
                and may(request, "money.confirm_receipt")
            ),
            "may_print": found.channel == Receipt.Channel.COUNTER and may(request, "money.receive"),
            "paper": paper,
            "paper_ready": paper is not None and paper.state == Letter.State.READY,
            "overpayments": [
                {
                    "yen": each.left_yen,
                    "why": WHY_WORDS[Why(each.why)],
                    "url": url(request, "money_office_overpayment", overpayment_id=each.pk),
                }
                for each in over
            ],
            "here": url(request, "money_office_receipt", receipt_id=found.pk),
            "charge_url": url(request, "money_office_charge", charge_id=found.charge_id),
            "counter_url": url(request, "money_office_counter"),
        },
        form=form,
    )


@require_GET
def receipt_file(request: Asked, receipt_id: int) -> HttpResponseBase:
    """領収書のPDF."""
    found: Receipt = or_404(queries.receipt_by_id(actor=request.actor, receipt_id=receipt_id))
    paper = or_404(letters_about(actor=request.actor, thing=found).first())
    return serve_letter(actor=request.actor, now=request.now, letter=paper)
