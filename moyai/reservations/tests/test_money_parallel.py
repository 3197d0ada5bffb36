"""Paying, cancelling and granting at once: nobody waits for ever, every yen is kept, nothing is given back twice (C32)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from moyai.reservations.tests.money_storm import ROUNDS
from tests import server


@pytest.fixture(scope="module")
def storm() -> Iterator[dict[str, Any]]:
    name = f"bills_{server.WORKER}"
    done = subprocess.run(
        [sys.executable, "-m", "moyai.reservations.tests.money_storm"],
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MOYAI_DATABASE_URL": server.clone(name)},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    yield json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_C32_acts_at_once_end_or_are_refused_and_never_wait_for_each_other(storm: dict[str, Any]) -> None:
    assert [what for what in storm["results"] if "FAULT" in what] == []
    assert storm["results"]["pay: ok"] == ROUNDS  # the money came in in any case
    cancelled = [storm["results"].get(f"{name}: ok", 0) for name in ("cancel", "again")]
    assert sum(cancelled) == ROUNDS


def test_C32_what_was_paid_is_kept_or_waits_to_be_given_back(storm: dict[str, Any]) -> None:
    assert storm["ends"] == {"cancelled, closes": ROUNDS}


def test_C32_books_and_bookings_agree_after_it(storm: dict[str, Any]) -> None:
    assert storm["faults"] == {} and storm["differ"] == []
