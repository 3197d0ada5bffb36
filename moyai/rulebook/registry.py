"""規則の登録 — every rule of the house by name, filled at start-up from each package's `rulebook.py`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from moyai.rulebook.rules import (
    TEXTS,
    BrokenRule,
    Example,
    Function,
    Rule,
    Schema,
    UnknownRule,
    Version,
    faults,
)

_rules: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    title: tuple[str, str],
    source: str,
    input: Schema,
    output: Schema,
    versions: Sequence[Version],
    examples: Sequence[Example],
    terms: Mapping[str, tuple[str, str]] | None = None,
) -> Callable[[Function], Function]:
    """規則 — publish a pure function `(case, terms) -> (result, steps)` under a name.

    `title` is (Japanese, English); `terms` names each figure of the versions in both languages. The function stays
    callable as it is. Raises BrokenRule at import when the description is not sound: a rule nobody can check is not
    published.
    """

    def register(function: Function) -> Function:
        made = Rule(
            name=name,
            title=title,
            source=source,
            input=input,
            output=output,
            terms=dict(terms or {}),
            versions=tuple(versions),
            examples=tuple(examples),
            function=function,
            text=inspect.getdoc(function) or "",
            package=function.__module__,
        )
        wrong = faults(made)
        if name in _rules:
            wrong.append(f"the name is taken by {_rules[name].package}")
        if wrong:
            raise BrokenRule(f"{name}: " + "; ".join(wrong))
        _rules[name] = made
        return function

    return register


def all_rules() -> list[Rule]:
    return [_rules[name] for name in sorted(_rules)]


def find_rule(name: str) -> Rule:
    """Raises UnknownRule."""
    try:
        return _rules[name]
    except KeyError:
        raise UnknownRule(TEXTS["unknown_rule"], name=name) from None


def load(packages: Sequence[str]) -> list[str]:
    """Import `<package>.rulebook` wherever there is one; returns the modules found."""
    found = [f"{package}.rulebook" for package in packages if find_spec(f"{package}.rulebook")]
    for module in found:
        import_module(module)
    return found


@contextmanager
def empty_registry() -> Iterator[None]:
    """For tests: nothing is registered inside, everything is back afterwards."""
    kept = dict(_rules)
    _rules.clear()
    try:
        yield
    finally:
        _rules.clear()
        _rules.update(kept)
