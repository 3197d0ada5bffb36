"""表を読む — an XLSX file as sheets of cells, row by row, whatever was sent in its place.

A workbook is a ZIP of XML: before openpyxl sees it, its parts are counted, unpacked once within bounds, and searched
for a DTD, so that nothing small becomes something endless.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_FILE = 20_000_000  # bytes, as sent
LARGEST_UNPACKED = 200_000_000  # bytes, all parts together
MOST_PARTS = 500
MOST_ROWS = 100_000  # of all sheets together
MOST_COLUMNS = 40
LONGEST_CELL = 32_767  # what a spreadsheet holds
_CHUNK = 1 << 20
_DTD = [
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
]
# What openpyxl raises on parts that are not what they say.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


class Unreadable(ValueError):
    """The file as a whole cannot be taken; the message is for the clerk."""

    @property
    def message(self) -> str:
        return str(self.args[0])


@dataclass(slots=True)
class Sheet:
    """A sheet: its first row as heads, then (number of the row, cells); `formulas` are (row, column) from 1."""

    title: str
    heads: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)


def sheets_of(data: bytes) -> list[Sheet]:
    """Every sheet of the workbook. Raises Unreadable."""
    check_file(data)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, keep_links=False, data_only=False, rich_text=False
        )
        left = MOST_ROWS
        found = []
        for one in book.worksheets:
            sheet = Sheet(str(one.title).strip())
            one.reset_dimensions()  # what the file says of its size is not believed
            for number, cells in enumerate(one.iter_rows(max_col=MOST_COLUMNS), 1):
                left -= 1
                if left < 0:
                    raise Unreadable(_too_many_rows())
                _take(sheet, number, cells)
            found.append(sheet)
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable(_not_a_workbook()) from error
    if not found:
        raise Unreadable(_not_a_workbook())
    return found


def _take(sheet: Sheet, number: int, cells: Any) -> None:
    values: list[Any] = []
    for place, cell in enumerate(cells, 1):
        value = cell.value
        if cell.data_type == "f":
            sheet.formulas.add((number, place))
            value = str(value)
        elif cell.data_type == "e":
            value = str(value)
        elif isinstance(value, str):
            value = value[:LONGEST_CELL]
        values.append(value)
    while values and (values[-1] is None or values[-1] == ""):
        values.pop()
    if number == 1:
        sheet.heads = ["" if value is None else str(value).strip() for value in values]
    elif values:
        sheet.rows.append((number, values))


def check_file(data: bytes) -> None:
    """Refuse what is no workbook, or would not stay small. Raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(_("ファイルが大きすぎます。20MBまでのExcelブックにしてください。"))
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable(
            _("パスワードのついたブックか、古い形式（.xls）のブックです。パスワードを外し、.xlsxで保存してください。")
        )
    if data[:4] != b"PK\x03\x04":
        raise Unreadable(_not_a_workbook())
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable(_not_a_workbook()) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise Unreadable(_not_a_workbook())
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable(_too_large_inside())
    if any("vbaProject" in name for name in names):
        raise Unreadable(_("マクロを含むブックは使えません。.xlsxで保存し直してください。"))
    left = LARGEST_UNPACKED
    for part in parts:
        for piece in _unpacked(archive, part):
            left -= len(piece)
            if left < 0:
                raise Unreadable(_too_large_inside())
            # A sheet may lie in a part of any name: each is searched, in every encoding that is read as XML.
            if any(word in piece for word in _DTD):
                raise Unreadable(_not_a_workbook())
            if part.filename.lower().endswith((".xml", ".rels")) and b"\0" in piece:
                raise Unreadable(_not_a_workbook())


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that overlap, so that no word is cut in two."""
    with archive.open(part) as stream:
        end = b""
        while piece := stream.read(_CHUNK):
            yield end + piece
            end = piece[-32:]


def _not_a_workbook() -> str:
    return _("Excelブック（.xlsx）として読み取れません。書き出したブックを直したものを選んでください。")


def _too_large_inside() -> str:
    return _("ブックの中身が大きすぎます。書き出したブックの形のままにしてください。")


def _too_many_rows() -> str:
    return _("行が多すぎます。全部のシートを合わせて100,000行までにしてください。")
