"""Cells that leave the house in CSV and XLSX."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | Decimal | date | datetime | bool | None

# A spreadsheet runs a cell that begins with one of these; full-width forms are folded by Japanese versions.
_RUNS = "=+-@\t\r\n＝＋－＠"
_BLANK = " \u3000\u00a0\ufeff\u200b"
WARY = frozenset(_RUNS + _BLANK)
BOM = b"\xef\xbb\xbf"


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


def lines_of(*, head: Iterable[Cell], rows: Iterable[Iterable[Cell]]) -> Iterator[tuple[str, list[str]]]:
    """CSV line by line (RFC 4180, CRLF), each with its cells as they were written, the head first."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in itertools.chain([head], rows):
        # Ten million cells pass here in one export: what is plainly harmless text does not cost a call.
        cells = [
            cell if type(cell) is str and cell and cell[0] not in WARY else written(cell) for cell in row
        ]
        writer.writerow(cells)
        line = buffer.getvalue()
        yield (line.replace("\x00", "") if "\x00" in line else line), cells
        buffer.seek(0)
        buffer.truncate()


def csv_lines(*, head: Iterable[Cell], rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """A CSV file line by line: UTF-8 with BOM (so that spreadsheets read Japanese), CRLF, RFC 4180 quotes."""
    mark = BOM
    for line, _cells in lines_of(head=head, rows=rows):
        yield mark + line.encode("utf-8", "replace")
        mark = b""


# --- Windows-31J (CP932) ---------------------------------------------------------------------------

GETA = "〓"
# One character of JIS X 0208, two code points: what others call U+301C, Windows calls U+FF5E. The same sign.
_SAME_SIGN = str.maketrans("〜−‖—¢£¬\u00a0", "～－∥―￠￡￢ ")
# The codec writes private characters and C1 controls, too; nobody else would read them as what they were.
_MEANINGLESS = re.compile("[\u0080-\u009f\u00a0\ue000-\uf8ff]")
# A letter with its marks and variation selectors is one character: 葛󠄀 is not 葛.
_WITH_MARKS = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


def cp932_ok(text: str) -> bytes | None:
    """The text in CP932, or None if a character of it has no place there."""
    if _MEANINGLESS.search(text):
        return None
    try:
        return text.encode("cp932")
    except UnicodeEncodeError:
        return None


def in_cp932(text: str) -> tuple[str, list[str]]:
    """The text as CP932 can write it, and the characters that became 〓, in order.

    Signs that Windows only numbers otherwise (〜−‖—¢£¬) and composed forms are not lost and not named.
    """
    lost: list[str] = []

    def written_as(match: re.Match[str]) -> str:
        sign = match[0]
        for form in (sign, sign.translate(_SAME_SIGN), unicodedata.normalize("NFC", sign)):
            if cp932_ok(form) is not None:
                return form
        lost.append(sign)
        return GETA

    return _WITH_MARKS.sub(written_as, text), lost


def code_points(sign: str) -> str:
    """「U+20BB7」, or several for a letter with marks."""
    return " ".join(f"U+{ord(each):04X}" for each in sign)
