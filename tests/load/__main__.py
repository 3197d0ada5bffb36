"""`make bench`: measure, print, and write docs/benchmarks.md.

BENCH_SCALE (1) makes the databases smaller, BENCH_SECONDS (20) bounds each run in time. Only a run at
scale 1 is written down.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import server  # a data folder and a server of its own, as the tests have
from tests.load import draws, exports, inbox, journeys, reservations, sharing, storm, validation, yearly

REPORT = Path(server.SOURCE) / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Figures:
    journeys: list[journeys.Journeys]
    inbox: list[inbox.Inbox]
    validation: list[validation.Validation]
    storm: list[storm.Storm]
    exports: list[exports.ExportBench]
    reservations: reservations.Reservations
    draws: list[draws.Draw]
    sharing: list[sharing.Sharing]
    yearly: yearly.Yearly


def measured(scale: float, seconds: float) -> Figures:
    asked = max(len(inbox.PATHS) * 2, int(240 * min(1.0, scale * 4)))
    return Figures(
        validation=validation.measure(min(5.0, seconds / 4)),
        exports=exports.measure(max(500, int(202_608 * min(1.0, scale)))),
        storm=storm.measure(max(50, int(500 * min(1.0, scale * 4)))),
        journeys=journeys.measure(max(6, int(200 * min(1.0, scale * 4))), seconds),
        inbox=inbox.measure(scale, asked),
        reservations=reservations.measure(scale),
        draws=draws.measure([max(500, int(size * min(1.0, scale))) for size in (draws.MONTH, draws.YEAR)]),
        sharing=sharing.measure(),
        yearly=yearly.measure(scale),
    )


def written(figures: Figures) -> str:
    """The figures as the page of the documentation."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; each figure stands beside a baseline of the same run. CPU-ms are the figures to",
        "trust, because the machine may have been busy with something else. The load comes from the same machine and",
        "is not counted.",
        "",
        f"{os.cpu_count()} × {cpu}, Linux {platform.release()}, Python {platform.python_version()}; load average at the"
        f" end {os.getloadavg()[1]:.1f}.",
        "",
        "## A resident's journey: twenty fields, five pages, one application",
        "",
        "GET the form, POST it, GET the check page, POST the submission, GET the receipt; over HTTP to `moyai run` with",
        "its own PostgreSQL, fsync on. Counted: web and PostgreSQL, all their processes. Aim: 35 CPU-ms.",
        "Baseline: Django with one view and one SELECT, no middleware, the same server settings and database.",
        "",
        "| connections | what | done | failed | CPU-ms each | of it web | of it PostgreSQL | a second | p50 ms | p95 ms | × baseline |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    bare = {one.connections: one for one in figures.journeys if one.what.startswith("bare")}
    for one in figures.journeys:
        lines.append(
            f"| {one.connections} | {one.what} | {one.done} | {one.failed} | {one.cpu_ms:.1f} | {one.web_ms:.1f}"
            f" | {one.database_ms:.1f} | {one.per_second:.1f} | {one.p50_ms:.1f} | {one.p95_ms:.1f}"
            f" | {one.cpu_ms / bare[one.connections].cpu_ms:.0f} |"
        )
    first = figures.exports[0]
    lines += [
        "",
        "## Lists as files",
        "",
        f"{first.rows:,} applications with repeating groups, {first.columns} columns, written through the real action. Aim: 40 s,",
        "300 MB of memory. Baseline: the CSV in UTF-8.",
        "",
        "| form | rows | columns | seconds | CPU-s | × baseline | file MB | most memory MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one_list in figures.exports:
        lines.append(
            f"| {one_list.form} | {one_list.rows:,} | {one_list.columns} | {one_list.seconds:.1f}"
            f" | {one_list.cpu_seconds:.1f} | {one_list.cpu_seconds / first.cpu_seconds:.2f}"
            f" | {one_list.megabytes:.0f} | {one_list.peak_mb:.0f} |"
        )
    plenty = figures.storm[0]
    lines += [
        "",
        "## Everybody at once for few seats",
        "",
        f"{plenty.asked} people submit through the API at the same instant, each on a connection of their own, over HTTP to",
        "`moyai run`. Baseline: the same form with seats for all. Aim: never one too many, nobody without an answer.",
        "",
        "| seats | asked | accepted | told that it is full | lost | oversold | CPU-ms each | × baseline | seconds | p50 ms | p95 ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for storm_ in figures.storm:
        lines.append(
            f"| {storm_.what} | {storm_.asked} | {storm_.accepted} | {storm_.refused} | {storm_.lost} | {storm_.oversold}"
            f" | {storm_.cpu_ms:.1f} | {storm_.cpu_ms / plenty.cpu_ms:.2f} | {storm_.seconds:.1f}"
            f" | {storm_.p50_ms:.0f} | {storm_.p95_ms:.0f} |"
        )
    small, large = figures.inbox
    lines += [
        "",
        "## The office's inbox",
        "",
        "The real view through every layer, as a clerk of the largest body (as large in both databases); the two are asked",
        f"in turn, {len(inbox.PATHS)} addresses each: views, deep pages, searches. Aim: p95 80 ms, and the country within",
        "1.2 × the reference year.",
        "",
        "| applications | bodies | pages asked | p50 ms | p95 ms | mean ms | CPU-ms of the web process | most queries |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in (small, large):
        lines.append(
            f"| {row.rows:,} | {row.bodies:,} | {row.asked} | {row.p50_ms:.1f} | {row.p95_ms:.1f} | {row.mean_ms:.1f}"
            f" | {row.cpu_ms:.1f} | {row.queries} |"
        )
    lines += [
        "",
        f"Country ÷ reference year: p50 {large.p50_ms / small.p50_ms:.2f}, p95 {large.p95_ms / small.p95_ms:.2f},"
        f" mean {large.mean_ms / small.mean_ms:.2f}, CPU {large.cpu_ms / small.cpu_ms:.2f}.",
        "",
        "## Full validation of an edition",
        "",
        "All answers of all pages judged on the server, in CPU-ms of one process; compiled once per edition and process.",
        "Baseline: `is_valid()` of a plain Django form with the same questions (no conditions, no Japanese input).",
        "",
        "| fields | conditions | CPU-ms | baseline CPU-ms | × baseline | compile CPU-ms | faults put in that are named |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for check in figures.validation:
        lines.append(
            f"| {check.fields} | {check.conditions} | {check.ours_ms:.2f} | {check.django_ms:.2f} | {check.ratio:.2f}"
            f" | {check.compile_ms:.1f} | {check.found} % |"
        )
    lines += reservations.written(figures.reservations)
    lines += draws.written(figures.draws)
    lines += sharing.written(figures.sharing)
    lines += yearly.written(figures.yearly)
    return "\n".join(lines) + "\n"


def main() -> int:
    scale = float(os.environ.get("BENCH_SCALE", "1"))
    seconds = float(os.environ.get("BENCH_SECONDS", "20"))
    text = written(measured(scale, seconds))
    print(text)
    if scale >= 1:
        REPORT.write_text(text, encoding="utf-8")
        print(f"{REPORT.relative_to(server.SOURCE)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
