"""開館日と開館時間 — on which days and from when until when a room may be used. Pure.

A document names the hours (first row that fits the day decides), the days on which it is closed (休館日) and what becomes
of a closed day that is a holiday (振替), holidays, and the year's end. A special day (臨時の開館・休館) goes before all.

Source: the 設置管理条例 and 条例施行規則 of each facility; 国民の祝日に関する法律3条 for what is a holiday.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from moyai.reservations.rules.shapes import (
    WEEKDAYS,
    minute,
    month_day,
    obj,
    one_of,
    rows,
    several,
    whole,
    yes_no,
)

CODES = tuple(WEEKDAYS)
FARTHEST_MOVE = 14  # days after which a moved closed day is given up: no row of holidays is as long
ONE_DAY = timedelta(days=1)

SCHEMA = obj(
    "開館日と時間",
    "Opening",
    {
        "hours": rows(
            "開館時間",
            "Hours",
            obj(
                "開館時間",
                "Hours",
                {
                    "days": several("曜日", "Days", {**WEEKDAYS, "holiday": "祝日"}),
                    "from": month_day("期間の初め", "Season begins"),
                    "until": month_day("期間の終わり", "Season ends"),
                    "opens": minute("開館", "Opens"),
                    "closes": minute("閉館", "Closes"),
                },
                needs=("opens", "closes"),
            ),
            20,
            minItems=1,
        ),
        "closed": rows(
            "休館日",
            "Closed days",
            obj(
                "休館日",
                "Closed days",
                {
                    "every": one_of(
                        "繰返し", "Every", {"week": "毎週", "nth": "第n", "month_end": "月末（末日）"}
                    ),
                    "weekday": one_of("曜日", "Weekday", WEEKDAYS),
                    "nth": {
                        "title": "第何",
                        "x-title-en": "Which of the month",
                        "type": "array",
                        "items": whole("第何", "Which of the month", 1, 5),
                        "maxItems": 5,
                        "uniqueItems": True,
                    },
                    "on_holiday": one_of(
                        "祝日に当たるとき",
                        "On a holiday",
                        {
                            "closed": "休館のまま",
                            "open": "開館する",
                            "next_day": "開館し、翌日を休館にする",
                            "next_weekday": "開館し、その後の最初の平日を休館にする",
                        },
                    ),
                },
                needs=("every",),
            ),
            20,
        ),
        "holidays_closed": yes_no("祝日は休館", "Closed on holidays"),
        "year_end": obj(
            "年末年始の休館",
            "Closed at the year's end",
            {"from": month_day("初日", "From"), "until": month_day("末日", "Until")},
            needs=("from", "until"),
        ),
    },
    needs=("hours",),
)


@dataclass(frozen=True, slots=True)
class Special:
    """臨時の開館・休館 — what staff said of one day. Minutes of an opening; None: the ordinary hours."""

    open: bool
    opens: int | None = None
    closes: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """開館 of one day: open from–to in minutes, or closed and why.

    `why`: week, nth, month_end (休館日), moved (振替の休館日), holiday, year_end, season (no hours fit the day), special
    (`reason` says it), not_in_use, no_policy; "" when open.
    """

    open: bool
    opens: int = 0
    closes: int = 0
    why: str = ""
    reason: str = ""

    def covers(self, starts: int, ends: int) -> bool:
        return self.open and self.opens <= starts and ends <= self.closes


def opening_on(
    document: Mapping[str, Any] | None,
    day: date,
    *,
    is_holiday: Callable[[date], bool],
    special: Special | None = None,
) -> Opening:
    """開館 on a day, with the holidays of its neighbourhood. Without a document it is closed: nobody said it is open."""
    if document is None:
        return Opening(False, why="no_policy")
    moved = moved_to(document, day, is_holiday)
    return opening_of(document, day, holiday=is_holiday(day), holiday_moved=moved, special=special)


def opening_of(
    document: Mapping[str, Any],
    day: date,
    *,
    holiday: bool,
    holiday_moved: bool,
    special: Special | None = None,
) -> Opening:
    """開館 on a day of which is known whether it is a holiday, and whether a closed day was moved to it (振替)."""
    hours = _hours(document, day, holiday)
    if special is not None:
        if not special.open:
            return Opening(False, why="special", reason=special.reason)
        opens = special.opens if special.opens is not None else hours and hours[0]
        closes = special.closes if special.closes is not None else hours and hours[1]
        if opens is None or closes is None or opens >= closes:
            return Opening(False, why="season", reason=special.reason)
        return Opening(True, opens, closes, reason=special.reason)
    why = _why_closed(document, day, holiday=holiday, holiday_moved=holiday_moved)
    if not why and hours is None:
        why = "season"
    if why or hours is None:
        return Opening(False, why=why)
    return Opening(True, *hours)


def moved_to(document: Mapping[str, Any], day: date, is_holiday: Callable[[date], bool]) -> bool:
    """振替の休館日か — whether a closed day that was a holiday was moved to this day.

    next_day: to the day after, whatever it is. next_weekday: to the first later day that is neither a holiday, a Saturday
    or Sunday, nor closed by a row of its own; given up after 14 days.
    """
    moving = [
        row for row in document.get("closed", ()) if row.get("on_holiday") in ("next_day", "next_weekday")
    ]
    back = day
    for _ in range(FARTHEST_MOVE if moving else 0):
        back -= ONE_DAY
        for row in moving:
            if not _falls(row, back) or not is_holiday(back):
                continue
            if row["on_holiday"] == "next_day":
                if back + ONE_DAY == day:
                    return True
            elif _next_weekday(document, back, is_holiday) == day:
                return True
    return False


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    for n, row in enumerate(document["hours"]):
        if row["opens"] >= row["closes"]:
            yield ("hours", n, "closes"), "閉館は開館より後の時刻にしてください。"
        if ("from" in row) != ("until" in row):
            yield ("hours", n, "from"), "期間は、初めと終わりの両方を書いてください。"
        if n + 1 < len(document["hours"]) and not row.get("days") and "from" not in row:
            yield (
                ("hours", n),
                "この行はすべての日に当たるので、後の行が使われません。最後に書いてください。",
            )
    for n, row in enumerate(document.get("closed", ())):
        if row["every"] in ("week", "nth") and "weekday" not in row:
            yield ("closed", n, "weekday"), "曜日を書いてください。"
        if row["every"] == "nth" and not row.get("nth"):
            yield ("closed", n, "nth"), "第何かを書いてください。"
        if row["every"] != "nth" and row.get("nth"):
            yield ("closed", n, "nth"), "第何かは、繰返しが「第n」のときだけ書きます。"
        if row["every"] == "month_end" and "weekday" in row:
            yield ("closed", n, "weekday"), "月末の休館には曜日を書きません。"


def nth_weekday(day: date) -> int:
    """第n曜日 — 1 for the first Tuesday of a month, 5 for the fifth."""
    return (day.day - 1) // 7 + 1


def in_season(day: date, first: str, last: str) -> bool:
    """Whether a day lies from `MM-DD` to `MM-DD`, both included; a season may go over the year's end."""
    at = f"{day.month:02d}-{day.day:02d}"
    return first <= at <= last if first <= last else at >= first or at <= last


def _hours(document: Mapping[str, Any], day: date, holiday: bool) -> tuple[int, int] | None:
    """The first row that fits the day; on a holiday both its weekday and 祝日 fit."""
    tags = {CODES[day.weekday()]} | ({"holiday"} if holiday else set())
    for row in document["hours"]:
        if row.get("days") and not tags & set(row["days"]):
            continue
        if "from" in row and not in_season(day, row["from"], row["until"]):
            continue
        return row["opens"], row["closes"]
    return None


def _why_closed(document: Mapping[str, Any], day: date, *, holiday: bool, holiday_moved: bool) -> str:
    year_end = document.get("year_end")
    if year_end and in_season(day, year_end["from"], year_end["until"]):
        return "year_end"
    for row in document.get("closed", ()):
        if _falls(row, day) and (not holiday or row.get("on_holiday", "closed") == "closed"):
            return str(row["every"])
    if holiday_moved:
        return "moved"
    return "holiday" if holiday and document.get("holidays_closed") else ""


def _falls(row: Mapping[str, Any], day: date) -> bool:
    """Whether a row of closed days falls on a day, whatever holiday it is."""
    if row["every"] == "month_end":
        return day.day == monthrange(day.year, day.month)[1]
    if CODES[day.weekday()] != row["weekday"]:
        return False
    return row["every"] == "week" or nth_weekday(day) in row["nth"]


def _next_weekday(
    document: Mapping[str, Any], after: date, is_holiday: Callable[[date], bool]
) -> date | None:
    day = after
    for _ in range(FARTHEST_MOVE):
        day += ONE_DAY
        if day.weekday() >= 5 or is_holiday(day):
            continue
        if not any(_falls(row, day) for row in document.get("closed", ())):
            return day
    return None
