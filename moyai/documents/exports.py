"""一括出力 — rows of any number as CSV or XLSX, in constant memory.

An export is written whole, to a file without a name, inside the transaction that reads its rows (a server-side
cursor, `.iterator()`, is the caller's); the answer then hands out the file. Nothing stays on the disk, whatever
dies in between.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.documents.rules import workbook
from moyai.documents.rules.cells import BOM, Cell, code_points, cp932_ok, in_cp932, lines_of
from moyai.documents.rules.names import clean_name
from moyai.tenants.public import Refusal

Rows = Iterable[Sequence[Cell]]
Encoding = Literal["utf-8-sig", "cp932"]
OnUnmappable = Literal["report", "refuse"]

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOST = "書けない文字"  # files are in Japanese, whatever the language of the page
_BUFFER = 1 << 20
_QUICK = 1  # the disk is faster than thorough packing
_MOST_CUTS_NAMED = 10_000


class UnmappableCharacters(Refusal):
    """A character of the rows has no place in CP932; the message names where it stands."""

    code = "unmappable_characters"
    status = 422
    message = gettext_lazy("シフトJISで書き出せない文字があります。")  # type: ignore[assignment]


@dataclass(slots=True)
class Export:
    """A finished export: the open file, its kind, its rows (head not counted), and the characters written as 〓."""

    file: IO[bytes]
    ending: str
    content_type: str
    rows: int
    replaced: int = 0


def stream_csv(
    rows: Rows,
    columns: Sequence[str],
    *,
    encoding: Encoding = "utf-8-sig",
    on_unmappable: OnUnmappable = "report",
    name: str = "export",
) -> Export:
    """CSV (RFC 4180, CRLF) of rows of any number: UTF-8 with BOM, or CP932 for older systems.

    Text that a spreadsheet would run (=, +, -, @, tab, CR, ＝＋－＠) gets an apostrophe in front. What CP932 cannot
    write becomes 〓, and the export becomes a ZIP of two files: `name`.csv, and `name`_書けない文字.csv (UTF-8 with
    BOM: line number in the file with the head as 1, column, character, code point), one line for each place; so
    the first file stays what a machine expects. When nothing was lost, it is the plain CSV. With
    `on_unmappable="refuse"` the first such character refuses the export (UnmappableCharacters).
    """
    with ExitStack() as unless_done:
        file = unless_done.enter_context(_spool())
        if encoding == "utf-8-sig":
            count = _utf8(file, rows, columns)
            export = Export(file, "csv", "text/csv; charset=utf-8", count)
        else:
            export = _cp932(file, rows, columns, on_unmappable, name)
        export.file.seek(0)
        if export.file is file:
            unless_done.pop_all()
        return export


def _utf8(file: IO[bytes], rows: Rows, columns: Sequence[str]) -> int:
    file.write(BOM)
    number = 0
    for number, (line, _cells) in enumerate(lines_of(head=columns, rows=rows)):  # noqa: B007
        file.write(line.encode("utf-8", "replace"))
    return number


def _cp932(
    file: IO[bytes],
    rows: Rows,
    columns: Sequence[str],
    on_unmappable: OnUnmappable,
    name: str,
) -> Export:
    with _spool() as report:
        number, replaced = _cp932_lines(file, report, rows, columns, on_unmappable)
        if not replaced:
            return Export(file, "csv", "text/csv; charset=Shift_JIS", number)
        return Export(_packed(name, file, report), "zip", "application/zip", number, replaced)


def _cp932_lines(
    file: IO[bytes], report: IO[bytes], rows: Rows, columns: Sequence[str], on_unmappable: OnUnmappable
) -> tuple[int, int]:
    number = replaced = 0
    for number, (line, cells) in enumerate(lines_of(head=columns, rows=rows)):
        whole = cp932_ok(line)
        if whole is not None:
            file.write(whole)
            continue
        plain = []
        for at, cell in enumerate(cells):
            text, lost = in_cp932(cell)
            plain.append(text)
            for sign in lost:
                if on_unmappable == "refuse":
                    words = _(
                        "シフトJISで書き出せない文字があります：%(line)s行目「%(column)s」の%(sign)s（%(code)s）。"
                    )
                    where = {
                        "line": number + 1,
                        "column": columns[at],
                        "sign": sign,
                        "code": code_points(sign),
                    }
                    raise UnmappableCharacters(words % where)
                if not replaced:
                    report.write(BOM + _line("行", "列", LOST, "符号位置"))
                replaced += 1
                report.write(_line(number + 1, columns[at], sign, code_points(sign)))
        for again, _same in lines_of(head=plain, rows=()):
            file.write(again.encode("cp932"))
    return number, replaced


def _line(*cells: Cell) -> bytes:
    return next(lines_of(head=cells, rows=()))[0].encode("utf-8", "replace")


def _packed(name: str, file: IO[bytes], report: IO[bytes]) -> IO[bytes]:
    out = _spool()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as pack:
        for inner, source in ((f"{name}.csv", file), (f"{name}_{LOST}.csv", report)):
            source.seek(0)
            with pack.open(clean_name(inner, ending="csv"), "w", force_zip64=True) as into:
                shutil.copyfileobj(source, into, _BUFFER)
    return out


def stream_xlsx(rows: Rows, columns: Sequence[str], *, title: str = "") -> Export:
    """XLSX of rows of any number; the head stands still. Nothing in it is a formula.

    Whole numbers up to 15 digits are numbers, longer ones text; days and moments (Japanese time) are dates from
    1900-03-01 on. More than 1,048,575 rows go on in a further sheet. A text longer than 32,767 characters is cut
    there, and a last sheet names each such cell.
    """
    name = workbook.sheet_name(title)
    with ExitStack() as unless_done:
        file = unless_done.enter_context(_spool())
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as pack:
            count, names = _sheets(pack, iter(rows), columns, name)
            pack.writestr("xl/workbook.xml", workbook.workbook(names))
            pack.writestr("xl/_rels/workbook.xml.rels", workbook.workbook_relations(len(names)))
            pack.writestr("xl/styles.xml", workbook.STYLES)
            pack.writestr("_rels/.rels", workbook.RELATIONS)
            pack.writestr("[Content_Types].xml", workbook.content_types(len(names)))
        file.seek(0)
        unless_done.pop_all()
        return Export(file, "xlsx", XLSX_TYPE, count)


def _sheets(
    pack: zipfile.ZipFile, rows: Iterator[Sequence[Cell]], columns: Sequence[str], name: str
) -> tuple[int, list[str]]:
    names: list[str] = []
    cuts: list[tuple[str, int, str, int]] = []
    count, going_on = 0, True
    first = next(rows, None)
    while going_on:
        names.append(name if not names else f"{name[:26]} ({len(names) + 1})")
        writer = workbook.RowWriter(len(columns))
        with pack.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
            sheet.write((workbook.SHEET_HEAD + writer.head(columns)).encode())
            number = 1
            pieces: list[str] = []
            while first is not None and number < workbook.MOST_ROWS:
                number += 1
                pieces.append(writer.row(number, first))
                first = next(rows, None)
                if len(pieces) == 200:
                    sheet.write("".join(pieces).encode("utf-8", "replace"))
                    pieces.clear()
            sheet.write(("".join(pieces) + workbook.SHEET_TAIL).encode("utf-8", "replace"))
            count += number - 1
        cuts += [(names[-1], line, columns[at], length) for line, at, length in writer.cut]
        del cuts[_MOST_CUTS_NAMED:]
        going_on = first is not None
    if cuts:
        names.append("長すぎて切った文字")
        head = ["シート", "行", "列", "文字数"]
        writer = workbook.RowWriter(len(head))
        lines = (writer.row(number, cut) for number, cut in enumerate(cuts, 2))
        page = workbook.SHEET_HEAD + writer.head(head) + "".join(lines) + workbook.SHEET_TAIL
        pack.writestr(f"xl/worksheets/sheet{len(names)}.xml", page)
    return count, names


def _spool() -> IO[bytes]:
    """A file without a name on the disk of the house's files; it is gone when it is closed, or we die."""
    folder = Path(settings.MOYAI_FILES)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryFile(buffering=_BUFFER, dir=folder)


def export_file(export: Export, *, name: str) -> FileResponse:
    """The export as a download called `name` (Japanese is fine; the ending is the export's). Never kept by caches."""
    size = export.file.seek(0, os.SEEK_END)
    export.file.seek(0)
    response = FileResponse(
        export.file,
        as_attachment=True,
        filename=clean_name(f"{name}.{export.ending}", ending=export.ending),
        content_type=export.content_type,
    )
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
