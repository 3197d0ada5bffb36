"""取込みの結果 — what the masters would be: rows given stand, rows missing from a given sheet end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from moyai.reservations.workbook.nouns import PLAIN, Masters, Row


def merged(before: Masters, given: Masters, today: date, kinds: Collection[str] = ()) -> Masters:
    """Masters after taking `given`, whose nouns are whole: a noun it does not name stays as it is.

    Of policies only those of `kinds` are whole.

    A row that is missing ends today where it has begun and can end, is taken out where it has not begun or has no
    period, and stays where it belongs to the past. A policy in force stays: it is never taken back, only followed.
    """
    after: Masters = {}
    for noun in (*(one.name for one in PLAIN), "policies"):
        rows = dict(before[noun])
        if noun in given:
            for key, row in before[noun].items():
                if key not in given[noun] and (noun != "policies" or key[0] in kinds):
                    left = without(noun, row, today)
                    if left is None:
                        del rows[key]
                    else:
                        rows[key] = left
            rows.update(given[noun])
        after[noun] = rows
    return after


def without(noun: str, row: Row, today: date) -> Row | None:
    """The row once it is no longer wanted; None when it goes."""
    if noun == "special_days":
        return row if row["day"] < today else None
    if noun == "policies":
        return row if row["from_on"] <= today else None
    if "used_until" not in row or row.get("used_from", today) > today:
        return None
    if row["used_until"] is not None and row["used_until"] <= today:
        return row
    return {**row, "used_until": today}
