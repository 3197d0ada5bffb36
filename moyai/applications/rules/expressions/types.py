"""Types of the expression language, and the rows that expressions look at."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moyai.applications.rules.result import RowMark
from moyai.applications.rules.words import Words


@dataclass(frozen=True, slots=True)
class Type:
    """A type; options = the only values it can have (of a choice, or of a literal text), None when open."""

    name: str
    options: frozenset[str] | None = None

    @property
    def words(self) -> Words:
        """The type as those who build forms call it."""
        return TYPE_NAMES[self.name]


TYPE_NAMES = {
    "bool": Words("はい・いいえ（条件）", "yes or no (a condition)"),
    "int": Words("整数", "whole number"),
    "text": Words("文字", "text"),
    "date": Words("日付", "date"),
    "time": Words("時刻", "time of day"),
    "set": Words("複数選択", "choice of several"),
    "files": Words("添付ファイル", "files"),
    "address": Words("住所", "address"),
    "account": Words("口座", "bank account"),
    "point": Words("地図上の位置", "point on the map"),
    "matrix": Words("選択の表", "grid of choices"),
    "group": Words("くり返し", "repeating group"),
    "none": Words("値のない項目", "field without a value"),
}

BOOL = Type("bool")
INT = Type("int")
TEXT = Type("text")
DATE = Type("date")
TIME = Type("time")  # HH:MM, which compares as it reads

# Every whole number stays within this; arithmetic beyond it stops at the limit, so that no calculation can
# grow without bound. The largest budget of the country is about 1.2 × 10^14 yen.
LARGEST_NUMBER = 10**15


OfficeDay = Callable[[datetime.date, int], datetime.date]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the answers: the day, what the caller gives, and the office's calendar.

    office_day gives the n-th office day after a day (n from 1).
    """

    today: datetime.date | None = None
    given: Mapping[str, Any] = field(default_factory=dict)  # typed
    office_day: OfficeDay | None = None


NO_FACTS = Facts()


class Scope:
    """The answers of one row of a repeating group, or of the form itself, while they are being worked out."""

    __slots__ = ("clean", "facts", "failed", "key", "marks", "parent", "path", "raw", "rows", "values")

    def __init__(
        self,
        *,
        raw: dict[str, Any],
        facts: Facts = NO_FACTS,
        path: str = "",
        parent: Scope | None = None,
        marks: tuple[RowMark, ...] = (),
        key: tuple[int, ...] = (),
    ) -> None:
        self.raw = raw
        self.facts = facts
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
    open: bool = False  # depends on more than fields and constants: nobody can try all its values


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
