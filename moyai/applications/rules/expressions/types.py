"""Types of the expression language, and the rows that expressions look at."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from moyai.applications.rules.result import RowMark


@dataclass(frozen=True, slots=True)
class Type:
    """A type; options = the only values it can have (of a choice, or of a literal text), None when open."""

    name: str
    options: frozenset[str] | None = None

    @property
    def ja(self) -> str:
        return TYPE_NAMES.get(self.name, self.name)


TYPE_NAMES = {
    "bool": "はい・いいえ（条件）",
    "int": "整数",
    "text": "文字",
    "date": "日付",
    "set": "複数選択",
    "files": "添付ファイル",
    "address": "住所",
    "matrix": "選択の表",
    "group": "くり返し",
    "none": "値のない項目",
}

BOOL = Type("bool")
INT = Type("int")
TEXT = Type("text")
DATE = Type("date")

# Every whole number stays within this; arithmetic beyond it stops at the limit, so that no calculation can
# grow without bound. The largest budget of the country is about 1.2 × 10^14 yen.
LARGEST_NUMBER = 10**15


class Scope:
    """The answers of one row of a repeating group, or of the form itself, while they are being worked out."""

    __slots__ = ("clean", "failed", "key", "marks", "parent", "path", "raw", "rows", "today", "values")

    def __init__(
        self,
        *,
        raw: dict[str, Any],
        today: datetime.date | None,
        path: str = "",
        parent: Scope | None = None,
        marks: tuple[RowMark, ...] = (),
        key: tuple[int, ...] = (),
    ) -> None:
        self.raw = raw
        self.today = today
        self.path = path  # "" or "dogs[1]."
        self.parent = parent
        self.marks = marks
        self.key = key  # place in the document, for errors in reading order
        self.failed: set[str] = set()  # fields whose answer was refused
        self.values: dict[str, Any] = {}  # typed: dates are dates, sets are frozensets
        self.clean: dict[str, Any] = {}  # JSON
        self.rows: dict[str, list[Scope]] = {}


Evaluate = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Expression:
    """A type-checked expression: total, so evaluate never raises; None stands for absent."""

    type: Type
    evaluate: Evaluate
    reads: frozenset[str]


def bounded(number: int) -> int:
    """The number, or the limit it would pass."""
    if number > LARGEST_NUMBER:
        return LARGEST_NUMBER
    return number if number >= -LARGEST_NUMBER else -LARGEST_NUMBER


def climb(levels: int) -> Callable[[Scope], Scope]:
    """A function from a row to the row that many levels further out."""

    def out(scope: Scope) -> Scope:
        for _ in range(levels):
            assert scope.parent is not None
            scope = scope.parent
        return scope

    return out


def merged_options(types: Iterable[Type]) -> frozenset[str] | None:
    """The values that any of the types allows; None as soon as one is open."""
    found: frozenset[str] = frozenset()
    for one in types:
        if one.options is None:
            return None
        found |= one.options
    return found


def age_on(born: datetime.date, on: datetime.date) -> int | None:
    """年齢 — full years on a day. Born on 29 February: a year older from 1 March in other years. Absent
    before birth.

    Source: 年齢計算ニ関する法律 (a year is full at the end of the eve of the birthday).
    """
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years if years >= 0 else None
