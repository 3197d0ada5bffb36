"""月割平準化 (Y16) and 携帯電話等エリア整備の補助 (O42) as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.council.rulebook.cases import refusals
from moyai.council.rules.levelling import Plan
from moyai.council.rules.subsidy import Terms as SubsidyTerms
from moyai.council.rules.subsidy import subsidy
from moyai.rulebook.public import Example, Step, Terms, Version, Worked, case_of, day, rule, whole, yen


def _level(total: int, months: int, month: str, result: int, note: str = "") -> Example:
    case = {"yen": total, "months": months, "first_month": "2018-04-01", "month": month}
    return Example(case, result, note=note)


@rule(
    "levelled-monthly-fee",
    title=("使用料の月割平準化", "A contract's sum levelled over its months"),
    source="共同利用の契約の定め（使用料は、利用期間の経費総額を月割で平準化する）",
    input=case_of(
        yen=yen("経費の総額", "Whole sum"),
        months=whole("月数", "Months", 1, 1_200),
        first_month=day("最初の月", "First month"),
        month=day("知りたい月", "Month asked for"),
    ),
    output=yen("その月の額", "Fee of the month"),
    versions=[Version(from_on=date(2018, 4, 1), source="共同利用の契約の定め。端数は最初の月から1円ずつ")],
    examples=[
        _level(1_000_000_007, 120, "2018-04-01", 8_333_334, "最初の月"),
        _level(1_000_000_007, 120, "2022-02-01", 8_333_334, "47か月目まで1円多い"),
        _level(1_000_000_007, 120, "2022-03-01", 8_333_333, "48か月目から"),
        _level(1_000_000_007, 120, "2028-03-31", 8_333_333, "最後の月（平成39年度は令和9年度）"),
        _level(1_200, 12, "2018-10-01", 100, "割り切れる"),
        _level(7, 12, "2018-10-01", 1, "7円を12か月で。7か月目"),
        _level(7, 12, "2018-11-01", 0, "8か月目"),
    ],
)
def levelled_monthly_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """総額を月数で割り、割り切れない円は最初の月から1円ずつ加える。全部の月の合計は総額と必ず一致する。"""
    with refusals():
        plan = Plan(case["first_month"].replace(day=1), case["months"], case["yen"])
        found = plan.yen_in(case["month"])
    return found, [
        Step("月額（切捨て）", plan.monthly_yen, formula=f"{plan.yen:,} ÷ {plan.months}", unit="円"),
        Step("1円多い月の数", plan.larger_months, formula="余り。最初の月から", unit="か月"),
        Step("その月の額", found, unit="円"),
    ]


def _aid(cost: int, households: int, result: int, note: str = "") -> Example:
    return Example({"cost_yen": cost, "households": households}, result, note=note)


@rule(
    "mobile-area-subsidy",
    title=(
        "携帯電話等エリア整備の補助（県の負担）",
        "The prefecture's part in mobile coverage of remote areas",
    ),
    source="携帯電話等エリア整備事業の補助金交付要綱（県の負担の割合）",
    input=case_of(
        cost_yen=yen("事業費", "Cost"),
        households=whole("世帯数", "Households", 0, 10_000_000),
    ),
    output=yen("補助額", "Subsidy"),
    terms={
        "households": ("割合の変わる世帯数", "Households from which the part is larger"),
        "below_numerator": ("それより少ないときの割合の分子", "Numerator of the part below them"),
        "below_denominator": ("それより少ないときの割合の分母", "Denominator of the part below them"),
        "from_numerator": ("それ以上のときの割合の分子", "Numerator of the part from them on"),
        "from_denominator": ("それ以上のときの割合の分母", "Denominator of the part from them on"),
        "unit_yen": ("端数の単位（円）", "Unit of rounding, yen"),
    },
    versions=[
        Version(
            from_on=date(2019, 4, 1),
            parameters={
                "households": 100,
                "below_numerator": 2,
                "below_denominator": 15,
                "from_numerator": 1,
                "from_denominator": 5,
                "unit_yen": 1,
            },
            source="大阪府 令和元年度（府の負担2/15、世帯数100以上は1/5）。円未満切捨て",
        )
    ],
    examples=[
        _aid(30_000_000, 99, 4_000_000, "99世帯は2/15"),
        _aid(30_000_000, 100, 6_000_000, "100世帯から1/5"),
        _aid(10_000_000, 99, 1_333_333, "円未満切捨て"),
        _aid(10_000_000, 100, 2_000_000),
        _aid(0, 100, 0, "事業費がない"),
    ],
)
def mobile_area_subsidy(case: Mapping[str, Any], terms: Terms) -> Worked:
    """事業費に、世帯数で決まる県の負担の割合を掛け、端数を切り捨てる。"""
    found = subsidy(
        case["cost_yen"],
        case["households"],
        SubsidyTerms(
            households=terms["households"],
            part_below=Fraction(terms["below_numerator"], terms["below_denominator"]),
            part_from=Fraction(terms["from_numerator"], terms["from_denominator"]),
            unit_yen=terms["unit_yen"],
        ),
    )
    part = f"{found.part.numerator}/{found.part.denominator}"
    return found.yen, [
        Step(
            "県の負担の割合",
            part,
            "補助金交付要綱",
            f"{case['households']:,}世帯（境は{terms['households']}世帯）",
        ),
        Step(
            "補助額", found.yen, f"{terms['unit_yen']:,}円未満切捨て", f"{case['cost_yen']:,} × {part}", "円"
        ),
    ]
