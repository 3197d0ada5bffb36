"""秘匿 — small counts are not shown, and no shown figure lets one compute them back. Pure.

A count of 1 to 4 could point at somebody. Hiding it alone is not enough: the total minus the others tells it again,
so further cells are hidden until every hidden cell stands on a closed way of hidden cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

LEAST: Final = 5  # the smallest count that is shown; 0 is shown

Cell = tuple[int, int]
T = TypeVar("T")


def is_small(count: int) -> bool:
    return 0 < count < LEAST


def hide_line(counts: Sequence[int]) -> list[bool]:
    """Which counts of one question are hidden, where their total is shown beside them.

    Two at least, and their sum more than their number: else each would be known to be one.
    """
    hidden = {at for at, count in enumerate(counts) if is_small(count)}
    if hidden:
        while len(hidden) < len(counts) and (
            len(hidden) < 2 or sum(counts[at] for at in hidden) <= len(hidden)
        ):
            hidden.add(_smallest((at, counts[at]) for at in range(len(counts)) if at not in hidden))
    return [at in hidden for at in range(len(counts))]


def hide_table(counts: Sequence[Sequence[int]]) -> list[list[bool]]:
    """Which cells of a cross table are hidden: the answer has one row and one column more, for the totals.

    Rows and columns are places, hidden cells are ways between them: a cell can be computed from sums exactly when
    its way is a bridge. Cells are hidden until there is none.
    """
    full = with_totals(counts)
    down, across = len(full), len(full[0])
    hidden = {(r, c) for r in range(down) for c in range(across) if is_small(full[r][c])}
    while (more := _needed(full, hidden)) is not None:
        hidden.add(more)
    return [[(r, c) in hidden for c in range(across)] for r in range(down)]


def with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """A table with the sum of each row, of each column, and of all."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _needed(full: list[list[int]], hidden: set[Cell]) -> Cell | None:
    """One more cell to hide, or None when no hidden cell can be told."""
    down, across = len(full), len(full[0])
    for cell in sorted(hidden):
        if _is_bridge(cell, hidden):
            row, column = cell
            free = [(row, c) for c in range(across) if (row, c) not in hidden]
            free = free or [(r, column) for r in range(down) if (r, column) not in hidden]
            if free:
                return _smallest((each, full[each[0]][each[1]]) for each in free)
    for line in _lines(down, across):
        inside = [cell for cell in line[:-1] if cell in hidden]
        told = line[-1] not in hidden  # its total is shown
        if inside and told and sum(full[r][c] for r, c in inside) <= len(inside):
            free = [cell for cell in line[:-1] if cell not in hidden]
            if free:
                return _smallest((each, full[each[0]][each[1]]) for each in free)
    return None


def _lines(down: int, across: int) -> Iterator[list[Cell]]:
    for r in range(down):
        yield [(r, c) for c in range(across)]
    for c in range(across):
        yield [(r, c) for r in range(down)]


def _is_bridge(cell: Cell, hidden: set[Cell]) -> bool:
    """Whether without this cell its row cannot be reached from its column over hidden cells."""
    row, column = cell
    rows, columns, todo = {row}, set[int](), [row]
    while todo:
        here = todo.pop()
        for r, c in hidden:
            if r == here and (r, c) != cell and c not in columns:
                columns.add(c)
                for other, at in hidden:
                    if at == c and (other, at) != cell and other not in rows:
                        rows.add(other)
                        todo.append(other)
    return column not in columns


def _smallest(choices: Iterator[tuple[T, int]]) -> T:
    """The choice with the smallest count; one that is not 0 first, because a 0 hides nothing."""
    return min(choices, key=lambda each: (each[1] == 0, each[1]))[0]
