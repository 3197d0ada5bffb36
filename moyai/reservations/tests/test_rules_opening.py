"""開館日と開館時間 (A41: 第n曜日, 月末, 祝日とその振替, 年末年始, 季節, 臨時の開館・休館)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import jpholiday
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.reservations.rules.opening import (
    Opening,
    Special,
    in_season,
    moved_to,
    nth_weekday,
    opening_of,
    opening_on,
)

HOURS = [{"opens": 540, "closes": 1260}]
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def is_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


def never(_day: date) -> bool:
    return False


def test_nobody_said_it_is_open() -> None:
    assert opening_on(None, date(2026, 4, 1), is_holiday=never) == Opening(False, why="no_policy")


def test_a_season_goes_over_the_years_end() -> None:
    assert in_season(date(2026, 12, 31), "11-01", "02-29")
    assert in_season(date(2027, 2, 28), "11-01", "02-29")
    assert in_season(date(2028, 2, 29), "11-01", "02-29")
    assert not in_season(date(2027, 3, 1), "11-01", "02-29")
    assert not in_season(date(2026, 10, 31), "11-01", "02-29")


def test_the_first_row_of_hours_that_fits_decides() -> None:
    document = {
        "hours": [
            {"days": ["holiday"], "opens": 600, "closes": 900},
            {"days": ["mon", "tue"], "from": "07-01", "until": "08-31", "opens": 480, "closes": 1320},
            {"opens": 540, "closes": 1260},
        ]
    }
    monday = date(2026, 7, 6)
    assert opening_of(document, monday, holiday=False, holiday_moved=False) == Opening(True, 480, 1320)
    assert opening_of(document, monday, holiday=True, holiday_moved=False) == Opening(True, 600, 900)
    assert opening_of(document, date(2026, 9, 7), holiday=False, holiday_moved=False).closes == 1260


def test_a_closed_day_on_a_holiday_follows_its_row() -> None:
    monday = date(2026, 7, 20)  # 海の日

    def found(how: str) -> list[bool]:
        document = {"hours": HOURS, "closed": [{"every": "week", "weekday": "mon", "on_holiday": how}]}
        return [
            opening_on(document, monday + timedelta(days=n), is_holiday=is_holiday).open for n in range(3)
        ]

    assert found("closed") == [False, True, True]
    assert found("open") == [True, True, True]
    assert found("next_day") == [True, False, True]
    assert found("next_weekday") == [True, False, True]


def test_a_moved_day_skips_holidays_only_where_the_row_says_weekday() -> None:
    def closed_in_golden_week(how: str) -> list[int]:
        document = {"hours": HOURS, "closed": [{"every": "week", "weekday": "mon", "on_holiday": how}]}
        days = [date(2026, 5, n) for n in range(4, 9)]
        return [day.day for day in days if not opening_on(document, day, is_holiday=is_holiday).open]

    assert closed_in_golden_week("next_day") == [5]
    assert closed_in_golden_week("next_weekday") == [7]


def test_a_moved_day_does_not_fall_on_another_closed_day() -> None:
    document = {
        "hours": HOURS,
        "closed": [
            {"every": "week", "weekday": "mon", "on_holiday": "next_weekday"},
            {"every": "week", "weekday": "tue"},
        ],
    }
    assert [opening_on(document, date(2026, 7, 20 + n), is_holiday=is_holiday).why for n in range(4)] == [
        "",
        "week",
        "moved",
        "",
    ]


def test_a_moved_day_beyond_a_fortnight_of_holidays_is_given_up() -> None:
    document = {
        "hours": HOURS,
        "closed": [{"every": "week", "weekday": "mon", "on_holiday": "next_weekday"}],
    }
    monday = date(2026, 7, 20)
    days = [monday + timedelta(days=n) for n in range(40)]
    assert not [day for day in days if moved_to(document, day, lambda _day: True)]


def test_what_staff_said_of_a_day_goes_before_everything() -> None:
    document = {
        "hours": [{"from": "04-01", "until": "11-30", "opens": 540, "closes": 1260}],
        "closed": [{"every": "week", "weekday": "wed"}],
        "year_end": {"from": "12-29", "until": "01-03"},
    }

    def on(day: date, special: Special) -> Opening:
        return opening_on(document, day, is_holiday=never, special=special)

    wednesday = date(2026, 4, 1)
    assert on(wednesday, Special(True, reason="行事")) == Opening(True, 540, 1260, reason="行事")
    assert on(wednesday, Special(True, 600, 720)) == Opening(True, 600, 720)
    assert on(wednesday, Special(True, None, 720)) == Opening(True, 540, 720)
    assert on(date(2026, 4, 2), Special(False, reason="停電")) == Opening(False, why="special", reason="停電")
    assert on(date(2026, 12, 30), Special(True, 600, 720)).open
    # Said to be open in a season without hours, and not when: closed, not open all day.
    assert on(date(2026, 12, 30), Special(True)).why == "season"


def test_a_use_is_covered_only_between_opening_and_closing() -> None:
    opening = Opening(True, 540, 1260)
    assert opening.covers(540, 1260)
    assert not opening.covers(539, 600)
    assert not opening.covers(1200, 1261)
    assert not Opening(False).covers(0, 0)


@given(DAYS)
def test_the_nth_weekday_counts_from_the_first_of_the_month(day: date) -> None:
    before = sum(date(day.year, day.month, n).weekday() == day.weekday() for n in range(1, day.day + 1))
    assert nth_weekday(day) == before


ROWS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "every": st.just("week"),
                "weekday": st.sampled_from(["mon", "tue", "wed", "sat", "sun"]),
                "on_holiday": st.sampled_from(["closed", "open", "next_day", "next_weekday"]),
            }
        ),
        st.fixed_dictionaries(
            {
                "every": st.just("nth"),
                "weekday": st.sampled_from(["mon", "thu"]),
                "nth": st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True),
                "on_holiday": st.sampled_from(["closed", "next_day", "next_weekday"]),
            }
        ),
        st.fixed_dictionaries({"every": st.just("month_end"), "on_holiday": st.sampled_from(["closed", "next_day"])}),
    ),
    max_size=4,
)  # fmt: skip
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _falls(row: dict[str, Any], day: date) -> bool:
    if row["every"] == "month_end":
        return (day + timedelta(days=1)).day == 1
    same = WEEK[day.weekday()] == row["weekday"]
    return same and (row["every"] == "week" or -(-day.day // 7) in row["nth"])


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(2024, 2030), st.integers(1, 12))
def test_moved_days_are_the_ones_reckoned_forwards(rows: list[dict[str, Any]], year: int, month: int) -> None:
    """From each closed day that is a holiday on to its day: the rule looks back from the day instead."""
    document = {"hours": HOURS, "closed": rows}
    first = date(year, month, 1)
    targets = set()
    for n in range(-20, monthrange(year, month)[1]):
        day = first + timedelta(days=n)
        for row in rows:
            if not (_falls(row, day) and is_holiday(day)):
                continue
            if row["on_holiday"] == "next_day":
                targets.add(day + timedelta(days=1))
            elif row["on_holiday"] == "next_weekday":
                later = (day + timedelta(days=k) for k in range(1, 15))
                free = (
                    at for at in later
                    if at.weekday() < 5 and not is_holiday(at) and not any(_falls(other, at) for other in rows)
                )  # fmt: skip
                targets.add(next(free, None))
    for n in range(monthrange(year, month)[1]):
        day = first + timedelta(days=n)
        assert moved_to(document, day, is_holiday) is (day in targets)


@settings(max_examples=100, deadline=None)
@given(ROWS, DAYS, st.booleans(), st.booleans())
def test_a_day_is_open_with_hours_or_closed_with_a_reason(
    rows: list[dict[str, Any]], day: date, holidays_closed: bool, holiday: bool
) -> None:
    document = {"hours": HOURS, "closed": rows, "holidays_closed": holidays_closed}
    found = opening_of(document, day, holiday=holiday, holiday_moved=False)
    assert found.open is not bool(found.why)
    assert found.open is (found.opens < found.closes)
    if holiday and holidays_closed:
        assert not found.open
