"""予算 — versions of a year, a draft edited line by line by whoever is at it, decided by an item."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, fiscal_year_words, wareki
from moyai.council.actions.budgets import (
    LineChanged,
    budget_name,
    decide_budget,
    draft_budget,
    edit_budget,
    withdraw_budget,
)
from moyai.council.desk import Visit, act_page, attempt, link, status_of, taken_away, today_of
from moyai.council.figures.books import versions_table
from moyai.council.forms.money import BudgetForm, BudgetLinesForm, DecisionForm, ReasonForm, YearForm
from moyai.council.models import Budget, BudgetLine, Side
from moyai.council.money_shown import REGISTER, faces, of_year
from moyai.council.queries.books import decided_budget
from moyai.council.queries.money import accounts, budgets_of, decided_items, lines_of, versions_of
from moyai.documents.public import render_table_html
from moyai.ui.public import page

MENU = [(gettext_lazy("予算"), "council_budgets")]
STATE_KINDS = {"draft": "progress", "decided": "done", "withdrawn": "neutral"}


def crumbs(budget: Budget | None = None) -> list[tuple[str, str]]:
    found = [(_("予算"), reverse("council_budgets"))]
    if budget is not None:
        found.append((budget_title(budget), reverse("council_budget", kwargs={"budget_id": budget.pk})))
    return found


def budget_title(budget: Budget) -> str:
    return f"{budget.account.name} {fiscal_year_words(budget.fiscal_year)} {budget.name}"


def asked_year(request: Visit) -> tuple[YearForm, int]:
    """The fiscal year a list is asked for; this one otherwise."""
    this_year = fiscal_year(today_of(request))
    form = YearForm(request.GET if "fiscal_year" in request.GET else None, initial={"fiscal_year": this_year})
    asked = form.cleaned_data.get("fiscal_year") if form.is_bound and form.is_valid() else None
    return form, asked or this_year


@require_safe
def index(request: Visit) -> HttpResponse:
    """予算の版 of a year, by account."""
    form, year = asked_year(request)
    rows = budgets_of(year)
    table = {
        "caption": _("%(year)sの予算") % {"year": fiscal_year_words(year)},
        "columns": [
            {"label": _("版")},
            {"label": _("会計")},
            {"label": _("状態")},
            {"label": _("決定の日")},
        ],
        "rows": [
            [
                {"text": one.name, "url": reverse("council_budget", kwargs={"budget_id": one.pk})},
                one.account.name,
                {"state": {"kind": STATE_KINDS[one.state], "word": one.get_state_display()}},
                wareki(one.decided_on) if one.decided_on else None,
            ]
            for one in rows
        ],
        "empty": _("この年度の予算はまだありません。"),
    }
    context = {
        "heading": _("予算（%(year)s）") % {"year": fiscal_year_words(year)},
        "year_form": form,
        "sections": [{"heading": _("予算の版"), "table": table}],
        "acts": [link(_("予算案を作る"), "council_budget_new")],
    }
    return page(request, "council/money/year.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """予算案を作る."""
    today = today_of(request)
    form = BudgetForm(
        request.POST or None,
        accounts=accounts(),
        initial={
            "account": request.GET.get("account", ""),
            "fiscal_year": fiscal_year(today),
            "name": budget_name(2, today) if request.GET.get("account") else budget_name(1, today),
        },
    )
    return act_page(
        request, form, lambda: draft_budget(actor=request.actor, now=request.now, **form.asked()),
        heading=_("予算案を作る"), label=_("予算案を作る"), done=_("予算案を作りました。"),
        lead=_("その年度の最初の版は0円から、補正は決定した予算と同じ額から始まります。"),
        to=reverse("council_budgets"), crumbs=crumbs(),
    )  # fmt: skip


@require_safe
def versions(request: Visit, code: str, year: int) -> HttpResponse:
    """予算の版の比較 — every version of a year side by side, with what the last one changes; to take away, too."""
    one = of_year(code, year)
    budgets, lines = versions_of(one, year)
    for side in Side.values:
        if request.GET.get("table", Side.INCOME) == side:
            file = taken_away(
                request,
                partial(versions_table, budgets, lines, side),
                f"budget-{code}-{year}-{side}",
            )
            if file is not None:
                return file
    context: dict[str, Any] = {
        "heading": _("%(account)sの予算の版（%(year)s）") % {"account": one.name, "year": fiscal_year_words(year)},
        "crumbs": [*crumbs(), (one.name, "")],
        "sections": [
            {
                "heading": Side(side).label,
                "html": render_table_html(versions_table(budgets, lines, side), number=side),
                "faces": faces(table=side),
            }
            for side in (Side.INCOME, Side.EXPENSE)
            if budgets
        ],
        "acts": [
            link(budget.name, "council_budget", budget_id=budget.pk) for budget in budgets
        ],
    }  # fmt: skip
    if not budgets:
        context["lead"] = _("この年度の予算はまだありません。")
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: Visit, budget_id: int) -> HttpResponse:
    """一つの版 — a draft to edit, line by line; what is decided to read."""
    one = get_object_or_404(Budget.objects.select_related("account", "decided_by"), pk=budget_id)
    lines = lines_of(one)
    if one.state != Budget.State.DRAFT:
        if request.method == "POST":
            edit_budget(actor=request.actor, now=request.now, budget=one, edits=[])
        return _fixed(request, one, lines)
    base = decided_budget(one.account, one.fiscal_year)
    before = dict(BudgetLine.objects.filter(budget=base).values_list("line_id", "yen")) if base else {}
    form = BudgetLinesForm(request.POST or None, lines=lines, before=before)
    refusal = None
    if request.method == "POST" and form.is_valid():
        _found, refusal = attempt(
            form,
            lambda: edit_budget(actor=request.actor, now=request.now, budget=one, edits=form.edits()),
        )
        if refusal is None:
            messages.success(request, _("予算案を保存しました。"))
            return redirect(reverse("council_budget", kwargs={"budget_id": one.pk}))
        if isinstance(refusal, LineChanged):
            form.see(refusal.changed)
    totals = {side: sum(line.yen for line in lines_of(one) if line.line.side == side) for side in Side.values}
    context = {
        "heading": budget_title(one),
        "crumbs": [*crumbs(), (budget_title(one), "")],
        "unit": one.account.unit_yen,
        "parts": [
            {
                "id": f"part-{side}",
                "caption": _("【%(side)sの部】") % {"side": Side(side).label},
                "rows": form.rows(side),
                "total": totals[side],
            }
            for side in (Side.INCOME, Side.EXPENSE)
        ],
        "acts": [
            link(_("予算を決定する"), "council_budget_decide", budget_id=one.pk),
            link(_("予算案を取り下げる"), "council_budget_withdraw", budget_id=one.pk),
            link(_("版を比べる"), "council_budget_versions", code=one.account.code, year=one.fiscal_year),
        ],
    }
    return page(request, "council/money/budget.html", context, form=form, **status_of(refusal))


def _fixed(request: Visit, one: Budget, lines: list[BudgetLine]) -> HttpResponse:
    facts = [
        {"key": _("状態"), "value": str(one.get_state_display())},
        {"key": _("決定の日"), "value": wareki(one.decided_on) if one.decided_on else _("なし")},
        {"key": _("決定した議案"), "value": one.decided_by.title if one.decided_by else one.source or _("なし")},
    ]  # fmt: skip
    table = [
        {
            "heading": Side(side).label,
            "html": render_table_html(versions_table([one], lines, side), number=side),
        }
        for side in (Side.INCOME, Side.EXPENSE)
    ]
    context = {
        "heading": budget_title(one),
        "crumbs": [*crumbs(), (budget_title(one), "")],
        "facts": facts,
        "sections": table,
        "acts": [
            link(_("版を比べる"), "council_budget_versions", code=one.account.code, year=one.fiscal_year),
            link(_("この年度の帳簿"), "council_account", code=one.account.code, year=one.fiscal_year),
        ],
    }
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Visit, budget_id: int) -> HttpResponse:
    """予算を決定する."""
    one = get_object_or_404(Budget.objects.select_related("account"), pk=budget_id)
    form = DecisionForm(request.POST or None, items=decided_items(today_of(request)))
    return act_page(
        request, form,
        lambda: decide_budget(actor=request.actor, now=request.now, budget=one, **form.decision()),
        heading=_("予算を決定する"), label=_("予算を決定する"), done=_("予算を決定しました。"),
        lead=_("決定した予算は変えられません。変えるときは補正予算案を作ります。収入と支出の合計が同じでないと決定できません。"),
        to=reverse("council_budget", kwargs={"budget_id": one.pk}), crumbs=crumbs(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Visit, budget_id: int) -> HttpResponse:
    """予算案を取り下げる."""
    one = get_object_or_404(Budget.objects.select_related("account"), pk=budget_id)
    form = ReasonForm(request.POST or None)
    return act_page(
        request, form,
        lambda: withdraw_budget(actor=request.actor, now=request.now, budget=one, reason=form.cleaned_data["reason"]),
        heading=_("予算案を取り下げる"), label=_("取り下げる"), done=_("予算案を取り下げました。"), danger=True,
        to=reverse("council_budgets"), crumbs=crumbs(one),
    )  # fmt: skip


urlpatterns = [
    path("budgets/", index, name="council_budgets"),
    path("budgets/new/", new, name="council_budget_new"),
    path("budgets/<int:budget_id>/", budget, name="council_budget"),
    path("budgets/<int:budget_id>/decide/", decide, name="council_budget_decide"),
    path("budgets/<int:budget_id>/withdraw/", withdraw, name="council_budget_withdraw"),
    path("budgets/<slug:code>/<int:year>/", versions, name="council_budget_versions"),
]
