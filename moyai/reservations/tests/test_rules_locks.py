"""スマートロックの決まり: windows, who is let in, codes, canonical messages, waits."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules.locks import (
    JST,
    WAITS,
    canonical,
    code_from,
    lets_in,
    message,
    shown,
    wait_after,
    window_of,
)

DAY = date(2026, 6, 10)


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=JST)


def test_the_window_is_the_use_with_the_minutes_before_and_after_it() -> None:
    window = window_of(DAY, 540, 720, lead=10, lag=15)
    assert (window.opens, window.closes) == (at(8, 50), at(12, 15))
    late = window_of(DAY, 0, 1440, lead=10, lag=15)
    assert (late.opens, late.closes) == (at(23, 50, 9), at(0, 15, 11))


@pytest.mark.parametrize(
    ("facts", "comes_in"),
    [
        ({}, True),
        ({"state": "used"}, True),
        ({"state": "asked"}, False),
        ({"state": "held"}, False),
        ({"state": "cancelled"}, False),
        ({"state": "ended"}, False),
        ({"state": "no_show"}, False),
        ({"kind": "block"}, False),
        ({"kind": "freed"}, False),
        ({"to_confirm": True}, False),
        ({"unpaid_yen": 1}, False),
        ({"unpaid_yen": 1, "after_payment": False}, True),
    ],
)
def test_who_may_come_in(facts: dict[str, object], comes_in: bool) -> None:
    known: dict[str, object] = {
        "kind": "use",
        "state": "booked",
        "to_confirm": False,
        "unpaid_yen": 0,
        "after_payment": True,
    }
    assert lets_in(**{**known, **facts}) is comes_in  # type: ignore[arg-type]


@given(st.binary(min_size=16, max_size=64), st.integers(4, 10))
def test_a_code_has_its_digits_and_is_none_that_everybody_tries_first(digest: bytes, digits: int) -> None:
    code = code_from(digest, digits)
    if code:
        assert len(code) == digits and code.isascii() and code.isdigit() and len(set(code)) > 1
        assert code not in "012345678901234567890" and code not in "098765432109876543210"


@pytest.mark.parametrize("plain", [7777, 1234, 9876, 8901, 0])
def test_a_plain_code_is_none(plain: int) -> None:
    assert code_from(plain.to_bytes(32, "big"), 4) == ""
    assert code_from((plain + 5).to_bytes(32, "big"), 4)


def test_codes_are_spread_over_all_digits() -> None:
    codes = [code_from(hashlib.sha256(str(n).encode()).digest(), 6) for n in range(5_000)]
    assert len(set(codes)) > 4_950
    for place in range(6):
        counts = [sum(code[place] == str(digit) for code in codes if code) for digit in range(10)]
        assert min(counts) > 400 and max(counts) < 600


def test_too_little_to_make_a_code_of_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="128 bits"):
        code_from(b"1" * 15, 6)


def test_a_message_is_written_in_one_way_only() -> None:
    said = message(
        event_id="lck_1", kind="open", at=at(9), body="121002", lock="main", window="win_1", sequence=2,
        facility="gym", room="体育館", opens=at(8, 50), closes=at(12), code="012345",
    )  # fmt: skip
    assert canonical(said) == canonical(dict(reversed(said.items())))
    assert canonical(said) == (
        b'{"at":"2026-06-10T09:00:00+09:00","body":"121002","closes_at":"2026-06-10T12:00:00+09:00",'
        b'"code":"012345","event":"open","facility":"gym","id":"lck_1","lock":"main",'
        b'"opens_at":"2026-06-10T08:50:00+09:00","room":"\\u4f53\\u80b2\\u9928","sequence":2,"version":1,'
        b'"window":"win_1"}'
    )
    revoked = message(
        event_id="lck_1",
        kind="revoke",
        at=at(9),
        body="121002",
        lock="main",
        opens=at(8),
        closes=at(9),
        code="012345",
    )
    assert "code" not in revoked
    assert set(message(event_id="lck_1", kind="trial", at=at(9), body="121002", lock="main")) == {
        "version", "id", "event", "at", "body", "lock",
    }  # fmt: skip
    with pytest.raises(ValueError, match="beginning and an end"):
        message(event_id="lck_1", kind="open", at=at(9), body="121002", lock="main")


def test_it_is_tried_for_a_day_and_never_beyond_the_window() -> None:
    now, waited, tries = at(9), timedelta(), 0
    while (wait := wait_after(tries + 1, now=now, closes=None)) is not None:
        waited, tries = waited + wait, tries + 1
    assert tries == len(WAITS) == 13
    assert timedelta(hours=20) < waited < timedelta(hours=28)
    assert wait_after(1, now=at(9), closes=at(9, 2)) == timedelta(minutes=1)
    assert wait_after(1, now=at(9, 1), closes=at(9, 2)) is None


def test_the_code_is_shown_from_so_many_hours_before_until_the_end() -> None:
    facts = {"opens": at(9), "closes": at(12), "hours": 24}
    assert not shown(**facts, now=at(8, 59, 9))  # type: ignore[arg-type]
    assert shown(**facts, now=at(9, 0, 9)) and shown(**facts, now=at(11, 59))  # type: ignore[arg-type]
    assert not shown(**facts, now=at(12))  # type: ignore[arg-type]
