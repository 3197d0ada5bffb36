"""取消しの還付: partial cancellations in any sequence come to the same as the whole, and never to more than was paid. Pure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.reservations.rulebook.samples import REFUNDS
from moyai.reservations.rules.cancellation import GivenUp, changed, percent_of, refund
from moyai.reservations.rules.fees import CannotWorkOut

POLICIES = st.builds(
    lambda base, way, unit, unpaid: {**base, "rounding": way, "rounding_yen": unit, "unpaid": unpaid},
    st.sampled_from(list(REFUNDS.values())),
    st.sampled_from(["floor", "half_up", "ceil"]),
    st.sampled_from([1, 10, 100]),
    st.sampled_from(["free", "owed"]),
)
FEES = st.integers(0, 200_000)
WHY = st.sampled_from(["own", "weather", "facility"])
# What remains after each partial cancellation, as a fee: any order, also dearer than before (a 通し料金 that falls apart).
CUTS = st.lists(st.integers(0, 250_000), max_size=6)


def play(
    document: dict[str, Any], fee: int, steps: list[tuple[int, int, str]], *, paid: bool = True
) -> tuple[int, int, int]:
    """Cancel to each (rest, days before, why) in turn: (given back in all, kept in all, what is left of the fee)."""
    back, kept, earlier = 0, 0, ()
    for rest, days, why in steps:
        one = refund(
            document, fee_yen=fee, rest_yen=rest, days_before=days, why=why, paid=paid, earlier=earlier
        )
        back, kept, fee, earlier = back + one.yen, kept + one.kept_yen, one.rest_yen, one.given_up
        assert one.yen >= 0 and fee >= 0
    return back, kept, fee


@given(POLICIES, FEES, CUTS, st.integers(0, 60), WHY, st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_sequence_of_partial_cancellations_is_the_same_as_the_whole(
    document: dict[str, Any], fee: int, cuts: list[int], days: int, why: str, paid: bool
) -> None:
    steps = [(rest, days, why) for rest in [*cuts, 0]]
    back, kept, left = play(document, fee, steps, paid=paid)
    whole = refund(document, fee_yen=fee, days_before=days, why=why, paid=paid)
    assert (back, kept, left) == (whole.yen, whole.kept_yen, 0)
    assert back + kept == fee


@given(POLICIES, FEES, st.lists(st.tuples(st.integers(0, 250_000), st.integers(-5, 60), WHY), max_size=8))
@settings(max_examples=400, deadline=None)
def test_never_more_is_given_back_than_the_fee_and_every_yen_is_somewhere(
    document: dict[str, Any], fee: int, steps: list[tuple[int, int, str]]
) -> None:
    steps = [step for step in steps if step[1] >= 0 or step[2] != "own"]
    back, kept, left = play(document, fee, steps)
    assert 0 <= back <= fee and kept >= 0
    assert back + kept + left == fee


@given(
    POLICIES, FEES, st.permutations([0, 1, 2, 3]), st.lists(st.integers(1, 50_000), min_size=4, max_size=4)
)
@settings(max_examples=200, deadline=None)
def test_order_of_the_frames_that_are_given_up_does_not_matter(
    document: dict[str, Any], extra: int, order: list[int], prices: list[int]
) -> None:
    fee = sum(prices) + extra
    rests = []
    left = fee
    for place in order:
        left -= prices[place]
        rests.append((left, 10, "own"))
    at_once = refund(document, fee_yen=fee, rest_yen=extra, days_before=10)
    assert play(document, fee, rests) == (at_once.yen, at_once.kept_yen, extra)


@given(POLICIES, FEES, FEES, st.integers(0, 60), st.integers(0, 5), st.booleans())
@settings(max_examples=300, deadline=None)
def test_change_then_cancel_never_gives_back_more_than_was_owed(
    document: dict[str, Any], fee: int, new: int, days: int, changes: int, paid: bool
) -> None:
    after = changed(document, fee_yen=fee, new_yen=new, days_before=days, changes_before=changes, paid=paid)
    assert after.kept_yen >= 0 and after.change_yen >= 0 and after.fee_yen == new
    owed = max(fee, after.fee_yen + after.kept_yen + after.change_yen)
    rest = refund(document, fee_yen=after.fee_yen, days_before=days, paid=paid, earlier=after.given_up)
    back = (fee - new - after.kept_yen if new < fee else 0) + rest.yen
    assert 0 <= back <= owed
    assert rest.yen + rest.kept_yen == after.fee_yen


@given(POLICIES, FEES, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_whoever_cancels_earlier_gets_no_less(
    document: dict[str, Any], fee: int, days: int, more: int
) -> None:
    late = refund(document, fee_yen=fee, days_before=days)
    early = refund(document, fee_yen=fee, days_before=days + more)
    assert early.yen >= late.yen


@given(POLICIES, FEES, st.integers(-30, 60))
@settings(max_examples=100, deadline=None)
def test_weather_gives_everything_back(document: dict[str, Any], fee: int, days: int) -> None:
    assert refund(document, fee_yen=fee, days_before=days, why="weather").yen == fee


def test_own_cancellation_after_the_day_has_no_rate_and_is_refused() -> None:
    with pytest.raises(CannotWorkOut) as refused:
        refund(REFUNDS["tiers"], fee_yen=1_000, days_before=-1)
    assert refused.value.code == "no_tier"
    assert "利用日の1日後" in refused.value.words


@pytest.mark.parametrize(
    ("days", "percent"), [(400, 100), (30, 100), (29, 70), (7, 70), (6, 50), (1, 50), (0, 0)]
)
def test_rate_by_days_before_the_use(days: int, percent: int) -> None:
    assert percent_of(REFUNDS["tiers"], why="own", days_before=days) == percent


def test_refund_shows_its_steps() -> None:
    back = refund(REFUNDS["tiers"], fee_yen=10_000, days_before=7, earlier=[GivenUp(70, 6_500)])
    assert [(step.label, step.value) for step in back.steps] == [
        ("取り消す分の使用料", 10_000),
        ("還付の率", 70),
        ("還付額", 7_000),
    ]
    assert back.steps[-1].formula == "16,500 × 70%（それぞれ10円未満切捨て） − 還付済み 4,550"
