"""月割平準化・補助 — levelled contracts, the prefecture's part in mobile coverage."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, fiscal_year_words, wareki
from moyai.council.actions.plans import grant_subsidy, plan_levels
from moyai.council.desk import Visit, act_page, link, taken_away, today_of
from moyai.council.figures.plans import level_table, subsidies_table
from moyai.council.forms.plans import LevelForm, SubsidyForm
from moyai.council.models import LevelPlan
from moyai.council.money_shown import REGISTER, faces, fact
from moyai.council.queries.shares import subsidies_of
from moyai.council.secretariat.budgets import asked_year
from moyai.council.secretariat.burdens import crumbs
from moyai.documents.public import render_table_html
from moyai.tenants.public import Body
from moyai.ui.public import page


def bodies() -> list[Body]:
    return list(Body.objects.order_by("code"))


@require_safe
def plans(request: Visit) -> HttpResponse:
    """月割平準化と補助 — of a year (Y16, O42)."""
    form, year = asked_year(request)
    subsidies = subsidies_table(subsidies_of(year), year)
    if (file := taken_away(request, lambda: subsidies, f"subsidies-{year}")) is not None:
        return file
    levels = list(LevelPlan.objects.select_related("body").order_by("-first_month", "id"))
    context = {
        "heading": _("月割平準化と補助（%(year)s）") % {"year": fiscal_year_words(year)},
        "year_form": form,
        "sections": [
            {"heading": _("月割平準化"), "table": {
                "caption": _("平準化した契約"),
                "columns": [
                    {"label": _("契約の名前")}, {"label": _("団体")}, {"label": _("最初の月")},
                    {"label": _("月数"), "numeric": True}, {"label": _("総額"), "numeric": True},
                ],
                "rows": [
                    [
                        {"text": one.name, "url": reverse("council_level", kwargs={"plan_id": one.pk})},
                        one.body.name if one.body else None, wareki(one.first_month), one.months, f"{one.yen:,}円",
                    ]
                    for one in levels
                ],
                "empty": _("平準化した契約はありません。"),
            }},
            {"heading": _("携帯電話等エリア整備の補助"), "html": render_table_html(subsidies, number="subsidies"),
             "faces": faces(fiscal_year=year)},
        ],
        "acts": [link(_("契約を平準化する"), "council_level_new"), link(_("補助を決定する"), "council_subsidy_new")],
    }  # fmt: skip
    return page(request, "council/money/year.html", context, form=form)


def trail() -> list[tuple[str, str]]:
    return [*crumbs(), (_("月割平準化と補助"), reverse("council_plans"))]


@require_safe
def level(request: Visit, plan_id: int) -> HttpResponse:
    """一つの契約 — by fiscal year."""
    one = get_object_or_404(LevelPlan, pk=plan_id)
    table = level_table(one)
    if (file := taken_away(request, lambda: table, f"level-{one.pk}")) is not None:
        return file
    context = {
        "heading": one.name,
        "crumbs": [*trail(), (one.name, "")],
        "facts": [
            fact(_("契約の総額"), f"{one.yen:,}円"),
            fact(_("月数"), _("%(n)sか月") % {"n": one.months}),
        ],
        "sections": [
            {
                "heading": _("年度ごとの額"),
                "html": render_table_html(table, number="level"),
                "faces": faces(of="level"),
            }
        ],
    }
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_level(request: Visit) -> HttpResponse:
    """契約を平準化する."""
    form = LevelForm(request.POST or None, bodies=bodies())
    return act_page(
        request, form, lambda: plan_levels(actor=request.actor, now=request.now, **form.asked()),
        heading=_("契約を平準化する"), label=_("平準化する"), done=_("契約を平準化しました。"),
        lead=_("総額を月数で割り、割り切れない円は最初の月から1円ずつ加えます。"), to=reverse("council_plans"), crumbs=trail(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new_subsidy(request: Visit) -> HttpResponse:
    """補助を決定する."""
    form = SubsidyForm(
        request.POST or None, bodies=bodies(), initial={"fiscal_year": fiscal_year(today_of(request))}
    )

    def do() -> object:
        given = form.cleaned_data
        kept = {name: given[name] for name in ("fiscal_year", "name", "households", "cost_yen", "decided_on")}
        return grant_subsidy(actor=request.actor, now=request.now, body=form.chosen(), **kept)

    return act_page(
        request, form, do,
        heading=_("補助を決定する"), label=_("決定する"), done=_("補助を決定しました。"),
        lead=_("県の負担の割合は、世帯数と要綱の版で決まります。"), to=reverse("council_plans"), crumbs=trail(),
    )  # fmt: skip


urlpatterns = [
    path("burdens/plans/", plans, name="council_plans"),
    path("burdens/plans/new/", new_level, name="council_level_new"),
    path("burdens/plans/<int:plan_id>/", level, name="council_level"),
    path("burdens/subsidies/new/", new_subsidy, name="council_subsidy_new"),
]
