"""With real connections: votes up to a deadline that comes meanwhile, two who save, the last licence, a chain that was tampered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from tests import server


class Clone:
    """A clone of the world; `acts` runs a case of `storm.py` there, `run` is its owner."""

    def __init__(self, name: str) -> None:
        self.url = server.clone(f"council_{server.WORKER}_{name}"[:60])

    def acts(self, case: str, **facts: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "moyai.council.tests.storm", json.dumps({"case": case, **facts})],
            env=os.environ | {"MOYAI_DATABASE_URL": self.url},
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def clone(django_db_setup, request):
    return Clone(request.node.name[5:30].lower())


def test_votes_of_all_members_up_to_the_deadline_are_all_counted_and_none_after_it(clone):
    found = clone.acts("votes", seconds=1.5)
    assert found["outcomes"] == {"ballot_over": 7, "counted": 1}
    assert (
        found["votes"] == found["told"] >= 14
    )  # whoever was told that it counts stands in the chain, and nobody else
    assert (found["late"], found["in_order"], found["places"], found["broken"]) == (0, True, True, False)
    assert found["last_told"] is True
    assert found["tally"] == found["counted"]
    assert sum(found["tally"]) == 7


def test_votes_cast_while_the_ballot_is_withdrawn_are_kept_and_none_comes_after(clone):
    found = clone.acts("withdrawn", seconds=0.8)
    assert found["outcomes"] == {"ballot_stopped": 7, "withdrawn": 1}
    assert found["votes"] == found["told"] == found["sealed"] >= 7
    assert (found["state"], found["tally"], found["broken"]) == ("stopped", {}, False)


def test_of_those_who_count_and_withdraw_at_once_one_is_done(clone):
    found = clone.acts("ends", counts=3, withdrawals=3)
    assert found["refused"] == 5
    assert found["won"] == {found["state"]: 1}
    assert found["broken"] is False


def test_of_six_secretaries_who_save_at_once_one_is_kept_and_five_see_what_stands(clone):
    found = clone.acts("secretaries", secretaries=6)
    assert found == {"outcomes": {"saved": 1, "changed: True": 5}, "kept": True, "version": 2}


def test_O08_of_twelve_who_want_three_licences_at_once_three_get_one_each(clone):
    found = clone.acts("licences", seats=3, wanted=12)
    assert found == {"outcomes": {"taken": 3, "no_licence_left": 9}, "seats": [1, 2, 3]}


def test_sittings_planned_at_once_are_numbered_without_gap_or_double(clone):
    found = clone.acts("numbers", meetings=8)
    assert found == {"outcomes": {"planned": 8}, "numbers": [1, 2, 3, 4, 5, 6, 7, 8]}


def test_the_same_paper_brought_at_once_is_kept_once(clone):
    found = clone.acts("bytes", papers=5)
    assert found == {"outcomes": {"brought": 5}, "papers": 5, "files": 1}


def test_a_removed_or_altered_vote_is_named(clone):
    found = clone.acts(
        "tampered",
        statements=[
            "UPDATE council_vote SET choice = 'against' WHERE place = 3",
            "UPDATE council_vote SET choice = 'for' WHERE place = 3",
            "UPDATE council_vote SET comment = '' WHERE place = 7",
            "UPDATE council_vote SET comment = '賛成します' WHERE place = 7",
            "DELETE FROM council_vote WHERE place = 7",
            "DELETE FROM council_vote WHERE place = 2",
        ],
    )
    names = found["names"]
    assert found["said"] == [
        None,
        [3, False, names[2]],
        None,
        [7, False, names[6]],
        None,
        [7, True, ""],
        [2, True, ""],
    ]


def test_the_app_itself_can_neither_change_nor_remove_a_vote(clone):
    app = clone.url.replace("postgres@", "moyai_app@")
    for statement in ("UPDATE council_vote SET choice = 'against'", "DELETE FROM council_vote"):
        with psycopg.connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)  # type: ignore[arg-type]
