"""Operators that calculate with whole numbers and dates."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from moyai.applications.rules.expressions.builder import MOST_OPERANDS, Build, Builder, Built, list_of
from moyai.applications.rules.expressions.types import (
    DATE,
    INT,
    Scope,
    Type,
    bounded,
)
from moyai.applications.rules.words import either


def arithmetic(combine: Callable[[int, int], int | None], least: int, most: int) -> Build:
    """A calculation from left to right; absent as soon as one operand is."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        built = b.arguments(args, at=at, path=path, operator=name, least=least, most=most, expected=INT)
        if built is None:
            return None
        first, rest = built[0][1], tuple(evaluate for _, evaluate in built[1:])

        def calculate(scope: Scope) -> int | None:
            result = first(scope)
            for part in rest:
                other = part(scope)
                if result is None or other is None:
                    return None
                result = combine(result, other)
            return None if result is None else bounded(result)

        return INT, calculate

    return build


def extreme(pick: Callable[[list[Any]], Any]) -> Build:
    """The least or greatest of what is present."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=None)
        if built is None:
            return None
        first = built[0][0]
        for i, (found, _) in enumerate(built):
            if found.name not in ("int", "date") or found.name != first.name:
                b.problem(
                    f"{path}[{i}]",
                    "e_expected_type",
                    expected=either([INT.words, DATE.words]),
                    found=found.words,
                )
                return None
        parts = tuple(evaluate for _, evaluate in built)

        def extreme(scope: Scope) -> Any:
            values = [value for part in parts if (value := part(scope)) is not None]
            return pick(values) if values else None

        return first, extreme

    return build


def of_dates(result: Type, second: Type, combine: Callable[[Any, Any], Any]) -> Build:
    """A calculation with a date and something else."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        if not isinstance(args, list) or len(args) != 2:
            b.problem(path, "e_arguments", operator=name, expected=list_of(2, 2))
            return None
        one = b.build(args[0], at=at, path=f"{path}[0]", expected=DATE)
        other = b.build(args[1], at=at, path=f"{path}[1]", expected=second)
        if one is None or other is None:
            return None
        get_one, get_other = one[1], other[1]

        def calculate(scope: Scope) -> Any:
            left, right = get_one(scope), get_other(scope)
            return None if left is None or right is None else combine(left, right)

        return result, calculate

    return build


def days_later(day: datetime.date, days: int) -> datetime.date | None:
    """A day some days later; absent beyond the calendar."""
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return None
