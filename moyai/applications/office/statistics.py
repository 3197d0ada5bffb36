"""集計 at the office: answers by day, by question, by two questions; free texts; each table as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from moyai.applications.models import Procedure
from moyai.applications.office.exports import procedure_for
from moyai.applications.queries import statistics as counting
from moyai.applications.queries.statistics import Question, Table
from moyai.applications.wording import day_with_year
from moyai.audit.public import looked
from moyai.calendars.public import WarekiPartsField
from moyai.documents.public import export_file, stream_csv
from moyai.tenants.public import clock
from moyai.ui.public import Form, Series, bar_chart, line_chart, page

CROSSED = ("single_choice", "multiple_choice", "yes_no")
CHARTED = 31  # days in one chart


class SpanForm(Form):
    """期間 — which days are counted; empty ends are open."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("since", gettext_lazy("受付日（から）")),
            ("until", gettext_lazy("受付日（まで）")),
        ):
            self.fields[name] = WarekiPartsField(label=label, help_text="", required=False, today=today)


class CrossForm(Form):
    """クロス集計 — two questions with choices."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext_lazy("選択してください")), *((one.id, one.label) for one in questions)]
        for name, label in (("down", gettext_lazy("縦の質問")), ("across", gettext_lazy("横の質問"))):
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices)


def _url(request: HttpRequest, name: str, code: str, **more: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"applications_office_{name}", kwargs={"body_slug": slug, "code": code, **more})


@require_safe
def statistics(request: HttpRequest, code: str) -> HttpResponseBase:
    """集計 of one procedure. Counts below five are not shown, here or in the files."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    procedure = procedure_for(request, code)
    span = SpanForm(
        request.GET if "since_year" in request.GET or "since" in request.GET else None, today=clock.today(now)
    )
    ends = span.cleaned_data if span.is_bound and span.is_valid() else {}
    rows = counting.counted(
        actor=actor, procedure=procedure, since=ends.get("since"), until=ends.get("until")
    )
    questions = counting.questions_of(actor=actor, procedure=procedure)
    crossed = [one for one in questions if one.kind in CROSSED]
    picked = CrossForm(request.GET if "down" in request.GET else None, questions=crossed)
    tables = _tables(rows, questions)
    cross = _cross(rows, crossed, request)
    if cross is not None:
        tables["cross"] = cross
    if "table" in request.GET:
        return _csv(procedure, tables, request.GET["table"])
    days = counting.by_day(rows)
    query = request.GET.copy()
    context = {
        "service": _("電子申請"),
        "procedure": procedure,
        "span": span,
        "picked": picked,
        "days": _days_chart(days) if days else "",
        "total": sum(count for _day, count in days),
        "sections": [
            {
                "table": shown(table),
                "note": table.note,
                "chart": _chart(table),
                "url": _table_url(query, name),
            }
            for name, table in tables.items()
            if name not in ("days", "cross")
        ],
        "days_url": _table_url(query, "days"),
        "cross": shown(cross) if cross else None,
        "cross_url": _table_url(query, "cross"),
        "texts": [
            {"label": one.label, "url": _url(request, "texts", code, field=one.id)}
            for one in questions
            if one.kind in counting.TEXTS
        ],
        "crumbs": [
            (_("手続き"), reverse("applications_office_procedures", kwargs={"body_slug": actor.body.slug})),
            (procedure.title, _url(request, "procedure", code)),
            (_("集計"), ""),
        ],
    }
    return page(request, "applications/office/statistics.html", context)


def _table_url(query: Any, name: str) -> str:
    asked = query.copy()
    asked["table"] = name
    return f"?{asked.urlencode()}"


def _tables(rows: Any, questions: list[Question]) -> dict[str, Table]:
    found = counting.answered(rows, questions)
    days = counting.by_day(rows)
    tables = {
        "days": Table(_("日ごとの回答数"), [_("日"), _("回答数")], [[day.isoformat(), n] for day, n in days])
    }
    return tables | {name: counting.table_of(one) for name, one in found.items()}


def _cross(rows: Any, questions: list[Question], request: HttpRequest) -> Table | None:
    down = counting.find_question(questions, request.GET.get("down", ""), kinds=CROSSED)
    across = counting.find_question(questions, request.GET.get("across", ""), kinds=CROSSED)
    if down is None or across is None or down.id == across.id:
        return None
    return counting.cross(rows, down, across)


def shown(table: Table) -> dict[str, Any]:
    """A table for ui/table.html: the first column are heads, the others figures."""
    return {
        "caption": table.caption,
        "note": table.note,
        "columns": [{"label": head, "numeric": at > 0} for at, head in enumerate(table.heads)],
        "rows": [
            [
                {"text": row[0], "head": True},
                *(f"{cell:,}" if isinstance(cell, int) else cell for cell in row[1:]),
            ]
            for row in counting.as_cells(table)
        ],
    }


def _chart(table: Table) -> str:
    """Bars of a question whose counts are all shown: what is hidden has no length."""
    if len(table.heads) not in (3, 4) or not table.rows or any(row[1] is None for row in table.rows):
        return ""
    counts = [int(row[1]) if isinstance(row[1], int) else 0 for row in table.rows]
    if not any(counts):
        return ""
    most = max(range(len(counts)), key=lambda at: counts[at])
    return bar_chart(
        finding=_("もっとも多い答えは「%(label)s」で、%(count)s件です。")
        % {"label": table.rows[most][0], "count": f"{counts[most]:,}"},
        title=table.caption,
        labels=[str(row[0]) for row in table.rows],
        series=[Series(_("回答数"), counts)],
        unit=_("件"),
        label_head=_("選択肢"),
    )


def _days_chart(days: list[tuple[date, int]]) -> str:
    last = days[-CHARTED:]
    total = sum(count for _day, count in days)
    return line_chart(
        finding=_("%(since)sから%(until)sまでに、%(count)s件の回答がありました。")
        % {
            "since": day_with_year(days[0][0]),
            "until": day_with_year(days[-1][0]),
            "count": f"{total:,}",
        },
        title=_("日ごとの回答数"),
        labels=[f"{day.month}/{day.day}" for day, _count in last],
        series=[Series(_("回答数"), [count for _day, count in last])],
        unit=_("件"),
        label_head=_("日"),
    )


def _csv(procedure: Procedure, tables: dict[str, Table], name: str) -> HttpResponseBase:
    table = tables.get(name)
    if table is None:
        raise Http404
    with override("ja"):
        return export_file(
            stream_csv(counting.as_cells(table), table.heads), name=f"{procedure.title} {table.caption}"
        )


@require_safe
def texts(request: HttpRequest, code: str, field: str) -> HttpResponse:
    """自由記述 — for staff only; the look is on record."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    procedure = procedure_for(request, code)
    questions = counting.questions_of(actor=actor, procedure=procedure)
    question = counting.find_question(questions, field, kinds=counting.TEXTS)
    if question is None:
        raise Http404
    looked(actor=actor, now=now, verb="applications.view_texts", thing=procedure, detail={"field": field})
    found = counting.texts_of(counting.counted(actor=actor, procedure=procedure), question)
    table = {
        "caption": question.label,
        "note": _("新しい順、%(n)s件まで") % {"n": 200},
        "columns": [{"label": _("受付日")}, {"label": _("記述")}],
        "rows": [[{"text": day_with_year(day), "head": True}, text] for day, text in found],
    }
    context = {
        "service": _("電子申請"),
        "procedure": procedure,
        "table": table,
        "crumbs": [
            (procedure.title, _url(request, "procedure", code)),
            (_("集計"), _url(request, "statistics", code)),
            (question.label, ""),
        ],
    }
    return page(request, "applications/office/texts.html", context)


urlpatterns = [
    path("procedures/<slug:code>/statistics/", statistics, name="applications_office_statistics"),
    path("procedures/<slug:code>/statistics/<str:field>/", texts, name="applications_office_texts"),
]
