"""W6: the draw of a month's entries and of a year's, through PostgreSQL; beside it the naive `ORDER BY random()`.

`python -m tests.load.draws [ENTRIES …]` measures 70,430 and 845,155.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests import server

MONTH, YEAR = 70_430, 845_155


@dataclass(frozen=True)
class Draw:
    entries: int
    won: int
    ranked: int
    before_mb: float  # most memory of the process before anything was drawn
    freeze_seconds: float  # one ticket a person, the list read, its root, its ZIP kept
    freeze_cpu: float  # CPU-s of the process and of its PostgreSQL
    draw_seconds: float  # read again, root compared, drawn, every row written, the ZIP of it kept
    draw_cpu: float
    draw_mb: float  # most memory of the process until then
    zip_mb: float  # what was published, both stages
    baseline_seconds: float
    baseline_cpu: float


def measure(sizes: Sequence[int] = (MONTH, YEAR)) -> list[Draw]:
    """Each size in a process of its own, in a database of its own that goes again."""
    return [_one(size) for size in sizes]


def _one(size: int) -> Draw:
    name = "load_draws"
    url = server.clone(name)
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.load.drawing", str(size)],
            env=os.environ | {"MOYAI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return Draw(**json.loads(done.stdout.splitlines()[-1]))
    finally:
        server.admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def written(draws: Sequence[Draw]) -> list[str]:
    """The figures as a section of the page of the documentation."""
    lines = [
        "",
        "## The lottery's draw",
        "",
        "Three wishes an entry over 1,395 rooms, 28 days and three コマ, at most four wins a person. The freeze: one ticket a person,",
        "the list read from PostgreSQL, its root, its ZIP. The draw: the list read again, its root compared with the published one,",
        "tickets, order, winners, every row written, the ZIP of the result, in one transaction. End to end is both.",
        "Aim: 4 s for a month's entries, 20 s end to end for a year's, under 700 MiB. Baseline: one UPDATE with `ORDER BY random()`",
        "over the first wishes, which nobody could draw again.",
        "",
        "| entries | won | freeze s | CPU-s | draw s | CPU-s | end to end s | MiB before | most MiB | ZIPs MiB"
        " | baseline s | CPU-s | × baseline (CPU) |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in draws:
        lines.append(
            f"| {one.entries:,} | {one.won:,} | {one.freeze_seconds:.1f} | {one.freeze_cpu:.1f} | {one.draw_seconds:.1f}"
            f" | {one.draw_cpu:.1f} | {one.freeze_seconds + one.draw_seconds:.1f}"
            f" | {one.before_mb:.0f} | {one.draw_mb:.0f} | {one.zip_mb:.0f}"
            f" | {one.baseline_seconds:.1f} | {one.baseline_cpu:.1f} | {one.draw_cpu / max(one.baseline_cpu, 0.01):.1f} |"
        )
    return lines


if __name__ == "__main__":
    for one_draw in measure([int(word) for word in sys.argv[1:]] or (MONTH, YEAR)):
        print(one_draw)
