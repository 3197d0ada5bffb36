"""/rules/ — the published rules for readers: source, versions, figures, examples, and a form to try each one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from moyai.rulebook.forms import TryForm, in_words
from moyai.rulebook.registry import all_rules, find_rule
from moyai.rulebook.rules import Quote, Rule, Step, UnknownRule, Version
from moyai.rulebook.words import label_of, pick
from moyai.tenants.public import Body, clock
from moyai.ui.public import page


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every rule, or those that hold all the words searched for."""
    asked = request.GET.get("q", "").strip()[:100]
    words = asked.casefold().split()
    found = [rule for rule in all_rules() if all(word in _searched(rule) for word in words)]
    cards = [
        {
            "label": pick(rule.title),
            "url": reverse("rulebook_rule", kwargs={"name": rule.name}),
            "text": rule.text,
            "facts": [{"key": _("根拠"), "value": rule.source}],
        }
        for rule in found
    ]
    context = {"cards": cards, "asked": asked, "crumbs": [(_("ルールと計算の公開"), "")]}
    return page(request, "rulebook/index.html", context)


def _searched(rule: Rule) -> str:
    return " ".join((rule.name, *rule.title, rule.source, rule.text)).casefold()


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One rule; with `?try=1` the case of the form is worked out on the same page."""
    try:
        rule = find_rule(name)
    except UnknownRule:
        raise Http404 from None
    today = clock.today(request.now)  # type: ignore[attr-defined]
    bodies = bodies_of(rule)
    form = TryForm(rule, request.GET if "try" in request.GET else None, today=today, bodies=bodies)
    quote = form.work_out() if form.is_bound and form.is_valid() else None
    context = {
        "rule": rule,
        "title": pick(rule.title),
        "form": form,
        "answer": answer_of(rule, quote) if quote else None,
        "versions": [version_of(rule, version, today, bodies) for version in rule.versions],
        "examples": [example_of(rule, number, bodies) for number in range(len(rule.examples))],
        "inputs": [
            {"name": field, "label": label_of(part, field)}
            for field, part in rule.input["properties"].items()
        ],
        "crumbs": [(_("ルールと計算の公開"), reverse("rulebook_index")), (pick(rule.title), "")],
    }
    return page(request, "rulebook/rule.html", context, form=form if form.is_bound else None)


def bodies_of(rule: Rule) -> dict[str, str]:
    """The bodies with a version of their own, by code; a code that is no member's shows as it is."""
    codes = sorted({version.body_code for version in rule.versions if version.body_code})
    names = dict(Body.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return {code: names.get(code, code) for code in codes}


def version_of(rule: Rule, version: Version, today: date, bodies: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": version,
        "body": bodies[version.body_code] if version.body_code else _("すべての団体"),
        "in_force": version.in_force(today),
        "figures": [
            {"label": pick(rule.terms[name]), "name": name, "value": _figure(name, value)}
            for name, value in version.parameters.items()
        ],
    }


def _figure(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):  # a whole policy: as JSON, to read it and to try it with changes
        return {"text": json.dumps(value, ensure_ascii=False)}
    # The unit is in the name, as everywhere in the house.
    return in_words(value, {"x-unit": "円"} if name.endswith("_yen") else {})


def example_of(rule: Rule, number: int, bodies: Mapping[str, str]) -> dict[str, Any]:
    example = rule.examples[number]
    _on, code = rule.example_day(example)
    return {
        "case": _case_in_words(rule, example.case),
        "on": example.on,
        "body": bodies.get(code, code) if code else "",
        "result": in_words(example.result, rule.output),
        "note": example.note,
    }


def _case_in_words(rule: Rule, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """In the order of the schema; lists and objects left empty say nothing."""
    parts = rule.input["properties"]
    return [
        {"label": label_of(part, name)} | in_words(case[name], part)
        for name, part in parts.items()
        if name in case and case[name] not in ([], {})
    ]


def answer_of(rule: Rule, quote: Quote) -> dict[str, Any]:
    return {
        "label": label_of(dict(rule.output), _("結果")),
        "result": in_words(quote.result, rule.output),
        "case": _case_in_words(rule, quote.case),
        "steps": [step_of(step) for step in quote.steps],
        "version": quote.version,
        "on": quote.on,
    }


def step_of(step: Step) -> dict[str, Any]:
    return {"step": step, "value": in_words(step.value, {"x-unit": step.unit})}


urlpatterns = [
    path("rules/", index, name="rulebook_index"),
    path("rules/<slug:name>/", show, name="rulebook_rule"),
]
