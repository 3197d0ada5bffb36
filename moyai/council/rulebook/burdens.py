"""負担金の算定・補正・分割 as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.council.rulebook.cases import (
    AMOUNT,
    MIX,
    SHARES,
    SOURCE,
    UNIT,
    WHAT_SOURCE,
    YAMAGUCHI,
    Row,
    a,
    beside,
    by,
    mix_of,
    out,
    payers_from,
    payers_of,
    plain,
    refusals,
    shares_of,
    sharing_steps,
    yamaguchi,
)
from moyai.council.rules import sharing
from moyai.council.rules.selection import in_time
from moyai.rulebook.public import (
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    day,
    list_of,
    rule,
    whole,
    yen,
    yes_no,
)

VERSIONS = [
    Version(
        from_on=date(2000, 4, 1),
        source="協議会の負担金の算定方法。割合は、団体ごと・費目ごとに総会で決める。",
    )
]
EQUALLY = [a("equal")]
BY_PEOPLE = [a("population")]


def _share(
    amount: int, mix: list[Row], payers: list[Row], result: list[Row], note: str, **more: Any
) -> Example:
    return Example({"yen": amount, "mix": mix, "payers": payers, **more}, result, note=note)


@rule(
    "burden-share",
    title=("負担金の算定", "Sharing a cost among the bodies that bear it"),
    source=SOURCE,
    input=case_of(yen=AMOUNT, mix=MIX, payers=payers_of(), unit_yen=UNIT),
    output=SHARES,
    versions=VERSIONS,
    examples=[
        _share(100, EQUALLY, plain(3), out(34, 33, 33), "均等割。端数の1円は団体コードの小さい団体"),
        _share(1, EQUALLY, plain(2), out(1, 0), "余りが同じときは団体コードの小さい団体"),
        _share(0, EQUALLY, plain(2), out(0, 0), "分ける額がない"),
        _share(-100, EQUALLY, plain(3), out(-34, -33, -33), "減額も、増額と同じ分け方"),
        _share(2_360_000, EQUALLY, plain(20), out(*[118_000] * 20), "千葉の電子申請、20団体で割り切れる"),
        _share(239_000, EQUALLY, plain(11), out(*[21_728] * 3, *[21_727] * 8), "千葉の施設予約、11団体。端数3円"),
        _share(
            2_025_000, EQUALLY, plain(46), out(*[44_022] * 34, *[44_021] * 12), "千葉の企業情報使用料を46団体で均等に"
        ),
        _share(
            9_784_800, EQUALLY, plain(56), out(*[174_729] * 32, *[174_728] * 24), "千葉のシステム改修費を56団体で均等に"
        ),
        _share(
            47_924_000, EQUALLY, plain(55), out(*[871_346] * 25, *[871_345] * 30), "千葉の運営管理費を55団体で均等に"
        ),
        _share(
            288_944, BY_PEOPLE, YAMAGUCHI, yamaguchi(57_199, 51_602, 32_311, 144_472, 3_360), "人口と同じ額は人口のとおり"
        ),
        _share(59, BY_PEOPLE, YAMAGUCHI, yamaguchi(12, 10, 7, 29, 1), "人口割。阿武町は1"),
        _share(
            60, BY_PEOPLE, YAMAGUCHI, yamaguchi(12, 11, 7, 30, 0),
            "総額が1増えると阿武町は0になる（アラバマのパラドックス）。そのため、決定した額は算定し直さない",
        ),
        _share(1_000, BY_PEOPLE, by("population", 0, 1, 3), out(0, 250, 750), "重みのない団体は0円"),
        _share(
            1_000_001, [a("equal", 3, 10), a("population", 7, 10)], by("population", 300_000, 100_000),
            out(675_001, 325_000), "均等割3割・人口割7割を一度に混ぜる",
        ),
        _share(
            10_000_000, [a("equal", 20, 100), a("population", 80, 100)], by("population", 75_000, 25_000),
            out(7_000_000, 3_000_000), "均等割20％・人口割80％（御殿場・小山の割合）",
        ),
        _share(
            10_000_000, [a("equal", 21, 100), a("population", 79, 100)], by("population", 75_000, 25_000),
            out(6_975_000, 3_025_000), "均等割21％・人口割79％（御殿場・小山の割合）",
        ),
        _share(
            1_000_000, [a("equal", 6, 100), a("use", 94, 100)], by("use", 600, 300, 100),
            out(584_000, 302_000, 114_000), "均等割6％・利用割94％、前年度の実績による（渋川の割合）",
        ),
        _share(
            475, [a("decreasing")], by("population", 4, 2, 1), out(225, 150, 100),
            "逓減人口割。人口が2倍なら負担は1.5倍",
        ),
        _share(
            2_500, [a("decreasing")], by("population", 20_000, 10_000), out(1_500, 1_000), "逓減人口割。2万人と1万人"
        ),
        _share(
            30_000, [a("fixed", 0)], by("fixed_yen", 10_000, 10_000, 10_000), out(10_000, 10_000, 10_000),
            "固定額。年額1万円ずつ",
        ),
        _share(
            60_000, [a("fixed", 0), a("population")],
            beside(by("population", 3_000, 1_000), "fixed_yen", 10_000, 10_000), out(40_000, 20_000),
            "1万円ずつを先に引き、残りを人口割",
        ),
        _share(
            123_456_790, [a("actual", 0)], by("actual_yen", 123_456_789, 1), out(123_456_789, 1),
            "実費。見積りの額のまま、負担の調整をしない",
        ),
        _share(
            5_001, [a("actual", 0), a("equal")], by("actual_yen", 1_000, 0), out(3_001, 2_000),
            "1団体だけの実費を除いて均等割",
        ),
        _share(
            100_500, EQUALLY, plain(3), out(34_000, 33_500, 33_000), "1,000円単位。割り切れない500円は次の順位の1団体が調整",
            unit_yen=1_000,
        ),
    ],
)  # fmt: skip
def burden_share(case: Mapping[str, Any], terms: Terms) -> Worked:
    """均等割・人口割・利用割などを混ぜた重みで総額を分ける。団体の額の合計は総額と必ず一致し、どの額も正確な配分から1単位以上離れない。"""
    payers, mix = payers_from(case), mix_of(case)
    with refusals():
        found = sharing.share_burden(case["yen"], mix, payers, unit_yen=case["unit_yen"])
    return shares_of(found), sharing_steps(found, mix)


def _decided(*amounts: int, of: list[Row] = YAMAGUCHI) -> list[Row]:
    return beside(of, "decided_yen", *amounts)


def _more(total: int, mix: list[Row], payers: list[Row], result: list[Row], note: str) -> Example:
    return Example({"total_yen": total, "mix": mix, "payers": payers}, result, note=note)


@rule(
    "burden-supplement",
    title=("負担金の補正", "Sharing the difference of a supplementary budget"),
    source=SOURCE,
    input=case_of(
        total_yen=yen("補正後の総額", "Total after the supplement"),
        mix=MIX,
        payers=payers_of(decided_yen={**yen("決定した負担額", "Share as decided"), "default": 0}),
        unit_yen=UNIT,
    ),
    output=SHARES,
    versions=VERSIONS,
    examples=[
        _more(60, BY_PEOPLE, _decided(12, 10, 7, 29, 1), yamaguchi(0, 0, 0, 1, 0), "増えた1だけを分ける。阿武町は1のまま"),
        _more(59, BY_PEOPLE, _decided(12, 10, 7, 29, 1), yamaguchi(0, 0, 0, 0, 0), "総額が変わらない"),
        _more(57, BY_PEOPLE, _decided(12, 10, 7, 29, 1), yamaguchi(-1, 0, 0, -1, 0), "減った2だけを分ける"),
        _more(59, BY_PEOPLE, _decided(12, 11, 7, 30, 0), yamaguchi(0, 0, 0, -1, 0), "補正を取りやめる"),
        _more(101, EQUALLY, _decided(34, 33, 33, of=plain(3)), out(1, 0, 0), "均等割で1増える"),
        _more(90, EQUALLY, _decided(34, 33, 33, of=plain(3)), out(-4, -3, -3), "均等割で10減る"),
        _more(130, EQUALLY, _decided(50, 50, 0, of=plain(3)), out(10, 10, 10), "新しい団体も、増えた分だけを負担する"),
    ],
)  # fmt: skip
def burden_supplement(case: Mapping[str, Any], terms: Terms) -> Worked:
    """補正では、決定した負担額を算定し直さず、補正後の総額との差額だけを新しい費目として分ける。総額が増えて、負担の減る団体は出ない。"""
    payers, mix = payers_from(case), mix_of(case)
    decided = {row["code"]: row["decided_yen"] for row in case["payers"]}
    with refusals():
        found = sharing.supplement(case["total_yen"], [decided], mix, payers, unit_yen=case["unit_yen"])
    borne = sum(decided.values())
    steps = [
        Step("決定した負担額の合計", borne, unit="円"),
        Step("差額", found.yen, formula=f"{case['total_yen']:,} − {borne:,}", unit="円"),
        *sharing_steps(found, [part for part in mix if not part.stands])[1:],
    ]
    return shares_of(found), steps


_PART = case_of(
    numerator=whole("分子", "Numerator", 0, 1_000_000), denominator=whole("分母", "Denominator", 1, 1_000_000)
)


def _split(amount: int, parts: list[tuple[int, int]], result: list[int], note: str) -> Example:
    rows = [{"numerator": above, "denominator": below} for above, below in parts]
    return Example({"yen": amount, "parts": rows}, result, note=note)


@rule(
    "burden-instalments",
    title=(
        "負担金の分割（前期・後期）と経費の会計への割振り",
        "Instalments, and one cost over several accounts",
    ),
    source=SOURCE,
    input=case_of(
        yen=yen("分ける額", "Amount"),
        parts=list_of("割合", "Parts", _PART, 24, minItems=1),
    ),
    output=list_of("分けた額", "Pieces", yen("額", "Piece"), 24),
    versions=VERSIONS,
    examples=[
        _split(2_360_001, [(1, 2), (1, 2)], [1_180_001, 1_180_000], "前期と後期。端数の1円は前期"),
        _split(
            3_517_222, [(1, 2), (1, 2)], [1_758_611, 1_758_611], "協議会事務局運営人件費を2つの会計で1対1"
        ),
        _split(100, [(1, 3), (1, 3), (1, 3)], [34, 33, 33], "3期"),
        _split(1_000, [(6, 10), (4, 10)], [600, 400], "6対4"),
        _split(999, [(0, 1), (1, 1)], [0, 999], "後期だけ"),
    ],
)
def burden_instalments(case: Mapping[str, Any], terms: Terms) -> Worked:
    """一つの額を決めた割合で分ける。分けた額の合計は元の額と必ず一致し、同じ割合なら先の方が大きい。"""
    parts = [Fraction(row["numerator"], row["denominator"]) for row in case["parts"]]
    with refusals():
        pieces = sharing.split(case["yen"], parts)
    steps = [
        Step(
            f"{place}番目の額",
            piece,
            WHAT_SOURCE,
            f"{case['yen']:,} × {part.numerator}/{part.denominator}",
            "円",
        )
        for place, (piece, part) in enumerate(zip(pieces, parts, strict=True), 1)
    ]
    return pieces, steps


def _selected(decided_on: str, selection_on: str, result: bool, note: str) -> Example:
    return Example({"decided_on": decided_on, "selection_on": selection_on}, result, note=note)


@rule(
    "shares-before-selection",
    title=("選定の前の負担の割合", "Whether shares were agreed before a selection"),
    source="共同利用のグループの定め（データ抽出経費などの按分負担率を、業者の選定の前に決める）",
    input=case_of(
        decided_on=day("割合を決定した日", "Shares decided on"),
        selection_on=day("選定日", "Day of the selection"),
    ),
    output=yes_no("選定の前に決定した", "Decided before the selection"),
    versions=[
        Version(
            from_on=date(2000, 4, 1),
            source="山口県4市1町自治体クラウドの取決め。抽出費用は、クラウドベンダ選定までに協議・調整する",
        )
    ],
    examples=[
        _selected("2016-03-28", "2016-07-01", True, "選定の3か月前"),
        _selected("2016-06-30", "2016-07-01", True, "選定の前日"),
        _selected("2016-07-01", "2016-07-01", False, "選定の当日では遅い"),
        _selected("2016-07-02", "2016-07-01", False, "選定の後"),
    ],
)
def shares_before_selection(case: Mapping[str, Any], terms: Terms) -> Worked:
    """負担の割合は、選定日より前に決定する。決定した後に業者を選ぶため、データ移行の経費で現行の業者が有利にならない。"""
    found = in_time(case["decided_on"], case["selection_on"])
    return found, [Step("割合を決定した日", case["decided_on"], formula="選定日より前")]
