"""加入・利用・負担・構成の範囲 side by side, and what one body was and is in the council."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.council.actions.leaving import leave_council
from moyai.council.actions.spans import day_said, span_words
from moyai.council.desk import Visit, act_page, as_of, faces, link, taken_away, typed
from moyai.council.figures.bodies import comparison_table
from moyai.council.forms.bodies import LeaveForm
from moyai.council.queries.bodies import BodyBook, book_of, comparison_on
from moyai.documents.public import render_table_html
from moyai.tenants.public import Body, Service
from moyai.ui.public import page


@require_safe
def comparison(request: Visit) -> HttpResponse:
    """Who uses, who pays, who sits on a day: of one service, or of all; counts are computed from the rows."""
    form, on = as_of(request)
    services = list(Service.objects.order_by("code"))
    asked = request.GET.get("service", "")
    service = asked if asked in {one.code for one in services} else ""
    found = comparison_on(on, service)
    name = f"comparison-{service or 'all'}-{on}"
    if (file := taken_away(request, lambda: comparison_table(found), name)) is not None:
        return file
    here = reverse("council_comparison")
    tabs = [{"label": _("すべて"), "url": f"{here}?on={on}", "current": not service}]
    tabs += [
        {"label": one.name, "url": f"{here}?on={on}&service={one.code}", "current": one.code == service}
        for one in services
    ]
    context = {
        "heading": _("加入・利用・負担・構成の範囲"),
        "lead": _(
            "だれが加入し、使い、負担し、会議体を構成しているかを、1日について並べます。範囲は事業や費目ごとに違います。"
        ),
        "as_of": form,
        "kept": [("service", service)] if service else [],
        "tabs": tabs,
        "sections": [
            {
                "heading": _("%(day)sの範囲") % {"day": day_said(on)},
                "html": render_table_html(comparison_table(found)),
                "faces": faces(on, service=service),
            },
            {
                "heading": _("団体を開く"),
                "acts": [link(body.name, "council_body", slug=body.slug) for body in found.bodies],
            },
        ],
    }
    return page(request, "council/secretariat/register.html", context, form=form)


@require_safe
def body(request: Visit, slug: str) -> HttpResponse:
    """団体の記録 — its uses, payments, seats and offices, past ones too."""
    one = get_object_or_404(Body, slug=slug)
    book = book_of(one)
    context = {
        "heading": one.name,
        "crumbs": [(_("加入団体と事業"), reverse("council_members")), (one.name, "")],
        "facts": [
            {"key": _("団体コード"), "value": one.code},
            {"key": _("種別"), "value": str(one.get_kind_display())},
            {"key": _("加入"), "value": span_words(one.from_on, one.until_on)},
        ],
        "sections": _book(book),
        "acts": [link(_("脱退を登録する"), "council_leave", slug=slug)] if one.until_on is None else [],
    }
    return page(request, "council/secretariat/register.html", context)


def _book(book: BodyBook) -> list[dict[str, Any]]:
    def section(heading: str, first: str, rows: list[list[Any]], *more: str) -> dict[str, Any]:
        return {
            "heading": heading,
            "table": {
                "caption": heading,
                "columns": [first, *more, _("期間")],
                "rows": rows,
                "empty": _("登録はありません。"),
            },
        }

    return [
        section(
            _("利用する事業"),
            _("事業"),
            [[one.service.name, span_words(one.from_on, one.until_on)] for one in book.uses],
        ),
        section(
            _("負担する費目"),
            _("費目"),
            [
                [one.cost_line.name, one.cost_line.account.name, span_words(one.from_on, one.until_on)]
                for one in book.pays
            ],
            _("会計"),
        ),
        section(
            _("構成員である会議体"),
            _("会議体"),
            [
                [
                    {
                        "text": one.committee.name,
                        "url": reverse("council_committee", kwargs={"code": one.committee.code}),
                    },
                    one.get_capacity_display(),
                    one.why_left or None,
                    span_words(one.from_on, one.until_on),
                ]
                for one in book.seats
            ],
            _("区分"),
            _("離れた理由"),
        ),
        section(
            _("務めた役職"),
            _("役職"),
            [
                [
                    f"{one.office.committee.name} {one.office.name}",
                    one.holder or None,
                    span_words(one.from_on, one.until_on),
                ]
                for one in book.terms
            ],
            _("職名・氏名"),
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Visit, slug: str) -> HttpResponse:
    """脱退を登録する."""
    one = get_object_or_404(Body, slug=slug)
    form = LeaveForm(typed(request))
    return act_page(
        request,
        form,
        lambda: leave_council(actor=request.actor, now=request.now, body=one, **form.cleaned_data),
        heading=_("%(body)sの脱退を登録する") % {"body": one.name},
        lead=_(
            "最後の日に、利用・構成員・役員の任期・負担が終わります。それまでの負担金は残ります。元に戻せません。"
        ),
        label=_("脱退を登録する"),
        done=_("脱退を登録しました。"),
        to=reverse("council_body", kwargs={"slug": slug}),
        crumbs=[
            (_("加入団体と事業"), reverse("council_members")),
            (one.name, reverse("council_body", kwargs={"slug": slug})),
        ],
        danger=True,
    )


MENU = [(gettext_lazy("範囲の比較"), "council_comparison")]
urlpatterns = [
    path("comparison/", comparison, name="council_comparison"),
    path("members/<slug:slug>/", body, name="council_body"),
    path("members/<slug:slug>/leave/", leave, name="council_leave"),
]
