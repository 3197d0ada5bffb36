"""A list of the reference year as a file: 202,608 applications, 50 columns with a repeating group, in each form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import psycopg

from tests import server

ROWS = 202_608
FORMS = ("csv-utf8", "csv-cp932", "xlsx")


@dataclass(frozen=True)
class ExportBench:
    form: str
    rows: int
    columns: int
    seconds: float
    cpu_seconds: float  # of our process
    megabytes: float  # of the file
    peak_mb: float  # resident memory of our process at its highest


def fill(url: str, application: int, rows: int) -> None:
    """Copies of the one application; a third has one row in its group, a third two, a third four."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # copies of a sound row: no key is looked up
        columns = {
            row[0]: f"t.{row[0]}"
            for row in db.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'applications_application'"
            )
        } | {
            "id": "200000000 + n",
            "public_number": "to_char(n, 'FM000000000000')",
            "form_token": "md5(n::text) || md5('x' || n::text)",
            "answers": "jsonb_set(t.answers, '{dogs}', CASE n % 3 WHEN 0 THEN t.answers -> 'dogs'"
            " WHEN 1 THEN jsonb_build_array(t.answers -> 'dogs' -> 0)"
            " ELSE jsonb_build_array(t.answers -> 'dogs' -> 0, t.answers -> 'dogs' -> 1) END)",
        }
        db.execute(
            f"INSERT INTO applications_application ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {', '.join(columns.values())} FROM applications_application t"
            f" CROSS JOIN generate_series(1, {rows - 1}) AS n WHERE t.id = {application}"
        )
        db.execute("VACUUM ANALYZE applications_application")


def _inside(url: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.load.exporting", *arguments],
        env=os.environ | {"MOYAI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(rows: int = ROWS) -> list[ExportBench]:
    """Each form once, each in a process of its own, so that its memory is its own."""
    name = "load_exports"
    url = server.clone(name)
    try:
        fill(url, int(_inside(url, "prepare")["application"]), rows)
        return [ExportBench(**_inside(url, "write", form)) for form in FORMS]
    finally:
        server.admin(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    for one in measure(int(sys.argv[1]) if sys.argv[1:] else ROWS):
        print(one)
