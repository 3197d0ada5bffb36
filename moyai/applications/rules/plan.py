"""実行の手順 — an edition made ready to run: what to look at, in dependency order, as closures.

Private to rules/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from moyai.applications.rules.edition import Field
from moyai.applications.rules.expressions.types import Evaluate
from moyai.applications.rules.kinds.base import Kind, Read


@dataclass(frozen=True, slots=True)
class Node:
    """One field, in all rows in which it stands."""

    id: str
    field: Field
    kind: Kind
    groups: tuple[str, ...]
    page: int
    place: int  # position in the document
    shown: bool  # False: a calculated value that no page shows
    show: Evaluate | None  # None: always
    always_required: bool
    required: Evaluate | None  # depends on answers
    read: Read | None  # of a field that is answered
    convert: bool  # its typed value differs from its JSON value
    value: Evaluate | None  # of a calculated field
    earliest: Evaluate | None
    latest: Evaluate | None
    prefill: Evaluate | None = None  # offered when a draft begins
    locked: bool = False  # always the value of prefill
    least_rows: int = 0
    most_rows: int = 0


@dataclass(frozen=True, slots=True)
class PageNode:
    """The condition of a page."""

    page: int
    show: Evaluate | None


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """A rule between fields, looked at in every row of `at` in which all its fields have answers."""

    id: str
    text: str
    warning: bool
    at: tuple[str, ...]
    require: Evaluate
    fields: tuple[
        tuple[str, int, bool], ...
    ]  # id, rows further out, is a group; the first carries the message


@dataclass(frozen=True, slots=True)
class FeeLinePlan:
    """One line of the fee."""

    id: str
    label: str
    source: str
    show: Evaluate | None
    amount: Evaluate | None
    unit: Evaluate | None
    quantity: Evaluate | None


@dataclass(frozen=True, slots=True)
class TakePlan:
    """What the answers take of a pool."""

    id: str
    label: str
    show: Evaluate | None
    pool: Evaluate
    quantity: Evaluate


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that answer() runs."""

    order: tuple[Node | PageNode, ...]
    nodes: Mapping[str, Node]
    known: Mapping[tuple[str, ...], frozenset[str]]  # ids in the rows of a group; () is the form itself
    later: tuple[Node, ...]  # nodes with rules that need all answers
    checks: tuple[CheckPlan, ...]
    fee: tuple[FeeLinePlan, ...] | None
    page_ids: tuple[str, ...]
    given: Mapping[str, str] = field(default_factory=dict)  # name → int, text, date or bool
    takes: tuple[TakePlan, ...] = ()
    once: Evaluate | None = None
    locked: frozenset[str] = frozenset()  # ids of fields that nobody types
