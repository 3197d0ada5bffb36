"""The office's inbox over the reference year, and over a country of bodies: the same page, asked in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests import server

LARGEST = 84_056  # 千葉県's applications of FY2017: the body whose clerk looks, in both databases
REFERENCE = (202_608, 21)
COUNTRY = (2_000_000, 1_700)
# What a clerk does all day: the views, the next pages, a search by number and by name.
PATHS = (
    "",
    "?view=open",
    "?view=mine",
    "?view=unassigned",
    "?view=overdue",
    "?view=received",
    "?view=closed",
    "?view=closed&after={far}",
    "?view=open&after={soon}",
    "?q={number}",
    "?q=シ゛ュウミン１２",
    "?view=closed&procedure={procedure}",
)


@dataclass(frozen=True)
class Inbox:
    rows: int
    bodies: int
    asked: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int  # the most of any page
    mean_ms: float


def fill(name: str, *, rows: int, bodies: int, largest: int) -> None:
    """A clone of the world with so many applications, copied from one; 3 of 100 are open."""
    url = server.clone(name)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # copies of a sound row: no key is looked up
        db.execute("SET maintenance_work_mem = '512MB'")
        body, application = db.execute(
            "SELECT a.body_id, a.id FROM applications_application a JOIN tenants_body b ON b.id = a.body_id"
            " WHERE b.slug = 'chiba-shi' AND a.applicant <> '' ORDER BY a.id LIMIT 1"
        ).fetchone() or (0, 0)
        columns = {
            row[0]: f"t.{row[0]}"
            for row in db.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'tenants_body'"
            )
        }
        columns |= {
            "id": "1000 + n",
            "code": "to_char(n, 'FM000000')",
            "slug": "'body-' || n",
            "name": "'団体' || n",
        }
        _copy(db, "tenants_body", columns, f"t.id = {body}", f"generate_series(1, {bodies - 2}) AS n")
        for table in ("applications_procedure", "applications_formedition"):
            columns = _columns(db, table) | {"body_id": "b.id", "id": "t.id + b.id * 100000"}
            if table == "applications_formedition":
                columns["procedure_id"] = "t.procedure_id + b.id * 100000"
            _copy(db, table, columns, f"t.body_id = {body} AND b.id > 1000", "tenants_body AS b")
        indexes = db.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'applications_application'"
            " AND indexdef NOT LIKE '%UNIQUE%'"
        ).fetchall()
        for index, _made in indexes:
            db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
        rest = rows - largest
        _applications(db, application, f"(SELECT {body} AS id) AS b", largest, 0)
        _applications(
            db,
            application,
            "(SELECT id FROM tenants_body WHERE id > 1000) AS b",
            rest // (bodies - 2),
            largest,
        )
        for _index, made in indexes:
            db.execute(made)  # type: ignore[arg-type]
        db.execute("VACUUM ANALYZE applications_application")
        db.execute("ANALYZE")
        db.execute("CHECKPOINT")


def _columns(db: psycopg.Connection, table: str) -> dict[str, str]:  # type: ignore[type-arg]
    return {
        row[0]: f"t.{row[0]}"
        for row in db.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
    }


def _copy(
    db: psycopg.Connection,  # type: ignore[type-arg]
    table: str,
    columns: dict[str, str],
    which: str,
    times: str,
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    db.execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(columns.values())} FROM {table} t CROSS JOIN {times} WHERE {which}"
    )


def _applications(db: psycopg.Connection, like: int, bodies: str, each: int, offset: int) -> None:  # type: ignore[type-arg]
    """`each` applications in every one of `bodies`, spread over the year that ends now."""
    number = f"({offset}::bigint + b.id * 100000 + n)"
    mine = "(SELECT id FROM people_account WHERE email = 'clerk@chiba-shi.example')"
    status = "CASE WHEN n % 100 < 3 THEN (ARRAY['received', 'reviewing', 'returned'])[1 + n % 3] ELSE 'decided' END"
    columns = _columns(db, "applications_application") | {
        "id": f"100000000 + {number}",
        "body_id": "b.id",
        "procedure_id": "CASE WHEN b.id > 1000 THEN t.procedure_id + b.id * 100000 ELSE t.procedure_id END",
        "edition_id": "CASE WHEN b.id > 1000 THEN t.edition_id + b.id * 100000 ELSE t.edition_id END",
        "public_number": f"to_char({number} % 1000000000000, 'FM000000000000')",
        "form_token": f"md5({number}::text) || md5('x' || {number}::text)",
        "status": status,
        "open": "n % 100 < 3",
        "outcome": "CASE WHEN n % 100 < 3 THEN '' ELSE 'approved' END",
        "received_at": "now() - make_interval(mins => n % 525600)",
        "received_on": "(now() - make_interval(mins => n % 525600))::date",
        "due_on": "(now() - make_interval(days => n % 30 - 10))::date",
        "assignee_id": f"CASE n % 4 WHEN 0 THEN {mine} WHEN 1 THEN 999999 ELSE NULL END",
        "assignee_name": "CASE n % 4 WHEN 0 THEN '佐藤 一郎' WHEN 1 THEN '鈴木 花' ELSE '' END",
        "applicant": "'住民' || n",
        "name_key": "'住民' || n",
        "kana_key": "'ジュウミン' || n",
    }
    _copy(
        db,
        "applications_application",
        columns,
        f"t.id = {like}",
        f"{bodies} CROSS JOIN generate_series(1, {each}) AS n",
    )


class Clerk:
    """A process of its own that asks pages of one database as 千葉市's clerk, through every layer of the view."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.load.clerk"],
            env=os.environ | {"MOYAI_DATABASE_URL": server.database_url(name)},
            cwd=server.SOURCE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.facts = self._read()

    def _read(self) -> dict[str, object]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def ask(self, path: str) -> dict[str, object]:
        assert self.process.stdin is not None
        self.process.stdin.write(path.format(**self.facts) + "\n")
        self.process.stdin.flush()
        return self._read()

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def measure(scale: float, asked: int) -> list[Inbox]:
    """Both databases, filled, then asked page for page in turn, so that a noisy moment falls on both."""
    largest = int(LARGEST * scale)
    sizes = [
        (int(rows * scale), max(3, int(bodies * min(1, scale * 10)))) for rows, bodies in (REFERENCE, COUNTRY)
    ]
    names = ["load_reference", "load_country"]
    for name, (rows, bodies) in zip(names, sizes, strict=True):
        fill(name, rows=rows, bodies=bodies, largest=largest)
    clerks = [Clerk(name) for name in names]
    answers: list[list[dict[str, object]]] = [[], []]
    for number in range(asked + len(PATHS)):
        for clerk, kept in zip(clerks, answers, strict=True):
            answer = clerk.ask(PATHS[number % len(PATHS)])
            assert answer["status"] == 200, answer
            if number >= len(PATHS):  # the first round warms templates and caches
                kept.append(answer)
    for clerk in clerks:
        clerk.leave()
    for name in names:
        server.admin(f'DROP DATABASE "{name}" WITH (FORCE)')
    return [_judged(kept, *size) for kept, size in zip(answers, sizes, strict=True)]


def _judged(answers: list[dict[str, object]], rows: int, bodies: int) -> Inbox:
    times = sorted(float(str(one["ms"])) for one in answers)
    return Inbox(
        rows=rows,
        bodies=bodies,
        asked=len(times),
        p50_ms=times[len(times) // 2],
        p95_ms=times[int(len(times) * 0.95)],
        cpu_ms=sum(float(str(one["cpu_ms"])) for one in answers) / len(answers),
        queries=max(int(str(one["queries"])) for one in answers),
        mean_ms=sum(times) / len(times),
    )
