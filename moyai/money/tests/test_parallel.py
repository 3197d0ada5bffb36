"""Many at once, each on its own connection: one settlement, every yen kept, the thing told once."""

import json
import os
import subprocess
import sys

import pytest

from tests import server


@pytest.fixture(scope="module")
def storm():
    url = server.clone(f"storm_{server.WORKER}")
    done = subprocess.run(
        [sys.executable, "-m", "moyai.money.tests.storm"],
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MOYAI_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    yield json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "storm_{server.WORKER}" WITH (FORCE)')


def test_one_webhook_eight_times_at_once_settles_once(storm):
    assert storm["same_statuses"] == [200] * 8
    assert storm["same"] == {
        "charge": "settled",
        "receipts": 1,
        "news": 1,
        "attempts": ["paid"],
        "overpaid": [],
        "told": 1,
    }


def test_eight_payments_of_one_charge_at_once_settle_once_and_lose_nothing(storm):
    assert storm["many_statuses"] == [200] * 8
    assert storm["many"] == {
        "charge": "settled",
        "receipts": 8,
        "news": 8,
        "attempts": ["held"] * 7 + ["paid"],
        "overpaid": [["double", 684]] * 7,
        "told": 1,
    }


def test_card_and_counter_at_once_settle_once(storm):
    web, *counters = storm["mixed_acts"]
    mixed = storm["mixed"]
    assert web == 200 and counters.count("booked") <= 1
    assert (mixed["charge"], mixed["told"]) == ("settled", 1)
    assert mixed["receipts"] == 1 + counters.count("booked")
    assert mixed["overpaid"] == [["double", 684]] * counters.count("booked")


def test_books_balance_after_the_storm(storm):
    assert {name: faults for name, faults in storm["faults"].items() if faults} == {}
