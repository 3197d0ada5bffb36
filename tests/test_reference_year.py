"""The reference year through the command line: killed in the middle, run again, and printed from rows."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import psycopg
import pytest

from tests import server

NAME = f"year_{server.WORKER}"
SCALE = "1/800"
CHANNELS = ("staff", "internet", "mobile", "smartphone")


def moyai(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "moyai.web.cli", *arguments],
        env=os.environ | {"MOYAI_DATABASE_URL": server.database_url(NAME)},
        cwd=server.SOURCE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def asked(statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.database_url(NAME)) as owner:
        return owner.execute(statement).fetchall()  # type: ignore[arg-type]


def arrived() -> tuple[int, int]:
    """Applications and bookings of the year."""
    [found] = asked(
        "SELECT (SELECT count(*) FROM applications_application WHERE received_on < '2018-04-01'),"
        " (SELECT count(*) FROM reservations_booking WHERE made_on < '2018-04-01')"
    )
    return found  # type: ignore[return-value]


def figures_of(service: str, names: tuple[str, ...]) -> dict[str, Any]:
    printed, _ = moyai(
        "report", "figures", service, "--fiscal-year", "2017", "--format", "json"
    ).communicate()
    decoder = json.JSONDecoder()
    rest, tables = printed.strip(), {}
    for name in names:
        tables[name], end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
    assert not rest
    return tables


@pytest.fixture(scope="module")
def figures(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """The tables of FY2017 after a replay that was killed once."""
    server.clone(NAME)
    # What the bodies have besides: the world's own facilities are open to residents in that year, too.
    own = dict(
        asked(
            "SELECT b.name, count(*) FROM reservations_facility f JOIN tenants_body b ON b.id = f.body_id"
            " WHERE f.published AND f.used_from <= '2018-03-31' GROUP BY b.name"
        )
    )
    first = moyai("replay", "chiba-fy2017", "--scale", SCALE)
    deadline = time.monotonic() + 300
    while arrived()[1] < 60 and time.monotonic() < deadline and first.poll() is None:
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    halfway = arrived()
    second = moyai("replay", "chiba-fy2017", "--scale", SCALE)
    said, _ = second.communicate(timeout=600)
    assert second.returncode == 0, said[-2000:]
    yield {
        "halfway": halfway,
        "said": said,
        "own": own,
        **figures_of("applications", ("members", "totals", "procedures", "months")),
        "reservations": figures_of("reservations", ("members", "users", "facilities", "bookings", "entries")),
    }
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def cells(table: dict[str, Any], column: str) -> dict[str, Any]:
    return {row["label"]: row["cells"][column]["value"] for row in table["rows"]}


def reference_year() -> dict[str, Any]:
    from moyai.web.replay import YEARS

    found: dict[str, Any] = json.loads((YEARS / "chiba_fy2017.json").read_text(encoding="utf-8"))
    return found


def wanted() -> dict[str, int]:
    from moyai.applications.replay import plan

    return {body.name: body.applications for body in plan(reference_year(), scale=Fraction(SCALE))}


def planned(scale: str = SCALE) -> dict[str, Any]:
    from moyai.reservations.replay import plan

    return {body.name: body for body in plan(reference_year(), scale=Fraction(scale))}


def by_channel(counts: Mapping[str, int]) -> list[int | None]:
    """A row of C32 or C33 as it is printed: the sum, and — where nothing came."""
    return [sum(counts.values()) or None, *(counts.get(channel) for channel in CHANNELS)]


def test_the_replay_was_really_stopped_in_the_middle(figures: dict[str, Any]) -> None:
    applications, bookings = figures["halfway"]
    assert applications < sum(wanted().values())
    assert 60 <= bookings < sum(sum(body.bookings.values()) for body in planned().values())
    assert "予約：" in figures["said"] and "抽選申込：" in figures["said"]


def test_the_replay_says_what_it_cost_by_phase(figures: dict[str, Any]) -> None:
    """CPU seconds of its own processes and of PostgreSQL; the parts are not more than the whole."""
    said = figures["said"]
    own, database, both = map(
        int, re.search(r"CPU：再現(\d+)秒、データベース(\d+)秒、合わせて(\d+)秒", said.replace(",", "")).groups()  # type: ignore[union-attr]
    )  # fmt: skip
    assert own > 0 and database > 0 and abs(own + database - both) <= 1
    phases = re.findall(
        r"^  (\S+)：(\d+)件、時間\d+秒、CPU 再現([\d.]+)秒・データベース([\d.]+)秒",
        said.replace(",", ""),
        re.MULTILINE,
    )
    assert {"予約", "抽選申込", "抽選", "当選の予約", "申請"} <= {phase for phase, *_rest in phases}
    assert sum(float(one[2]) for one in phases) <= own + 1
    assert sum(float(one[3]) for one in phases) <= database + 1
    made = {phase: int(count) for phase, count, *_rest in phases}
    [told] = re.findall(r"^予約：([\d,]+)件", said, re.MULTILINE)
    assert made["予約"] + made["当選の予約"] == int(told.replace(",", ""))


def test_C26_21_bodies_by_name(figures: dict[str, Any]) -> None:
    (row,) = figures["members"]["rows"]
    assert row["cells"]["count"]["value"] == 21
    assert row["cells"]["names"]["value"].split("、")[:2] == ["千葉県", "千葉市"]
    assert "袖ヶ浦市" not in row["cells"]["names"]["value"]


def test_C27_applications_of_the_prefecture_and_the_others_add_up(figures: dict[str, Any]) -> None:
    counts = wanted()
    (row,) = figures["totals"]["rows"]
    shown = {key: cell["value"] for key, cell in row["cells"].items()}
    assert shown == {
        "total": sum(counts.values()),
        "prefecture": counts["千葉県"],
        "municipalities": sum(counts.values()) - counts["千葉県"],
    }


def test_C27_every_body_and_month_after_a_kill_nothing_is_lost_or_twice(figures: dict[str, Any]) -> None:
    by_body = cells(figures["months"], "year")
    counts = wanted()
    assert by_body.pop("合計") == sum(counts.values())
    assert {name: value or 0 for name, value in by_body.items()} == counts


def test_C28_procedures_by_body_are_the_seeds(figures: dict[str, Any]) -> None:
    by_body = cells(figures["procedures"], "procedures")
    assert by_body.pop("合計") == 1_928
    assert by_body == reference_year()["applications"]["procedures"]


def test_C29_C30_C31_users_and_facilities_are_those_of_the_plan(figures: dict[str, Any]) -> None:
    tables, bodies = figures["reservations"], planned()
    (row,) = tables["members"]["rows"]
    assert row["cells"]["count"]["value"] == 11
    assert row["cells"]["names"]["value"].split("、") == list(bodies)
    for column, number in (
        ("users", lambda body: body.users),
        ("person", lambda body: body.persons),
        ("group", lambda body: body.groups),
    ):
        shown = cells(tables["users"], column)
        assert shown.pop("合計") == sum(map(number, bodies.values()))
        assert shown == {name: number(body) for name, body in bodies.items()}
    shown = cells(tables["facilities"], "facilities")
    shown.pop("合計")
    assert shown == {name: body.facilities + figures["own"].get(name, 0) for name, body in bodies.items()}


@pytest.mark.parametrize("kind", ["bookings", "entries"])
def test_C32_C33_every_body_and_channel_after_a_kill_nothing_is_lost_or_twice(
    figures: dict[str, Any], kind: str
) -> None:
    table = figures["reservations"][kind]
    bodies = planned()
    shown = {name: [] for name in [*bodies, "合計"]}  # type: dict[str, list[int | None]]
    for column in ("total", *CHANNELS):
        for name, value in cells(table, column).items():
            shown[name].append(value)
    every = shown.pop("合計")
    assert shown == {name: by_channel(getattr(body, kind)) for name, body in bodies.items()}
    assert every == [sum(row[at] or 0 for row in shown.values()) for at in range(5)]
    assert kind == "bookings" or shown["佐倉市"] == [None] * 5


def test_C32_wins_of_the_draws_are_among_the_bookings(figures: dict[str, Any]) -> None:
    """Every round was drawn by a published seed, and what was won is booked by the channel of its entry."""
    rounds = dict(
        asked("SELECT state, count(*) FROM reservations_round WHERE enter_from < '2018-04-01' GROUP BY state")
    )
    assert sum(rounds.values()) >= 100 and not rounds.keys() - {"drawn", "closed"}
    [(won, differ, unbooked)] = asked(
        "SELECT count(b.id), count(*) FILTER (WHERE b.channel <> e.channel OR NOT b.from_lottery),"
        " count(*) FILTER (WHERE b.id IS NULL) FROM reservations_entry e"
        " LEFT JOIN reservations_booking b ON b.body_id = e.body_id AND b.id = e.booking_id"
        " WHERE e.state IN ('won', 'confirmed') AND e.made_on < '2018-04-01'"
    )
    assert won >= 60 and (differ, unbooked) == (0, 0)


def test_the_replayed_bodies_keep_every_invariant(figures: dict[str, Any]) -> None:
    said, _ = (process := moyai("check")).communicate()
    assert process.returncode == 0, said


def test_the_plan_at_full_size_is_the_seed() -> None:
    """Every cell of C29–C33, and their sums as printed."""
    year, bodies = reference_year()["reservations"], planned("1")
    assert len(bodies) == 11
    for name, row in year.items():
        body = bodies[name]
        assert ([body.persons, body.groups], body.facilities) == (row["users"], row["facilities"])
        assert by_channel(body.bookings)[1:] == row["bookings"]
        assert by_channel(body.entries)[1:] == row["entries"]
    assert sum(body.users for body in bodies.values()) == 125_168
    assert sum(body.facilities for body in bodies.values()) == 279
    booked = [sum(body.bookings.get(channel, 0) for body in bodies.values()) for channel in CHANNELS]
    entered = [sum(body.entries.get(channel, 0) for body in bodies.values()) for channel in CHANNELS]
    assert (sum(booked), booked) == (926_404, [640_556, 256_910, 163, 28_775])
    assert (sum(entered), entered) == (845_155, [51_678, 754_419, 465, 38_593])
