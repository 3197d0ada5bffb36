"""Many at once, on connections of their own: nothing twice, nothing in halves, nobody without an answer, no place left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests import server

PROGRAM = "moyai.reservations.tests.storm"
DOUBLES = (
    "SELECT count(*) FROM (SELECT 1 FROM reservations_slot GROUP BY body_id, part_id, day, cell"
    " HAVING count(*) > 1) AS twice"
)
HALVES = (
    "SELECT count(*) FROM reservations_booking b JOIN reservations_facility f ON f.body_id = b.body_id"
    " AND f.id = b.facility_id JOIN reservations_combination c ON c.body_id = b.body_id"
    " AND c.id = b.combination_id WHERE f.code = 'storm' AND b.kind = 'use' AND (SELECT count(*)"
    " FROM reservations_slot s WHERE s.body_id = b.body_id AND s.booking_id = b.id) <> CASE"
    " WHEN b.state IN ('held', 'asked', 'booked', 'used', 'no_show') THEN CASE"
    " WHEN jsonb_array_length(b.frames) > 0 THEN jsonb_array_length(b.frames) * jsonb_array_length(c.parts)"
    " ELSE (b.ends - b.starts) / 30 + 2 END ELSE 0 END"
)


class Place:
    """A clone of the world to storm, asked by its owner."""

    def __init__(self, name: str) -> None:
        self.url = server.clone(f"storm_{server.WORKER}_{name}"[:60])

    def begin(self, **facts: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", PROGRAM, json.dumps(facts)],
            env=os.environ | {"MOYAI_DATABASE_URL": self.url},
            cwd=server.SOURCE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def storm(self, **facts: Any) -> dict[str, int]:
        process = self.begin(**facts)
        said, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-3000:]
        outcomes: dict[str, int] = json.loads(said.splitlines()[-1])["outcomes"]
        return outcomes

    def one(self, query: str) -> Any:
        with psycopg.connect(self.url) as owner:
            return owner.execute(query).fetchone()[0]  # type: ignore[index,arg-type]

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as owner:
            owner.execute(statement)  # type: ignore[arg-type]

    @property
    def booked(self) -> int:
        return int(
            self.one(
                "SELECT count(*) FROM reservations_booking b JOIN reservations_facility f"
                " ON f.body_id = b.body_id AND f.id = b.facility_id"
                " WHERE f.code = 'storm' AND b.state = 'booked' AND b.kind = 'use'"
            )
        )

    def check(self) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "moyai.web.cli", "check"],
            env=os.environ | {"MOYAI_DATABASE_URL": self.url},
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    made = Place(request.node.name[:24])
    yield made


def errors(outcomes: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in outcomes.items() if name.startswith("error")}


def test_C29_contested_places_go_to_exactly_one_of_sixteen_each(place: Place) -> None:
    outcomes = place.storm(case="contested", slots=20, contenders=16, threads=16)
    assert outcomes == {"done": 20, "slot_taken": 300}
    assert place.booked == 20
    assert place.one(DOUBLES) == 0 and place.one(HALVES) == 0


def test_C29_random_shapes_never_take_a_part_twice_nor_half_a_booking(place: Place) -> None:
    outcomes = place.storm(case="partitions", days=4, asked=300, threads=16)
    assert set(outcomes) == {"done", "slot_taken"}
    assert outcomes["done"] + outcomes["slot_taken"] == 300
    assert place.booked == outcomes["done"] >= 12
    assert place.one(DOUBLES) == 0 and place.one(HALVES) == 0


def test_twenty_at_one_below_the_limit_let_in_exactly_one(place: Place) -> None:
    limits = {"limits": [{"name": "これから4件まで", "span": "standing", "most": 4}]}
    outcomes = place.storm(case="limits", standing=3, asked=20, threads=20, people=2, limits=limits)
    assert outcomes == {"done": 1, "over_limit": 19}
    assert place.booked == 4


def test_stock_shared_by_rooms_is_never_lent_beyond_it(place: Place) -> None:
    outcomes = place.storm(case="stock", asked=32, threads=16)
    assert errors(outcomes) == {}
    assert (
        outcomes["done"] == 6
    )  # three times thirty of a hundred chairs, in the morning and in the afternoon
    assert outcomes["equipment_out_of_stock"] + outcomes["slot_taken"] == 26
    assert (
        place.one(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM reservations_equipmentslot"
            " GROUP BY equipment_id, day, cell) AS used"
        )
        == 90
    )


def test_every_path_at_once_ends_in_one_state(place: Place) -> None:
    outcomes = place.storm(case="mixed", days=3, asked=260, threads=16, release=True)
    assert errors(outcomes) == {}, outcomes
    assert place.one(DOUBLES) == 0
    checked = place.check()
    for name in (
        "施設の枠が二重に取られていない",
        "施設の予約の時間が重なっていない",
        "施設の予約がその枠のすべてを持っている",
        "備品が在庫を超えて貸されていない",
    ):
        assert f"✔ {name}" in checked, checked


def test_killed_in_the_middle_there_is_no_half_booking_and_no_lost_place(place: Place) -> None:
    facts = {"case": "contested", "slots": 36, "contenders": 3, "threads": 6}
    process = place.begin(**facts)
    deadline = time.monotonic() + 400  # a busy machine takes long to begin
    while time.monotonic() < deadline and place.booked < 5:
        assert process.poll() is None, process.communicate()[1][-3000:]
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = place.booked
    assert 5 <= before < 36  # it was killed in the middle
    assert place.one(HALVES) == 0
    outcomes = place.storm(**facts)
    assert outcomes == {"done": 36 - before, "slot_taken": 108 - (36 - before)}
    assert place.booked == 36
    assert place.one(DOUBLES) == 0 and place.one(HALVES) == 0


def test_control_without_key_and_locks_the_same_storm_doubles(place: Place) -> None:
    place.run("ALTER TABLE reservations_slot DROP CONSTRAINT slot_taken_once")
    outcomes = place.storm(case="unguarded", slots=4, contenders=12, threads=12)
    assert errors(outcomes) == {}, outcomes
    assert outcomes["done"] > 4  # more were told yes than there are places
    assert place.one(DOUBLES) > 0
    assert "✖ 施設の枠が二重に取られていない" in place.check()
