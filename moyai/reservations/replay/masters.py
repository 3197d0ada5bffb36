"""施設 of a replayed year: five rooms each, priced where a hall is, free of charge elsewhere. Names and rules are made up."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from moyai.reservations.workbook.nouns import NOUNS, Masters, nothing

CODE: Final = "r-"  # what the codes of a replayed year's facilities begin with
LOTTERY_ROOM: Final = "gym"  # given by lottery two months ahead; what is left is open to the first who comes
PRICED_ROOM: Final = "hall"
KINDS = ("コミュニティセンター", "公民館", "体育館", "文化会館", "青少年センター", "市民プラザ")
PLACES = ("中央", "本町", "緑町", "栄町", "旭町", "花見台", "若葉", "みなと", "桜木", "宮前", "泉", "東")
ROOMS: Final = (
    (LOTTERY_ROOM, "体育室", 200, (("east", "東"), ("west", "西"))),
    ("meeting", "会議室", 40, (("all", "全体"),)),
    ("washitsu", "和室", 30, (("all", "全体"),)),
    ("studio", "音楽室", 30, (("all", "全体"),)),
    (PRICED_ROOM, "ホール", 300, (("all", "全体"),)),
)
PURPOSES = (("sports", "運動"), ("culture", "文化活動"), ("meeting", "会議"))
SOURCE: Final = "再現のための定め（例）"
OPENS, CLOSES = 540, 1260

POLICIES: Final[dict[str, dict[str, Any]]] = {
    "opening": {
        "hours": [{"opens": OPENS, "closes": CLOSES}],
        "closed": [{"every": "week", "weekday": "mon", "on_holiday": "next_weekday"}],
        "year_end": {"from": "12-29", "until": "01-03"},
    },
    "periods": {
        "lottery": [{"from": {"months": 2, "day": 1, "at": 540}, "until": {"months": 2, "day": 11, "at": 0}}],
        "first": [{"from": {"months": 1, "day": 1, "at": 540}, "until": {"minutes": 0}}],
        "cancel_until": {"minutes": 0},
        "change_until": {"days": 1, "at": 1020},
    },
    "limits": {
        "limits": [{"name": "月60回まで", "of": "booking", "scope": "body", "span": "month", "most": 60}]
    },
    "eligibility": {"valid_on_use": True, "online": True, "valid_years": {"person": 5, "group": 5}},
    "fees": {
        "rounding": "floor",
        "rounding_yen": 10,
        "tax": "included",
        "tax_rates": [{"from_on": "2014-04-01", "percent": 8}],
        "order": ["room"],
        "hours": [
            {"room": PRICED_ROOM, "starts": OPENS, "ends": CLOSES, "per_minutes": 60, "yen": 1_200},
            *(
                {"room": room, "starts": OPENS, "ends": CLOSES, "per_minutes": 60, "yen": 0}
                for room, *_more in ROOMS
                if room != PRICED_ROOM
            ),
        ],
        "pay_within_days": 14,
        "pay_before_use_days": 0,
        "source": SOURCE,
    },
}
# What the whole body says, where it says nothing yet.
OF_THE_BODY: Final = ("eligibility",)


def masters(*, facilities: int, frames: int, from_on: date) -> Masters:
    """So many facilities with five rooms each, open from a day on, each under its own policies."""
    made = nothing()
    for position, (code, name) in enumerate(PURPOSES):
        _add(made, "purposes", code=code, name=name, position=position)
    for number in range(1, facilities + 1):
        _facility(made, number, frames, from_on)
    return made


def _facility(made: Masters, number: int, frames: int, from_on: date) -> None:
    code = f"{CODE}{number}"
    place, kind = PLACES[number % len(PLACES)], KINDS[number // len(PLACES) % len(KINDS)]
    _add(
        made, "facilities", code=code, name=f"{place}{kind}（{number}）", kana="シセツ", category=kind,
        address=f"{place}{number}丁目1番1号", phone="+81432455111", section="市民活動課", position=number, published=True,
        used_from=from_on,
    )  # fmt: skip
    length = (CLOSES - OPENS) // frames
    for position, (room, name, capacity, parts) in enumerate(ROOMS):
        of = {"facility": code, "room": room}
        _add(
            made, "rooms", facility=code, code=room, name=name, capacity=capacity, step_minutes="0", alone=True,
            position=position, published=True, used_from=from_on,
        )  # fmt: skip
        units = [("whole", "全面", tuple(part for part, _name in parts))]
        units += [(part, f"{name}半面", (part,)) for part, name in parts] if len(parts) > 1 else []
        for at, (part, words) in enumerate(parts):
            _add(made, "parts", **of, code=part, name=words, position=at)
        for at, (unit, words, whole) in enumerate(units):
            size = capacity * len(whole) // len(parts)
            _add(made, "units", **of, code=unit, name=words, capacity=size, parts=whole, position=at)
        for at in range(frames):
            starts = OPENS + at * length
            _add(
                made, "frames", **of, code=f"k{at + 1}", name=f"第{at + 1}コマ", starts=starts, ends=starts + length,
                used_from=from_on,
            )  # fmt: skip
    for kind, document in POLICIES.items():
        made["policies"][(kind, code, "", from_on)] = {
            "kind": kind,
            "facility": code,
            "room": "",
            "from_on": from_on,
            "source": SOURCE,
            "document": document,
        }


def _add(made: Masters, noun: str, **facts: Any) -> None:
    row = NOUNS[noun].row(**facts)
    made[noun][NOUNS[noun].key_of(row)] = row
