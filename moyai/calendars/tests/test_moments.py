"""時刻の言葉: the end of a day is its 24:00, as papers write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from moyai.calendars import words
from moyai.tenants.public import clock


@pytest.mark.parametrize(
    ("at", "language", "told"),
    [
        (datetime(2026, 12, 11, tzinfo=clock.JST), "ja", "令和8年12月10日（木）24時"),
        (datetime(2026, 12, 10, 15, tzinfo=UTC), "ja", "令和8年12月10日（木）24時"),
        (datetime(2027, 1, 1, tzinfo=clock.JST), "en", "31 December 2026 (Thu) 24:00"),
        (datetime(2026, 12, 11, 0, 1, tzinfo=clock.JST), "ja", "令和8年12月11日（金）午前0時1分"),
        (datetime(2026, 12, 10, 17, tzinfo=clock.JST), "ja", "令和8年12月10日（木）午後5時"),
    ],
)
def test_a_midnight_is_the_end_of_its_day_where_something_ends(at: datetime, language: str, told: str) -> None:
    with translation.override(language):
        assert words.end_words(at) == told


def test_the_end_of_a_day_is_read_in_easy_japanese() -> None:
    with translation.override("ja-easy"):
        told = words.end_words(datetime(2026, 12, 11, tzinfo=clock.JST))
    assert told.endswith("24時") or "24" in told.rsplit(" ", 1)[-1]
    assert "10" in told.split(" ")[0] and "11" not in told
