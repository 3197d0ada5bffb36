"""The database of a backup: pg_dump and pg_restore by the login that made it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from moyai.web.database import OWNER, Server, server
from moyai.web.home import home
from moyai.web.postgres import Embedded
from moyai.web.run import only_one


@contextmanager
def database_up(folder: Path, *, locked: bool = False) -> Iterator[Server]:
    """The server, started by us for as long as this takes when it is the embedded one and nobody runs it."""
    if os.environ.get("MOYAI_DATABASE_URL"):
        yield server()
        return
    embedded = Embedded(folder)
    if not locked and embedded.answers():
        yield server()
        return
    if not locked:
        only_one(folder)
    process = embedded.start()
    try:
        yield server()
    finally:
        embedded.stop(process)


def _program(name: str, server_version: int) -> str:
    """The wheel's program; the system's where the server is newer than that (a dump reads older ones)."""
    if server_version // 10000 > 18 and (found := shutil.which(name)):
        return found
    return str(Embedded(home()).programs / name)


def _call(program: str, db: Server, *arguments: str) -> None:
    with db.admin("postgres") as connection:
        number = connection.info.server_version
    where = ["--host", db.host, "--port", db.port, "--username", db.user, "--no-password"]
    subprocess.run(
        [_program(program, number), *where, "--dbname", db.name, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PGPASSWORD": db.password, "PGOPTIONS": "-c statement_timeout=0"},
    )


def dump(db: Server, path: Path) -> dict[str, Any]:
    """The database into `path`, by the login that made it: no row hides behind the wall. Facts of it."""
    with db.admin() as connection:
        moment = connection.execute("SELECT now()").fetchone()
        migrations = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        postgresql = connection.info.server_version
    _call("pg_dump", db, "--format=custom", "--file", str(path))
    return {
        "moyai": version_here(),
        "postgresql": postgresql,
        "made_at": moment[0].isoformat() if moment else "",
        "migrations": [f"{app}.{name}" for app, name in migrations],
    }


def load(db: Server, path: Path) -> None:
    """All or nothing, with owners, grants, policies, triggers and the state of sequences."""
    _call("pg_restore", db, "--single-transaction", str(path))
    with db.admin() as connection:
        connection.execute("ANALYZE")


def unload(db: Server) -> None:
    """What `load` made, taken away again: the database was empty before it."""
    with db.admin() as connection:
        connection.execute(f"DROP OWNED BY {OWNER} CASCADE")


def is_empty(db: Server) -> bool:
    with db.admin("postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [db.name]).fetchone():
            return True
    with db.admin() as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1"
        ).fetchone()
    return found is None


def version_here() -> str:
    try:
        return version("moyai")
    except PackageNotFoundError:
        return "0.1.0"
