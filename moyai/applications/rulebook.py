"""手数料 of the sample procedures and 保存期間, as published rules. The forms compute the same from their constants; a
test holds both together.

The yen stand in each body's 手数料条例; those here are what most bodies charge, and wait for a body's own version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.applications.retention import FROM_CLOSED, FROM_FISCAL_YEAR, keep_until
from moyai.rulebook.public import (
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    day,
    rule,
    whole,
    yen,
)


@rule(
    "juminhyo-fee",
    title=("住民票の写しの手数料（郵送）", "Fee for a copy of the resident record, by post"),
    source="住民基本台帳法 第12条／各団体の手数料条例",
    input=case_of(
        copies=whole("通数", "Copies", 1, 10),
        delivery=choice(
            "郵送方法",
            "Delivery",
            {"normal": "普通郵便", "express": "速達", "registered": "簡易書留"},
        ),
    ),
    output=yen("手数料", "Fee"),
    terms={
        "copy_yen": ("1通の手数料", "Fee per copy"),
        "normal_yen": ("普通郵便", "Normal post"),
        "express_yen": ("速達", "Express post"),
        "registered_yen": ("簡易書留", "Registered post"),
    },
    versions=[
        # 2024年10月1日: 郵便料金の改定（定形 110円、速達 +300円、簡易書留 +350円）
        Version(
            from_on=date(2024, 10, 1),
            parameters={"copy_yen": 300, "normal_yen": 110, "express_yen": 410, "registered_yen": 460},
            source="手数料条例の例（1通300円）、日本郵便 2024年10月1日からの料金",
        ),
    ],
    examples=[
        Example({"copies": 1, "delivery": "normal"}, 410),
        Example({"copies": 2, "delivery": "express"}, 1_010),
        Example({"copies": 10, "delivery": "registered"}, 3_460),
    ],
)
def juminhyo_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """住民票の写し1通ごとの手数料に、郵送料を加える。"""
    copies = Step(
        "住民票の写し",
        terms["copy_yen"] * case["copies"],
        source="手数料条例 別表",
        formula=f"{terms['copy_yen']:,}円 × {case['copies']}通",
        unit="円",
    )
    post = Step("郵送料", terms[f"{case['delivery']}_yen"], source="日本郵便 料金表", unit="円")
    total = Step("手数料", copies.value + post.value, formula="住民票の写し ＋ 郵送料", unit="円")  # type: ignore[operator]
    return total.value, [copies, post, total]


@rule(
    "dog-registration-fee",
    title=("犬の登録と注射済票の手数料", "Fee for registering dogs and for vaccination tags"),
    source="狂犬病予防法 第4条・第5条、動物の愛護及び管理に関する法律 第39条の7／各団体の手数料条例",
    input=case_of(
        registrations=whole("登録する頭数", "Dogs to register", 0, 5),
        deemed=whole("チップでみなし登録の頭数", "Dogs registered by microchip", 0, 5, default=0),
        tags=whole("注射済票の枚数", "Vaccination tags", 0, 5),
    ),
    output=yen("手数料", "Fee"),
    terms={
        "registration_yen": ("犬の登録 1頭", "Registration per dog"),
        "tag_yen": ("注射済票 1枚", "Tag"),
    },
    versions=[
        Version(
            from_on=date(2022, 6, 1),
            parameters={"registration_yen": 3_000, "tag_yen": 550},
            source="手数料条例の例、犬猫の登録制度（マイクロチップの特例）2022年6月1日施行",
        ),
    ],
    examples=[
        Example({"registrations": 1, "tags": 1}, 3_550),
        Example({"registrations": 0, "deemed": 1, "tags": 1}, 550),
        Example({"registrations": 2, "deemed": 1, "tags": 3}, 7_650),
        Example({"registrations": 0, "tags": 0}, 0),
    ],
)
def dog_registration_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """登録は1頭ごと、注射済票は1枚ごと。指定登録機関に登録したチップの犬は、登録の手数料がいらない。"""
    registered = Step(
        "犬の登録",
        terms["registration_yen"] * case["registrations"],
        source="狂犬病予防法 第4条",
        formula=f"{terms['registration_yen']:,}円 × {case['registrations']}頭",
        unit="円",
    )
    deemed = Step(
        "みなし登録", 0, source="動物愛護管理法 第39条の7", formula=f"0円 × {case['deemed']}頭", unit="円"
    )
    tags = Step(
        "注射済票",
        terms["tag_yen"] * case["tags"],
        source="狂犬病予防法 第5条",
        formula=f"{terms['tag_yen']:,}円 × {case['tags']}枚",
        unit="円",
    )
    total = Step("手数料", registered.value + tags.value, formula="犬の登録 ＋ 注射済票", unit="円")  # type: ignore[operator]
    return total.value, [registered, deemed, tags, total]


@rule(
    "application-keep-until",
    title=("申請の保存期間の満了日", "Last day an application is kept"),
    source="公文書等の管理に関する法律 第5条・第34条／各団体の文書管理規則、民法 第140条・第143条",
    input=case_of(
        closed_on=day("完結した日", "Day it was closed"),
        years=whole("保存期間（年）", "Years to keep", 0, 100),
        keep_from=choice(
            "数え始め",
            "Counted from",
            {FROM_FISCAL_YEAR: "翌年度の4月1日から", FROM_CLOSED: "完結した日の翌日から"},
        ),
    ),
    output=day("満了日", "Last day"),
    terms={},
    versions=[Version(from_on=date(2011, 4, 1), parameters={}, source="公文書等の管理に関する法律の施行日")],
    examples=[
        Example(
            {"closed_on": date(2026, 3, 31), "years": 5, "keep_from": FROM_FISCAL_YEAR}, date(2031, 3, 31)
        ),
        Example(
            {"closed_on": date(2026, 4, 1), "years": 5, "keep_from": FROM_FISCAL_YEAR}, date(2032, 3, 31)
        ),
        Example({"closed_on": date(2026, 6, 10), "years": 5, "keep_from": FROM_CLOSED}, date(2031, 6, 10)),
        Example({"closed_on": date(2024, 2, 29), "years": 1, "keep_from": FROM_CLOSED}, date(2025, 2, 28)),
    ],
)
def application_keep_until(case: Mapping[str, Any], terms: Terms) -> Worked:
    """満了日まで保存し、その翌日から削除できる。保留の間、処理中のものや未納のあるものは削除しない。"""
    last = keep_until(closed_on=case["closed_on"], years=case["years"], keep_from=case["keep_from"])
    whence = "翌年度の4月1日" if case["keep_from"] == FROM_FISCAL_YEAR else "完結した日の翌日"
    return last, [
        Step("完結した日", case["closed_on"]),
        Step("満了日", last, source="文書管理規則", formula=f"{whence}から{case['years']}年"),
    ]
