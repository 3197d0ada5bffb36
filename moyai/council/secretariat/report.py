"""事務局のページ：年次報告 — the years, a year's report with its downloads, its sentences and figures, and opening it to citizens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from moyai.calendars.public import fiscal_year, fiscal_year_words
from moyai.council.actions.report import (
    BadTable,
    ReleasedBefore,
    YearNotOver,
    bring_figures,
    release_report,
    withdraw_report,
    write_report_text,
)
from moyai.council.figures.faces import report_context
from moyai.council.figures.report import NAME, annual_report
from moyai.council.forms.report import FiguresForm, TextForm, WithdrawForm
from moyai.council.models import Committee
from moyai.council.pages.report import FACES, report_response
from moyai.council.permits import PERMITS
from moyai.council.queries.report import given_in, release_of, undecided, years_released, years_told
from moyai.tenants.public import Service, clock
from moyai.ui.public import page

MENU = [(gettext_lazy("年次報告"), "council_reports")]
FIRST_YEAR = 1990


def year_or_404(year: int, now: datetime) -> int:
    if not FIRST_YEAR <= year <= fiscal_year(clock.today(now)):
        raise Http404
    return year


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """年度の一覧 — every year with anything to tell, and which are open to citizens."""
    this_year = fiscal_year(clock.today(request.now))  # type: ignore[attr-defined]
    released = set(years_released())
    years = [
        {"year": year, "released": year in released, "running": year == this_year}
        for year in sorted({this_year, *years_told(this_year)}, reverse=True)
    ]
    return page(request, "council/secretariat/reports.html", {"years": years})


@require_GET
def report(request: HttpRequest, year: int) -> HttpResponse:
    """一年の報告 — as a page, or ?format=pdf|xlsx|json."""
    now = request.now  # type: ignore[attr-defined]
    made = annual_report(actor=request.actor, now=now, fiscal_year=year_or_404(year, now))  # type: ignore[attr-defined]
    if "format" in request.GET:
        return report_response(made, face=request.GET["format"], now=now)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        **report_context(made),
        "faces": FACES,
        "release": release_of(year),
        "undecided": undecided(year),
        "may_write": actor.may(PERMITS["council.write_report_text"]),
        "service": _("年次報告"),
    }
    return page(request, "council/secretariat/report.html", context)


def places_of_text(year: int) -> list[tuple[str, str]]:
    """文を書ける所 — the council's name and outline, each service, each committee of the year."""
    services = list(Service.objects.order_by("id"))
    committees = Committee.objects.order_by("position", "id")
    return [
        (NAME, _("協議会の名前")),
        ("outline", _("事業の概要")),
        ("note", _("そのほかの文")),
        *((f"{one.code}-period", _("%(name)sの事業実施期間") % {"name": one.name}) for one in services),
        *((f"service-{one.code}", _("%(name)sの文") % {"name": one.name}) for one in services),
        *((f"committee-{one.code}", _("%(name)sの文") % {"name": one.name}) for one in committees),
    ]


def text(request: HttpRequest, year: int) -> HttpResponse:
    """文を書く — one place of the year; what stands there is shown and written anew."""
    now = request.now  # type: ignore[attr-defined]
    year_or_404(year, now)
    places = places_of_text(year)
    here = request.GET.get("section", "")
    known = given_in(year).texts
    initial = {"section": here, "text": "\n".join(one.text for one in known.get(here, ())[:1])}
    form = TextForm(request.POST or None, sections=places, initial=initial)
    if request.method == "POST" and form.is_valid():
        write_report_text(
            actor=request.actor,  # type: ignore[attr-defined]
            now=now,
            fiscal_year=year,
            section=form.cleaned_data["section"],
            text=form.cleaned_data["text"],
        )
        messages.success(request, _("年次報告の文を保存しました。"))
        return redirect(reverse("council_report_text", kwargs={"year": year}))
    words = dict(places)
    written = [
        {"section": key, "label": words.get(key, key), "text": one.text}
        for key, texts in known.items()
        for one in texts
    ]
    return page(
        request, "council/secretariat/report_text.html", {"year": year, "written": written}, form=form
    )


def figures(request: HttpRequest, year: int) -> HttpResponse:
    """記載値の表を取り込む — a CSV of a paper's table; what cannot be read is said with its line."""
    now = request.now  # type: ignore[attr-defined]
    year_or_404(year, now)
    services = [(one.code, one.name) for one in Service.objects.order_by("id")]
    form = FiguresForm(request.POST or None, request.FILES or None, sections=services)
    if request.method == "POST" and form.is_valid():
        try:
            bring_figures(
                actor=request.actor,  # type: ignore[attr-defined]
                now=now,
                fiscal_year=year,
                code=form.cleaned_data["code"],
                cells=form.cells(),
                shape=form.shape(),
            )
        except BadTable as refusal:
            form.add_error("file", str(refusal.message))
        else:
            messages.success(
                request, _("「%(name)s」を取り込みました。") % {"name": form.cleaned_data["caption"]}
            )
            return redirect(reverse("council_annual_report", kwargs={"year": year}))
    tables = given_in(year).tables
    return page(
        request, "council/secretariat/report_figures.html", {"year": year, "tables": tables}, form=form
    )


@require_POST
def release(request: HttpRequest, year: int) -> HttpResponse:
    """公開する."""
    now = request.now  # type: ignore[attr-defined]
    try:
        release_report(actor=request.actor, now=now, fiscal_year=year_or_404(year, now))  # type: ignore[attr-defined]
    except (YearNotOver, ReleasedBefore) as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("%(year)sの年次報告を公開しました。") % {"year": fiscal_year_words(year)})
    return redirect(reverse("council_annual_report", kwargs={"year": year}))


def withdraw(request: HttpRequest, year: int) -> HttpResponse:
    """公開を取りやめる — a page of its own, for the reason."""
    now = request.now  # type: ignore[attr-defined]
    year_or_404(year, now)
    if release_of(year) is None:
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_report(
            actor=request.actor,  # type: ignore[attr-defined]
            now=now,
            fiscal_year=year,
            reason=form.cleaned_data["reason"],
        )
        messages.success(
            request, _("%(year)sの年次報告の公開を取りやめました。") % {"year": fiscal_year_words(year)}
        )
        return redirect(reverse("council_annual_report", kwargs={"year": year}))
    return page(request, "council/secretariat/report_withdraw.html", {"year": year}, form=form)


urlpatterns: list[Any] = [
    path("reports/", reports, name="council_reports"),
    path("reports/<int:year>/", report, name="council_annual_report"),
    path("reports/<int:year>/text/", text, name="council_report_text"),
    path("reports/<int:year>/figures/", figures, name="council_report_figures"),
    path("reports/<int:year>/release/", release, name="council_report_release"),
    path("reports/<int:year>/withdraw/", withdraw, name="council_report_withdraw"),
]
