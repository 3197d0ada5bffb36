"""Staff pages: 調定, the counter, transfers, 過納 and 還付."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moyai.audit.public import check_permit, looked
from moyai.calendars.public import short_wareki
from moyai.documents.public import Letter, letters_about, serve_letter
from moyai.money import actions, queries
from moyai.money.forms import (
    ConfirmForm,
    PaidForm,
    ReasonForm,
    ReceiveForm,
    RefundForm,
    SearchForm,
    TransferForm,
)
from moyai.money.models import Charge, Receipt
from moyai.money.permits import PERMITS
from moyai.money.portal import lines_with_steps
from moyai.money.rules.ledger import ChargeState, RefundState, Why
from moyai.money.wording import ATTEMPT_WORDS, CHANNEL_WORDS, CHARGE_WORDS, REFUND_WORDS, WHY_WORDS, badge
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import page

MENU = [(gettext_lazy("収納"), "money_office_charges")]
JST = ZoneInfo("Asia/Tokyo")


def _url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"body_slug": request.actor.body.slug, **kwargs})


def _or_404(found: models.Model | None) -> Any:
    if found is None:
        raise Http404
    return found


def _may(request: HttpRequest, verb: str) -> bool:
    return bool(request.actor.may(PERMITS[verb]))


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _done(form: forms.Form, act: Callable[[], Any]) -> Any:
    """Run an action for a form; a refusal becomes an error beside its field, and undoes what the action began."""
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        fields = {name: text for name, text in refusal.fields.items() if name in form.fields}
        for name, text in (fields or {None: str(refusal.message)}).items():
            form.add_error(name, text)
    return None


@require_GET
def charges(request: HttpRequest) -> HttpResponse:
    """調定の一覧, by state, newest first."""
    asked = request.GET.get("state", ChargeState.OPEN.value)
    state = next((each for each in ChargeState if each.value == asked), None)
    before = _before(request)
    rows = queries.charges(actor=request.actor, state=state, before=before)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    here = _url(request, "money_office_charges")
    tabs = [
        {"label": word, "url": f"{here}?state={each.value}", "current": state is each}
        for each, (_kind, word) in CHARGE_WORDS.items()
    ]
    tabs.append({"label": _("すべて"), "url": f"{here}?state=all", "current": state is None})
    keep = f"state={state.value if state else 'all'}"
    return page(request, "money/office/charges.html", {
        "tabs": tabs,
        "sums": queries.sums(actor=request.actor),
        "rows": [
            {
                "charge": row,
                "url": _url(request, "money_office_charge", charge_id=row.pk),
                "due_on": short_wareki(row.due_on),
                "late": row.state == ChargeState.OPEN and row.due_on < clock.today(request.now),
                "badge": badge(CHARGE_WORDS, row.state),
            }
            for row in shown
        ],
        "older_url": f"{here}?{keep}&before={shown[-1].pk}" if more else "",
        "newer_url": f"{here}?{keep}" if before else "",
    })


@require_GET
def charge(request: HttpRequest, charge_id: int) -> HttpResponse:
    """調定の詳細: lines, money that came, tries by card, and what may be done. The look is on record."""
    found: Charge = _or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
    is_open = found.state == ChargeState.OPEN
    acts = [
        (_("窓口で受け取る"), "money_office_receive", is_open and _may(request, "money.receive")),
        (_("振込みを登録する"), "money_office_transfer", _may(request, "money.receive")),
        (_("欠損とする"), "money_office_write_off", is_open and _may(request, "money.write_off")),
        (
            _("調定を取り消す"),
            "money_office_cancel",
            found.state in (ChargeState.OPEN, ChargeState.SETTLED) and _may(request, "money.write_off"),
        ),
    ]
    return page(request, "money/office/charge.html", {
        "charge": found,
        "badge": badge(CHARGE_WORDS, found.state),
        "lines": lines_with_steps(found),
        "acts": [
            {"label": label, "url": _url(request, name, charge_id=found.pk)} for label, name, may in acts if may
        ],
        "receipts": [_receipt_row(request, row) for row in queries.receipts_of(found)],
        "attempts": [
            {"attempt": row, "badge": badge(ATTEMPT_WORDS, row.state)} for row in queries.attempts_of(found)
        ],
    })


def _receipt_row(request: HttpRequest, row: Receipt) -> dict[str, Any]:
    final = row.stage == Receipt.Stage.FINAL or bool(row.confirmations.all())
    return {
        "receipt": row,
        "url": _url(request, "money_office_receipt", receipt_id=row.pk),
        "channel": CHANNEL_WORDS[row.channel],
        "stage": _("確報") if final else _("速報"),
        "overpaid_yen": sum(each.left_yen for each in row.overpayments.all()),
    }


@require_GET
def counter(request: HttpRequest) -> HttpResponse:
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
            return redirect(_url(request, "money_office_receive", charge_id=found.pk))
        if form.is_valid():
            form.add_error("number", _("この番号の請求はありません。番号を確かめてください。"))
    return page(request, "money/office/counter.html", {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, charge_id: int) -> HttpResponse:
    """窓口で受け取る: the charge, the sum, one button."""
    check_permit(request.actor, "money.receive", PERMITS)
    found: Charge = _or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    if request.method == "POST":
        form = ReceiveForm(request.POST)
        if form.is_valid():
            once = form.cleaned_data["once"]
            receipt = _done(form, lambda: actions.receive(
                actor=request.actor, now=request.now, charge=found, channel=Receipt.Channel.COUNTER,
                amount_yen=form.cleaned_data["amount_yen"], external_id=once,
            )) or queries.receipt_by_external_id(
                actor=request.actor, channel=Receipt.Channel.COUNTER, external_id=once
            )
            if receipt is not None:
                actions.print_receipt(actor=request.actor, now=request.now, receipt=receipt)
                return redirect(_url(request, "money_office_receipt", receipt_id=receipt.pk))
    else:
        looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
        form = ReceiveForm(initial={"once": secrets.token_hex(12), "amount_yen": f"{found.unpaid_yen:,}"})
    return page(request, "money/office/receive.html", {
        "charge": found,
        "badge": badge(CHARGE_WORDS, found.state),
        "is_open": found.state == ChargeState.OPEN,
        "lines": lines_with_steps(found),
        "counter_url": _url(request, "money_office_counter"),
    }, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, charge_id: int) -> HttpResponse:
    """振込みを登録する: whatever sum came; what is too much goes to 過納."""
    check_permit(request.actor, "money.receive", PERMITS)
    found: Charge = _or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    form = TransferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        receipt = _done(form, lambda: actions.receive(
            actor=request.actor, now=request.now, charge=found, channel=Receipt.Channel.TRANSFER,
            amount_yen=given["amount_yen"], external_id=given["external_id"].strip(),
            received_at=datetime.combine(given["received_on"], time(12), tzinfo=JST),
        ))
        if receipt is not None:
            return redirect(_url(request, "money_office_receipt", receipt_id=receipt.pk))
    return _form_page(request, found, form, title=_("振込みを登録する"), button=_("登録する"))


@require_http_methods(["GET", "HEAD", "POST"])
def write_off(request: HttpRequest, charge_id: int) -> HttpResponse:
    """不納欠損とする."""
    return _with_reason(
        request, charge_id, actions.write_off, title=_("欠損とする"), button=_("欠損とする"),
        warning=_("未納額を欠損とします。この操作は元に戻せません。"), done=_("欠損としました。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, charge_id: int) -> HttpResponse:
    """調定を取り消す."""
    return _with_reason(
        request, charge_id, actions.cancel_charge, title=_("調定を取り消す"), button=_("調定を取り消す"),
        warning=_("請求を取り消します。納付されたお金は過納に移ります。この操作は元に戻せません。"),
        done=_("調定を取り消しました。"),
    )


def _with_reason(
    request: HttpRequest, charge_id: int, act: Callable[..., Any], *, title: str, button: str, warning: str, done: str
) -> HttpResponse:
    check_permit(request.actor, "money.write_off", PERMITS)
    found: Charge = _or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(form, lambda: act(actor=request.actor, now=request.now, charge=found, reason=reason)) is not None:
            messages.success(request, done)
            return redirect(_url(request, "money_office_charge", charge_id=charge_id))
    return _form_page(request, found, form, title=title, button=button, warning=warning)


def _form_page(
    request: HttpRequest, found: Charge, form: forms.Form, *, title: str, button: str, warning: str = ""
) -> HttpResponse:
    return page(request, "money/office/form.html", {
        "charge": found,
        "badge": badge(CHARGE_WORDS, found.state),
        "title": title,
        "button": button,
        "button_kind": "danger" if warning else "primary",
        "warning": warning,
        "back_url": _url(request, "money_office_charge", charge_id=found.pk),
    }, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """収納の詳細: what came in and where it went, its 領収書, its 確報."""
    found: Receipt = _or_404(queries.receipt_by_id(actor=request.actor, receipt_id=receipt_id))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _done(form, lambda: actions.confirm_receipt(
            actor=request.actor, now=request.now, receipt=found, amount_yen=form.cleaned_data["amount_yen"],
            confirmed_on=form.cleaned_data["confirmed_on"],
        ))
        if made is not None:
            messages.success(request, _("確報を登録しました。"))
            return redirect(_url(request, "money_office_receipt", receipt_id=receipt_id))
    if request.method != "POST":
        looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
    confirmed = found.confirmations.first()
    over = list(found.overpayments.order_by("id"))
    paper = letters_about(actor=request.actor, thing=found).first()
    return page(request, "money/office/receipt.html", {
        "receipt": found,
        "charge": found.charge,
        "channel": CHANNEL_WORDS[found.channel],
        "stage": _("確報") if confirmed or found.stage == Receipt.Stage.FINAL else _("速報"),
        "may_confirm": (
            found.stage == Receipt.Stage.PRELIMINARY and confirmed is None and _may(request, "money.confirm_receipt")
        ),
        "may_print": found.channel == Receipt.Channel.COUNTER and _may(request, "money.receive"),
        "paper": paper,
        "paper_ready": paper is not None and paper.state == Letter.State.READY,
        "overpayments": [
            {
                "yen": each.left_yen,
                "why": WHY_WORDS[Why(each.why)],
                "url": _url(request, "money_office_overpayment", overpayment_id=each.pk),
            }
            for each in over
        ],
        "here": _url(request, "money_office_receipt", receipt_id=found.pk),
        "charge_url": _url(request, "money_office_charge", charge_id=found.charge_id),
        "counter_url": _url(request, "money_office_counter"),
    }, form=form)


@require_GET
def receipt_file(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """領収書のPDF."""
    found: Receipt = _or_404(queries.receipt_by_id(actor=request.actor, receipt_id=receipt_id))
    paper = _or_404(letters_about(actor=request.actor, thing=found).first())
    return serve_letter(actor=request.actor, now=request.now, letter=paper)


@require_GET
def overpaid(request: HttpRequest) -> HttpResponse:
    """過納の一覧: money that waits for a decision, and the decisions under way."""
    before = _before(request)
    rows = queries.overpayments(actor=request.actor, before=before)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    here = _url(request, "money_office_overpaid")
    return page(request, "money/office/overpaid.html", {
        "rows": [
            {
                "overpayment": row,
                "charge": row.receipt.charge,
                "found_on": short_wareki(clock.today(row.found_at)),
                "why": WHY_WORDS[Why(row.why)],
                "url": _url(request, "money_office_overpayment", overpayment_id=row.pk),
            }
            for row in shown
        ],
        "refunds": [
            {
                "refund": row,
                "way": _("充当") if row.target_id else _("還付"),
                "badge": badge(REFUND_WORDS, row.state),
                "url": _url(request, "money_office_overpayment", overpayment_id=row.overpayment_id),
            }
            for row in queries.refunds_under_way(actor=request.actor)
        ],
        "older_url": f"{here}?before={shown[-1].pk}" if more else "",
        "newer_url": here if before else "",
    })


@require_http_methods(["GET", "HEAD", "POST"])
def overpayment(request: HttpRequest, overpayment_id: int) -> HttpResponse:
    """過納の詳細: ask for a refund, decide it, pay it."""
    found = _or_404(queries.overpayment_by_id(actor=request.actor, overpayment_id=overpayment_id))
    refunds = queries.refunds_of(found)
    under_way = next((row for row in refunds if row.state in (RefundState.REQUESTED, RefundState.APPROVED)), None)
    form: forms.Form = RefundForm(request.POST if request.method == "POST" else None, initial={"amount_yen": f"{found.left_yen:,}"})
    if under_way is not None and under_way.state == RefundState.APPROVED:
        form = PaidForm()
    elif request.method == "POST" and form.is_valid():
        made = _request_refund(request, found, form)
        if made is not None:
            messages.success(request, _("申請しました。決裁者の承認を待っています。"))
            return redirect(_url(request, "money_office_overpayment", overpayment_id=found.pk))
    return page(request, "money/office/overpayment.html", {
        "overpayment": found,
        "receipt": found.receipt,
        "charge": found.receipt.charge,
        "why": WHY_WORDS[Why(found.why)],
        "charge_url": _url(request, "money_office_charge", charge_id=found.receipt.charge_id),
        "under_way": under_way,
        "may_request": under_way is None and found.left_yen > 0 and _may(request, "money.request_refund"),
        "may_decide": (
            under_way is not None
            and under_way.state == RefundState.REQUESTED
            and _may(request, "money.decide_refund")
        ),
        "may_pay": (
            under_way is not None and under_way.state == RefundState.APPROVED and _may(request, "money.pay_refund")
        ),
        "decide_url": _url(request, "money_office_refund", refund_id=under_way.pk) if under_way else "",
        "refunds": [
            {"refund": row, "way": _("充当") if row.target_id else _("還付"), "badge": badge(REFUND_WORDS, row.state)}
            for row in refunds
        ],
    }, form=form)


def _request_refund(request: HttpRequest, found: Any, form: forms.Form) -> Any:
    given = form.cleaned_data
    target = None
    if given["way"] == "apply":
        target = queries.charge_by_number(actor=request.actor, number=given["target"])
        if target is None:
            form.add_error("target", _("この番号の請求はありません。番号を確かめてください。"))
            return None
    return _done(form, lambda: actions.request_refund(
        actor=request.actor, now=request.now, overpayment=found, amount_yen=given["amount_yen"],
        reason=given["reason"], target=target,
    ))


@require_POST
def refund(request: HttpRequest, refund_id: int) -> HttpResponse:
    """承認・却下・支払済み, by the button pressed."""
    found = _or_404(queries.refund_by_id(actor=request.actor, refund_id=refund_id))
    there = _url(request, "money_office_overpayment", overpayment_id=found.overpayment_id)
    if "paid" in request.POST:
        form = PaidForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
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


urlpatterns = [
    path("money/", charges, name="money_office_charges"),
    path("money/charges/<int:charge_id>/", charge, name="money_office_charge"),
    path("money/charges/<int:charge_id>/receive/", receive, name="money_office_receive"),
    path("money/charges/<int:charge_id>/transfer/", transfer, name="money_office_transfer"),
    path("money/charges/<int:charge_id>/write-off/", write_off, name="money_office_write_off"),
    path("money/charges/<int:charge_id>/cancel/", cancel, name="money_office_cancel"),
    path("money/counter/", counter, name="money_office_counter"),
    path("money/receipts/<int:receipt_id>/", receipt, name="money_office_receipt"),
    path("money/receipts/<int:receipt_id>/receipt.pdf", receipt_file, name="money_office_receipt_file"),
    path("money/overpaid/", overpaid, name="money_office_overpaid"),
    path("money/overpaid/<int:overpayment_id>/", overpayment, name="money_office_overpayment"),
    path("money/refunds/<int:refund_id>/", refund, name="money_office_refund"),
]
