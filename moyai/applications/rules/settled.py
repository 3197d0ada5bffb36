"""定まった条件 — conditions that come out false whatever is answered, though free text stands beside constants.

`reach` tries every answer of the choices a condition depends on, and gives up before fields of free text. Here what
is free counts as unknown, and a condition is settled when it comes out the same for every answer of its choices.
"""

from __future__ import annotations

import itertools
import operator as py
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_TRIED = 512
MOST_LOOKED_AT = 20_000  # values of a condition, over all that is tried
_COMPARED = {"eq": py.eq, "ne": py.ne, "lt": py.lt, "le": py.le, "gt": py.gt, "ge": py.ge}


class _Unknown:
    """Neither true nor false, and no value one could name."""


UNKNOWN = _Unknown()


def never_holds(node: Any, choices: Mapping[str, Sequence[str | bool]], constants: Mapping[str, int]) -> bool:
    """Whether a type-checked condition is false for every answer (or none) of `choices`, whatever else is answered."""
    named = sorted(set(_fields(node)) & choices.keys())
    domains = [[None, *choices[name]] for name in named]
    count = 1
    for domain in domains:
        count *= len(domain)
    if count > MOST_TRIED or count * _size(node) > MOST_LOOKED_AT:
        named, domains = [], []
    return all(
        _truth(node, dict(zip(named, values, strict=True)), constants) is False
        for values in itertools.product(*domains)
    )


def _fields(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("field", "is_present") and isinstance(value, str):
                yield value
            else:
                yield from _fields(value)
    elif isinstance(node, list):
        for one in node:
            yield from _fields(one)


def _size(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + sum(_size(one) for one in node.values())
    return 1 + sum(_size(one) for one in node) if isinstance(node, list) else 1


def _truth(node: Any, answers: Mapping[str, Any], constants: Mapping[str, int]) -> bool | _Unknown:
    if isinstance(node, bool):
        return node
    if not isinstance(node, dict):
        return UNKNOWN
    ((name, args),) = node.items()
    if name in ("and", "or"):
        parts = [_truth(one, answers, constants) for one in args]
        decides = bool(name == "or")
        if any(one is decides for one in parts):
            return decides
        return UNKNOWN if any(isinstance(one, _Unknown) for one in parts) else not decides
    if name == "not":
        inner = _truth(args, answers, constants)
        return inner if isinstance(inner, _Unknown) else not inner
    if name == "if":
        condition = _truth(args[0], answers, constants)
        yes, no = (_truth(one, answers, constants) for one in args[1:])
        if isinstance(condition, _Unknown):
            return yes if yes is no else UNKNOWN
        return yes if condition else no
    if name in _COMPARED:
        left, right = (_value(one, answers, constants) for one in args)
        if left is None or right is None:
            return False
        if isinstance(left, _Unknown) or isinstance(right, _Unknown):
            return UNKNOWN
        return bool(_COMPARED[name](left, right))
    if name == "in":
        value = _value(args[0], answers, constants)
        return value if isinstance(value, _Unknown) else value in args[1]
    if name == "is_present":
        return answers[args] is not None if args in answers else UNKNOWN
    if name == "field":
        value = _value(node, answers, constants)
        return value if isinstance(value, _Unknown) else value is True
    return UNKNOWN


def _value(node: Any, answers: Mapping[str, Any], constants: Mapping[str, int]) -> Any:
    """A value that can be named; None for an absent one. Dates and times are texts that compare as they read."""
    if isinstance(node, (str, int)):
        return node
    ((name, args),) = node.items()
    if name == "field":
        return answers.get(args, UNKNOWN) if args in answers else UNKNOWN
    if name in ("date", "time"):
        return args
    if name == "constant":
        return constants.get(args, UNKNOWN)
    return UNKNOWN
