"""調定: the list, one charge, taking it back, giving it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.audit.public import check_permit, looked
from moyai.calendars.public import short_wareki
from moyai.money import actions, queries
from moyai.money.asked import Asked
from moyai.money.forms import (
    ReasonForm,
)
from moyai.money.models import Charge, Receipt
from moyai.money.office.desk import before_key, done, form_page, may, or_404, url
from moyai.money.permits import PERMITS
from moyai.money.portal import lines_with_steps
from moyai.money.rules.ledger import ChargeState
from moyai.money.wording import ATTEMPT_WORDS, CHANNEL_WORDS, CHARGE_WORDS, badge
from moyai.tenants.public import clock
from moyai.ui.public import page

JST = ZoneInfo("Asia/Tokyo")


@require_GET
def charges(request: Asked) -> HttpResponse:
    """調定の一覧, by state, newest first."""
    asked = request.GET.get("state", ChargeState.OPEN.value)
    state = next((each for each in ChargeState if each.value == asked), None)
    before = before_key(request)
    rows = queries.charges(actor=request.actor, state=state, before=before)
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    here = url(request, "money_office_charges")
    tabs = [
        {"label": word, "url": f"{here}?state={each.value}", "current": state is each}
        for each, (_kind, word) in CHARGE_WORDS.items()
    ]
    tabs.append({"label": _("すべて"), "url": f"{here}?state=all", "current": state is None})
    keep = f"state={state.value if state else 'all'}"
    return page(
        request,
        "money/office/charges.html",
        {
            "tabs": tabs,
            "sums": queries.sums(actor=request.actor),
            "rows": [
                {
                    "charge": row,
                    "url": url(request, "money_office_charge", charge_id=row.pk),
                    "due_on": short_wareki(row.due_on),
                    "late": row.state == ChargeState.OPEN and row.due_on < clock.today(request.now),
                    "badge": badge(CHARGE_WORDS, row.state),
                }
                for row in shown
            ],
            "older_url": f"{here}?{keep}&before={shown[-1].pk}" if more else "",
            "newer_url": f"{here}?{keep}" if before else "",
            "may_receive": may(request, "money.receive"),
        },
    )


@require_GET
def charge(request: Asked, charge_id: int) -> HttpResponse:
    """調定の詳細: lines, money that came, tries by card, and what may be done. The look is on record."""
    found: Charge = or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    looked(actor=request.actor, now=request.now, verb="money.view", thing=found)
    is_open = found.state == ChargeState.OPEN
    acts = [
        (_("窓口で受け取る"), "money_office_receive", is_open and may(request, "money.receive")),
        (_("振込みを登録する"), "money_office_transfer", may(request, "money.receive")),
        (_("欠損とする"), "money_office_write_off", is_open and may(request, "money.write_off")),
        (
            _("調定を取り消す"),
            "money_office_cancel",
            found.state in (ChargeState.OPEN, ChargeState.SETTLED) and may(request, "money.write_off"),
        ),
    ]
    return page(
        request,
        "money/office/charge.html",
        {
            "charge": found,
            "badge": badge(CHARGE_WORDS, found.state),
            "lines": lines_with_steps(found),
            "acts": [
                {"label": label, "url": url(request, name, charge_id=found.pk)}
                for label, name, allowed in acts
                if allowed
            ],
            "receipts": [_receipt_row(request, row) for row in queries.receipts_of(found)],
            "attempts": [
                {"attempt": row, "badge": badge(ATTEMPT_WORDS, row.state)}
                for row in queries.attempts_of(found)
            ],
        },
    )


def _receipt_row(request: Asked, row: Receipt) -> dict[str, Any]:
    final = row.stage == Receipt.Stage.FINAL or bool(row.confirmations.all())
    return {
        "receipt": row,
        "url": url(request, "money_office_receipt", receipt_id=row.pk),
        "channel": CHANNEL_WORDS[row.channel],
        "stage": _("確報") if final else _("速報"),
        "overpaid_yen": sum(each.left_yen for each in row.overpayments.all()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def write_off(request: Asked, charge_id: int) -> HttpResponse:
    """不納欠損とする."""
    return _with_reason(
        request,
        charge_id,
        actions.write_off,
        title=_("欠損とする"),
        button=_("欠損とする"),
        warning=_("未納額を欠損とします。この操作は元に戻せません。"),
        said=_("欠損としました。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Asked, charge_id: int) -> HttpResponse:
    """調定を取り消す."""
    return _with_reason(
        request,
        charge_id,
        actions.cancel_charge,
        title=_("調定を取り消す"),
        button=_("調定を取り消す"),
        warning=_("請求を取り消します。納付されたお金は過納に移ります。この操作は元に戻せません。"),
        said=_("調定を取り消しました。"),
    )


def _with_reason(
    request: Asked,
    charge_id: int,
    act: Callable[..., Any],
    *,
    title: str,
    button: str,
    warning: str,
    said: str,
) -> HttpResponse:
    check_permit(request.actor, "money.write_off", PERMITS)
    found: Charge = or_404(queries.charge_by_id(actor=request.actor, charge_id=charge_id))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if (
            done(form, lambda: act(actor=request.actor, now=request.now, charge=found, reason=reason))
            is not None
        ):
            messages.success(request, said)
            return redirect(url(request, "money_office_charge", charge_id=charge_id))
    return form_page(request, found, form, title=title, button=button, warning=warning)
