"""元号: examples at the edges of the eras, and round trips over every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.calendars.rules import eras
from moyai.calendars.rules.reading import parse_date, read_parts

DAYS = st.dates(eras.FIRST_SOLAR_DAY, date(2099, 12, 31))


@pytest.mark.parametrize(
    ("on", "long", "short"),
    [
        (date(2026, 4, 1), "令和8年4月1日", "R8.4.1"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
        (date(1872, 12, 31), "1872年12月31日", "1872.12.31"),
    ],
)
def test_a_day_is_written_in_its_era(on: date, long: str, short: str) -> None:
    assert (eras.wareki(on), eras.short_wareki(on)) == (long, short)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(9, 30), "午前9時30分"),
        (time(0, 0), "午前0時"),
        (time(12, 0), "午後0時"),
        (time(12, 15), "午後0時15分"),
        (time(17, 15), "午後5時15分"),
        (time(23, 59), "午後11時59分"),
        (datetime(2026, 4, 1, 0, 30, tzinfo=UTC), "午前9時30分"),
    ],
)
def test_a_time_is_written_by_halves_of_the_day_in_japan(at: time | datetime, words: str) -> None:
    assert eras.time_of_day(at) == words


def test_a_moment_before_midnight_in_greenwich_is_the_next_day_in_japan() -> None:
    assert eras.wareki_time(datetime(2019, 4, 30, 15, 0, tzinfo=UTC)) == "令和元年5月1日（水）午前0時"


def test_a_year_in_doubt_carries_the_gregorian_year() -> None:
    assert eras.wareki_with_gregorian(date(2026, 4, 1)) == "令和8年（2026年）4月1日"


@given(DAYS)
def test_what_we_write_is_read_back_in_one_box(on: date) -> None:
    for written in (
        eras.wareki(on),
        eras.short_wareki(on),
        eras.wareki_with_weekday(on),
        eras.wareki_with_gregorian(on),
        on.isoformat(),
        f"{on:%Y%m%d}",
    ):
        reading = parse_date(written)
        assert (reading.on, reading.echo) == (on, ""), written


@given(DAYS)
def test_what_we_write_is_read_back_in_parts(on: date) -> None:
    era = eras.era_on(on)
    assert era is not None
    reading = read_parts(era.letter, str(era.year_of(on)), str(on.month), str(on.day))
    assert (reading.on, reading.echo) == (on, "")


@given(DAYS, DAYS)
def test_eras_keep_the_order_of_days(one: date, other: date) -> None:
    def place(on: date) -> tuple[int, int, int, int]:
        era = eras.era_on(on)
        assert era is not None
        return era.digit, era.year_of(on), on.month, on.day

    assert (place(one) < place(other)) == (one < other)
