"""The benchmarks run, at a scale of seconds: what they print is whole, and their baselines are there."""

from __future__ import annotations

import pytest

from tests.live import Live
from tests.load import draws, exports, inbox, journeys, reservations, sharing, storm, yearly
from tests.load.__main__ import Figures, written
from tests.load.validation import measure


def test_benchmarks_run_and_print_ratios_against_their_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journeys, "CONNECTIONS", (1, 8))
    house = Live("load")
    with house.running(seconds=600):  # one for all that ask over HTTP; each bench alone starts its own
        figures = Figures(
            validation=measure(0.2),
            journeys=journeys.measure(6, 10, live=house),
            inbox=inbox.measure(0.002, len(inbox.PATHS)),
            storm=storm.measure(25, live=house),
            exports=exports.measure(300),
            reservations=reservations.measure(0.01, live=house, connections=4),
            draws=draws.measure([500]),
            sharing=sharing.measure(),
            yearly=yearly.measure(0.0005),
        )
    few = figures.storm[1]
    assert (few.accepted, few.refused, few.lost, few.oversold) == (5, 20, 0, 0)
    assert [(one.form, one.rows) for one in figures.exports] == [(form, 300) for form in exports.FORMS]
    for one in figures.journeys:
        assert one.failed == 0 and one.done > 0, one
    for small in figures.inbox:
        assert small.asked == len(inbox.PATHS)
        assert small.queries < 15
    assert figures.inbox[0].queries == figures.inbox[1].queries  # however many bodies there are
    assert [check.found for check in figures.validation] == [100, 100]
    text = written(figures)
    assert text.count("| 20-field journey |") == 2 and "Country ÷ reference year" in text
    contested, taken, also_taken, alone, also_alone, shapes = figures.reservations.bursts
    for refused in (taken, also_taken):
        assert (refused.asked, refused.booked, refused.refused) == (24, 0, 24)
    assert (contested.asked, contested.booked, contested.refused) == (96, 6, 90)
    assert (alone.asked, alone.booked, alone.other) == (6, 6, {})
    for one_burst in (contested, alone, also_alone):
        assert (one_burst.doubled, one_burst.halves, one_burst.unclaimed, one_burst.other) == (0, 0, 0, {})
    assert shapes.booked + shapes.refused == 24 and shapes.booked > 0
    assert (shapes.doubled, shapes.halves, shapes.other) == (0, 0, {})
    assert [page.rooms for page in figures.reservations.pages] == [0, 1, 5, 13, 15]
    assert all(page.bookings > 9_000 and page.p95_ms > 0 for page in figures.reservations.pages)
    assert "| all rooms of a body, one day, one answer (API) |" in text
    [draw] = figures.draws
    assert draw.ranked == draw.entries == 500 and 0 < draw.won <= 500 and draw.draw_cpu > 0
    assert "| 500 | " in text and draw.draw_mb >= draw.before_mb
    assert figures.sharing[1].adds_up and not figures.sharing[0].adds_up  # floats do not
    assert figures.yearly.tables > 10 and 0 < figures.yearly.warm_ms < figures.yearly.cold_ms
    assert "| 5 seats | 25 | 5 | 20 | 0 | 0 |" in text and "| csv-cp932 | 300 |" in text
