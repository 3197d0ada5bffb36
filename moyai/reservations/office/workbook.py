"""マスタ登録ツール — the workbook of a body: written out, read in, compared, taken or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from moyai.calendars.public import wareki_time
from moyai.reservations.actions.masters import (
    MastersMoved,
    WorkbookRefused,
    bring_workbook,
    drop_workbook,
    take_workbook,
)
from moyai.reservations.actions.masters.books import MOST_ERRORS, compare
from moyai.reservations.actions.masters.keeping import MastersRefused
from moyai.reservations.forms.masters import WorkbookForm
from moyai.reservations.models import MasterBook
from moyai.reservations.office.masters import crumbs, table, url_of
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.masters_office import book_of, books_of
from moyai.reservations.queries.workbook import Stored, masters_of
from moyai.reservations.workbook.differences import ENDED, REMOVED, SAID, Difference, key_words, sheet_name
from moyai.reservations.workbook.whole import RowError, workbook_of
from moyai.tenants.public import clock
from moyai.ui.public import Form, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 500  # differences on the page; the counts say how many there are


class TakeForm(Form):
    """登録する — what ends or goes has to be looked at."""

    looked = forms.BooleanField(label=gettext_lazy("終わる行と消える行を確かめました"), required=True)

    def __init__(self, *args: Any, ends: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ends:
            del self.fields["looked"]


def workbook(request: HttpRequest) -> HttpResponse:
    """ブックの書出しと読込み."""
    _allowed(request)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    errors: list[RowError] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with transaction.atomic():
                book = bring_workbook(
                    actor=request.actor, now=request.now, data=file.read(), name=file.name  # type: ignore[attr-defined]
                )  # fmt: skip
        except WorkbookRefused as refused:
            errors = refused.errors
            words = {"count": f"{len(errors):,}"}
            form.add_error(
                "file",
                _("直すところが%(count)s件あります。登録は何もしていません。") % words if errors else str(refused.message),
            )
        else:
            return redirect(url_of(request, "book", masterbook_id=book.pk))
    books = [
        [
            {"text": wareki_time(one.brought_at), "url": url_of(request, "book", masterbook_id=one.pk), "head": True},
            one.name,
            one.brought_by,
            _counts(one.counts) or None,
            {"state": _state(one)},
        ]
        for one in books_of(request.actor)  # type: ignore[attr-defined]
    ]
    context = {
        "errors": errors_table(errors) if errors else None,
        "download_url": url_of(request, "workbook_file"),
        "books": table(
            _("読み込んだブック（新しい順に20件）"), [_("読み込んだ日時"), _("ファイル"), _("職員"), _("変わる行"), _("状態")],
            books, _("まだありません。"),
        ),
        "crumbs": crumbs(request, (_("マスタ登録ツール"), "")),
    }  # fmt: skip
    return page(request, "reservations/office/masters_workbook.html", context, form=form)


@require_GET
def written_out(request: HttpRequest) -> HttpResponse:
    """ブックを書き出す."""
    _allowed(request)
    body = request.actor.body  # type: ignore[attr-defined]
    data = workbook_of(masters_of(body), code=body.code, name=body.name)
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="masters-{body.code}.xlsx"'
    return response


def book(request: HttpRequest, masterbook_id: int) -> HttpResponse:
    """試行の結果 — every difference before anything is stored; then taken as a whole, or dropped."""
    _allowed(request)
    found = book_of(request.actor, masterbook_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    ends = bool(found.counts.get(ENDED) or found.counts.get(REMOVED))
    form = TakeForm(request.POST if request.POST.get("act") == "take" else None, ends=ends)
    errors: list[RowError] = []
    if request.method == "POST" and request.POST.get("act") in ("take", "drop"):
        answer = _settled(request, found, form, errors)
        if answer is not None:
            return answer
    differences: Sequence[Difference] | None = None
    if found.state == MasterBook.State.WAITING:
        differences, problem = _differences(request, found)
        errors = errors or problem
    context = {
        "heading": _("読み込んだブックの変わるところ"),
        "facts": [
            {"key": _("ファイル"), "value": found.name},
            {"key": _("読み込んだ日時"), "value": wareki_time(found.brought_at)},
            {"key": _("職員"), "value": found.brought_by},
            {"key": _("状態"), "value": _state(found)["word"]},
            {"key": _("変わる行"), "value": _counts(found.counts), "missing": _("なし")},
            {"key": _("登録・取りやめの日時"), "value": wareki_time(found.settled_at) if found.settled_at else "", "missing": "—"},
        ],
        "differences": differences_table(differences) if differences is not None else None,
        "errors": errors_table(errors) if errors else None,
        "waiting": found.state == MasterBook.State.WAITING,
        "crumbs": crumbs(
            request, (_("マスタ登録ツール"), url_of(request, "workbook")), (_("変わるところ"), "")
        ),
    }  # fmt: skip
    return page(request, "reservations/office/masters_book.html", context, form=form)


def _settled(
    request: HttpRequest, found: MasterBook, form: TakeForm, errors: list[RowError]
) -> HttpResponse | None:
    """Take or drop; None when something stands against it, which the form then says."""
    taking = request.POST.get("act") == "take"
    if taking and not form.is_valid():
        return None
    try:
        with transaction.atomic():
            if taking:
                take_workbook(actor=request.actor, now=request.now, book=found)  # type: ignore[attr-defined]
            else:
                drop_workbook(actor=request.actor, now=request.now, book=found)  # type: ignore[attr-defined]
    except WorkbookRefused as refused:
        errors += refused.errors
        form.add_error(None, str(refused.message))
        return None
    except MastersMoved as moved:
        messages.error(request, str(moved.message))
        return redirect(url_of(request, "workbook"))
    messages.success(request, _("マスタを登録しました。") if taking else _("取りやめました。何も登録していません。"))
    return redirect(url_of(request, "masters") if taking else url_of(request, "workbook"))


def _differences(request: HttpRequest, found: MasterBook) -> tuple[list[Difference] | None, list[RowError]]:
    """What would differ now; a workbook that no longer fits says why."""
    stored = Stored(request.actor.body)  # type: ignore[attr-defined]
    try:
        return compare(stored, bytes(found.data), clock.today(request.now)).differences, []  # type: ignore[attr-defined]
    except WorkbookRefused as refused:
        return None, refused.errors
    except MastersRefused:
        return None, []


def differences_table(differences: Sequence[Difference]) -> dict[str, Any]:
    """One line for each row that is new or goes, and for each column that changes."""
    rows: list[list[Any]] = []
    for one in differences:
        base = [sheet_name(one.noun), key_words(one.key), {"text": one.name, "head": True}, str(SAID[one.what])]
        if not one.changes:
            rows.append([*base, None, None, None])
        for change in one.changes:
            rows.append([*base, change.head, change.before or None, change.after or None])
    shown = list(islice(rows, MOST_SHOWN))
    caption = _("変わるところ（%(shown)s行のうち%(count)s行）") if len(shown) < len(rows) else _("変わるところ（%(count)s行）")
    words = {"count": f"{len(shown):,}", "shown": f"{len(rows):,}"}
    columns = [_("シート"), _("コード"), _("名前"), _("区分"), _("項目"), _("前"), _("後")]
    return table(caption % words, columns, shown, _("今のマスタと同じです。変わるところはありません。"))


def errors_table(errors: Sequence[RowError]) -> dict[str, Any]:
    rows = [
        [one.sheet, f"{one.row:,}" if one.row else None, one.column or None, one.text]
        for one in errors[:MOST_ERRORS]
    ]
    words = {"count": f"{len(errors):,}", "shown": f"{len(rows):,}"}
    caption = _("直すところ（%(count)s件のうち%(shown)s件）") if len(rows) < len(errors) else _("直すところ（%(count)s件）")
    return table(caption % words, [_("シート"), (_("行"), True), _("列"), _("直すところ")], rows, "")


def _counts(counts: dict[str, int]) -> str:
    return _("、").join(f"{SAID[what]} {counts[what]:,}" for what in SAID if counts.get(what))


def _state(one: MasterBook) -> dict[str, str]:
    kind = {MasterBook.State.WAITING: "attention", MasterBook.State.TAKEN: "good"}.get(MasterBook.State(one.state), "neutral")
    return {"kind": kind, "word": one.get_state_display()}


def _allowed(request: HttpRequest) -> None:
    """The whole of the masters is for administrators; to others the page is not there."""
    if not request.actor.may(set(PERMITS["reservations.take_workbook"])):  # type: ignore[attr-defined]
        raise Http404


urlpatterns = [
    path("masters/workbook/", workbook, name="reservations_office_workbook"),
    path("masters/workbook/masters.xlsx", written_out, name="reservations_office_workbook_file"),
    path("masters/workbook/<int:masterbook_id>/", book, name="reservations_office_book"),
]
