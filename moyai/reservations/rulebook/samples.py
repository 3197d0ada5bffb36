"""団体の定め（例）— fee and refund policies of four usual kinds of facility, for the worked examples and to begin from.

The figures are examples of what ordinances look like, not those of one body: its own stand in its policies.
"""

from __future__ import annotations

from typing import Any, Final

Rows = list[dict[str, Any]]
_TAX: Final[Rows] = [
    {"from_on": "1997-04-01", "percent": 5},
    {"from_on": "2014-04-01", "percent": 8},
    {"from_on": "2019-10-01", "percent": 10},
]


def _prices(unit: str, am: int, pm: int, night: int, **more: Any) -> Rows:
    """午前・午後・夜間 and the 通し料金 of two and three of them (their sum unless given)."""
    am_pm, pm_night, whole = (
        more.pop("am_pm", am + pm),
        more.pop("pm_night", pm + night),
        more.pop("day", am + pm + night),
    )
    return [
        {"unit": unit, "frames": frames, "yen": yen, **more}
        for frames, yen in (
            (["am"], am),
            (["pm"], pm),
            (["night"], night),
            (["am", "pm"], am_pm),
            (["pm", "night"], pm_night),
            (["am", "pm", "night"], whole),
        )
    ]


# 公民館: rooms by the hour, with the price of a コマ as the cap; nothing else.
COMMUNITY_HALL: Final[dict[str, Any]] = {
    "rounding": "floor",
    "rounding_yen": 10,
    "tax": "included",
    "tax_rates": _TAX,
    "least_minutes": 60,
    "order": ["room", "outside", "equipment", "extras", "relief"],
    "hours": [
        {"room": "meeting", "starts": 540, "ends": 720, "per_minutes": 60, "yen": 300, "cap_yen": 750},
        {"room": "meeting", "starts": 720, "ends": 1020, "per_minutes": 60, "yen": 300, "cap_yen": 1_000},
        {"room": "meeting", "starts": 1020, "ends": 1290, "per_minutes": 60, "yen": 400},
        {"room": "studio", "starts": 540, "ends": 1290, "per_minutes": 30, "yen": 250},
        {"room": "gallery", "starts": 540, "ends": 1290, "per_minutes": 60, "yen": 0},
    ],
    "surcharges": [
        {"code": "outside", "label": "市外の方の割増", "percent": 50, "of": ["room"], "classes": ["outside"]}
    ],
    "extras": [{"code": "aircon", "label": "冷暖房料", "per": "hour", "yen": 100}],
    "reliefs": [
        {
            "code": "welfare", "label": "障害者団体", "percent": 100, "of": ["room", "extras"], "by": "registration"
        },
        {"code": "social", "label": "社会教育団体", "percent": 50, "of": ["room"], "by": "request"},
        {"code": "council", "label": "町内会の会議", "yen": 500, "of": ["room", "equipment"], "by": "request"},
    ],
    "pay_within_days": 14,
    "pay_before_use_days": 0,
    "permit": "paid",
    "source": "団体の定め（例）公民館",
}  # fmt: skip

# 体育館: whole, half, quarter by コマ; 市外 double, commercial three times, lighting by use.
GYMNASIUM: Final[dict[str, Any]] = {
    "rounding": "floor",
    "rounding_yen": 10,
    "tax": "included",
    "tax_rates": _TAX,
    "through": "longest",
    "order": ["room", "extension", "outside", "commercial", "admission", "equipment", "extras", "relief"],
    "prices": [
        *_prices("all", 4_800, 6_400, 7_200, am_pm=10_000, pm_night=12_800, day=16_500),
        *_prices("half", 2_400, 3_200, 3_600),
        *_prices("quarter", 1_200, 1_600, 1_800),
    ],
    "surcharges": [
        {
            "code": "outside", "label": "市外の方の割増", "percent": 100, "of": ["room", "extension"],
            "classes": ["outside"],
        },
        {
            "code": "commercial", "label": "営利目的の割増", "percent": 200, "of": ["room", "extension"],
            "commercial": "yes", "on": "base",
        },
        {
            "code": "admission", "label": "入場料を取る催しの割増（1,000円以下）", "percent": 50, "of": ["room"],
            "admission_from_yen": 1, "admission_until_yen": 1_000,
        },
        {
            "code": "admission", "label": "入場料を取る催しの割増（1,000円を超える）", "percent": 100, "of": ["room"],
            "admission_from_yen": 1_001,
        },
    ],
    "extensions": [{"per_minutes": 60, "percent": 30}],
    "extras": [
        {"code": "light", "label": "照明料（全面）", "unit": "all", "per": "frame", "yen": 1_000},
        {"code": "light", "label": "照明料（部分）", "per": "frame", "yen": 500},
    ],
    "reliefs": [
        {"code": "school", "label": "市立学校の行事", "percent": 100, "of": ["room", "extension"], "by": "request"},
        {"code": "youth", "label": "少年少女の団体", "percent": 50, "of": ["room"], "by": "registration"},
    ],
    "pay_within_days": 7,
    "pay_before_use_days": 1,
    "unpaid_ends": True,
    "permit": "paid",
    "source": "団体の定め（例）体育館",
}  # fmt: skip

# 文化会館: a table for weekdays and one for 土日祝; bands of 入場料; rehearsals; heating as a part of the fee.
CONCERT_HALL: Final[dict[str, Any]] = {
    "rounding": "floor",
    "rounding_yen": 10,
    "tax": "included",
    "tax_rates": _TAX,
    "through": "longest",
    "order": [
        "room", "rehearsal", "admission", "commercial", "outside", "extension", "extras", "equipment", "relief"
    ],
    "prices": [
        *_prices("hall", 18_000, 27_000, 32_000, days=["weekday"], am_pm=43_000, pm_night=56_000, day=72_000),
        *_prices("hall", 22_000, 33_000, 39_000, am_pm=52_000, pm_night=68_000, day=88_000),
        {"room": "dressing", "frames": ["am"], "yen": 500, "with_main": "yes"},
        {"room": "dressing", "frames": ["am"], "yen": 900},
    ],
    "surcharges": [
        {"code": "rehearsal", "label": "練習・準備の割引", "percent": -30, "of": ["room"], "purposes": ["rehearsal"]},
        {
            "code": "admission", "label": "入場料500円以下", "percent": 20, "of": ["room"],
            "admission_from_yen": 1, "admission_until_yen": 500,
        },
        {
            "code": "admission", "label": "入場料3,000円以下", "percent": 50, "of": ["room"],
            "admission_from_yen": 501, "admission_until_yen": 3_000,
        },
        {
            "code": "admission", "label": "入場料3,000円を超える", "percent": 100, "of": ["room"],
            "admission_from_yen": 3_001,
        },
        {
            "code": "commercial", "label": "営利・宣伝の割増", "percent": 50, "of": ["room"], "commercial": "yes",
            "admission_until_yen": 0,
        },
        {"code": "outside", "label": "市外の方の割増", "percent": 20, "of": ["room"], "classes": ["outside"]},
    ],
    "extensions": [{"per_minutes": 30, "percent": 20, "rounding": "ceil", "rounding_yen": 100}],
    "extras": [
        {
            "code": "aircon", "label": "冷暖房料", "percent": 50, "always": True,
            "season_from": "06-01", "season_until": "09-30",
        },
        {
            "code": "aircon", "label": "冷暖房料", "percent": 30, "always": True,
            "season_from": "12-01", "season_until": "03-31",
        },
        {"code": "aircon", "label": "冷暖房料（期間外）", "percent": 50},
    ],
    "reliefs": [
        {
            "code": "cohost", "label": "市との共催", "percent": 70, "of": ["room", "extras"], "by": "request",
            "rounding": "half_up",
        }
    ],
    "pay_within_days": 30,
    "pay_before_use_days": 7,
    "permit": "paid",
    "source": "団体の定め（例）文化会館",
}  # fmt: skip

# テニスコート: by the hour, 土日祝 dearer, lighting by half hours; tax on top, the sum rounded down to 10 yen.
TENNIS_COURT: Final[dict[str, Any]] = {
    "rounding": "floor",
    "rounding_yen": 10,
    "tax": "added",
    "tax_rates": _TAX,
    "tax_rounding": "half_up",
    "least_minutes": 120,
    "order": ["room", "weekend", "extension", "outside", "extras", "equipment", "relief", "tax", "total"],
    "hours": [{"starts": 360, "ends": 1260, "per_minutes": 60, "yen": 455}],
    "surcharges": [
        {
            "code": "weekend", "label": "土日祝の割増", "percent": 25, "of": ["room"],
            "days": ["saturday", "sunday", "holiday"], "rounding_yen": 1, "rounding": "half_up",
        },
        {
            "code": "outside", "label": "市外の方の割増", "percent": 100, "of": ["room", "extension"],
            "classes": ["outside"], "rounding_yen": 1,
        },
    ],
    "extensions": [{"per_minutes": 30, "yen": 240}],
    "extras": [{"code": "light", "label": "夜間照明料", "per": "hour", "yen": 600}],
    "reliefs": [{"code": "senior", "label": "高齢者の団体", "percent": 30, "of": ["room"], "by": "registration"}],
    "pay_within_days": 0,
    "pay_before_use_days": 0,
    "permit": "booked",
    "source": "団体の定め（例）テニスコート",
}  # fmt: skip

FEES: Final = {
    "community_hall": COMMUNITY_HALL,
    "gymnasium": GYMNASIUM,
    "concert_hall": CONCERT_HALL,
    "tennis_court": TENNIS_COURT,
}
FEE_WORDS: Final = {
    "community_hall": ("公民館の定め（例）", "A community hall (example)"),
    "gymnasium": ("体育館の定め（例）", "A gymnasium (example)"),
    "concert_hall": ("文化会館の定め（例）", "A concert hall (example)"),
    "tennis_court": ("テニスコートの定め（例）", "Tennis courts (example)"),
}

_ALWAYS: Final[Rows] = [{"why": why, "days_before": -400, "percent": 100} for why in ("weather", "facility")]

# 一般: 30 days before all, 7 days before 70 %, the day before half, then nothing.
TIERS: Final[dict[str, Any]] = {
    "tiers": [
        {"why": "own", "days_before": 30, "percent": 100},
        {"why": "own", "days_before": 7, "percent": 70},
        {"why": "own", "days_before": 1, "percent": 50},
        {"why": "own", "days_before": 0, "percent": 0},
        *_ALWAYS,
    ],
    "rounding": "floor",
    "rounding_yen": 10,
    "unpaid": "free",
    "lower_change": "tier",
    "free_changes": 1,
    "change_yen": 200,
    "source": "団体の定め（例）取消しと還付",
}

# 厳しい例: what was booked is owed, paid or not; a cheaper change gives nothing back.
STRICT: Final[dict[str, Any]] = {
    "tiers": [
        {"why": "own", "days_before": 60, "percent": 50},
        {"why": "own", "days_before": 0, "percent": 0},
        *_ALWAYS,
    ],
    "rounding": "ceil",
    "rounding_yen": 100,
    "unpaid": "owed",
    "lower_change": "none",
    "free_changes": 0,
    "change_yen": 500,
    "source": "団体の定め（例）取消しと還付（文化会館）",
}

REFUNDS: Final = {"tiers": TIERS, "strict": STRICT}
REFUND_WORDS: Final = {
    "tiers": ("取消しと還付の定め（例）", "Refunds (example)"),
    "strict": ("取消しと還付の定め（文化会館の例）", "Refunds of a concert hall (example)"),
}
