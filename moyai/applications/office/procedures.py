"""Office pages of procedures: list, new from a sample or blank, facts, form builder, try, publish."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from moyai.applications import building, catalogue
from moyai.applications.actions.answers import words_of
from moyai.applications.actions.procedures import (
    EditionNotFit,
    create_procedure,
    edit_procedure,
    keep_edition_draft,
    publish_edition,
)
from moyai.applications.forms.procedures import (
    BuilderFieldForm,
    BuilderPageForm,
    DocumentForm,
    ProcedureForm,
    PublishForm,
)
from moyai.applications.models import EditionDraft, FormEdition, Procedure
from moyai.applications.queries.editions import compiled, current_edition
from moyai.applications.queries.procedures import (
    open_by_procedure,
    procedure_by_code,
    procedures_of_office,
    reception,
)
from moyai.applications.rules import (
    KINDS,
    EditionRefused,
    answer,
    check_edition,
    compile_edition,
    diff_editions,
)
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import page

START = {
    "minutes": 10,
    "identity": "contact",
    "processing_days": 10,
    "processing_calendar": "office",
    "appeal": "ordinary",
    "needs_review": True,
    "issues_letter": True,
}


def _slug(request: HttpRequest) -> str:
    return str(request.actor.body.slug)  # type: ignore[attr-defined]


def _url(request: HttpRequest, name: str, code: str | None = None) -> str:
    kwargs = {"body_slug": _slug(request)} | ({"code": code} if code else {})
    return reverse(f"applications_office_{name}", kwargs=kwargs)


def _procedure(request: HttpRequest, code: str) -> Procedure:
    found = procedure_by_code(actor=request.actor, code=code)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("手続き"), _url(request, "procedures")), *more]


def procedures(request: HttpRequest) -> HttpResponse:
    """手続き — all of the body, with state, edition and how many wait."""
    waiting = open_by_procedure(actor=request.actor)  # type: ignore[attr-defined]
    rows = []
    for one in procedures_of_office(actor=request.actor)[:1000]:  # type: ignore[attr-defined]
        rows.append(
            [
                {"text": one.title, "url": _url(request, "procedure", one.code), "head": True},
                one.section,
                {"state": reception(one, now=request.now).badge},  # type: ignore[attr-defined]
                _("第%(number)s版") % {"number": one.latest} if one.latest else None,
                f"{waiting.get(one.pk, 0):,}",
            ]
        )
    table = {
        "caption": _("手続き%(count)s件（名前の順）") % {"count": len(rows)},
        "columns": [
            {"label": _("手続き")},
            {"label": _("担当課")},
            {"label": _("状態")},
            {"label": _("様式")},
            {"label": _("処理中"), "numeric": True},
        ],
        "rows": rows,
    }
    return page(request, "applications/office/procedures.html", {"table": table})


def new(request: HttpRequest) -> HttpResponse:
    """手続きを登録する — from a sample, or from nothing."""
    samples = [
        {"code": code, "title": catalogue.facts(code)["title"], "text": catalogue.facts(code)["summary"]}
        for code in catalogue.CODES
    ]
    from_sample = request.method == "POST" and "sample" in request.POST
    form = ProcedureForm(None if from_sample else request.POST or None, initial=START)
    if from_sample:
        return _from_sample(request, request.POST["sample"], samples)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_procedure(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                code=form.cleaned_data["code"],
                facts=form.facts(),
            )
        except Refusal as refusal:
            _into(form, refusal, otherwise="code")
        else:
            messages.success(request, _("手続きを登録しました。次に様式をつくってください。"))
            return redirect(_url(request, "form", made.code))
    return page(
        request,
        "applications/office/procedure_new.html",
        {"samples": samples, "crumbs": _crumbs(request, (_("新しい手続き"), ""))},
        form=form,
    )


def _from_sample(request: HttpRequest, sample: str, samples: list[dict[str, str]]) -> HttpResponse:
    if sample not in catalogue.CODES:
        raise Http404
    actor: Any = request.actor  # type: ignore[attr-defined]
    taken = set(
        Procedure.objects.filter(body=actor.body, code__startswith=sample).values_list("code", flat=True)
    )
    code = next(
        one for one in (sample, *(f"{sample}-{number}" for number in range(2, 1000))) if one not in taken
    )
    made = create_procedure(
        actor=actor,
        now=request.now,  # type: ignore[attr-defined]
        code=code,
        facts=catalogue.facts(sample) | {"catalogue_code": sample},
    )
    document = catalogue.document(sample) | {"procedure": code}
    keep_edition_draft(actor=actor, now=request.now, procedure=made, document=document)  # type: ignore[attr-defined]
    messages.success(request, _("見本から手続きをつくりました。内容を確かめて、様式を公開してください。"))
    return redirect(_url(request, "procedure", code))


def _into(form: Any, refusal: Refusal, *, otherwise: str | None) -> None:
    """Say a refusal beside the fields it names."""
    named = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, text in named.items():
        form.add_error(name, str(text))
    if not named:
        form.add_error(otherwise if otherwise in form.fields else None, str(refusal.message))


def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: what its page says, its editions, what is still to do before residents see it."""
    found = _procedure(request, code)
    editions = (
        FormEdition.objects.filter(body_id=found.body_id, procedure=found)
        .defer("document")
        .order_by("-number")
    )
    draft = EditionDraft.objects.filter(body_id=found.body_id, procedure=found).first()
    facts = [
        {"key": _("手続コード"), "value": found.code},
        {"key": _("ひとことの説明"), "value": found.summary},
        {"key": _("担当課"), "value": found.section},
        {"key": _("対象"), "value": found.audience},
        {"key": _("根拠"), "value": found.legal_basis},
        {"key": _("審査"), "value": _("する") if found.needs_review else _("しない")},
        {
            "key": _("標準処理期間"),
            "value": _("%(days)s日（%(how)s）")
            % {"days": found.processing_days, "how": found.get_processing_calendar_display()},
        },
    ]
    context = {
        "procedure": found,
        "facts": facts,
        "editions": editions,
        "draft": draft,
        "state": reception(found, now=request.now).badge,  # type: ignore[attr-defined]
        "crumbs": _crumbs(request, (found.title, "")),
    }
    return page(request, "applications/office/procedure.html", context)


def edit(request: HttpRequest, code: str) -> HttpResponse:
    """手続きの内容を直す."""
    found = _procedure(request, code)
    form = ProcedureForm(request.POST or None, procedure=found)
    if request.method == "POST" and form.is_valid():
        try:
            edit_procedure(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                procedure=found,
                facts=form.facts(),
                seen_version=_seen(request),
            )
        except Refusal as refusal:
            _into(form, refusal, otherwise=None)
        else:
            messages.success(request, _("手続きの内容を保存しました。"))
            return redirect(_url(request, "procedure", code))
    context = {
        "procedure": found,
        "crumbs": _crumbs(request, (found.title, _url(request, "procedure", code)), (_("内容を直す"), "")),
    }
    return page(request, "applications/office/procedure_edit.html", context, form=form)


def _seen(request: HttpRequest) -> int | None:
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


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
    found = _procedure(request, code)
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
            return redirect(_url(request, "form", code))
        if changed is not None:
            keep_edition_draft(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                procedure=found,
                document=changed,
                seen_version=_seen(request),
            )
            messages.success(request, _("様式の下書きを保存しました。"))
            return redirect(_url(request, "form", code))
    context = {
        "procedure": found,
        "document": document,
        "version": version or "",
        "pages": _shown(document),
        "problems": _problems(document),
        "page_form": page_form,
        "field_form": field_form,
        "chosen_page": request.POST.get("page", ""),
        "crumbs": _crumbs(request, (found.title, _url(request, "procedure", code)), (_("様式"), "")),
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
    found = _procedure(request, code)
    document, version = _under_construction(found)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"document": text})
    if request.method == "POST" and form.is_valid():
        keep_edition_draft(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            procedure=found,
            document=form.cleaned_data["found"],
            seen_version=_seen(request),
        )
        messages.success(request, _("様式の下書きを保存しました。"))
        return redirect(_url(request, "form", code))
    context = {
        "procedure": found,
        "version": version or "",
        "crumbs": _crumbs(
            request, (found.title, _url(request, "procedure", code)), (_("様式をJSONで直す"), "")
        ),
    }
    return page(request, "applications/office/form_json.html", context, form=form)


def form_try(request: HttpRequest, code: str) -> HttpResponse:
    """様式を試す — answers as JSON through the engine: errors, what is dropped, what is computed. Nothing is stored."""
    found = _procedure(request, code)
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
        "crumbs": _crumbs(request, (found.title, _url(request, "procedure", code)), (_("様式を試す"), "")),
    }
    return page(request, "applications/office/form_try.html", context, form=form)


def form_publish(request: HttpRequest, code: str) -> HttpResponse:
    """様式を公開する — what changes against the edition in force, and what becomes of answers under way."""
    found = _procedure(request, code)
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
            return redirect(_url(request, "procedure", code))
    context = {
        "procedure": found,
        "problems": problems,
        "before": before,
        "changes": _changes(before, document) if not problems else [],
        "crumbs": _crumbs(
            request, (found.title, _url(request, "procedure", code)), (_("様式を公開する"), "")
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
    return [{"key": WHAT[one.what], "value": one.label} for one in diff_editions(compiled(before), after)]


urlpatterns = [
    path("procedures/", procedures, name="applications_office_procedures"),
    path("procedures/new/", new, name="applications_office_procedure_new"),
    path("procedures/<slug:code>/", procedure, name="applications_office_procedure"),
    path("procedures/<slug:code>/edit/", edit, name="applications_office_procedure_edit"),
    path("procedures/<slug:code>/form/", form, name="applications_office_form"),
    path("procedures/<slug:code>/form/json/", form_json, name="applications_office_form_json"),
    path("procedures/<slug:code>/form/try/", form_try, name="applications_office_form_try"),
    path("procedures/<slug:code>/form/publish/", form_publish, name="applications_office_form_publish"),
]
