"""統計表の列 — columns that the tables of money share."""

from __future__ import annotations

from moyai.documents.public import Column


def yen_column(key: str, label: str, **more: object) -> Column:
    return Column(key, label, kind="yen", **more)  # type: ignore[arg-type]


def words_column(key: str, label: str) -> Column:
    return Column(key, label, kind="text", down=False)
