"""負担金 — burdens of a year: drafted, compared, decided, supplemented by the difference, billed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, fiscal_year_words, wareki
from moyai.council.actions.bills import decision_words, issue_bills
from moyai.council.actions.burdens import (
    decide_burden,
    draft_burden,
    draft_supplement,
    withdraw_burden,
)
from moyai.council.desk import Visit, act_page, link, taken_away, today_of
from moyai.council.figures.burdens import compared_table, pledges_in, shares_table
from moyai.council.forms.bills import IssueForm
from moyai.council.forms.burdens import BurdenForm, SupplementForm
from moyai.council.forms.money import DecisionForm, ReasonForm
from moyai.council.models import Burden, BurdenShare, Pledge
from moyai.council.money_shown import REGISTER, faces, fact, pledges_table, selection_facts
from moyai.council.queries.burdens import burdens_of_year, chain_of, compared
from moyai.council.queries.money import cost_lines, decided_items
from moyai.council.queries.pledges import in_force, pledges_of
from moyai.council.queries.shares import burdens_of, halves_of_all, shares_of
from moyai.council.rules.bills import mix_in_words
from moyai.council.rules.settlement import triangle
from moyai.council.secretariat.budgets import STATE_KINDS, asked_year
from moyai.documents.public import render_table_html
from moyai.tenants.public import Body
from moyai.ui.public import page

MENU = [(gettext_lazy("負担金"), "council_burdens")]


def crumbs(burden: Burden | None = None) -> list[tuple[str, str]]:
    found = [(_("負担金"), reverse("council_burdens"))]
    if burden is not None:
        found.append((burden_title(burden), to(burden)))
    return found


def burden_title(burden: Burden) -> str:
    """平成29年度 運営管理費 第1案."""
    return _("%(year)s %(line)s 第%(n)s案") % {
        "year": fiscal_year_words(burden.fiscal_year),
        "line": burden.cost_line.name,
        "n": burden.number,
    }


def to(burden: Burden) -> str:
    return reverse("council_burden", kwargs={"burden_id": burden.pk})


def one_of(burden_id: int) -> Burden:
    rows = Burden.objects.select_related(
        "cost_line__account", "supplements", "decided_by__meeting__committee"
    )
    found: Burden = get_object_or_404(rows, pk=burden_id)
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """負担金の算定 of a year, by cost line."""
    form, year = asked_year(request)
    rows = list(burdens_of_year(year))
    table = {
        "caption": _("%(year)sの負担金") % {"year": fiscal_year_words(year)},
        "columns": [
            {"label": _("算定")},
            {"label": _("会計")},
            {"label": _("分ける額"), "numeric": True},
            {"label": _("分け方")},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": burden_title(one), "url": to(one)},
                one.cost_line.account.name,
                f"{triangle(one.yen)}円",
                mix_in_words(one.mix),
                {"state": {"kind": STATE_KINDS[one.state], "word": state_words(one)}},
            ]
            for one in rows
        ],
        "empty": _("この年度の負担金の算定はまだありません。"),
    }
    context = {
        "heading": _("負担金（%(year)s）") % {"year": fiscal_year_words(year)},
        "year_form": form,
        "sections": [{"heading": _("算定の一覧"), "table": table}],
        "acts": [
            link(_("負担金額の案を作る"), "council_burden_new"),
            link(_("費目と負担する団体"), "council_cost_lines"),
            link(_("分け方を試算して比べる"), "council_burden_trial"),
            link(_("請求と収納"), "council_bills"),
            link(_("後乗りの団体"), "council_joins"),
            link(_("月割平準化と補助"), "council_plans"),
        ],
    }
    return page(request, "council/money/year.html", context, form=form)


def state_words(burden: Burden) -> str:
    words = str(burden.get_state_display())
    return _("%(state)s（補正）") % {"state": words} if burden.supplements_id else words


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """負担金額の案を作る."""
    form = BurdenForm(
        request.POST or None, costs=cost_lines(), bodies=list(Body.objects.order_by("code")),
        initial={"fiscal_year": fiscal_year(today_of(request)) + 1},
    )  # fmt: skip
    return act_page(
        request, form, lambda: draft_burden(actor=request.actor, now=request.now, **form.asked()),
        heading=_("負担金額の案を作る"), label=_("案を作る"), done=_("負担金額の案を作りました。"),
        lead=_("割合を入力しないときは、費目に決めてある分け方で算定します。団体の額の合計は総額と必ず一致します。"),
        to=reverse("council_burdens"), crumbs=crumbs(),
    )  # fmt: skip


@require_safe
def burden(request: Visit, burden_id: int) -> HttpResponse:
    """一つの算定 — every member's share with what explains it; also as CSV, XLSX, PDF and JSON."""
    one = one_of(burden_id)
    shares = shares_of(one)
    pledges = pledges_of(one) if one.selection_on else None
    brought = in_force(pledges) if pledges is not None else None
    table = shares_table(one, shares, halves_of_all(one, shares), brought)
    name = f"burden-{one.cost_line.code}-{one.fiscal_year}-{one.number}"
    if (file := taken_away(request, lambda: table, name)) is not None:
        return file
    others = [other for other in burdens_of(one.cost_line) if other.fiscal_year == one.fiscal_year and other.pk != one.pk]  # fmt: skip
    sections: list[dict[str, Any]] = [
        {
            "heading": _("団体ごとの負担額"),
            "html": render_table_html(table, number="shares"),
            "faces": faces(of="shares"),
        }
    ]
    if pledges is not None:
        payers = [share.body for share in shares]
        sections.append(
            {
                "heading": _("誓約書"),
                "table": pledges_table(one, payers, pledges, pledge_url),
                "acts": _pledge_acts(one),
            }
        )
    if others:
        sections.append(
            {
                "heading": _("ほかの案と比べる"),
                "acts": [
                    link(
                        _("第%(n)s案（%(state)s）と比べる")
                        % {"n": other.number, "state": state_words(other)},
                        "council_burden_compare",
                        burden_id=other.pk,
                        other_id=one.pk,
                    )
                    for other in others
                ],
            }
        )
    context = {
        "heading": burden_title(one),
        "crumbs": [*crumbs(), (burden_title(one), "")],
        "facts": _facts(one, len(shares)) + _pledge_facts(one, shares, brought),
        "sections": sections,
        "acts": _acts(one),
    }
    return page(request, REGISTER, context)


def _facts(one: Burden, payers: int) -> list[dict[str, str]]:
    facts = [
        fact(_("状態"), state_words(one)),
        fact(_("会計"), one.cost_line.account.name),
        fact(_("分ける額"), f"{triangle(one.yen)}円"),
        fact(_("分け方"), mix_in_words(one.mix)),
        fact(_("負担する団体"), _("%(n)s団体（%(day)s現在）") % {"n": payers, "day": wareki(one.payers_on)}),
        fact(_("使った規則"), _("%(rule)s（%(version)sの版）") % {"rule": one.rule, "version": one.rule_version}),
        fact(_("決定"), decision_words(one) if one.state == Burden.State.DECIDED else _("決定していない")),
    ]  # fmt: skip
    if one.population_on:
        facts.append(fact(_("人口の基準日"), wareki(one.population_on)))
    if one.supplements is not None:
        facts.append(
            fact(_("補正する負担金"), _("第%(n)s案") % {"n": one.supplements.number}, to(one.supplements))
        )
    if one.state == Burden.State.DECIDED:
        total = sum(each.yen for each in chain_of(one))
        facts.append(fact(_("補正を含む総額"), f"{triangle(total)}円"))
    return facts


def _pledge_facts(
    one: Burden, shares: list[BurdenShare], brought: dict[int, Pledge] | None
) -> list[dict[str, str]]:
    told = [] if brought is None else [fact(_("誓約書"), pledges_in(shares, brought))]
    return [*selection_facts(one), *told]


def _pledge_acts(one: Burden) -> list[dict[str, str]]:
    if one.state == Burden.State.WITHDRAWN:
        return []
    return [link(_("紙の誓約書を受け取る"), "council_burden_pledge", burden_id=one.pk)]


def pledge_url(pledge: Pledge) -> str:
    return reverse("council_pledge_file", kwargs={"pledge_id": pledge.pk})


def _acts(one: Burden) -> list[dict[str, str]]:
    if one.state == Burden.State.DRAFT:
        return [
            link(_("負担金額を決定する"), "council_burden_decide", burden_id=one.pk),
            link(_("案を取り下げる"), "council_burden_withdraw", burden_id=one.pk),
        ]
    if one.state == Burden.State.DECIDED:
        more = [] if one.supplements_id else [link(_("補正の案を作る"), "council_burden_supplement", burden_id=one.pk)]  # fmt: skip
        return [link(_("請求する"), "council_burden_bill", burden_id=one.pk), *more]
    return []


@require_safe
def compare(request: Visit, burden_id: int, other_id: int) -> HttpResponse:
    """案→決定 — two of a cost line side by side (C17)."""
    draft, decided = one_of(burden_id), one_of(other_id)
    if (draft.cost_line_id, draft.fiscal_year) != (decided.cost_line_id, decided.fiscal_year):
        raise Http404
    table = compared_table(draft, decided, compared(draft, decided))
    if (file := taken_away(request, lambda: table, f"burdens-{draft.pk}-{decided.pk}")) is not None:
        return file
    context = {
        "heading": _("案と決定の比較"),
        "crumbs": [*crumbs(decided), (_("案と決定の比較"), "")],
        "sections": [
            {
                "heading": decided.cost_line.name,
                "html": render_table_html(table, number="compared"),
                "faces": faces(of="compared"),
            }
        ],
    }
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Visit, burden_id: int) -> HttpResponse:
    """負担金額を決定する."""
    one = one_of(burden_id)
    form = DecisionForm(request.POST or None, items=decided_items(today_of(request)))
    return act_page(
        request, form,
        lambda: decide_burden(actor=request.actor, now=request.now, burden=one, **form.decision()),
        heading=_("負担金額を決定する"), label=_("負担金額を決定する"), done=_("負担金額を決定しました。"),
        lead=_("案の額がそのまま決定の額になります。決定した後は算定し直しません。補正は差額だけを分けます。"),
        facts=selection_facts(one), to=to(one), crumbs=crumbs(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Visit, burden_id: int) -> HttpResponse:
    """案を取り下げる."""
    one = one_of(burden_id)
    form = ReasonForm(request.POST or None)
    return act_page(
        request, form,
        lambda: withdraw_burden(actor=request.actor, now=request.now, burden=one, reason=form.cleaned_data["reason"]),
        heading=_("負担金額の案を取り下げる"), label=_("取り下げる"), done=_("案を取り下げました。"), danger=True,
        to=to(one), crumbs=crumbs(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: Visit, burden_id: int) -> HttpResponse:
    """補正の案を作る — of the difference alone."""
    one = one_of(burden_id)
    decided = sum(each.yen for each in chain_of(one))
    form = SupplementForm(request.POST or None, initial={"payers_on": today_of(request)})
    return act_page(
        request, form,
        lambda: draft_supplement(actor=request.actor, now=request.now, burden=one, **form.cleaned_data),
        heading=_("補正の案を作る"), label=_("補正の案を作る"), done=_("補正の案を作りました。"),
        lead=_("決定した負担額は変わりません。差額だけを、その日に負担している団体で分けます。"),
        facts=[fact(_("決定した総額"), f"{triangle(decided)}円")], to=reverse("council_burdens"), crumbs=crumbs(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def bill(request: Visit, burden_id: int) -> HttpResponse:
    """請求する — every member at once, for a half or the whole."""
    one = one_of(burden_id)
    form = IssueForm(
        request.POST or None, halves=[row["name"] for row in one.halves], initial={"billed_on": today_of(request)}
    )  # fmt: skip
    return act_page(
        request, form,
        lambda: issue_bills(actor=request.actor, now=request.now, burden=one, **form.cleaned_data),
        heading=_("請求する"), label=_("すべての団体に請求する"), done=_("請求書を発行しました。"),
        lead=_("まだ請求していない団体に、請求書を1通ずつ発行します。0円の団体には発行しません。団体にはメールで知らせます。"),
        to=reverse("council_bills"), crumbs=crumbs(one),
    )  # fmt: skip


urlpatterns = [
    path("burdens/", index, name="council_burdens"),
    path("burdens/new/", new, name="council_burden_new"),
    path("burdens/<int:burden_id>/", burden, name="council_burden"),
    path("burdens/<int:burden_id>/to/<int:other_id>/", compare, name="council_burden_compare"),
    path("burdens/<int:burden_id>/decide/", decide, name="council_burden_decide"),
    path("burdens/<int:burden_id>/withdraw/", withdraw, name="council_burden_withdraw"),
    path("burdens/<int:burden_id>/supplement/", supplement, name="council_burden_supplement"),
    path("burdens/<int:burden_id>/bill/", bill, name="council_burden_bill"),
]
