"""利用の決まりの例 — opening, periods, limits, eligibility and penalties of usual facilities, for the worked examples and to
begin from.

Those named 団体の定め（例） are what such rules look like, not those of one body. Those named after a municipality give what
it has published about itself; what it does not say is left out, or named as an example.
"""

from __future__ import annotations

from typing import Any, Final

Documents = dict[str, dict[str, Any]]
Words = dict[str, str | tuple[str, str]]

INSIDE: Final = ["resident", "worker", "student"]
EXAMPLE: Final = "団体の定め（例）"

OPENING: Final[Documents] = {
    # 公民館: closed on Mondays, on the next weekday where that is a holiday; shorter on Sundays and holidays.
    "hall": {
        "hours": [
            {"days": ["sun", "holiday"], "opens": 540, "closes": 1020},
            {"opens": 540, "closes": 1290},
        ],
        "closed": [{"every": "week", "weekday": "mon", "on_holiday": "next_weekday"}],
        "year_end": {"from": "12-29", "until": "01-03"},
    },
    # 体育館: closed on the third Monday, on the day after where that is a holiday, and on the last of every month.
    "gym": {
        "hours": [{"opens": 540, "closes": 1260}],
        "closed": [
            {"every": "nth", "weekday": "mon", "nth": [3], "on_holiday": "next_day"},
            {"every": "month_end"},
        ],
        "year_end": {"from": "12-28", "until": "01-04"},
    },
    # 屋外の球場: by seasons, not in winter.
    "field": {
        "hours": [
            {"from": "05-01", "until": "08-31", "opens": 360, "closes": 1140},
            {"from": "03-01", "until": "11-30", "opens": 420, "closes": 1020},
        ],
    },
    # 事務所内の会議室: on working days only.
    "office": {
        "hours": [{"opens": 510, "closes": 1035}],
        "closed": [{"every": "week", "weekday": "sat"}, {"every": "week", "weekday": "sun"}],
        "holidays_closed": True,
        "year_end": {"from": "12-29", "until": "01-03"},
    },
}
OPENING_WORDS: Final[Words] = {
    "hall": ("公民館（例）", "community hall (example)"),
    "gym": ("体育館（例）", "gymnasium (example)"),
    "field": ("屋外の球場（例）", "ball park (example)"),
    "office": ("事務所の会議室（例）", "meeting room of an office (example)"),
}

PERIODS: Final[Documents] = {
    # 抽選は前々月の1日から10日まで、空きは前月1日9時から先着; 市外の方は前月15日から.
    "monthly": {
        "lottery": [
            {
                "classes": INSIDE,
                "from": {"months": 2, "day": 1, "at": 540},
                "until": {"months": 2, "day": 10, "at": 1440},
            }
        ],
        "first": [
            {
                "classes": INSIDE,
                "from": {"months": 1, "day": 1, "at": 540},
                "until": {"days": 3, "at": 1440},
            },
            {"from": {"months": 1, "day": 15, "at": 540}, "until": {"days": 3, "at": 1440}},
        ],
        "skip": ["12-29", "12-30", "12-31", "01-01", "01-02", "01-03"],
    },
    "days": {
        "first": [{"from": {"days": 30, "at": 540}, "until": {"minutes": 0}}],
        "cancel_until": {"days": 1, "at": 1020},
    },
    # 応当日: groups from the same day two months before, persons from one month before.
    "same_day": {
        "first": [
            {"kinds": ["group"], "from": {"months": 2, "at": 540}, "until": {"days": 1, "at": 1020}},
            {"from": {"months": 1, "at": 540}, "until": {"days": 1, "at": 1020}},
        ],
    },
    # 優先: yearly events of groups before the fiscal year begins.
    "yearly": {
        "priority": [
            {
                "kinds": ["group"],
                "classes": INSIDE,
                "from": {"of": "fiscal_year", "months": 2, "day": 1, "at": 540},
                "until": {"of": "fiscal_year", "months": 1, "day": 31, "at": 1440},
            }
        ],
    },
}
PERIODS_WORDS: Final[Words] = {
    "monthly": ("月ごとの抽選と先着（例）", "monthly lottery, then first come (example)"),
    "days": ("30日前から先着（例）", "first come from 30 days before (example)"),
    "same_day": ("応当日から先着（例）", "first come from the same day of a month (example)"),
    "yearly": ("年度ごとの優先（例）", "yearly priority (example)"),
}

LIMITS: Final[Documents] = {
    "nagoya": {
        "limits": [
            {"name": "月4コマまで", "of": "entry", "span": "month", "measure": "weight", "most": 4},
            {
                "name": "うち土日祝は2コマまで",
                "of": "entry",
                "span": "month",
                "days": "holiday",
                "measure": "weight",
                "most": 2,
            },
        ]
    },
    "sodegaura": {"limits": [{"name": "月8回まで", "of": "entry", "span": "month", "most": 8}]},
    "komae": {
        "one_place_at_a_time": True,
        "limits": [{"name": "1日1件まで", "of": "entry", "span": "day", "by": "asked", "most": 1}],
    },
    "gym": {
        "longest_minutes": 240,
        "shortest_minutes": 60,
        "limits": [
            {"name": "個人は週2回まで", "kinds": ["person"], "span": "week", "most": 2},
            {
                "name": "団体は同じ室場で月8コマまで",
                "kinds": ["group"],
                "scope": "room",
                "span": "month",
                "measure": "weight",
                "most": 8,
            },
            {"name": "これから使う分は5日まで", "span": "standing", "measure": "days", "most": 5},
            {
                "name": "市外の方は年度に20時間まで",
                "classes": ["outside"],
                "span": "fiscal_year",
                "measure": "minutes",
                "most": 1200,
            },
        ],
    },
}
LIMITS_WORDS: Final[Words] = {
    "nagoya": ("名古屋市の例", "as in Nagoya"),
    "sodegaura": ("袖ケ浦市の例", "as in Sodegaura"),
    "komae": ("狛江市・清瀬市・目黒区の例", "as in Komae, Kiyose, Meguro"),
    "gym": ("体育館（例）", "gymnasium (example)"),
}

ELIGIBILITY: Final[Documents] = {
    "open": {"valid_years": {"person": 3, "group": 3}},
    "inside": {
        "classes": INSIDE,
        "valid_on_use": True,
        "proof_months": {"worker": 12, "student": 12},
        "group": {"least_members": 5, "inside_numerator": 1, "inside_denominator": 2},
    },
    "groups": {
        "kinds": ["group"],
        "least_age": 18,
        "group": {"least_members": 10, "inside_numerator": 2, "inside_denominator": 3},
    },
}
ELIGIBILITY_WORDS: Final[Words] = {
    "open": ("登録があればどなたでも（例）", "anyone registered (example)"),
    "inside": ("市内・在勤・在学のみ（例）", "of the city only (example)"),
    "groups": ("団体のみ（例）", "groups only (example)"),
}

PENALTIES: Final[Documents] = {
    "kanazawa": {
        "points": [{"why": "no_show", "tenths": 10}, {"why": "late_cancel", "tenths": 5}],
        "lapse": {"months": 12},
        "suspend": [{"tenths": 20, "months": 6, "void_bookings": True}],
    },
    "kawaguchi": {
        "points": [{"why": "no_show", "tenths": 20}, {"why": "late_cancel", "tenths": 10}],
        "lapse": {"at": "fiscal_year"},
        "suspend": [{"tenths": 60, "months": 3}],
    },
    "fujimino": {
        "points": [{"why": "no_show", "tenths": 10}],
        "lapse": {"at": "month"},
        "suspend": [{"tenths": 30, "months": 2}],
    },
    "steps": {
        "points": [
            {"why": "no_show", "tenths": 20},
            {"why": "late_cancel", "within_days": 0, "tenths": 10},
            {"why": "late_cancel", "within_days": 3, "tenths": 5},
            {"why": "breach", "tenths": 30},
        ],
        "lapse": {"days": 180},
        "suspend": [{"tenths": 30, "days": 30}, {"tenths": 60, "days": 180, "void_bookings": True}],
    },
}
PENALTIES_WORDS: Final[Words] = {
    "kanazawa": ("金沢市の例（消える時は例）", "as in Kanazawa (lapse: example)"),
    "kawaguchi": ("川口市の例（消える時は例）", "as in Kawaguchi (lapse: example)"),
    "fujimino": ("ふじみ野市の例", "as in Fujimino"),
    "steps": ("段階のある停止（例、最長180日）", "in steps (example, 180 days at most)"),
}
