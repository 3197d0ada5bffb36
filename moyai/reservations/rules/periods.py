"""申込みの期間 — from when until when one may ask for a use, by 抽選, 先着 or 優先, told from its day. Pure.

A moment is told from the day of use: `{"months": 2, "day": 1, "at": 540}` is 9:00 on the 1st of the second month before
(day 31: its last day; without `day` the same day of that month, or its last where it has none, 民法143条2項);
`{"days": 30, "at": 540}` is 9:00 thirty days before; `{"minutes": 60}` is an hour before the use begins. With `"of":
"fiscal_year"` months go back from April of the fiscal year of use. Times are JST: Japan has no summer time.

Source: the 施行規則 of each facility (申請の期間).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from moyai.reservations.rules.shapes import (
    CLASSES,
    KINDS_OF_USERS,
    minute,
    month_day,
    obj,
    one_of,
    rows,
    several,
    whole,
)

JST = ZoneInfo("Asia/Tokyo")
HOLD_MINUTES = 15  # 入力中の仮押え, where the policy does not say
Way = Literal["lottery", "first", "priority"]
WAYS: tuple[Way, ...] = ("lottery", "first", "priority")
Reach = Literal["room", "facility", "body"]


def a_moment(ja: str, en: str) -> dict[str, Any]:
    """The shape of a moment told from the day of use."""
    return obj(
        ja,
        en,
        {
            "of": one_of(
                "何から数えるか",
                "Counted from",
                {"day": "利用日・利用月", "fiscal_year": "利用日の年度の4月"},
            ),
            "months": whole("何か月前", "Months before", 0, 36),
            "day": whole("日（31は末日、なければ応当日）", "Day of the month (31: its last)", 1, 31),
            "days": whole("何日前", "Days before", 0, 1100),
            "minutes": whole("利用開始の何分前", "Minutes before the use begins", 0, 10_080),
            "at": minute("時刻", "At"),
        },
    )


def _windows(ja: str, en: str) -> dict[str, Any]:
    row = obj(
        ja,
        en,
        {
            "classes": several("区分", "Classes", CLASSES),
            "kinds": several("個人・団体", "Persons or groups", KINDS_OF_USERS),
            "from": a_moment("受付の開始", "From"),
            "until": a_moment("受付の終了", "Until"),
        },
        needs=("from", "until"),
    )
    return rows(ja, en, row, 20)


SCHEMA = obj(
    "申込みの期間",
    "Periods",
    {
        "lottery": _windows("抽選の受付", "Lottery"),
        "first": _windows("先着の受付", "First come"),
        "priority": _windows("優先の受付", "Priority"),
        "skip": rows(
            "受付を始めない日（翌日に延ばす）", "Days on which nothing opens", month_day("日", "Day"), 40,
            uniqueItems=True,
        ),
        "hold_minutes": whole("入力中の仮押え（分）", "Minutes a place is held", 1, 120),
        "change_until": a_moment("変更できる期限", "Changed until"),
        "cancel_until": a_moment("取消しできる期限", "Cancelled until"),
        "change_to": one_of(
            "変更できる先", "Changed to", {"room": "同じ室場の中", "facility": "同じ施設の中", "body": "すべての施設"}
        ),
    },
)  # fmt: skip


class Window(NamedTuple):
    """受付期間 — taken while `opens <= now < closes`."""

    opens: datetime
    closes: datetime


def window(
    document: Mapping[str, Any] | None,
    *,
    way: Way,
    day_of_use: date,
    resident_class: str,
    kind: str,
    starts: int = 0,
) -> Window | None:
    """受付期間 of a use for one class of user; None: it is not open to them this way. The first row that fits decides.

    `starts` is the minute at which the use begins.
    """
    for row in (document or {}).get(way, ()):
        if row.get("classes") and resident_class not in row["classes"]:
            continue
        if row.get("kinds") and kind not in row["kinds"]:
            continue
        opens = moment(row["from"], day_of_use, starts=starts, skip=(document or {}).get("skip", ()))
        return Window(opens, moment(row["until"], day_of_use, starts=starts))
    return None


def state_at(one: Window | None, now: datetime) -> Literal["open", "early", "over", "none"]:
    """受付中 open, 受付前 early, 受付終了 over; none where no row is for them or the window never opens."""
    if one is None or one.opens >= one.closes:
        return "none"
    if now < one.opens:
        return "early"
    return "open" if now < one.closes else "over"


def hold_minutes(document: Mapping[str, Any] | None) -> int:
    """入力中の仮押え — how long a place is held while the form is filled in."""
    return int((document or {}).get("hold_minutes", HOLD_MINUTES))


def last_moment(
    document: Mapping[str, Any] | None, *, act: Literal["change", "cancel"], day_of_use: date, starts: int
) -> datetime:
    """変更・取消しの期限 by the user: first instant at which it is too late. Where nothing is said: when the use begins."""
    told = (document or {}).get(f"{act}_until")
    return moment(told if told is not None else {"minutes": 0}, day_of_use, starts=starts)


def change_reach(document: Mapping[str, Any] | None) -> Reach:
    """変更できる先 of a booking: within its room, its facility or the whole body. Where nothing is said: its room."""
    told: Reach = (document or {}).get("change_to", "room")
    return told


def moment(
    told: Mapping[str, Any], day_of_use: date, *, starts: int = 0, skip: tuple[str, ...] | list[str] = ()
) -> datetime:
    """A moment told from the day of use, in JST. On a day of `skip` (`MM-DD`) it waits for the next other day."""
    if "minutes" in told:
        return _at(day_of_use, starts) - timedelta(minutes=told["minutes"])
    if "days" in told:
        on = day_of_use - timedelta(days=told["days"])
    else:
        base = date(fiscal_year_of(day_of_use), 4, 1) if told.get("of") == "fiscal_year" else day_of_use
        on = months_before(base, told["months"], day=told.get("day"))
    for _ in range(len(skip)):
        if f"{on.month:02d}-{on.day:02d}" in skip:
            on += timedelta(days=1)
    return _at(on, told["at"])


def months_before(on: date, months: int, *, day: int | None = None) -> date:
    """A day of the n-th month before (below 0: after): `day`, or the same day; its last day where it has no such day."""
    number = on.year * 12 + on.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day or on.day, monthrange(year, month)[1]))


def fiscal_year_of(on: date) -> int:
    """年度 — from 1 April. Source: 地方自治法208条."""
    return on.year if on.month >= 4 else on.year - 1


def moment_faults(told: Mapping[str, Any]) -> str:
    """What is wrong with a moment that fits its shape; "" is nothing."""
    if len([name for name in ("months", "days", "minutes") if name in told]) != 1:
        return "何か月前・何日前・利用開始の何分前のどれか1つで書いてください。"
    if "minutes" not in told and "at" not in told:
        return "時刻を書いてください。"
    if "minutes" in told and "at" in told:
        return "利用開始の何分前で書くときは、時刻を書きません。"
    if "day" in told and "months" not in told:
        return "日は、何か月前と合わせて書いてください。"
    if told.get("of") == "fiscal_year" and ("months" not in told or "day" not in told):
        return "年度の4月から数えるときは、何か月前と日を書いてください。"
    return ""


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    for way in WAYS:
        for n, row in enumerate(document.get(way, ())):
            wrong = {side: moment_faults(row[side]) for side in ("from", "until")}
            yield from (((way, n, side), said) for side, said in wrong.items() if said)
            if not any(wrong.values()) and not any(
                moment(row["from"], day) < moment(row["until"], day, starts=720) for day in _SAMPLE
            ):
                yield (way, n, "until"), "受付の終了が開始より前です。"
    for name in ("change_until", "cancel_until"):
        if name in document and (said := moment_faults(document[name])):
            yield (name,), said


_SAMPLE = [date(2026, month, day) for month in range(1, 13) for day in (1, 15, 28)]


def _at(on: date, at: int) -> datetime:
    """A minute of a day; 1440 is the midnight at its end."""
    return datetime.combine(on, time(), JST) + timedelta(minutes=at)
