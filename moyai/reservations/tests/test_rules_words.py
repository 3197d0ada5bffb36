"""The sentences of the rules: every code has one, in every language of the pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override

from moyai.reservations import words
from moyai.reservations.rules.limits import Count
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.periods import JST, Window

NINE = datetime(2026, 8, 1, 9, tzinfo=JST)


@pytest.mark.parametrize("code", ["order", "step", "frame", "no_frames"])
def test_a_time_that_is_none_is_refused_in_words(code: str) -> None:
    japanese = words.not_a_time(code)
    assert japanese.endswith("ください。") or japanese.endswith("ません。")
    with override("en"):
        assert words.not_a_time(code) != japanese


def test_a_closed_day_says_why_and_a_late_hour_that_it_is_late() -> None:
    assert words.closed(Opening(False, why="moved")) == "祝日の振替の休館日です。"
    assert (
        words.closed(Opening(False, why="special", reason="停電のため")) == "臨時の休館日です（停電のため）。"
    )
    assert words.closed(Opening(False, why="special")) == "臨時の休館日です。"
    assert words.closed(Opening(True, 540, 1260, reason="行事")) == "開館時間の中で選んでください。"
    with override("en"):
        assert words.closed(Opening(False, why="year_end")) == "Closed over the New Year."


def test_before_nine_the_moment_is_named_from_nine_on_nothing_is_said() -> None:
    window = Window(NINE, NINE + timedelta(days=60))
    assert words.not_now(window, NINE - timedelta(milliseconds=1)) == (
        "受付は令和8年8月1日（土）午前9時からです。"
    )
    assert words.not_now(window, NINE) == ""
    assert "令和8年9月30日（水）午前9時に終わりました" in words.not_now(window, NINE + timedelta(days=60))
    assert words.not_now(None, NINE) == "この登録では、この日の申込みを受け付けていません。"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (Count("limit", "月4コマまで", 3, 2, 4, measure="weight"), "「月4コマまで」の上限（4コマ）を超えます。すでに3コマあります。"),
        (Count("limit", "週2日", 2, 1, 2, measure="days"), "「週2日」の上限（2日）を超えます。すでに2日あります。"),
        (Count("longest", "", 0, 300, 240, measure="minutes"), "1回の利用は240分までです。"),
        (Count("shortest", "", 0, 30, 60, measure="minutes"), "1回の利用は60分からです。"),
        (Count("weight", "", 0, 3, 2, measure="weight"), "1回の利用は2コマまでです。"),
        (Count("same_time", "", 1, 1, 1), "同じ時間に、ほかの予約か申込みがあります。"),
    ],
)  # fmt: skip
def test_a_limit_says_how_much_there_is_and_of_how_much(count: Count, sentence: str) -> None:
    assert count.exceeded
    assert words.beyond(count) == sentence


@pytest.mark.parametrize("language", ["ja", "en", "ja-easy"])
def test_no_code_is_without_words(language: str) -> None:
    opened = date(2026, 10, 17)
    with override(language):
        said = [
            *map(words.not_a_time, words.NOT_A_TIME),
            *(words.closed(Opening(False, why=why)) for why in words.CLOSED if why != "hours"),
            *map(words.why_not, words.WHY_NOT),
            *(words.measured(opened.day, measure) for measure in words.MEASURED),
        ]
    assert all(said)
    with override("ja"):
        plain = [*map(words.why_not, words.WHY_NOT)]
    if language != "ja":
        assert not set(plain) & set(said)
