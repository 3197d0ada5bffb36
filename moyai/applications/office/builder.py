"""Office pages of a form: build it step by step, paste it, try it, publish it as the next edition."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from moyai.applications import building
from moyai.applications.actions.answers import words_of
from moyai.applications.actions.procedures import (
    EditionNotFit,
    keep_edition_draft,
    publish_edition,
)
from moyai.applications.forms.procedures import (
    BuilderFieldForm,
    BuilderPageForm,
    DocumentForm,
    PublishForm,
)
from moyai.applications.models import EditionDraft, FormEdition, Procedure
from moyai.applications.office.procedures import crumbs, procedure_of, seen_version, url_of
from moyai.applications.queries.editions import compiled, current_edition
from moyai.applications.rules import (
    KINDS,
    EditionRefused,
    answer,
    check_edition,
    compile_edition,
    diff_editions,
)
from moyai.tenants.public import clock
from moyai.ui.public import page


def _under_construction(procedure: Procedure) -> tuple[dict[str, Any], int | None]:
    """The document being written: the draft, else a copy of the edition in force, else nothing yet."""
    draft = EditionDraft.objects.filter(body_id=procedure.body_id, procedure=procedure).first()
    if draft is not None:
        return draft.document, draft.version
    edition = current_edition(procedure)
    if edition is not None:
        return edition.document, None
    return building.blank(code=procedure.code, title=procedure.title), None


def form(request: HttpRequest, code: str) -> HttpResponse:
    """様式をつくる — pages and fields one by one; every change is kept at once."""
    found = procedure_of(request, code)
    document, version = _under_construction(found)
    page_form = BuilderPageForm(None)
    field_form = BuilderFieldForm(None, deciding=building.deciding(document), initial={"required": True})
    refused: Any = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "add-page":
                page_form = refused = BuilderPageForm(request.POST)
                changed = (
                    building.add_page(document, title=page_form.cleaned_data["title"])
                    if page_form.is_valid()
                    else None
                )
            elif act == "add-field":
                field_form = refused = BuilderFieldForm(request.POST, deciding=building.deciding(document))
                changed = _with_field(document, request.POST.get("page", ""), field_form)
            else:
                changed = _moved(document, act, request.POST.get("id", ""))
        except building.NoSuchPart:
            messages.error(request, _("ほかの人が先に様式を変えました。今の様式を確かめてください。"))
            return redirect(url_of(request, "form", code))
        if changed is not None:
            keep_edition_draft(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                procedure=found,
                document=changed,
                seen_version=seen_version(request),
            )
            messages.success(request, _("様式の下書きを保存しました。"))
            return redirect(url_of(request, "form", code))
    context = {
        "procedure": found,
        "document": document,
        "version": version or "",
        "pages": _shown(document),
        "problems": _problems(document),
        "page_form": page_form,
        "field_form": field_form,
        "chosen_page": request.POST.get("page", ""),
        "crumbs": crumbs(request, (found.title, url_of(request, "procedure", code)), (_("様式"), "")),
    }
    return page(request, "applications/office/form.html", context, form=refused)


def _with_field(document: dict[str, Any], page_id: str, form: BuilderFieldForm) -> dict[str, Any] | None:
    if not form.is_valid():
        return None
    try:
        return building.add_field(document, page_id=page_id, facts=form.cleaned_data)
    except building.NoSuchPart as absent:
        if str(absent) == page_id:
            raise
        form.add_error(
            "show_if_value", _("その答えはありません。選択肢の言葉か、「はい」「いいえ」を入力してください。")
        )
        return None


def _moved(document: dict[str, Any], act: str, part: str) -> dict[str, Any]:
    if act == "remove-page":
        return building.remove_page(document, page_id=part)
    if act == "remove-field":
        return building.remove_field(document, field_id=part)
    if act == "raise-field":
        return building.raise_field(document, field_id=part)
    raise Http404


def _problems(document: dict[str, Any]) -> list[dict[str, str]]:
    return [{"path": problem.path, "text": words_of(problem.message)} for problem in check_edition(document)]


def _shown(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The pages for the builder; whatever a pasted document holds, nothing here fails on it."""
    labels = (
        {str(one.get("id")): str(one.get("label", "")) for one in building.fields_of(document)}
        if _walkable(document)
        else {}
    )
    pages = document.get("pages", []) if _walkable(document) else []
    return [
        {
            "id": one.get("id", ""),
            "title": one.get("title", ""),
            "fields": [_shown_field(field, labels) for field in one.get("fields", [])],
        }
        for one in pages
    ]


def _walkable(document: dict[str, Any]) -> bool:
    pages = document.get("pages")
    return isinstance(pages, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("fields", []), list)
        and all(
            isinstance(field, dict) and isinstance(field.get("fields", []), list)
            for field in one.get("fields", [])
        )
        for one in pages
    )


def _shown_field(field: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    kind = KINDS.get(str(field.get("kind")))
    return {
        "id": field.get("id", ""),
        "label": field.get("label", ""),
        "kind": kind.ja if kind else field.get("kind", ""),
        "required": field.get("required") is True,
        "conditional": "show_if" in field,
        "inside": [str(one.get("label", "")) for one in field.get("fields", []) if isinstance(one, dict)],
    }


def form_json(request: HttpRequest, code: str) -> HttpResponse:
    """様式をJSONで — paste or upload a whole document; it is kept as the draft, problems and all."""
    found = procedure_of(request, code)
    document, version = _under_construction(found)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"document": text})
    if request.method == "POST" and form.is_valid():
        keep_edition_draft(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            procedure=found,
            document=form.cleaned_data["found"],
            seen_version=seen_version(request),
        )
        messages.success(request, _("様式の下書きを保存しました。"))
        return redirect(url_of(request, "form", code))
    context = {
        "procedure": found,
        "version": version or "",
        "crumbs": crumbs(
            request, (found.title, url_of(request, "procedure", code)), (_("様式をJSONで直す"), "")
        ),
    }
    return page(request, "applications/office/form_json.html", context, form=form)


def form_try(request: HttpRequest, code: str) -> HttpResponse:
    """様式を試す — answers as JSON through the engine: errors, what is dropped, what is computed. Nothing is stored."""
    found = procedure_of(request, code)
    document, _version = _under_construction(found)
    problems = _problems(document)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"document": "{}"})
    form.fields["document"].label = _("答えのJSON")
    result = None
    if request.method == "POST" and form.is_valid() and not problems:
        tried = answer(
            compile_edition(document | {"procedure": found.code}),
            form.cleaned_data["found"],
            today=clock.today(request.now),  # type: ignore[attr-defined]
        )
        result = {
            "ok": tried.ok,
            "errors": [
                {"key": path or "answers", "value": words_of(text)} for path, text in tried.errors.items()
            ],
            "dropped": ", ".join(tried.dropped),
            "answers": json.dumps(dict(tried.answers), ensure_ascii=False, indent=1, default=str),
            "fee": tried.fee,
        }
    context = {
        "procedure": found,
        "problems": problems,
        "result": result,
        "crumbs": crumbs(request, (found.title, url_of(request, "procedure", code)), (_("様式を試す"), "")),
    }
    return page(request, "applications/office/form_try.html", context, form=form)


def form_publish(request: HttpRequest, code: str) -> HttpResponse:
    """様式を公開する — what changes against the edition in force, and what becomes of answers under way."""
    found = procedure_of(request, code)
    document, _version = _under_construction(found)
    problems = _problems(document)
    before = current_edition(found)
    form = PublishForm(request.POST or None, initial={"policy": "continue"})
    if request.method == "POST" and form.is_valid() and not problems:
        until = form.cleaned_data["until"]
        flight = {"policy": form.cleaned_data["policy"]}
        if until and flight["policy"] == "continue":
            flight["until"] = until.isoformat()
        try:
            made = publish_edition(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                procedure=found,
                document=document | {"in_flight": flight},
            )
        except EditionNotFit as unfit:
            problems = [{"path": one.path, "text": words_of(one.message)} for one in unfit.problems]
        else:
            messages.success(request, _("様式の第%(number)s版を公開しました。") % {"number": made.number})
            return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "problems": problems,
        "before": before,
        "changes": _changes(before, document) if not problems else [],
        "crumbs": crumbs(
            request, (found.title, url_of(request, "procedure", code)), (_("様式を公開する"), "")
        ),
    }
    status = 422 if request.method == "POST" and problems else 200
    return page(request, "applications/office/form_publish.html", context, form=form, status=status)


WHAT = {"added": "加わる項目", "removed": "なくなる項目", "changed": "変わる項目"}


def _changes(before: FormEdition | None, document: dict[str, Any]) -> list[dict[str, str]]:
    if before is None:
        return []
    try:
        after = compile_edition(document | {"procedure": before.procedure.code})
    except EditionRefused:
        return []
    return [{"key": _(WHAT[one.what]), "value": one.label} for one in diff_editions(compiled(before), after)]


urlpatterns = [
    path("procedures/<slug:code>/form/", form, name="applications_office_form"),
    path("procedures/<slug:code>/form/json/", form_json, name="applications_office_form_json"),
    path("procedures/<slug:code>/form/try/", form_try, name="applications_office_form_try"),
    path("procedures/<slug:code>/form/publish/", form_publish, name="applications_office_form_publish"),
]
