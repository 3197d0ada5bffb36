"""表を書く — sheets of rows as an XLSX file. The same masters give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from moyai.reservations.workbook.columns import Column

_MADE = datetime(2026, 4, 1)  # noqa: DTZ001 — a file of the same masters is the same file


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be written: heads of its columns, and rows of what `columns.write` gave."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def book(pages: Sequence[Page], *, title: str, words: Sequence[Sequence[str]]) -> bytes:
    """The workbook; `words` are the lines of the first sheet はじめに."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    )
    made.set_properties({"title": title, "created": _MADE})
    head = made.add_format({"bold": True, "bg_color": "#E6E6E6", "text_wrap": True, "valign": "top", "border": 1})
    plain = made.add_format({"text_wrap": True, "valign": "top"})
    text = made.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    day = made.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    number = made.add_format({"num_format": "#,##0", "valign": "top"})
    first = made.add_worksheet(FIRST)
    first.set_column(0, 0, 24)
    first.set_column(1, 1, 90)
    for at, line in enumerate(words):
        for place, cell in enumerate(line):
            first.write_string(at, place, cell, head if place == 0 and len(line) > 1 else plain)
    for page in pages:
        sheet = made.add_worksheet(page.title)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(page.columns):
            sheet.set_column(place, place, column.width, text if column.kind not in ("date", "whole", "yen") else None)
            sheet.write_string(0, place, column.head, head)
            note = _note(column)
            if note:
                sheet.write_comment(0, place, note, {"author": "", "x_scale": 2})
        for at, row in enumerate(page.rows, 1):
            for place, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, date):
                    sheet.write_datetime(at, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif isinstance(value, (int, float)):
                    sheet.write_number(at, place, value, number)
                else:
                    sheet.write_string(at, place, value, text)
        _choices(sheet, page.columns)
    made.close()
    return file.getvalue()


FIRST = "はじめに"


def _note(column: Column) -> str:
    said = [] if not column.required else ["必須。"]
    if column.hint:
        said.append(column.hint)
    if column.words and len(column.words) <= 12:
        said.append("、".join(column.words.values()))
    return "\n".join(said)


def _choices(sheet: Any, columns: Sequence[Column]) -> None:
    """Lists to choose from, as far as a spreadsheet takes them (255 characters)."""
    for place, column in enumerate(columns):
        words = ["○"] if column.kind == "flag" else list(column.words.values()) if column.kind == "choice" else []
        if words and len(",".join(words)) <= 255 and not any("," in word for word in words):
            sheet.data_validation(1, place, 5_000, place, {"validate": "list", "source": words, "ignore_blank": True})
