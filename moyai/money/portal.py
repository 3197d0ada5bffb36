"""The payer's pages. Who knows the token of a charge may see and pay it; nothing else is shown."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.documents.public import Letter, serve_letter
from moyai.money import gateways, payables, queries
from moyai.money.actions import issue_slip, start_payment
from moyai.money.asked import Asked
from moyai.money.models import Attempt, Charge
from moyai.money.refusals import NotOpen
from moyai.money.rules.ledger import AttemptState, ChargeState
from moyai.money.tasks import ask
from moyai.money.wording import CHARGE_WORDS, badge
from moyai.tenants.public import body_of, later
from moyai.ui.public import page


def _charge(request: Asked, token: str) -> Charge:
    found = queries.charge_by_token(actor=request.actor, token=token)
    if found is None:
        raise Http404
    return found


def _url(request: Asked, name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"body_slug": body_of(request.actor.body).slug, **kwargs})


def lines_with_steps(charge: Charge) -> list[dict[str, Any]]:
    """The lines of a charge with their working in words, as pages show them."""
    return [
        {
            "label": item.label,
            "amount_yen": item.amount_yen,
            "rule": item.rule,
            "version": item.rule_version,
            "steps": [
                {
                    "label": step.get("label", ""),
                    "formula": step.get("formula", ""),
                    "value": f"{step['value']:,}"
                    if type(step.get("value")) is int
                    else step.get("value", ""),
                    "unit": step.get("unit", ""),
                    "source": step.get("source", ""),
                }
                for step in item.steps
            ],
        }
        for item in queries.items_of(charge)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: Asked, token: str) -> HttpResponse:
    """支払い: what is owed and why; by card or by slip."""
    charge = _charge(request, token)
    if request.method == "POST":
        return _choose(request, charge)
    return page(
        request,
        "money/portal/pay.html",
        {
            "charge": charge,
            "badge": badge(CHARGE_WORDS, charge.state),
            "is_open": charge.state == ChargeState.OPEN,
            "is_settled": charge.state == ChargeState.SETTLED,
            "onward": payables.page_of(request, charge) if charge.state == ChargeState.SETTLED else None,
            "lines": lines_with_steps(charge),
            "card": gateways.in_use() is not None,
            "under_way": queries.attempt_under_way(charge) if charge.state == ChargeState.OPEN else None,
            "part_paid": charge.state == ChargeState.OPEN and charge.unpaid_yen != charge.amount_yen,
        },
    )


def _choose(request: Asked, charge: Charge) -> HttpResponse:
    here = _url(request, "money_portal_pay", token=charge.token)
    try:
        if "slip" in request.POST:
            slip = issue_slip(actor=request.actor, now=request.now, charge=charge)
            return redirect(_url(request, "money_portal_slip", token=charge.token, slip_id=slip.pk))
        _attempt, address = start_payment(
            actor=request.actor,
            now=request.now,
            charge=charge,
            return_url=lambda order_id: request.build_absolute_uri(
                _url(request, "money_portal_back", token=charge.token, order_id=order_id)
            ),
            notify_url=lambda gateway: request.build_absolute_uri(
                reverse("money_webhook", kwargs={"gateway": gateway})
            ),
        )
    except NotOpen:  # paid in another window meanwhile: the page says so
        return redirect(here)
    return redirect(address)


@require_GET
def back(request: Asked, token: str, order_id: str) -> HttpResponse:
    """決済画面から戻ったところ. What the browser brings is not believed: we look, and ask the company ourselves."""
    charge = _charge(request, token)
    attempt: Attempt | None = queries.attempt_of(charge, order_id)
    if attempt is None:
        raise Http404
    if charge.state != ChargeState.OPEN and attempt.state in (AttemptState.PAID, AttemptState.STARTED):
        return redirect(_url(request, "money_portal_pay", token=token))
    if attempt.state == AttemptState.STARTED:
        later(ask, attempt_id=attempt.pk)
    template, title = {
        AttemptState.STARTED: ("waiting", _("支払いを確認しています")),
        AttemptState.PAID: ("waiting", _("支払いを確認しています")),
        AttemptState.HELD: ("held", _("支払いの内容を確認しています")),
    }.get(AttemptState(attempt.state), ("unpaid", _("支払いは完了していません")))
    return page(
        request,
        f"money/portal/{template}.html",
        {
            "charge": charge,
            "attempt": attempt,
            "declined": attempt.state == AttemptState.DECLINED,
            "title": title,
            "here": _url(request, "money_portal_back", token=token, order_id=order_id),
            "pay_url": _url(request, "money_portal_pay", token=token),
        },
    )


@require_GET
def slip(request: Asked, token: str, slip_id: int) -> HttpResponse:
    """納付書: its number, and its PDF once it is set."""
    charge = _charge(request, token)
    found = queries.slip_by_id(actor=request.actor, charge=charge, slip_id=slip_id)
    if found is None:
        raise Http404
    return page(
        request,
        "money/portal/slip.html",
        {
            "charge": charge,
            "slip": found,
            "is_ready": found.letter.state == Letter.State.READY,
            "has_failed": found.letter.state == Letter.State.FAILED,
            "here": _url(request, "money_portal_slip", token=token, slip_id=slip_id),
            "file_url": _url(request, "money_portal_slip_file", token=token, slip_id=slip_id),
            "pay_url": _url(request, "money_portal_pay", token=token),
        },
    )


@require_GET
def slip_file(request: Asked, token: str, slip_id: int) -> HttpResponseBase:
    """納付書のPDF."""
    charge = _charge(request, token)
    found = queries.slip_by_id(actor=request.actor, charge=charge, slip_id=slip_id)
    if found is None or found.letter.state != Letter.State.READY:
        raise Http404
    return serve_letter(actor=request.actor, now=request.now, letter=found.letter)


urlpatterns = [
    path("pay/<slug:token>/", pay, name="money_portal_pay"),
    path("pay/<slug:token>/back/<slug:order_id>/", back, name="money_portal_back"),
    path("pay/<slug:token>/slips/<int:slip_id>/", slip, name="money_portal_slip"),
    path("pay/<slug:token>/slips/<int:slip_id>/slip.pdf", slip_file, name="money_portal_slip_file"),
]
