"""統計表の列 — columns that the tables of money share."""

from __future__ import annotations

from moyai.calendars.public import fiscal_year_words
from moyai.documents.public import Column
from moyai.ui.public import without_readings


def yen_column(key: str, label: str, **more: object) -> Column:
    return Column(key, label, kind="yen", **more)  # type: ignore[arg-type]


def words_column(key: str, label: str) -> Column:
    return Column(key, label, kind="text", down=False)


def year_words(year: int) -> str:
    """平成29年度 as a table and its files say it: plain text in every language, for a CSV has no ruby."""
    return without_readings(fiscal_year_words(year))
