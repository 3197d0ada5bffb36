"""Office pages before a form goes out: see it as residents do, try it, compare it, publish it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from moyai.applications.actions.answers import office_days, words_of
from moyai.applications.actions.procedures import EditionNotFit, publish_edition
from moyai.applications.building import shape
from moyai.applications.building.comparing import Difference, differences
from moyai.applications.forms import QuestionsForm
from moyai.applications.forms.building import SETTING_LABELS
from moyai.applications.forms.building_trials import TryForm
from moyai.applications.forms.procedures import PublishForm
from moyai.applications.models import Draft, FormEdition, Procedure
from moyai.applications.office.builder import (
    builder_crumbs,
    part_url,
    problems_of,
    under_construction,
    walkable,
)
from moyai.applications.office.procedures import procedure_of, url_of
from moyai.applications.queries.editions import current_edition
from moyai.applications.rules import KINDS, answer, compile_edition
from moyai.tenants.public import clock
from moyai.ui.public import page

LANGUAGES = {"ja": "日本語", "en": "English", "ja-easy": "やさしい日本語"}


def preview(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """住民に見えるページ — one page of questions as residents get it, with every question shown; nothing is stored."""
    found = procedure_of(request, code)
    document, _version = under_construction(found)
    problems = problems_of(request, code, document)
    if not walkable(document) or page not in [one["id"] for one in document["pages"]]:
        raise Http404
    language = request.GET.get("language", "ja")
    questions: list[Any] = []
    title, intro = "", ""
    if not problems:
        compiled = compile_edition(
            document | {"procedure": found.code}, language if language in LANGUAGES else "ja", words=str
        )
        shown = compiled.page(page)
        assert shown is not None
        title, intro = shown.title, shown.intro
        form = QuestionsForm(
            None,
            asked=shown.fields,
            answers={},
            visible=frozenset(one.id for one in shown.fields),
            required=frozenset(one.id for one in shown.fields if one.required),
            prefix_path="",
            today=clock.today(request.now),  # type: ignore[attr-defined]
            errors={},
            calculated={},
        )
        questions = form.questions(rows=lambda one: [], files=lambda one: [])
    pages = [
        {"text": str(one.get("title", one["id"])), "url": part_url(request, "preview", code, page=one["id"])}
        for one in document["pages"]
    ]
    context = {
        "procedure": found,
        "problems": problems,
        "page_title": title,
        "intro": intro,
        "questions": questions,
        "pages": pages,
        "languages": [(key, words) for key, words in LANGUAGES.items() if key != language],
        "crumbs": builder_crumbs(request, found, (_("住民に見えるページ"), "")),
    }
    return _page(request, "applications/office/form_preview.html", context)


_page = page


def form_try(request: HttpRequest, code: str) -> HttpResponse:
    """様式を試す — answers as JSON through the engine, as of a day: errors, what is dropped, computed and taken."""
    found = procedure_of(request, code)
    document, _version = under_construction(found)
    problems = problems_of(request, code, document)
    asked = [one for page in document["pages"] for one in page["fields"]] if not problems else []
    blank = {"document": json.dumps(_blank(asked), ensure_ascii=False, indent=1)}
    form = TryForm(request.POST or None, initial=blank)
    result = None
    if request.method == "POST" and form.is_valid() and not problems:
        tried = answer(
            compile_edition(document | {"procedure": found.code}),
            form.cleaned_data["document_found"],
            today=form.cleaned_data["on"] or clock.today(request.now),  # type: ignore[attr-defined]
            given=form.cleaned_data["given_found"] or None,
            office_day=office_days(),
        )
        result = {
            "ok": tried.ok,
            "errors": [
                {"key": where or "answers", "value": words_of(text)} for where, text in tried.errors.items()
            ],
            "warnings": [{"key": where, "value": words_of(text)} for where, text in tried.warnings],
            "dropped": ", ".join(tried.dropped),
            "answers": json.dumps(dict(tried.answers), ensure_ascii=False, indent=1, default=str),
            "calculated": [{"key": where, "value": str(value)} for where, value in tried.calculated.items()],
            "takes": [
                {"key": f"{one.label}（{one.pool}）", "value": f"{one.quantity:,}"} for one in tried.takes
            ],
            "once": tried.once_key or "",
            "fee": tried.fee,
        }
    context = {
        "procedure": found,
        "problems": problems,
        "result": result,
        "names": _names(asked),
        "crumbs": builder_crumbs(request, found, (_("様式を試す"), "")),
    }
    return _page(request, "applications/office/form_try.html", context, form=form)


_UNANSWERED = ("explanation", "calculated")  # nothing is typed there


def _blank(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Every question by its name, not answered yet: what one fills in to try the form."""
    return {
        one["id"]: [_blank(one["fields"])] if one["kind"] == "group" else None
        for one in fields
        if one["kind"] not in _UNANSWERED
    }


def _names(fields: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What stands behind each name, questions of a group after it."""
    rows: list[dict[str, str]] = []
    for one in fields:
        if one["kind"] not in _UNANSWERED:
            kind = KINDS[one["kind"]].ja
            options = "・".join(str(each.get("value", "")) for each in one.get("options", ()))
            words = f"{one.get('label', '')}（{kind}）"
            rows.append({"key": one["id"], "value": f"{words}：{options}" if options else words})
            rows += _names(one.get("fields", []))
    return rows


def compare(request: HttpRequest, code: str) -> HttpResponse:
    """公開中の版と比べる — every text, setting and rule that differs."""
    found = procedure_of(request, code)
    document, _version = under_construction(found)
    before = current_edition(found)
    if before is None or not walkable(document):
        raise Http404
    context = {
        "procedure": found,
        "before": before,
        "table": table_of(differences(before.document, document)),
        "crumbs": builder_crumbs(request, found, (_("公開中の版と比べる"), "")),
    }
    return _page(request, "applications/office/form_compare.html", context)


WHAT = {"added": "加わる", "removed": "なくなる", "changed": "変わる", "moved": "順が変わる"}
PARTS = {
    "form": "様式",
    "page": "ページ",
    "field": "項目",
    "checks": "確かめ",
    "fee": "手数料",
    "takes": "枠",
    "constants": "定数",
    "given": "渡される値",
    "lists": "一覧",
    "once": "1回だけ",
    "people": "申し込む人",
    "words": "言葉",
}
OTHER_SETTINGS = {
    "title": "題",
    "intro": "説明",
    "label": "言葉",
    "hint": "補足の説明",
    "required": "必須",
    "show_if": "表示する条件",
    "message": "言葉",
    "require": "条件",
    "fields": "項目",
    "source": "根拠",
    "value": "値",
    "place": "置く場所",
    "kind": "種類",
}


def table_of(found: list[Difference]) -> dict[str, Any]:
    """Differences as a table for staff."""

    def words(setting: str) -> str:
        if setting in OTHER_SETTINGS:
            return _(OTHER_SETTINGS[setting])
        return str(SETTING_LABELS.get(setting, setting))

    return {
        "caption": _("違い%(count)s件") % {"count": len(found)},
        "columns": [
            {"label": _("変わり方")},
            {"label": _("ところ")},
            {"label": _("名前")},
            {"label": _("設定")},
            {"label": _("前")},
            {"label": _("後")},
        ],
        "rows": [
            [
                _(WHAT[one.what]),
                _(PARTS[one.part]),
                one.name[:80],
                words(one.setting),
                one.before[:400],
                one.after[:400],
            ]
            for one in found[:500]
        ],
    }


def publish(request: HttpRequest, code: str) -> HttpResponse:
    """様式を公開する — what changes against the edition in force, and what becomes of answers under way."""
    found = procedure_of(request, code)
    document, _version = under_construction(found)
    problems = problems_of(request, code, document)
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
            problems = [
                {"path": one.path, "text": words_of(one.message), "url": ""} for one in unfit.problems
            ]
        else:
            messages.success(request, _("様式の第%(number)s版を公開しました。") % {"number": made.number})
            return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "problems": problems,
        "before": before,
        "table": table_of(differences(before.document, document)) if before and not problems else None,
        "under_way": _under_way(before),
        "nameless": not problems and _asks_nobody(found, document),
        "edit_url": url_of(request, "procedure_edit", code),
        "crumbs": builder_crumbs(request, found, (_("様式を公開する"), "")),
    }
    status = 422 if request.method == "POST" and problems else 200
    return _page(request, "applications/office/form_publish.html", context, form=form, status=status)


_SAYS_WHO = frozenset({"name", "mail", "phone", "address"})


def _asks_nobody(found: Procedure, document: dict[str, Any]) -> bool:
    """Whether applicants are to give 氏名と連絡先, and no question of the form asks for either."""
    asked = {one["kind"] for one in shape.fields_of(document)}
    named = bool(document.get("applicant")) or bool(asked & _SAYS_WHO)
    return found.identity == Procedure.Identity.CONTACT and not named


def _under_way(before: FormEdition | None) -> int:
    """How many are filling in the edition in force."""
    if before is None:
        return 0
    return Draft.objects.filter(body_id=before.body_id, edition=before, application=None).count()


FORM = "procedures/<slug:code>/form"
urlpatterns = [
    path(f"{FORM}/preview/<slug:page>/", preview, name="applications_office_form_preview"),
    path(f"{FORM}/try/", form_try, name="applications_office_form_try"),
    path(f"{FORM}/compare/", compare, name="applications_office_form_compare"),
    path(f"{FORM}/publish/", publish, name="applications_office_form_publish"),
]
