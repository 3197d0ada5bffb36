"""休日と期限: examples with their articles; holidays as the Cabinet Office lists them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.calendars.rules.office_days import Law, OfficeCalendar, Stop, due_on, processing_due_on

GENERAL = OfficeCalendar()
DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2026, 1, 1), "元日"),
        (date(2026, 5, 6), "憲法記念日 振替休日"),  # 祝日法3条2項
        (date(2026, 9, 22), "国民の休日"),  # 祝日法3条3項
        (date(2019, 5, 1), "天皇の即位の日"),
        (date(2019, 10, 22), "即位礼正殿の儀"),
        (date(2020, 7, 24), "スポーツの日"),  # moved for the Olympic Games
        (date(2020, 10, 12), ""),
        (date(2026, 4, 1), ""),
        (date(1948, 1, 1), ""),  # before the law of 20 July 1948
        (date(1949, 1, 1), "元日"),
    ],
)
def test_a_holiday_is_a_day_of_the_law(on: date, name: str) -> None:
    assert name in GENERAL.holiday_name(on) if name else GENERAL.holiday_name(on) == ""


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 4, 1), ""),
        (date(2026, 4, 4), "土曜日"),
        (date(2026, 4, 5), "日曜日"),
        (date(2026, 4, 29), "昭和の日"),
        (date(2026, 12, 28), ""),
        (date(2026, 12, 29), "年末年始"),
        (date(2026, 12, 31), "年末年始"),
        (date(2027, 1, 1), "元日"),
        (date(2027, 1, 3), "年末年始"),
        (date(2027, 1, 4), ""),
    ],
)
def test_an_office_is_closed_on_the_holidays_of_the_bodies(
    on: date, why: str
) -> None:  # 地方自治法4条の2第2項
    assert GENERAL.why_closed(on) == why
    assert GENERAL.is_open(on) == (why == "")


CHIBA = OfficeCalendar(
    overrides={
        date(2026, 6, 15): (False, "県民の日"),
        date(2026, 4, 4): (True, "休日開庁"),
        date(2026, 4, 5): (True, "休日開庁"),
    },
    national={date(2026, 7, 1): "特別な祝日", date(2026, 4, 29): ""},
)


def test_a_body_says_where_its_days_differ() -> None:
    assert CHIBA.is_open(date(2026, 4, 4))
    assert not CHIBA.is_open(date(2026, 6, 15))
    assert CHIBA.why_closed(date(2026, 6, 15)) == "県民の日"
    assert CHIBA.why_closed(date(2026, 7, 1)) == "特別な祝日"
    assert CHIBA.is_open(date(2026, 4, 29))
    assert GENERAL.is_open(date(2026, 6, 15))


def test_working_days_are_counted_from_the_next_day() -> None:
    friday = date(2026, 4, 3)
    assert GENERAL.next_open(friday) == date(2026, 4, 6)
    assert CHIBA.next_open(friday) == date(2026, 4, 4)
    assert GENERAL.add_open(friday, 5) == date(2026, 4, 10)
    assert GENERAL.add_open(date(2026, 4, 4), 0) == date(2026, 4, 6)
    assert GENERAL.add_open(friday, 0) == friday
    assert GENERAL.open_days_between(friday, date(2026, 4, 10)) == 5
    assert GENERAL.open_days_between(friday, friday) == 0


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_and_counting_them_agree(on: date, days: int) -> None:
    reached = GENERAL.add_open(on, days)
    assert GENERAL.open_days_between(on, reached) == days
    assert GENERAL.is_open(reached)


@pytest.mark.parametrize(
    ("event_on", "period", "law", "end_on"),
    [
        # 民法140条: the first day is not counted; 142条: an end on a holiday moves.
        (date(2026, 4, 1), {"days": 30}, Law.CIVIL, date(2026, 5, 1)),
        (date(2026, 4, 2), {"days": 30}, Law.CIVIL, date(2026, 5, 7)),
        (date(2026, 4, 2), {"days": 30}, Law.NONE, date(2026, 5, 2)),
        (date(2026, 3, 18), {"weeks": 1}, Law.CIVIL, date(2026, 3, 25)),
        (date(2026, 2, 28), {"months": 1}, Law.CIVIL, date(2026, 3, 31)),
        (date(2025, 12, 31), {"months": 3}, Law.CIVIL, date(2026, 3, 31)),
        (date(2023, 4, 1), {"years": 3}, Law.CIVIL, date(2026, 4, 1)),
        # 地方税法20条の5第2項, 施行令6条の18: 29, 30 and 31 December move too.
        (date(2026, 11, 30), {"months": 1}, Law.LOCAL_TAX, date(2027, 1, 4)),
        (date(2026, 10, 31), {"months": 1}, Law.LOCAL_TAX, date(2026, 11, 30)),
    ],
)
def test_a_period_ends_where_the_law_says(
    event_on: date, period: dict[str, int], law: Law, end_on: date
) -> None:
    assert due_on(event_on, **period, law=law, calendar=GENERAL) == end_on  # type: ignore[arg-type]


def test_a_counter_open_on_a_saturday_does_not_shorten_a_period() -> None:
    saturday = date(2026, 4, 4)
    assert due_on(date(2026, 4, 3), days=1, calendar=CHIBA) == date(2026, 4, 6)
    assert CHIBA.is_open(saturday)


def test_a_closed_office_lengthens_a_period_but_not_a_tax_period() -> None:
    event_on = date(2026, 6, 5)
    assert due_on(event_on, days=10, calendar=CHIBA) == date(2026, 6, 16)
    assert due_on(event_on, days=10, law=Law.LOCAL_TAX, calendar=CHIBA) == date(2026, 6, 15)


def test_a_period_has_one_unit() -> None:
    for period in ({}, {"days": 1, "months": 1}, {"days": -1}):
        with pytest.raises(ValueError, match="period"):
            due_on(date(2026, 4, 1), **period, calendar=GENERAL)


@pytest.mark.parametrize(
    ("received_on", "days", "in_office_days", "stopped", "due"),
    [
        # 行政手続法6条: from the day after receipt.
        (date(2026, 4, 1), 5, True, (), date(2026, 4, 8)),
        (date(2026, 4, 1), 10, False, (), date(2026, 4, 13)),  # 11 April is a Saturday
        (date(2026, 12, 25), 2, True, (), date(2027, 1, 4)),
        (date(2026, 4, 4), 1, True, (), date(2026, 4, 6)),  # received on a Saturday
        # 行政手続法7条: the clock stands while a correction is awaited.
        (date(2026, 4, 1), 5, True, (Stop(date(2026, 4, 3), date(2026, 4, 10)),), date(2026, 4, 15)),
        (date(2026, 4, 1), 5, True, (Stop(date(2026, 4, 3), date(2026, 4, 3)),), date(2026, 4, 8)),
        (
            date(2026, 4, 1),
            5,
            True,
            (Stop(date(2026, 4, 3), date(2026, 4, 7)), Stop(date(2026, 4, 6), date(2026, 4, 10))),
            date(2026, 4, 15),
        ),
        (date(2026, 4, 1), 5, True, (Stop(date(2026, 5, 1), date(2026, 5, 20)),), date(2026, 4, 8)),
        (date(2026, 4, 1), 5, True, (Stop(date(2026, 4, 3), None),), None),
    ],
)
def test_the_standard_period_stands_while_a_correction_is_awaited(
    received_on: date, days: int, in_office_days: bool, stopped: tuple[Stop, ...], due: date | None
) -> None:
    assert (
        processing_due_on(received_on, days, in_office_days=in_office_days, stopped=stopped, calendar=GENERAL)
        == due
    )


@given(DAYS, st.integers(1, 60), st.integers(0, 20), st.integers(0, 40))
def test_a_stop_moves_the_end_by_the_working_days_it_took(
    on: date, days: int, after: int, length: int
) -> None:
    plain = processing_due_on(on, days, calendar=GENERAL)
    assert plain is not None
    stop = Stop(on + timedelta(days=after), on + timedelta(days=after + length))
    due = processing_due_on(on, days, stopped=[stop], calendar=GENERAL)
    if stop.from_on >= plain:
        assert due == plain
    else:
        assert stop.until_on is not None
        assert due == GENERAL.add_open(plain, GENERAL.open_days_between(stop.from_on, stop.until_on))


def test_an_office_that_never_opens_is_a_mistake_and_not_a_wait() -> None:
    start = date(2026, 4, 1)
    closed = OfficeCalendar(overrides={start + timedelta(days=n): (False, "閉庁") for n in range(900)})
    for ask in (closed.next_open, lambda on: due_on(on, days=3, calendar=closed)):
        with pytest.raises(ValueError, match="no working day"):
            ask(start)
