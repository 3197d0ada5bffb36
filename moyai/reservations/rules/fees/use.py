"""使用料を決める事実 — what a fee is worked out from, and which rows of the fee policy speak of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

WEEKDAY, SATURDAY, SUNDAY, HOLIDAY = "weekday", "saturday", "sunday", "holiday"
PER_WORDS = {"frame": "コマ", "hour": "時間", "use": "回"}


class CannotWorkOut(Exception):
    """使用料を計算できない — the policy says nothing of this use: an error, never zero. `code` is one of the constants."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


NO_PRICE, NO_EXTENSION, NO_EXTRA, NO_RELIEF, NO_TAX_RATE, NO_TIER = (
    "no_price",
    "no_extension",
    "no_extra",
    "no_relief",
    "no_tax_rate",
    "no_tier",
)


@dataclass(frozen=True, slots=True)
class FeeFrame:
    """コマ that is used, from–to in minutes of the day."""

    code: str
    name: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class FeeItem:
    """備品 that is lent: `yen` per コマ, hour or use, of each of `count` pieces."""

    code: str
    name: str
    yen: int
    per: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeUse:
    """利用の内容 — one use of one unit of one room on one day; minutes of the day, yen, persons.

    `frames` are the コマ it takes (none where time goes by steps). `relief` is the code of the 減免 that is granted,
    "" for none; `extras` are what was asked for (冷暖房 …); `with_main`: an attached room booked with its main room.
    """

    on: date
    day_class: str
    room: str
    unit: str
    starts: int
    ends: int
    frames: tuple[FeeFrame, ...] = ()
    resident_class: str = "resident"
    kind: str = "person"
    purpose: str = ""
    people: int = 0
    commercial: bool = False
    admission_yen: int = 0
    with_main: bool = False
    equipment: tuple[FeeItem, ...] = ()
    extras: tuple[str, ...] = ()
    extension_minutes: int = 0
    relief: str = ""

    @property
    def hours(self) -> int:
        """Hours of use; a begun hour counts whole."""
        return -(-(self.ends - self.starts) // 60)

    def times(self, per: str) -> int:
        """How often a price per コマ, hour or use is owed. Where time goes by steps the use is one コマ."""
        return {"frame": max(1, len(self.frames)), "hour": self.hours, "use": 1}[per]

    def tidy(self) -> FeeUse:
        """The same use with frames, equipment and extras in one order: what was named first does not matter."""
        return replace(
            self,
            frames=tuple(sorted(self.frames, key=lambda frame: frame.starts)),
            equipment=tuple(sorted(self.equipment, key=lambda item: item.code)),
            extras=tuple(sorted(set(self.extras))),
        )

    def as_case(self) -> dict[str, Any]:
        """As it is kept with a booking and asked of the published rule."""
        case: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        case["on"] = self.on.isoformat()
        case["frames"] = [{name: getattr(one, name) for name in one.__slots__} for one in self.frames]
        case["equipment"] = [{name: getattr(one, name) for name in one.__slots__} for one in self.equipment]
        case["extras"] = list(self.extras)
        return case


def use_from(case: Mapping[str, Any]) -> FeeUse:
    """The use that `as_case` wrote down, or that was asked of the rule."""
    on = case["on"]
    return FeeUse(
        **{
            **{name: case[name] for name in FeeUse.__slots__ if name in case},
            "on": on if isinstance(on, date) else date.fromisoformat(on),
            "frames": tuple(FeeFrame(**frame) for frame in case.get("frames", ())),
            "equipment": tuple(FeeItem(**item) for item in case.get("equipment", ())),
            "extras": tuple(case.get("extras", ())),
        }
    )


def day_class(on: date, *, holiday: bool) -> str:
    """曜日区分 — 祝日 goes before the day of the week; 振替休日 is a holiday."""
    return HOLIDAY if holiday else {5: SATURDAY, 6: SUNDAY}.get(on.weekday(), WEEKDAY)


def asks_about(document: Mapping[str, Any]) -> frozenset[str]:
    """What a fee policy wants to know that a winner of a draw was not asked: "commercial" (営利), "admission_yen" (入場料)."""
    found: set[str] = set()
    for rows in document.values():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Mapping):
                if row.get("commercial", "any") != "any":
                    found.add("commercial")
                if "admission_from_yen" in row or "admission_until_yen" in row:
                    found.add("admission_yen")
    return frozenset(found)


def speaks_of(row: Mapping[str, Any], use: FeeUse) -> bool:
    """Whether a row of the policy holds for a use: what it does not name, holds for all."""
    return (
        _named(row.get("room", ""), use.room)
        and _named(row.get("unit", ""), use.unit)
        and _among(row.get("days", ()), use.day_class)
        and _among(row.get("classes", ()), use.resident_class)
        and _among(row.get("kinds", ()), use.kind)
        and _among(row.get("purposes", ()), use.purpose)
        and _is(row.get("commercial", "any"), use.commercial)
        and _is(row.get("with_main", "any"), use.with_main)
        and row.get("admission_from_yen", 0) <= use.admission_yen <= row.get("admission_until_yen", 10**12)
        and row.get("people_from", 0) <= use.people
        and _in_season(row.get("season_from", ""), row.get("season_until", ""), use.on)
    )


def _named(wanted: str, given: str) -> bool:
    return not wanted or wanted == given


def _among(wanted: Sequence[str], given: str) -> bool:
    return not wanted or given in wanted


def _is(wanted: str, given: bool) -> bool:
    return wanted == "any" or (wanted == "yes") == given


def _in_season(first: str, last: str, on: date) -> bool:
    """`MM-DD` to `MM-DD`, both included; a season may go over the end of the year (12-01 to 03-31)."""
    if not first or not last:
        return True
    day = on.strftime("%m-%d")
    return first <= day <= last if first <= last else day >= first or day <= last
