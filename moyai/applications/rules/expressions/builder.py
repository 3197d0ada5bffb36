"""Turns expression trees of an edition into type-checked closures, and collects every fault on the way."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moyai.applications.rules.edition import EditionProblem
from moyai.applications.rules.expressions.types import (
    BOOL,
    INT,
    TEXT,
    Evaluate,
    Expression,
    Scope,
    Type,
    climb,
)
from moyai.applications.rules.result import Message
from moyai.applications.rules.words import Words

DEEPEST = 16
MOST_OPERANDS = 50
Built = tuple[Type, Evaluate] | None
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as expressions see it."""

    id: str
    type: Type
    groups: tuple[str, ...]
    page: int
    parts: Mapping[str, Type] = field(default_factory=dict)  # of an address or a matrix
    label: str = ""


@dataclass(frozen=True, slots=True)
class DocumentList:
    """A list of the edition: the words of its codes, and its columns with what each code has in them."""

    labels: Mapping[str, str]
    columns: Mapping[str, tuple[Type, Mapping[str, Any]]]


@dataclass(slots=True)
class Builder:
    """What is known while one edition is compiled. `last_page` limits which pages a condition may read."""

    fields: Mapping[str, Declared]
    constants: Mapping[str, int]
    problems: list[EditionProblem]
    given: Mapping[str, Type] = field(default_factory=dict)
    lists: Mapping[str, DocumentList] = field(default_factory=dict)
    last_page: int | None = None
    depth: int = 0
    reads: set[str] = field(default_factory=set)
    open: bool = False

    def problem(self, path: str, code: str, **params: str | int) -> None:
        self.problems.append(EditionProblem(path, Message(code, params)))

    def expression(
        self,
        node: object,
        *,
        at: tuple[str, ...],
        path: str,
        expected: Type | None = None,
        last_page: int | None = None,
    ) -> Expression | None:
        """A whole expression as it stands in the edition; None when it has a fault (which is then
        recorded).
        """
        self.last_page, self.depth, self.reads, self.open = last_page, 0, set(), False
        built = self.build(node, at=at, path=path, expected=expected)
        if built is None:
            return None
        return Expression(built[0], built[1], frozenset(self.reads), self.open)

    def build(
        self,
        node: object,
        *,
        at: tuple[str, ...],
        path: str,
        expected: Type | None = None,
    ) -> tuple[Type, Evaluate] | None:
        """Any node of the tree. `at` names the groups around the row in which it is evaluated."""
        if self.depth >= DEEPEST:
            self.problem(path, "e_expression_deep", max=DEEPEST)
            return None
        self.depth += 1
        try:
            built = self._build(node, at, path)
        finally:
            self.depth -= 1
        if built is not None and expected is not None and built[0].name != expected.name:
            self.problem(path, "e_expected_type", expected=expected.words, found=built[0].words)
            return None
        return built

    def _build(self, node: object, at: tuple[str, ...], path: str) -> tuple[Type, Evaluate] | None:
        from moyai.applications.rules.expressions.operators import OPERATORS

        if isinstance(node, bool):
            truth = node
            return BOOL, lambda scope: truth
        if isinstance(node, int):
            number = node
            return INT, lambda scope: number
        if isinstance(node, str):
            text = node
            return Type(TEXT.name, frozenset({text})), lambda scope: text
        if not isinstance(node, dict) or len(node) != 1:
            self.problem(path, "e_expression")
            return None
        ((name, arguments),) = node.items()
        operator = OPERATORS.get(name) if isinstance(name, str) else None
        if operator is None:
            self.problem(path, "e_unknown_operator", operator=str(name)[:40])
            return None
        return operator.build(self, arguments, at, f"{path}.{name}", name)

    def arguments(
        self,
        node: object,
        *,
        at: tuple[str, ...],
        path: str,
        operator: str,
        least: int,
        most: int,
        expected: Type | None,
    ) -> list[tuple[Type, Evaluate]] | None:
        """A list of operands, each of the expected type when one is named."""
        if not isinstance(node, list) or not least <= len(node) <= most:
            self.problem(path, "e_arguments", operator=operator, expected=list_of(least, most))
            return None
        built = [self.build(one, at=at, path=f"{path}[{i}]", expected=expected) for i, one in enumerate(node)]
        found = [one for one in built if one is not None]
        return found if len(found) == len(built) else None

    def named(
        self,
        node: object,
        *,
        path: str,
        operator: str,
        needed: tuple[str, ...],
        optional: tuple[str, ...] = (),
    ) -> dict[str, Any] | None:
        """Arguments given by name, as in {"count": {"group": …, "where": …}}."""
        if (
            isinstance(node, dict)
            and all(key in node for key in needed)
            and set(node) <= {*needed, *optional}
        ):
            return node
        self.problem(path, "e_arguments", operator=operator, expected="、".join((*needed, *optional)))
        return None

    def declared(self, name: object, *, at: tuple[str, ...], path: str) -> tuple[Declared, int] | None:
        """A field that stands in this row or further out, and how many rows out it is."""
        found = self.fields.get(name) if isinstance(name, str) else None
        if found is None:
            self.problem(path, "e_no_field", id=str(name)[:60])
            return None
        if found.groups != at[: len(found.groups)]:
            self.problem(path, "e_out_of_scope", id=found.id)
            return None
        if self.last_page is not None and found.page > self.last_page:
            self.problem(path, "e_later_page", id=found.id)
            return None
        self.reads.add(found.id)
        return found, len(at) - len(found.groups)

    def group(
        self, name: object, *, at: tuple[str, ...], path: str
    ) -> tuple[tuple[str, ...], Evaluate] | None:
        """A repeating group: where its rows are evaluated, and a function that gives them."""
        found = self.declared(name, at=at, path=path)
        if found is None:
            return None
        declared, levels = found
        if declared.type.name != "group":
            self.problem(path, "e_no_group", id=declared.id)
            return None
        out, key = climb(levels), declared.id
        return (*declared.groups, key), lambda scope: out(scope).rows.get(key, ())

    def date(self, text: object, *, path: str) -> datetime.date | None:
        """A date literal, YYYY-MM-DD only."""
        if isinstance(text, str) and ISO_DATE.fullmatch(text):
            try:
                return datetime.date.fromisoformat(text)
            except ValueError:
                pass
        self.problem(path, "e_not_a_date", value=str(text)[:40])
        return None


def list_of(least: int, most: int) -> Words:
    """How many operands an operator takes."""
    if least == most:
        return Words(f"値を{least}個並べてください", f"a list of {least} values")
    return Words(f"値を{least}個から{most}個並べてください", f"a list of {least} to {most} values")


Build = Callable[[Builder, Any, tuple[str, ...], str, str], Built]


def reader(key: str, levels: int) -> Evaluate:
    """A function that gives a field's value in this row (levels 0) or further out."""
    if levels == 0:
        return lambda scope: scope.values.get(key)
    if levels == 1:
        return lambda scope: scope.parent.values.get(key)  # type: ignore[union-attr]
    out = climb(levels)
    return lambda scope: out(scope).values.get(key)


def present(key: str, levels: int, is_group: bool) -> Evaluate:
    """A function that says whether a field has an answer, or a group has a row."""
    out = climb(levels)
    if is_group:
        return lambda scope: bool(out(scope).rows.get(key))

    def is_present(scope: Scope) -> bool:
        return key in out(scope).values

    return is_present
