"""A workbook of rows, part by part (ECMA-376, SpreadsheetML): text stands in its cell, no part knows the whole.

For exports of millions of cells, where a general writer takes minutes; figure tables use XlsxWriter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from xml.sax.saxutils import escape

from moyai.documents.rules.cells import WARY, Cell, harmless

MOST_ROWS = 1_048_576  # of a sheet, head included
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
_JST = timezone(timedelta(hours=9))
_DAY_NOUGHT = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was

# What XML cannot hold, what means something in it, and what a spreadsheet reads as an escape of its own.
_CAREFUL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_HEAD, _WHOLE, _NUMBER, _DAY, _MOMENT = 1, 2, 3, 4, 5

STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="4"><numFmt numFmtId="164" formatCode="#,##0;&quot;△&quot;#,##0;0"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.###;&quot;△&quot;#,##0.###;0"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="167" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font>'
    '<font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE6E6E6"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="6"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    + "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in (164, 165, 166, 167))
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
SHEET_TAIL = "</sheetData></worksheet>"
RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def text_of(text: str) -> str:
    """Text between tags; controls that no XML can hold become U+FFFD."""
    if not _CAREFUL.search(text):
        return text
    kept = _UNWRITABLE.sub("\ufffd", text)
    return _ESCAPE.sub("_x005F_", escape(kept)).replace("\r", "_x000D_")


class RowWriter:
    """Rows as XML, counted; `cut` names the cells that were longer than a spreadsheet can hold."""

    def __init__(self, columns: int) -> None:
        if not 1 <= columns <= MOST_COLUMNS:
            raise ValueError("a sheet has from 1 to 16,384 columns")
        self._letters = [_letters(at) for at in range(columns)]
        self.cut: list[tuple[int, int, int]] = []

    def head(self, columns: Sequence[str]) -> str:
        cells = zip(self._letters, columns, strict=True)
        body = "".join(_text(f"{at}1", harmless(label), style=_HEAD) for at, label in cells)
        return f'<row r="1">{body}</row>'

    def row(self, number: int, row: Iterable[Cell]) -> str:
        """The row whose number in the sheet is `number`; raises ValueError where it has too many cells."""
        out = [f'<row r="{number}">']
        add = out.append
        letters = self._letters
        for at, cell in zip(count(), row, strict=False):
            if type(cell) is str:
                if not cell:
                    continue
                if len(cell) > LONGEST_CELL:
                    self.cut.append((number, at, len(cell)))
                    cell = cell[:LONGEST_CELL]  # noqa: PLW2901
                if cell[0] in WARY:
                    cell = harmless(cell)[:LONGEST_CELL]  # noqa: PLW2901
                words = text_of(cell) if _CAREFUL.search(cell) else cell
                add(
                    f'<c r="{letters[at]}{number}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
                )
            elif cell is not None:
                add(_other(f"{letters[at]}{number}", cell))
        add("</row>")
        return "".join(out)


def _letters(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _text(place: str, text: str, *, style: int = 0) -> str:
    mark = f' s="{style}"' if style else ""
    return f'<c r="{place}"{mark} t="inlineStr"><is><t xml:space="preserve">{text_of(text)}</t></is></c>'


def _other(place: str, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int) and abs(cell) < 10**15:
        return f'<c r="{place}" s="{_WHOLE}"><v>{cell}</v></c>'
    if isinstance(cell, Decimal) and cell.is_finite() and len(cell.as_tuple().digits) <= 15:
        return f'<c r="{place}" s="{_NUMBER}"><v>{cell:f}</v></c>'
    if isinstance(cell, datetime):
        local = cell.astimezone(_JST) if cell.tzinfo else cell
        if local.date() >= _FIRST_DAY:
            seconds = local.hour * 3600 + local.minute * 60 + local.second
            day = (local.date() - _DAY_NOUGHT).days
            return f'<c r="{place}" s="{_MOMENT}"><v>{day + seconds / 86400:.10f}</v></c>'
        return _text(place, local.isoformat(sep=" ", timespec="seconds"))
    if isinstance(cell, date):
        if cell >= _FIRST_DAY:
            return f'<c r="{place}" s="{_DAY}"><v>{(cell - _DAY_NOUGHT).days}</v></c>'
        return _text(place, cell.isoformat())
    return _text(place, harmless(str(cell))[:LONGEST_CELL])  # a number that a spreadsheet would round


def content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}</Types>'
    )


def workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def workbook_relations(sheets: int) -> str:
    parts = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, sheets + 1)
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{parts}{styles}</Relationships>'


def sheet_name(text: str) -> str:
    """A name a sheet may bear: 31 characters, none of []:*?/\\ ."""
    kept = "".join(letter for letter in text if letter not in "[]:*?/\\" and letter.isprintable()).strip("' ")
    return kept[:31] or "Sheet1"
