"""Figure tables and rows as HTML, CSV, XLSX, PDF and JSON: one definition, five faces."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import xlsxwriter
from django.http import (
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from moyai.calendars.public import day_words
from moyai.documents.actions.letters import MissingGlyph
from moyai.documents.exports import XLSX_TYPE
from moyai.documents.rules.cells import Cell, csv_lines, harmless
from moyai.documents.rules.figures import Column, Figure, FigureTable, Number, shown, shown_beside
from moyai.documents.rules.glyphs import letter_glyphs, missing_in_facts, named
from moyai.documents.rules.names import clean_name
from moyai.documents.rules.workbook import sheet_name
from moyai.documents.typesetting import set_in_type
from moyai.tenants.public import clock

# --- figure tables ---------------------------------------------------------------------------------


def render_table_html(table: FigureTable, *, number: str = "1") -> SafeString:
    """The table as the house shows tables; `number` keeps the caption's id apart from others on the page."""
    lines = []
    for row, figures in zip(table.rows, table.solved(), strict=True):
        cells = [
            {
                "text": shown(figure.value, column).removeprefix("△"),
                "negative": shown(figure.value, column).startswith("△"),
                "numeric": column.kind != "text",
                "label": column.label,
                "beside": _beside(figure, column),
            }
            for column, figure in zip(table.columns, figures, strict=True)
        ]
        lines.append({"label": row.label, "total": bool(row.sum_of), "cells": cells})
    context = {"table": table, "lines": lines, "number": number}
    context |= {"terms": _terms(table), "notes": _notes(table)}
    return mark_safe(render_to_string("documents/figure_table.html", context))  # noqa: S308 (our own template)


def _beside(figure: Figure, column: Column) -> str:
    if not figure.difference:
        return ""
    return _("公表値 %(published)s・計算値 %(computed)s（差 %(gap)s）") % {
        "published": shown(figure.published, column),
        "computed": shown(figure.value, column),
        "gap": shown(figure.difference, column),
    }


def _terms(table: FigureTable) -> list[str]:
    """Unit and date, as they stand over a printed table."""
    unit = [_("単位：%(unit)s") % {"unit": table.unit}] if table.unit else []
    as_of = [_("%(day)s現在") % {"day": day_words(table.as_of, weekday=False)}] if table.as_of else []
    return unit + as_of


def _notes(table: FigureTable) -> list[str]:
    source = [_("出典：%(source)s") % {"source": table.source}] if table.source else []
    return [*source, *(_("注：%(note)s") % {"note": note} for note in table.notes)]


def _wide(table: FigureTable) -> tuple[list[Cell], list[list[Cell]]]:
    """Head and rows for machines; a column with printed figures is followed by 公表値 and 差."""
    printed = {column_key for _row, column_key in table.published}
    head: list[Cell] = [table.rows_label]
    for column in table.columns:
        head.append(column.label)
        if column.key in printed:
            words = (_("%(label)s（公表値）"), _("%(label)s（差）"))
            head += [word % {"label": column.label} for word in words]
    rows: list[list[Cell]] = []
    for row, figures in zip(table.rows, table.solved(), strict=True):
        line: list[Cell] = [row.label]
        for column, figure in zip(table.columns, figures, strict=True):
            line.append(figure.value)
            if column.key in printed:
                line += [figure.published, figure.difference]
        rows.append(line)
    return head, rows


def render_table_csv(table: FigureTable) -> bytes:
    """UTF-8 with BOM; plain numbers, nothing where nothing is known; text that would run made harmless."""
    head, rows = _wide(table)
    return b"".join(csv_lines(head=head, rows=rows))


def render_table_xlsx(table: FigureTable) -> bytes:
    """A workbook of one sheet: caption, unit, head, rows, source and notes."""
    return render_tables_xlsx(table.caption, [(table.caption, table)])


def render_tables_xlsx(title: str, sheets: Sequence[tuple[str, FigureTable]]) -> bytes:
    """A workbook with a sheet for each table, named as said; a name that comes again is numbered."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _WORKBOOK) as book:
        book.set_properties({"title": title})
        styles = _Styles(book)
        names: set[str] = set()
        for name, table in sheets:
            kept, again = sheet_name(name), 1
            while kept.lower() in names:
                again += 1
                kept = f"{sheet_name(name)[:27]} ({again})"
            names.add(kept.lower())
            _fill_sheet(book.add_worksheet(kept), table, styles)
    return out.getvalue()


def _fill_sheet(sheet: Any, table: FigureTable, styles: _Styles) -> None:
    head, rows = _wide(table)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, max(len(head) - 1, 1), 14)
    sheet.write_string(0, 0, table.caption, styles.title)
    sheet.write_string(1, 0, "　".join(_terms(table)))
    for at, cell in enumerate(head):
        sheet.write_string(2, at, str(cell), styles.head)
    for down, (row, line) in enumerate(zip(table.rows, rows, strict=True), start=3):
        for across, cell in enumerate(line):
            _write(sheet, down, across, cell, styles, strong=bool(row.sum_of))
    for down, note in enumerate(_notes(table), start=4 + len(rows)):
        sheet.write_string(down, 0, note)
    sheet.freeze_panes(3, 1)


def render_table_pdf(table: FigureTable, *, now: datetime) -> bytes:
    """The table on paper (A4, tagged, Japanese, across when it is wide). Refuses MissingGlyph."""
    facts = table_facts(table)
    lacking = missing_in_facts(facts, letter_glyphs())
    if lacking:
        words = _("表に印刷できない文字があります：%(letters)s。")
        raise MissingGlyph(words % {"letters": "、".join(named(letter) for letter in lacking[:10])})
    return set_in_type("documents.figures", facts=facts, at=now)


def table_facts(table: FigureTable) -> dict[str, Any]:
    """The table as a letter's facts, for `figure-table` of letters/tables.typ: cells solved and written, in Japanese."""
    with override("ja"):
        terms, notes = _terms(table), _notes(table)
    rows = [
        {
            "label": row.label,
            "total": bool(row.sum_of),
            "cells": [
                {"text": shown(figure.value, column), "total": bool(row.sum_of)}
                for column, figure in zip(table.columns, figures, strict=True)
            ],
        }
        for row, figures in zip(table.rows, table.solved(), strict=True)
    ]
    return {
        "caption": table.caption,
        "terms": terms,
        "rows_label": table.rows_label,
        "columns": [{"label": column.label, "numeric": column.kind != "text"} for column in table.columns],
        "rows": rows,
        "differences": [
            f"{row.label} {column.label}：{shown_beside(figure, column)}"
            for row, column, figure in table.disagreements()
        ],
        "notes": notes,
    }


def render_table_json(table: FigureTable) -> dict[str, Any]:
    """For the API: keys, labels, exact values (decimals as text), and what was published beside them."""

    def plain(value: Number | str | None) -> int | str | None:
        return str(value) if isinstance(value, Decimal) else value

    def cell(figure: Figure) -> dict[str, Any]:
        found: dict[str, Any] = {"value": plain(figure.value)}
        if figure.published is not None:
            found |= {"published": plain(figure.published), "difference": plain(figure.difference)}
        return found

    def head(column: Column) -> dict[str, Any]:
        return {"key": column.key, "label": column.label, "kind": column.kind, "sum_of": list(column.sum_of)}

    return {
        "caption": table.caption,
        "unit": table.unit,
        "source": table.source,
        "as_of": table.as_of.isoformat() if table.as_of else None,
        "notes": list(table.notes),
        "rows_label": table.rows_label,
        "columns": [head(column) for column in table.columns],
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                "sum_of": list(row.sum_of),
                "cells": {
                    column.key: cell(figure) for column, figure in zip(table.columns, figures, strict=True)
                },
            }
            for row, figures in zip(table.rows, table.solved(), strict=True)
        ],
    }


def table_response(table: FigureTable, *, form: str, name: str, now: datetime) -> HttpResponse:
    """The table as a download: `form` is csv, xlsx, pdf or json. Raises KeyError for another."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "csv": ("text/csv; charset=utf-8", lambda: render_table_csv(table)),
        "xlsx": (XLSX_TYPE, lambda: render_table_xlsx(table)),
        "pdf": ("application/pdf", lambda: render_table_pdf(table, now=now)),
    }
    if form == "json":
        words = {"ensure_ascii": False}
        response: HttpResponse = JsonResponse(render_table_json(table), json_dumps_params=words)
    else:
        content_type, make = makers[form]
        response = HttpResponse(make(), content_type=content_type)
    return _as_download(response, name, form)


R = TypeVar("R", bound=HttpResponseBase)


def _as_download(response: R, name: str, ending: str) -> R:
    kept = clean_name(f"{name}.{ending}", ending=ending)
    response["Content-Disposition"] = content_disposition_header(True, kept)
    response["X-Content-Type-Options"] = "nosniff"
    return response


_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
    "default_date_format": "yyyy-mm-dd",
}


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        number = {"num_format": '#,##0.###;"△"#,##0.###;0'}
        whole = {"num_format": '#,##0;"△"#,##0;0'}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bg_color": "#E6E6E6", "bottom": 1, "text_wrap": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.by = {
            strong: {
                "whole": book.add_format({**whole, "bold": strong}),
                "number": book.add_format({**number, "bold": strong}),
                "text": book.add_format({"bold": strong}),
                "none": book.add_format({"bold": strong, "align": "right"}),
            }
            for strong in (False, True)
        }


def _write(sheet: Any, down: int, across: int, cell: Cell, styles: _Styles, *, strong: bool = False) -> None:
    style = styles.by[strong]
    if cell is None:
        sheet.write_string(down, across, "—", style["none"])
    elif isinstance(cell, bool):
        sheet.write_boolean(down, across, cell)
    elif isinstance(cell, int) and abs(cell) < 10**15:
        sheet.write_number(down, across, cell, style["whole"])
    elif isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= 15:
        sheet.write_number(down, across, float(cell), style["number"])
    elif isinstance(cell, int | Decimal):
        sheet.write_string(down, across, str(cell), style["none"])  # a spreadsheet would round it
    elif isinstance(cell, datetime):
        sheet.write_datetime(down, across, cell.astimezone(clock.JST).replace(tzinfo=None), styles.moment)
    elif isinstance(cell, date):
        sheet.write_datetime(down, across, cell, styles.day)
    else:
        sheet.write_string(down, across, harmless(cell)[:32767], style["text"])
