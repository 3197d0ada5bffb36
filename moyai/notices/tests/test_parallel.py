"""Many workers at once: one mail. And the sweep, which sees only what is committed, over all bodies."""

import json
import os
import subprocess
import sys

import pytest

from tests import server


@pytest.fixture(scope="module")
def storm():
    url = server.clone(f"post_{server.WORKER}")
    done = subprocess.run(
        [sys.executable, "-m", "moyai.notices.tests.storm"],
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MOYAI_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    yield json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "post_{server.WORKER}" WITH (FORCE)')


def test_eight_workers_send_one_mail_and_do_not_wait_for_each_other(storm):
    assert (storm["mails"], storm["state"], storm["left_at_once"]) == (1, "sent", 7)


def test_sweep_finds_a_message_whose_job_was_lost(storm):
    assert storm["woken"] == 1


def test_A28_eight_workers_tell_one_event_once(storm):
    assert (storm["calls"], storm["event_state"]) == (1, "sent")


def test_A28_sweep_finds_an_event_whose_job_was_lost(storm):
    assert storm["events_woken"] == 1
