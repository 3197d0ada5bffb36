"""見本の決まり — policies of each kind as an ordinance and its rules would have them; the sources say 団体の定め（例）."""

from __future__ import annotations

from typing import Any

from moyai.reservations.workbook.nouns import Masters

Document = dict[str, Any]
RULES = "公の施設の設置及び管理に関する条例施行規則（例）"

OPEN_LATE: Document = {
    "hours": [{"opens": 540, "closes": 1260}],
    "closed": [{"every": "week", "weekday": "mon", "on_holiday": "next_weekday"}],
    "year_end": {"from": "12-29", "until": "01-03"},
}
MONTH_END: Document = {
    "hours": [{"opens": 540, "closes": 1260}],
    "closed": [
        {"every": "nth", "weekday": "mon", "nth": [1, 3], "on_holiday": "next_day"},
        {"every": "month_end", "on_holiday": "closed"},
    ],
    "holidays_closed": True,
    "year_end": {"from": "12-29", "until": "01-03"},
}
OUTDOORS: Document = {
    "hours": [
        {"opens": 420, "closes": 1140, "from": "04-01", "until": "09-30"},
        {"opens": 480, "closes": 1020},
    ],
    "year_end": {"from": "12-29", "until": "01-03"},
}
# Lots for a month are drawn two months before; what is left is open to the first from the 1st of the month before.
PERIODS: Document = {
    "lottery": [
        {
            "classes": ["resident", "worker", "student"],
            "from": {"months": 2, "day": 1, "at": 540},
            "until": {"months": 2, "day": 11, "at": 0},
        }
    ],
    "first": [
        {
            "classes": ["resident", "worker", "student"],
            "from": {"months": 1, "day": 1, "at": 540},
            "until": {"minutes": 30},
        },
        {"classes": ["outside"], "from": {"months": 1, "day": 11, "at": 540}, "until": {"minutes": 30}},
    ],
    "priority": [{"kinds": ["group"], "from": {"months": 6, "day": 1, "at": 540}, "until": {"months": 3, "day": 1, "at": 0}}],
    "skip": ["12-29", "12-30", "12-31", "01-01", "01-02", "01-03"],
    "hold_minutes": 15,
    "change_until": {"days": 1, "at": 1020},
    "cancel_until": {"minutes": 0},
    "change_to": "facility",
}
HALL_PERIODS: Document = {
    "first": [{"from": {"months": 12, "day": 1, "at": 540}, "until": {"days": 7, "at": 1020}}],
    "priority": [{"kinds": ["group"], "from": {"months": 13, "day": 1, "at": 540}, "until": {"months": 12, "day": 1, "at": 0}}],
    "hold_minutes": 20,
}
LIMITS: Document = {
    "one_place_at_a_time": True,
    "series": {"kinds": ["group"], "every": ["week", "fortnight", "month"], "most": 12},
    "limits": [
        {"name": "個人は月8回まで", "of": "booking", "kinds": ["person"], "scope": "body", "span": "month", "most": 8},
        {"name": "団体は月12回まで", "of": "booking", "kinds": ["group"], "scope": "body", "span": "month", "most": 12},
        {
            "name": "土日祝は月4回まで", "of": "booking", "scope": "category", "span": "month", "days": "holiday",
            "measure": "count", "most": 4,
        },
        {"name": "同じ室場は1日3コマまで", "scope": "room", "span": "day", "measure": "weight", "most": 3},
        {"name": "抽選の希望は月12枠まで", "of": "entry", "scope": "category", "span": "month", "most": 12},
    ],
}  # fmt: skip
COURT_LIMITS: Document = {
    "longest_minutes": 240,
    "shortest_minutes": 60,
    "one_place_at_a_time": True,
    "limits": [
        {"name": "1日4時間まで", "of": "booking", "scope": "facility", "span": "day", "measure": "minutes", "most": 240},
        {"name": "月16時間まで", "of": "both", "scope": "category", "span": "month", "measure": "minutes", "most": 960},
    ],
}
ELIGIBILITY: Document = {
    "least_age": 15,
    "valid_on_use": True,
    "online": True,
    "valid_years": {"person": 3, "group": 2},
    "proof_months": {"worker": 12, "student": 12},
    "group": {
        "least_members": 5,
        "inside_numerator": 1,
        "inside_denominator": 2,
        "overlap_members": 3,
        "overlap_act": "warn",
    },
    "renew_from_days": 60,
    "renew_until_days": 30,
    "remind_days": 30,
    "keep_years": 5,
}
CANCELLATION: Document = {
    "tiers": [
        {"why": "own", "days_before": 30, "percent": 100},
        {"why": "own", "days_before": 7, "percent": 70},
        {"why": "own", "days_before": 1, "percent": 50},
        {"why": "own", "days_before": 0, "percent": 0},
        {"why": "weather", "days_before": -400, "percent": 100},
        {"why": "facility", "days_before": -400, "percent": 100},
    ],
    "rounding": "floor",
    "rounding_yen": 10,
    "unpaid": "free",
    "lower_change": "tier",
    "free_changes": 2,
    "change_yen": 200,
}
PENALTIES: Document = {
    "per": "person",
    "points": [
        {"why": "no_show", "tenths": 10},
        {"why": "late_cancel", "tenths": 5, "within_days": 3},
        {"why": "breach", "tenths": 20},
    ],
    "lapse": {"months": 12},
    "suspend": [{"tenths": 20, "months": 2, "void_bookings": False}, {"tenths": 40, "months": 6, "void_bookings": True}],
}
LOTTERY: Document = {
    "mode": "person",
    "win_cap": 2,
    "wishes": 3,
    "entry_cap": 2,
    "groups_first": False,
    "enter_from": {"months": 2, "day": 1, "at": 540},
    "enter_until": {"months": 2, "day": 11, "at": 0},
    "confirm_days": 7,
    "promote_hours": 72,
    "seed": "officials",
    "release": {"on": True, "at": 540, "minutes": 10},
}
TAX = [{"from_on": "2014-04-01", "percent": 8}, {"from_on": "2019-10-01", "percent": 10}]
PAY: Document = {"rounding": "floor", "rounding_yen": 10, "tax": "included", "tax_rates": TAX}
OUTSIDE = {"code": "outside", "label": "市外の方の割増", "percent": 100, "of": ["room"], "classes": ["outside"]}
COMMERCIAL = {
    "code": "commercial", "label": "営利目的の割増", "percent": 200, "of": ["room"], "commercial": "yes", "on": "base",
}  # fmt: skip
RELIEFS = [
    {"code": "welfare", "label": "障害者団体", "percent": 100, "of": ["room"], "by": "registration"},
    {"code": "youth", "label": "少年少女の団体", "percent": 50, "of": ["room"], "by": "registration"},
    {"code": "cohost", "label": "団体との共催", "percent": 50, "of": ["room"], "by": "request"},
]


def day_prices(room: str, unit: str, am: int, pm: int, night: int, **more: Any) -> list[Document]:
    """午前・午後・夜間, and what two or three of them cost together: a tenth less for the whole day."""
    whole = (am + pm + night) * 9 // 100 * 10
    return [
        {"room": room, "unit": unit, "frames": frames, "yen": yen, **more}
        for frames, yen in (
            (["am"], am),
            (["pm"], pm),
            (["night"], night),
            (["am", "pm"], am + pm),
            (["pm", "night"], pm + night),
            (["am", "pm", "night"], whole),
        )
    ]


def gymnasium_fees(percent: int = 100) -> Document:
    """`percent` of the prices, in whole tens of yen: a new table is rarely more than the old one, dearer."""
    units = [("all", 4_800, 6_400, 7_200)]
    units += [(code, 2_400, 3_200, 3_600) for code in ("half-n", "half-s")]
    units += [(f"quarter-{number}", 1_200, 1_600, 1_800) for number in range(1, 5)]
    prices = [row for unit, *yen in units for row in day_prices("arena", unit, *yen)]
    for unit, *yen in (("all", 1_600, 2_000, 2_400), ("east", 800, 1_000, 1_200), ("west", 800, 1_000, 1_200)):
        prices += day_prices("budo", unit, *yen)
    prices = [row | {"yen": row["yen"] * percent // 1000 * 10} for row in prices]
    return {
        **PAY,
        "through": "longest",
        "order": ["room", "outside", "commercial", "admission", "equipment", "extras", "relief"],
        "prices": prices,
        "surcharges": [
            OUTSIDE,
            COMMERCIAL,
            {
                "code": "admission", "label": "入場料を取る催しの割増", "percent": 100, "of": ["room"],
                "admission_from_yen": 1,
            },
        ],
        "extras": [{"code": "light", "label": "照明料（全面）", "room": "arena", "unit": "all", "per": "frame", "yen": 1_000}],
        "reliefs": RELIEFS,
        "pay_within_days": 7,
        "pay_before_use_days": 1,
        "unpaid_ends": True,
        "permit": "paid",
        "source": "体育施設条例別表第1（例）",
    }  # fmt: skip


def hall_fees() -> Document:
    prices = day_prices("hall", "all", 18_000, 27_000, 32_000, days=["weekday"])
    prices += day_prices("hall", "all", 22_000, 33_000, 39_000)
    for room, *yen in (("dressing-1", 500, 700, 800), ("dressing-2", 800, 1_000, 1_200), ("meeting-1", 900, 1_200, 1_400)):
        prices += day_prices(room, "all", *yen)
    bands = (("500円以下", 1, 500, 20), ("3,000円以下", 501, 3_000, 50))
    return {
        **PAY,
        "through": "longest",
        "order": ["room", "rehearsal", "admission", "commercial", "outside", "extension", "extras", "equipment", "relief"],
        "prices": prices,
        "surcharges": [
            {"code": "rehearsal", "label": "練習・準備の割引", "percent": -30, "of": ["room"], "purposes": ["rehearsal"]},
            *(
                {
                    "code": "admission", "label": f"入場料{words}", "percent": percent, "of": ["room"],
                    "admission_from_yen": low, "admission_until_yen": high,
                }
                for words, low, high, percent in bands
            ),
            {
                "code": "admission", "label": "入場料3,000円を超える", "percent": 100, "of": ["room"],
                "admission_from_yen": 3_001,
            },
            {**COMMERCIAL, "percent": 50, "admission_until_yen": 0},
            {**OUTSIDE, "percent": 20},
        ],
        "extensions": [{"per_minutes": 30, "percent": 20, "rounding": "ceil", "rounding_yen": 100}],
        "extras": [
            {
                "code": "aircon", "label": "冷房料", "percent": 50, "always": True, "season_from": "06-01",
                "season_until": "09-30",
            },
            {
                "code": "aircon", "label": "暖房料", "percent": 30, "always": True, "season_from": "12-01",
                "season_until": "03-31",
            },
        ],
        "reliefs": [{"code": "cohost", "label": "団体との共催", "percent": 70, "of": ["room", "extras"], "by": "request"}],
        "pay_within_days": 30,
        "pay_before_use_days": 7,
        "permit": "paid",
        "source": "市民会館条例別表（例）",
    }  # fmt: skip


def community_fees() -> Document:
    prices: list[Document] = []
    for room, *yen in (
        ("lecture", 1_500, 2_000, 2_200),
        ("meeting", 450, 600, 700),
        ("washitsu", 450, 600, 700),
        ("kitchen", 900, 1_200, 1_400),
    ):
        prices += day_prices(room, "all", *yen)
    return {
        **PAY,
        "through": "longest",
        "order": ["room", "outside", "equipment", "extras", "relief"],
        "prices": prices,
        "surcharges": [{**OUTSIDE, "percent": 50}],
        "extras": [{"code": "aircon", "label": "冷暖房料", "per": "frame", "yen": 100}],
        "reliefs": RELIEFS,
        "pay_within_days": 14,
        "pay_before_use_days": 0,
        "permit": "booked",
        "source": "公民館条例別表（例）",
    }


def tennis_fees() -> Document:
    return {
        **PAY,
        "least_minutes": 60,
        "order": ["room", "weekend", "outside", "extras", "equipment", "relief"],
        "hours": [{"starts": 360, "ends": 1260, "per_minutes": 60, "yen": 500}],
        "surcharges": [
            {
                "code": "weekend", "label": "土日祝の割増", "percent": 20, "of": ["room"],
                "days": ["saturday", "sunday", "holiday"],
            },
            {**OUTSIDE},
        ],
        "reliefs": RELIEFS,
        "pay_within_days": 0,
        "pay_before_use_days": 0,
        "permit": "booked",
        "source": "都市公園条例別表（例）",
    }  # fmt: skip


BY_CATEGORY = {
    "体育館": ("体育施設条例（例）", gymnasium_fees, OPEN_LATE),
    "ホール・会館": ("市民会館条例（例）", hall_fees, OPEN_LATE),
    "公民館": ("公民館条例（例）", community_fees, MONTH_END),
    "テニスコート": ("都市公園条例（例）", tennis_fees, OUTDOORS),
}


def policies(masters: Masters) -> list[tuple[str, str, str, Document]]:
    """(kind, facility, source, document) of every policy of the demo."""
    found: list[tuple[str, str, str, Document]] = [
        ("opening", "", RULES, OPEN_LATE),
        ("periods", "", RULES, PERIODS),
        ("limits", "", RULES, LIMITS),
        ("eligibility", "", RULES, ELIGIBILITY),
        ("cancellation", "", RULES, CANCELLATION),
        ("penalties", "", "施設予約の利用停止に関する要綱（例）", PENALTIES),
        ("lottery", "", RULES, LOTTERY),
    ]
    for (code,), facility in masters["facilities"].items():
        source, fees, opening = BY_CATEGORY[facility["category"]]
        found.append(("fees", code, f"{source}別表", fees()))
        found.append(("opening", code, source, opening))
        if facility["category"] == "ホール・会館":
            found.append(("periods", code, source, HALL_PERIODS))
        if facility["category"] == "テニスコート":
            found.append(("limits", code, source, COURT_LIMITS))
    return found
