"""申込内容の表示 — answers in words, section by section; what a correction changed; what a new edition
changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from moyai.applications.rules.answering import answer
from moyai.applications.rules.edition import CompiledEdition, Field
from moyai.applications.rules.expressions.types import OfficeDay
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.kinds.base import Showing
from moyai.applications.rules.result import (
    AnswerResult,
    Change,
    RowMark,
    SummaryRow,
    SummarySection,
    UploadFact,
)
from moyai.applications.rules.words import ROWS, counted, date_in_words

Wareki = Callable[[datetime.date], str]


@dataclass(frozen=True, slots=True)
class EditionChange:
    """One field that a new edition adds, removes, or asks otherwise."""

    id: str
    label: str
    what: Literal["added", "removed", "changed"]


def summary(
    compiled: CompiledEdition,
    answers: Mapping[str, Any],
    *,
    today: datetime.date | None = None,
    wareki: Wareki = date_in_words,
    uploads: Mapping[str, UploadFact] = MappingProxyType({}),
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> tuple[SummarySection, ...]:
    """申込内容の確認 — every shown page with its fields; stored answers are always shown, whatever else
    changed.

    today is the day of the application. uploads give file names; without them a file reads 添付あり. given and
    office_day as in `answer`: what is calculated from them stands here, too.
    """
    result = answer(compiled, dict(answers), today=today, uploads=None, given=given, office_day=office_day)
    showing = Showing(wareki=wareki, uploads=uploads, language=compiled.language)
    sections = []
    for page in compiled.pages:
        rows = tuple(_rows(page.fields, answers, "", (), result=result, showing=showing))
        if rows:
            sections.append(SummarySection(page_id=page.id, title=page.title, rows=rows))
    return tuple(sections)


def _rows(
    fields: tuple[Field, ...],
    answers: Mapping[str, Any],
    path: str,
    marks: tuple[RowMark, ...],
    *,
    result: AnswerResult,
    showing: Showing,
) -> Iterator[SummaryRow]:
    for field in fields:
        here = path + field.id
        value = answers.get(field.id)
        if field.kind == "group":
            rows = value if isinstance(value, list) else []
            item = field.settings.get("item", field.label)
            counter = field.settings.get("counter", ROWS.in_language("ja"))
            if rows or here in result.visible:
                yield SummaryRow(
                    here,
                    field.page_id,
                    field.label,
                    counted(len(rows), counter, showing.language) if rows else "",
                    marks,
                )
            for i, row in enumerate(rows):
                if isinstance(row, dict):
                    yield from _rows(
                        field.fields,
                        row,
                        f"{here}[{i}].",
                        (*marks, RowMark(item, counter, i + 1)),
                        result=result,
                        showing=showing,
                    )
        elif field.kind == "calculated":
            if here in result.visible and here in result.calculated:
                words = KINDS["calculated"].show(field.settings, result.calculated[here], showing)
                yield SummaryRow(here, field.page_id, field.label, words, marks, calculated=True)
        elif field.kind != "explanation" and (value is not None or here in result.visible):
            yield SummaryRow(here, field.page_id, field.label, in_words(field, value, showing), marks)


def in_words(field: Field, value: Any, showing: Showing) -> str:
    """A stored value in words; "" when there is none; as it stands when it no longer fits its field."""
    if value is None:
        return ""
    try:
        return KINDS[field.kind].show(field.settings, value, showing)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        return str(value)


def diff(
    compiled: CompiledEdition,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    today: datetime.date | None = None,
    wareki: Wareki = date_in_words,
    uploads: Mapping[str, UploadFact] = MappingProxyType({}),
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> tuple[Change, ...]:
    """補正での変更 — fields whose answers differ, in the order of the form; rows are compared by their
    position.
    """
    before, after = (
        _by_path(
            summary(
                compiled,
                answers,
                today=today,
                wareki=wareki,
                uploads=uploads,
                given=given,
                office_day=office_day,
            )
        )
        for answers in (old, new)
    )
    changes = []
    for path in [*after, *(path for path in before if path not in after)]:
        one = after.get(path) or before[path]
        words = tuple(side[path].value if path in side else "" for side in (before, after))
        if words[0] != words[1] or _value_at(old, path) != _value_at(new, path):
            changes.append(Change(path, one.page_id, one.label, words[0], words[1], one.rows))
    return tuple(changes)


def _by_path(sections: tuple[SummarySection, ...]) -> dict[str, SummaryRow]:
    return {row.path: row for section in sections for row in section.rows}


def _value_at(answers: Mapping[str, Any], path: str) -> Any:
    """The plain value at a path; a group counts by its number of rows, which have entries of their own."""
    place: Any = answers
    for piece in path.replace("]", "").split("."):
        name, _, row = piece.partition("[")
        place = place.get(name) if isinstance(place, Mapping) else None
        if row:
            place = place[int(row)] if isinstance(place, list) and int(row) < len(place) else None
    if isinstance(place, list) and any(isinstance(one, dict) and "choice" not in one for one in place):
        return len(place)
    return place


def diff_editions(old: CompiledEdition, new: CompiledEdition) -> tuple[EditionChange, ...]:
    """版の違い — fields added, removed or asked otherwise, to show before an edition is published."""
    changes = [
        EditionChange(one.id, one.label, "added" if one.id not in old.fields else "changed")
        for one in new.fields.values()
        if one.id not in old.fields or _asks(old.fields[one.id]) != _asks(one)
    ]
    return (
        *changes,
        *(
            EditionChange(one.id, one.label, "removed")
            for one in old.fields.values()
            if one.id not in new.fields
        ),
    )


def _asks(field: Field) -> tuple[Any, ...]:
    return (
        field.kind,
        field.label,
        field.hint,
        field.groups,
        field.required,
        field.conditional,
        dict(field.settings),
    )


def person(compiled: CompiledEdition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """申請者 — name, kana, mail, phone, address, born_on as the edition says where they stand; absent ones
    are left out.
    """
    found = {}
    for role, ids in compiled.applicant.items():
        value = next((answers[one] for one in ids if answers.get(one) is not None), None)
        if value is not None:
            found[role] = value
    return found
