"""月割平準化 (Y16), 後乗り (C13, I06), 補助 (O42)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.joining import join, monthly_after
from moyai.council.rules.levelling import Plan
from moyai.council.rules.mixes import Basis, MixPart, Payer
from moyai.council.rules.subsidy import Terms, subsidy

EQUAL = [MixPart(Basis.EQUAL, Fraction(1))]


# --- levelled months -------------------------------------------------------------------------------------------------------


def test_Y16_one_billion_and_seven_over_120_months() -> None:
    plan = Plan(date(2018, 4, 1), 120, 1_000_000_007)
    assert (plan.monthly_yen, plan.larger_months) == (8_333_333, 47)
    months = plan.all_months()
    assert [yen for _month, yen in months] == [8_333_334] * 47 + [8_333_333] * 73
    assert sum(yen for _month, yen in months) == 1_000_000_007
    assert (months[0][0], months[-1][0]) == (date(2018, 4, 1), date(2028, 3, 1))
    assert (plan.yen_in(date(2022, 2, 28)), plan.yen_in(date(2022, 3, 1))) == (8_333_334, 8_333_333)
    years = plan.by_fiscal_year()
    assert (list(years), sum(years.values())) == (list(range(2018, 2028)), 1_000_000_007)


@settings(max_examples=60)
@given(st.integers(0, 10**12), st.integers(1, 240), st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_Y16_months_add_up_and_differ_by_a_yen_at_most(yen, months, first) -> None:
    plan = Plan(first, months, yen)
    pieces = [amount for _month, amount in plan.all_months()]
    assert (len(pieces), sum(pieces)) == (months, yen)
    assert pieces == sorted(pieces, reverse=True)
    assert pieces[0] - pieces[-1] <= 1
    assert sum(plan.by_fiscal_year().values()) == yen
    assert plan.yen_in(plan.month(months // 2)) == pieces[months // 2]


def test_Y16_what_is_no_plan_is_refused() -> None:
    for months, yen in ((0, 1), (1201, 1), (1, -1)):
        with pytest.raises(Cannot):
            Plan(date(2018, 4, 1), months, yen)
    plan = Plan(date(2018, 4, 1), 120, 1)
    for month in (date(2018, 3, 31), date(2028, 4, 1)):
        with pytest.raises(Cannot, match="期間の外"):
            plan.yen_in(month)


# --- joining late ----------------------------------------------------------------------------------------------------------

SIX = {code: Payer() for code in "abcdef"}


def test_C13_I06_who_joins_after_36_of_120_months_pays_1400000() -> None:
    joined = join(
        newcomer="f",
        payers=SIX,
        paid=dict.fromkeys("abcde", 2_400_000),
        mix=EQUAL,
        first_cost_yen=12_000_000,
        months=120,
        passed=36,
        own_yen=500_000,
    )
    assert (joined.left, joined.part) == (8_400_000, Fraction(1, 6))
    assert joined.entry_yen == 1_400_000
    assert [(one.key, one.amount_yen) for one in joined.credits] == [(code, 280_000) for code in "abcde"]
    assert joined.pays_yen == 1_900_000


@settings(max_examples=60)
@given(
    st.integers(0, 10**10),
    st.integers(1, 240).flatmap(lambda months: st.tuples(st.just(months), st.integers(0, months - 1))),
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 10**9), min_size=1),
)
def test_C13_credits_add_up_to_the_entry_and_the_entry_is_never_above_its_part(cost, span, paid) -> None:
    months, passed = span
    joined = join(
        newcomer="f",
        payers={code: Payer() for code in [*paid, "f"]},
        paid=paid,
        mix=EQUAL,
        first_cost_yen=cost,
        months=months,
        passed=passed,
    )
    assert sum(one.amount_yen for one in joined.credits) == joined.entry_yen
    assert 0 <= joined.left * joined.part - joined.entry_yen < 1
    assert joined.left * months == cost * (months - passed)


def test_C13_months_are_shared_anew_from_the_month_of_joining_on() -> None:
    before, after = monthly_after(100_000, mix=EQUAL, payers=SIX, newcomer="f")
    assert set(before.yen_of.values()) == {20_000}
    assert sum(after.yen_of.values()) == 100_000
    assert (after.yen_of["a"], after.yen_of["f"]) == (16_667, 16_666)
    assert "f" not in before.yen_of


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"newcomer": "a"}, "すでに負担"),
        ({"passed": 120}, "0から119"),
        ({"passed": -1}, "0から119"),
        ({"paid": {}}, "充当できません"),
        ({"paid": {"a": 0}}, "充当できません"),
    ],
)
def test_C13_a_joining_that_cannot_be_is_refused(more, words) -> None:
    case = {
        "newcomer": "f",
        "payers": SIX,
        "paid": {"a": 1},
        "mix": EQUAL,
        "first_cost_yen": 12_000_000,
        "months": 120,
        "passed": 36,
    }
    with pytest.raises(Cannot, match=words):
        join(**{**case, **more})


# --- subsidy ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "households", "part", "yen"),
    [
        (30_000_000, 99, Fraction(2, 15), 4_000_000),
        (30_000_000, 100, Fraction(1, 5), 6_000_000),
        (10_000_000, 99, Fraction(2, 15), 1_333_333),
        (10_000_000, 100, Fraction(1, 5), 2_000_000),
        (7, 0, Fraction(2, 15), 0),
        (8, 0, Fraction(2, 15), 1),
        (0, 100, Fraction(1, 5), 0),
    ],
)
def test_O42_two_fifteenths_below_a_hundred_households_a_fifth_from_there(
    cost, households, part, yen
) -> None:
    found = subsidy(cost, households, Terms())
    assert (found.part, found.yen) == (part, yen)
    assert found.exact_yen == cost * part


def test_O42_a_unit_of_the_outline_is_kept() -> None:
    assert subsidy(10_000_000, 99, Terms(unit_yen=1_000)).yen == 1_333_000
