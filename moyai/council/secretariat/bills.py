"""請求と収納 — every bill with what came in and what is late; receipts, withdrawals, the letter."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year_words
from moyai.council.actions.bills import fetch_bill, receive_burden, received_yen, withdraw_bill
from moyai.council.desk import Visit, act_page, link, number_of, taken_away, today_of
from moyai.council.figures.bills import bills_table
from moyai.council.forms.bills import ReceiptForm
from moyai.council.forms.money import ReasonForm
from moyai.council.models import Bill
from moyai.council.money_shown import (
    REGISTER,
    as_file,
    bill_facts,
    explained,
    faces,
    fact,
    receipts_table,
    rows_table,
)
from moyai.council.queries.money import bills
from moyai.council.rules.settlement import triangle
from moyai.council.secretariat.budgets import asked_year
from moyai.ui.public import page

MENU = [(gettext_lazy("請求と収納"), "council_bills")]


def to(bill: Bill) -> str:
    return reverse("council_bill", kwargs={"bill_id": bill.pk})


def crumbs(bill: Bill | None = None) -> list[tuple[str, str]]:
    found = [(_("請求と収納"), reverse("council_bills"))]
    if bill is not None:
        found.append((bill.number, to(bill)))
    return found


def one_of(bill_id: int) -> Bill:
    rows = Bill.objects.select_related("body", "cost_line__account")
    found: Bill = get_object_or_404(rows, pk=bill_id)
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """請求の一覧 of a year, newest first; those late alone where asked. The whole year to take away."""
    form, year = asked_year(request)
    today = today_of(request)
    late = "late" in request.GET
    before = request.GET.get("before", "")
    if "format" in request.GET:
        every, _more = bills(fiscal_year=year, late_on=today if late else None, most=None)
        file = taken_away(request, lambda: bills_table(every, today), f"bills-{year}")
        assert file is not None
        return file
    rows, more = bills(fiscal_year=year, late_on=today if late else None, before=number_of(before))
    here = reverse("council_bills")
    kept = {"fiscal_year": year} | ({"late": 1} if late else {})
    context = {
        "heading": _("請求と収納（%(year)s）") % {"year": fiscal_year_words(year)},
        "year_form": form,
        "sections": [
            {
                "heading": _("滞納している請求") if late else _("請求の一覧"),
                "table": rows_table(rows, to, today),
                "faces": faces(**kept),
                "acts": [
                    link_to(_("すべての請求"), f"{here}?{urlencode({'fiscal_year': year})}")
                    if late
                    else link_to(_("滞納だけ"), f"{here}?{urlencode({**kept, 'late': 1})}")
                ],
            }
        ],
        "older_url": f"{here}?{urlencode({**kept, 'before': rows[-1].bill.pk})}" if more else "",
        "newer_url": f"{here}?{urlencode(kept)}" if before else "",
        "acts": [link(_("負担金の算定から請求する"), "council_burdens")],
    }
    return page(request, "council/money/year.html", context, form=form)


def link_to(label: str, url: str) -> dict[str, str]:
    return {"label": label, "url": url}


@require_safe
def bill(request: Visit, bill_id: int) -> HttpResponse:
    """一つの請求 — what it asks for and why, what came in."""
    one = one_of(bill_id)
    received = received_yen(one)
    acts = [link(_("請求書を保存する（PDF）"), "council_bill_letter", bill_id=one.pk)]
    if one.withdrawn_on is None:
        if received != one.yen:
            acts.append(link(_("収納を記帳する"), "council_bill_receive", bill_id=one.pk))
        if received == 0:
            acts.append(link(_("請求を取り下げる"), "council_bill_withdraw", bill_id=one.pk))
    context = {
        "heading": _("%(body)sへの請求 %(number)s") % {"body": one.body.name, "number": one.number},
        "crumbs": [*crumbs(), (one.number, "")],
        "facts": bill_facts(one, received),
        "sections": [{"heading": _("収納"), "table": receipts_table(one)}, explained(one)],
        "acts": acts,
    }
    return page(request, REGISTER, context)


@require_safe
def letter(request: Visit, bill_id: int) -> HttpResponse:
    """請求書 — the PDF as it was first made."""
    one = one_of(bill_id)
    file = fetch_bill(actor=request.actor, now=request.now, bill=one)
    return as_file(bytes(file.content), file.content_type, f"bill-{one.number}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: Visit, bill_id: int) -> HttpResponse:
    """収納を記帳する."""
    one = one_of(bill_id)
    owed = one.yen - received_yen(one)
    form = ReceiptForm(
        request.POST or None, request.FILES or None, initial={"on": today_of(request), "yen": abs(owed)}
    )
    return act_page(
        request, form,
        lambda: receive_burden(actor=request.actor, now=request.now, bill=one, **form.cleaned_data),
        heading=_("収納を記帳する"), label=_("記帳する"), done=_("収納を記帳しました。"),
        facts=[fact(_("団体名"), one.body.name), fact(_("未納額"), f"{triangle(owed)}円")],
        to=to(one), crumbs=crumbs(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Visit, bill_id: int) -> HttpResponse:
    """請求を取り下げる."""
    one = one_of(bill_id)
    form = ReasonForm(request.POST or None)
    return act_page(
        request, form,
        lambda: withdraw_bill(actor=request.actor, now=request.now, bill=one, reason=form.cleaned_data["reason"]),
        heading=_("請求を取り下げる"), label=_("取り下げる"), done=_("請求を取り下げました。"), danger=True,
        lead=_("取り下げた団体には、同じ負担金をもう一度請求できます。"), to=to(one), crumbs=crumbs(one),
    )  # fmt: skip


urlpatterns = [
    path("burdens/bills/", index, name="council_bills"),
    path("burdens/bills/<int:bill_id>/", bill, name="council_bill"),
    path("burdens/bills/<int:bill_id>/letter/", letter, name="council_bill_letter"),
    path("burdens/bills/<int:bill_id>/receive/", receive, name="council_bill_receive"),
    path("burdens/bills/<int:bill_id>/withdraw/", withdraw, name="council_bill_withdraw"),
]
