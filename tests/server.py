"""The PostgreSQL of a test run: started when the first test needs it, gone with the run.

Loaded as a pytest plugin (-p tests.server) before Django reads its settings. Every xdist worker has an
own database, cloned from one template that holds the migrated tables and the world.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTROLLER = "MOYAI_TEST_RUN" not in os.environ
if CONTROLLER:
    # A short path: a socket's path holds 107 bytes.
    os.environ["MOYAI_TEST_RUN"] = tempfile.mkdtemp(prefix="moyai-test-", dir="/tmp")
RUN = Path(os.environ["MOYAI_TEST_RUN"])
SOURCE = Path(__file__).resolve().parent.parent
TEMPLATE = "moyai_template"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def database_url(name: str) -> str:
    return f"postgresql://postgres@/{name}?host={RUN / 'socket'}"


for _name in [name for name in os.environ if name.startswith("MOYAI_") and name != "MOYAI_TEST_RUN"]:
    del os.environ[_name]  # a developer's own settings do not reach the tests
os.environ |= {
    "MOYAI_HOME": str(RUN),
    "MOYAI_TEST": "1",
    "MOYAI_DATABASE_URL": database_url(f"moyai_{WORKER}"),
    "MOYAI_LOG_LEVEL": "ERROR",
    "DJANGO_SETTINGS_MODULE": "moyai.web.settings",
}


@contextmanager
def _alone() -> Iterator[None]:
    with (RUN / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def admin(statement: str) -> None:
    import psycopg

    with psycopg.connect(database_url("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def ensure() -> None:
    """Start the server and build the template once per run."""
    with _alone():
        if (RUN / "ready").exists():
            return
        from moyai.web.postgres import Embedded

        embedded = Embedded(RUN)
        embedded._make_folders()
        embedded._init()
        # Nothing of a test run has to outlive it. (The crash tests run their own server, with fsync.)
        (RUN / "postgresql" / "moyai.conf").write_text(
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
        )
        process = embedded.start()
        (RUN / "postgres.pid").write_text(str(process.pid))
        environment = os.environ | {"MOYAI_DATABASE_URL": database_url(TEMPLATE)}
        for module in ("moyai.web.cli", "tests.world"):
            arguments = ["migrate"] if module == "moyai.web.cli" else []
            done = subprocess.run(
                [sys.executable, "-m", module, *arguments],
                env=environment,
                cwd=SOURCE,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{module}:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
        (RUN / "ready").touch()


def clone(name: str) -> str:
    """A fresh database with the world in it; its URL."""
    ensure()
    with _alone():
        admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    return database_url(name)


def _clean() -> None:
    pid = RUN / "postgres.pid"
    if pid.exists():
        number = int(pid.read_text())
        try:
            os.kill(number, signal.SIGINT)
            for _ in range(300):
                done, _status = os.waitpid(number, os.WNOHANG) if _is_child(number) else (0, 0)
                if done or not Path(f"/proc/{number}").exists():
                    break
                import time

                time.sleep(0.05)
        except ProcessLookupError:
            pass
    shutil.rmtree(RUN, ignore_errors=True)


def _is_child(pid: int) -> bool:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) == os.getpid()
    except OSError:
        return False


if CONTROLLER:
    atexit.register(_clean)
