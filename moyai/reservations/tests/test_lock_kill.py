"""kill -9 of the worker while a lock answers it: the message goes once more under its id, the door knows it once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from moyai.reservations.tests.lock_simulator import LockSimulator
from tests import server

PROGRAM = "moyai.reservations.tests.lock_worker"


@pytest.fixture
def door() -> Iterator[LockSimulator]:
    found = LockSimulator()
    yield found
    found.close()


class Worker:
    """Each case in a process of its own, over a database of its own."""

    def __init__(self, url: str, door: LockSimulator) -> None:
        self.url, self.door = url, door

    def begin(self, **facts: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", PROGRAM, json.dumps({**facts, "port": self.door.port})],
            env=os.environ | {"MOYAI_DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
            cwd=server.SOURCE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **facts: Any) -> dict[str, Any]:
        worker = self.begin(**facts)
        out, errors = worker.communicate(timeout=300)
        assert worker.returncode == 0, errors[-3000:]
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found


@pytest.mark.parametrize("taken", [True, False], ids=["the lock had taken it", "the lock had not"])
def test_a_worker_killed_while_the_lock_answers_leaves_one_message_that_is_sent_again(
    door: LockSimulator, taken: bool
) -> None:
    worker = Worker(server.clone(f"lock_kill_{server.WORKER}"[:60]), door)
    made = worker.run(case="prepare")
    door.secret, message = made["secret"], made["message"]
    assert door.calls == []

    dying = worker.begin(case="tell", message=message)

    def kill() -> None:
        dying.kill()
        dying.wait()

    door.heard = kill
    if not taken:
        door.answers = [503, None]
    dying.communicate(timeout=300)
    door.heard = None
    assert dying.returncode == -signal.SIGKILL and len(door.calls) == 1
    assert len(door.windows) == (1 if taken else 0)

    found = worker.run(case="after", message=message)
    event = made["event"]
    assert found["left"] == {"state": "queued", "tries": 0, "event": event, "next": True}
    assert found["jobs"] == 1  # its job died with the worker
    assert found["done"] == {"state": "sent", "tries": 1, "event": event, "next": False}
    # Handed over twice more, it went once more.
    assert len(door.calls) == 2 and door.calls[0] == door.calls[1]
    assert (len(door.seen), len(door.windows), door.refused) == (1, 1, 0)
