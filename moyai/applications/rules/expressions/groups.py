"""Operators that look over the rows of a repeating group."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from moyai.applications.rules.expressions.builder import Build, Builder, Built
from moyai.applications.rules.expressions.types import BOOL, DATE, INT, Evaluate, Scope, Type, bounded
from moyai.applications.rules.words import either


def _rows(
    b: Builder, given: dict[str, Any], at: tuple[str, ...], path: str
) -> tuple[tuple[str, ...], Evaluate] | None:
    """Where the rows stand, and the rows that `where` lets through."""
    found = b.group(given["group"], at=at, path=f"{path}.group")
    if found is None:
        return None
    inside, get_rows = found
    if "where" not in given:
        return inside, get_rows
    where = b.build(given["where"], at=inside, path=f"{path}.where", expected=BOOL)
    if where is None:
        return None
    holds = where[1]
    return inside, lambda scope: [row for row in get_rows(scope) if holds(row)]


def count(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """{"count": {"group": …, "where": …}} — how many rows."""
    given = b.named(args, path=path, operator=name, needed=("group",), optional=("where",))
    found = _rows(b, given, at, path) if given is not None else None
    if found is None:
        return None
    rows = found[1]
    return INT, lambda scope: len(rows(scope))


def _of(
    b: Builder, args: Any, at: tuple[str, ...], path: str, name: str, *, allowed: tuple[str, ...]
) -> tuple[Type, Evaluate, Evaluate] | None:
    given = b.named(args, path=path, operator=name, needed=("group", "of"), optional=("where",))
    found = _rows(b, given, at, path) if given is not None else None
    if given is None or found is None:
        return None
    inside, rows = found
    built = b.build(given["of"], at=inside, path=f"{path}.of")
    if built is None:
        return None
    if built[0].name not in allowed:
        b.problem(
            f"{path}.of",
            "e_expected_type",
            expected=either([Type(one).words for one in allowed]),
            found=built[0].words,
        )
        return None
    return built[0], rows, built[1]


def total(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """{"sum": {"group": …, "of": …}} — rows without a value add nothing; no rows are 0."""
    found = _of(b, args, at, path, name, allowed=("int",))
    if found is None:
        return None
    _, rows, of = found
    return INT, lambda scope: bounded(sum(value for row in rows(scope) if (value := of(row)) is not None))


def extreme(pick: Callable[[list[Any]], Any]) -> Build:
    """The least or greatest value of the rows; absent when no row has one."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        found = _of(b, args, at, path, name, allowed=("int", "date"))
        if found is None:
            return None
        kind, rows, of = found

        def calculate(scope: Scope) -> Any:
            values = [value for row in rows(scope) if (value := of(row)) is not None]
            return pick(values) if values else None

        return kind, calculate

    return build


def quantifier(over: Callable[[Iterable[object]], bool]) -> Build:
    """Whether any row, or every row, fulfils `where`."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        given = b.named(args, path=path, operator=name, needed=("group", "where"))
        found = b.group(given["group"], at=at, path=f"{path}.group") if given is not None else None
        if given is None or found is None:
            return None
        inside, rows = found
        where = b.build(given["where"], at=inside, path=f"{path}.where", expected=BOOL)
        if where is None:
            return None
        holds = where[1]
        return BOOL, lambda scope: over(holds(row) for row in rows(scope))

    return build


def distinct(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """Whether no two rows have the same value; rows without one do not count."""
    found = _of(b, args, at, path, name, allowed=("text", "int", "date"))
    if found is None:
        return None
    _, rows, of = found

    def all_differ(scope: Scope) -> bool:
        values = [value for row in rows(scope) if (value := of(row)) is not None]
        return len(values) == len(set(values))

    return BOOL, all_differ


def periods_overlap(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """期間の重複 — whether two rows share a day.

    A period without an end goes on; one without a start is left out.
    """
    given = b.named(args, path=path, operator=name, needed=("group", "from", "to"))
    found = b.group(given["group"], at=at, path=f"{path}.group") if given is not None else None
    if given is None or found is None:
        return None
    inside, rows = found
    start = b.build(given["from"], at=inside, path=f"{path}.from", expected=DATE)
    end = b.build(given["to"], at=inside, path=f"{path}.to", expected=DATE)
    if start is None or end is None:
        return None
    get_start, get_end = start[1], end[1]

    def overlap(scope: Scope) -> bool:
        periods = sorted(
            (first, get_end(row) or datetime.date.max)
            for row in rows(scope)
            if (first := get_start(row)) is not None
        )
        latest = datetime.date.min
        for first, last in periods:
            if first <= latest:
                return True
            latest = max(latest, last)
        return False

    return BOOL, overlap
