"""負担金の算定 (C17, C41, C42, C43, A33, Y18, Y24): properties, the Alabama paradox, and what a bill can say years later."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import (
    Basis,
    MixPart,
    Payer,
    decreasing,
    fraction_of,
    mix_from,
    mix_rows,
    mix_words,
    weights,
)
from moyai.council.rules.savings import bases_for_search, best_mix, percent, side_by_side, tried
from moyai.council.rules.sharing import kept, share_burden, split, supplement, together
from moyai.money.rules.sharing import share

# 山口県4市1町 (H30年3月末), by 団体コード.
YAMAGUCHI = {
    "352071": 57_199,  # 下松市
    "352101": 51_602,  # 光市
    "352128": 32_311,  # 柳井市
    "352152": 144_472,  # 周南市
    "355020": 3_360,  # 阿武町
}
ABU, SHUNAN = "355020", "352152"
PEOPLE = {code: Payer(population=people) for code, people in YAMAGUCHI.items()}
BY_PEOPLE = [MixPart(Basis.POPULATION, Fraction(1))]

amounts = st.integers(-(10**11), 10**11)
payers = st.dictionaries(
    st.integers(10_000, 99_999).map(str),
    st.builds(
        Payer,
        population=st.integers(0, 4_000_000),
        use=st.fixed_dictionaries({"件数": st.integers(0, 10**6)}),
        fixed_yen=st.integers(0, 10**6),
        actual_yen=st.integers(0, 10**8),
    ),
    min_size=1,
    max_size=25,
)


@st.composite
def mixes(draw: st.DrawFn) -> list[MixPart]:
    bases = draw(st.lists(st.sampled_from(list(Basis)), min_size=1, max_size=4, unique=True))
    cuts = draw(st.lists(st.integers(1, 30), min_size=len(bases), max_size=len(bases)))
    return [
        MixPart(basis, Fraction(cut, sum(cuts)), "件数" if basis is Basis.USE else "")
        for basis, cut in zip(bases, cuts, strict=True)
    ]


def has_weight(mix: list[MixPart], people: dict[str, Payer]) -> bool:
    try:
        weights(1, mix, people)
    except Cannot:
        return False
    return True


@settings(max_examples=60)
@given(amounts, mixes(), payers)
def test_C17_shares_add_up_to_the_amount_and_stay_beside_their_quota(yen, mix, people) -> None:
    assume(has_weight(mix, people))
    sharing = share_burden(yen, mix, people)
    assert sum(sharing.yen_of.values()) == yen
    of = weights(yen, mix, people)
    assert sum(of.values()) == 1
    for part in sharing.parts:
        quota = yen * of[part.key]
        assert part.quota == quota
        assert floor(quota) <= part.amount_yen <= ceil(quota)
        if of[part.key] == 0:
            assert part.amount_yen == 0


@settings(max_examples=40)
@given(amounts, mixes(), payers, st.randoms(use_true_random=False))
def test_C17_order_of_payers_and_of_bases_does_not_matter(yen, mix, people, dice) -> None:
    assume(has_weight(mix, people))
    names, bases = list(people), list(mix)
    dice.shuffle(names)
    dice.shuffle(bases)
    again = share_burden(yen, bases, {name: people[name] for name in names})
    assert again.yen_of == share_burden(yen, mix, people).yen_of


@settings(max_examples=40)
@given(st.integers(0, 10**10), payers, st.sampled_from([10, 1_000]))
def test_C17_a_unit_is_kept_by_all_but_one(yen, people, unit) -> None:
    sharing = share_burden(yen, [MixPart(Basis.EQUAL, Fraction(1))], people, unit_yen=unit)
    assert sum(sharing.yen_of.values()) == yen
    assert sum(amount % unit != 0 for amount in sharing.yen_of.values()) == (1 if yen % unit else 0)


# --- the Alabama paradox and the rule of the difference -----------------------------------------------------------------


def test_C16_shared_anew_a_larger_sum_takes_from_abu_what_it_had() -> None:
    """59 → 60 by the five populations of Yamaguchi: 阿武町 falls from 1 to 0."""
    before, after = share(59, YAMAGUCHI), share(60, YAMAGUCHI)
    assert (before[ABU], after[ABU]) == (1, 0)


def test_C16_79_totals_below_2000_behave_so() -> None:
    tables = [share(total, YAMAGUCHI) for total in range(2_001)]
    paradoxes = [
        total
        for total, (less, more) in enumerate(pairwise(tables))
        if total < 2_000 and any(more[code] < less[code] for code in YAMAGUCHI)
    ]
    assert 59 in paradoxes
    assert len(paradoxes) == 79


def test_C16_a_supplement_shares_only_the_difference_so_nobody_loses() -> None:
    decided = share_burden(59, BY_PEOPLE, PEOPLE).yen_of
    more = supplement(60, [decided], BY_PEOPLE, PEOPLE)
    assert more.yen == 1
    assert together([decided, more.yen_of]) == {**decided, SHUNAN: decided[SHUNAN] + 1}
    assert together([decided, more.yen_of])[ABU] == 1


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.integers(0, 10**7), payers)
def test_C16_no_supplement_that_adds_takes_from_anybody(yen, added, people) -> None:
    mix = [MixPart(Basis.EQUAL, Fraction(1, 3)), MixPart(Basis.POPULATION, Fraction(2, 3))]
    assume(has_weight(mix, people))
    decided = share_burden(yen, mix, people).yen_of
    after = together([decided, supplement(yen + added, [decided], mix, people).yen_of])
    assert sum(after.values()) == yen + added
    assert all(after[code] >= decided[code] for code in people)


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.integers(-(10**7), 10**7), payers)
def test_C16_a_supplement_and_its_withdrawal_leave_what_was_decided(yen, change, people) -> None:
    mix = [MixPart(Basis.EQUAL, Fraction(1))]
    decided = share_burden(yen, mix, people).yen_of
    first = supplement(yen + change, [decided], mix, people).yen_of
    back = supplement(yen, [decided, first], mix, people).yen_of
    assert together([decided, first, back]) == dict(sorted(decided.items()))


def test_C16_a_line_of_amounts_alone_has_no_difference_to_share() -> None:
    with pytest.raises(Cannot, match="差額を分けられません"):
        supplement(2, [{"a": 1}], [MixPart(Basis.ACTUAL)], {"a": Payer(actual_yen=1)})


# --- bases -------------------------------------------------------------------------------------------------------------


def test_C17_twice_the_people_pay_one_and_a_half_times() -> None:
    assert [decreasing(people) for people in (0, 1, 2, 4, 8)] == [
        0,
        1,
        Fraction(3, 2),
        Fraction(9, 4),
        Fraction(27, 8),
    ]
    assert decreasing(144_472).denominator <= 10**12
    close = decreasing(2 * 144_472) / decreasing(144_472) - Fraction(3, 2)
    assert abs(close) < Fraction(1, 10**12)


@given(st.integers(1, 10**8))
def test_C17_the_decreasing_weight_is_kept_to_twelve_places_and_grows(people) -> None:
    assert 10**12 % decreasing(people).denominator == 0
    assert decreasing(people) < decreasing(people + 1)


def test_C17_a_flat_fee_comes_off_first_and_the_rest_is_shared() -> None:
    """10,000 yen from everybody, the rest by population."""
    mix = [MixPart(Basis.FIXED, yen=10_000), MixPart(Basis.POPULATION, Fraction(1))]
    people = {"a": Payer(population=3_000), "b": Payer(population=1_000)}
    assert share_burden(60_000, mix, people).yen_of == {"a": 40_000, "b": 20_000}


def test_Y18_without_adjustment_everybody_pays_what_was_quoted() -> None:
    quoted = {"a": Payer(actual_yen=123_456_789), "b": Payer(actual_yen=1), "c": Payer(actual_yen=0)}
    sharing = share_burden(123_456_790, [MixPart(Basis.ACTUAL)], quoted)
    assert sharing.yen_of == {"a": 123_456_789, "b": 1, "c": 0}
    assert all(part.quota == part.amount_yen for part in sharing.parts)


@pytest.mark.parametrize(
    ("yen", "mix", "people", "where", "words"),
    [
        (1, [], {"a": Payer()}, "mix", "負担の割合を入力"),
        (1, [MixPart(Basis.EQUAL, Fraction(1, 2))], {"a": Payer()}, "mix", "合計 1/2"),
        (1, [MixPart(Basis.EQUAL)], {"a": Payer()}, "mix.0.part", "均等割の割合"),
        (1, BY_PEOPLE, {}, "payers", "負担する団体がありません"),
        (1, BY_PEOPLE, {"a": Payer()}, "payers.a", "aの人口割の基礎となる数がありません"),
        (1, BY_PEOPLE, {"a": Payer(population=-1)}, "payers.a", "マイナス"),
        (1, BY_PEOPLE, {"a": Payer(population=0)}, "mix", "人口割の基礎がどの団体にもありません"),
        (1, [MixPart(Basis.USE, Fraction(1), "館数")], {"a": Payer()}, "payers.a", "利用割（館数）"),
        (9, [MixPart(Basis.ACTUAL)], {"a": Payer(actual_yen=10)}, "yen", "超えます"),
        (11, [MixPart(Basis.ACTUAL)], {"a": Payer(actual_yen=10)}, "yen", "一致しません"),
        (1, [MixPart(Basis.ACTUAL)], {"a": Payer(actual_yen=0)}, "yen", "一致しません"),
        (-1, [MixPart(Basis.FIXED, yen=1)], {"a": Payer()}, "yen", "マイナスのとき"),
    ],
)
def test_C17_what_cannot_be_shared_is_refused_with_the_figure_named(yen, mix, people, where, words) -> None:
    with pytest.raises(Cannot) as refused:
        share_burden(yen, mix, people)
    assert refused.value.where == where
    assert words in refused.value.words


def test_C17_a_mix_is_kept_as_text_and_read_back() -> None:
    rows = [
        {"basis": "fixed", "yen": 10_000},
        {"basis": "equal", "part": "3/10"},
        {"basis": "use", "part": "7/10", "measure": "手続数"},
    ]
    assert mix_rows(mix_from(rows)) == rows
    assert mix_words(mix_from(rows)) == "固定額 そのままの額 ＋ 均等割 3/10 ＋ 利用割（手続数） 7/10"


@pytest.mark.parametrize("part", ["", "x", "1/0", "-1/2", "0.5", 0.5, None, "1/2/3"])
def test_C17_a_part_that_is_no_fraction_is_refused(part) -> None:
    with pytest.raises(Cannot, match="割合として読めません"):
        fraction_of(part, "mix.0.part")


def test_C17_a_bill_keeps_all_that_explains_it() -> None:
    mix = mix_from([{"basis": "equal", "part": "3/10"}, {"basis": "population", "part": "7/10"}])
    sharing = share_burden(59, mix, PEOPLE)
    said = {part.key: kept(sharing, part) for part in sharing.parts}
    assert sum(row["yen"] for row in said.values()) == 59
    abu = said[ABU]
    assert abu["basis"] == {"equal": 1, "population": 3_360}
    assert fraction_of(abu["weight"], "") == Fraction(3, 50) + Fraction(7, 10) * Fraction(3_360, 288_944)
    assert fraction_of(abu["quota"], "") == 59 * fraction_of(abu["weight"], "")
    assert abu["floor_yen"] <= abu["yen"] <= abu["floor_yen"] + 1
    assert sorted(row["rank"] for row in said.values()) == [1, 2, 3, 4, 5]
    assert all(len(row["quota"]) <= 200 and len(row["weight"]) <= 200 for row in said.values())


def test_C17_shares_of_a_prefecture_fit_what_is_kept() -> None:
    """1,788 bodies, four bases: exact weights still fit their columns."""
    people = {
        f"{n:06d}": Payer(population=300 + n * 1_873, use={"件数": n * 37 % 5_000}) for n in range(1_788)
    }
    rows = [("equal", ""), ("population", ""), ("decreasing", ""), ("use", "件数")]
    mix = mix_from([{"basis": basis, "part": "1/4", "measure": measure} for basis, measure in rows])
    sharing = share_burden(987_654_321, mix, people)
    assert sum(sharing.yen_of.values()) == 987_654_321
    assert all(len(kept(sharing, part)["weight"]) <= 200 for part in sharing.parts[::100])


# --- instalments, one cost over accounts -------------------------------------------------------------------------------


@given(st.integers(0, 10**12), st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_A33_first_and_second_half_add_up_to_the_year(yen, cuts) -> None:
    pieces = split(yen, [Fraction(cut, sum(cuts)) for cut in cuts])
    assert sum(pieces) == yen
    assert all(piece == 0 for piece, cut in zip(pieces, cuts, strict=True) if cut == 0)


def test_A33_the_odd_yen_is_in_the_first_half() -> None:
    half = Fraction(1, 2)
    assert split(2_360_001, [half, half]) == [1_180_001, 1_180_000]


def test_C43_one_cost_is_borne_by_two_accounts_one_to_one() -> None:
    half = Fraction(1, 2)
    assert split(3_517_222, [half, half]) == [1_758_611, 1_758_611]


def test_A33_parts_that_are_no_whole_are_refused() -> None:
    with pytest.raises(Cannot, match="合計 5/6"):
        split(1, [Fraction(1, 2), Fraction(1, 3)])


def test_C41_C42_payers_are_those_of_the_cost_line() -> None:
    """企業情報 46 bodies, 改修 56: neither sum divides evenly, and none pays more than a yen beyond another."""
    for yen, count in ((2_025_000, 46), (9_784_800, 56), (47_924_000, 55)):
        people = {f"12{n:04d}": Payer() for n in range(count)}
        parts = share_burden(yen, [MixPart(Basis.EQUAL, Fraction(1))], people).yen_of.values()
        assert sum(parts) == yen
        assert yen % count
        assert max(parts) - min(parts) == 1


# --- what-if -----------------------------------------------------------------------------------------------------------

NOW = {
    "352071": 400_000_000,
    "352101": 380_000_000,
    "352128": 300_000_000,
    "352152": 800_000_000,
    "355020": 120_000_000,
}
QUOTED = {
    "352071": 250_000_000,
    "352101": 230_000_000,
    "352128": 190_000_000,
    "352152": 430_000_000,
    "355020": 100_000_000,
}
CLOUD = {code: Payer(population=YAMAGUCHI[code], actual_yen=QUOTED[code]) for code in YAMAGUCHI}
TARGET = Fraction(3, 10)


def test_Y18_Y24_mixes_stand_side_by_side_with_those_below_the_target() -> None:
    found = side_by_side(
        1_200_000_000,
        {
            "実費": [MixPart(Basis.ACTUAL)],
            "均等割": [MixPart(Basis.EQUAL, Fraction(1))],
            "人口割": BY_PEOPLE,
        },
        CLOUD,
        NOW,
        TARGET,
    )
    actual, equal, people = found
    assert [trial.sharing.yen for trial in found] == [1_200_000_000] * 3
    assert actual.below == (ABU,)  # 16.7 %
    assert percent(min(saving.rate for saving in actual.savings)) == "16.7%"
    assert equal.sharing.yen_of[ABU] == 240_000_000
    assert equal.savings[-1].rate == -1
    assert percent(equal.savings[-1].rate) == "△100.0%"
    assert set(equal.below) == {ABU, "352128"}
    assert people.sharing.yen_of[SHUNAN] == 600_000_000  # 周南市 is exactly half of the people
    assert people.below == (SHUNAN,)


def test_Y24_a_search_finds_a_mix_in_which_everybody_saves_enough() -> None:
    bases = [MixPart(Basis.ACTUAL, Fraction(1)), MixPart(Basis.POPULATION, Fraction(1))]
    found = best_mix(1_200_000_000, bases, CLOUD, NOW, TARGET, steps=20)
    assert found.below == ()
    assert found.least >= TARGET
    assert sum(found.sharing.yen_of.values()) == 1_200_000_000
    for twentieths in range(21):  # nothing else on the way is better
        mix = [
            MixPart(Basis.ACTUAL, Fraction(20 - twentieths, 20)),
            MixPart(Basis.POPULATION, Fraction(twentieths, 20)),
        ]
        other = tried("", 1_200_000_000, mix, CLOUD, NOW, TARGET)
        assert (len(other.below), -other.least) >= (len(found.below), -found.least)


def test_Y24_a_target_is_judged_on_the_fraction() -> None:
    """29.96 % prints as 30.0 % and is below 30 %."""
    trial = tried("", 7_004, [MixPart(Basis.ACTUAL)], {"a": Payer(actual_yen=7_004)}, {"a": 10_000}, TARGET)
    assert percent(trial.savings[0].rate) == "30.0%"
    assert trial.below == ("a",)


def test_Y24_who_pays_nothing_today_cannot_be_compared() -> None:
    with pytest.raises(Cannot, match="いまの経費"):
        tried("", 1, [MixPart(Basis.EQUAL, Fraction(1))], {"a": Payer()}, {}, TARGET)


def test_Y24_only_bases_that_all_have_figures_for_are_tried() -> None:
    assert [part.basis for part in bases_for_search(CLOUD)] == [
        Basis.EQUAL,
        Basis.POPULATION,
        Basis.DECREASING,
        Basis.ACTUAL,
    ]
    some = {"a": Payer(population=1, use={"館数": 2}), "b": Payer(use={"館数": 1, "件数": 5})}
    assert [(part.basis, part.measure) for part in bases_for_search(some)] == [
        (Basis.EQUAL, ""),
        (Basis.USE, "館数"),
    ]
    with pytest.raises(Cannot, match="1つ以上"):
        best_mix(1, [], CLOUD, NOW, TARGET)
    with pytest.raises(Cannot, match="1から100"):
        best_mix(1, bases_for_search(CLOUD), CLOUD, NOW, TARGET, steps=0)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(2, 5), 1, "40.0%"),
        (Fraction(1, 3), 2, "33.33%"),
        (Fraction(-1, 2000), 1, "△0.1%"),
        (Fraction(-1, 10**6), 1, "0.0%"),
        (Fraction(1), 0, "100%"),
        (Fraction(-25), 0, "△2,500%"),
    ],
)
def test_Y23_a_saving_is_printed_half_up(value, places, text) -> None:
    assert percent(value, places) == text
