"""申込みの期間 (A38, A41: 抽選・先着・優先 の受付期間, 9時ちょうど)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules.lottery import entries_of_month, free_at, release_of
from moyai.reservations.rules.periods import (
    JST,
    Window,
    fiscal_year_of,
    hold_minutes,
    last_moment,
    moment,
    months_before,
    state_at,
    window,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
FIRST = {
    "first": [
        {
            "classes": ["resident"],
            "from": {"months": 2, "day": 1, "at": 540},
            "until": {"days": 3, "at": 1440},
        },
        {"kinds": ["group"], "from": {"months": 1, "day": 1, "at": 540}, "until": {"minutes": 0}},
    ]
}


def test_nothing_is_taken_a_millisecond_before_nine_by_any_clock() -> None:
    found = window(
        FIRST, way="first", day_of_use=date(2026, 10, 17), resident_class="resident", kind="person"
    )
    assert found == (datetime(2026, 8, 1, 9, tzinfo=JST), datetime(2026, 10, 15, tzinfo=JST))
    nine = datetime(2026, 8, 1, 0, 0, tzinfo=UTC)  # 9:00 in Japan
    almost = nine - timedelta(milliseconds=1)
    for zone in (UTC, JST, ZoneInfo("America/New_York"), ZoneInfo("Europe/Helsinki")):
        assert state_at(found, almost.astimezone(zone)) == "early"
        assert state_at(found, nine.astimezone(zone)) == "open"
    end = datetime(2026, 10, 15, tzinfo=JST)
    assert state_at(found, end - timedelta(microseconds=1)) == "open"
    assert state_at(found, end) == "over"


def test_the_first_row_that_fits_the_user_decides() -> None:
    def opens(resident_class: str, kind: str) -> Window | None:
        return window(
            FIRST,
            way="first",
            day_of_use=date(2026, 10, 17),
            resident_class=resident_class,
            kind=kind,
            starts=600,
        )

    assert opens("resident", "group") == (
        datetime(2026, 8, 1, 9, tzinfo=JST),
        datetime(2026, 10, 15, tzinfo=JST),
    )
    assert opens("outside", "group") == (
        datetime(2026, 9, 1, 9, tzinfo=JST),
        datetime(2026, 10, 17, 10, tzinfo=JST),
    )
    assert opens("outside", "person") is None
    assert (
        window(FIRST, way="lottery", day_of_use=date(2026, 10, 17), resident_class="resident", kind="group")
        is None
    )
    assert (
        window(None, way="first", day_of_use=date(2026, 10, 17), resident_class="resident", kind="group")
        is None
    )
    assert state_at(None, datetime(2026, 1, 1, tzinfo=JST)) == "none"


def test_a_window_that_never_opens_takes_nothing() -> None:
    document = {"first": [{"from": {"months": 1, "day": 31, "at": 540}, "until": {"days": 7, "at": 540}}]}
    found = window(
        document, way="first", day_of_use=date(2026, 10, 1), resident_class="resident", kind="person"
    )
    assert state_at(found, datetime(2026, 9, 30, 10, tzinfo=JST)) == "none"


def test_the_users_own_change_ends_with_the_beginning_of_the_use_where_nothing_is_said() -> None:
    said = {"change_until": {"days": 1, "at": 1020}}
    use = {"day_of_use": date(2026, 10, 17), "starts": 600}
    assert last_moment(said, act="change", **use) == datetime(2026, 10, 16, 17, tzinfo=JST)  # type: ignore[arg-type]
    assert last_moment(said, act="cancel", **use) == datetime(2026, 10, 17, 10, tzinfo=JST)  # type: ignore[arg-type]
    assert last_moment(None, act="change", **use) == datetime(2026, 10, 17, 10, tzinfo=JST)  # type: ignore[arg-type]


def test_a_place_is_held_a_quarter_of_an_hour_where_nothing_is_said() -> None:
    assert hold_minutes(None) == hold_minutes({}) == 15
    assert hold_minutes({"hold_minutes": 30}) == 30


def test_an_opening_on_a_skipped_day_waits_for_the_next_other_day() -> None:
    told = {"months": 1, "day": 1, "at": 540}
    assert moment(told, date(2027, 2, 10), skip=["01-01", "01-02", "01-03"]) == datetime(
        2027, 1, 4, 9, tzinfo=JST
    )
    assert moment(told, date(2027, 3, 10), skip=["01-01"]) == datetime(2027, 2, 1, 9, tzinfo=JST)
    # A skipped day that comes before the others in the list is skipped as well.
    assert moment(told, date(2027, 2, 10), skip=["01-02", "01-01"]) == datetime(2027, 1, 3, 9, tzinfo=JST)


@pytest.mark.parametrize(
    ("on", "months", "day", "result"),
    [
        (date(2026, 4, 30), 2, None, date(2026, 2, 28)),
        (date(2028, 4, 30), 2, None, date(2028, 2, 29)),
        (date(2026, 3, 31), 1, None, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, 31, date(2025, 12, 31)),
        (date(2026, 3, 15), 1, 31, date(2026, 2, 28)),
        (date(2026, 1, 1), 13, 1, date(2024, 12, 1)),
        (date(2026, 8, 31), -6, None, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar(on: date, months: int, day: int | None, result: date) -> None:
    assert months_before(on, months, day=day) == result


@given(DAYS, st.integers(0, 36), st.integers(1, 28))
def test_months_back_and_forth_come_to_the_same_month(on: date, months: int, day: int) -> None:
    there = months_before(on, months, day=day)
    assert there.day == day
    assert months_before(there, -months, day=on.day if on.day <= 28 else day).replace(day=1) == on.replace(
        day=1
    )
    assert (on.year * 12 + on.month) - (there.year * 12 + there.month) == months


MOMENTS = st.one_of(
    st.fixed_dictionaries({"months": st.integers(0, 12), "at": st.integers(0, 1440)}),
    st.fixed_dictionaries(
        {"months": st.integers(1, 12), "day": st.integers(1, 31), "at": st.integers(0, 1440)}
    ),
    st.fixed_dictionaries({"days": st.integers(0, 400), "at": st.integers(0, 1440)}),
    st.fixed_dictionaries({"minutes": st.integers(0, 10_080)}),
)


@given(MOMENTS, DAYS, st.integers(0, 1380))
def test_a_moment_is_never_after_the_day_of_use(told: dict[str, int], on: date, starts: int) -> None:
    when = moment(told, on, starts=starts)
    assert when <= datetime(on.year, on.month, on.day, tzinfo=JST) + timedelta(days=1)
    assert when.utcoffset() == timedelta(hours=9)


@given(DAYS)
def test_of_uses_in_one_month_the_window_by_month_opens_at_one_time(on: date) -> None:
    told = {"months": 2, "day": 1, "at": 540}
    assert moment(told, on) == moment(told, on.replace(day=1)) == moment(told, on.replace(day=28))


@given(DAYS)
def test_a_fiscal_year_begins_with_april(on: date) -> None:
    assert date(fiscal_year_of(on), 4, 1) <= on < date(fiscal_year_of(on) + 1, 4, 1)


def test_the_round_of_a_month_takes_entries_as_the_policy_says() -> None:
    document = {
        "enter_from": {"months": 2, "day": 1, "at": 540},
        "enter_until": {"months": 2, "day": 10, "at": 1440},
    }
    assert entries_of_month(document, date(2026, 10, 17)) == (
        datetime(2026, 8, 1, 9, tzinfo=JST),
        datetime(2026, 8, 11, tzinfo=JST),
    )
    assert entries_of_month({"mode": "person"}, date(2026, 10, 1)) is None


MOMENT_OF = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENT_OF, st.integers(0, 1440), st.integers(1, 60))
def test_a_cancelled_place_waits_for_the_next_release_and_no_longer(
    now: datetime, at: int, minutes: int
) -> None:
    document = {"release": {"on": True, "at": at, "minutes": minutes}}
    when = free_at(document, now=now, begins=now + timedelta(days=60))
    assert when is not None
    assert timedelta(0) < when - now <= timedelta(days=1)
    assert (when.hour * 60 + when.minute) % 1440 == at % 1440
    # Let go at once where the use begins before those who ask could be told.
    assert free_at(document, now=now, begins=when + timedelta(minutes=minutes) - timedelta(seconds=1)) is None
    assert free_at(document, now=now, begins=when + timedelta(minutes=minutes)) == when
    assert free_at({"release": {"on": False}}, now=now, begins=now + timedelta(days=60)) is None


def test_cancelled_places_are_released_at_nine_unless_a_body_says_otherwise() -> None:
    assert release_of(None) == release_of({"mode": "slot"}) == (True, 540, 10)
    assert release_of({"release": {"on": True, "at": 600}}) == (True, 600, 10)
