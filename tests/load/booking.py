"""Everybody wants the same places, over HTTP: places × contenders on kept connections, and random shapes of one hall.

`python -m tests.load.booking [PLACES [CONTENDERS]]` runs it in full (500 × 16, 32 connections) and prints what came of it.
Correctness stands before speed: what was booked, what was booked twice, what nobody got, what was answered 5xx.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

from tests import server
from tests.live import Live
from tests.load.journeys import Visitor, cpu_of
from tests.load.storm import furnish

DOOR = "/chiba-shi/book/"
FRAMES = ((540, 720), (780, 1020), (1080, 1260))
TIMES = (*FRAMES, (540, 1020), (780, 1260), (540, 1260))
Place = tuple[int, date, int, int]  # unit, day, from, until


@dataclass(frozen=True)
class Burst:
    what: str
    connections: int
    asked: int
    booked: int
    refused: int
    other: dict[str, int]  # any other answer, 5xx among them
    doubled: int  # cells of a part taken twice
    halves: int  # bookings without all their cells
    unclaimed: int  # places that were asked for and nobody got
    seconds: float
    cpu_ms: float  # of web and PostgreSQL, for one that asked
    p50_ms: float
    p99_ms: float


class Town:
    """People with sessions and a hall, in a running installation."""

    def __init__(self, live: Any, people: int, hall: str) -> None:
        self.live = live
        facts = {"case": "doors", "people": people, "hall": hall}
        done = subprocess.run(
            [sys.executable, "-m", "moyai.reservations.tests.storm", json.dumps(facts)],
            env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
            cwd=server.SOURCE,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        made = json.loads(done.stdout.splitlines()[-1])
        self.hall = hall
        self.people: list[dict[str, str]] = made["people"]
        self.units: dict[str, int] = made["units"]
        self.first = date.fromisoformat(made["today"]) + timedelta(days=10)

    def rows(self, query: str) -> int:
        with psycopg.connect(self.live.database_url) as owner:
            found: int = owner.execute(query, {"hall": self.hall}).fetchone()[0]  # type: ignore[index,arg-type]
        return found


def hold_and_book(visitor: Visitor, person: dict[str, str], place: Place) -> str:
    """The resident's own way: choose, fill in, check, done. "booked", "taken", or what else was answered."""
    unit, day, starts, ends = place
    status, there, _text = visitor.ask(
        DOOR,
        {
            "unit": unit,
            "day": day.isoformat(),
            "starts": starts,
            "ends": ends,
            "registration": person["number"],
        },
    )
    if status == 409:
        return "taken"
    if status != 302 or not there.endswith("/details/"):
        return f"choose {status}"
    status, there, _text = visitor.ask(there, {"purpose": "badminton", "people": "10"})
    if status != 302 or not there.endswith("/check/"):
        return f"details {status}"
    status, there, _text = visitor.ask(there, {})
    return "booked" if status == 302 and there.endswith("/done/") else f"check {status}"


def burst(
    town: Town, what: str, places: Sequence[Place], *, connections: int, pids: Sequence[int] = ()
) -> Burst:
    """Each place as often as it stands in `places`; who has a connection asks for the next one, all begun together.

    Every asking is another person's, until all people of the town have had their turn: nobody has hundreds of bookings.
    """
    outcomes: Counter[str] = Counter()
    times: list[float] = []
    todo = list(places)[::-1]
    guard = threading.Lock()
    barrier = threading.Barrier(connections + 1)
    faults: list[BaseException] = []
    turns = itertools.cycle(town.people)

    def work(person: dict[str, str]) -> None:
        visitor = Visitor(town.live.port)
        visitor.cookies[person["name"]] = person["cookie"]
        unit, day, starts, ends = places[0]
        visitor.ask(f"{DOOR}?unit={unit}&day={day.isoformat()}&from={starts}&until={ends}")  # its CSRF token
        barrier.wait()
        while True:
            with guard:
                if not todo:
                    break
                place, person = todo.pop(), next(turns)
            visitor.cookies[person["name"]] = person["cookie"]
            started = time.perf_counter()
            outcome = hold_and_book(visitor, person, place)
            with guard:
                outcomes[outcome] += 1
                times.append((time.perf_counter() - started) * 1000)
        visitor.leave()

    threads = [
        threading.Thread(target=_guarded(work, faults, barrier), args=(person,))
        for person in town.people[:connections]
    ]
    for thread in threads:
        thread.start()
    barrier.wait()
    before, began = sum(cpu_of(pid) for pid in pids), time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    used = sum(cpu_of(pid) for pid in pids) - before
    if faults:
        raise faults[0]
    times.sort()
    return Burst(
        what=what,
        connections=connections,
        asked=len(places),
        booked=outcomes["booked"],
        refused=outcomes["taken"],
        other={name: n for name, n in outcomes.items() if name not in ("booked", "taken")},
        doubled=town.rows(
            "SELECT count(*) FROM (SELECT 1 FROM reservations_slot GROUP BY body_id, part_id, day, cell"
            " HAVING count(*) > 1) AS twice"
        ),
        halves=town.rows(
            "SELECT count(*) FROM reservations_booking b JOIN reservations_facility f"
            " ON f.body_id = b.body_id AND f.id = b.facility_id JOIN reservations_combination c"
            " ON c.body_id = b.body_id AND c.id = b.combination_id WHERE f.code = %(hall)s"
            " AND b.state = 'booked' AND jsonb_array_length(b.frames) * jsonb_array_length(c.parts)"
            " <> (SELECT count(*) FROM reservations_slot s WHERE s.body_id = b.body_id AND s.booking_id = b.id)"
        ),
        unclaimed=_unclaimed(town, places),
        seconds=took,
        cpu_ms=used / len(places),
        p50_ms=times[len(times) // 2],
        p99_ms=times[int(len(times) * 0.99)],
    )


def contested(
    town: Town, *, slots: int, contenders: int, connections: int, pids: Sequence[int] = ()
) -> Burst:
    """W1: so many places, each asked for so many times in a row."""
    places = [
        (town.units["a"], town.first + timedelta(days=n // 3), *FRAMES[n % 3])
        for n in range(slots)
        for _ in range(contenders)
    ]
    what = f"{slots} places × {contenders} contenders"
    return burst(town, what, places, connections=connections, pids=pids)


def partitions(town: Town, *, days: int, asked: int, connections: int, pids: Sequence[int] = ()) -> Burst:
    """W5: random sets of the four quarters of a hall, random コマ."""
    choose = random.Random(11)
    shapes = sorted(name for name in town.units if name != "room")
    places = [
        (
            town.units[choose.choice(shapes)],
            town.first + timedelta(days=choose.randrange(days)),
            *choose.choice(TIMES),
        )
        for _ in range(asked)
    ]
    return burst(town, f"{asked} random shapes over {days} days", places, connections=connections, pids=pids)


def _guarded(
    work: Callable[[dict[str, str]], None], faults: list[BaseException], barrier: threading.Barrier
) -> Callable[[dict[str, str]], None]:
    def run(person: dict[str, str]) -> None:
        try:
            work(person)
        except BaseException as fault:  # shown by the caller, not lost in a thread
            faults.append(fault)
            barrier.abort()

    return run


def _unclaimed(town: Town, places: Sequence[Place]) -> int:
    """Places that were asked for, and of which no cell is anybody's."""
    with psycopg.connect(town.live.database_url) as owner:
        taken = set(
            owner.execute(
                "SELECT p.code, s.day, s.cell FROM reservations_slot s JOIN reservations_part p"
                " ON p.body_id = s.body_id AND p.id = s.part_id JOIN reservations_room r"
                " ON r.body_id = p.body_id AND r.id = p.room_id JOIN reservations_facility f"
                " ON f.body_id = r.body_id AND f.id = r.facility_id WHERE f.code = %s",
                [town.hall],
            ).fetchall()
        )
    names = {number: name for name, number in town.units.items()}
    return sum(
        not any((part, day, starts) in taken for part in names[unit])
        for unit, day, starts, _ends in set(places)
        if (starts, _ends) in FRAMES
    )


def measure(slots: int = 500, contenders: int = 16, connections: int = 32) -> list[Burst]:
    """Both bursts against `moyai run` with its own PostgreSQL, fsync on."""
    live = Live("load_booking", embedded=True, MOYAI_LOG_LEVEL="WARNING")
    live.start(seconds=600)  # a busy machine takes long to migrate
    try:
        furnish(live)
        town = Town(live, max(connections, slots), "storm")
        pids = [live.pid("web"), live.pid("postgres")]
        shapes = Town(live, max(connections, slots), "shapes")
        return [
            contested(town, slots=slots, contenders=contenders, connections=connections, pids=pids),
            partitions(shapes, days=slots // 5, asked=slots * 4, connections=connections, pids=pids),
        ]
    finally:
        live.stop()


def main() -> int:
    """0 where nothing was doubled, halved, left over or answered otherwise than with yes or no."""
    wrong = False
    for one in measure(*(int(word) for word in sys.argv[1:3])):
        print(
            f"{one.what}, {one.connections} connections: {one.booked} booked, {one.refused} refused,"
            f" {one.doubled} doubled, {one.halves} halves, {one.unclaimed} unclaimed, otherwise {one.other or 0};"
            f" {one.seconds:.1f} s, {one.cpu_ms:.1f} CPU-ms each, p50 {one.p50_ms:.0f} ms, p99 {one.p99_ms:.0f} ms"
        )
        wrong |= bool(one.other or one.doubled or one.halves)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
