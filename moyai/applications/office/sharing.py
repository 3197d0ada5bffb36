"""Office pages of the shared catalogue: what others offer, an offer of one's own, an original that went on; a form from a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.sharing import copy_form, share_form, take_original, withdraw_form
from moyai.applications.building import sheets, workbook
from moyai.applications.building.comparing import Difference, differences
from moyai.applications.forms.procedures import word_label
from moyai.applications.forms.sharing import CopyForm, ShareForm, SheetForm
from moyai.applications.models import Procedure, SharedForm
from moyai.applications.office.builder import builder_crumbs, keep, under_construction
from moyai.applications.office.builder_release import table_of
from moyai.applications.office.procedures import crumbs, procedure_of, url_of
from moyai.applications.queries.editions import current_edition
from moyai.applications.queries.sharing import (
    latest_shared,
    offered,
    original_of,
    shared_code,
    words_offered,
)
from moyai.tenants.public import Refusal
from moyai.ui.public import page

MENU = [(lazy("共有された手続き"), "applications_office_shared")]


def shared(request: HttpRequest) -> HttpResponse:
    """共有された手続き — everything the bodies offer each other."""
    rows: list[list[Any]] = [
        [
            {"text": one.title, "url": _shared_url(request, one.code), "head": True},
            one.from_body.name,
            _("第%(number)s版") % {"number": one.version},
            one.words or None,
        ]
        for one in offered()[:1000]
    ]
    table = {
        "caption": _("共有された手続き%(count)s件（名前の順）") % {"count": len(rows)},
        "columns": [
            {"label": _("手続き")},
            {"label": _("団体")},
            {"label": _("版")},
            {"label": _("変わった点")},
        ],
        "rows": rows,
    }
    return page(request, "applications/office/shared.html", {"table": table, "rows": rows})


def _shared_url(request: HttpRequest, code: str) -> str:
    from django.urls import reverse

    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse("applications_office_shared_one", kwargs={"body_slug": slug, "shared": code})


def shared_one(request: HttpRequest, shared: str) -> HttpResponse:
    """One offer: what it is, its questions, and a copy of one's own."""
    found = latest_shared(shared)
    if found is None:
        raise Http404
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = CopyForm(request.POST or None, initial={"code": _free(actor.body.pk, found)})
    if request.method == "POST" and form.is_valid():
        try:
            made = copy_form(
                actor=actor,
                now=request.now,  # type: ignore[attr-defined]
                shared=found,
                code=form.cleaned_data["code"],
            )
        except Refusal as refusal:
            form.add_error("code", str(refusal.message))
        else:
            messages.success(request, _("写しをつくりました。内容を確かめて、様式を公開してください。"))
            return redirect(url_of(request, "procedure", made.code))
    context = {
        "shared": found,
        "pages": [
            {
                "title": one.get("title", ""),
                "fields": [
                    str(field.get("label", "")) for field in one.get("fields", []) if field.get("label")
                ],
            }
            for one in found.document.get("pages", [])
        ],
        "own": found.from_body_id == actor.body.pk,
        "crumbs": [(_("共有された手続き"), url_of(request, "shared")), (found.title, "")],
    }
    return page(request, "applications/office/shared_one.html", context, form=form)


def _free(body_id: int, found: SharedForm) -> str:
    """A code that the body has no procedure under."""
    stem = found.code.partition("-")[2] or found.code
    taken = set(Procedure.objects.filter(body_id=body_id).values_list("code", flat=True))
    names = (stem, *(f"{stem[:36]}-{number}" for number in range(2, 1000)))
    return next(one for one in names if one not in taken)


def share(request: HttpRequest, code: str) -> HttpResponse:
    """共有する — offer the edition in force to the other bodies, or stop."""
    found = procedure_of(request, code)
    actor: Any = request.actor  # type: ignore[attr-defined]
    standing = latest_shared(shared_code(actor.body, code))
    ending = request.method == "POST" and request.POST.get("act") == "withdraw"
    form = ShareForm(None if ending else request.POST or None)
    now = request.now  # type: ignore[attr-defined]
    if ending:
        withdraw_form(actor=actor, now=now, procedure=found)
        messages.success(request, _("共有をやめました。写しはそのまま残ります。"))
        return redirect(url_of(request, "procedure", code))
    if request.method == "POST" and form.is_valid():
        try:
            made = share_form(actor=actor, now=now, procedure=found, words=form.cleaned_data["words"])
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("第%(number)s版を共有しました。") % {"number": made.version})
            return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "standing": standing,
        "crumbs": crumbs(
            request, (found.title, url_of(request, "procedure", code)), (_("ほかの団体と共有する"), "")
        ),
    }
    return page(request, "applications/office/share.html", context, form=form)


def original(request: HttpRequest, code: str) -> HttpResponse:
    """原本との違い — what the original is now against the form in force here; taken in as a draft, or left be."""
    found = procedure_of(request, code)
    known = original_of(found)
    if known is None:
        raise Http404
    if request.method == "POST":
        into_draft = request.POST.get("act") == "take"
        take_original(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            procedure=found,
            into_draft=into_draft,
        )
        if into_draft:
            messages.success(request, _("原本の様式を下書きに写しました。確かめてから公開してください。"))
            return redirect(url_of(request, "form", code))
        messages.success(request, _("今の様式のままにしました。"))
        return redirect(url_of(request, "procedure", code))
    edition = current_edition(found)
    ours = edition.document if edition is not None else under_construction(found)[0]
    words = [
        Difference("added", "words", word_label(language, name), "", "", text)
        for language, offer in words_offered(found, known).items()
        for name, text in offer.items()
    ]
    context = {
        "procedure": found,
        "original": known,
        "newer": known.version > found.catalogue_version,
        "table": table_of([*differences(ours, known.document), *words]),
        "crumbs": crumbs(request, (found.title, url_of(request, "procedure", code)), (_("原本との違い"), "")),
    }
    return page(request, "applications/office/original.html", context)


ROW_WHY = {
    "no_column": lazy("この列がありません"),
    "no_kind": lazy("項目の種類がありません"),
    "no_label": lazy("質問を1字から200字で入れてください"),
    "not_yes_no": lazy("○か空にしてください"),
    "no_options": lazy("選択肢を「／」で区切って入れてください"),
    "needless_options": lazy("この種類には選択肢がありません"),
    "no_condition": lazy("条件が読み取れません。前の行の項目と答えで書いてください"),
    "no_rows": lazy("項目の行がありません"),
}
SHEET_WHY = {
    "encoding": lazy("文字コードを UTF-8 か CP932（Shift_JIS）にしてください。"),
    "not_a_sheet": lazy("XLSXかCSVのファイルにしてください。"),
    "large": lazy("2,000行、40列までのファイルにしてください。"),
    "empty": lazy("ファイルに行がありません。"),
}


def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """表から様式をつくる — XLSX or CSV, a row for each question; every faulty row is named and nothing is kept."""
    found = procedure_of(request, code)
    _document, version = under_construction(found)
    form = SheetForm(request.POST or None, request.FILES or None)
    errors: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = workbook.rows_of(form.cleaned_data["file"].read())
        except workbook.SheetUnreadable as unreadable:
            form.add_error("file", str(SHEET_WHY[unreadable.code]))
        else:
            made = sheets.form_of(rows, code=code, title=found.title)
            errors = [
                {
                    "key": _("%(row)s行目 %(column)s") % {"row": one.row, "column": one.column},
                    "value": f"{ROW_WHY[one.code]}" + (f"：{one.value}" if one.value else ""),
                }
                for one in made.errors[:200]
            ]
            if not errors:
                keep(request, found, made.document)
                return redirect(url_of(request, "form", code))
            form.add_error(
                "file",
                _("直すところが%(count)s件あります。何も変えていません。") % {"count": len(made.errors)},
            )
    context = {
        "procedure": found,
        "version": version or "",
        "errors": errors,
        "heads": ["ページ", "種類", "質問", "必須", "選択肢", "条件", "補足"],
        "crumbs": builder_crumbs(request, found, (_("表のファイルから読み込む"), "")),
    }
    return page(request, "applications/office/form_sheet.html", context, form=form)


urlpatterns = [
    path("shared/", shared, name="applications_office_shared"),
    path("shared/<slug:shared>/", shared_one, name="applications_office_shared_one"),
    path("procedures/<slug:code>/share/", share, name="applications_office_share"),
    path("procedures/<slug:code>/original/", original, name="applications_office_original"),
    path("procedures/<slug:code>/form/sheet/", sheet, name="applications_office_form_sheet"),
]
