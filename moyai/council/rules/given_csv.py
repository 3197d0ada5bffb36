"""表を読む — a table of figures typed in a spreadsheet: one head, one row a line, 合計 below, — for none. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from moyai.council.rules.cannot import Cannot

NOTHING = "表が空です。1行目に見出し、2行目から数値を入れてください。"
NO_COLUMNS = "1行目には、行の見出しと列の見出しを入れてください。"
SAME_COLUMN = "列の見出し「%(name)s」が2回あります。"
EMPTY_COLUMN = "1行目の%(at)s列目に見出しがありません。"
WRONG_LENGTH = "%(line)s行目：見出しは%(wanted)s列ですが、%(given)s列あります。"
NO_LABEL = "%(line)s行目：行の見出しがありません。"
SAME_ROW = "%(line)s行目：行の見出し「%(name)s」が2回あります。"
NOT_A_NUMBER = "%(line)s行目「%(name)s」の「%(column)s」：「%(given)s」は数値ではありません。"
TOO_LONG = "%(line)s行目：「%(given)s」は%(most)s字を超えています。"
TOTALS = ("合計", "計")
NONE = ("", "—", "―", "－", "-", "‐")
LONGEST_ROW, LONGEST_COLUMN, LARGEST = 100, 60, Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Read:
    """読んだ表 — `cells` by (row, column): a number or none. `totals` are the rows that print a sum."""

    rows_label: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: dict[tuple[str, str], Decimal | None]
    totals: frozenset[str]
    places: dict[str, int]  # decimals of each column


def read_table(text: str) -> Read:
    """CSVの表を読む — raises Cannot with the line that cannot be read."""
    lines = [
        line for line in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if any(cell.strip() for cell in line)
    ]
    if len(lines) < 2:
        raise Cannot("file", NOTHING)
    head = [cell.strip() for cell in lines[0]]
    columns = head[1:]
    if not columns:
        raise Cannot("file", NO_COLUMNS)
    for at, name in enumerate(head, 1):
        if not name:
            raise Cannot("file", EMPTY_COLUMN, at=at)
        _short(name, 1, LONGEST_COLUMN)
    for name in columns:
        if columns.count(name) > 1:
            raise Cannot("file", SAME_COLUMN, name=name)
    cells: dict[tuple[str, str], Decimal | None] = {}
    rows: list[str] = []
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(head):
            raise Cannot("file", WRONG_LENGTH, line=number, wanted=len(head), given=len(line))
        name = line[0].strip()
        if not name:
            raise Cannot("file", NO_LABEL, line=number)
        _short(name, number, LONGEST_ROW)
        if name in rows:
            raise Cannot("file", SAME_ROW, line=number, name=name)
        rows.append(name)
        for column, given in zip(columns, line[1:], strict=True):
            cells[name, column] = _number(given, number, name, column)
    totals = frozenset(name for name in rows[1:] if name in TOTALS)
    return Read(head[0], tuple(columns), tuple(rows), cells, totals, _places(columns, rows, cells))


def _short(name: str, line: int, most: int) -> None:
    if len(name) > most:
        raise Cannot("file", TOO_LONG, line=line, given=name[:20] + "…", most=most)


def _number(given: str, line: int, name: str, column: str) -> Decimal | None:
    """1,234, △1,234, 12.5 %, full-width digits; — for none."""
    plain = given.strip().translate(_WIDE)
    if plain in NONE:
        return None
    negative = plain.startswith(("△", "▲", "-"))
    digits = plain.lstrip("△▲-").rstrip("%").replace(",", "").strip()
    try:
        value = Decimal(digits)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= LARGEST or value != round(value, 4):
        raise Cannot("file", NOT_A_NUMBER, line=line, name=name, column=column, given=given.strip())
    return -value if negative else value


_WIDE = str.maketrans("０１２３４５６７８９．，％−－", "0123456789.,%--")


def _places(
    columns: Sequence[str], rows: Sequence[str], cells: dict[tuple[str, str], Decimal | None]
) -> dict[str, int]:
    found = {}
    for column in columns:
        exponents = [
            -int(value.normalize().as_tuple().exponent)
            for row in rows
            if (value := cells[row, column]) is not None
        ]
        found[column] = max(0, *exponents) if exponents else 0
    return found
