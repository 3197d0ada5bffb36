"""新旧対照 — what changed between two texts, line by line and inside a line. Pure.

Lines that changed stand beside each other in their order, as in a 新旧対照表. Each side gives back its text to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

INSIDE_UP_TO: Final = 2_000  # characters of a line beyond which it is shown as changed whole


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a line, and whether they are only on this side."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the 新旧対照表; a side that has no such line is None."""

    change: Change
    before: tuple[Piece, ...] | None
    after: tuple[Piece, ...] | None


def comparison(before: str, after: str) -> list[Row]:
    """新旧対照表 — every line of both texts in order."""
    old, new = before.split("\n"), after.split("\n")
    rows: list[Row] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            rows += [Row(Change.SAME, _plain(line), _plain(line)) for line in old[a1:a2]]
        else:
            rows += _changed(old[a1:a2], new[b1:b2])
    return rows


def differences(before: str, after: str) -> list[Row]:
    """変わったところだけ."""
    return [row for row in comparison(before, after) if row.change is not Change.SAME]


def side(rows: Sequence[Row], *, new: bool) -> str:
    """One of the two texts, read back from the rows."""
    pieces = [row.after if new else row.before for row in rows]
    return "\n".join("".join(piece.text for piece in line) for line in pieces if line is not None)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """A block that changed: as many lines as both sides have stand beside each other, the rest alone."""
    for place in range(max(len(old), len(new))):
        if place >= len(old):
            yield Row(Change.ADDED, None, (Piece(new[place], True),))
        elif place >= len(new):
            yield Row(Change.REMOVED, (Piece(old[place], True),), None)
        else:
            yield Row(Change.CHANGED, *_inside(old[place], new[place]))


def _inside(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if max(len(old), len(new)) > INSIDE_UP_TO:
        return (Piece(old, True),), (Piece(new, True),)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a1 < a2:
            left.append(Piece(old[a1:a2], kind != "equal"))
        if b1 < b2:
            right.append(Piece(new[b1:b2], kind != "equal"))
    return tuple(left), tuple(right)


def _plain(line: str) -> tuple[Piece, ...]:
    return (Piece(line, False),)
