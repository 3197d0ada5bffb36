"""費目 — what is shared, who pays it from when to when, and the figures it is shared by."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, wareki
from moyai.council.actions.cost_lines import (
    begin_paying,
    close_cost_line,
    end_paying,
    open_cost_line,
    record_population,
    record_use,
)
from moyai.council.desk import Visit, act_page, link, today_of
from moyai.council.forms.cost_lines import CostLineForm, EndPayingForm, PayersForm, PopulationForm, UseForm
from moyai.council.forms.money import LastDayForm
from moyai.council.models import AccountLine, CostLine, Payer
from moyai.council.money_shown import REGISTER, fact
from moyai.council.queries.burdens import payers_on
from moyai.council.queries.money import cost_lines, open_lines
from moyai.council.queries.shares import burdens_of, payers_of
from moyai.council.rules.bills import mix_in_words
from moyai.council.rules.settlement import triangle
from moyai.council.secretariat.burdens import burden_title, crumbs, state_words
from moyai.council.secretariat.burdens import to as to_burden
from moyai.tenants.public import Body, Service, bodies_on
from moyai.ui.public import page


def to(cost: CostLine) -> str:
    return reverse("council_cost_line", kwargs={"cost_line_id": cost.pk})


def trail(cost: CostLine | None = None) -> list[tuple[str, str]]:
    found = [*crumbs(), (_("費目"), reverse("council_cost_lines"))]
    if cost is not None:
        found.append((cost.name, to(cost)))
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """費目の一覧."""
    rows = cost_lines()
    table = {
        "caption": _("費目（%(n)s）") % {"n": len(rows)},
        "columns": [
            {"label": _("費目")},
            {"label": _("会計")},
            {"label": _("分け方")},
            {"label": _("残額の返還")},
            {"label": _("置いた日")},
        ],
        "rows": [
            [
                {"text": one.name, "url": to(one)},
                one.account.name,
                mix_in_words(one.mix),
                _("する") if one.refunded else _("しない"),
                wareki(one.from_on),
            ]
            for one in rows
        ],
        "empty": _("費目はまだありません。"),
    }
    context = {
        "heading": _("費目と負担する団体"),
        "crumbs": trail(),
        "sections": [{"heading": _("費目の一覧"), "table": table}],
        "acts": [
            link(_("費目を置く"), "council_cost_line_new"),
            link(_("利用の実績を登録する"), "council_use_new"),
            link(_("人口を登録する"), "council_population_new"),
        ],
    }
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """費目を置く."""
    lines = [line for line in open_lines("income") if line.meaning == AccountLine.Meaning.BURDEN]
    form = CostLineForm(request.POST or None, lines=lines, services=list(Service.objects.order_by("id")))
    return act_page(
        request, form, lambda: open_cost_line(actor=request.actor, now=request.now, **form.asked()),
        heading=_("費目を置く"), label=_("費目を置く"), done=_("費目を置きました。"),
        lead=_("割合を入力しないときは均等割になります。"), to=reverse("council_cost_lines"), crumbs=trail(),
    )  # fmt: skip


@require_safe
def cost_line(request: Visit, cost_line_id: int) -> HttpResponse:
    """一つの費目 — its payers of today and of the past, and every 算定."""
    one = get_object_or_404(CostLine.objects.select_related("account", "service"), pk=cost_line_id)
    today = today_of(request)
    book, burdens = payers_of(one), burdens_of(one)
    paying = [row for row in book if row.from_on <= today and (row.until_on is None or row.until_on >= today)]
    for burden in burdens:
        burden.cost_line = one
    context = {
        "heading": one.name,
        "crumbs": [*trail(), (one.name, "")],
        "facts": [
            fact(_("会計"), one.account.name),
            fact(_("対象の事業"), one.service.name if one.service else _("なし")),
            fact(_("分け方"), mix_in_words(one.mix)),
            fact(_("負担額の単位"), _("%(unit)s円") % {"unit": f"{one.unit_yen:,}"}),
            fact(_("今日負担している団体"), _("%(n)s団体") % {"n": len(paying)}),
            fact(_("終わりの日"), wareki(one.until_on) if one.until_on else _("なし")),
        ],
        "sections": [
            {"heading": _("算定"), "table": {
                "caption": _("この費目の算定"),
                "columns": [{"label": _("算定")}, {"label": _("分ける額"), "numeric": True}, {"label": _("状態")}],
                "rows": [
                    [{"text": burden_title(row), "url": to_burden(row)}, f"{triangle(row.yen)}円", state_words(row)]
                    for row in burdens
                ],
                "empty": _("算定はまだありません。"),
            }},
            {"heading": _("負担の記録"), "table": {
                "caption": _("負担する団体（団体コード順）"),
                "columns": [{"label": _("団体名")}, {"label": _("始まり")}, {"label": _("終わり")}, {"label": _("説明")}],
                "rows": [
                    [
                        row.body.name, wareki(row.from_on),
                        wareki(row.until_on) if row.until_on else {
                            "text": _("%(body)sの負担を終える") % {"body": row.body.name},
                            "url": reverse("council_payer_end", kwargs={"payer_id": row.pk}),
                        },
                        row.why or None,
                    ]
                    for row in book
                ],
                "empty": _("負担する団体はまだありません。"),
            }},
        ],
        "acts": [
            link(_("負担を始める団体を登録する"), "council_payers_new", cost_line_id=one.pk),
            link(_("負担金額の案を作る"), "council_burden_new"),
            link(_("費目を終える"), "council_cost_line_close", cost_line_id=one.pk),
        ],
    }  # fmt: skip
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Visit, cost_line_id: int) -> HttpResponse:
    """費目を終える."""
    one = get_object_or_404(CostLine, pk=cost_line_id)
    form = LastDayForm(request.POST or None)
    return act_page(
        request, form,
        lambda: close_cost_line(
            actor=request.actor, now=request.now, cost_line=one, until_on=form.cleaned_data["until_on"]
        ),
        heading=_("費目を終える"), label=_("費目を終える"), done=_("費目の最後の日を登録しました。"), danger=True,
        lead=_("負担している団体の負担も、その日に終わります。決定した負担金と請求は残ります。"),
        to=to(one), crumbs=trail(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Visit, cost_line_id: int) -> HttpResponse:
    """負担を始める団体を登録する."""
    one = get_object_or_404(CostLine, pk=cost_line_id)
    today = today_of(request)
    paying = {body.pk for body in payers_on(one, today)}
    form = PayersForm(
        request.POST or None, bodies=[body for body in bodies_on(today) if body.pk not in paying],
        initial={"from_on": today},
    )  # fmt: skip
    return act_page(
        request, form,
        lambda: begin_paying(
            actor=request.actor, now=request.now, cost_line=one, bodies=form.chosen(),
            from_on=form.cleaned_data["from_on"], why=form.cleaned_data["why"],
        ),
        heading=_("負担を始める団体を登録する"), label=_("登録する"), done=_("負担する団体を登録しました。"),
        to=to(one), crumbs=trail(one),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Visit, payer_id: int) -> HttpResponse:
    """負担を終える."""
    row = get_object_or_404(Payer.objects.select_related("cost_line", "body"), pk=payer_id)
    form = EndPayingForm(request.POST or None)
    return act_page(
        request, form,
        lambda: end_paying(actor=request.actor, now=request.now, payer=row, **form.cleaned_data),
        heading=_("%(body)sの負担を終える") % {"body": row.body.name}, label=_("負担を終える"),
        done=_("負担の終わりを登録しました。"), danger=True,
        lead=_("決定した負担額と請求は変わりません。その日より後を基準日とする算定から数えません。"),
        to=to(row.cost_line), crumbs=trail(row.cost_line),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: Visit) -> HttpResponse:
    """利用の実績を登録する."""
    form = UseForm(
        request.POST or None, bodies=list(Body.objects.order_by("code")), services=list(Service.objects.order_by("id")),
        initial={"fiscal_year": fiscal_year(today_of(request)) - 1},
    )  # fmt: skip

    def do() -> object:
        given = form.cleaned_data
        kept = {name: given[name] for name in ("fiscal_year", "measure", "value", "source")}
        return record_use(
            actor=request.actor, now=request.now, service=form.services[given["service"]], body=form.chosen(), **kept
        )  # fmt: skip

    return act_page(
        request, form, do,
        heading=_("利用の実績を登録する"), label=_("登録する"), done=_("利用の実績を登録しました。"),
        lead=_("利用割は、前の年度の実績で分けます。登録した数は変えられません。"),
        to=reverse("council_cost_lines"), crumbs=trail(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def population(request: Visit) -> HttpResponse:
    """人口を登録する."""
    form = PopulationForm(request.POST or None, bodies=list(Body.objects.order_by("code")))

    def do() -> object:
        given = form.cleaned_data
        kept = {name: given[name] for name in ("as_of", "persons", "source")}
        return record_population(actor=request.actor, now=request.now, body=form.chosen(), **kept)

    return act_page(
        request, form, do,
        heading=_("人口を登録する"), label=_("登録する"), done=_("人口を登録しました。"),
        lead=_("人口割は、基準日までの最も新しい人口で分けます。登録した数は変えられません。"),
        to=reverse("council_cost_lines"), crumbs=trail(),
    )  # fmt: skip


urlpatterns = [
    path("burdens/cost-lines/", index, name="council_cost_lines"),
    path("burdens/cost-lines/new/", new, name="council_cost_line_new"),
    path("burdens/cost-lines/uses/new/", use, name="council_use_new"),
    path("burdens/cost-lines/populations/new/", population, name="council_population_new"),
    path("burdens/cost-lines/<int:cost_line_id>/", cost_line, name="council_cost_line"),
    path("burdens/cost-lines/<int:cost_line_id>/close/", close, name="council_cost_line_close"),
    path("burdens/cost-lines/<int:cost_line_id>/payers/", begin, name="council_payers_new"),
    path("burdens/payers/<int:payer_id>/end/", end, name="council_payer_end"),
]
