"""Full validation of an edition, against a Django form with as many fields, in CPU-ms of one process."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.load.forms import three_hundred_answers, three_hundred_fields, twenty_answers, twenty_fields

TODAY = datetime.date(2026, 4, 10)


@dataclass(frozen=True)
class Validation:
    fields: int
    conditions: int
    compile_ms: float
    ours_ms: float
    django_ms: float
    found: int  # of the faults put in

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.django_ms


def measure(seconds: float) -> list[Validation]:
    import django

    django.setup()
    return [
        _measure(twenty_fields(), twenty_answers(1), seconds, conditions=0),
        _measure(three_hundred_fields(), three_hundred_answers(), seconds, conditions=65),
    ]


def _cpu_ms(act: Callable[[], Any], seconds: float) -> float:
    """CPU-ms of one call: the least of five runs that together take about `seconds`."""
    act()
    runs = []
    for _ in range(5):
        count, started, until = 0, time.process_time(), time.monotonic() + seconds / 5
        while count == 0 or time.monotonic() < until:
            act()
            count += 1
        runs.append((time.process_time() - started) * 1000 / count)
    return min(runs)


def _measure(
    document: dict[str, Any], answers: dict[str, Any], seconds: float, *, conditions: int
) -> Validation:
    from moyai.applications.rules import answer, compile_edition

    compiled = compile_edition(document)
    good = answer(compiled, answers, today=TODAY)
    assert good.ok, good.errors
    fields = sum(len(page["fields"]) for page in document["pages"])
    return Validation(
        fields=fields,
        conditions=conditions,
        compile_ms=_cpu_ms(lambda: compile_edition(document), seconds),
        ours_ms=_cpu_ms(lambda: answer(compiled, answers, today=TODAY), seconds),
        django_ms=_cpu_ms(_django_form(document, answers), seconds),
        found=_faults_found(compiled, document, answers),
    )


def _faults_found(compiled: Any, document: dict[str, Any], answers: dict[str, Any]) -> int:
    """Each field in turn gets a value that no field of its kind takes; how many are named, in percent."""
    from moyai.applications.rules import answer

    wrong = {"text": "長" * 20001, "textarea": "長" * 20001}
    asked = answer(compiled, answers, today=TODAY).answers
    kinds = {
        one["id"]: one["kind"] for page in document["pages"] for one in page["fields"] if one["id"] in asked
    }
    named = sum(
        field in answer(compiled, answers | {field: wrong.get(kind, "\x00違うもの")}, today=TODAY).errors
        for field, kind in kinds.items()
    )
    return round(100 * named / len(kinds))


def _django_form(document: dict[str, Any], answers: dict[str, Any]) -> Callable[[], Any]:
    """The same questions as a plain Django form: no conditions, no steps, no Japanese input."""
    from django import forms
    from django.http import QueryDict

    plain: dict[str, Callable[[dict[str, Any]], forms.Field]] = {
        "number": lambda one: forms.IntegerField(required=False),
        "date": lambda one: forms.DateField(required=False),
        "mail": lambda one: forms.EmailField(required=False),
        "yes_no": lambda one: forms.NullBooleanField(required=False),
        "single_choice": lambda one: forms.ChoiceField(choices=_choices(one), required=False),
        "multiple_choice": lambda one: forms.MultipleChoiceField(choices=_choices(one), required=False),
    }
    made = {
        one["id"]: plain.get(one["kind"], lambda one: forms.CharField(required=False))(one)
        for page in document["pages"]
        for one in page["fields"]
    }
    form_class = type("Plain", (forms.Form,), made)
    data = QueryDict(mutable=True)
    for name, value in answers.items():
        data.setlist(name, value if isinstance(value, list) else [value])

    def check() -> None:
        form = form_class(data)
        assert form.is_valid(), form.errors

    return check


def _choices(one: dict[str, Any]) -> list[tuple[str, str]]:
    return [(option["value"], option["label"]) for option in one["options"]]
