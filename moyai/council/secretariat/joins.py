"""後乗り — bodies that joined a shared cost late: what each pays, to whom it is credited, its bills (C13, I06)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import wareki
from moyai.council.actions.bills import decision_words
from moyai.council.actions.join_bills import issue_join_bills
from moyai.council.actions.joins import join_late
from moyai.council.desk import Visit, act_page, link, taken_away, today_of
from moyai.council.figures.joins import join_table, monthly_table
from moyai.council.forms.bills import IssueForm
from moyai.council.forms.joins import JoinForm
from moyai.council.models import LateJoin
from moyai.council.money_shown import REGISTER, faces, fact, rows_table
from moyai.council.queries.money import cost_lines, decided_items
from moyai.council.queries.shares import bills_of_join, joins
from moyai.council.rules.bills import exact_yen, mix_in_words, percent_of
from moyai.council.secretariat.bills import to as bill_at
from moyai.council.secretariat.burdens import crumbs
from moyai.documents.public import render_table_html
from moyai.tenants.public import Body
from moyai.ui.public import page


def bodies() -> list[Body]:
    return list(Body.objects.order_by("code"))


def trail(join: LateJoin | None = None) -> list[tuple[str, str]]:
    found = [*crumbs(), (_("後乗りの団体"), reverse("council_joins"))]
    if join is not None:
        found.append((join.body.name, to(join)))
    return found


def to(join: LateJoin) -> str:
    return reverse("council_join", kwargs={"join_id": join.pk})


def one_of(join_id: int) -> LateJoin:
    rows = LateJoin.objects.select_related("cost_line__account", "body", "decided_by__meeting__committee")
    found: LateJoin = get_object_or_404(rows, pk=join_id)
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """後乗りの団体, newest first."""
    table = {
        "caption": _("後から加入した団体（新しい順）"),
        "columns": [
            {"label": _("団体名")},
            {"label": _("費目")},
            {"label": _("加入の日")},
            {"label": _("加入時の負担額"), "numeric": True},
            {"label": _("固有の費用"), "numeric": True},
        ],
        "rows": [
            [
                {"text": one.body.name, "url": to(one)},
                one.cost_line.name,
                wareki(one.joins_on),
                f"{one.entry_yen:,}円",
                f"{one.own_yen:,}円",
            ]
            for one in joins()
        ],
        "empty": _("後から加入した団体はありません。"),
    }
    context = {
        "heading": _("後乗りの団体"),
        "crumbs": [*crumbs(), (_("後乗りの団体"), "")],
        "sections": [{"heading": _("後乗りの一覧"), "table": table}],
        "acts": [link(_("後乗りを受け入れる"), "council_join_new")],
    }
    return page(request, REGISTER, context)


@require_safe
def join(request: Visit, join_id: int) -> HttpResponse:
    """一つの後乗り — what it pays and why, to whom that is credited, the month's cost before and after, its bills."""
    one = one_of(join_id)
    by_code = {body.code: body for body in bodies()}
    credits, monthly = join_table(one, by_code), monthly_table(one, by_code)
    asked = monthly if monthly is not None and request.GET.get("of") == "monthly" else credits
    if (file := taken_away(request, lambda: asked, f"join-{one.body.code}")) is not None:
        return file
    sections: list[dict[str, Any]] = [
        {"heading": _("先の団体への充当"), "html": render_table_html(credits, number="credits"), "faces": faces(of="credits")}
    ]  # fmt: skip
    if monthly is not None:
        sections.append(
            {"heading": _("月額の負担"), "html": render_table_html(monthly, number="monthly"), "faces": faces(of="monthly")}
        )  # fmt: skip
    bills = bills_of_join(one)
    sections.append(
        {"heading": _("請求と充当の通知"), "table": rows_table(bills, bill_at, today_of(request))}
    )
    context = {
        "heading": _("%(body)sの後乗り") % {"body": one.body.name},
        "crumbs": [*trail(), (one.body.name, "")],
        "facts": facts_of(one),
        "sections": sections,
        "acts": [link(_("請求する"), "council_join_bill", join_id=one.pk)],
    }
    return page(request, REGISTER, context)


def facts_of(one: LateJoin) -> list[dict[str, str]]:
    facts = [
        fact(_("費目"), one.cost_line.name),
        fact(_("加入の日"), wareki(one.joins_on)),
        fact(_("共通の初期費用"), f"{one.first_cost_yen:,}円"),
        fact(_("過ぎた月数"), _("%(passed)sか月（全%(months)sか月）") % {"passed": one.passed, "months": one.months}),
    ]  # fmt: skip
    if one.part:
        facts += [
            fact(_("残りの期間に当たる額"), exact_yen(one.left)),
            fact(_("分け方"), mix_in_words(one.mix)),
            fact(_("加入する団体の割合"), percent_of(one.part)),
        ]
    return [
        *facts,
        fact(_("加入時の負担額"), f"{one.entry_yen:,}円"),
        fact(_("固有の費用"), f"{one.own_yen:,}円"),
        fact(_("加入のときに請求する額"), f"{one.entry_yen + one.own_yen:,}円"),
        fact(_("決定"), decision_words(one) or _("なし")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """後乗りを受け入れる."""
    form = JoinForm(
        request.POST or None, costs=cost_lines(), bodies=bodies(), items=decided_items(today_of(request))
    )
    return act_page(
        request, form, lambda: join_late(actor=request.actor, now=request.now, **form.asked()),
        heading=_("後乗りを受け入れる"), label=_("受け入れる"), done=_("後乗りを登録しました。"),
        lead=_("共通の初期費用のうち残りの期間に当たる額から、加入する団体の割合の額を求め、先の団体に充当します。決定した負担額は変わりません。"),
        to=reverse("council_joins"), crumbs=trail(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def bill(request: Visit, join_id: int) -> HttpResponse:
    """加入する団体に請求し、先の団体に充当を知らせる."""
    one = one_of(join_id)
    form = IssueForm(request.POST or None, halves=(), initial={"billed_on": today_of(request)})
    return act_page(
        request, form,
        lambda: issue_join_bills(actor=request.actor, now=request.now, join=one, **form.cleaned_data),
        heading=_("加入の負担を請求する"), label=_("請求する"), done=_("請求書と充当の通知を発行しました。"),
        lead=_("加入する団体に請求書を、先に負担した団体に充当の通知を、1通ずつ発行します。充当の合計は、加入時の負担額と必ず一致します。"),
        facts=[
            fact(_("加入する団体"), one.body.name),
            fact(_("請求する額"), f"{one.entry_yen + one.own_yen:,}円"),
            fact(_("充当する額"), _("%(yen)s円（%(n)s団体）") % {"yen": f"{one.entry_yen:,}", "n": len(one.credits)}),
        ],
        to=to(one), crumbs=trail(one),
    )  # fmt: skip


urlpatterns = [
    path("burdens/joins/", index, name="council_joins"),
    path("burdens/joins/new/", new, name="council_join_new"),
    path("burdens/joins/<int:join_id>/", join, name="council_join"),
    path("burdens/joins/<int:join_id>/bill/", bill, name="council_join_bill"),
]
