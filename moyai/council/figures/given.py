"""記載値の統計表 — tables whose cells a paper gives, and printed figures beside what our own rows make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from moyai.council.models import GivenFigure, GivenTable
from moyai.council.rules.payments import change
from moyai.documents.public import Column, Figure, FigureTable, Row

Number = int | Decimal
TOTAL = "合計"


def number_of(figure: GivenFigure) -> Number | None:
    """A cell's number as it was given: whole where it is whole."""
    if figure.number is None:
        return None
    return int(figure.number) if figure.number == int(figure.number) else figure.number.normalize()


def columns_of(described: Sequence[Mapping[str, Any]]) -> list[Column]:
    return [
        Column(
            one["key"],
            one["label"],
            kind=one.get("kind", "number"),
            places=one.get("places", 0),
            sum_of=tuple(one.get("sum_of", ())),
            down=one.get("down", True) and "change" not in one,
        )
        for one in described
    ]


def given_table(form: GivenTable, figures: Sequence[GivenFigure]) -> FigureTable:
    """統計表 — the cells as given; 合計 and sums across are computed, and what was printed for them stands beside.

    A row with nothing but printed totals is the sum of the rows above it, up to the total before it.
    """
    columns = columns_of(form.columns)
    summed = {column.key for column in columns if column.sum_of}
    rows: dict[str, dict[str, Any]] = {}
    totals: dict[str, bool] = {}
    published: dict[tuple[str, str], Number] = {}
    for figure in figures:
        values = rows.setdefault(figure.row, {})
        is_total = figure.kind == GivenFigure.Kind.TOTAL
        totals[figure.row] = totals.get(figure.row, True) and is_total
        if is_total:
            number = number_of(figure)
            assert number is not None
            published[figure.row, figure.column] = number
        elif figure.column not in summed:
            values[figure.column] = figure.text or number_of(figure)
    for described in form.columns:
        if "change" in described:
            for values in rows.values():
                values[described["key"]] = change(*(values.get(key) for key in described["change"]))
    made: list[Row] = []
    parts: list[str] = []
    for name, values in rows.items():
        if totals[name] and parts:
            made.append(Row(name, name, sum_of=tuple(parts)))
            parts = []
        else:
            made.append(Row(name, name, values))
            parts.append(name)
    return FigureTable(
        caption=form.caption,
        rows_label=form.rows_label,
        columns=columns,
        rows=made,
        unit=form.unit,
        source=form.source,
        notes=tuple(form.notes),
        published=published,
    )


def beside(table: FigureTable, figures: Sequence[GivenFigure]) -> FigureTable:
    """公表値を添える — printed figures put beside the computed ones, by the row's label (or key) and the column's key."""
    keys = {row.label: row.key for row in table.rows} | {row.key: row.key for row in table.rows}
    columns = {column.key: column for column in table.columns}
    published = dict(table.published)
    for figure in figures:
        number = number_of(figure)
        if number is not None and figure.row in keys and figure.column in columns:
            published[keys[figure.row], figure.column] = number
    return replace(table, published=published)


def tells_something(table: FigureTable) -> bool:
    """Whether any cell of numbers has one: an empty table of our own rows gives way to the given one."""
    return any(_told(figure) for line in table.solved() for figure in line)


def _told(figure: Figure) -> bool:
    return not isinstance(figure.value, str | None) and bool(figure.value)
