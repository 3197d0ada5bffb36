"""表のファイルを読む — the first sheet of an XLSX or a CSV as rows of text. Pure: bytes in, rows out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

LARGEST_PART = 20_000_000  # bytes of one part, unpacked
MOST_ROWS, MOST_COLUMNS = 2_000, 40
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)


class SheetUnreadable(ValueError):
    """`code`: encoding, not_a_sheet, large, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows_of(data: bytes) -> list[list[str]]:
    """Rows of cells, ends trimmed, without empty rows at the end. Raises SheetUnreadable."""
    rows = _of_workbook(data) if data[:4] == b"PK\x03\x04" else _of_csv(data)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise SheetUnreadable("empty")
    if len(rows) > MOST_ROWS or max(map(len, rows)) > MOST_COLUMNS:
        raise SheetUnreadable("large")
    return rows


def _of_csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetUnreadable("encoding")
    if "\0" in text:
        raise SheetUnreadable("not_a_sheet")
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise SheetUnreadable("not_a_sheet") from error


def _of_workbook(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = sorted(
                name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)
            )
            if not names:
                raise SheetUnreadable("not_a_sheet")
            sheet = _parsed(
                archive, min(names, key=lambda name: int(re.sub(r"\D", "", name.rsplit("/")[-1])))
            )
            shared = (
                [_text(one) for one in _parsed(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
                if "xl/sharedStrings.xml" in archive.namelist()
                else []
            )
    except (zipfile.BadZipFile, ElementTree.ParseError, OSError, NotImplementedError, RuntimeError) as error:
        raise SheetUnreadable("not_a_sheet") from error
    rows: list[list[str]] = []
    for cell in sheet.iter(f"{_MAIN}c"):
        found = _CELL.fullmatch(cell.get("r", ""))
        if found is None:
            raise SheetUnreadable("not_a_sheet")
        row, column = int(found[2]) - 1, _column(found[1])
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            raise SheetUnreadable("large")
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = _value(cell, shared)
    return rows


def _parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise SheetUnreadable("large")
    with archive.open(name) as part:
        text = part.read(LARGEST_PART + 1)
    if len(text) > LARGEST_PART:
        raise SheetUnreadable("large")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # no spreadsheet has one: nothing is expanded
        raise SheetUnreadable("not_a_sheet")
    return ElementTree.fromstring(text)  # noqa: S314 — bounded above, and without any DTD


def _column(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number - 1


def _text(part: ElementTree.Element) -> str:
    """The text of a string, without the readings that Japanese workbooks keep beside it."""
    found = [part.findtext(f"{_MAIN}t", "")]
    found += [run.findtext(f"{_MAIN}t", "") for run in part.findall(f"{_MAIN}r")]
    return "".join(found).strip()


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return _text(inline) if inline is not None else ""
    value = (cell.findtext(f"{_MAIN}v") or "").strip()
    if kind == "s":
        return shared[int(value)] if value.isascii() and value.isdigit() and int(value) < len(shared) else ""
    if kind == "b":
        return "○" if value == "1" else ""
    return value.removesuffix(".0") if kind == "n" else value
