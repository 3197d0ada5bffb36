"""A clone of the world in which programs of their own act. Not a test itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import psycopg

from tests import server


class Clone:
    """`acts` runs a case of `storm.py`; `worker` is a real one, killed with `kill`."""

    def __init__(self, name: str, **environment: str) -> None:
        self.url = server.clone(f"operations_{server.WORKER}_{name}"[:60])
        self.environment = os.environ | {"MOYAI_DATABASE_URL": self.url, **environment}

    def acts(self, case: str, **facts: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "moyai.operations.tests.storm", json.dumps({"case": case, **facts})],
            env=self.environment,
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "moyai.web.cli", "worker"],
            env=self.environment,
            cwd=server.SOURCE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)

    def one(self, query: str) -> Any:
        with psycopg.connect(self.url) as owner:
            return owner.execute(query).fetchone()[0]  # type: ignore[index,arg-type]
