"""iCalendar as RFC 5545 wants it: escaping, folding, moments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules import ical
from moyai.tenants.public import clock

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
START = datetime(2026, 12, 4, 9, 0, tzinfo=clock.JST)
EVENT = ical.Event("a@b", START, datetime(2026, 12, 4, 12, 0, tzinfo=clock.JST), "体育館; 全面, \\半面\n備考")


def test_a_calendar_is_written_line_by_line() -> None:
    lines = ical.calendar([EVENT], name="みどり体育館", now=NOW).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "UID:a@b" in lines and "DTSTAMP:20261121T100000Z" in lines
    assert "DTSTART:20261204T000000Z" in lines and "DTEND:20261204T030000Z" in lines
    assert "SUMMARY:体育館\\; 全面\\, \\\\半面\\n備考" in lines
    assert "STATUS:CONFIRMED" in lines and "TRANSP:OPAQUE" in lines


def test_a_cancelled_use_takes_no_time() -> None:
    cancelled = ical.Event("a@b", START, START, "体育館", cancelled=True)
    made = ical.calendar([cancelled], name="", now=NOW)
    assert "STATUS:CANCELLED" in made and "TRANSP:TRANSPARENT" in made


def test_a_moment_without_its_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        ical.moment(datetime(2026, 12, 4))


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=300))
def test_no_line_is_longer_than_75_octets_and_unfolding_gives_it_back(words: str) -> None:
    line = "SUMMARY:" + ical.text(words)
    made = ical.folded(line)
    assert all(len(piece.encode()) <= 75 for piece in made.split("\r\n"))
    assert made.replace("\r\n ", "") == line


@given(st.text(alphabet="ab\\;,n\n\r\x07\t", max_size=60))
def test_what_is_escaped_stands_on_one_line_and_reads_back(words: str) -> None:
    told = ical.text(words)
    assert "\n" not in told and "\r" not in told
    back, signs = [], iter(told)
    for sign in signs:
        after = next(signs) if sign == "\\" else ""
        back.append({"n": "\n"}.get(after, after) if after else sign)
    assert "".join(back) == words.replace("\r", "").replace("\x07", "")
