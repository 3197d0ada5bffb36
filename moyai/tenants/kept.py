"""Rows that a process keeps: read once, and used again only while the table still holds that very version.

PostgreSQL marks each version of a row by who wrote it and where it lies (`xmin`, `ctid`); a change of any
column by anybody makes another mark. So nothing has to be told to anybody, and what is read is never old:
the mark comes with the query that is asked anyway.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def mark_of(table: str = "") -> str:
    """The SQL of a row's mark; `table` is its name or alias in the query."""
    dot = f"{table}." if table else ""
    return f"({dot}xmin::text || {dot}ctid::text)"


class Kept(Generic[M]):
    """At most `most` rows under their keys, the least used gone first. Gives copies: nobody shares a row."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: OrderedDict[Hashable, tuple[str, M]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, mark: str) -> M | None:
        """The row kept under the key, if it is the version of this mark."""
        with self._lock:
            found = self._rows.get(key)
            if found is None or found[0] != mark:
                return None
            self._rows.move_to_end(key)
        return copy.copy(found[1])

    def put(self, key: Hashable, mark: str, row: M) -> None:
        kept = copy.copy(row)
        with self._lock:
            self._rows[key] = (mark, kept)
            self._rows.move_to_end(key)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)
