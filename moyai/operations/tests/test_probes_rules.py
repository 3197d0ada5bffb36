"""監視の判定 (A09, O65): what an answer or silence means for the book. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.operations.rules.intervals import JST
from moyai.operations.rules.probing import Judged, Open, Watched, answer, silence, unheard

NINE = datetime(2026, 11, 20, 9, tzinfo=JST)
FRESH = Watched(every=timedelta(minutes=1), grace=timedelta(minutes=3))
UP = replace(FRESH, measured_at=NINE, heard_at=NINE)
AWAY = timedelta(minutes=5)


def after(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


def test_A09_an_answer_in_time_writes_nothing() -> None:
    assert answer(UP, well=True, at=after(1)) == Judged()
    assert answer(UP, well=True, at=after(4)) == Judged()  # within the interval and its grace


def test_A09_an_outage_begins_at_the_first_failure_once_the_grace_is_over() -> None:
    assert answer(UP, well=False, at=after(1)) == Judged()
    failing = replace(UP, measured_at=after(3), failing_since=after(1))
    assert answer(failing, well=False, at=after(3)) == Judged()
    assert answer(failing, well=False, at=after(4)) == Judged(outage=after(1))
    at_once = replace(UP, grace=timedelta())
    assert answer(at_once, well=False, at=after(1)) == Judged(outage=after(1))


def test_A09_what_nobody_measured_is_unknown_whatever_was_heard_before_and_after() -> None:
    assert answer(UP, well=True, at=after(10)) == Judged(unknown=(NINE, after(10)))
    assert answer(UP, well=False, at=after(10)) == Judged(unknown=(NINE, after(10)))
    assert unheard(UP, after(4)) is None
    assert unheard(UP, after(4.1)) == NINE
    assert unheard(replace(UP, open=Open.UNKNOWN), after(90)) is None  # what is open says so itself


def test_A09_an_outage_ends_with_the_first_answer_and_at_the_last_failure_if_nobody_looked_since() -> None:
    down = replace(UP, measured_at=after(9), open=Open.OUTAGE, open_since=after(1), failing_since=after(1))
    assert answer(down, well=True, at=after(10)) == Judged(ends=after(10))
    assert answer(down, well=True, at=after(60)) == Judged(ends=after(9), unknown=(after(9), after(60)))
    assert answer(down, well=False, at=after(60)) == Judged()


def test_A09_unknown_time_ends_with_an_answer_or_turns_into_an_outage() -> None:
    new = replace(FRESH, open=Open.UNKNOWN, open_since=NINE)
    assert answer(new, well=True, at=after(1)) == Judged(ends=after(1))
    assert answer(new, well=False, at=after(1)) == Judged()
    failing = replace(new, measured_at=after(3), failing_since=after(1))
    assert answer(failing, well=False, at=after(4)) == Judged(ends=after(1), outage=after(1))
    earlier = replace(new, open_since=after(3), measured_at=after(3), failing_since=after(1))
    assert answer(earlier, well=False, at=after(7)) == Judged(ends=after(7), outage=after(7))


def test_O65_missing_beats_are_an_outage_from_the_first_one_missing() -> None:
    heard = replace(UP, looked_at=after(3.5))
    assert silence(heard, now=after(4), away=AWAY) == Judged()
    assert silence(heard, now=after(4.5), away=AWAY) == Judged(outage=after(1))
    assert silence(replace(heard, heard_at=None), now=after(99), away=AWAY) == Judged()
    assert silence(replace(heard, open=Open.OUTAGE), now=after(99), away=AWAY) == Judged()


def test_O65_if_the_watch_was_away_silence_is_unknown_and_counts_from_its_return() -> None:
    heard = replace(UP, looked_at=after(1))
    back = silence(heard, now=after(30), away=AWAY)
    assert back == Judged(unknown_from=NINE, mark=True)
    again = replace(UP, looked_at=after(30), failing_since=after(30), open=Open.UNKNOWN, open_since=NINE)
    assert silence(again, now=after(33), away=AWAY) == Judged()
    assert silence(again, now=after(34), away=AWAY) == Judged(ends=after(31), outage=after(31))


@settings(max_examples=300)
@given(
    steps=st.lists(st.tuples(st.integers(1, 900), st.booleans()), min_size=1, max_size=30),
    grace=st.integers(0, 400),
)
def test_A09_time_is_up_only_between_two_good_answers_close_enough(
    steps: list[tuple[int, bool]], grace: int
) -> None:
    """Played through a whole life: every stretch between two answers that the book leaves free was vouched for."""
    watched = replace(FRESH, grace=timedelta(seconds=grace), open=Open.UNKNOWN, open_since=NINE)
    closed: list[tuple[datetime, datetime]] = []
    now = NINE
    trail: list[tuple[datetime, bool]] = []
    for seconds, well in steps:
        now += timedelta(seconds=seconds)
        judged = answer(watched, well=well, at=now)
        if judged.ends is not None:
            assert watched.open_since is not None and judged.ends > watched.open_since
            closed.append((watched.open_since, judged.ends))
            watched = replace(watched, open=Open.NOTHING, open_since=None)
        if judged.unknown is not None:
            assert judged.unknown[0] < judged.unknown[1]
            closed.append(judged.unknown)
        if judged.outage is not None:
            assert not well and judged.outage <= now
            watched = replace(watched, open=Open.OUTAGE, open_since=judged.outage)
        trail.append((now, well))
        watched = replace(
            watched,
            measured_at=now,
            heard_at=now if well else watched.heard_at,
            failing_since=None if well else watched.failing_since or now,
        )
    held = [*closed, *([(watched.open_since, now)] if watched.open_since else [])]
    for (begins, before), (ends, behind) in pairwise(trail):
        covered = any(first <= begins and ends <= last for first, last in held)
        apart = ends - begins > watched.patience
        if apart:
            assert covered  # nobody measured: never up
        if not before and not behind and not grace:
            assert covered  # two failures in a row, and no grace: down
    assert any(first == NINE for first, _last in held)  # until the first answer nothing was known
