"""版の一覧 — the lists of an edition (品目, 園, 会場) made ready: words and columns by code, faults with their paths."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from moyai.applications.rules.edition import EditionProblem
from moyai.applications.rules.expressions.builder import ISO_DATE, DocumentList
from moyai.applications.rules.expressions.types import BOOL, DATE, INT, TEXT, Type
from moyai.applications.rules.result import Message

COLUMN_TYPES = {"int": INT, "text": TEXT, "date": DATE, "bool": BOOL}
OWN_KEYS = ("value", "label", "kana", "hint")


def lists_of(document: Mapping[str, Any]) -> dict[str, DocumentList]:
    """Every list by its name; a cell that does not fit its column is left out (and is a problem)."""
    return {name: _one(raw) for name, raw in document.get("lists", {}).items()}


def options_of(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a list as options of a choice: value, label, and kana where it is given."""
    return [{key: row[key] for key in OWN_KEYS if key in row} for row in raw["rows"]]


def list_problems(document: Mapping[str, Any]) -> Iterator[EditionProblem]:
    """Codes that stand twice, cells without a column, cells of another type than their column's."""
    for name, raw in document.get("lists", {}).items():
        columns, seen = raw.get("columns", {}), set()
        for column in columns:
            if column in OWN_KEYS:
                yield EditionProblem(
                    f"$.lists.{name}.columns.{column}", Message("e_column_name", {"id": column})
                )
        for i, row in enumerate(raw["rows"]):
            path = f"$.lists.{name}.rows[{i}]"
            if row["value"] in seen:
                yield EditionProblem(f"{path}.value", Message("e_duplicate_id", {"id": row["value"]}))
            seen.add(row["value"])
            for key, cell in row.items():
                if key in OWN_KEYS:
                    continue
                if key not in columns:
                    yield EditionProblem(f"{path}.{key}", Message("e_no_column", {"id": key[:60]}))
                elif _cell(cell, columns[key]) is None:
                    words = COLUMN_TYPES[columns[key]].words
                    yield EditionProblem(f"{path}.{key}", Message("e_type", {"expected": words}))


def _one(raw: Mapping[str, Any]) -> DocumentList:
    labels = {row["value"]: row["label"] for row in raw["rows"]}
    columns: dict[str, tuple[Type, Mapping[str, Any]]] = {"label": (TEXT, labels)}
    for name, kind in raw.get("columns", {}).items():
        cells = {row["value"]: _cell(row.get(name), kind) for row in raw["rows"]}
        values = {code: cell for code, cell in cells.items() if cell is not None}
        columns[name] = (
            Type("text", frozenset(values.values())) if kind == "text" else COLUMN_TYPES[kind],
            values,
        )
    return DocumentList(labels=labels, columns=columns)


def _cell(value: Any, kind: str) -> Any:
    """A cell as expressions see it; None when it is not of its column's type."""
    if kind == "date":
        try:
            return datetime.date.fromisoformat(value) if ISO_DATE.fullmatch(value or "") else None
        except (TypeError, ValueError):
            return None
    wanted: dict[str, type] = {"int": int, "text": str, "bool": bool}
    return value if type(value) is wanted[kind] else None
