"""集計 — how often each answer was given: by day, by question, by two questions; small counts hidden."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from moyai.applications import flow
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.exports import editions_of
from moyai.applications.rules import Field
from moyai.applications.suppression import LEAST, hide_line, hide_table, with_totals
from moyai.tenants.public import Actor, body_of

CHOICES: Final = frozenset({"single_choice", "multiple_choice", "yes_no", "ranking", "consent"})
NUMBERS: Final = frozenset({"number", "yen"})
TEXTS: Final = frozenset({"text", "textarea"})
MOST_DAYS: Final = 400
NONE: Final = ""  # no answer


def hidden_mark() -> str:
    """What stands where a count is not shown."""
    return _("非表示")


@dataclass(frozen=True, slots=True)
class Question:
    """One question that can be counted: its choices in order, newest edition first, then those of older ones."""

    id: str
    kind: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()  # of a matrix


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be shown or written: counts are None where they are hidden."""

    caption: str
    heads: list[str]
    rows: list[list[str | int | None]]
    note: str = ""


@dataclass(slots=True)
class Answered:
    """What was answered to one question: the counts as they are, for those who may see them all."""

    question: Question
    people: int  # who answered it
    counts: Counter[str] = field(default_factory=Counter)
    matrix: dict[str, Counter[str]] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)  # of a ranking: sum of places, number
    numbers: tuple[int, int] | None = None  # of numbers: count, sum


def questions_of(*, actor: Actor, procedure: Procedure) -> list[Question]:
    """The questions outside repeating groups that can be counted, over all editions."""
    found: dict[str, Question] = {}
    for edition in editions_of(actor=actor, procedure=procedure):
        for one in compiled(edition).fields.values():
            if one.groups or one.kind not in CHOICES | NUMBERS | TEXTS | {"matrix"}:
                continue
            made = _question(one)
            before = found.get(one.id)
            if before is None:
                found[one.id] = made
            elif before.kind == made.kind:
                found[one.id] = Question(
                    one.id,
                    one.kind,
                    before.label,
                    _joined(before.choices, made.choices),
                    _joined(before.rows, made.rows),
                )
    return list(found.values())


def _joined(
    newer: Sequence[tuple[str, str]], older: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    known = {value for value, _label in newer}
    return (*newer, *(each for each in older if each[0] not in known))


def _question(one: Field) -> Question:
    settings = one.settings
    if one.kind == "yes_no":
        choices = [
            ("true", settings.get("yes_label", _("はい"))),
            ("false", settings.get("no_label", _("いいえ"))),
        ]
    elif one.kind == "consent":
        choices = [("true", _("同意"))]
    else:
        choices = [
            (each["value"], each["label"]) for each in settings.get("options", settings.get("columns", ()))
        ]
    rows = (
        [(each["value"], each["label"]) for each in settings.get("rows", ())] if one.kind == "matrix" else []
    )
    return Question(one.id, one.kind, one.label, tuple(choices), tuple(rows))


def counted(
    *, actor: Actor, procedure: Procedure, since: date | None = None, until: date | None = None
) -> QuerySet[Application]:
    """The applications whose answers are counted: without what was withdrawn, refused or lapsed."""
    rows: QuerySet[Application] = Application.objects.filter(
        body_id=body_of(actor.body).pk, procedure=procedure
    ).exclude(status__in=sorted(flow.UNDONE))
    if since is not None:
        rows = rows.filter(received_on__gte=since)
    if until is not None:
        rows = rows.filter(received_on__lte=until)
    return rows


def by_day(rows: QuerySet[Application]) -> list[tuple[date, int]]:
    """Answers by the day they arrived, every day from the first to the last; at most the last MOST_DAYS."""
    found = dict(
        rows.order_by().values_list("received_on").annotate(n=Count("id")).values_list("received_on", "n")
    )
    ends = rows.aggregate(first=Min("received_on"), last=Max("received_on"))
    if not found:
        return []
    first = max(ends["first"], ends["last"] - timedelta(days=MOST_DAYS - 1))
    days = (ends["last"] - first).days + 1
    return [(first + timedelta(days=n), found.get(first + timedelta(days=n), 0)) for n in range(days)]


def _values(rows: QuerySet[Application], ids: Sequence[str]) -> Iterable[tuple[str, Any, int]]:
    """(field, value, how often) of many questions, in one pass over the rows."""
    base, values = rows.order_by().values("answers").query.sql_with_params()
    sql = (
        "SELECT e.key, e.value::text, count(*) FROM (" + base + ") AS a, jsonb_each(a.answers) AS e"  # noqa: S608
        " WHERE e.key = ANY(%s) GROUP BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, list(ids)])
        for key, value, count in cursor.fetchall():
            yield key, json.loads(value), int(count)


def _codes(question: Question, value: Any) -> list[str]:
    """The choices a value stands for; words of one's own are the choice they were written beside."""
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, dict):
        return [str(value.get("choice", NONE))]
    if isinstance(value, list):
        return [code for each in value for code in _codes(question, each)]
    return [str(value)]


def answered(rows: QuerySet[Application], questions: Sequence[Question]) -> dict[str, Answered]:
    """What was answered to each question."""
    by_id = {question.id: question for question in questions if question.kind not in TEXTS}
    found = {name: Answered(question, 0) for name, question in by_id.items()}
    for name, value, count in _values(rows, list(by_id)):
        one = found[name]
        if value is None or value in ([], {}):
            continue
        one.people += count
        if one.question.kind == "matrix":
            for row, column in value.items():
                one.matrix.setdefault(row, Counter())[column] += count
        elif one.question.kind in NUMBERS:
            if isinstance(value, int):
                n, total = one.numbers or (0, 0)
                one.numbers = (n + count, total + value * count)
        elif one.question.kind == "ranking":
            for place, code in enumerate(_codes(one.question, value), 1):
                one.places.setdefault(code, [0, 0])
                one.places[code][0] += place * count
                one.places[code][1] += count
            one.counts[_codes(one.question, value)[0]] += count
        else:
            for code in _codes(one.question, value):
                one.counts[code] += count
    return found


# -- tables ------------------------------------------------------------------------------------------------------------
def table_of(one: Answered) -> Table:
    """The table of a question, with small counts hidden."""
    question = one.question
    if 0 < one.people < LEAST:
        return Table(
            question.label, [_("回答")], [], _("回答が%(n)s件より少ないため、表示しません。") % {"n": LEAST}
        )
    note = _("回答 %(n)s件") % {"n": f"{one.people:,}"}
    if question.kind == "matrix":
        return _matrix_table(one, note)
    if question.kind in NUMBERS:
        n, total = one.numbers or (0, 0)
        rows: list[list[str | int | None]] = [
            [_("回答数"), n],
            [_("平均"), f"{total / n:,.1f}" if n else "—"],
        ]
        return Table(question.label, [_("項目"), _("値")], rows, note)
    counts = [one.counts.get(code, 0) for code, _label in question.choices]
    hidden = hide_line(counts)
    lines: list[list[str | int | None]] = []
    for (code, label), count, hide in zip(question.choices, counts, hidden, strict=True):
        share = None if hide else f"{count * 100 / one.people:.1f}%" if one.people else "—"
        line: list[str | int | None] = [label, None if hide else count, share]
        if question.kind == "ranking":
            total, n = one.places.get(code, [0, 0])
            line.append(None if hide or n < LEAST else f"{total / n:.2f}")
        lines.append(line)
    heads = [_("選択肢"), _("1位にした数") if question.kind == "ranking" else _("回答数"), _("割合")]
    return Table(
        question.label, [*heads, *([_("平均の順位")] if question.kind == "ranking" else [])], lines, note
    )


def _matrix_table(one: Answered, note: str) -> Table:
    columns = one.question.choices
    rows: list[list[str | int | None]] = []
    for value, label in one.question.rows:
        counts = [one.matrix.get(value, Counter()).get(code, 0) for code, _label in columns]
        n = sum(counts)
        hidden = [True] * len(counts) if 0 < n < LEAST else hide_line(counts)
        mean = sum((at + 1) * count for at, count in enumerate(counts))
        shown: list[str | int | None] = [
            None if hide else count for count, hide in zip(counts, hidden, strict=True)
        ]
        # Beside the total a mean would tell two hidden counts: it is shown where nothing is hidden.
        rows.append([label, *shown, None if any(hidden) else f"{mean / n:.2f}" if n else "—"])
    heads = ["", *(label for _code, label in columns), _("平均（1〜%(n)s）") % {"n": len(columns)}]
    return Table(one.question.label, heads, rows, note)


def cross(rows: QuerySet[Application], down: Question, across: Question) -> Table:
    """クロス集計 of two questions, with totals; small counts hidden so that no total gives them away."""
    base, values = rows.order_by().values("answers").query.sql_with_params()
    sql = (
        "SELECT (a.answers -> %s)::text, (a.answers -> %s)::text, count(*) FROM ("  # noqa: S608
        + base
        + ") AS a WHERE a.answers ? %s AND a.answers ? %s GROUP BY 1, 2"
    )
    found: Counter[tuple[str, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, [down.id, across.id, *values, down.id, across.id])
        for one, other, count in cursor.fetchall():
            for a in _codes(down, json.loads(one)):
                for b in _codes(across, json.loads(other)):
                    found[a, b] += int(count)
    counts = [[found.get((a, b), 0) for b, _b in across.choices] for a, _a in down.choices]
    return shown_cross(
        _("%(down)s × %(across)s") % {"down": down.label, "across": across.label},
        [label for _code, label in down.choices],
        [label for _code, label in across.choices],
        counts,
    )


def shown_cross(
    caption: str, down: Sequence[str], across: Sequence[str], counts: Sequence[Sequence[int]]
) -> Table:
    """A table of counts with totals, small counts hidden."""
    full, hidden = with_totals(counts), hide_table(counts)
    rows: list[list[str | int | None]] = [
        [label, *(None if hide else count for count, hide in zip(line, hides, strict=True))]
        for label, line, hides in zip([*down, _("計")], full, hidden, strict=True)
    ]
    return Table(caption, ["", *across, _("計")], rows)


def texts_of(rows: QuerySet[Application], question: Question, *, most: int = 200) -> list[tuple[date, str]]:
    """自由記述 — what was written, newest first, for staff only."""
    found = rows.filter(answers__has_key=question.id).order_by("-received_on", "-id")
    return [
        (day, str(answers[question.id]))
        for day, answers in found.values_list("received_on", "answers")[:most]
        if answers.get(question.id)
    ]


def as_cells(table: Table) -> list[list[Any]]:
    """The rows of a table with the mark where a count is hidden."""
    return [[hidden_mark() if cell is None else cell for cell in row] for row in table.rows]


def find_question(questions: Sequence[Question], name: str, *, kinds: Iterable[str]) -> Question | None:
    wanted: Mapping[str, Question] = {each.id: each for each in questions if each.kind in set(kinds)}
    return wanted.get(name)
