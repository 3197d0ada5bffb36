"""届くかどうか — fields and pages that no answer can ever show, found by trying all answers of the choices
they depend on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moyai.applications.rules.expressions.types import Scope
from moyai.applications.rules.kinds.choices import labels
from moyai.applications.rules.plan import Node, PageNode

# More combinations than this are not tried: the condition then counts as reachable.
MOST_TRIED = 2_048
_SMALL_SET = 4


def unreachable(
    order: Sequence[Node | PageNode],
    reads: Mapping[str, frozenset[str]],
    open_nodes: frozenset[str] = frozenset(),
) -> Iterator[str | int]:
    """Ids of fields, and indexes of pages, whose condition can never be true.

    Says nothing where it cannot be sure: of `open_nodes`, which depend on the day or on what the caller gives.
    """
    for node in order:
        if node.show is not None and not _can_be_shown(node, order, reads, open_nodes):
            yield node.page if isinstance(node, PageNode) else node.id


def _key(node: Node | PageNode) -> str:
    return f"page:{node.page}" if isinstance(node, PageNode) else node.id


def _domain(node: Node) -> list[Any] | None:
    """Every value the field can have, absent first; None when there are too many to try."""
    if node.field.kind in ("yes_no", "consent"):
        return [None, True, False]
    if node.field.kind == "single_choice":
        return [None, *labels(node.field.settings["options"])]
    if node.field.kind == "multiple_choice":
        codes = list(labels(node.field.settings["options"]))
        if len(codes) <= _SMALL_SET:
            return [
                None,
                *(
                    frozenset(some)
                    for n in range(1, len(codes) + 1)
                    for some in itertools.combinations(codes, n)
                ),
            ]
    return None


def _can_be_shown(
    target: Node | PageNode,
    order: Sequence[Node | PageNode],
    reads: Mapping[str, frozenset[str]],
    open_nodes: frozenset[str],
) -> bool:
    at = target.groups if isinstance(target, Node) else ()
    needed, waiting = {_key(target)}, [_key(target)]
    while waiting:
        for read in reads[waiting.pop()]:
            if read not in needed:
                needed.add(read)
                waiting.append(read)
    if needed & open_nodes:
        return True
    concerned = [node for node in order if _key(node) in needed]
    domains: dict[str, list[Any]] = {}
    combinations = 1
    for node in concerned:
        if isinstance(node, PageNode) or node is target or node.field.kind in ("group", "calculated"):
            if (
                isinstance(node, Node)
                and node is not target
                and node.field.kind == "group"
                and node.id not in at
            ):
                return True  # looks over rows: too many ways to try
            continue
        domain = _domain(node)
        if domain is None or node.groups != at[: len(node.groups)]:
            return True
        domains[node.id] = domain
        combinations *= len(domain)
        if combinations > MOST_TRIED:
            return True
    return any(
        _shown_with(target, concerned, dict(zip(domains, values, strict=True)), at)
        for values in itertools.product(*domains.values())
    )


def _shown_with(
    target: Node | PageNode,
    concerned: Sequence[Node | PageNode],
    given: Mapping[str, Any],
    at: tuple[str, ...],
) -> bool:
    """Whether these answers show the target, hidden ones being absent as ever."""
    scopes = [Scope(raw={})]
    for group in at:
        inner = Scope(raw={}, parent=scopes[-1])
        scopes[-1].rows[group] = [inner]
        scopes.append(inner)
    hidden: set[str] = set()
    for node in concerned:
        scope = scopes[len(node.groups)] if isinstance(node, Node) else scopes[0]
        shown = node.show is None or bool(node.show(scope))
        if isinstance(node, Node):
            around = node.groups[-1] if node.groups else f"page:{node.page}"
            shown = shown and around not in hidden
        if node is target:
            return shown
        if not shown:
            hidden.add(_key(node))
            continue
        if isinstance(node, Node):
            value = node.value(scope) if node.value is not None else given.get(node.id)
            if value is not None:
                scope.values[node.id] = value
    return False
