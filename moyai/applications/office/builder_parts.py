"""Office pages of one part of a form: a page, a field, a rule, a list, the people, the words in a language."""

from __future__ import annotations

import copy
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from moyai.applications.building import formulas, rules, shape
from moyai.applications.forms.building import FieldPartForm, PagePartForm
from moyai.applications.forms.building_lists import ListForm, list_as_csv
from moyai.applications.forms.building_trials import PeopleForm, TestForm
from moyai.applications.forms.rules import RULES
from moyai.applications.models import Procedure
from moyai.applications.office.builder import (
    Document,
    builder_crumbs,
    changed_elsewhere,
    keep,
    part_url,
    problems_of,
    under_construction,
    walkable,
)
from moyai.applications.office.procedures import procedure_of, url_of
from moyai.applications.rules import KINDS
from moyai.applications.rules.translations import texts_of
from moyai.ui.public import page

RULE_WORDS = {
    "checks": ("確かめ", "確かめを足す"),
    "fee": ("手数料", "手数料の行を足す"),
    "takes": ("枠", "枠を取る数を足す"),
    "constants": ("定数", "定数を足す"),
    "given": ("渡される値", "渡される値を足す"),
    "lists": ("一覧", "一覧を足す"),
    "once": ("1回だけの申込み", "1回だけにする"),
}
TEXTS_ON_PAGE = 100


def _document(found: Procedure) -> tuple[Document, int | None]:
    """The document, when it can be shown part by part. Raises Http404."""
    document, version = under_construction(found)
    if not walkable(document):
        raise Http404
    return document, version


def _edited(
    request: HttpRequest,
    found: Procedure,
    version: int | None,
    document: Document,
    heading: str,
    form: Any,
    **more: Any,
) -> HttpResponse:
    names = [
        {
            "label": one.get("label", one["id"]),
            "kind": KINDS[one["kind"]].ja,
            "options": [
                str(option.get("label")) for option in (one.get("options") or one.get("columns") or [])[:12]
            ],
        }
        for one in shape.fields_of(document)
        if one["kind"] != "explanation"
    ]
    context = {
        "procedure": found,
        "heading": heading,
        "version": version or "",
        "names": names,
        "constants": [str(one.get("label", key)) for key, one in document.get("constants", {}).items()],
        "functions": "、".join(f"{name}( )" for name in formulas.FUNCTIONS),
        "problems": more.pop("problems", []),
        "crumbs": builder_crumbs(request, found, (heading, "")),
        **more,
    }
    return page(request, "applications/office/form_part.html", context, form=form)


def one_page(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """ページを直す."""
    found = procedure_of(request, code)
    document, version = _document(found)
    try:
        part = shape.page_of(document, page)
    except shape.NoSuchPart as absent:
        raise Http404 from absent
    test = request.method == "POST" and request.POST.get("act") == "add-test"
    form: Any = PagePartForm(None if test else request.POST or None, document=document, page=part)
    test_form = TestForm(request.POST if test else None, document=document)
    if test and test_form.is_valid():
        facts = {"show_if": test_form.joined_to(part.get("show_if"))}
        keep(request, found, shape.change_page(document, page_id=page, facts=facts))
        return redirect(part_url(request, "page", code, page=page))
    if request.method == "POST" and not test and form.is_valid():
        keep(request, found, shape.change_page(document, page_id=page, facts=form.facts()))
        return redirect(url_of(request, "form", code))
    return _edited(
        request,
        found,
        version,
        document,
        _("ページを直す"),
        test_form if test else form,
        part_form=form,
        test_form=test_form,
        problems=_problems_here(request, code, document, part_url(request, "page", code, page=page)),
    )


def _problems_here(request: HttpRequest, code: str, document: Document, here: str) -> list[dict[str, str]]:
    return [one for one in problems_of(request, code, document) if one["url"] == here]


def one_field(request: HttpRequest, code: str, field: str) -> HttpResponse:
    """項目を直す — its words, its settings, when it is shown, where it stands."""
    found = procedure_of(request, code)
    document, version = _document(found)
    try:
        part = shape.field_of(document, field)
    except shape.NoSuchPart as absent:
        raise Http404 from absent
    place = _place_of(document, field)
    test = request.method == "POST" and request.POST.get("act") == "add-test"
    form: Any = FieldPartForm(
        None if test else request.POST or None, document=document, field=part, place=place
    )
    test_form = TestForm(request.POST if test else None, document=document)
    try:
        if test and test_form.is_valid():
            facts = {"show_if": test_form.joined_to(part.get("show_if"))}
            keep(request, found, shape.change_field(document, field_id=field, facts=facts))
            return redirect(part_url(request, "field", code, field=field))
        if request.method == "POST" and not test and form.is_valid():
            changed = shape.change_field(document, field_id=field, facts=form.facts())
            if form.cleaned_data["place"] != place:
                changed = shape.put_field(changed, field_id=field, place=form.cleaned_data["place"])
            keep(request, found, changed)
            return redirect(url_of(request, "form", code))
    except shape.NoSuchPart:
        return changed_elsewhere(request, code)
    return _edited(
        request,
        found,
        version,
        document,
        _("項目を直す"),
        test_form if test else form,
        part_form=form,
        test_form=test_form,
        kind=KINDS[part["kind"]].ja,
        field_id=field,
        problems=_problems_here(request, code, document, part_url(request, "field", code, field=field)),
    )


def _place_of(document: Document, field: str) -> str:
    around = shape.groups_around(document, field)
    if around:
        return f"group:{around[-1]}"
    for one in document["pages"]:
        if any(inner["id"] == field for inner in one.get("fields", [])):
            return f"page:{one['id']}"
    raise Http404


def all_rules(request: HttpRequest, code: str) -> HttpResponse:
    """決まりごと — checks, fees, places, constants, given values, lists, the once-key, the people."""
    found = procedure_of(request, code)
    document, version = _document(found)
    if request.method == "POST":
        what, _colon, name = request.POST.get("remove", "").partition(":")
        if what not in RULE_WORDS:
            raise Http404
        try:
            keep(request, found, rules.remove_rule(document, what, name))
        except rules.NoSuchPart:
            return changed_elsewhere(request, code)
        return redirect(part_url(request, "rules", code))
    sections = [
        {
            "title": _(title),
            "add": _(add),
            "add_url": _new_url(request, code, what),
            "rows": [
                {
                    "name": f"{what}:{name}",
                    "label": str(one.get("label") or one.get("message") or name),
                    "words": _words(document, what, one),
                    "url": _rule_url(request, code, what, name),
                }
                for name, one in rules.rules_of(document, what)
            ],
            "single": what in rules.ALONE,
        }
        for what, (title, add) in RULE_WORDS.items()
    ]
    context = {
        "procedure": found,
        "version": version or "",
        "sections": sections,
        "people_url": part_url(request, "people", code),
        "crumbs": builder_crumbs(request, found, (_("決まりごと"), "")),
    }
    return page(request, "applications/office/form_rules.html", context)


def _new_url(request: HttpRequest, code: str, what: str) -> str:
    if what == "lists":
        return part_url(request, "list_new", code)
    return part_url(request, "rule_new", code, what=what)


def _rule_url(request: HttpRequest, code: str, what: str, name: str) -> str:
    if what == "lists":
        return part_url(request, "list", code, name=name)
    if what == "once":
        return part_url(request, "rule_new", code, what=what)
    return part_url(request, "rule", code, what=what, name=name)


def _words(document: Document, what: str, one: Document) -> str:
    if what == "lists":
        return _("%(count)s行") % {"count": f"{len(one.get('rows', [])):,}"}
    if what == "constants":
        return f"{one.get('value', 0):,}（{one.get('source', '')}）"
    if what == "given":
        return f"{one.get('type', '')} ← {one.get('from', '')}"
    keys = ("require", "amount", "unit_yen", "quantity", "pool", "key")
    return "　".join(formulas.write(one[key], document) for key in keys if key in one)


def one_rule(request: HttpRequest, code: str, what: str, name: str = "") -> HttpResponse:
    """One rule: changed, or a new one."""
    found = procedure_of(request, code)
    if what not in RULES:
        raise Http404
    document, version = _document(found)
    one: Document | None = None
    if name or (what == "once" and "once" in document):
        try:
            one = rules.rule_of(document, what, name)
        except rules.NoSuchPart as absent:
            raise Http404 from absent
    form = RULES[what](request.POST or None, document=document, one=one, name=name)
    if request.method == "POST" and form.is_valid():
        key = name or form.cleaned_data.get("id", "")
        if (
            one is None
            and what != "once"
            and any(key == known for known, _one in rules.rules_of(document, what))
        ):
            form.add_error("id", _("この名前は、すでに使われています。"))
        else:
            keep(request, found, rules.put_rule(document, what, key, form.facts()))
            return redirect(part_url(request, "rules", code))
    heading = _(RULE_WORDS[what][0] if one is not None else RULE_WORDS[what][1])
    return _edited(request, found, version, document, heading, form, part_form=form)


def one_list(request: HttpRequest, code: str, name: str = "") -> HttpResponse:
    """一覧を直す — by paste or file."""
    found = procedure_of(request, code)
    document, version = _document(found)
    known = document.get("lists", {}).get(name)
    if name and known is None:
        raise Http404
    form = ListForm(
        request.POST or None,
        request.FILES or None,
        initial={"name": name, "table": list_as_csv(known) if known else "value,label\n"},
    )
    if request.method == "POST" and form.is_valid():
        key = name or form.cleaned_data["name"]
        if not name and key in document.get("lists", {}):
            form.add_error("name", _("この名前は、すでに使われています。"))
        else:
            keep(request, found, rules.put_rule(document, "lists", key, form.cleaned_data["found"]))
            return redirect(part_url(request, "rules", code))
    return _edited(
        request,
        found,
        version,
        document,
        _("一覧を直す") if name else _("一覧を足す"),
        form,
        part_form=form,
        files=True,
    )


def people(request: HttpRequest, code: str) -> HttpResponse:
    """申し込む人 — where the applicant stands in the answers, signature and blind review."""
    found = procedure_of(request, code)
    document, version = _document(found)
    form = PeopleForm(request.POST or None, document=document)
    if request.method == "POST" and form.is_valid():
        changed = copy.deepcopy(document)
        form.put_into(changed)
        keep(request, found, changed)
        return redirect(part_url(request, "rules", code))
    return _edited(request, found, version, document, _("申し込む人"), form, part_form=form)


def words(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """ほかの言語の言葉 — every text of the form beside its translation; what is missing comes first."""
    if language not in ("en", "easy"):
        raise Http404
    found = procedure_of(request, code)
    document, version = _document(found)
    texts = [(path, str(holder[key])) for path, holder, key in texts_of(document)]
    known = document.get("translations", {}).get(language, {})
    missing = [one for one in texts if not known.get(one[0])]
    only = request.GET.get("show", "missing" if missing else "all")
    pages = Paginator(missing if only == "missing" else texts, TEXTS_ON_PAGE)
    here = pages.get_page(request.GET.get("page"))
    rows = [
        {"path": path, "ja": ja, "text": known.get(path, ""), "number": number}
        for number, (path, ja) in enumerate(here.object_list)
    ]
    if request.method == "POST":
        changed = copy.deepcopy(document)
        own = changed.setdefault("translations", {}).setdefault(language, {})
        asked = {path for path, _ja in texts}
        for number in range(TEXTS_ON_PAGE):
            path = request.POST.get(f"path_{number}", "")
            text = request.POST.get(f"text_{number}", "").strip()[:5_000]
            if path in asked and text:
                own[path] = text
            elif path in asked:
                own.pop(path, None)
        for path in [path for path in own if path not in asked]:
            del own[path]  # its question is gone
        if not own:
            del changed["translations"][language]
        if not changed["translations"]:
            del changed["translations"]
        keep(request, found, changed)
        return redirect(part_url(request, "words", code, language=language))
    heading = _("英語の言葉") if language == "en" else _("やさしい日本語の言葉")
    context = {
        "procedure": found,
        "version": version or "",
        "heading": heading,
        "language": "en" if language == "en" else "ja",
        "rows": rows,
        "page_of": here,
        "only": only,
        "missing": len(missing),
        "total": len(texts),
        "crumbs": builder_crumbs(request, found, (heading, "")),
    }
    return page(request, "applications/office/form_words.html", context)


FORM = "procedures/<slug:code>/form"
urlpatterns = [
    path(f"{FORM}/pages/<slug:page>/", one_page, name="applications_office_form_page"),
    path(f"{FORM}/fields/<slug:field>/", one_field, name="applications_office_form_field"),
    path(f"{FORM}/rules/", all_rules, name="applications_office_form_rules"),
    path(f"{FORM}/rules/<slug:what>/new/", one_rule, name="applications_office_form_rule_new"),
    path(f"{FORM}/rules/<slug:what>/<slug:name>/", one_rule, name="applications_office_form_rule"),
    path(f"{FORM}/lists/new/", one_list, name="applications_office_form_list_new"),
    path(f"{FORM}/lists/<slug:name>/", one_list, name="applications_office_form_list"),
    path(f"{FORM}/people/", people, name="applications_office_form_people"),
    path(f"{FORM}/words/<slug:language>/", words, name="applications_office_form_words"),
]
