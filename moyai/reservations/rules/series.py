"""くり返しの予約 — the days of a use that comes again every week, every other week or every month; who may ask so. Pure.

Source: the 利用の手引き of the facilities (定期利用は団体に限る, 毎週または毎月第n曜日); the figures are the body's own policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from moyai.reservations.rules.shapes import KINDS_OF_USERS, obj, several, whole

EVERY: Final = {"week": "毎週", "fortnight": "2週ごと", "month": "毎月（同じ週の同じ曜日）"}
MOST: Final = 60  # days of one series
FARTHEST: Final = 12 * 60  # months looked through for a day that few months have

SCHEMA: Final = obj(
    "くり返しの予約（オンライン）",
    "Series online",
    {
        "kinds": several("個人・団体", "Persons or groups", KINDS_OF_USERS),
        "every": several("くり返し方", "How often", EVERY),
        "most": whole("一度に申し込める回数", "Most days at once", 2, MOST),
    },
    needs=("every", "most"),
)


class Terms(NamedTuple):
    """What a policy lets a user ask for at once: ways of repeating, and how many days."""

    every: tuple[str, ...]
    most: int


def terms_for(document: Mapping[str, Any] | None, *, kind: str) -> Terms | None:
    """くり返しの定め of a limits policy for a kind of user; None: only one by one."""
    told = (document or {}).get("series")
    if not told or (told.get("kinds") and kind not in told["kinds"]):
        return None
    return Terms(tuple(one for one in EVERY if one in told["every"]), int(told["most"]))


def days_of(first: date, *, every: str, times: int) -> list[date]:
    """利用日 — `times` of them, the first included. By month: the same n-th weekday; months without a fifth are left out."""
    if every == "month":
        return _by_month(first, times)
    apart = {"week": 1, "fortnight": 2}[every]
    return [first + timedelta(weeks=apart * n) for n in range(times)]


def _by_month(first: date, times: int) -> list[date]:
    nth = (first.day - 1) // 7
    found: list[date] = []
    for later in range(FARTHEST):
        month = first.year * 12 + first.month - 1 + later
        begins = date(month // 12, month % 12 + 1, 1)
        day = begins + timedelta(days=(first.weekday() - begins.weekday()) % 7 + 7 * nth)
        if day.month == begins.month:
            found.append(day)
        if len(found) == times:
            break
    return found
