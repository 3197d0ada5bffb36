"""The council's yearly report over the whole reference year: cold and warm, in one process, on a database as large as the year.

The council's own rows are those of the seed of the reference year (`moyai load seed chiba`), loaded through the actions. The rows
of the services are copies of the demo's, written by SQL for each body, channel and kind as often as the year's paper printed them:
at full size what is counted equals what was printed. The baseline is one `count(*)` over each large table of the year.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import psycopg

from tests import server
from tests.load.inbox import _columns

NAME, SEED, YEAR = "bench_yearly", "chiba", 2017
PRINTED = server.SOURCE / "moyai" / "web" / "seeds" / SEED / "figures.csv"
USES = server.SOURCE / "moyai" / "web" / "seeds" / SEED / "uses.csv"
FAR = 20_000_000  # ids of copies begin here
DAY = f"DATE '{YEAR}-04-01' + (n % 365)::int"
TABLES = (
    "applications_procedure", "applications_application", "reservations_facility", "reservations_registration",
    "reservations_booking", "reservations_entry",
)  # fmt: skip
LARGE = (
    "applications_application",
    "reservations_booking",
    "reservations_entry",
    "reservations_registration",
)
INSIDE = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from django.utils import translation
from moyai.council.figures.faces import report_context
from moyai.council.figures.report import KEEPER, annual_report
from moyai.tenants.public import Actor, clock

year = int(sys.argv[1])

def made():
    report = annual_report(actor=Actor.system(), now=clock.now(), fiscal_year=year)
    report_context(report)
    return report

def backends():
    '''Seconds of processor that the whole server has used: its processes, and those of it that have ended (parallel workers).'''
    postmaster, used = sys.argv[2], 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if stat.parent.name == postmaster:
            used += sum(int(word) for word in words[11:15])
        elif words[1] == postmaster:
            used += int(words[11]) + int(words[12])
    return used / 100

def timed(act, before, times):
    '''The median of the wall, and what one costs both processors on the average; milliseconds.'''
    taken, spent, served = [], 0, 0
    for _each in range(times):
        before()
        asked, began, mine = backends(), time.perf_counter(), time.process_time()
        act()
        taken.append((time.perf_counter() - began) * 1000)
        spent += (time.process_time() - mine) * 1000
        served += (backends() - asked) * 1000
    return sorted(taken)[len(taken) // 2], spent / times + served / times

with translation.override("ja"):
    began = time.perf_counter()
    made()
    first = (time.perf_counter() - began) * 1000
    cold, cold_cpu = timed(made, KEEPER.clear, 5)
    made()
    warm, warm_cpu = timed(made, lambda: None, 21)
    report = made()
    services = ("applications-", "reservations-")
    theirs = [table for one in report.sections for key, table in one.tables.items() if key.startswith(services)]
print(json.dumps({
    "first_ms": first, "cold_ms": cold, "cold_cpu_ms": cold_cpu, "warm_ms": warm, "warm_cpu_ms": warm_cpu,
    "tables": sum(len(one.tables) for one in report.sections),
    "beside": sum(len(table.published) for table in theirs),
    "unlike": sum(len(list(table.disagreements())) for table in theirs),
}))
"""


@dataclass(frozen=True)
class Yearly:
    applications: int
    bookings: int
    entries: int
    registrations: int
    built_s: float
    tables: int
    beside: int  # figures of the services that were printed in the year's paper
    unlike: int  # of these, how many are not what was counted
    first_ms: float
    cold_ms: float
    cold_cpu_ms: float
    warm_ms: float
    warm_cpu_ms: float
    baseline_ms: float


def measure(scale: float) -> Yearly:
    """Build the year at `scale` of its size, make its report, drop the database."""
    url = server.clone(NAME)
    environment = os.environ | {"MOYAI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"}
    began = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # books that take no change are emptied too
        db.execute("CREATE SCHEMA sample")
        for table in TABLES:
            db.execute(f"CREATE TABLE sample.{table} AS SELECT * FROM {table} ORDER BY body_id, id LIMIT 1")
        db.execute("TRUNCATE tenants_body, tenants_service CASCADE")
    _run(environment, "-m", "moyai.web.cli", "load", "seed", SEED)
    counts = _fill(url, min(1.0, scale))
    built = time.perf_counter() - began
    baseline_ms = _baseline(url)
    told = json.loads(
        _run(environment, "-c", INSIDE, str(YEAR), (server.RUN / "postgres.pid").read_text()).splitlines()[-1]
    )
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    applications, bookings, entries, registrations = (counts[table] for table in LARGE)
    return Yearly(
        applications, bookings, entries, registrations, built_s=built, baseline_ms=baseline_ms, **told
    )


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def printed(table: str) -> Iterator[tuple[str, str, int]]:
    """(body, column, count) of each figure of one table of the paper that is not a sum."""
    with PRINTED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == table and row["kind"] == "cell":
                yield row["row"], row["column"], int(row["value"])


def _applied() -> Iterator[tuple[str, int]]:
    """The paper prints 県 and 市町村 apart: those of the latter stand evenly with each that uses the service."""
    counts = {column: count for _row, column, count in printed("applications-totals")}
    with USES.open(encoding="utf-8", newline="") as file:
        users = [row["body"] for row in csv.DictReader(file) if row["service"] == "applications"]
    towns = [name for name in users if not name.endswith("県")]
    yield from ((name, counts["prefecture"]) for name in users if name.endswith("県"))
    each, more = divmod(counts["municipalities"], len(towns))
    yield from ((name, each + (place < more)) for place, name in enumerate(towns))


def _fill(url: str, scale: float) -> dict[str, int]:
    """Copies of one row each, over the days of the year and the bodies of the paper. How many stand in each large table."""
    day, number = DAY, "to_char({prefix} + n, 'FM000000000000')"
    channels = {"channel": "c.word", "made_on": day}
    procedures = [(row, "", count) for row, _column, count in printed("applications-procedures")]
    facilities = [(row, "", count) for row, _column, count in printed("reservations-facilities")]
    plan: dict[str, tuple[Iterable[tuple[str, str, int]], dict[str, str]]] = {
        "applications_procedure": (
            procedures,
            {"code": "'bench-' || n", "registered_on": f"DATE '{YEAR}-04-01'", "retired_on": "NULL"},
        ),
        "applications_application": (
            ((body, "", count) for body, count in _applied()),
            {"public_number": number.format(prefix=710_000_000_000), "form_token": "'bench-' || n", "once_key": "''"}
            | {"received_on": day},
        ),
        "reservations_facility": (
            facilities,
            {"code": "'bench-' || n", "used_from": f"DATE '{YEAR}-04-01'", "used_until": "NULL", "published": "true"},
        ),
        "reservations_registration": (
            printed("reservations-users"),
            {"number": number.format(prefix=74_000_000), "kind": "c.word", "account_id": "NULL", "state": "'active'"}
            | {"registered_on": f"DATE '{YEAR}-04-01'", "valid_until": f"DATE '{YEAR + 3}-03-31'"},
        ),
        "reservations_booking": (
            printed("reservations-bookings"),
            channels | {"number": number.format(prefix=720_000_000_000), "kind": "'use'", "state": "'used'"},
        ),
        "reservations_entry": (
            printed("reservations-entries"),
            channels | {"number": number.format(prefix=730_000_000_000), "ticket_id": f"{FAR} + n", "one_person": "'p' || n"},
        ),
    }  # fmt: skip
    found = {}
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # copies of sound rows: no key is looked up
        bodies: dict[str, int] = dict(db.execute("SELECT name, id FROM tenants_body").fetchall())  # type: ignore[arg-type]
        for table, (cells, own) in plan.items():
            found[table] = _copied(db, table, cells, own, bodies, scale if table in LARGE else 1.0)
        db.execute("VACUUM ANALYZE")  # as a year leaves its tables: looked after every night
        db.execute("CHECKPOINT")  # what loading leaves to be written is no part of the report
    return found


def _copied(
    db: psycopg.Connection,
    table: str,
    cells: Iterable[tuple[str, str, int]],
    own: dict[str, str],
    bodies: dict[str, int],
    scale: float,
) -> int:
    """One statement: the sample row, for each cell as often as it counts. Keys that are looked up by nobody here come back after it."""
    values, first = [], 0
    for (body, word), group in groupby(cells, key=lambda cell: cell[:2]):
        count = max(1, round(sum(cell[2] for cell in group) * scale))
        values.append(f"({bodies[body]}, '{word}', {first}, {first + count - 1})")
        first += count
    known = _columns(db, table)
    columns = known | {"id": f"{FAR} + n", "body_id": "c.body"} | own
    assert set(columns) == set(known), set(columns) - set(known)
    keys = db.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, _definition in keys:
        db.execute(f"DROP INDEX {name}")
    names = ", ".join(f'"{name}"' for name in columns)
    db.execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(columns.values())} FROM (VALUES {', '.join(values)}) c(body, word, first, last)"
        f" CROSS JOIN LATERAL generate_series(c.first, c.last) n CROSS JOIN sample.{table} t"
    )
    for _name, definition in keys:
        db.execute(definition)
    return first


def _baseline(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET max_parallel_workers_per_gather = 0")
        began = time.perf_counter()
        for table in LARGE:
            db.execute(f"SELECT count(*) FROM {table}")
        return (time.perf_counter() - began) * 1000


def written(figures: Yearly) -> list[str]:
    return [
        "",
        "## The council's yearly report",
        "",
        "事業報告 and 収支決算 with all tables and charts, as a page, in one process; the council's rows are the seed's, the services'",
        "are as many for each body and channel as the year's paper printed. Cold: nothing kept in memory. Warm: only the stamps are",
        "asked. CPU is of the process and of its database server. Aim: 2 s cold, 200 ms warm. Baseline: counting the large",
        f"tables once, by one connection. Built in {figures.built_s:.0f} s. Of {figures.beside} figures of the services that were printed,",
        f"{figures.unlike} differ from the counted ones.",
        "",
        "| applications | bookings | entries | users | tables | first ms | cold ms | cold CPU ms | warm ms | warm CPU ms | baseline ms |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {figures.applications:,} | {figures.bookings:,} | {figures.entries:,} | {figures.registrations:,} | {figures.tables}"
        f" | {figures.first_ms:.0f} | {figures.cold_ms:.0f} | {figures.cold_cpu_ms:.0f} | {figures.warm_ms:.1f}"
        f" | {figures.warm_cpu_ms:.1f} | {figures.baseline_ms:.0f} |",
    ]
