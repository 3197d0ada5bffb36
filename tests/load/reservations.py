"""Facility reservation over the reference year's bookings, over HTTP: W1 contested places, W2 places nobody else wants,
W3 a room's month, W4 every room of a body on a day, W5 random shapes of a hall in four parts.

The rows of the past are copies of one hall's, written by SQL into the installation's own PostgreSQL before anything is
measured; what is measured goes through every layer. The baseline of the pages is the page of the registered facilities of
a body without any.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from tests.live import Live
from tests.load.booking import FRAMES, Burst, Town, burst, contested, partitions
from tests.load.inbox import _columns, _copy
from tests.load.journeys import Visitor, cpu_of
from tests.load.storm import furnish

BOOKINGS = 926_404  # of the reference year, all of them in the one body that is asked
ROOMS = (
    1_395  # of all 279 facilities, five in each: more than any body has, so that one body is asked for all
)
USERS = 125_168
FAR = 10_000_000  # ids of copies begin here


@dataclass(frozen=True)
class Pages:
    what: str
    bookings: int
    rooms: int
    asked: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Reservations:
    bursts: list[Burst]
    pages: list[Pages]


def fill(town: Town, *, bookings: int, rooms: int) -> None:
    """So many rooms of 千葉市, five to a facility, with so many bookings over the past years; each takes its slot."""
    with psycopg.connect(town.live.database_url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # copies of sound rows: no key is looked up
        body, hall, gym = db.execute(
            "SELECT f.body_id, f.id, r.id FROM reservations_facility f JOIN reservations_room r"
            " ON r.body_id = f.body_id AND r.facility_id = f.id WHERE f.code = %s AND r.code = 'gym'",
            [town.hall],
        ).fetchone() or (0, 0, 0)
        many = f"generate_series(0, {rooms - 1}) AS n"
        halls = f"generate_series(0, {(rooms - 1) // 5}) AS n"
        copied = {"id": f"{FAR} + n"}

        def put(table: str, which: str, times: str, **columns: str) -> None:
            _copy(db, table, _columns(db, table) | copied | columns, which, times)

        put("reservations_facility", f"t.body_id = {body} AND t.id = {hall}", halls, code="'f-' || n")
        put(
            "reservations_policy",
            f"t.body_id = {body} AND t.facility_id = {hall}",
            halls,
            id=f"{FAR} + t.id * 10000 + n",
            facility_id=f"{FAR} + n",
        )
        put(
            "reservations_room",
            f"t.body_id = {body} AND t.id = {gym}",
            many,
            facility_id=f"{FAR} + n / 5",
            code="'r-' || n",
        )
        of_room = {"room_id": f"{FAR} + n"}
        put(
            "reservations_part", f"t.body_id = {body} AND t.room_id = {gym} AND t.code = 'a'", many, **of_room
        )
        put(
            "reservations_combination",
            f"t.body_id = {body} AND t.room_id = {gym} AND t.code = 'a'",
            many,
            **of_room,
        )
        put(
            "reservations_frame",
            f"t.body_id = {body} AND t.room_id = {gym}",
            many,
            id=f"{FAR} + t.id * 10000 + n",
            **of_room,
        )
        _bookings(db, body, bookings, rooms)
        db.execute("ANALYZE")
        db.execute("CHECKPOINT")


def _bookings(db: psycopg.Connection, body: int, bookings: int, rooms: int) -> None:  # type: ignore[type-arg]
    """Like the first booking there is, one for each room and コマ, day after day backwards from yesterday."""
    frame = f"(n / {rooms} % 3 + 1)"
    starts = f"(ARRAY[{', '.join(str(one[0]) for one in FRAMES)}])[{frame}]"
    ends = f"(ARRAY[{', '.join(str(one[1]) for one in FRAMES)}])[{frame}]"
    day = f"CURRENT_DATE - 1 - n / {rooms * 3}"
    room = f"{FAR} + n % {rooms}"
    like = db.execute(
        "SELECT min(id) FROM reservations_booking WHERE body_id = %s AND state = 'booked' AND id < %s",
        [body, FAR],
    ).fetchone()
    assert like and like[0], "nobody has booked anything to copy"
    columns = _columns(db, "reservations_booking") | {
        "id": f"{FAR} + n",
        "number": "to_char(n, 'FM000000000000')",
        "state": "'used'",
        "facility_id": f"{FAR} + n % {rooms} / 5",
        "room_id": room,
        "combination_id": room,
        "day": day,
        "starts": starts,
        "ends": ends,
        "frames": f"to_jsonb(ARRAY[(ARRAY['am', 'pm', 'night'])[{frame}]])",
        "made_on": f"{day} - 20",
        "one_person": f"'person-' || n % {USERS}",
        "pay_until": "NULL",
        "held_until": "NULL",
    }
    times = f"generate_series(0, {bookings - 1}) AS n"
    _copy(db, "reservations_booking", columns, f"t.body_id = {body} AND t.id = {like[0]}", times)
    db.execute(
        "INSERT INTO reservations_slot (id, body_id, part_id, day, cell, booking_id) OVERRIDING SYSTEM VALUE"
        f" SELECT {FAR} + n, {body}, {room}, {day}, {starts}, {FAR} + n FROM {times}"
    )


def taken(town: Town, *, asked: int, connections: int, pids: Sequence[int]) -> Burst:
    """W1, the attempts that fail alone: one place that somebody has, asked for again and again."""
    place = (town.units["c"], town.first, *FRAMES[0])
    return burst(
        town, f"a place that is taken, {asked} times", [place] * asked, connections=connections, pids=pids
    )


def uncontested(town: Town, *, unit: str, places: int, connections: int, pids: Sequence[int]) -> Burst:
    """W2: each place asked for once, on days that nobody has and that can be asked for already."""
    first = town.first + timedelta(days=200)
    wanted = [
        (town.units[unit], first + timedelta(days=number // 3), *FRAMES[number % 3])
        for number in range(places)
    ]
    return burst(town, f"{places} places, one each", wanted, connections=connections, pids=pids)


def pages(town: Town, what: str, path: str, *, asked: int, rooms: int, pids: Sequence[int]) -> Pages:
    """One page asked for again and again on one connection; the first time is not counted."""
    visitor, times = Visitor(town.live.port), []
    status, _there, text = visitor.ask(path)
    assert status == 200, (path, status, text[:300])
    before = sum(cpu_of(pid) for pid in pids)
    for _each in range(asked):
        started = time.perf_counter()
        status, _there, _text = visitor.ask(path)
        assert status == 200, (path, status)
        times.append((time.perf_counter() - started) * 1000)
    used = sum(cpu_of(pid) for pid in pids) - before
    visitor.leave()
    times.sort()
    bookings = town.rows("SELECT count(*) FROM reservations_booking")
    return Pages(
        what, bookings, rooms, asked, used / asked, times[len(times) // 2], times[int(len(times) * 0.95)]
    )


def measure(scale: float, *, live: Live | None = None, connections: int = 32) -> Reservations:
    """`live` stands in for an installation with its own PostgreSQL."""
    slots, asked = max(6, int(500 * scale)), max(5, int(100 * scale))
    rooms, few = max(10, int(ROOMS * scale)), min(8, connections)
    if live is None:
        live = Live("load_reservations", embedded=True, MOYAI_LOG_LEVEL="WARNING")
    with live.running(seconds=600):
        if live.embedded:
            furnish(live)
        town = Town(live, max(connections, slots), "bench")
        pids = [live.pid("web"), *([live.pid("postgres")] if live.embedded else [])]
        burst(
            town,
            "",
            [(town.units["c"], town.first, *one) for one in FRAMES],
            connections=min(3, connections),
        )  # warms the workers, and leaves a booking to copy
        fill(town, bookings=max(100, int(BOOKINGS * scale)), rooms=rooms)
        shapes = Town(live, max(connections, slots), "shapes")
        day = town.first.isoformat()
        return Reservations(
            bursts=[
                contested(town, slots=slots, contenders=16, connections=connections, pids=pids),
                taken(town, asked=slots * 4, connections=connections, pids=pids),
                taken(town, asked=slots * 4, connections=few, pids=pids),
                uncontested(town, unit="b", places=slots, connections=connections, pids=pids),
                uncontested(town, unit="d", places=slots, connections=few, pids=pids),
                partitions(
                    shapes, days=max(2, slots // 5), asked=slots * 4, connections=connections, pids=pids
                ),
            ],
            pages=[
                pages(
                    town,
                    "baseline: a body's list without facilities",
                    "/matsudo-shi/facilities/",
                    asked=asked,
                    rooms=0,
                    pids=pids,
                ),
                pages(
                    town,
                    "one room, one month",
                    f"/chiba-shi/facilities/{town.hall}/rooms/gym/month/?month={day[:7]}",
                    asked=asked,
                    rooms=1,
                    pids=pids,
                ),
                pages(
                    town,
                    "five rooms of a facility, one day",
                    f"/chiba-shi/availability/?facility=f-0&day={day}",
                    asked=asked,
                    rooms=5,
                    pids=pids,
                ),
                pages(
                    town,
                    "ten facilities of a body, one day: the first page",
                    f"/chiba-shi/availability/?day={day}",
                    asked=asked,
                    rooms=min(rooms, 50),
                    pids=pids,
                ),
                pages(
                    town,
                    "all rooms of a body, one day, one answer (API)",
                    f"/api/bodies/chiba-shi/busy?day={day}",
                    asked=asked,
                    rooms=rooms + 2,
                    pids=pids,
                ),
            ],
        )


def written(found: Reservations) -> list[str]:
    """The figures as a section of the page of the documentation."""
    lines = [
        "",
        "## Facilities: booking and looking",
        "",
        "Over HTTP to `moyai run`; each booking is the resident's own way: choose, fill in, check, done. Contested: every",
        "place wanted by sixteen, one after the other in the queue of 32 connections (one of sixteen is a booking). Aim: none",
        "doubled or by halves, none of the contested left over, no answer but yes or no; 4 CPU-ms for an attempt at what is",
        "taken, 12 for a confirmed booking (three requests); p99 below a second. Of the shapes many overlap: most are refused.",
        "",
        "| what | connections | asked | booked | refused | otherwise | doubled | halves | unclaimed | CPU-ms each"
        " | seconds | p50 ms | p99 ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found.bursts:
        lines.append(
            f"| {one.what} | {one.connections} | {one.asked} | {one.booked} | {one.refused} | {sum(one.other.values())}"
            f" | {one.doubled} | {one.halves} | {one.unclaimed} | {one.cpu_ms:.1f} | {one.seconds:.1f}"
            f" | {one.p50_ms:.0f} | {one.p99_ms:.0f} |"
        )
    base = found.pages[0]
    lines += [
        "",
        "Pages that everybody may see, on one connection. Aim: all rooms of a day p95 60 ms. The page of a day shows ten",
        "facilities; who wants all rooms at once asks the API.",
        "",
        "| page | bookings | rooms | asked | CPU-ms each | × baseline | p50 ms | p95 ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for page in found.pages:
        lines.append(
            f"| {page.what} | {page.bookings:,} | {page.rooms:,} | {page.asked} | {page.cpu_ms:.1f}"
            f" | {page.cpu_ms / max(base.cpu_ms, 0.01):.2f} | {page.p50_ms:.1f} | {page.p95_ms:.1f} |"
        )
    return lines
