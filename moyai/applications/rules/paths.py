"""項目の場所 — paths such as `dogs[1].chip_no`: taken apart, looked up, and written to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from moyai.applications.rules.edition import CompiledEdition, Field

_PART = re.compile(r"([A-Za-z0-9_-]{1,64})(?:\[([0-9]{1,4})\])?", re.ASCII)
_DEEPEST = 6


def parts_of(path: str) -> list[tuple[str, int | None]] | None:
    """[("dogs", 1), ("chip_no", None)]; None when it is no path."""
    pieces = path.split(".")
    found = [_PART.fullmatch(piece) for piece in pieces] if len(pieces) <= _DEEPEST else [None]
    return [(one[1], int(one[2]) if one[2] else None) for one in found if one] if all(found) else None


def field_at(compiled: CompiledEdition, path: str) -> Field | None:
    """The field that a path leads to; the group for `dogs` and `dogs[1]`, the whole address for
    `address.street`.
    """
    parts = parts_of(path)
    groups: tuple[str, ...] = ()
    found: Field | None = None
    for i, (name, row) in enumerate(parts or ()):
        field = compiled.fields.get(name)
        if field is None or field.groups != groups:
            ends = parts is not None and i == len(parts) - 1
            return found if found is not None and found.kind != "group" and ends else None
        if (row is not None and field.kind != "group") or (found is not None and found.kind != "group"):
            return None
        found, groups = field, (*groups, name)
        if field.kind == "group" and row is None and i < len(parts or ()) - 1:
            return None
    return found


def deeper_than(value: Any, most: int) -> bool:
    """Whether lists and objects are nested deeper than that; without recursion, as strangers write them."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for one in level
            if isinstance(one, (list, dict))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def covered(path: str, allowed: Collection[str]) -> bool:
    """Whether a path is one of the allowed ones, or stands inside one."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in allowed)


def got(answers: Mapping[str, Any], path: str) -> Any:
    """What stands at a path; None where nothing does."""
    place: Any = answers
    for name, row in parts_of(path) or ():
        place = place.get(name) if isinstance(place, Mapping) else None
        if row is not None:
            place = place[row] if isinstance(place, list) and row < len(place) else None
    return place


def put(answers: dict[str, Any], path: str, value: Any) -> bool:
    """Writes a value into answers that are the caller's own copy. False when there is no such row."""
    parts = parts_of(path)
    if not parts:
        return False
    *outer, (name, row) = parts
    place: Any = answers
    for one, index in outer:
        rows = place.get(one) if isinstance(place, dict) else None
        if index is None:
            return False
        if not isinstance(rows, list) or index >= len(rows) or not isinstance(rows[index], dict):
            return False
        place = rows[index]
    if row is None:
        place[name] = value
        return True
    rows = place.get(name)
    if not isinstance(rows, list) or row >= len(rows):
        return False
    rows[row] = value
    return True
