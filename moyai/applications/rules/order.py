"""依存の順 — what must be known before what. Cycles are found, not followed."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from moyai.applications.rules.plan import Node, PageNode


def in_order(
    pages: Sequence[PageNode],
    nodes: Sequence[Node],
    reads: Mapping[str, frozenset[str]],
) -> tuple[list[Node | PageNode], list[str]]:
    """All nodes, each after what it reads and otherwise as in the document; or the ids of fields that wait
    for each other.
    """
    by_id: dict[str, Node | PageNode] = {f"page:{page.page}": page for page in pages}
    by_id.update({node.id: node for node in nodes})
    place = {key: i for i, key in enumerate(by_id)}
    waiting = {key: len(reads[key]) for key in by_id}
    readers: dict[str, list[str]] = {key: [] for key in by_id}
    for key in by_id:
        for read in reads[key]:
            readers[read].append(key)
    ready = [(place[key], key) for key, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order: list[Node | PageNode] = []
    while ready:
        _, key = heapq.heappop(ready)
        order.append(by_id[key])
        for reader in readers[key]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heapq.heappush(ready, (place[reader], reader))
    if len(order) == len(by_id):
        return order, []
    stuck = {key for key, count in waiting.items() if count > 0}
    return order, _one_cycle(stuck, reads)


def _one_cycle(stuck: set[str], reads: Mapping[str, frozenset[str]]) -> list[str]:
    """The fields of one cycle: from any stuck node, what it waits for leads into one."""
    key = min(stuck)
    seen: list[str] = []
    while key not in seen:
        seen.append(key)
        key = min(read for read in reads[key] if read in stuck)
    return [one for one in seen[seen.index(key) :] if not one.startswith("page:")]
