"""輪番・任期 (Y25, I01, C10), 議案の上申 (C08), 存続 (A35), 会則の版 (C11, A03), 新旧対照, 別紙 (C46)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.citing import Edition, cited, in_force
from moyai.council.rules.climbing import Rung, above, annexes, check_alive, check_climb, lineage
from moyai.council.rules.diffs import Change, comparison, differences, side
from moyai.council.rules.rotation import Span, overlapping, turn, turns

FIVE = ["352152", "352071", "352101", "352128", "355020"]


def test_Y25_five_bodies_two_years_each_cover_the_ten_years_once() -> None:
    found = turns(FIVE, first_year=2018, term_years=2, last_year=2027)
    assert [one.body for one in found] == FIVE
    years = [year for one in found for year in range(one.first_year, one.last_year + 1)]
    assert years == list(range(2018, 2028))
    for year in years:
        mine = [one for one in found if one.first_year <= year <= one.last_year]
        assert mine == [turn(FIVE, year, first_year=2018, term_years=2)]
    assert (found[0].from_on, found[-1].until_on) == (date(2018, 4, 1), date(2028, 3, 31))


def test_I01_four_bodies_one_year_each() -> None:
    found = [turn(list("abcd"), year, first_year=2014).body for year in range(2014, 2022)]
    assert found == list("abcdabcd")


@given(
    st.lists(st.integers(10_000, 99_999).map(str), min_size=1, max_size=9, unique=True),
    st.integers(1, 4),
    st.integers(0, 60),
    st.integers(1950, 2050),
)
def test_Y25_turns_have_neither_gap_nor_overlap(bodies, term, more, first) -> None:
    found = turns(bodies, first_year=first, term_years=term, last_year=first + more)
    years = Counter(year for one in found for year in range(one.first_year, one.last_year + 1))
    assert years == Counter(range(first, first + more + 1))
    assert overlapping([Span(one.from_on, one.until_on) for one in found]) == []
    counts = Counter(one.body for one in found)
    assert max(counts.values()) - min(counts[body] for body in bodies) <= 1


@pytest.mark.parametrize(
    ("bodies", "year", "more", "words"),
    [
        ([], 2018, {}, "団体がありません"),
        (["a", "b", "a"], 2018, {}, "aが2回"),
        (["a"], 2017, {}, "2018年度から"),
        (["a"], 2028, {"last_year": 2027}, "2027年度まで"),
        (["a"], 2018, {"term_years": 0}, "1年以上"),
    ],
)
def test_Y25_a_turn_outside_of_the_turns_is_refused(bodies, year, more, words) -> None:
    with pytest.raises(Cannot, match=words):
        turn(bodies, year, first_year=2018, **more)


def test_C10_terms_that_overlap_by_a_day_are_found() -> None:
    first = Span(date(2017, 7, 13), date(2018, 7, 12))
    assert overlapping([first, Span(date(2018, 7, 13), None)]) == []
    assert overlapping([first, Span(date(2018, 7, 12), None)]) == [(0, 1)]
    assert overlapping([Span(date(2017, 1, 1)), first, Span(date(2020, 1, 1))]) == [(0, 1), (0, 2)]
    assert first.holds_on(date(2018, 7, 12))
    assert not first.holds_on(date(2018, 7, 13))


# --- items that climb ----------------------------------------------------------------------------------------------------

CLIMBS = {"section": "board", "board": "assembly"}


def rung(committee: str, on: date, state: str = "decided", decided_on: date | None = None) -> Rung:
    names = {"section": "電子調達部会", "board": "幹事会", "assembly": "総会"}
    return Rung(committee, names[committee], on, state, decided_on)


@pytest.mark.parametrize(
    "days",
    [
        ((2017, 6, 20), (2017, 6, 29), (2017, 7, 13)),
        ((2017, 8, 29), (2017, 10, 6), (2017, 11, 1)),
        ((2017, 9, 26), (2017, 10, 6), (2017, 11, 1)),
        ((2018, 2, 26), (2018, 3, 9), (2018, 3, 20)),
        ((2018, 2, 5), (2018, 3, 9), (2018, 3, 20)),
    ],
)
def test_C08_items_of_the_seed_climb_in_order_and_not_against_it(days) -> None:
    ladder = [
        rung(name, date(*day)) for name, day in zip(("section", "board", "assembly"), days, strict=True)
    ]
    for lower, upper in pairwise(ladder):
        check_climb(lower, upper, CLIMBS)
    with pytest.raises(Cannot, match="には上がりません"):
        check_climb(ladder[2], ladder[1], CLIMBS)
    early = [ladder[0], rung("board", ladder[0].held_on - timedelta(days=1)), ladder[2]]
    with pytest.raises(Cannot, match="より前です"):
        check_climb(early[0], early[1], CLIMBS)


def test_C08_the_lineage_of_an_assembly_item_names_its_two_lower_decisions() -> None:
    assert lineage(30, {30: [20], 20: [10]}) == [10, 20, 30]
    assert lineage(1, {}) == [1]
    assert lineage(1, {1: [2], 2: [1]}) == [2, 1]  # a ring is gone round once


def test_C08_an_item_may_gather_several_from_below() -> None:
    """8/29 (電子調達) and 9/26 (電子申請) → 10/6 → 11/1."""
    assert lineage(40, {40: [30], 30: [20, 10]}) == [10, 20, 30, 40]
    assert lineage(4, {4: [2, 3], 2: [1], 3: [1]}) == [1, 2, 3, 4]  # the shared origin once
    board = rung("board", date(2017, 10, 6))
    for day in (date(2017, 8, 29), date(2017, 9, 26)):
        check_climb(rung("section", day), board, CLIMBS)


@pytest.mark.parametrize("state", ["draft", "put", "returned", "rejected", "withdrawn"])
def test_C08_what_is_not_decided_below_does_not_climb(state) -> None:
    with pytest.raises(Cannot, match="まだ決定していない"):
        check_climb(rung("section", date(2017, 6, 20), state), rung("board", date(2017, 6, 29)), CLIMBS)


def test_C08_a_written_decision_counts_from_the_day_it_was_fixed() -> None:
    lower = rung("section", date(2017, 9, 26), decided_on=date(2017, 10, 2))
    check_climb(lower, rung("board", date(2017, 10, 2)), CLIMBS)
    with pytest.raises(Cannot, match="2017-10-02"):
        check_climb(lower, rung("board", date(2017, 10, 1)), CLIMBS)


def test_C08_the_way_up_ends_at_the_top_and_in_a_ring() -> None:
    assert above("section", CLIMBS) == ["board", "assembly"]
    assert above("assembly", CLIMBS) == []
    assert above("a", {"a": "b", "b": "a"}) == ["b"]
    assert above("a", {"a": "b", "b": "c", "c": "b"}) == ["b", "c"]


def test_A35_an_abolished_body_holds_no_meeting() -> None:
    """インターネット環境整備部会: abolished, its last day included; クラウド部会 from 2012-02-22."""
    check_alive("部会", date(2012, 3, 26), date(2012, 2, 22), None)
    check_alive("部会", date(2012, 3, 31), date(2010, 4, 1), date(2012, 3, 31))
    with pytest.raises(Cannot, match="2012-04-01に廃止"):
        check_alive("部会", date(2012, 4, 1), date(2010, 4, 1), date(2012, 3, 31))
    with pytest.raises(Cannot, match="2012-02-22に設置"):
        check_alive("部会", date(2012, 2, 21), date(2012, 2, 22), None)


def test_C46_annexes_are_numbered_by_the_order_of_items() -> None:
    papers = [(2, 1, 12), (1, 2, 11), (1, 1, 10), (4, 1, 15), (3, 1, 13), (3, 2, 14)]
    assert annexes(papers) == {10: "別紙1", 11: "別紙2", 12: "別紙3", 13: "別紙4", 14: "別紙5", 15: "別紙6"}


# --- rules of the council and their texts -----------------------------------------------------------------------------------

EDITIONS = [
    Edition(1, date(2005, 4, 1)),
    Edition(2, date(2014, 7, 1)),
    Edition(3, date(2017, 11, 1), abolished=True),
]


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2005, 4, 1), 1), (date(2014, 6, 30), 1), (date(2014, 7, 1), 2), (date(2017, 10, 31), 2)],
)
def test_C11_C12_A03_the_text_in_force_on_any_day(day, number) -> None:
    assert cited("負担金取扱要領", EDITIONS, day).number == number


def test_C11_an_abolished_rule_cannot_be_cited() -> None:
    assert in_force(EDITIONS, date(2017, 11, 1)) is None
    with pytest.raises(Cannot, match="2017-11-01に廃止"):
        cited("負担金取扱要領", EDITIONS, date(2018, 3, 20))
    with pytest.raises(Cannot, match="まだ施行されていません"):
        cited("負担金取扱要領", EDITIONS, date(2005, 3, 31))


def test_C11_differences_mark_what_changed() -> None:
    before = "第1条　会の名\n第2条　負担金は要領で定める。\n第3条　雑則"
    after = "第1条　会の名\n第2条　負担金は総会で定める。\n第3条　雑則\n附則"
    changed, added = differences(before, after)
    assert (changed.change, added.change) == (Change.CHANGED, Change.ADDED)
    assert [piece.text for piece in changed.before if piece.marked] == ["要領"]
    assert [piece.text for piece in changed.after if piece.marked] == ["総会"]
    assert (added.before, added.after[0].text) == (None, "附則")
    assert [row.change for row in differences("a\nb", "b")] == [Change.REMOVED]
    assert differences(before, before) == []


@given(st.text("あいう。\n", max_size=60), st.text("あいう。\n", max_size=60))
def test_C11_each_side_gives_back_its_text(before, after) -> None:
    rows = comparison(before, after)
    assert side(rows, new=False) == before
    assert side(rows, new=True) == after


def test_C11_a_very_long_line_is_marked_whole() -> None:
    (row,) = comparison("あ" * 2_001, "あ" * 2_000)
    assert row.change is Change.CHANGED
    assert row.before[0].marked
