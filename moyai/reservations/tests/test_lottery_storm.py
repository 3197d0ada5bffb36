"""抽選 under a storm and under kill -9: exactly one too many is refused, and there is one result whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests import server

PROGRAM = "moyai.reservations.tests.lottery_storm"


@pytest.fixture(scope="module")
def place() -> str:
    """A clone of the world of its own."""
    return server.clone(f"lottery_{server.WORKER}"[:60])


def run(url: str, **facts: Any) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", PROGRAM, json.dumps(facts)],
        env=os.environ | {"MOYAI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(done.stderr[-3000:])
    return done.returncode, json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


def test_twenty_at_once_at_one_below_the_limit_let_in_exactly_one(place: str) -> None:
    _code, found = run(place, case="limit")
    assert found["outcomes"] == {"done": 1, "entry_limit": 19}
    assert len(found["tickets"]) == 3
    assert len({ticket.rpartition(".")[0] for ticket in found["tickets"]}) == 1  # one ticket a person


def test_killed_before_or_after_its_commit_a_draw_has_one_result() -> None:
    url = server.clone(f"lottery_kill_{server.WORKER}"[:60])
    _code, made = run(url, case="prepare")
    number = made["round"]
    code, _said = run(url, case="draw", round=number, kill="inside")
    assert code == -signal.SIGKILL
    _code, before = run(url, case="publish", round=number)
    assert (before["state"], before["queued"], before["kept"]) == ("frozen", 0, 0)  # nothing of it is there
    code, _said = run(url, case="draw", round=number, kill="after")
    assert code == -signal.SIGKILL
    _code, first = run(url, case="publish", round=number)
    assert (first["state"], first["queued"], first["kept"], first["same"]) == ("drawn", 1, 1, True)
    _code, again = run(url, case="draw", round=number)
    assert again == {"refused": "already_drawn"}
    _code, last = run(url, case="publish", round=number)
    assert last == first
