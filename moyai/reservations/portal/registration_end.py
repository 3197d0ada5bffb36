"""廃止の届出 and 自分の情報 — whoever is registered ends it himself, and takes with him what is kept about it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from moyai.reservations.actions.giving_up import (
    BookingsStand,
    EntriesStand,
    MoneyOwed,
    SuspendedNow,
    give_up_registration,
)
from moyai.reservations.models import Registration
from moyai.reservations.portal.registrations import form_page, put_on_form, signed_in, url
from moyai.reservations.queries.own_data import own_data
from moyai.reservations.queries.registrations import own_registration
from moyai.ui.public import Form


def _own(request: HttpRequest, number: str) -> Registration:
    found = own_registration(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def end(request: HttpRequest, number: str) -> HttpResponse:
    """登録の廃止を届け出る."""
    row = _own(request, number)
    if row.state not in ("pending", "active"):
        raise Http404
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                give_up_registration(actor=request.actor, now=request.now, registration=row)  # type: ignore[attr-defined]
        except (BookingsStand, EntriesStand, MoneyOwed, SuspendedNow) as refusal:
            put_on_form(form, refusal)
        else:
            messages.success(request, _("登録を廃止しました。"))
            return redirect(url(request, "registrations"))
    return form_page(
        request,
        form,
        heading=_("登録の廃止を届け出る"),
        label=_("廃止する"),
        texts=[
            _(
                "廃止すると、この登録では予約と抽選の申込みができなくなります。もう一度使うときは、新しく申し込んでください。"
            ),
            _(
                "一度も使っていない登録の個人情報は、すぐに消します。使った登録の情報は、決められた保存期間が終わると消します。"
            ),
        ],
        number=number,
    )


@never_cache
@require_safe
@signed_in
def data(request: HttpRequest, number: str) -> HttpResponse:
    """自分の情報 — everything that is kept about one's registration, as JSON."""
    row = _own(request, number)
    response = JsonResponse(own_data(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="registration-{row.number}.json"'
    return response


urlpatterns = [
    path("reservations/registrations/<str:number>/end/", end, name="reservations_portal_registration_end"),
    path("reservations/registrations/<str:number>/data/", data, name="reservations_portal_registration_data"),
]
