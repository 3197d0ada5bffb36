"""期間・年齢・会計年度: examples with their articles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.calendars.rules import periods

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("on", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_fiscal_year_begins_on_the_first_of_april(on: date, year: int) -> None:
    assert periods.fiscal_year(on) == year  # 地方自治法208条1項


@given(DAYS)
def test_each_day_lies_in_its_own_fiscal_year(on: date) -> None:
    first, last = periods.fiscal_year_range(periods.fiscal_year(on))
    assert first <= on <= last
    assert periods.fiscal_year(last + timedelta(days=1)) == periods.fiscal_year(on) + 1


@pytest.mark.parametrize(
    ("born_on", "on", "age", "at_end"),
    [
        # 年齢計算ニ関する法律: the age rises at the end of the day before the birthday.
        (date(2008, 4, 2), date(2026, 3, 31), 17, 17),
        (date(2008, 4, 2), date(2026, 4, 1), 17, 18),
        (date(2008, 4, 2), date(2026, 4, 2), 18, 18),
        (date(2008, 4, 1), date(2026, 3, 31), 17, 18),  # born on 1 April: a school year earlier
        (date(2008, 2, 29), date(2026, 2, 27), 17, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17, 18),
        (date(2008, 2, 29), date(2026, 3, 1), 18, 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19, 20),
        (date(2008, 2, 29), date(2028, 2, 29), 20, 20),
        (date(2008, 1, 1), date(2025, 12, 31), 17, 18),
        (date(2026, 11, 21), date(2026, 11, 21), 0, 0),
    ],
)
def test_age_rises_at_the_end_of_the_day_before_the_birthday(
    born_on: date, on: date, age: int, at_end: int
) -> None:
    assert (periods.age_on(born_on, on), periods.age_at_end_of(born_on, on)) == (age, at_end)


@pytest.mark.parametrize(
    ("born_on", "age", "reached_on"),
    [
        (date(1961, 4, 1), 65, date(2026, 3, 31)),
        (date(2008, 2, 29), 18, date(2026, 2, 28)),
        (date(2008, 2, 29), 20, date(2028, 2, 28)),
        (date(2008, 3, 1), 18, date(2026, 2, 28)),
        (date(2004, 3, 1), 20, date(2024, 2, 29)),
    ],
)
def test_an_age_is_reached_on_the_day_before_the_birthday(born_on: date, age: int, reached_on: date) -> None:
    assert periods.age_reached_on(born_on, age) == reached_on


@given(DAYS, st.integers(1, 120))
def test_the_day_an_age_is_reached_is_the_last_day_of_the_age_before(born_on: date, age: int) -> None:
    reached_on = periods.age_reached_on(born_on, age)
    assert periods.age_on(born_on, reached_on) == age - 1
    assert periods.age_at_end_of(born_on, reached_on) == age
    assert periods.age_on(born_on, reached_on + timedelta(days=1)) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="not yet"):
        periods.age_on(date(2026, 4, 2), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("event_on", "months", "end_on"),
    [
        # 民法143条2項: the day before the corresponding day, or the last day of a month that has none.
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # from 1 February
        (date(2026, 1, 30), 1, date(2026, 2, 28)),  # from 31 January: no 31 February
        (date(2026, 1, 28), 1, date(2026, 2, 28)),  # from 29 January: no 29 February
        (date(2026, 1, 27), 1, date(2026, 2, 27)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 1, 28), 1, date(2024, 2, 28)),
        (date(2026, 8, 30), 1, date(2026, 9, 30)),  # from 31 August: no 31 September
        (date(2026, 4, 15), 3, date(2026, 7, 15)),
        (date(2026, 10, 31), 12, date(2027, 10, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar_without_the_day_of_the_event(
    event_on: date, months: int, end_on: date
) -> None:
    assert periods.period_of_months_end_on(event_on, months) == end_on


def test_a_period_that_begins_at_midnight_counts_its_first_day() -> None:  # 民法140条ただし書
    assert periods.period_of_months_end_on(date(2026, 4, 1), 1, first_day_counts=True) == date(2026, 4, 30)
    assert periods.days_end_on(date(2026, 4, 1), 10, first_day_counts=True) == date(2026, 4, 10)
    assert periods.days_end_on(date(2026, 4, 1), 10) == date(2026, 4, 11)


@given(DAYS, st.integers(1, 600))
def test_months_end_within_the_month_they_should(first_on: date, months: int) -> None:
    end_on = periods.months_end_on(first_on, months)
    next_day = end_on + timedelta(days=1)
    apart = (next_day.year - first_on.year) * 12 + next_day.month - first_on.month
    # The following period begins on the corresponding day, or on the first of the month after one that lacks it.
    assert (apart, next_day.day) in {(months, first_on.day), (months + 1, 1)}


def test_a_period_of_nothing_is_refused() -> None:
    for count in (periods.days_end_on, periods.months_end_on, periods.years_end_on):
        with pytest.raises(ValueError, match="at least one"):
            count(date(2026, 4, 1), 0)
