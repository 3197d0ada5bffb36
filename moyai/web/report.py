"""`moyai report figures NAME`: the figure tables of every room that offers some. `moyai report annual`: the yearly report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len

from moyai.documents.public import (
    FigureTable,
    render_table_csv,
    render_table_json,
    render_table_pdf,
    render_table_xlsx,
)
from moyai.documents.rules.figures import shown
from moyai.tenants.public import Actor, clock
from moyai.web.rooms import modules


def offered() -> dict[str, Callable[..., dict[str, FigureTable]]]:
    """Figures by name: every room's `figures.FIGURES`."""
    return {name: make for module in modules("figures") for name, make in module.FIGURES.items()}


def figures(*, name: str, fiscal_year: int, face: str, only: str | None, output: str | None) -> int:
    """Write the tables of a fiscal year; exit code 2 for what cannot be asked."""
    known = offered()
    if name not in known:
        return _refuse(f"「{name}」という統計はありません。あるもの：{'、'.join(known)}")
    made = known[name](actor=Actor.system(), now=clock.now(), fiscal_year=fiscal_year)
    if only is not None:
        if only not in made:
            return _refuse(f"「{only}」という表はありません。あるもの：{'、'.join(made)}")
        made = {only: made[only]}
    if face in ("xlsx", "pdf") and (output is None or len(made) != 1):
        return _refuse("xlsxとpdfでは、--tableと--outputを指定してください。")
    content = b"\n".join(_written(table, face) for table in made.values())
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        Path(output).write_bytes(content)
    return 0


def annual(*, fiscal_year: int, face: str, public: bool, output: str | None) -> int:
    """年次報告 of a year; exit code 2 for what cannot be asked. A year that has not begun has no report."""
    from django.template.loader import render_to_string
    from django.utils.translation import override

    from moyai.calendars.public import fiscal_year as fiscal_year_of
    from moyai.council.public import annual_report, report_context, report_json, report_pdf, report_xlsx

    now = clock.now()
    this_year = fiscal_year_of(clock.today(now))
    if not 1990 <= fiscal_year <= this_year:
        return _refuse(f"年度は1990から{this_year}までで指定してください。")
    if face in ("xlsx", "pdf") and output is None:
        return _refuse("xlsxとpdfでは、--outputを指定してください。")
    with override("ja"):
        made = annual_report(actor=Actor.system(), now=now, fiscal_year=fiscal_year, public=public)
        if face == "pdf":
            content = report_pdf(made, now=now)
        elif face == "xlsx":
            content = report_xlsx(made)
        elif face == "json":
            content = json.dumps(report_json(made), ensure_ascii=False, indent=1).encode("utf-8")
        else:
            context = {**report_context(made), "faces": ()}
            content = render_to_string("council/report_file.html", context).encode("utf-8")
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        Path(output).write_bytes(content)
    return 0


def _refuse(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _written(table: FigureTable, face: str) -> bytes:
    if face == "text":
        return as_text(table).encode("utf-8")
    if face == "csv":
        return render_table_csv(table)
    if face == "xlsx":
        return render_table_xlsx(table)
    if face == "pdf":
        return render_table_pdf(table, now=clock.now())
    return json.dumps(render_table_json(table), ensure_ascii=False, indent=1).encode("utf-8")


def as_text(table: FigureTable) -> str:
    """The table in columns, as a terminal shows it; full-width characters count two."""
    head = [table.rows_label, *(column.label for column in table.columns)]
    rows = [
        [
            row.label,
            *(shown(figure.value, column) for column, figure in zip(table.columns, line, strict=True)),
        ]
        for row, line in zip(table.rows, table.solved(), strict=True)
    ]
    widths = [max(cell_len(line[place]) for line in [head, *rows]) for place in range(len(head))]
    lines = [f"{table.caption}" + (f"（単位：{table.unit}）" if table.unit else "")]
    for line in [head, *rows]:
        cells = []
        for place, cell in enumerate(line):
            space = " " * (widths[place] - cell_len(cell))
            numeric = place > 0 and table.columns[place - 1].kind != "text"
            cells.append(space + cell if numeric else cell + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"
