"""Office pages of procedures: list, new from a sample or blank, facts, form builder, try, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from moyai.applications import catalogue
from moyai.applications.actions.catalogue import draft_from_catalogue
from moyai.applications.actions.procedures import create_procedure, edit_procedure
from moyai.applications.forms.procedures import (
    ProcedureForm,
    ProcedureWordsForm,
)
from moyai.applications.forms.switches import GROUPS, SwitchesForm, route_lines
from moyai.applications.letters import NAMES
from moyai.applications.models import EditionDraft, FormEdition, Procedure
from moyai.applications.queries.procedures import (
    open_by_procedure,
    procedure_by_code,
    procedures_of_office,
    reception,
)
from moyai.applications.queries.sharing import latest_shared, original_of, shared_code
from moyai.tenants.public import Refusal
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


def url_of(request: HttpRequest, name: str, code: str | None = None) -> str:
    kwargs = {"body_slug": _slug(request)} | ({"code": code} if code else {})
    return reverse(f"applications_office_{name}", kwargs=kwargs)


def procedure_of(request: HttpRequest, code: str) -> Procedure:
    found = procedure_by_code(actor=request.actor, code=code)  # type: ignore[attr-defined]
    if found is None or not request.actor.sees(found.section):  # type: ignore[attr-defined]
        raise Http404
    return found


def crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("手続き"), url_of(request, "procedures")), *more]


def procedures(request: HttpRequest) -> HttpResponse:
    """手続き — all of the body, with state, edition and how many wait."""
    waiting = open_by_procedure(actor=request.actor)  # type: ignore[attr-defined]
    rows = []
    for one in procedures_of_office(actor=request.actor)[:1000]:  # type: ignore[attr-defined]
        rows.append(
            [
                {"text": one.title, "url": url_of(request, "procedure", one.code), "head": True},
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
            return redirect(url_of(request, "form", made.code))
    return page(
        request,
        "applications/office/procedure_new.html",
        {"samples": samples, "crumbs": crumbs(request, (_("新しい手続き"), ""))},
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
    draft_from_catalogue(actor=actor, now=request.now, sample=sample, code=code)  # type: ignore[attr-defined]
    messages.success(request, _("見本から手続きをつくりました。内容を確かめて、様式を公開してください。"))
    return redirect(url_of(request, "procedure", code))


def _into(form: Any, refusal: Refusal, *, otherwise: str | None) -> None:
    """Say a refusal beside the fields it names."""
    named = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, text in named.items():
        form.add_error(name, str(text))
    if not named:
        form.add_error(otherwise if otherwise in form.fields else None, str(refusal.message))


def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: what its page says, its editions, what is still to do before residents see it."""
    found = procedure_of(request, code)
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
    ]
    original = original_of(found)
    context = {
        "procedure": found,
        "facts": facts,
        "groups": _switches(found),
        "newer": original if original and original.version > found.catalogue_version else None,
        "has_original": original is not None,
        "offered": latest_shared(shared_code(request.actor.body, code)),  # type: ignore[attr-defined]
        "editions": editions,
        "draft": draft,
        "state": reception(found, now=request.now).badge,  # type: ignore[attr-defined]
        "crumbs": crumbs(request, (found.title, "")),
    }
    return page(request, "applications/office/procedure.html", context)


def _switches(found: Procedure) -> list[dict[str, Any]]:
    """Every switch in words, in the groups of the form."""
    labels = {name: field.label for name, field in SwitchesForm.base_fields.items()} | {
        name: field.label for name, field in ProcedureForm.base_fields.items()
    }
    return [
        {
            "title": title,
            "rows": [{"key": labels[name], "value": _switch_words(found, name)} for name in names],
        }
        for title, names in GROUPS
    ]


def _switch_words(found: Procedure, name: str) -> str:
    value = getattr(found, name)
    if name == "route":
        return route_lines(value) or _("決裁者が1人で決める")
    if name in ("letter_on_accept", "letter_kind"):
        return str(NAMES.get(value, value)) if value else _("渡さない")
    if isinstance(value, bool):
        return _("する") if value else _("しない")
    if name.endswith("_days"):
        return _("%(days)s日") % {"days": value}
    if name == "keep_years":
        return _("%(years)s年") % {"years": value}
    display = getattr(found, f"get_{name}_display", None)
    return str(display() if display else value) or "—"


def _edited(
    request: HttpRequest, found: Procedure, form: ProcedureForm | SwitchesForm | ProcedureWordsForm
) -> bool:
    try:
        edit_procedure(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            procedure=found,
            facts=form.facts(),
            seen_version=seen_version(request),
        )
    except Refusal as refusal:
        _into(form, refusal, otherwise=None)
        return False
    return True


def switches(request: HttpRequest, code: str) -> HttpResponse:
    """手続きの扱い方を直す — a survey becomes a reviewed procedure here, with the form as it is."""
    found = procedure_of(request, code)
    form = SwitchesForm(request.POST or None, procedure=found)
    if request.method == "POST" and form.is_valid() and _edited(request, found, form):
        messages.success(request, _("手続きの扱い方を保存しました。"))
        return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "groups": [(title, [form[name] for name in names if name in form.fields]) for title, names in GROUPS],
        "crumbs": crumbs(request, (found.title, url_of(request, "procedure", code)), (_("扱い方を直す"), "")),
    }
    return page(request, "applications/office/procedure_switches.html", context, form=form)


def edit(request: HttpRequest, code: str) -> HttpResponse:
    """手続きの内容を直す."""
    found = procedure_of(request, code)
    form = ProcedureForm(request.POST or None, procedure=found)
    if request.method == "POST" and form.is_valid() and _edited(request, found, form):
        messages.success(request, _("手続きの内容を保存しました。"))
        if _translated_before(found, form.facts()):
            again = _("日本語を変えたところは、「外国語・やさしい日本語」の訳も確かめてください。")
            messages.warning(request, again)
        return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "crumbs": crumbs(request, (found.title, url_of(request, "procedure", code)), (_("内容を直す"), "")),
    }
    return page(request, "applications/office/procedure_edit.html", context, form=form)


def _translated_before(found: Procedure, facts: dict[str, Any]) -> bool:
    """Whether words changed that have a translation: it may say something else now."""
    known = {name for words in found.translations.values() for name in words}
    return any(str(facts[name]).split() != str(getattr(found, name)).split() for name in known)


def words(request: HttpRequest, code: str) -> HttpResponse:
    """外国語・やさしい日本語 — what the page of the procedure says, each beside its translations."""
    found = procedure_of(request, code)
    form = ProcedureWordsForm(request.POST or None, procedure=found)
    if request.method == "POST" and form.is_valid() and _edited(request, found, form):
        messages.success(request, _("訳を保存しました。"))
        return redirect(url_of(request, "procedure", code))
    context = {
        "procedure": found,
        "rows": form.rows(),
        "crumbs": crumbs(
            request, (found.title, url_of(request, "procedure", code)), (_("外国語・やさしい日本語"), "")
        ),
    }
    return page(request, "applications/office/procedure_words.html", context, form=form)


def seen_version(request: HttpRequest) -> int | None:
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


urlpatterns = [
    path("procedures/", procedures, name="applications_office_procedures"),
    path("procedures/new/", new, name="applications_office_procedure_new"),
    path("procedures/<slug:code>/", procedure, name="applications_office_procedure"),
    path("procedures/<slug:code>/switches/", switches, name="applications_office_procedure_switches"),
    path("procedures/<slug:code>/edit/", edit, name="applications_office_procedure_edit"),
    path("procedures/<slug:code>/words/", words, name="applications_office_procedure_words"),
]
