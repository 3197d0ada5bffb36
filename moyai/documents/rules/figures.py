"""Figure tables: one definition of a table of figures; totals are computed, never typed.

A printed total of a published source may stand beside the computed one; where they differ, both are
shown with the difference (公表値・計算値). Values are whole numbers or decimals, never floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

Number = int | Decimal
Kind = Literal["number", "yen", "percent", "text"]


class TableError(ValueError):
    """A figure table that contradicts itself: a mistake of its author."""


@dataclass(frozen=True)
class Column:
    """表側・表頭の列. `sum_of` names the columns it is the total of; `places` are decimals shown."""

    key: str
    label: str
    kind: Kind = "number"
    places: int = 0
    sum_of: tuple[str, ...] = ()
    down: bool = True  # whether total rows add this column up (a rate is not added)


@dataclass(frozen=True)
class Row:
    """行. `sum_of` names the rows it is the total of; a total row carries no values of its own."""

    key: str
    label: str
    values: Mapping[str, Number | str | None] = field(default_factory=dict)
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One cell, solved: what stands there, what a source printed for it, and by how much they differ."""

    value: Number | str | None
    total: bool = False
    published: Number | None = None
    difference: Number | None = None  # 公表値 − 計算値; None when nothing was published, 0 when they agree


@dataclass(frozen=True)
class FigureTable:
    """統計表. `rows_label` heads the axis of rows; `published` holds printed figures by (row, column)."""

    caption: str
    rows_label: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    unit: str = ""
    source: str = ""
    as_of: date | None = None
    notes: Sequence[str] = ()
    published: Mapping[tuple[str, str], Number] = field(default_factory=dict)

    def solved(self) -> list[list[Figure]]:
        """Every cell, in order of rows and columns. Raises TableError for a table that contradicts itself."""
        return _Solver(self).grid()

    def disagreements(self) -> list[tuple[Row, Column, Figure]]:
        """The cells whose published figure is not the computed one."""
        return [
            (row, column, figure)
            for row, line in zip(self.rows, self.solved(), strict=True)
            for column, figure in zip(self.columns, line, strict=True)
            if figure.difference
        ]


def all_rows_of(rows: Sequence[Row], *, key: str = "total", label: str = "合計") -> list[Row]:
    """`rows` and under them their total."""
    return [*rows, Row(key, label, sum_of=tuple(row.key for row in rows if not row.sum_of))]


def added(values: Sequence[Number | str | None]) -> Number | None:
    """The sum of what is known; None (—) where nothing is known. Text is not added."""
    known = [value for value in values if value is not None and not isinstance(value, str)]
    if not known:
        return None
    total = sum((Fraction(value) for value in known), Fraction(0))
    return int(total) if all(isinstance(value, int) for value in known) else _decimal(total)


def _decimal(value: Fraction) -> Decimal:
    """Exact: sums and differences of decimals are decimals."""
    shift = 0
    while (value * 10**shift).denominator != 1:
        shift += 1
    return Decimal(int(value * 10**shift)).scaleb(-shift)


class _Solver:
    def __init__(self, table: FigureTable) -> None:
        self.table = table
        self.columns = {column.key: column for column in table.columns}
        self.rows = {row.key: row for row in table.rows}
        if len(self.columns) != len(table.columns) or len(self.rows) != len(table.rows):
            raise TableError("two rows or two columns share a key")
        self._check(self.columns, lambda key: self.columns[key].sum_of, "column")
        self._check(self.rows, lambda key: self.rows[key].sum_of, "row")
        for row in table.rows:
            self._check_values(row)
        for row_key, column_key in table.published:
            if row_key not in self.rows or column_key not in self.columns:
                raise TableError(f"a published figure names no cell: {row_key}, {column_key}")
        self.known: dict[tuple[str, str], Number | str | None] = {}

    def _check_values(self, row: Row) -> None:
        if row.sum_of and row.values:
            raise TableError(f"row {row.key} is a total: it is computed and takes no values")
        for key, value in row.values.items():
            if key not in self.columns:
                raise TableError(f"row {row.key} has a value for no column: {key}")
            if self.columns[key].sum_of:
                raise TableError(f"column {key} is a total: it is computed and takes no values")
            if isinstance(value, float | bool):
                raise TableError(f"row {row.key}, column {key}: whole numbers or decimals only")
            if isinstance(value, Decimal) and not value.is_finite():
                raise TableError(f"row {row.key}, column {key}: not a number")

    @staticmethod
    def _check(axis: Mapping[str, object], parts: Callable[[str], tuple[str, ...]], what: str) -> None:
        done: set[str] = set()

        def visit(key: str, path: tuple[str, ...]) -> None:
            if key not in axis:
                raise TableError(f"{what} {path[-1]} adds up a {what} that is not there: {key}")
            if key in path:
                raise TableError(f"{what} {key} is a part of itself")
            if key not in done:
                if len(set(parts(key))) != len(parts(key)):
                    raise TableError(f"{what} {key} adds the same {what} twice")
                for part in parts(key):
                    visit(part, (*path, key))
                done.add(key)

        for key in axis:
            visit(key, ())

    def value(self, row: Row, column: Column) -> Number | str | None:
        at = (row.key, column.key)
        if at not in self.known:
            self.known[at] = self._value(row, column)
        return self.known[at]

    def _value(self, row: Row, column: Column) -> Number | str | None:
        # A total row adds the rows first, so that a total column in it is the same from both sides.
        if row.sum_of:
            if not column.down or column.kind == "text":
                return None
            return added([self.value(self.rows[part], column) for part in row.sum_of])
        if column.sum_of:
            return added([self.value(row, self.columns[part]) for part in column.sum_of])
        return row.values.get(column.key)

    def figure(self, row: Row, column: Column) -> Figure:
        value = self.value(row, column)
        total = bool(row.sum_of or column.sum_of)
        published = self.table.published.get((row.key, column.key))
        if published is None:
            return Figure(value, total)
        if value is None or isinstance(value, str):
            return Figure(value, total, published, published)
        return Figure(value, total, published, _lessened(published, value))

    def grid(self) -> list[list[Figure]]:
        return [[self.figure(row, column) for column in self.table.columns] for row in self.table.rows]


def _lessened(published: Number, computed: Number) -> Number:
    gap = Fraction(published) - Fraction(computed)
    return int(gap) if gap.denominator == 1 else _decimal(gap)


def shown(value: Number | str | None, column: Column) -> str:
    """A value as it is printed: 1,234, △1,234, 12.3, — for nothing. The unit stands in the head."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    exact: Decimal = Decimal(value)
    rounded = abs(exact).quantize(Decimal(1).scaleb(-column.places), ROUND_HALF_UP)  # 四捨五入
    text = f"{rounded:,f}"
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"△{text}" if negative else text


def shown_beside(figure: Figure, column: Column) -> str:
    """What a cell says when its source printed another figure: 公表値 7,408・計算値 6,598（差 810）."""
    if not figure.difference:
        return ""
    return (
        f"公表値 {shown(figure.published, column)}・計算値 {shown(figure.value, column)}"
        f"（差 {shown(figure.difference, column)}）"
    )
