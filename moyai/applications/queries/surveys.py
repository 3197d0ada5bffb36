"""アンケート共有 — a survey that several bodies share, counted over its members for the council."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from moyai.applications import catalogue
from moyai.applications.models import SharedForm, Tally
from moyai.applications.queries.statistics import Table, shown_cross
from moyai.applications.rules import CompiledEdition, compile_edition
from moyai.audit.public import reading_across
from moyai.tenants.public import Actor, Body


@dataclass(frozen=True, slots=True)
class SharedSurvey:
    """One shared survey: its words, the bodies that share it, one table for each question."""

    code: str
    title: str
    bodies: tuple[Body, ...]
    counted_at: datetime | None
    tables: tuple[Table, ...] = ()


def shared_surveys(*, actor: Actor) -> list[SharedSurvey]:
    """The surveys that have counts, with how many bodies share each. Leaves a deed."""
    with reading_across(actor, reason="共有アンケートの一覧") as alias:
        rows = list(
            Tally.objects.using(alias)
            .values("survey", "body_id")
            .annotate(at=Max("counted_at"))
            .order_by("survey", "body_id")
            .values_list("survey", "body_id", "at")
        )
    bodies = {body.pk: body for body in Body.objects.order_by("code")}
    return [
        SharedSurvey(
            code,
            _title(code),
            tuple(body for key, body in bodies.items() if (code, key) in {(s, b) for s, b, _at in rows}),
            max(at for survey, _body, at in rows if survey == code),
        )
        for code in sorted({survey for survey, _body, _at in rows})
    ]


def shared_survey(*, actor: Actor, code: str) -> SharedSurvey | None:
    """クロス集計 by member: for each question a row per choice and a column per body. Leaves a deed.

    Small counts are hidden, and others with them, so that no total gives them away.
    """
    with reading_across(actor, reason=f"共有アンケート {code}") as alias:
        rows = list(
            Tally.objects.using(alias)
            .filter(survey=code)
            .values("body_id", "field", "choice")
            .annotate(n=Sum("answers"), at=Max("counted_at"))
            .order_by("field", "choice", "body_id")
            .values_list("body_id", "field", "choice", "n", "at")
        )
    if not rows:
        return None
    found = {body_id for body_id, *_rest in rows}
    bodies = tuple(Body.objects.filter(pk__in=found).order_by("code"))
    counts: Counter[tuple[str, str, int]] = Counter()
    for body_id, field, choice, number, _at in rows:
        counts[field, choice, body_id] += number
    tables = []
    for field, label, choices in _questions(code, [(field, choice) for _b, field, choice, _n, _at in rows]):
        cells = [[counts[field, value, body.pk] for body in bodies] for value, _label in choices]
        tables.append(
            shown_cross(label, [words for _value, words in choices], [body.name for body in bodies], cells)
        )
    return SharedSurvey(code, _title(code), bodies, max(at for *_rest, at in rows), tuple(tables))


def _form(code: str) -> CompiledEdition | None:
    if code in catalogue.CODES:
        return compile_edition(catalogue.document(code))
    shared = SharedForm.objects.filter(code=code).order_by("-version").first()
    return compile_edition(shared.document) if shared else None


def _title(code: str) -> str:
    form = _form(code)
    return form.title if form else code


def _questions(code: str, given: list[tuple[str, str]]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(field, words, choices) in the order of the shared form; what it does not know comes after, by its id."""
    form = _form(code)
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for one in form.fields.values() if form else ():
        settings = one.settings
        if one.kind == "matrix":
            columns = [(each["value"], each["label"]) for each in settings["columns"]]
            for row in settings["rows"]:
                found[f"{one.id}.{row['value']}"] = (f"{one.label}：{row['label']}", columns)
        elif one.kind == "yes_no":
            yes, no = settings.get("yes_label", "はい"), settings.get("no_label", "いいえ")
            found[one.id] = (one.label, [("true", yes), ("false", no)])
        elif one.kind == "consent":
            found[one.id] = (one.label, [("true", "同意")])
        elif "options" in settings:
            found[one.id] = (one.label, [(each["value"], each["label"]) for each in settings["options"]])
    asked: dict[str, list[str]] = {}
    for field, choice in given:
        if choice not in asked.setdefault(field, []):
            asked[field].append(choice)
    known = [
        (
            field,
            label,
            [*choices, *((c, c) for c in asked[field] if c not in {value for value, _label in choices})],
        )
        for field, (label, choices) in found.items()
        if field in asked
    ]
    others = [(field, field, [(c, c) for c in asked[field]]) for field in sorted(asked) if field not in found]
    return [*known, *others]
