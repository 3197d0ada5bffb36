"""Operators that are true or false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moyai.applications.rules.expressions.builder import MOST_OPERANDS, Build, Builder, Built
from moyai.applications.rules.expressions.types import (
    BOOL,
    TEXT,
    Evaluate,
    Scope,
    Type,
)
from moyai.applications.rules.words import Words, either


def all_hold(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """All hold."""
    built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=BOOL)
    if built is None:
        return None
    parts = tuple(evaluate for _, evaluate in built)
    return BOOL, lambda scope: all(part(scope) for part in parts)


def one_holds(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """At least one holds."""
    built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=BOOL)
    if built is None:
        return None
    parts = tuple(evaluate for _, evaluate in built)
    return BOOL, lambda scope: any(part(scope) for part in parts)


def does_not_hold(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """It does not hold; an absent truth value counts as one that does not."""
    built = b.build(args, at=at, path=path, expected=BOOL)
    if built is None:
        return None
    inner = built[1]
    return BOOL, lambda scope: not inner(scope)


def _pair(
    b: Builder, args: Any, at: tuple[str, ...], path: str, name: str, *, allowed: tuple[str, ...]
) -> tuple[Type, Evaluate, Type, Evaluate] | None:
    built = b.arguments(args, at=at, path=path, operator=name, least=2, most=2, expected=None)
    if built is None:
        return None
    (left, get_left), (right, get_right) = built
    for one, where in ((left, 0), (right, 1)):
        if one.name not in allowed:
            b.problem(
                f"{path}[{where}]",
                "e_expected_type",
                expected=either([Type(t).words for t in allowed]),
                found=one.words,
            )
            return None
    if left.name != right.name:
        b.problem(path, "e_different_types", left=left.words, right=right.words)
        return None
    return left, get_left, right, get_right


def equality(equal: bool) -> Build:
    """Equal, or not equal; false when either is absent."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        pair = _pair(b, args, at, path, name, allowed=("text", "int", "date", "time", "bool"))
        if pair is None:
            return None
        left, get_left, right, get_right = pair
        if left.options is not None and right.options is not None and not left.options & right.options:
            b.problem(path, "e_never_equal", values="、".join(sorted(left.options | right.options)[:6]))
            return None

        def compare(scope: Scope) -> bool:
            one, other = get_left(scope), get_right(scope)
            return one is not None and other is not None and (one == other) is equal

        return BOOL, compare

    return build


def order(compare: Callable[[Any, Any], bool]) -> Build:
    """Comparison of numbers, dates or times; false when either is absent."""

    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        pair = _pair(b, args, at, path, name, allowed=("int", "date", "time"))
        if pair is None:
            return None
        _, get_left, _, get_right = pair

        def ordered(scope: Scope) -> bool:
            one, other = get_left(scope), get_right(scope)
            return one is not None and other is not None and compare(one, other)

        return BOOL, ordered

    return build


def is_one_of(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """One of the listed values."""
    if (
        not isinstance(args, list)
        or len(args) != 2
        or not isinstance(args[1], list)
        or not args[1]
        or not all(
            isinstance(one, str) or (isinstance(one, int) and not isinstance(one, bool)) for one in args[1]
        )
    ):
        b.problem(
            path,
            "e_arguments",
            operator=name,
            expected=Words("[値, [候補, 候補, …]]", "[value, [candidate, candidate, …]]"),
        )
        return None
    built = b.build(args[0], at=at, path=f"{path}[0]")
    if built is None:
        return None
    found, get = built
    among = frozenset(args[1])
    wanted = "int" if all(isinstance(one, int) for one in among) else "text"
    if found.name != wanted or not all(isinstance(one, int) is (wanted == "int") for one in among):
        b.problem(path, "e_different_types", left=found.words, right=Type(wanted).words)
        return None
    if found.options is not None and not among <= found.options:
        b.problem(
            f"{path}[1]",
            "e_never_equal",
            values="、".join(sorted(str(one) for one in among - found.options)[:6]),
        )
        return None
    return BOOL, lambda scope: get(scope) in among


def includes(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A choice of several, or the columns of a matrix, include a value."""
    built = b.arguments(args, at=at, path=path, operator=name, least=2, most=2, expected=None)
    if built is None:
        return None
    (many, get_many), (one, get_one) = built
    if many.name not in ("set", "matrix"):
        b.problem(f"{path}[0]", "e_expected_type", expected=Type("set").words, found=many.words)
        return None
    if one.name != "text":
        b.problem(f"{path}[1]", "e_expected_type", expected=TEXT.words, found=one.words)
        return None
    if many.options is not None and one.options is not None and not many.options & one.options:
        b.problem(path, "e_never_equal", values="、".join(sorted(one.options)[:6]))
        return None

    def includes(scope: Scope) -> bool:
        chosen = get_many(scope)
        return chosen is not None and get_one(scope) in (
            chosen.values() if isinstance(chosen, dict) else chosen
        )

    return BOOL, includes
