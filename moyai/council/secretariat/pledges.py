"""誓約書 — taken in on paper for a payer, and taken out as a file; which are in stands on the page of the burden."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.council.actions.pledges import bring_pledge, fetch_pledge
from moyai.council.desk import Visit, act_page
from moyai.council.forms.pledges import PaperPledgeForm
from moyai.council.models import Pledge
from moyai.council.money_shown import fact, pledge_file, selection_facts
from moyai.council.queries.shares import shares_of
from moyai.council.secretariat.burdens import burden_title, crumbs, one_of, to


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: Visit, burden_id: int) -> HttpResponse:
    """紙の誓約書を受け取る."""
    one = one_of(burden_id)
    payers = [share.body for share in shares_of(one)]
    form = PaperPledgeForm(request.POST or None, request.FILES or None, payers=payers)
    return act_page(
        request, form,
        lambda: bring_pledge(actor=request.actor, now=request.now, burden=one, **form.asked()),
        heading=_("紙の誓約書を受け取る"), label=_("誓約書を登録する"), done=_("誓約書を登録しました。"),
        lead=_("紙を読み取ったファイルを登録します。前の誓約書は、古い版として残ります。"),
        facts=[fact(_("負担金"), burden_title(one)), *selection_facts(one)], to=to(one), crumbs=crumbs(one),
    )  # fmt: skip


@require_safe
def file(request: Visit, pledge_id: int) -> HttpResponse:
    """誓約書 — the sheet as it was brought; each download leaves a deed."""
    one = get_object_or_404(Pledge, pk=pledge_id)
    kept = fetch_pledge(actor=request.actor, now=request.now, pledge=one)
    return pledge_file(one, bytes(kept.content), kept.content_type)


urlpatterns = [
    path("burdens/<int:burden_id>/pledges/new/", bring, name="council_burden_pledge"),
    path("burdens/pledges/<int:pledge_id>/", file, name="council_pledge_file"),
]
