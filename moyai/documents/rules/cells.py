"""Cells that leave the house in CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | Decimal | date | datetime | bool | None

# A spreadsheet runs a cell that begins with one of these; full-width forms are folded by Japanese versions.
_RUNS = "=+-@\t\r\n＝＋－＠"
_BLANK = " \u3000\u00a0\ufeff\u200b"


def harmless(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula; an apostrophe goes in front where one would."""
    first = text.lstrip(_BLANK)[:1]
    if text[:1] in ("\t", "\r", "\n") or (first and first in _RUNS):
        return "'" + text
    return text


def written(cell: Cell) -> str:
    """A cell as CSV text: dates as ISO, numbers bare, nothing as an empty cell, text made harmless."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | Decimal):
        return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell.replace("\x00", ""))


def csv_lines(*, head: Iterable[Cell], rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """A CSV file line by line: UTF-8 with BOM (so that spreadsheets read Japanese), CRLF, RFC 4180 quotes."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([written(cell) for cell in head])
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([written(cell) for cell in row])
        yield buffer.getvalue().encode("utf-8", "replace")
