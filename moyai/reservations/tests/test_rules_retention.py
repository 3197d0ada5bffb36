"""保存期間: whole fiscal years after the one of use; months after the last day a round was drawn for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules.registering import terms_of
from moyai.reservations.rules.retention import entries_until, keep_until, last_day_over


@pytest.mark.parametrize(
    ("day", "years", "until"),
    [
        (date(2026, 4, 1), 5, date(2032, 3, 31)),
        (date(2027, 3, 31), 5, date(2032, 3, 31)),
        (date(2027, 4, 1), 5, date(2033, 3, 31)),
        (date(2026, 6, 10), 1, date(2028, 3, 31)),
    ],
)
def test_a_booking_is_kept_for_whole_years_after_the_fiscal_year_of_use(
    day: date, years: int, until: date
) -> None:
    assert keep_until(day, years=years) == until


@given(
    st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    st.integers(1, 30),
)
def test_a_day_of_use_is_over_exactly_when_its_last_day_is_past(day: date, today: date, years: int) -> None:
    assert (day <= last_day_over(today, years=years)) == (keep_until(day, years=years) < today)


@pytest.mark.parametrize(
    ("until", "months", "last"),
    [
        (date(2027, 2, 28), 12, date(2028, 2, 27)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 6, 30), 3, date(2026, 9, 29)),
    ],
)
def test_who_entered_is_kept_for_months_after_the_days_of_the_round(
    until: date, months: int, last: date
) -> None:
    assert entries_until(until, months=months) == last
    assert entries_until(until, months=months) > until + timedelta(days=27 * months)


def test_the_eligibility_policy_names_the_periods_and_five_years_and_twelve_months_are_usual() -> None:
    usual, own = terms_of({}), terms_of({"booking_keep_years": 3, "entry_keep_months": 6})
    assert (usual.booking_keep_years, usual.entry_keep_months) == (5, 12)
    assert (own.booking_keep_years, own.entry_keep_months) == (3, 6)
