"""対応期限 (A12, O44, M11) and 仕様書確認 (O05)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.calendars.rules.office_days import OfficeCalendar
from moyai.operations.rules.clocks import Desk, due, elapsed
from moyai.operations.rules.intervals import JST
from moyai.operations.rules.reviewing import Procurement, Review, limit_of, review

CALENDAR = OfficeCalendar()
OFFICE = Desk()  # 8:30 to 17:15, 525 minutes a day
ALWAYS = Desk(around_the_clock=True)


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2017, month, day, hour, minute, second, tzinfo=JST)


@pytest.mark.parametrize(
    ("came", "minutes", "desk", "expected"),
    [
        (at(4, 3, 9), 60, OFFICE, at(4, 3, 10)),
        (at(4, 3, 16, 45), 60, OFFICE, at(4, 4, 9)),  # 30 minutes today, 30 tomorrow
        (at(4, 3, 17, 15), 30, OFFICE, at(4, 4, 9)),
        (at(4, 3, 7), 525, OFFICE, at(4, 3, 17, 15)),  # a whole day ends with the day, not with the next one
        (at(4, 7, 17), 30, OFFICE, at(4, 10, 8, 45)),  # Friday to Monday
        (at(5, 2, 17), 30, OFFICE, at(5, 8, 8, 45)),  # over 3 to 5 May and the weekend
        (at(12, 28, 17), 30, OFFICE, datetime(2018, 1, 4, 8, 45, tzinfo=JST)),
        (at(4, 3, 10, 0, 30), 60, OFFICE, at(4, 3, 11, 1)),  # it runs from the next full minute
        (at(4, 8, 23, 30), 60, ALWAYS, at(4, 9, 0, 30)),
        (at(4, 3, 9).astimezone(UTC), 60, OFFICE, at(4, 3, 10)),
    ],
)
def test_A12_an_answer_is_due_after_so_many_office_minutes(came, minutes, desk, expected) -> None:
    assert due(came, minutes, desk, CALENDAR) == expected


def test_A12_the_clock_stands_while_the_one_who_asked_is_waited_for() -> None:
    waits = [(at(4, 3, 10), at(4, 3, 15)), (at(4, 3, 14), at(4, 4, 9))]  # they overlap
    assert due(at(4, 3, 9), 120, OFFICE, CALENDAR, waits) == at(4, 4, 10)
    assert elapsed(at(4, 3, 9), at(4, 4, 10), OFFICE, CALENDAR, waits) == 120


def test_A12_days_the_office_itself_closes_do_not_count() -> None:
    closed = OfficeCalendar(overrides={date(2017, 4, 4): (False, "庁舎の点検")})
    assert due(at(4, 3, 17), 30, OFFICE, closed) == at(4, 5, 8, 45)


@settings(max_examples=50)
@given(
    st.datetimes(datetime(2017, 1, 1), datetime(2018, 12, 31)),
    st.integers(1, 4_000),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 2_000)), max_size=3),
)
def test_A12_what_has_run_by_the_due_moment_is_what_was_agreed(naive, minutes, always, pauses) -> None:
    came, desk = naive.replace(tzinfo=JST), ALWAYS if always else OFFICE
    waits = [
        (came + timedelta(minutes=begins), came + timedelta(minutes=begins + long)) for begins, long in pauses
    ]
    by = due(came, minutes, desk, CALENDAR, waits)
    assert elapsed(came, by, desk, CALENDAR, waits) == minutes
    assert elapsed(came, by - timedelta(minutes=1), desk, CALENDAR, waits) == minutes - 1


def test_A12_a_clock_without_minutes_zone_or_office_days_is_refused() -> None:
    with pytest.raises(ValueError, match="a minute or more"):
        due(at(4, 3, 9), 0, OFFICE, CALENDAR)
    with pytest.raises(ValueError, match="time zone"):
        due(at(4, 3, 9).replace(tzinfo=None), 1, OFFICE, CALENDAR)

    class Closed:
        def is_open(self, on: date) -> bool:
            return False

    with pytest.raises(ValueError, match="no office day"):
        due(at(4, 3, 9), 1, OFFICE, Closed())


# --- reviews ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "yen", "needed"),
    [
        (Procurement.GOODS, 29_999_999, False),
        (Procurement.GOODS, 30_000_000, True),
        (Procurement.SERVICES, 19_999_999, False),
        (Procurement.SERVICES, 20_000_000, True),
        (Procurement.LEASE, 19_999_999, False),
        (Procurement.LEASE, 20_000_000, True),
    ],
)
def test_O05_a_specification_is_reviewed_from_the_limit_on(kind, yen, needed) -> None:
    limits = {"goods": 30_000_000, "services": 20_000_000}
    assert review(kind, yen, limits).due is needed


def test_O05_a_lease_may_have_its_own_limit_and_no_limit_means_no_review() -> None:
    assert limit_of(Procurement.LEASE, {"services": 5, "lease": 9}) == 9
    assert review(Procurement.GOODS, 10**12, {"services": 5}) == Review(due=False, limit_yen=None)
    assert review(Procurement.GOODS, 0, {"goods": 0}) == Review(due=True, limit_yen=0)
