"""The exact sharing engine, by its properties and by sheets once printed."""

import random
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.money.rules.sharing import blend, share, shares

weight = st.one_of(st.integers(0, 10**7), st.fractions(0, 10**4, max_denominator=10**6))
payers = st.dictionaries(st.integers(10000, 99999).map(str), weight, min_size=1, max_size=60).filter(
    lambda weights: any(weights.values())
)
amount = st.integers(-(10**12), 10**12)


@given(amount, payers)
def test_parts_add_up_to_the_amount_and_stay_beside_their_quota(amount_yen, weights):
    total = sum(Fraction(w) for w in weights.values())
    parts = share(amount_yen, weights)
    assert sum(parts.values()) == amount_yen
    for key, part in parts.items():
        quota = amount_yen * Fraction(weights[key]) / total
        assert floor(quota) <= part <= ceil(quota)
        if weights[key] == 0:
            assert part == 0


@given(amount, payers, st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(amount_yen, weights, dice):
    shuffled = list(weights.items())
    dice.shuffle(shuffled)
    assert share(amount_yen, dict(shuffled)) == share(amount_yen, weights)


@given(amount, payers, st.sampled_from([10, 100, 1000]))
def test_unit_is_kept_by_all_but_one(amount_yen, weights, unit):
    parts = shares(amount_yen, weights, unit_yen=unit)
    assert sum(part.amount_yen for part in parts) == amount_yen
    odd = [part for part in parts if part.amount_yen % unit]
    assert len(odd) == (1 if amount_yen % unit else 0)
    assert all(part.adjusted and part.weight > 0 for part in odd)


@given(amount, payers)
def test_a_credit_cancels_its_debt(amount_yen, weights):
    there, back = share(amount_yen, weights), share(-amount_yen, weights)
    assert all(there[key] + back[key] == 0 for key in weights)


@given(st.integers(0, 10**6), payers)
def test_larger_weight_never_pays_less(amount_yen, weights):
    parts = share(amount_yen, weights)
    ranked = sorted(weights, key=lambda key: Fraction(weights[key]))
    for less, more in pairwise(ranked):
        if Fraction(weights[less]) < Fraction(weights[more]):
            assert parts[less] <= parts[more]


def test_chiba_year_is_shared_over_its_bodies_without_a_rest():
    """118,552 applications over 20 bodies in proportion to procedures: the sum is the printed one."""
    dice = random.Random(2017)
    procedures = {f"12{n:03d}": dice.randrange(20, 400) for n in range(20)}
    assert sum(share(118_552, procedures).values()) == 118_552


def test_tie_goes_to_the_smaller_code():
    assert share(1, {"122076": 1, "121002": 1}) == {"121002": 1, "122076": 0}
    assert share(5, {"c": 1, "b": 1, "a": 1}) == {"a": 2, "b": 2, "c": 1}


def test_alabama_paradox_is_there_so_approved_lines_are_not_shared_again():
    """One yen more in all may cost a member one yen: the reason why a 補正 shares its difference only."""
    weights = {"a": 6, "b": 6, "c": 2}
    assert share(10, weights)["c"] == 2
    assert share(11, weights)["c"] == 1


def test_each_part_tells_its_quota_and_its_place():
    first, second, third = shares(100, {"a": 1, "b": 1, "c": 1})
    assert (first.quota, first.floor_yen, first.rank, first.amount_yen) == (Fraction(100, 3), 33, 1, 34)
    assert (second.rank, second.amount_yen, third.rank, third.amount_yen) == (2, 33, 3, 33)


def test_mix_is_blended_once():
    weights = blend([(Fraction(3, 10), {"a": 1, "b": 1}), (Fraction(7, 10), {"a": 300_000, "b": 100_000})])
    assert weights == {"a": Fraction(27, 40), "b": Fraction(13, 40)}
    assert share(1_000_001, weights) == {"a": 675_001, "b": 325_000}


@pytest.mark.parametrize("weights", [{}, {"a": 0}])
def test_nobody_with_weight_cannot_pay(weights):
    with pytest.raises(ValueError, match="nobody has weight"):
        share(1, weights)
    assert sum(share(0, weights).values()) == 0


@pytest.mark.parametrize(
    ("amount_yen", "weights", "error"),
    [
        (1.0, {"a": 1}, TypeError),
        (True, {"a": 1}, TypeError),
        (1, {"a": 0.5}, TypeError),
        (1, {"a": -1}, ValueError),
        (1, {"a": True}, TypeError),
    ],
)
def test_floats_and_negative_weights_are_refused(amount_yen, weights, error):
    with pytest.raises(error):
        share(amount_yen, weights)


def test_mix_must_be_whole_and_have_weight():
    with pytest.raises(ValueError, match="add up to 1"):
        blend([(Fraction(1, 2), {"a": 1})])
    with pytest.raises(ValueError, match="no weight"):
        blend([(Fraction(1), {"a": 0})])
