"""控え as PDF: made when it is asked for and stored nowhere, since it carries the secret."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from moyai.applications.actions.news import grouped
from moyai.applications.models import Application
from moyai.applications.portal.access import gate, go_on_url
from moyai.applications.portal.procedures import url
from moyai.applications.secrets import secret_of
from moyai.applications.wording import day_in_words, moment_in_words, second_in_words
from moyai.documents.public import set_in_type, site_address
from moyai.tenants.public import Body


def shown_secret(token: str) -> str:
    """パスワード as it is shown: in two halves."""
    secret = secret_of(token)
    return f"{secret[:5]}-{secret[5:]}"


def receipt_facts(
    request: HttpRequest, application: Application, *, token: str, body: Body
) -> dict[str, Any]:
    """What stands on the 控え, in the reader's language."""
    procedure = application.procedure
    rows = [{"label": _("受付日時"), "value": second_in_words(application.received_at)}]
    if application.open:
        rows.append({"label": _("結果のめやす"), "value": day_in_words(application.due_on)})
    if application.fee_yen:
        rows.append({"label": _("手数料"), "value": _("%(yen)s円") % {"yen": f"{application.fee_yen:,}"}})
        if application.pay_until and application.payment == Application.Payment.WAITING:
            rows.append({"label": _("支払いの期限"), "value": day_in_words(application.pay_until)})
    inquiry = f"{site_address()}{url(request, 'applications_portal_inquiry')}"
    return {
        "subject": _("申込みの控え"),
        "from_name": body.name,
        "printed": _("印刷：%(when)s") % {"when": moment_in_words(request.now)},  # type: ignore[attr-defined]
        "procedure": procedure.title,
        "numbers": [
            {"label": _("整理番号"), "value": grouped(application.public_number)},
            {"label": _("パスワード"), "value": shown_secret(token)},
        ],
        "keep": _("この2つの番号は、状況を確かめるときに必要です。ほかの人に見せないでください。"),
        "rows": rows,
        "how": _("状況の確かめ方"),
        "how_text": _("次のページで、整理番号とパスワードを入力してください。"),
        "verify_url": inquiry,
        "qr_alt": _("申込内容の照会のページのQRコード"),
        "contact": {"section": f"{body.name} {procedure.section}", "phone": body.phone},
    }


@never_cache
@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """控えをPDFで保存する — for the browser that applied, as often as it likes."""
    draft, elsewhere = gate(request, token, done=True)
    if elsewhere is not None:
        return elsewhere
    application = draft.application
    if application is None:
        return redirect(go_on_url(request, draft, token))
    application.procedure = draft.procedure
    body = request.actor.body  # type: ignore[attr-defined]
    made = set_in_type(
        "applications.receipt",
        facts=receipt_facts(request, application, token=token, body=body),
        at=request.now,  # type: ignore[attr-defined]
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{application.public_number}.pdf"'
    return response


urlpatterns = [path("drafts/<str:token>/receipt.pdf", receipt, name="applications_portal_receipt")]
