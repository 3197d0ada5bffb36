"""稼働率 (C24, C19-C23, A09, A15, A36): judged on the exact fraction, split by month, with dependencies and unknown minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.operations.rules.availability import (
    HOLIDAY,
    Dependency,
    Hours,
    Measured,
    Stops,
    Verdict,
    by_month,
    degraded,
    measure,
    most_minutes,
    percent,
    planned_spans,
    printed,
    verdict,
    with_dependencies,
)
from moyai.operations.rules.intervals import (
    JST,
    Span,
    all_of,
    days_span,
    length,
    minute_of,
    moment_of,
    shared,
    span_of,
    union,
    without,
)

YEAR = 525_600
LEVEL = Fraction(997, 1000)
spans = st.lists(st.builds(Span, st.integers(0, 300), st.integers(0, 300)), max_size=8)


def minutes(found: list[Span]) -> set[int]:
    return {minute for span in found for minute in range(span.begins, span.ends)}


def always(_day: date) -> bool:
    return False


# --- intervals -------------------------------------------------------------------------------------------------------------


@given(spans, spans)
def test_C24_spans_behave_as_sets_of_minutes(first, second) -> None:
    a, b = minutes(first), minutes(second)
    assert minutes(union(first)) == a
    assert length(first) == len(a)
    assert minutes(shared(first, second)) == a & b
    assert minutes(without(first, second)) == a - b
    assert minutes(all_of([first, second, first])) == a & b
    for found in (union(first), shared(first, second), without(first, second)):
        assert all(one.ends < other.begins for one, other in pairwise(found))


def test_C24_a_minute_in_which_it_stood_counts_whole() -> None:
    begins = datetime(2017, 6, 1, 10, 0, 30, tzinfo=JST)
    assert span_of(begins, begins + timedelta(seconds=40)).minutes == 2
    assert span_of(begins, begins + timedelta(microseconds=1)).minutes == 1
    assert span_of(begins.replace(second=0), begins.replace(second=0) + timedelta(minutes=2)).minutes == 2
    assert span_of(begins.astimezone(UTC), begins + timedelta(minutes=1)) == span_of(
        begins, begins + timedelta(minutes=1)
    )
    assert moment_of(minute_of(date(2017, 6, 1), 600)) == begins.replace(second=0)


# --- the fraction and the print ---------------------------------------------------------------------------------------------


def test_C24_1576_stop_minutes_pass_and_1577_fail_though_both_print_alike() -> None:
    passes, fails = Measured(YEAR, 1_576), Measured(YEAR, 1_577)
    assert printed(passes) == printed(fails) == "99.70%"
    assert (verdict(passes, LEVEL), verdict(fails, LEVEL)) == (Verdict.MET, Verdict.MISSED)
    assert most_minutes(YEAR, LEVEL) == 1_576


@given(st.integers(1, 10**7), st.integers(0, 1000))
def test_C24_one_minute_more_than_allowed_misses_the_level(planned, thousandths) -> None:
    level = Fraction(thousandths, 1000)
    most = most_minutes(planned, level)
    assert verdict(Measured(planned, most), level) is Verdict.MET
    if most < planned:
        assert verdict(Measured(planned, most + 1), level) is Verdict.MISSED


def test_C24_half_a_hundredth_is_printed_upwards() -> None:
    assert percent(Fraction(99_995, 100_000)) == "100.00%"
    assert percent(Fraction(999_949, 1_000_000)) == "99.99%"
    assert percent(Fraction(2, 3), 0) == "67%"


# --- what was planned, stopped, unknown --------------------------------------------------------------------------------------


def test_C24_the_year_of_the_seed_has_525600_minutes() -> None:
    whole = Hours(frozenset({0, 1, 2, 3, 4, 5, 6, HOLIDAY}), 0, 1440, date(2000, 1, 1))
    assert length(planned_spans([whole], date(2017, 4, 1), date(2018, 3, 31), always)) == YEAR


def test_C24_hours_go_by_weekday_and_a_holiday_is_a_weekday_of_its_own() -> None:
    holidays = {date(2017, 5, 3), date(2017, 5, 4), date(2017, 5, 5)}
    office = Hours(frozenset(range(5)), 480, 1200, date(2017, 1, 1), date(2017, 5, 9))
    later = Hours(frozenset(range(5)), 480, 1260, date(2017, 5, 10))
    week = planned_spans([office, later], date(2017, 5, 1), date(2017, 5, 12), holidays.__contains__)
    assert length(week) == (2 + 2) * 720 + 3 * 780  # 1, 2, 8, 9 May, then 10 to 12 May
    with_holidays = Hours(frozenset({HOLIDAY}), 600, 660, date(2017, 1, 1))
    more = planned_spans(
        [office, later, with_holidays], date(2017, 5, 1), date(2017, 5, 12), holidays.__contains__
    )
    assert length(more) - length(week) == 3 * 60


def test_C24_overlapping_stops_count_once_and_planned_ones_not_at_all() -> None:
    plan = [Span(0, 1_000)]
    stops = Stops(
        planned=(Span(100, 200),),
        outage=(Span(150, 250), Span(240, 300), Span(990, 1_100)),
        unknown=(Span(290, 310), Span(120, 130)),
    )
    measured = measure(plan, stops)
    assert measured == Measured(planned=900, stopped=110, unknown=10)
    assert (measured.up, measured.rate, measured.at_most) == (780, Fraction(780, 900), Fraction(790, 900))


@given(spans, spans, spans, spans)
def test_C24_a_minute_is_one_thing_only(plan, planned, outage, unknown) -> None:
    measured = measure(plan, Stops(tuple(planned), tuple(outage), tuple(unknown)))
    base = minutes(plan) - minutes(planned)
    assert measured.planned == len(base)
    assert measured.stopped == len(base & minutes(outage))
    assert measured.unknown == len((base & minutes(unknown)) - minutes(outage))
    assert measured.up >= 0


def test_C24_unknown_minutes_are_never_up_and_prove_nothing() -> None:
    dark = Measured(YEAR, 1_500, 100)
    assert verdict(dark, LEVEL) is Verdict.UNPROVEN
    assert printed(dark) == "99.70%〜99.71%"
    assert verdict(Measured(YEAR, 1_577, 100), LEVEL) is Verdict.MISSED
    assert verdict(Measured(YEAR, 1_476, 100), LEVEL) is Verdict.MET
    assert verdict(Measured(0), LEVEL) is Verdict.NOTHING_PLANNED
    assert printed(Measured(0)) == "—"


def test_C24_a_stop_over_the_end_of_a_month_and_a_year_is_cut_there() -> None:
    first, last = date(2018, 3, 1), date(2018, 4, 30)
    stop = Span(minute_of(date(2018, 3, 31), 1_380), minute_of(date(2018, 4, 1), 120))
    months = by_month([days_span(first, last)], Stops(outage=(stop,)))
    assert months == {
        date(2018, 3, 1): Measured(31 * 1440, 60),
        date(2018, 4, 1): Measured(30 * 1440, 120),
    }
    assert by_month([], Stops()) == {}


days = st.integers(0, 400 * 1440)
long = st.lists(st.tuples(days, st.integers(1, 50_000)).map(lambda t: Span(t[0], t[0] + t[1])), max_size=6)


@settings(max_examples=40)
@given(long, long, long)
def test_C24_months_add_up_to_the_whole(planned, outage, unknown) -> None:
    plan, stops = [Span(0, 365 * 1440)], Stops(tuple(planned), tuple(outage), tuple(unknown))
    whole = measure(plan, stops)
    assert sum(by_month(plan, stops).values(), Measured(0)) == whole
    assert sum(by_month(plan, stops).values(), Measured(0)) == whole


# --- dependencies ----------------------------------------------------------------------------------------------------------


def test_A15_a_stop_of_the_shared_base_is_a_stop_of_what_stands_on_it() -> None:
    own = {
        "基盤": Stops(outage=(Span(10, 20),)),
        "申請": Stops(outage=(Span(15, 30),)),
        "回線": Stops(unknown=(Span(50, 60),)),
    }
    dependencies = {"申請": [Dependency("基盤")], "基盤": [Dependency("回線")]}
    found = with_dependencies("申請", own, dependencies)
    assert (found.outage, found.unknown) == ((Span(10, 30),), (Span(50, 60),))
    assert with_dependencies("回線", own, dependencies).outage == ()


def test_A36_one_path_down_is_degraded_both_down_is_an_outage() -> None:
    own = {"主系": Stops(outage=(Span(0, 100),)), "従系": Stops(outage=(Span(60, 140),))}
    dependencies = {"接続": [Dependency("主系", "経路"), Dependency("従系", "経路")]}
    assert with_dependencies("接続", own, dependencies).outage == (Span(60, 100),)
    assert degraded("接続", own, dependencies) == [Span(0, 60), Span(100, 140)]


def test_A36_a_pair_down_by_plan_and_by_fault_together_is_an_outage() -> None:
    own = {
        "主系": Stops(planned=(Span(0, 100),)),
        "従系": Stops(planned=(Span(80, 120),), outage=(Span(20, 40),), unknown=(Span(40, 50),)),
    }
    dependencies = {"接続": [Dependency("主系", "経路"), Dependency("従系", "経路")]}
    found = with_dependencies("接続", own, dependencies)
    assert (found.planned, found.outage, found.unknown) == (
        (Span(80, 100),),
        (Span(20, 40),),
        (Span(40, 50),),
    )


def test_A15_a_dependency_counts_in_its_own_days_and_a_ring_is_gone_round_once() -> None:
    own = {"基盤": Stops(outage=(days_span(date(2018, 3, 31), date(2018, 4, 1)),))}
    until = {"申請": [Dependency("基盤", until_on=date(2018, 3, 31))]}
    assert length(with_dependencies("申請", own, until).outage) == 1440
    after = {"申請": [Dependency("基盤", from_on=date(2018, 4, 2))]}
    assert with_dependencies("申請", own, after).outage == ()
    ring = {"a": [Dependency("b")], "b": [Dependency("a"), Dependency("基盤")]}
    assert length(with_dependencies("a", own, ring).outage) == 2880
