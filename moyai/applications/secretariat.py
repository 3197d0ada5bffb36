"""Pages of the secretariat: figures of a fiscal year by body and month, surveys that members share."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from moyai.applications.figures import tables
from moyai.applications.office.statistics import shown
from moyai.applications.queries.figures import MONTHS, YearOfApplications, year_of_applications
from moyai.applications.queries.statistics import as_cells
from moyai.applications.queries.surveys import shared_survey, shared_surveys
from moyai.applications.wording import moment_in_words
from moyai.calendars.public import wareki
from moyai.documents.public import export_file, stream_csv, yearly_page
from moyai.ui.public import Series, bar_chart, page

MENU = [
    (gettext_lazy("電子申請の統計"), "applications_council_figures"),
    (gettext_lazy("共有アンケート"), "applications_council_surveys"),
]


def figures(request: HttpRequest) -> HttpResponseBase:
    """電子申請の統計 — chart and tables of a fiscal year; each table also as CSV, XLSX, PDF and JSON."""
    return yearly_page(
        request,
        title=_("電子申請の統計"),
        name="applications",
        read=year_of_applications,
        tables=tables,
        chart=_chart,
        notes=[
            _("申請件数は、年度のうちに到達した申込みの数です。取下げや不受理になったものも数えます。"),
            _("手続登録数は、年度の最後の日に登録されている手続きの数です。"),
        ],
    )


def _chart(year: YearOfApplications) -> str:
    counts = [sum(months.get(month, 0) for months in year.by_month.values()) for month in MONTHS]
    most = max(range(12), key=lambda at: counts[at])
    finding = (
        _("%(total)s件の申請のうち、%(month)s月がもっとも多く%(count)s件でした。")
        % {"total": f"{year.total:,}", "month": MONTHS[most], "count": f"{counts[most]:,}"}
        if year.total
        else _("この年度の申請はまだありません。")
    )
    return bar_chart(
        finding=finding,
        title=_("月ごとの申請件数"),
        labels=[_("%(month)s月") % {"month": month} for month in MONTHS],
        series=[Series(_("申請件数"), counts)],
        unit=_("件"),
        label_head=_("月"),
        source=_("申請の記録"),
        as_of=wareki(year.until),
    )


def surveys(request: HttpRequest) -> HttpResponseBase:
    """共有アンケート — surveys that several members take with the same questions."""
    found = shared_surveys(actor=request.actor)  # type: ignore[attr-defined]
    table = {
        "caption": _("共有アンケート"),
        "columns": [
            {"label": _("アンケート")},
            {"label": _("団体数"), "numeric": True},
            {"label": _("集計した日時")},
        ],
        "rows": [
            [
                {
                    "text": one.title,
                    "url": reverse("applications_council_survey", kwargs={"code": one.code}),
                    "head": True,
                },
                len(one.bodies),
                moment_in_words(one.counted_at) if one.counted_at else "—",
            ]
            for one in found
        ],
    }
    return page(request, "applications/secretariat/surveys.html", {"table": table})


def survey(request: HttpRequest, code: str) -> HttpResponseBase:
    """共有アンケートのクロス集計 — a column per member; each table also as CSV."""
    found = shared_survey(actor=request.actor, code=code)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    if "table" in request.GET:
        wanted = request.GET["table"]
        if not wanted.isascii() or not wanted.isdigit() or int(wanted) >= len(found.tables):
            raise Http404
        table = found.tables[int(wanted)]
        with override("ja"):
            export = stream_csv(as_cells(table), table.heads)
            return export_file(export, name=f"{found.title} {table.caption}")
    context = {
        "survey": found,
        "counted": moment_in_words(found.counted_at) if found.counted_at else "",
        "tables": [
            {"table": shown(table), "url": f"?table={place}"} for place, table in enumerate(found.tables)
        ],
        "crumbs": [(_("共有アンケート"), reverse("applications_council_surveys")), (found.title, "")],
    }
    return page(request, "applications/secretariat/survey.html", context)


urlpatterns = [
    path("applications/", figures, name="applications_council_figures"),
    path("applications/surveys/", surveys, name="applications_council_surveys"),
    path("applications/surveys/<slug:code>/", survey, name="applications_council_survey"),
]
