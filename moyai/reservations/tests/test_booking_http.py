"""Through the pages of a running installation: contested places and random shapes, from choosing to the receipt."""

from __future__ import annotations

from typing import Any

from tests.load.booking import Town, contested, partitions


def test_C29_contested_burst_over_http_books_each_place_once(live: Any) -> None:
    town = Town(live, 16, "storm")
    found = contested(town, slots=9, contenders=8, connections=16)
    assert found.other == {}
    assert (found.booked, found.refused) == (9, 63)
    assert (found.doubled, found.halves, found.unclaimed) == (0, 0, 0)

    shapes = partitions(town, days=60, asked=60, connections=16)
    assert shapes.other == {}
    assert shapes.booked + shapes.refused == 60 and shapes.booked >= 20
    assert (shapes.doubled, shapes.halves) == (0, 0)
