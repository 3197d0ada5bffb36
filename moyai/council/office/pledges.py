"""誓約書 — what the council asks of this body before a selection: its share, its pledge, older versions, bringing one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import wareki
from moyai.council.actions.bills import decision_words
from moyai.council.actions.pledges import bring_pledge, fetch_pledge
from moyai.council.desk import Visit, act_page, number_of
from moyai.council.forms.pledges import PledgeForm
from moyai.council.models import Burden, BurdenShare, Pledge
from moyai.council.money_shown import fact, pledge_file, pledge_state, pledges_table, selection_facts
from moyai.council.office.bills import TEMPLATE, body_of
from moyai.council.permits import PERMITS
from moyai.council.queries.pledges import asked_of, pledges_of
from moyai.council.rules.bills import mix_in_words, percent_of, year_of
from moyai.council.rules.settlement import triangle
from moyai.ui.public import page


def own_share(request: Visit, burden_id: int) -> BurdenShare:
    """The share of the acting body in a burden with a 選定日; where it has none, the burden is absent."""
    rows = BurdenShare.objects.select_related(
        "body", "burden__cost_line__account", "burden__decided_by__meeting__committee"
    )
    found: BurdenShare = get_object_or_404(
        rows, burden_id=burden_id, body=body_of(request), burden__selection_on__isnull=False
    )
    return found


def title_of(burden: Burden) -> str:
    """平成29年度 データ抽出経費."""
    return f"{year_of(burden.fiscal_year)} {burden.cost_line.name}"


def address(request: Visit, name: str, **kwargs: Any) -> str:
    return reverse(f"council_office_{name}", kwargs={"body_slug": body_of(request).slug, **kwargs})


def crumbs(request: Visit, burden: Burden | None = None) -> list[tuple[str, str]]:
    found = [
        (_("協議会の請求書"), address(request, "bills")),
        (_("誓約書"), address(request, "pledges")),
    ]
    if burden is not None:
        found.append((title_of(burden), address(request, "pledge", burden_id=burden.pk)))
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """誓約書の一覧 — every burden with a 選定日 that this body has a share of, newest first."""
    before = request.GET.get("before", "")
    rows, more = asked_of(body_of(request), before=number_of(before))
    here = address(request, "pledges")
    table = {
        "caption": _("誓約書を出す負担金（新しい順）"),
        "columns": [
            {"label": _("負担金")},
            {"label": _("選定日")},
            {"label": _("負担額"), "numeric": True},
            {"label": _("状態")},
            {"label": _("誓約書")},
        ],
        "rows": [
            [
                {"text": title_of(one.share.burden), "url": address(request, "pledge", burden_id=one.share.burden_id)},
                wareki(one.share.burden.selection_on) if one.share.burden.selection_on else None,
                f"{triangle(one.share.yen)}円",
                one.share.burden.get_state_display(),
                {"state": pledge_state(one.share.burden, one.pledge)},
            ]
            for one in rows
        ],
        "empty": _("誓約書を出す負担金はありません。"),
    }  # fmt: skip
    context = {
        "heading": _("誓約書"),
        "crumbs": [crumbs(request)[0], (_("誓約書"), "")],
        "lead": _("業者などを選ぶ前に負担の割合を決めた経費について、誓約書を提出します。"),
        "sections": [{"heading": _("負担金の一覧"), "table": table}],
        "older_url": f"{here}?{urlencode({'before': rows[-1].share.pk})}" if more else "",
        "newer_url": here if before else "",
    }
    return page(request, TEMPLATE, context)


@require_safe
def pledge(request: Visit, burden_id: int) -> HttpResponse:
    """一つの負担金の誓約書 — the body's own share and how it is agreed, every version of its own pledge."""
    share = own_share(request, burden_id)
    one = share.burden
    pledges = pledges_of(one, share.body)
    may = request.actor.may(set(PERMITS["council.bring_pledge"])) and one.state != Burden.State.WITHDRAWN

    def url_of(pledge: Pledge) -> str:
        return address(request, "pledge_file", pledge_id=pledge.pk)

    table = pledges_table(one, [share.body], pledges, url_of, with_body=False)
    label = _("新しい誓約書に差し替える") if pledges else _("誓約書を提出する")
    context = {
        "heading": _("誓約書：%(title)s") % {"title": title_of(one)},
        "crumbs": [*crumbs(request), (title_of(one), "")],
        "facts": _facts(share),
        "sections": [{"heading": _("提出した誓約書"), "table": table}],
        "acts": [{"label": label, "url": address(request, "pledge_new", burden_id=one.pk)}] if may else [],
    }
    return page(request, TEMPLATE, context)


def _facts(share: BurdenShare) -> list[dict[str, str]]:
    one = share.burden
    decided = decision_words(one) if one.state == Burden.State.DECIDED else str(one.get_state_display())
    return [
        fact(_("会計"), one.cost_line.account.name),
        *selection_facts(one),
        fact(_("決定"), decided),
        fact(_("分ける額"), f"{triangle(one.yen)}円"),
        fact(_("分け方"), mix_in_words(one.mix)),
        fact(_("この団体の割合"), percent_of(share.weight)),
        fact(_("この団体の負担額"), f"{triangle(share.yen)}円"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: Visit, burden_id: int) -> HttpResponse:
    """誓約書を提出する — a newer one replaces the one in force."""
    share = own_share(request, burden_id)
    one = share.burden
    form = PledgeForm(request.POST or None, request.FILES or None)
    return act_page(
        request, form,
        lambda: bring_pledge(
            actor=request.actor, now=request.now, burden=one, body=share.body, **form.cleaned_data
        ),
        heading=_("誓約書を提出する"), label=_("誓約書を提出する"), done=_("誓約書を提出しました。"),
        lead=_("前に提出した誓約書は、古い版として残ります。ほかの団体には見えません。"),
        facts=_facts(share), to=address(request, "pledge", burden_id=one.pk), crumbs=crumbs(request, one),
        template="council/office/act.html",
    )  # fmt: skip


@require_safe
def file(request: Visit, pledge_id: int) -> HttpResponse:
    """誓約書 — the sheet as this body brought it; another's is absent. Each download leaves a deed."""
    one = get_object_or_404(Pledge, pk=pledge_id, body=body_of(request))
    kept = fetch_pledge(actor=request.actor, now=request.now, pledge=one)
    return pledge_file(one, bytes(kept.content), kept.content_type)


urlpatterns = [
    path("council/pledges/", index, name="council_office_pledges"),
    path("council/pledges/<int:burden_id>/", pledge, name="council_office_pledge"),
    path("council/pledges/<int:burden_id>/new/", bring, name="council_office_pledge_new"),
    path("council/pledges/files/<int:pledge_id>/", file, name="council_office_pledge_file"),
]
