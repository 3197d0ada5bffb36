"""年次報告の文と記載値 — what only the paper says, each with its place in it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from moyai.council.actions.report import Cell, Shape, bring_figures, write_report_text
from moyai.council.figures.report import NAME
from moyai.web.loading.checks import described
from moyai.web.loading.reading import Row
from moyai.web.loading.task import Loading


def load_paper(task: Loading) -> None:
    """The council's name, its sentences and the tables of the paper."""
    write_report_text(
        **task.acting,
        fiscal_year=task.fiscal_year,
        section=NAME,
        text=task.council["name"],
        source=task.source(task.council),
    )
    for row in task.seed["texts"]:
        with task.at(row):
            write_report_text(
                **task.acting,
                fiscal_year=task.fiscal_year,
                section=row["section"],
                position=row["position"],
                text=row["text"],
                source=task.source(row),
            )
    cells: dict[str, list[Cell]] = defaultdict(list)
    first: dict[str, Row] = {}
    for row in task.seed["figures"]:
        first.setdefault(row["table"], row)
        cells[row["table"]].append(_cell(task, row))
    shapes = {row["table"]: (row, at) for at, row in enumerate(task.seed["tables"], 1)}
    for code, of_table in cells.items():
        shape_row, position = shapes.get(code, (None, 0))
        with task.at(shape_row or first[code]):
            bring_figures(
                **task.acting,
                fiscal_year=task.fiscal_year,
                code=code,
                cells=of_table,
                shape=_shape(task, shape_row, position) if shape_row is not None else None,
            )


def _cell(task: Loading, row: Row) -> Cell:
    is_number = row["kind"] in ("cell", "total")
    return Cell(
        row["row"],
        row["column"],
        number=Decimal(row["value"]) if is_number else None,
        text=row["value"] if row["kind"] == "text" else "",
        total=row["kind"] == "total",
        source=task.source(row),
    )


def _shape(task: Loading, row: Row, position: int) -> Shape:
    return Shape(
        caption=row["caption"],
        rows_label=row["rows_label"],
        columns=tuple(described(row["columns"])),
        section=row["section"],
        unit=row["unit"],
        notes=tuple(row["notes"]),
        position=position,
        source=task.source(row),
    )
