"""決算の差引と返還金 as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.council.rulebook.cases import CODE, SOURCE, UNIT, WHAT_SOURCE, Row, refusals
from moyai.council.rules import refunds
from moyai.council.rules.refunds import Mode
from moyai.council.rules.settlement import SIDE_WORDS, Line, Side, settle
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    list_of,
    rule,
    text,
    whole,
    yen,
)

VERSIONS = [Version(from_on=date(2000, 4, 1), source="協議会の特別会計の決算と返還の取扱い")]
_SIDES = {Side.INCOME.value: ("収入", "Income"), Side.EXPENSE.value: ("支出", "Expense")}
_LINE = case_of(
    side=choice("収入・支出", "Side", _SIDES),
    name=text("科目", "Line", 60, minLength=1),
    budget_yen=yen("予算額", "Budget"),
    actual_yen=yen("決算額", "Actual"),
)


def _lines(income: list[tuple[str, int, int]], expense: list[tuple[str, int, int]]) -> list[Row]:
    return [
        {"side": side, "name": name, "budget_yen": budget, "actual_yen": actual}
        for side, rows in (("income", income), ("expense", expense))
        for name, budget, actual in rows
    ]


def _settled(
    result: int, note: str, income: list[tuple[str, int, int]], expense: list[tuple[str, int, int]]
) -> Example:
    return Example({"lines": _lines(income, expense)}, result, note=note)


@rule(
    "council-settlement",
    title=("特別会計の決算（差引額）", "Settlement of a special account"),
    source=SOURCE,
    input=case_of(lines=list_of("科目", "Lines", _LINE, 200, minItems=1)),
    output=whole("差引額", "Surplus", -(10**13), 10**13, **{"x-unit": "円"}),
    versions=VERSIONS,
    examples=[
        _settled(
            9_458_641, "千葉県電子自治体共同運営協議会 平成29年度 電子調達システム運営事業",
            [("負担金", 59_733_000, 59_733_800), ("前年度繰越金", 9_319_000, 9_319_500), ("雑入", 10_000, 0)],
            [
                ("共同受付窓口運営費", 45_304_000, 36_438_397), ("委託料", 2_113_000, 1_758_611),
                ("協議会運営雑費", 475_000, 268_455), ("企業情報使用料", 2_025_000, 2_025_000),
                ("システム改修費", 9_785_000, 9_784_800), ("返還金", 9_320_000, 9_319_396), ("予備費", 40_000, 0),
            ],
        ),
        _settled(
            651_870, "同 電子申請システム運営事業",
            [("負担金", 2_599_000, 2_599_000), ("前年度繰越金", 648_000, 647_944), ("雑入", 10_000, 14)],
            [
                ("委託料", 2_247_000, 1_758_611), ("協議会運営雑費", 352_000, 188_533), ("返還金", 648_000, 647_944),
                ("予備費", 10_000, 0),
            ],
        ),
        _settled(0, "予算のとおり", [("負担金", 1_000, 1_000)], [("委託料", 1_000, 1_000)]),
        _settled(-1, "収入が足りない", [("負担金", 1_000, 999)], [("委託料", 1_000, 1_000)]),
        _settled(
            300, "使わなかった予備費だけが残る", [("負担金", 1_000, 1_000)], [("委託料", 700, 700), ("予備費", 300, 0)]
        ),
        _settled(0, "予算だけがあり、何も動かない", [("負担金", 500, 0)], [("予備費", 500, 0)]),
    ],
)  # fmt: skip
def council_settlement(case: Mapping[str, Any], terms: Terms) -> Worked:
    """科目ごとに予算額から決算額を引き、収入総額から支出総額を引いた差引額を翌年度に繰り越す。合計は入力せず、科目から計算する。"""
    with refusals():
        settled = settle(
            [
                Line(Side(row["side"]), row["name"], row["budget_yen"], row["actual_yen"])
                for row in case["lines"]
            ]
        )
    steps = [
        Step(
            f"{SIDE_WORDS[line.side]}・{line.name}の差引額",
            line.difference_yen,
            formula=f"{line.budget_yen:,} − {line.actual_yen:,}",
            unit="円",
        )
        for line in settled.lines
    ]
    income, expense = settled.totals[Side.INCOME], settled.totals[Side.EXPENSE]
    surplus, other = settled.surplus_yen, settled.by_differences_yen
    return surplus, [
        *steps,
        Step("収入総額", income.actual_yen, formula=f"差引額の合計 {income.difference_yen:,}", unit="円"),
        Step("支出総額", expense.actual_yen, formula=f"差引額の合計 {expense.difference_yen:,}", unit="円"),
        Step(
            "支出差引 − 収入差引", other, formula=f"{expense.difference_yen:,} − {income.difference_yen:,}", unit="円"
        ),
        Step("差引額", surplus, formula=f"{income.actual_yen:,} − {expense.actual_yen:,}", unit="円"),
    ]  # fmt: skip


_MODES = {
    Mode.EXACT.value: ("端数なく返還する", "To the yen"),
    Mode.FLOORED.value: ("端数を切り捨て、残りを繰り越す", "Rounded down, the rest carried on"),
}
_PAID = case_of(
    cost_line=text("費目", "Cost line", 60, minLength=1), code=CODE, paid_yen=yen("負担した額", "Paid")
)
_BACK = case_of(cost_line=text("費目", "Cost line", 60), code=CODE, yen=yen("返還額", "Refund"))


def _paid(**lines: tuple[int, ...]) -> list[Row]:
    return [
        {"cost_line": line, "code": f"12{place:04d}", "paid_yen": amount}
        for line, amounts in lines.items()
        for place, amount in enumerate(amounts, 1)
    ]


def _back(mode: str, base: int, paid: list[Row], result: tuple[int, ...], note: str, **more: int) -> Example:
    """The refunds in the order of `paid`, which is that of the result."""
    parts = [
        {"cost_line": row["cost_line"], "code": row["code"], "yen": amount}
        for row, amount in zip(paid, result, strict=True)
    ]
    rest = base - sum(result)
    case = {"base_yen": base, "mode": mode, "paid": paid, **more}
    return Example(case, {"residue_yen": rest, "parts": parts}, note=_with_rest(note, rest))


def _with_rest(note: str, rest: int) -> str:
    return f"{note}（端数{rest:,}円）" if rest else note


@rule(
    "council-refund",
    title=("負担金の返還", "Refund of a surplus to those who paid"),
    source=SOURCE,
    input=case_of(
        base_yen=yen("返還する差引額", "Surplus to give back"),
        mode=choice("端数の扱い", "Rounding", _MODES),
        paid=list_of("負担した額", "Who paid what", _PAID, 2_000, minItems=1),
        unit_yen=UNIT,
    ),
    output=case_of(
        residue_yen=yen("端数（繰越）", "Left over"), parts=list_of("返還額", "Refunds", _BACK, 2_000)
    ),
    versions=VERSIONS,
    examples=[
        _back("exact", 100, _paid(a=(2, 1)), (67, 33), "負担した額の割合、端数なく"),
        _back("floored", 100, _paid(a=(2, 1)), (66, 33), "同じ額を切り捨てて"),
        _back("exact", 651_870, _paid(a=(1, 1, 1)), (217_290, 217_290, 217_290), "割り切れる"),
        _back("floored", 647_944, _paid(a=(1, 1, 1)), (215_981, 215_981, 215_981), "切り捨てた端数は次の差引額に入る"),
        _back("exact", 647_944, _paid(a=(1, 1, 1)), (215_982, 215_981, 215_981), "同じ額を端数なく"),
        _back(
            "exact", 1_000, _paid(a=(300, 300), b=(200, 200)), (300, 300, 200, 200), "2つの費目にわたる差引額"
        ),
        _back("exact", 1_001, _paid(a=(300, 300), b=(200, 200)), (301, 300, 200, 200), "端数の1円は余りの大きい団体"),
        _back("exact", 500, _paid(a=(0, 5)), (0, 500), "負担しなかった団体には返さない"),
        _back("floored", 10_000, _paid(a=(1, 1, 1)), (3_300, 3_300, 3_300), "100円未満切捨て", unit_yen=100),
        _back("exact", 0, _paid(a=(1, 1)), (0, 0), "返還する額がない"),
    ],
)  # fmt: skip
def council_refund(case: Mapping[str, Any], terms: Terms) -> Worked:
    """差引額を、負担した額の割合で費目と団体ごとに返す。端数なく返すときの合計は差引額と一致し、切り捨てるときの残りは端数として繰り越す。"""
    paid: dict[refunds.Pair, int] = {}
    for place, row in enumerate(case["paid"]):
        pair = (row["cost_line"], row["code"])
        if pair in paid:
            raise BadCase({f"paid.{place}.code": "同じ費目に同じ団体が2回あります。"})
        paid[pair] = row["paid_yen"]
    with refusals():
        found = refunds.refund(case["base_yen"], paid, Mode(case["mode"]), unit_yen=case["unit_yen"])
    parts: list[Row] = [
        {"cost_line": part.cost_line, "code": part.body, "yen": part.yen} for part in found.parts
    ]
    steps = [
        Step(
            f"{part.cost_line}・{part.body}の返還額",
            part.yen,
            WHAT_SOURCE if case["mode"] == "exact" else "端数切捨て",
            f"{found.base_yen:,} × {part.paid_yen:,} ÷ {sum(paid.values()):,}",
            "円",
        )
        for part in found.parts
    ]
    return {"residue_yen": found.residue_yen, "parts": parts}, [
        Step("返還する差引額", found.base_yen, unit="円"),
        *steps,
        Step("返還額の合計", found.yen, unit="円"),
        Step("端数（繰越）", found.residue_yen, formula=f"{found.base_yen:,} − {found.yen:,}", unit="円"),
    ]
