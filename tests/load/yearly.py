"""The council's yearly report over the whole reference year: cold and warm, in one process, on a database as large as the year.

The rows of the services are copies of the demo's, written by SQL before anything is measured; the council's own are those of its
demo. The baseline is one `count(*)` over each of the three large tables of the year.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import psycopg

from tests import server
from tests.load.inbox import _columns, _copy

NAME = "bench_yearly"
APPLICATIONS, BOOKINGS, ENTRIES = 202_608, 926_404, 845_155
FAR = 20_000_000  # ids of copies begin here
DAY = "DATE '{year}-04-01' + (n % 365)::int"
INSIDE = """
import json, sys, time
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

def timed(act, times=1):
    taken = []
    for _each in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[len(taken) // 2]

with translation.override("ja"):
    made()
    KEEPER.clear()
    told = {"cold_ms": timed(made), "warm_ms": timed(made, 21), "tables": sum(len(one.tables) for one in made().sections)}
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Yearly:
    applications: int
    bookings: int
    entries: int
    tables: int
    cold_ms: float
    warm_ms: float
    baseline_ms: float


def measure(scale: float) -> Yearly:
    counts = [max(100, int(count * min(1.0, scale))) for count in (APPLICATIONS, BOOKINGS, ENTRIES)]
    url = server.clone(NAME)
    environment = os.environ | {"MOYAI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"}
    _run(environment, "from moyai.tenants.models import Body; from moyai.council.demo import load_demo;"
         " load_demo(list(Body.objects.order_by('code')))")  # fmt: skip
    year, baseline_ms = _fill(url, *counts)
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, str(year)],
        env=environment,
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    return Yearly(*counts, told["tables"], told["cold_ms"], told["warm_ms"], baseline_ms)


def _run(environment: dict[str, str], script: str) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {script}"],
        env=environment,
        cwd=server.SOURCE,
        check=True,
    )


def _fill(url: str, applications: int, bookings: int, entries: int) -> tuple[int, float]:
    """Copies of one row each, over the days of the demo's last fiscal year; the year, and how long counting them takes."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # copies of sound rows: no key is looked up
        [(year,)] = db.execute("SELECT fiscal_year FROM council_reportrelease").fetchall()
        channels = "(ARRAY['staff', 'internet', 'mobile', 'smartphone'])[n % 4 + 1]"
        day = DAY.format(year=year)
        for table, count, prefix, own in (
            (
                "applications_application",
                applications,
                "71",
                {"received_on": day, "form_token": "'bench-' || n", "once_key": "''"},
            ),
            (
                "reservations_booking",
                bookings,
                "72",
                {"made_on": day, "channel": channels, "state": "'used'"},
            ),
            ("reservations_entry", entries, "73", {"made_on": day, "channel": channels}),
        ):
            like = db.execute(f"SELECT body_id, min(id) FROM {table} GROUP BY body_id LIMIT 1").fetchone()
            assert like, f"the demo has no row of {table} to copy"
            known = _columns(db, table)
            columns = known | {"id": f"{FAR} + n"} | own
            for name in {"number", "public_number"} & set(known):
                columns[name] = f"'{prefix}' || to_char(n, 'FM0000000000')"
            for once in ("ticket_id", "one_person"):
                if once in known:
                    columns[once] = f"'{once}' || n"
            times = f"generate_series(0, {count - 1}) AS n"
            _copy(db, table, columns, f"t.body_id = {like[0]} AND t.id = {like[1]}", times)
        db.execute("ANALYZE")
        db.execute("SET max_parallel_workers_per_gather = 0")
        [(began,)] = db.execute("SELECT clock_timestamp()").fetchall()
        for table in ("applications_application", "reservations_booking", "reservations_entry"):
            db.execute(f"SELECT count(*) FROM {table}")
        [(ended,)] = db.execute("SELECT clock_timestamp()").fetchall()
    return int(year), (ended - began).total_seconds() * 1000


def written(figures: Yearly) -> list[str]:
    return [
        "",
        "## The council's yearly report",
        "",
        "事業報告 and 収支決算 with all tables and charts, as a page, in one process. Cold: nothing kept in memory. Warm: only the",
        "stamps are asked. Aim: 2 s cold, 200 ms warm. Baseline: counting the three large tables once, by one connection.",
        "",
        "| applications | bookings | entries | tables | cold ms | warm ms | baseline ms |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        f"| {figures.applications:,} | {figures.bookings:,} | {figures.entries:,} | {figures.tables}"
        f" | {figures.cold_ms:.0f} | {figures.warm_ms:.1f} | {figures.baseline_ms:.0f} |",
    ]
