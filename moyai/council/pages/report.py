"""住民向けの年次報告 — the years that are open, and each year's report; no account, no cookie, no persons' names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.council.figures.faces import report_context, report_json, report_pdf, report_xlsx
from moyai.council.figures.report import Report, annual_report
from moyai.council.queries.report import release_of, years_released
from moyai.tenants.public import Actor
from moyai.ui.public import easy, page

FACES: Final = ("pdf", "xlsx", "json")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_response(report: Report, *, face: str, now: datetime) -> HttpResponse:
    """年次報告のファイル — made once for a report. 404 for a face there is not."""
    if face not in FACES:
        raise Http404
    makers: dict[str, Callable[[], Any]] = {
        "pdf": lambda: report_pdf(report, now=now),
        "xlsx": lambda: report_xlsx(report),
        "json": lambda: report_json(report),
    }
    if face not in report.faces:
        report.faces[face] = makers[face]()
    made = report.faces[face]
    name = f"annual-report-{report.fiscal_year}.{face}"
    if face == "json":
        response: HttpResponse = JsonResponse(made, json_dumps_params={"ensure_ascii": False})
    else:
        response = HttpResponse(made, content_type="application/pdf" if face == "pdf" else XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """公開された年度."""
    return page(request, "council/pages/reports.html", {"years": years_released()})


@require_GET
def report(request: HttpRequest, year: int) -> HttpResponse:
    """一年の報告 for citizens — 404 while it is not open."""
    now = request.now  # type: ignore[attr-defined]
    if release_of(year) is None:
        raise Http404
    if "format" in request.GET:
        # A file has no place for readings: whoever reads easy Japanese gets the Japanese one.
        with override("ja" if easy() else get_language()):
            made = annual_report(actor=Actor.system(), now=now, fiscal_year=year, public=True)
            return report_response(made, face=request.GET["format"], now=now)
    made = annual_report(actor=Actor.system(), now=now, fiscal_year=year, public=True)
    context = {
        **report_context(made),
        "faces": FACES,
        "service": _("協議会の年次報告"),
    }
    return page(request, "council/pages/report.html", context)


urlpatterns = [
    path("council-report/", reports, name="council_report_years"),
    path("council-report/<int:year>/", report, name="council_report_year"),
]
