"""Operators that give a value: fields, constants, dates, parts, sizes, one of two."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from moyai.applications.rules.expressions.builder import Builder, Built, present, reader
from moyai.applications.rules.expressions.types import (
    BOOL,
    DATE,
    INT,
    Scope,
    Type,
    merged_options,
)
from moyai.applications.rules.text import graphemes
from moyai.applications.rules.words import Words


def _fiscal_year(day: datetime.date) -> int:
    """年度 — the year in which it begins, on 1 April (地方自治法第208条)."""
    return day.year - (day.month < 4)


FACTS: dict[str, Callable[[datetime.date], datetime.date]] = {
    "today": lambda day: day,
    "fiscal_year_start": lambda day: datetime.date(_fiscal_year(day), 4, 1),
    "fiscal_year_end": lambda day: datetime.date(_fiscal_year(day) + 1, 3, 31),
}


def field(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """The value of a field."""
    found = b.declared(args, at=at, path=path)
    if found is None:
        return None
    declared, levels = found
    if declared.type.name in ("none", "group"):
        b.problem(path, "e_no_value", id=declared.id)
        return None
    return declared.type, reader(declared.id, levels)


def constant(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A constant of the edition."""
    if not isinstance(args, str) or args not in b.constants:
        b.problem(path, "e_no_constant", id=str(args)[:60])
        return None
    number = b.constants[args]
    return INT, lambda scope: number


def fact(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """The day of the application, and the ends of the fiscal year it lies in."""
    known = FACTS.get(args) if isinstance(args, str) else None
    if known is None:
        b.problem(path, "e_arguments", operator=name, expected=", ".join(FACTS))
        return None
    b.open = True
    work_out = known

    def fact(scope: Scope) -> Any:
        today = scope.facts.today
        return None if today is None else work_out(today)

    return DATE, fact


def date(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A date written out."""
    day = b.date(args, path=path)
    return None if day is None else (DATE, lambda scope: day)


def is_present(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A field has an answer, or a group a row."""
    found = b.declared(args, at=at, path=path)
    if found is None:
        return None
    declared, levels = found
    if declared.type.name == "none":
        b.problem(path, "e_no_value", id=declared.id)
        return None
    return BOOL, present(declared.id, levels, declared.type.name == "group")


def part(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """One part of an address or of a matrix."""
    given = b.named(args, path=path, operator=name, needed=("field", "part"))
    found = b.declared(given["field"], at=at, path=f"{path}.field") if given else None
    if given is None or found is None:
        return None
    declared, levels = found
    part = given["part"]
    if not isinstance(part, str) or part not in declared.parts:
        b.problem(f"{path}.part", "e_no_part", part=str(part)[:60])
        return None
    get = reader(declared.id, levels)

    def one_part(scope: Scope) -> Any:
        whole = get(scope)
        return None if whole is None else whole.get(part)

    return declared.parts[part], one_part


def size(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """How many are chosen or attached; how many characters a text has. Absent counts 0."""
    built = b.build(args, at=at, path=path)
    if built is None:
        return None
    found, get = built
    if found.name not in ("set", "files", "text"):
        b.problem(path, "e_expected_type", expected=Type("set").words, found=found.words)
        return None
    length: Callable[[Any], int] = graphemes if found.name == "text" else len

    def size(scope: Scope) -> int:
        value = get(scope)
        return 0 if value is None else length(value)

    return INT, size


def either(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """One of two values."""
    if not isinstance(args, list) or len(args) != 3:
        b.problem(
            path,
            "e_arguments",
            operator=name,
            expected=Words(
                "[条件, 成り立つときの値, 成り立たないときの値]", "[condition, value if so, value if not]"
            ),
        )
        return None
    condition = b.build(args[0], at=at, path=f"{path}[0]", expected=BOOL)
    yes = b.build(args[1], at=at, path=f"{path}[1]")
    no = b.build(args[2], at=at, path=f"{path}[2]")
    if condition is None or yes is None or no is None:
        return None
    if yes[0].name != no[0].name:
        b.problem(path, "e_different_types", left=yes[0].words, right=no[0].words)
        return None
    holds, get_yes, get_no = condition[1], yes[1], no[1]
    return Type(
        yes[0].name, merged_options((yes[0], no[0]))
    ), lambda scope: get_yes(scope) if holds(scope) else get_no(scope)
