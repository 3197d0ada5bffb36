"""手数料 of the sample procedures and 保存期間, as published rules. The forms compute the same from their constants; a
test holds both together.

The yen stand in each body's 手数料条例; those here are what most bodies charge, and wait for a body's own version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.applications.refunds import after_correction
from moyai.applications.retention import FROM_CLOSED, FROM_FISCAL_YEAR, keep_until
from moyai.draws.public import in_turn
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    day,
    rule,
    text,
    whole,
    yen,
    yes_no,
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


@rule(
    "place-request",
    title=("定員・予算のある申込み", "Asking for a place or a budget"),
    source="枠の取り方（この規則集の方針）：申込みは全員分そろうか、まったく取らないか",
    input=case_of(
        capacity=whole("定員・予算", "Capacity", 0, 10**12),
        taken=whole("すでに確保された数", "Taken", 0, 10**12),
        wanted=whole("申し込む数", "Wanted", 1, 10**12),
        waiting_list=yes_no("補欠を受け付ける", "There is a waiting list"),
    ),
    output=choice(
        "結果",
        "Result",
        {
            "taken": ("確保", "taken"),
            "waiting": ("補欠", "on the waiting list"),
            "refused": ("申し込めない", "refused"),
        },
    ),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="枠の取り方（この規則集）")],
    examples=[
        Example({"capacity": 100, "taken": 99, "wanted": 1, "waiting_list": False}, "taken"),
        Example({"capacity": 100, "taken": 98, "wanted": 3, "waiting_list": False}, "refused"),
        Example({"capacity": 100, "taken": 98, "wanted": 3, "waiting_list": True}, "waiting"),
        Example({"capacity": 2, "taken": 0, "wanted": 3, "waiting_list": True}, "refused"),
        Example(
            {"capacity": 1_000_000, "taken": 700_000, "wanted": 300_001, "waiting_list": False}, "refused"
        ),
    ],
)
def place_request(case: Mapping[str, Any], terms: Terms) -> Worked:
    """残りに全員分が入れば確保する。入らないとき、補欠の枠なら待ち、定員より多い申込みと補欠のない枠は断る。"""
    left = case["capacity"] - case["taken"]
    if left < 0:
        raise BadCase({"taken": "確保された数は、定員・予算を超えません。"})
    if case["wanted"] <= left:
        result, why = "taken", "残り以内"
    elif case["waiting_list"] and case["wanted"] <= case["capacity"]:
        result, why = "waiting", "残りに入らず、補欠を受け付けている"
    else:
        result, why = "refused", "残りに入らない"
    return result, [
        Step("残り", left, formula=f"{case['capacity']:,} − {case['taken']:,}"),
        Step("結果", result, formula=why),
    ]


@rule(
    "place-promotion",
    title=("補欠の繰上げ", "Moving up from the waiting list"),
    source="補欠の繰上げ（この規則集の方針）：順番に、全員分が入る申込みを繰り上げる",
    input=case_of(
        free=whole("空いた数", "Places that are free", 0, 10**12),
        waiting=text("補欠の申込みの数（順番に、空白で区切る）", "Wanted by those who wait, in order", 1000),
    ),
    output=text("繰り上がる順番の番号", "Who moves up, by place in the queue", 1000),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="補欠の繰上げ（この規則集）")],
    examples=[
        Example({"free": 1, "waiting": "1 1"}, "1"),
        Example({"free": 1, "waiting": "3 1 1"}, "2"),
        Example({"free": 4, "waiting": "3 2 1"}, "1 3"),
        Example({"free": 2, "waiting": "3 3"}, ""),
    ],
)
def place_promotion(case: Mapping[str, Any], terms: Terms) -> Worked:
    """空きが出ると、順番に見て全員分が入る申込みを繰り上げる。入らない組は飛ばすが、順番は失わない。"""
    words = case["waiting"].split()
    if not all(word.isascii() and word.isdigit() and 0 < len(word) < 13 and int(word) for word in words):
        raise BadCase({"waiting": "1以上の整数を空白で区切って入れてください。"})
    fits = in_turn([int(word) for word in words], case["free"])
    steps = [
        Step(f"{at}番目（{word}）", "繰上げ" if fit else "待つ")
        for at, (word, fit) in enumerate(zip(words, fits, strict=True), 1)
    ]
    result = " ".join(str(at) for at, fit in enumerate(fits, 1) if fit)
    return result, [*steps, Step("繰り上がる番号", result)]


@rule(
    "fee-after-correction",
    title=("補正で変わった手数料の差額", "Difference in the fee after a correction"),
    source="補正と手数料（この規則集の方針）：納めた額を新しい手数料に充て、足りない額を請求し、余った額を還付する",
    input=case_of(
        paid_yen=yen("納めた額", "Paid"),
        owed_yen=yen("補正後の手数料", "Fee after the correction"),
        counts=choice(
            "求める額",
            "What is asked",
            {"charge": ("請求する額", "to charge"), "back": ("還付する額", "to refund")},
        ),
    ),
    output=yen("差額", "Difference"),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="補正と手数料（この規則集）")],
    examples=[
        Example({"paid_yen": 0, "owed_yen": 600, "counts": "charge"}, 600),
        Example({"paid_yen": 300, "owed_yen": 900, "counts": "charge"}, 600),
        Example({"paid_yen": 900, "owed_yen": 300, "counts": "charge"}, 0),
        Example({"paid_yen": 900, "owed_yen": 300, "counts": "back"}, 600),
        Example({"paid_yen": 300, "owed_yen": 300, "counts": "back"}, 0),
    ],
)
def fee_after_correction(case: Mapping[str, Any], terms: Terms) -> Worked:
    """納めた額を補正後の手数料に充てる。足りなければ請求し、余れば還付する。"""
    more, back = after_correction(paid_yen=case["paid_yen"], owed_yen=case["owed_yen"])
    result = more if case["counts"] == "charge" else back
    formula = f"{case['owed_yen']:,} − {case['paid_yen']:,}"
    return result, [
        Step("差額", result, formula=formula if more else f"{case['paid_yen']:,} − {case['owed_yen']:,}")
    ]
