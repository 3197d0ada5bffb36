"""CSVを読む — every file of a seed against its shape; what is wrong is named with file, line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

Parse = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """誤り — in a line of a file (0: the file itself)."""

    file: str
    line: int
    text: str
    column: str = ""

    def __str__(self) -> str:
        where = f"{self.file} {self.line}行目" if self.line else self.file
        return f"{where}{f' {self.column}' if self.column else ''}：{self.text}"


class SeedFaulty(Exception):
    """What was read cannot be loaded. Nothing is stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file, read: `row["held_on"]` is a date."""

    file: str
    line: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def where(self) -> str:
        return f"{self.file} {self.line}行目"

    def fault(self, text: str, column: str = "") -> Fault:
        return Fault(self.file, self.line, text, column)


@dataclass(frozen=True, slots=True)
class Column:
    """列 — `parse` raises ValueError with what is wrong in Japanese. An empty cell is `empty`, or refused where it must be filled."""

    parse: Parse
    must: bool = True
    empty: Any = None


@dataclass
class Seed:
    """資料 — rows by file name without ending, in the order of the lines."""

    name: str
    files: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, file: str) -> list[Row]:
        return self.files.get(file, [])


# --- what may stand in a cell ------------------------------------------------------------------------


def words(most: int) -> Parse:
    def parse(given: str) -> str:
        if len(given) > most:
            raise ValueError(f"{most}字を超えています。")
        return given

    return parse


def slug(given: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", given):
        raise ValueError(f"「{given}」は記号として使えません（英小文字・数字・ハイフン）。")
    return given


def day(given: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(f"「{given}」は日付ではありません（例：2017-04-01）。") from None


def whole(low: int = 0, high: int = 10**15) -> Parse:
    def parse(given: str) -> int:
        if not re.fullmatch(r"-?\d{1,16}", given):
            raise ValueError(f"「{given}」は整数ではありません。")
        number = int(given)
        if not low <= number <= high:
            raise ValueError(f"「{given}」は{low:,}から{high:,}までの範囲にありません。")
        return number

    return parse


def number(given: str) -> str:
    """A decimal as text; whether it is one is seen here."""
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,4})?", given):
        raise ValueError(f"「{given}」は数値ではありません。")
    return given


def one_of(*choices: str) -> Parse:
    def parse(given: str) -> str:
        if given not in choices:
            raise ValueError(f"「{given}」は選べません。選べるもの：{'、'.join(choices)}")
        return given

    return parse


def yes(given: str) -> bool:
    if given != "yes":
        raise ValueError(f"「{given}」は選べません。yes か空にしてください。")
    return True


def listed(separator: str = ";") -> Parse:
    def parse(given: str) -> list[str]:
        return [one.strip() for one in given.split(separator) if one.strip()]

    return parse


# --- files -------------------------------------------------------------------------------------------


def read_seed(folder: Path, shapes: Mapping[str, Mapping[str, Column]], needed: Sequence[str] = ()) -> Seed:
    """Every *.csv of a folder. Raises SeedFaulty with all that is wrong, file by file."""
    faults: list[Fault] = []
    seed = Seed(folder.name)
    for path in sorted(folder.glob("*.csv")):
        shape = shapes.get(path.stem)
        if shape is None:
            faults.append(Fault(path.name, 0, "この名前のファイルは読み込めません。"))
            continue
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            faults.append(Fault(path.name, 0, "UTF-8の文字として読めません。"))
            continue
        rows, wrong = read_file(path.name, text, shape)
        seed.files[path.stem] = rows
        faults += wrong
    faults += [Fault(f"{name}.csv", 0, "ファイルがありません。") for name in needed if name not in seed.files]
    if faults:
        raise SeedFaulty(faults)
    return seed


def read_file(name: str, text: str, shape: Mapping[str, Column]) -> tuple[list[Row], list[Fault]]:
    """One file: its rows, and what is wrong in it."""
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = next(reader)
    except StopIteration:
        return [], [Fault(name, 1, "見出しの行がありません。")]
    faults += [Fault(name, 1, "列がありません。", column) for column in shape if column not in head]
    faults += [Fault(name, 1, "この列は読み込めません。", column) for column in head if column not in shape]
    if len(set(head)) != len(head):
        faults.append(Fault(name, 1, "同じ見出しの列があります。"))
    if faults:
        return [], faults
    rows: list[Row] = []
    line = reader.line_num + 1
    for cells in reader:
        begins, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            faults.append(Fault(name, begins, f"見出しは{len(head)}列ですが、{len(cells)}列あります。"))
            continue
        values: dict[str, Any] = {}
        for column, given in zip(head, cells, strict=True):
            try:
                values[column] = _read(shape[column], given.strip())
            except ValueError as fault:
                faults.append(Fault(name, begins, str(fault), column))
        rows.append(Row(name, begins, values))
    return rows, faults


def _read(column: Column, given: str) -> Any:
    if not given:
        if column.must:
            raise ValueError("空です。")
        return column.empty
    return column.parse(given)


@contextmanager
def naming(row: Row, *refusals: type[Exception]) -> Iterator[None]:
    """What an action refuses is said with the line it came from."""
    try:
        yield
    except refusals as refusal:
        raise SeedFaulty([row.fault(str(getattr(refusal, "message", "")) or str(refusal))]) from refusal
