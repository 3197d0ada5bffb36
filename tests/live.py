"""A real `moyai run` for journeys and crash tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from moyai.web.run import die_with_parent
from tests import server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Live:
    """`moyai run` on a cloned database, or (embedded=True) with a whole own PostgreSQL as in production."""

    def __init__(self, name: str, *, embedded: bool = False, demo: bool = False, **environment: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="moyai-live-", dir="/tmp"))
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.database_url = ""
        self.embedded = embedded
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MOYAI_")
        } | {
            "MOYAI_HOME": str(self.home),
            "MOYAI_PORT": str(self.port),
            "MOYAI_DEMO": "1" if demo else "0",
            "MOYAI_CARD_SIMULATOR": "1",
            "MOYAI_JPKI_SIMULATOR": "1",
            "MOYAI_TEST": "1",
            "MOYAI_STALLED_SECONDS": "6",
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        if not embedded:
            self.database_url = server.clone(f"live_{server.WORKER}_{name}"[:60])
            # The number and secret keys of the template go with its rows.
            shutil.copy(server.RUN / "secrets.json", self.home / "secrets.json")
            if (server.RUN / "files").exists():
                shutil.copytree(server.RUN / "files", self.home / "files")
            self.environment["MOYAI_DATABASE_URL"] = self.database_url
        self.environment |= environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "run.log"

    def start(self, seconds: float = 120) -> None:
        """Start and wait until /readyz answers 200."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moyai.web.cli", "run"],
                env=self.environment,
                cwd=server.SOURCE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # A killed test run leaves no installation behind.
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text()[-4000:])
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise RuntimeError("not ready in time:\n" + self.log.read_text()[-4000:])

    def pid(self, name: str) -> int:
        """The process id of `web`, `worker` or `postgres`."""
        if name == "postgres":
            return int((self.home / "postgresql" / "postmaster.pid").read_text().split()[0])
        return int((self.home / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """kill -9 of one child with its whole group (a killed machine spares nobody)."""
        os.killpg(self.pid(name), signal.SIGKILL)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`moyai …` in this installation."""
        return subprocess.run(
            [sys.executable, "-m", "moyai.web.cli", *arguments],
            env=self.environment,
            cwd=server.SOURCE,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def running(self, seconds: float = 120) -> Iterator[None]:
        """On for a block; one that runs already goes on after it."""
        mine = self.process is None
        if mine:
            self.start(seconds)
        try:
            yield
        finally:
            if mine:
                self.stop()

    def stop(self, *, keep: bool = False) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=90)
        if not keep:
            shutil.rmtree(self.home, ignore_errors=True)
