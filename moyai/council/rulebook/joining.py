"""後乗りの負担 (C13, I06) as a published rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.council.rulebook.cases import (
    CODE,
    MIX,
    SOURCE,
    UNIT,
    WHAT_SOURCE,
    Row,
    a,
    beside,
    by,
    mix_of,
    payers_from,
    payers_of,
    plain,
    refusals,
)
from moyai.council.rules import joining
from moyai.council.rules.mixes import exact_text, mix_words
from moyai.rulebook.public import BadCase, Example, Step, Terms, Version, Worked, case_of, rule, whole, yen

NEWCOMER = "129999"
_VERSIONS = [
    Version(from_on=date(2000, 4, 1), source="共同利用の協定書・要綱の加入の定め。割合は団体ごとに決める。")
]


def _joins(
    result: int, note: str, *, members: list[Row], newcomer: Row | None = None, **more: Any
) -> Example:
    case = {
        "newcomer": NEWCOMER,
        "first_cost_yen": 12_000_000,
        "months": 120,
        "passed": 36,
        "mix": [a("equal")],
        "payers": [*members, {"code": NEWCOMER, **(newcomer or {})}],
    }
    return Example({**case, **more}, result, note=note)


_FIVE = beside(plain(5), "paid_yen", *[2_400_000] * 5)
_TWO = beside(by("population", 60_000, 20_000), "paid_yen", 9_000_000, 3_000_000)


@rule(
    "late-joining",
    title=("後から加入する団体の負担", "What a body pays that joins later"),
    source=SOURCE,
    input=case_of(
        newcomer=CODE | {"title": "加入する団体", "x-title-en": "The body that joins"},
        first_cost_yen=yen("共通の初期費用", "Common first cost"),
        months=whole("共同利用の月数", "Months of the shared use", 1, 600),
        passed=whole("過ぎた月数", "Months passed", 0, 600),
        mix=MIX,
        payers=payers_of(paid_yen={**yen("これまでに負担した額", "Paid so far"), "default": 0}),
        own_yen={**yen("固有の費用（移行・データ抽出、実費）", "Its own cost"), "default": 0},
        unit_yen=UNIT,
    ),
    output=yen("加入するときに納める額", "To pay on joining"),
    versions=_VERSIONS,
    examples=[
        _joins(
            1_400_000,
            "120か月のうち36か月が過ぎて5団体に加わる。先の団体に280,000円ずつ充当する",
            members=_FIVE,
        ),
        _joins(1_900_000, "固有の費用500,000円を加える", members=_FIVE, own_yen=500_000),
        _joins(2_000_000, "初めから加わる。6分の1", members=_FIVE, passed=0),
        _joins(16_666, "最後の月に加わる。12,000,000円 × 1/120 ÷ 6、切捨て", members=_FIVE, passed=119),
        _joins(
            1_680_000,
            "人口割。8,400,000円 × 20,000/100,000",
            members=_TWO,
            newcomer={"population": 20_000},
            mix=[a("population")],
        ),
        _joins(
            2_240_000,
            "均等割5割・人口割5割。8,400,000円 × (1/6 ＋ 1/10)",
            members=_TWO,
            newcomer={"population": 20_000},
            mix=[a("equal", 1, 2), a("population", 1, 2)],
        ),
        _joins(0, "共通の初期費用がない", members=_FIVE, first_cost_yen=0),
    ],
)
def late_joining(case: Mapping[str, Any], terms: Terms) -> Worked:
    """共通の初期費用のうち残りの期間に当たる額から、加入する団体の割合の額を納める。その全額を、先の団体が負担した割合で先の団体に充当する。"""
    payers, mix, newcomer = payers_from(case), mix_of(case), case["newcomer"]
    if newcomer not in payers:
        raise BadCase({"newcomer": "加入する団体を、負担する団体の中に入れてください。"})
    paid = {row["code"]: row["paid_yen"] for row in case["payers"] if row["code"] != newcomer}
    with refusals():
        joined = joining.join(
            newcomer=newcomer,
            payers=payers,
            paid=paid,
            mix=mix,
            first_cost_yen=case["first_cost_yen"],
            months=case["months"],
            passed=case["passed"],
            own_yen=case["own_yen"],
            unit_yen=case["unit_yen"],
        )
    rest = case["months"] - case["passed"]
    credits = [
        Step(
            f"{one.key}に充当する額",
            one.amount_yen,
            WHAT_SOURCE,
            f"{joined.entry_yen:,} × {paid[one.key]:,} ÷ {sum(paid.values()):,}",
            "円",
        )
        for one in joined.credits
    ]
    return joined.pays_yen, [
        Step("残りの月数", rest, formula=f"{case['months']} − {case['passed']}", unit="か月"),
        Step(
            "残りの期間に当たる額",
            exact_text(joined.left),
            formula=f"{case['first_cost_yen']:,} × {rest}/{case['months']}",
        ),
        Step("加入する団体の割合", exact_text(joined.part), formula=mix_words(mix)),
        Step("加入時の負担額", joined.entry_yen, f"{case['unit_yen']:,}円未満切捨て", unit="円"),
        *credits,
        Step(
            "加入するときに納める額",
            joined.pays_yen,
            formula=f"{joined.entry_yen:,} ＋ 固有の費用 {joined.own_yen:,}",
            unit="円",
        ),
    ]
