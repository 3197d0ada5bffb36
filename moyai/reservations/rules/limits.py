"""申込みと予約の上限 — how often, how much and how long one person or group may use the rooms. Pure.

Counted under one person (`one_person`), whatever the channel and the registration. A limit says what it counts (予約,
抽選申込 or both), of whom (個人・団体, 区分), where (室場, 施設, 分類, 団体), over which span of the days of use (or of asking), on
which days (平日, 土日祝), and in what (回数, コマ, 時間, 日数).

Source: the 施行規則 or 利用の手引き of each facility; 名古屋 (月4回、うち土日祝2回), 袖ケ浦 (月8回), 狛江 (1日1回).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from moyai.reservations.rules import series
from moyai.reservations.rules.periods import fiscal_year_of
from moyai.reservations.rules.shapes import (
    CLASSES,
    KINDS_OF_USERS,
    codes,
    obj,
    one_of,
    rows,
    several,
    text,
    whole,
    yes_no,
)

SPANS = {
    "day": "1日", "week": "1週（月曜から）", "month": "1か月", "fiscal_year": "1年度", "standing": "これから使う分の合計"
}  # fmt: skip
MEASURES = {"count": "回数", "weight": "コマ数", "minutes": "時間（分）", "days": "日数"}

SCHEMA = obj(
    "申込みと予約の上限",
    "Limits",
    {
        "longest_minutes": whole("1回の最長（分）", "Longest use in minutes", 15, 1440),
        "shortest_minutes": whole("1回の最短（分）", "Shortest use in minutes", 15, 1440),
        "most_weight": whole("1回のコマ数の上限", "Most frames of one use", 1, 96),
        "one_place_at_a_time": yes_no("同じ時間に2か所は使えない", "Not in two places at a time"),
        "limits": rows(
            "上限",
            "Limits",
            obj(
                "上限",
                "Limit",
                {
                    "name": text("名前", "Name", 60, minLength=1),
                    "of": one_of(
                        "数えるもの", "What is counted",
                        {"booking": "予約", "entry": "抽選申込", "both": "予約と抽選申込"},
                    ),
                    "kinds": several("個人・団体", "Persons or groups", KINDS_OF_USERS),
                    "classes": several("区分", "Classes", CLASSES),
                    "purposes": codes("利用目的", "Purposes", 50),
                    "scope": one_of(
                        "範囲", "Scope",
                        {"room": "同じ室場", "facility": "同じ施設", "category": "同じ分類の施設", "body": "すべての施設"},
                    ),
                    "span": one_of("期間", "Span", SPANS),
                    "by": one_of("期間の数え方", "Days meant", {"use": "利用日", "asked": "申込日"}),
                    "days": one_of(
                        "曜日", "Days", {"all": "すべて", "weekday": "平日", "holiday": "土日祝"}
                    ),
                    "measure": one_of("単位", "Measure", MEASURES),
                    "most": whole("上限", "Most", 0, 100_000),
                },
                needs=("name", "span", "most"),
            ),
            40,
        ),
        "series": series.SCHEMA,
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """A booking or an entry (each of its wishes) as limits see it. `holiday`: Saturday, Sunday or 祝日."""

    day: date
    starts: int
    ends: int
    weight: int = 1
    room_id: int = 0
    facility_id: int = 0
    category: str = ""
    purpose: str = ""
    what: str = "booking"
    kind: str = "person"
    holiday: bool = False
    asked_on: date | None = None

    @property
    def minutes(self) -> int:
        return self.ends - self.starts


@dataclass(frozen=True, slots=True)
class Count:
    """How a limit stands: what there is already, what is asked for, and how much may be.

    `code`: limit; or longest, shortest, weight (of one use) and same_time, which have no name of their own.
    """

    code: str
    name: str
    had: int
    asked: int
    most: int
    span: str = ""
    measure: str = "count"

    @property
    def left(self) -> int:
        return max(0, self.most - self.had)

    @property
    def exceeded(self) -> bool:
        if self.code == "shortest":
            return self.asked < self.most
        return self.had + self.asked > self.most


def exceeded(
    document: Mapping[str, Any] | None,
    *,
    asked: Use,
    standing: Sequence[Use],
    resident_class: str,
    today: date,
) -> Count | None:
    """上限の超過 — the first limit that one more use would go beyond, or None.

    `standing` are the uses of the same person that stand, without the one asked for (when it is changed).
    """
    for count in counts(document, asked=asked, standing=standing, resident_class=resident_class, today=today):
        if count.exceeded:
            return count
    return None


def counts(
    document: Mapping[str, Any] | None,
    *,
    asked: Use,
    standing: Sequence[Use],
    resident_class: str,
    today: date,
) -> Iterator[Count]:
    """Every limit that bears on a use, in the order of the policy."""
    if document is None:
        return
    yield from _of_one_use(document, asked)
    if document.get("one_place_at_a_time"):
        others = [
            use for use in standing
            if use.what == asked.what and use.day == asked.day and use.starts < asked.ends and asked.starts < use.ends
        ]  # fmt: skip
        yield Count("same_time", "", len(others), 1, 1)
    for limit in document.get("limits", ()):
        if resident_class not in (limit.get("classes") or (resident_class,)):
            continue
        asked_for = replace(asked, asked_on=asked.asked_on or today)
        if not _bears_on(limit, asked_for):
            continue
        measure = limit.get("measure", "count")
        same = [
            use for use in standing
            if _bears_on(limit, use) and _same_place(limit, use, asked_for) and _same_span(limit, use, asked_for, today)
        ]  # fmt: skip
        had = _measured(same, measure)
        yield Count(
            "limit",
            limit["name"],
            had,
            _measured([*same, asked_for], measure) - had,
            limit["most"],
            limit["span"],
            measure,
        )


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    if document.get("shortest_minutes", 0) > document.get("longest_minutes", 1440):
        yield ("shortest_minutes",), "1回の最短が最長より長くなっています。"
    for n, limit in enumerate(document.get("limits", ())):
        if limit["span"] == "standing" and limit.get("by") == "asked":
            yield ("limits", n, "by"), "これから使う分の合計は、利用日で数えます。"
        if any(limit["name"] == other["name"] for other in document["limits"][:n]):
            yield ("limits", n, "name"), "同じ名前の上限があります。"


def _of_one_use(document: Mapping[str, Any], asked: Use) -> Iterator[Count]:
    if "longest_minutes" in document:
        yield Count("longest", "", 0, asked.minutes, document["longest_minutes"], measure="minutes")
    if "shortest_minutes" in document:
        yield Count("shortest", "", 0, asked.minutes, document["shortest_minutes"], measure="minutes")
    if "most_weight" in document:
        yield Count("weight", "", 0, asked.weight, document["most_weight"], measure="weight")


def _bears_on(limit: Mapping[str, Any], use: Use) -> bool:
    """Whether a limit counts a use at all: what it is, whose, for what, on which days."""
    if limit.get("of", "booking") not in ("both", use.what):
        return False
    if limit.get("kinds") and use.kind not in limit["kinds"]:
        return False
    if limit.get("purposes") and use.purpose not in limit["purposes"]:
        return False
    days = limit.get("days", "all")
    return bool(days == "all" or (days == "holiday") == use.holiday)


def _same_place(limit: Mapping[str, Any], use: Use, asked: Use) -> bool:
    match limit.get("scope", "body"):
        case "room":
            return use.room_id == asked.room_id
        case "facility":
            return use.facility_id == asked.facility_id
        case "category":
            return use.category == asked.category
        case _:
            return True


def _same_span(limit: Mapping[str, Any], use: Use, asked: Use, today: date) -> bool:
    if limit["span"] == "standing":
        return use.day >= today
    if limit.get("by") == "asked":
        return bool(use.asked_on and asked.asked_on) and _span(limit, use.asked_on) == _span(
            limit, asked.asked_on
        )
    return _span(limit, use.day) == _span(limit, asked.day)


def _span(limit: Mapping[str, Any], on: date | None) -> tuple[int, ...]:
    """The day, the week from Monday, the month or the fiscal year a day lies in."""
    assert on is not None  # asked for only where the day is known
    match limit["span"]:
        case "day":
            return (on.toordinal(),)
        case "week":
            return ((on - timedelta(days=on.weekday())).toordinal(),)
        case "month":
            return (on.year, on.month)
        case _:
            return (fiscal_year_of(on),)


def _measured(uses: Sequence[Use], measure: str) -> int:
    match measure:
        case "weight":
            return sum(use.weight for use in uses)
        case "minutes":
            return sum(use.minutes for use in uses)
        case "days":
            return len({use.day for use in uses})
        case _:
            return len(uses)
