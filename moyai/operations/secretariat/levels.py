"""稼働とサービスレベル — all systems of a year, one system by month, and the months a service reports."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.calendars.public import fiscal_year_range, fiscal_year_words, short_wareki
from moyai.documents.public import FigureTable, render_table_html, table_response
from moyai.operations.actions.systems import report_month
from moyai.operations.asking import table, tried, when, who, year_of_today, year_or_404
from moyai.operations.figures.agreements import agreements_table
from moyai.operations.figures.levels import levels_table, monthly_table, year_by_month
from moyai.operations.forms.levels import WEEKDAYS, MonthForm, YearForm
from moyai.operations.models import Probe, ServiceHours, ServiceLevel, Stop, System
from moyai.operations.permits import PERMITS
from moyai.operations.queries import levels as queries
from moyai.operations.queries.agreements import agreements_of_year
from moyai.operations.rules.intervals import length
from moyai.operations.secretariat.agreements import agreed_list
from moyai.operations.words import level_words, minutes, probe_badge, state_badge, stop_badge, verdict_badge
from moyai.tenants.public import Service
from moyai.ui.public import page

FACES = ("csv", "xlsx", "pdf", "json")
DAYS = {day if day == "holiday" else int(day): words for day, words in WEEKDAYS}


def download(request: HttpRequest, found: FigureTable, name: str) -> HttpResponse:
    if request.GET["format"] not in FACES:
        raise Http404
    return table_response(found, form=request.GET["format"], name=name, now=request.now)  # type: ignore[attr-defined]


def may(request: HttpRequest, verb: str) -> bool:
    """Whether who looks may also do it: an auditor reads and is offered nothing."""
    allowed: bool = request.actor.may(set(PERMITS[verb]))  # type: ignore[attr-defined]
    return allowed


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """稼働の一覧 — every system and side of a fiscal year, how it stands now, what is announced."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    years = queries.levels_of_year(year, now=now)
    agreements = agreements_of_year(year, now=now, years=years)
    if "format" in request.GET:
        if request.GET.get("table") == "agreed":
            agreed = agreements_table(year, now=now, agreements=agreements)
            return download(request, agreed, f"agreed-{year}")
        return download(request, levels_table(year, now=now, years=years), f"levels-{year}")
    standing = queries.status_now(now=now)
    context = {
        "form": form,
        "year": fiscal_year_words(year),
        "year_number": year,
        "faces": FACES,
        "table": table(
            _("%(year)sの稼働率") % {"year": fiscal_year_words(year)},
            [
                _("システム"),
                _("区分"),
                (_("予定時間（分）"), True),
                (_("停止"), True),
                (_("稼働率"), True),
                (_("約束"), True),
                _("判定"),
            ],
            [_row(one, year) for one in years],
            empty=_("システムはまだありません。"),
        ),
        "agreed": agreed_list(agreements),
        "standing": _standing(standing),
        "planned": _planned(standing.planned),
        "months_url": reverse("operations_months"),
        "may": may(request, "operations.add_system"),
        "may_agree": may(request, "operations.agree_level"),
        "new_url": reverse("operations_system_new"),
    }
    return page(request, "operations/secretariat/levels.html", context, form=form)


def _row(one: queries.SystemYear, year: int) -> list[Any]:
    address = reverse("operations_system", kwargs={"code": one.system.code}) + f"?fiscal_year={year}"
    return [
        {"text": one.system.name, "url": address, "head": True},
        one.side.name or "—",
        f"{one.whole.planned:,}",
        minutes(one.whole),
        one.printed,
        level_words(one.level),
        verdict_badge(one.verdict),
    ]


def _standing(status: queries.StatusNow) -> dict[str, Any]:
    return table(
        _("今の状況"),
        [_("システム"), _("状況"), _("いつから")],
        [
            [
                {
                    "text": one.system.name,
                    "url": reverse("operations_system", kwargs={"code": one.system.code}),
                    "head": True,
                },
                {"state": state_badge(one.state)},
                when(one.since),
            ]
            for one in status.systems
        ],
        empty=_("システムはまだありません。"),
    )


def _planned(stops: list[Stop]) -> dict[str, Any]:
    return table(
        _("これからの計画停止"),
        [_("システム"), _("始まり"), _("終わり"), _("理由")],
        [
            [
                {
                    "text": stop.system.name,
                    "url": reverse("operations_stop", kwargs={"stop_id": stop.pk}),
                    "head": True,
                },
                when(stop.begins),
                when(stop.ends),
                stop.cause or "—",
            ]
            for stop in stops
        ],
        empty=_("計画停止の予定はありません。"),
    )


@require_GET
def system(request: HttpRequest, code: str) -> HttpResponse:
    """一つのシステム — the year by month for each side, its stops, hours, dependencies, agreements and probes."""
    now = request.now  # type: ignore[attr-defined]
    found = get_object_or_404(System.objects.select_related("service"), code=code)
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    first, last = fiscal_year_range(year)
    book = queries.book_of(first, last, now=now)
    sides = queries.sides_of(found)
    here = next((each for each in book.systems if each.pk == found.pk), found)
    years = [book.year(here, side) for side in sides]
    tables = [year_by_month(one) for one in years]
    if "format" in request.GET:
        wanted = next((n for n, one in enumerate(years) if one.side.code == request.GET.get("side", "")), 0)
        return download(request, tables[wanted], f"{code}-{year}")
    context = {
        "system": found,
        "form": form,
        "year": fiscal_year_words(year),
        "year_number": year,
        "faces": FACES,
        "sides": [
            {
                "name": one.side.name,
                "code": one.side.code,
                "rows": _summary(one, length(book.degraded(here, one.side.code))),
                "table": render_table_html(made, number=str(place)),
            }
            for place, (one, made) in enumerate(zip(years, tables, strict=True), 1)
        ],
        "stops": stops_table(queries.stops_of(found, year), sides, now),
        "hours": _hours(queries.hours_of(found), sides),
        "stands_on": _dependencies(found),
        "levels": _levels(queries.levels_of(found)),
        "probes": _probes(queries.probes_of(found)),
        "crumbs": [(_("稼働とサービスレベル"), reverse("operations_levels")), (found.name, "")],
        "may": may(request, "operations.add_probe"),
        "may_agree": may(request, "operations.agree_level"),
    }
    return page(request, "operations/secretariat/system.html", context, form=form)


def _summary(one: queries.SystemYear, degraded: int) -> list[dict[str, Any]]:
    most = one.most_minutes
    rows = [
        {"key": _("予定時間"), "value": _("%(n)s分") % {"n": f"{one.whole.planned:,}"}},
        {"key": _("緊急停止"), "value": minutes(one.whole)},
        {"key": _("稼働率"), "value": one.printed},
        {"key": _("約束"), "value": level_words(one.level), "missing": _("合意なし")},
    ]
    if most is not None:
        rows.append({"key": _("許される停止"), "value": _("%(n)s分まで") % {"n": f"{most:,}"}})
    if degraded:
        rows.append({"key": _("片方で動いた時間"), "value": _("%(n)s分") % {"n": f"{degraded:,}"}})
    badge = verdict_badge(one.verdict)
    rows.append(
        {"key": _("判定"), **badge} if isinstance(badge, dict) else {"key": _("判定"), "value": badge}
    )
    return rows


def stops_table(stops: list[Stop], sides: list[queries.Side], now: Any) -> dict[str, Any]:
    names = {side.code: side.name for side in sides}
    return table(
        _("停止の記録（新しい順）"),
        [_("始まり"), _("終わり"), _("種類"), _("区分"), _("状態"), _("理由・原因"), _("記録した方")],
        [
            [
                {
                    "text": when(stop.begins),
                    "url": reverse("operations_stop", kwargs={"stop_id": stop.pk}),
                    "head": True,
                },
                when(stop.ends),
                stop.get_kind_display(),
                names.get(stop.side) or _("すべて"),
                {"state": stop_badge(stop, now)},
                stop.why_voided or stop.cause or "—",
                stop.noted_by,
            ]
            for stop in stops
        ],
        empty=_("この年度の停止の記録はありません。"),
    )


def _hours(rows: list[ServiceHours], sides: list[queries.Side]) -> dict[str, Any]:
    names = {side.code: side.name for side in sides}
    return table(
        _("運用時間"),
        [_("曜日"), _("時間"), _("区分"), _("いつから"), _("いつまで")],
        [
            [
                {
                    "text": "・".join(str(words) for day, words in DAYS.items() if day in row.weekdays),
                    "head": True,
                },
                f"{row.begins // 60}:{row.begins % 60:02d}〜{row.ends // 60}:{row.ends % 60:02d}",
                names.get(row.side) or _("すべて"),
                short_wareki(row.from_on),
                short_wareki(row.until_on) if row.until_on else "—",
            ]
            for row in rows
        ],
        empty=_("運用時間がありません。稼働率を計算できません。"),
    )


def _dependencies(found: System) -> dict[str, Any]:
    rows = []
    for each in queries.dependencies_of(found):
        end: Any = short_wareki(each.until_on) if each.until_on else ""
        if not end:
            address = reverse("operations_dependency_end", kwargs={"dependency_id": each.pk})
            end = {"text": _("依存を終える"), "url": address}
        rows.append(
            [
                {
                    "text": each.on.name,
                    "url": reverse("operations_system", kwargs={"code": each.on.code}),
                    "head": True,
                },
                _("依存先"),
                each.redundant or "—",
                short_wareki(each.from_on),
                end,
            ]
        )
    for each in queries.carried_by(found):
        rows.append(
            [
                {
                    "text": each.system.name,
                    "url": reverse("operations_system", kwargs={"code": each.system.code}),
                    "head": True,
                },
                _("このシステムに依存"),
                each.redundant or "—",
                short_wareki(each.from_on),
                short_wareki(each.until_on) if each.until_on else "—",
            ]
        )
    return table(
        _("依存"),
        [_("システム"), _("向き"), _("冗長の組"), _("いつから"), _("いつまで")],
        rows,
        empty=_("ほかのシステムに依存していません。"),
    )


def _levels(rows: list[ServiceLevel]) -> dict[str, Any]:
    return table(
        _("サービスレベルの合意"),
        [(_("約束"), True), _("対象"), _("根拠"), _("いつから"), _("いつまで")],
        [
            [
                level_words(Fraction(row.numerator, row.denominator)),
                _("このシステム") if row.system_id else _("事業のすべてのシステム"),
                row.source,
                short_wareki(row.from_on),
                short_wareki(row.until_on) if row.until_on else "—",
            ]
            for row in rows
        ],
        empty=_("合意は登録されていません。"),
    )


def _probes(rows: list[Probe]) -> dict[str, Any]:
    return table(
        _("監視"),
        [_("名前"), _("確かめ方"), _("状態"), _("最後に確かめた日時")],
        [
            [
                {
                    "text": row.name,
                    "url": reverse("operations_probe", kwargs={"probe_id": row.pk}),
                    "head": True,
                },
                row.get_kind_display(),
                {"state": probe_badge(row)},
                when(row.asked_at if row.kind == Probe.Kind.HTTP else row.heard_at),
            ]
            for row in rows
        ],
        empty=_("監視はありません。停止は手で記録します。"),
    )


@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """月次報告 — of every service that reports, with a year's incidents added up."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    reported = queries.months_reported(year)
    services = {row.service.code: row.service for row in reported}
    wanted = request.GET.get("service", "")
    if "format" in request.GET:
        if wanted not in services:
            raise Http404
        return download(request, monthly_table(year, service=wanted), f"{wanted}-{year}")
    context = {
        "form": form,
        "year_number": year,
        "year": fiscal_year_words(year),
        "faces": FACES,
        "tables": [
            {"code": code, "table": render_table_html(monthly_table(year, service=code), number=str(place))}
            for place, code in enumerate(services, 1)
        ],
        "crumbs": [(_("稼働とサービスレベル"), reverse("operations_levels")), (_("月次報告"), "")],
        "new_url": reverse("operations_month_new"),
        "may": may(request, "operations.report_month"),
    }
    return page(request, "operations/secretariat/months.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new_month(request: HttpRequest) -> HttpResponse:
    """月次報告を登録する."""
    form = MonthForm(
        request.POST if request.method == "POST" else None, services=list(Service.objects.order_by("code"))
    )
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: report_month(**who(request), **form.chosen()))
        if made is not None:
            messages.success(request, _("月次報告を登録しました。"))
            year = made.month.year if made.month.month >= 4 else made.month.year - 1
            return redirect(reverse("operations_months") + f"?fiscal_year={year_or_404(year)}")
    return page(
        request,
        "operations/secretariat/form.html",
        {
            "heading": _("月次報告を登録する"),
            "label": _("登録する"),
            "crumbs": [(_("月次報告"), reverse("operations_months")), (_("月次報告を登録する"), "")],
        },
        form=form,
    )


urlpatterns = [
    path("levels/", listing, name="operations_levels"),
    path("levels/months/", months, name="operations_months"),
    path("levels/months/new/", new_month, name="operations_month_new"),
    path("levels/systems/<slug:code>/", system, name="operations_system"),
]
