"""一括出力の列 — the columns of one or several editions as one list, and how each is read out of an application.

A column is named by the stable path of its field, so that editions that ask the same in other words share it.
Rows of a repeating group stand beside one another up to the most there really are, or below one another.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from moyai.applications.models import Application, FormEdition
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import ADDRESS_PARTS, KINDS, CompiledEdition, Field
from moyai.applications.rules.kinds.base import Showing
from moyai.tenants.public import Refusal

Cell = str | int | datetime.date | datetime.datetime | None
Getter = Callable[[Mapping[str, Any]], Cell]

MOST_COLUMNS: Final = 2_000
NEVER: Final = frozenset({"explanation", "group"})
PERSONAL_KINDS: Final = frozenset(
    {"name", "kana", "mail", "phone", "address", "postal_code", "bank_account", "file", "photo", "map_point"}
)
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "bank_account": ("bank", "branch", "type", "number", "holder"),
    "map_point": ("lat", "lng"),
}


class TooManyColumns(Refusal):
    code = "too_many_columns"
    status = 422
    message = gettext_lazy("列が多すぎます。くり返しを1件1行で書き出してください。")  # type: ignore[assignment]


@dataclass(slots=True)
class _Group:
    """A repeating group on the way: its id and the most rows there are."""

    id: str
    most: int


@dataclass(slots=True)
class Column:
    """One column: stable path, the words of its head, and for each edition how it is read."""

    path: str
    label: str
    read: dict[int, Getter] = field(default_factory=dict)  # edition id → getter

    @property
    def head(self) -> str:
        return f"{self.label}［{self.path}］"


def is_personal(form: CompiledEdition, one: Field) -> bool:
    """Whether a field tells who somebody is: by its kind, or because the edition takes the applicant from it."""
    return one.kind in PERSONAL_KINDS or any(one.id in ids for ids in form.applicant.values())


def blind_ids(edition: FormEdition, form: CompiledEdition) -> frozenset[str]:
    """Fields left out of a blind list: those the edition names, or all that tell who somebody is."""
    named = edition.document.get("blind")
    if named:
        return frozenset(named) | {one for ids in form.applicant.values() for one in ids}
    return frozenset(one.id for one in form.fields.values() if is_personal(form, one))


def has_personal(editions: Sequence[FormEdition], *, blind: bool) -> bool:
    """Whether a list of these editions tells who somebody is."""
    return not blind and any(
        is_personal(form, one) for form in map(compiled, editions) for one in form.fields.values()
    )


def groups_of(editions: Sequence[FormEdition]) -> dict[str, str]:
    """Outermost repeating groups by id, with their words: what a list may have a row for each of."""
    found: dict[str, str] = {}
    for edition in editions:
        for one in compiled(edition).fields.values():
            if one.kind == "group" and not one.groups:
                found.setdefault(one.id, one.label)
    return found


def columns_of(
    *, editions: Sequence[FormEdition], applications: QuerySet[Application], blind: bool, rows_of: str
) -> list[Column]:
    """The columns of the answers, in the order of the newest edition; what only older ones ask comes after.

    Raises TooManyColumns.
    """
    made: dict[str, Column] = {}
    most = _MostRows(applications)
    for edition in editions:
        form = compiled(edition)
        hidden = blind_ids(edition, form) if blind else frozenset()
        for page in form.pages:
            for one in page.fields:
                _add(made, edition.pk, one, (), "", most, hidden, rows_of)
        if len(made) > MOST_COLUMNS:
            raise TooManyColumns
    return list(made.values())


class _MostRows:
    """The most rows of a group that the applications really have, asked of the database once for each group."""

    def __init__(self, applications: QuerySet[Application]) -> None:
        self.applications = applications
        self.known: dict[tuple[str, ...], int] = {}

    def of(self, ids: tuple[str, ...]) -> int:
        if ids not in self.known:
            way = "$" + "[*]".join(f'."{one}"' for one in ids)
            query, values = self.applications.order_by().values("answers").query.sql_with_params()
            sql = (
                "SELECT max(jsonb_array_length(r)) FROM (" + query + ") AS a,"  # noqa: S608  (our own SQL)
                " jsonb_path_query(a.answers, %s::jsonpath) AS r WHERE jsonb_typeof(r) = 'array'"
            )
            with connection.cursor() as cursor:
                cursor.execute(sql, [*values, way])
                self.known[ids] = int(cursor.fetchone()[0] or 0)
        return self.known[ids]


def _add(
    made: dict[str, Column],
    edition_id: int,
    one: Field,
    way: tuple[tuple[str, int], ...],
    prefix: str,
    most: _MostRows,
    hidden: frozenset[str],
    rows_of: str,
) -> None:
    if one.id in hidden:
        return
    if one.kind == "group":
        below = rows_of == one.id and not way
        for row in range(1 if below else most.of((*one.groups, one.id))):
            # Below one another: the rows themselves take turns in the place of the answers.
            here = () if below else ((one.id, row),)
            path = f"{one.id}." if below else f"{prefix}{one.id}[{row + 1}]."
            for inner in one.fields:
                _add(made, edition_id, inner, (*way, *here), path, most, hidden, rows_of)
                if len(made) > MOST_COLUMNS:
                    raise TooManyColumns
        return
    if one.kind in NEVER:
        return
    own_row = bool(rows_of) and prefix.startswith(f"{rows_of}.")
    for suffix, label, read in _readers(one):
        path = prefix + one.id + suffix
        column = made.get(path)
        if column is None:
            rows = "".join(f"{row + 1}." for _group, row in way)
            column = made[path] = Column(path, f"{rows}{label}")
        column.read[edition_id] = _at(way, one.id, read, own_row, path, one.kind == "calculated")


def _readers(one: Field) -> Iterator[tuple[str, str, Callable[[Any], Cell]]]:
    """(suffix of the path, words, how the value becomes a cell), one for each column of a field."""
    settings = one.settings
    if one.kind == "address":
        for part, label in ADDRESS_PARTS.items():
            if part != "postal_code" or settings.get("postal_code", True):
                yield f".{part}", f"{one.label} {label}", _part(part)
    elif one.kind in PARTS:
        for part in PARTS[one.kind]:
            yield f".{part}", f"{one.label} {part}", _part(part)
    elif one.kind == "matrix":
        words = {each["value"]: each["label"] for each in settings["columns"]}
        for row in settings["rows"]:
            yield f".{row['value']}", f"{one.label} {row['label']}", _part(row["value"], words)
    else:
        yield "", one.label, _value(one)


def _part(part: str, words: Mapping[str, str] | None = None) -> Callable[[Any], Cell]:
    if words is None:
        return lambda value: value.get(part) if isinstance(value, dict) else None

    def worded(value: Any) -> Cell:
        chosen = value.get(part) if isinstance(value, dict) else None
        return None if chosen is None else words.get(chosen, str(chosen))

    return worded


def _value(one: Field) -> Callable[[Any], Cell]:
    settings = one.settings
    if one.kind in ("single_choice", "multiple_choice", "ranking", "listed"):
        words = {each["value"]: each["label"] for each in settings.get("options", ())}
        return lambda value: _chosen(value, words)
    if one.kind == "yes_no":
        yes, no = settings.get("yes_label", "はい"), settings.get("no_label", "いいえ")
        return lambda value: (
            None if value is None else yes if value is True else no if value is False else str(value)
        )
    if one.kind == "consent":
        return lambda value: "同意" if value else None
    if one.kind in ("file", "photo"):
        return lambda value: len(value) if isinstance(value, list) and value else None
    if one.kind in ("number", "yen"):
        return lambda value: value if isinstance(value, int) else None if value is None else str(value)
    if one.kind == "date":
        return _day
    if one.kind == "calculated":
        return lambda value: value if isinstance(value, str | int) else None if value is None else str(value)
    kind = KINDS[one.kind]
    if one.kind in ("text", "textarea", "name", "kana", "mail"):
        return lambda value: value if isinstance(value, str) else None if value is None else str(value)
    showing = Showing(wareki=datetime.date.isoformat, uploads={})

    def shown(value: Any) -> Cell:
        if value is None:
            return None
        try:
            return kind.show(settings, value, showing)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError):
            return str(value)

    return shown


def _day(value: Any) -> Cell:
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None if value is None else str(value)


def _chosen(value: Any, words: Mapping[str, str]) -> Cell:
    if value is None:
        return None
    if isinstance(value, list):
        return "、".join(str(_chosen(each, words)) for each in value)
    if isinstance(value, dict):  # with words of one's own
        label = words.get(value.get("choice", ""), value.get("choice", ""))
        return f"{label}（{value['text']}）" if value.get("text") else str(label)
    return words.get(value, str(value)) if isinstance(value, str) else str(value)


def _at(
    way: tuple[tuple[str, int], ...],
    field_id: str,
    read: Callable[[Any], Cell],
    own_row: bool,
    path: str,
    calculated: bool,
) -> Getter:
    """How a cell is read out of one application: {"answers", "calculated", "row"}."""
    if calculated:
        inside_row = "".join(f"{group}[{row}]." for group, row in way) + field_id
        group = path.partition(".")[0]

        def reckoned(of: Mapping[str, Any]) -> Cell:
            name = f"{group}[{of['at']}].{inside_row}" if own_row else inside_row
            return read(of["calculated"].get(name))

        return reckoned
    if not way and not own_row:
        return lambda of: read(of["answers"].get(field_id))
    start = "row" if own_row else "answers"

    def inside(of: Mapping[str, Any]) -> Cell:
        here = of[start]
        for group, row in way:
            rows = here.get(group)
            if not rows or row >= len(rows):
                return None
            here = rows[row]
        return read(here.get(field_id))

    return inside
