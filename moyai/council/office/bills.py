"""負担金の請求書 — what the council has billed this body: amount, why, what was received, the letter to take away."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from moyai.council.actions.bills import fetch_bill, received_yen
from moyai.council.desk import Visit, number_of, taken_away, today_of
from moyai.council.figures.bills import bill_words, bills_table
from moyai.council.models import Bill
from moyai.council.money_shown import as_file, bill_facts, explained, faces, receipts_table, rows_table
from moyai.council.queries.money import bills
from moyai.tenants.public import Body
from moyai.ui.public import page

MENU = [(gettext_lazy("請求書"), "council_office_bills")]
TEMPLATE = "council/money/office.html"


def body_of(request: Visit) -> Body:
    if request.actor.body is None:
        raise Http404
    return request.actor.body


def own_bill(request: Visit, bill_id: int) -> Bill:
    """A bill of the acting body; another's is absent."""
    rows = Bill.objects.select_related("body", "cost_line__account")
    found: Bill = get_object_or_404(rows, pk=bill_id, body=body_of(request))
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """請求書の一覧 of this body, newest first; the whole list also as CSV, XLSX, PDF and JSON."""
    body, today = body_of(request), today_of(request)
    before = request.GET.get("before", "")
    if "format" in request.GET:
        every, _more = bills(body=body, most=None)
        file = taken_away(request, lambda: bills_table(every, today), f"bills-{body.code}")
        assert file is not None
        return file
    rows, more = bills(body=body, before=number_of(before))
    here = reverse("council_office_bills", kwargs={"body_slug": body.slug})

    def url_of(bill: Bill) -> str:
        return reverse("council_office_bill", kwargs={"body_slug": body.slug, "bill_id": bill.pk})

    context = {
        "heading": _("協議会の請求書"),
        "lead": _("協議会がこの団体に請求した負担金です。請求書はPDFで保存できます。"),
        "sections": [
            {
                "heading": _("請求の一覧"),
                "table": rows_table(rows, url_of, today, with_body=False),
                "faces": faces(),
            }
        ],
        "older_url": f"{here}?{urlencode({'before': rows[-1].bill.pk})}" if more else "",
        "newer_url": here if before else "",
        "acts": [
            {
                "label": _("誓約書を提出する"),
                "url": reverse("council_office_pledges", kwargs={"body_slug": body.slug}),
            }
        ],
    }
    return page(request, TEMPLATE, context)


@require_safe
def bill(request: Visit, bill_id: int) -> HttpResponse:
    """一つの請求 — the amount, how it was worked out, what was received."""
    one = own_bill(request, bill_id)
    body = body_of(request)
    where = {"body_slug": body.slug, "bill_id": one.pk}
    context = {
        "heading": bill_words(one),
        "crumbs": [
            (_("協議会の請求書"), reverse("council_office_bills", kwargs={"body_slug": body.slug})),
            (one.number, ""),
        ],
        "lead": _("請求番号 %(number)s") % {"number": one.number},
        "facts": bill_facts(one, received_yen(one)),
        "sections": [explained(one), {"heading": _("収納"), "table": receipts_table(one)}],
        "acts": [
            {
                "label": _("請求書を保存する（PDF）"),
                "url": reverse("council_office_bill_letter", kwargs=where),
            }
        ],
    }
    return page(request, TEMPLATE, context)


@require_safe
def letter(request: Visit, bill_id: int) -> HttpResponse:
    """請求書 — the PDF as it was first made; each download leaves a deed."""
    one = own_bill(request, bill_id)
    file = fetch_bill(actor=request.actor, now=request.now, bill=one)
    return as_file(bytes(file.content), file.content_type, f"bill-{one.number}.pdf")


urlpatterns = [
    path("council/bills/", index, name="council_office_bills"),
    path("council/bills/<int:bill_id>/", bill, name="council_office_bill"),
    path("council/bills/<int:bill_id>/letter/", letter, name="council_office_bill_letter"),
]
