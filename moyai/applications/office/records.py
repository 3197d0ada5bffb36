"""事前登録: staff take in the list of 確認書; first as a trial, then for good; and see what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.invitations import ImportReport, ListRefused, import_records
from moyai.applications.models import Procedure
from moyai.applications.queries import current_edition, procedure_by_code
from moyai.applications.queries.records import counts_of_records
from moyai.tenants.public import Actor
from moyai.ui.public import Form, page

LARGEST_BYTES = 50_000_000
SHOWN_ERRORS = 50


class RecordsForm(Form):
    """A list as CSV, and whether it is only tried."""

    file = forms.FileField(
        label=lazy("確認書の一覧（CSV）"),
        help_text=lazy("UTF-8 か Shift_JIS。1行目に「番号」「生年月日」と、様式に渡す列の名前を書きます。"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    trial = forms.BooleanField(label=lazy("試すだけにする（登録しない）"), required=False, initial=True)


def _procedure(request: HttpRequest, code: str) -> Procedure:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = procedure_by_code(actor=actor, code=code)
    if found is None or not found.record_needed or not actor.sees(found.section):
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def records(request: HttpRequest, code: str) -> HttpResponse:
    """確認書の一覧を取り込む — all of it or nothing; what is wrong is named by row and column."""
    procedure = _procedure(request, code)
    edition = current_edition(procedure)
    if edition is None:
        raise Http404
    form = RecordsForm(request.POST if request.method == "POST" else None, request.FILES or None)
    report: ImportReport | None = None
    trial = True
    if request.method == "POST" and form.is_valid():
        file, trial = form.cleaned_data["file"], form.cleaned_data["trial"]
        if file.size > LARGEST_BYTES:
            form.add_error("file", _("50MB以下に分けてください。"))
        else:
            try:
                report = import_records(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    procedure=procedure,
                    edition=edition,
                    data=file.read(),
                    dry_run=trial,
                )
            except ListRefused as refused:
                report = refused.report
            if not trial and not report.errors:
                messages.success(request, _("%(count)s件を登録しました。") % {"count": f"{report.new:,}"})
                return redirect(request.path)
    here = {"body_slug": request.actor.body.slug}  # type: ignore[attr-defined]
    return page(
        request,
        "applications/office/records.html",
        {
            "procedure": procedure,
            "counts": [{"key": label, "value": f"{count:,}"} for label, count in _counts(procedure)],
            "report": report,
            "report_rows": _report_rows(report) if report else [],
            "errors": _errors(report) if report and report.errors else None,
            "more": max(0, len(report.errors) - SHOWN_ERRORS) if report else 0,
            "trial": trial,
            "back_url": reverse("applications_office_procedure", kwargs={**here, "code": procedure.code}),
        },
        form=form,
        status=422 if report and report.errors else 200,
    )


def _counts(procedure: Procedure) -> list[tuple[str, int]]:
    counts = counts_of_records(procedure)
    return [
        (_("登録した確認書"), counts.every),
        (_("申込みに使われたもの"), counts.used),
        (_("辞退"), counts.declined),
        (_("まだ使われていないもの"), counts.every - counts.used - counts.declined),
    ]


def _report_rows(report: ImportReport) -> list[dict[str, Any]]:
    return [
        {"key": _("読み取った行"), "value": f"{report.rows:,}"},
        {"key": _("新しい番号"), "value": f"{report.new:,}"},
        {"key": _("すでにある番号（変わりません）"), "value": f"{report.known:,}"},
        {"key": _("様式に渡す列"), "value": "、".join(report.facts) or "—"},
        {"key": _("直すところ"), "value": f"{len(report.errors):,}"},
    ]


def _errors(report: ImportReport) -> dict[str, Any]:
    return {
        "caption": _("直すところ"),
        "columns": [{"label": _("行"), "numeric": True}, {"label": _("列")}, {"label": _("理由")}],
        "rows": [[str(row), column, why] for row, column, why in report.errors[:SHOWN_ERRORS]],
    }


urlpatterns = [
    path("procedures/<slug:code>/records/", records, name="applications_office_records"),
]
