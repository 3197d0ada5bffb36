"""Office pages of a form: its parts at a glance, short forms to add to it, and the document as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from moyai.applications.actions.answers import words_of
from moyai.applications.actions.procedures import keep_edition_draft
from moyai.applications.building import formulas, shape
from moyai.applications.building.places import part_at
from moyai.applications.building.settings import options_of, starting
from moyai.applications.forms.procedures import DocumentForm
from moyai.applications.forms.short import SHORT_KINDS, BuilderFieldForm, BuilderPageForm
from moyai.applications.models import EditionDraft, Procedure
from moyai.applications.office.procedures import crumbs, procedure_of, seen_version, url_of
from moyai.applications.queries.editions import current_edition
from moyai.applications.rules import KINDS, check_edition
from moyai.ui.public import page

Document = dict[str, Any]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)  # what can stand in an address


def under_construction(procedure: Procedure) -> tuple[Document, int | None]:
    """The document being written: the draft, else a copy of the edition in force, else nothing yet."""
    draft = EditionDraft.objects.filter(body_id=procedure.body_id, procedure=procedure).first()
    if draft is not None:
        return draft.document, draft.version
    edition = current_edition(procedure)
    if edition is not None:
        return edition.document, None
    return shape.blank(code=procedure.code, title=procedure.title), None


def builder_crumbs(request: HttpRequest, found: Procedure, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs(
        request,
        (found.title, url_of(request, "procedure", found.code)),
        (_("様式"), url_of(request, "form", found.code) if more else ""),
        *more,
    )


def part_url(request: HttpRequest, leaf: str, code: str, /, **parts: str) -> str:
    """The address of a page of the builder; what the parts are called by stands in it."""
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"applications_office_form_{leaf}", kwargs={"body_slug": slug, "code": code, **parts})


def keep(request: HttpRequest, found: Procedure, document: Document, *, as_it_is: bool = False) -> None:
    """Keep the next state of the draft; a colleague's change in between refuses it.

    Words in other languages go with what they translate, unless the document came whole from outside.
    """
    keep_edition_draft(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        procedure=found,
        document=document if as_it_is or not walkable(document) else shape.tidy(document),
        seen_version=seen_version(request),
    )
    messages.success(request, _("様式の下書きを保存しました。"))


def changed_elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    messages.error(request, _("ほかの人が先に様式を変えました。今の様式を確かめてください。"))
    return redirect(url_of(request, "form", code))


def form(request: HttpRequest, code: str) -> HttpResponse:
    """様式をつくる — pages and fields one by one; every change is kept at once."""
    found = procedure_of(request, code)
    document, version = under_construction(found)
    whole = walkable(document)
    deciding = shape.deciding(document) if whole else []
    where = shape.places(document) if whole else []
    page_form = BuilderPageForm(None)
    field_form = BuilderFieldForm(None, deciding=deciding, initial={"required": True})
    refused: Any = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        after = ""
        try:
            if act == "add-page":
                page_form = refused = BuilderPageForm(request.POST)
                changed = (
                    shape.add_page(document, title=page_form.cleaned_data["title"])
                    if page_form.is_valid()
                    else None
                )
            elif act == "add-field":
                field_form = refused = BuilderFieldForm(request.POST, deciding=deciding)
                changed = _with_field(document, request.POST.get("page", ""), field_form)
                if changed is not None and field_form.cleaned_data["kind"] not in SHORT_KINDS:
                    after = part_url(request, "field", code, field=_newest(document, changed))
            else:
                changed = _moved(document, act, request.POST.get("id", ""))
        except shape.NoSuchPart:
            return changed_elsewhere(request, code)
        if changed is not None:
            keep(request, found, changed)
            return redirect(after or url_of(request, "form", code))
    context = {
        "procedure": found,
        "document": document,
        "version": version or "",
        "pages": _shown(request, code, document) if whole else [],
        "problems": problems_of(request, code, document),
        "page_form": page_form,
        "field_form": field_form,
        "places": where,
        "chosen_page": request.POST.get("page", "") or (_last_page(document) if whole else ""),
        "crumbs": builder_crumbs(request, found),
    }
    return page(request, "applications/office/form.html", context, form=refused)


def _last_page(document: Document) -> str:
    pages = document.get("pages", [])
    return f"page:{pages[-1].get('id', '')}" if pages else ""


def _newest(before: Document, after: Document) -> str:
    known = {str(one.get("id")) for one in shape.fields_of(before)}
    return next(str(one["id"]) for one in shape.fields_of(after) if str(one.get("id")) not in known)


def _with_field(document: Document, place: str, form: BuilderFieldForm) -> Document | None:
    if not form.is_valid():
        return None
    facts = form.cleaned_data
    kind = KINDS[facts["kind"]]
    given: dict[str, Any] = {"hint": facts["hint"]} if facts["hint"] else {}
    if kind.can_be_optional and kind.answerable:
        given["required"] = bool(facts["required"])
    if facts["kind"] == "consent":
        given.pop("required")
    if facts["options"].strip():
        given["options"] = options_of(facts["options"])
    if facts["text"].strip():
        given["text"] = facts["text"]
    if facts.get("show_if_field"):
        try:
            given["show_if"] = shape.condition(
                document, field_id=facts["show_if_field"], words=facts["show_if_value"]
            )
        except shape.NoSuchPart:
            form.add_error(
                "show_if_value",
                _("その答えはありません。選択肢の言葉か、「はい」「いいえ」を入力してください。"),
            )
            return None
    field = starting(facts["kind"], label=facts["label"], given=given)
    if facts["kind"] == "group":
        field["fields"][0]["id"] = shape.new_id(shape.add_field(document, place=place, field=field), "q1_")
    if facts["kind"] == "listed" and document.get("lists"):
        field["list"] = next(iter(document["lists"]))
    return shape.add_field(document, place=place, field=field)


def _moved(document: Document, act: str, part: str) -> Document:
    moves: dict[str, Callable[[], Document]] = {
        "remove-page": lambda: shape.remove_page(document, page_id=part),
        "raise-page": lambda: shape.shift_page(document, page_id=part, by=-1),
        "lower-page": lambda: shape.shift_page(document, page_id=part, by=1),
        "remove-field": lambda: shape.remove_field(document, field_id=part),
        "raise-field": lambda: shape.shift_field(document, field_id=part, by=-1),
        "lower-field": lambda: shape.shift_field(document, field_id=part, by=1),
    }
    if act not in moves:
        raise Http404
    return moves[act]()


def problems_of(request: HttpRequest, code: str, document: Document) -> list[dict[str, str]]:
    """Everything that keeps the document from being published, each with the page where it is mended."""
    if document.get("pages") == []:
        start = reverse(
            "applications_office_form",
            kwargs={"body_slug": request.actor.body.slug, "code": code},  # type: ignore[attr-defined]
        )
        none_yet = _("ページはまだありません。はじめに、ページを足してください。")
        return [{"path": "", "text": none_yet, "url": start}]
    return [
        {
            "path": problem.path,
            "text": words_of(problem.message),
            "url": _mended_at(request, code, part_at(document, problem.path)),
        }
        for problem in check_edition(document | {"procedure": document.get("procedure", code)})
    ]


def _mended_at(request: HttpRequest, code: str, part: tuple[str, str]) -> str:
    what, name = part
    if name and not _NAME.fullmatch(name):
        return ""
    if what in ("field", "page"):
        return part_url(request, what, code, **{what: name})
    if what in ("checks", "fee", "takes", "constants", "given"):
        return part_url(request, "rule", code, what=what, name=name)
    if what == "once":
        return part_url(request, "rule_new", code, what="once")
    if what == "lists":
        return part_url(request, "list", code, name=name)
    if what == "people":
        return part_url(request, "people", code)
    if what == "words":
        return part_url(request, "words", code, language=name if name in ("en", "easy") else "en")
    return ""


def walkable(document: Document) -> bool:
    """Whether a pasted document is at least pages of fields with ids, so that the builder can show it."""

    def named(value: Any) -> bool:
        return isinstance(value, str) and _NAME.fullmatch(value) is not None

    def fit(fields: Any) -> bool:
        return isinstance(fields, list) and all(
            isinstance(one, dict)
            and named(one.get("id"))
            and one.get("kind") in KINDS
            and fit(one.get("fields", []))
            for one in fields
        )

    pages = document.get("pages")
    tables = ("constants", "given", "lists", "fee", "once", "translations", "applicant", "signature")
    rows = ("checks", "takes")
    return (
        isinstance(pages, list)
        and all(isinstance(one, dict) and named(one.get("id")) for one in pages)
        and all(fit(one.get("fields", [])) for one in pages)
        and all(isinstance(document.get(key, {}), dict) for key in tables)
        and all(
            named(name) and isinstance(one, dict)
            for key in ("constants", "given", "lists")
            for name, one in document.get(key, {}).items()
        )
        and all(
            isinstance(document.get(key, []), list)
            and all(isinstance(one, dict) for one in document.get(key, []))
            for key in rows
        )
    )


def _shown(request: HttpRequest, code: str, document: Document) -> list[dict[str, Any]]:
    return [
        {
            "id": one["id"],
            "title": one.get("title", ""),
            "url": part_url(request, "page", code, page=one["id"]),
            "preview": part_url(request, "preview", code, page=one["id"]),
            "when": formulas.write(one["show_if"], document) if "show_if" in one else "",
            "fields": list(_rows(request, code, document, one.get("fields", []), 0)),
        }
        for one in document.get("pages", [])
    ]


def _rows(
    request: HttpRequest, code: str, document: Document, fields: list[Document], depth: int
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for place, field in enumerate(fields):
        rows.append(
            {
                "id": field["id"],
                "label": field.get("label") or str(field.get("text", field["id"]))[:40],
                "kind": KINDS[field["kind"]].ja,
                "required": field.get("required") is True,
                "conditional": "show_if" in field,
                "when": formulas.write(field["show_if"], document) if "show_if" in field else "",
                "first": place == 0,
                "last": place == len(fields) - 1,
                "depth": depth,
                "url": part_url(request, "field", code, field=field["id"]),
            }
        )
        rows += _rows(request, code, document, field.get("fields", []), depth + 1)
    return rows


def form_json(request: HttpRequest, code: str) -> HttpResponse:
    """様式をJSONで — paste or upload a whole document; it is kept as the draft, problems and all."""
    found = procedure_of(request, code)
    document, version = under_construction(found)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"document": text})
    if request.method == "POST" and form.is_valid():
        keep(request, found, form.cleaned_data["found"], as_it_is=True)
        return redirect(url_of(request, "form", code))
    context = {
        "procedure": found,
        "version": version or "",
        "crumbs": builder_crumbs(request, found, (_("様式をJSONで直す"), "")),
    }
    return page(request, "applications/office/form_json.html", context, form=form)


urlpatterns = [
    path("procedures/<slug:code>/form/", form, name="applications_office_form"),
    path("procedures/<slug:code>/form/json/", form_json, name="applications_office_form_json"),
]
