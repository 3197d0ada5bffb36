"""The PostgreSQL of a test run: started when the first test needs it, gone with the run.

Loaded as a pytest plugin (-p tests.server) before Django reads its settings. Every xdist worker has an
own database, cloned from one template that holds the migrated tables and the world.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moyai.web.postgres import Embedded

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


KEEP = os.environ.get("MOYAI_KEEP_WORLD", "")
for _name in [
    name
    for name in os.environ
    if name.startswith("MOYAI_") and name not in {"MOYAI_TEST_RUN", "MOYAI_KEEP_WORLD"}
]:
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
        kept = _kept()
        if kept and kept.exists():
            _copy(kept, RUN)
            embedded._make_folders()
            _start(embedded)
            (RUN / "ready").touch()
            return
        embedded._make_folders()
        embedded._init()
        # Nothing of a test run has to outlive it. (The crash tests run their own server, with fsync.)
        (RUN / "postgresql" / "moyai.conf").write_text(
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
        )
        _start(embedded)
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
        if kept:
            _stop()
            half = kept.with_suffix(f".{os.getpid()}")
            half.mkdir()
            _copy(RUN, half)
            half.rename(kept)
            _start(embedded)
        (RUN / "ready").touch()


def _copy(here: Path, there: Path) -> None:
    """With owners and rights, which PostgreSQL asks for."""
    for name in ("postgresql", "secrets.json", "files"):
        if (here / name).exists():
            subprocess.run(["cp", "-a", str(here / name), str(there / name)], check=True)


def _start(embedded: Embedded) -> None:
    (RUN / "postgres.pid").write_text(str(embedded.start().pid))


def _kept() -> Path | None:
    """Where MOYAI_KEEP_WORLD names a folder, the built template is kept there for the next runs of the same day:
    made anew when a table, the demo or the cast changes. For who runs few tests often; a whole run does not use it.
    """
    if not KEEP:
        return None
    digest = hashlib.sha256(f"{time.strftime('%F')} {SOURCE}".encode())
    tables = [*SOURCE.glob("moyai/*/migrations/*.py"), *SOURCE.glob("moyai/*/models/*.py")]
    demo = [
        *SOURCE.glob("moyai/*/demo*/**/*"),
        *SOURCE.glob("moyai/*/demo.py"),
        SOURCE / "tests" / "world.py",
    ]
    for path in sorted(
        path for path in (*tables, *demo) if path.is_file() and "__pycache__" not in path.parts
    ):
        digest.update(path.read_bytes())
    folder = Path(KEEP)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / digest.hexdigest()[:16]


def clone(name: str) -> str:
    """A fresh database with the world in it; its URL."""
    ensure()
    with _alone():
        admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    return database_url(name)


def _stop() -> None:
    pid = RUN / "postgres.pid"
    if pid.exists():
        number = int(pid.read_text())
        try:
            os.kill(number, signal.SIGINT)
            for _ in range(300):
                done, _status = os.waitpid(number, os.WNOHANG) if _is_child(number) else (0, 0)
                if done or not Path(f"/proc/{number}").exists():
                    break
                time.sleep(0.05)
        except ProcessLookupError:
            pass


def _clean() -> None:
    _stop()
    shutil.rmtree(RUN, ignore_errors=True)


def _is_child(pid: int) -> bool:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) == os.getpid()
    except OSError:
        return False


if CONTROLLER:
    atexit.register(_clean)
