"""Days and hours in easy Japanese: 西暦, and a reading over every kanji."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import translation

from moyai.ui.easy_dates import days_made_easy, easy_day, easy_moment, easy_time
from moyai.ui.lint_easy import without_reading
from moyai.ui.readings import readings_in_brackets, without_readings
from moyai.ui.templatetags.ui import moment, yen


@pytest.mark.parametrize(
    ("on", "read"),
    [
        (date(2026, 4, 1), "2026年（ねん）4月（がつ）1日（ついたち）（水（すい）曜日（ようび））"),
        (date(2026, 4, 20), "2026年（ねん）4月（がつ）20日（はつか）（月（げつ）曜日（ようび））"),
        (date(2026, 4, 11), "2026年（ねん）4月（がつ）11日（にち）（土（ど）曜日（ようび））"),
    ],
)
def test_a_day_is_read_as_it_is_spoken(on: date, read: str) -> None:
    assert readings_in_brackets(easy_day(on)) == read


@pytest.mark.parametrize(
    ("at", "read"),
    [
        (time(9, 30), "午前（ごぜん）9時（じ）30分（ぷん）"),
        (time(17, 15), "午後（ごご）5時（じ）15分（ふん）"),
        (time(12, 0), "午後（ごご）0時（じ）"),
        (time(0, 1), "午前（ごぜん）0時（じ）1分（ぷん）"),
    ],
)
def test_an_hour_says_which_half_of_the_day(at: time, read: str) -> None:
    assert readings_in_brackets(easy_time(at)) == read


def test_seconds_are_said_with_their_minute() -> None:
    assert without_readings(easy_moment(datetime(2026, 4, 1, 9, 0, 7), seconds=True)).endswith(
        "午前9時0分7秒"
    )


def test_every_day_of_a_year_has_its_readings() -> None:
    for n in range(365):
        assert without_reading(easy_moment(datetime(2026, 1, 1, n % 24, n % 60) + timedelta(days=n))) == ""


def test_days_within_a_sentence_get_their_readings() -> None:
    assert (
        readings_in_brackets(days_made_easy("2026年4月1日から"))
        == "2026年（ねん）4月（がつ）1日（ついたち）から"
    )
    assert days_made_easy("令和8年4月1日") == "令和8年4月1日"


def test_pages_print_days_and_yen_for_the_reader() -> None:
    with translation.override("ja-easy"):
        assert without_readings(str(moment(date(2026, 4, 1)))) == (
            '<time datetime="2026-04-01">2026年4月1日（水曜日）</time>'
        )
        assert readings_in_brackets(str(yen(1234))) == "1,234円（えん）"
    assert str(yen(1234)) == "1,234円"
