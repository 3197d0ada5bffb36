"""報告された率の判定 (C24): a rounded rate proves a level only where all it may have been keep it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.operations.rules.availability import Measured, Verdict, percent, verdict
from moyai.operations.rules.reported import UNREPORTED, Rates, of_all, printed_rates, verdict_of, weighed

YEAR = 525_600
LEVEL = Fraction(997, 1000)


@pytest.mark.parametrize(("rate", "least", "most"), [("99.97", 132, 183), ("99.98", 79, 131)])
def test_C24_C19_C20_the_printed_rates_of_the_seed_are_those_of_so_many_minutes(rate, least, most) -> None:
    rates = printed_rates(rate)
    stops = [
        stopped
        for stopped in range(1_000)
        if rates.least <= Fraction(YEAR - stopped, YEAR) < rates.most and not rates.reaches
    ]
    assert (stops[0], stops[-1]) == (least, most)
    assert verdict_of(rates, LEVEL) is Verdict.MET


@settings(max_examples=100)
@given(st.integers(1, 3_000), st.integers(0, 3_000), st.integers(1, 1_000))
def test_C24_a_printed_rate_never_says_other_than_the_minutes_it_was_made_of(planned, stopped, level) -> None:
    measured = Measured(planned, min(stopped, planned))
    assert measured.rate is not None
    part = Fraction(level, 1_000)
    rates = printed_rates(percent(measured.rate).rstrip("%"))
    assert rates.least <= measured.rate <= rates.most
    assert rates.reaches or measured.rate < rates.most
    said = verdict_of(rates, part)
    assert said in (Verdict.UNPROVEN, verdict(measured, part))


@pytest.mark.parametrize(
    ("rate", "level", "said"),
    [
        ("99.70", LEVEL, Verdict.UNPROVEN),  # 1,576 and 1,577 minutes of a year both print so
        ("99.7", LEVEL, Verdict.UNPROVEN),
        ("99.705", LEVEL, Verdict.MET),
        ("99.69", LEVEL, Verdict.MISSED),
        ("100", LEVEL, Verdict.MET),
        ("100", Fraction(1), Verdict.UNPROVEN),
        ("99.99", Fraction(99_995, 100_000), Verdict.MISSED),  # half a hundredth more would print 100.00
        ("0", LEVEL, Verdict.MISSED),
    ],
)
def test_C24_a_rounded_rate_is_judged_by_all_it_may_have_been(rate, level, said) -> None:
    assert verdict_of(printed_rates(rate), level) is said


def test_C24_days_without_a_report_may_have_been_anything() -> None:
    whole = Rates(Fraction(1), Fraction(1))
    assert weighed([(335, whole), (30, UNREPORTED)]) == Rates(Fraction(335, 365), Fraction(1))
    assert weighed([]) == weighed([(0, whole)]) == UNREPORTED
    assert weighed([(1, printed_rates("50")), (1, whole)]).reaches is False
    for wrong in ("100.01", "-1", "NaN"):
        with pytest.raises(ValueError, match="from 0 to 100"):
            printed_rates(wrong)


def test_C24_a_service_keeps_its_level_only_where_every_part_does() -> None:
    met, missed, unproven, none = Verdict.MET, Verdict.MISSED, Verdict.UNPROVEN, Verdict.NOTHING_PLANNED
    assert of_all([met, met]) is met
    assert of_all([met, none]) is met
    assert of_all([met, unproven, missed]) is missed
    assert of_all([met, unproven]) is of_all([none]) is of_all([]) is unproven
