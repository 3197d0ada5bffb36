"""Two secretaries at once, each on a connection of its own: one is told, and what may be once is once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import server


@pytest.fixture(scope="module")
def storm(django_db_setup: None) -> Any:
    name = f"council_bodies_{server.WORKER}"
    url = server.clone(name)
    done = subprocess.run(
        [sys.executable, "-m", "moyai.council.tests.bodies_storm"],
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MOYAI_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    yield json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_two_seats_of_one_member_at_once_make_one(storm) -> None:
    assert storm["seats"] == ["done", "seat_overlaps"]
    assert storm["kept"]["seats"] == 1


def test_A34_two_terms_of_one_place_at_once_make_one(storm) -> None:
    assert storm["terms"] == ["done", "term_overlaps"]
    assert storm["kept"]["terms"] == 1


def test_Y28_two_next_steps_at_once_make_one(storm) -> None:
    assert storm["steps"] == ["done", "step_taken"]
    assert storm["kept"]["steps"] == 2


def test_two_committees_put_under_each_other_at_once_make_no_ring(storm) -> None:
    assert storm["rings"] == ["committee_under_itself", "done"]
    assert storm["kept"]["rings"] == 1


def test_C11_an_abolition_and_a_citation_at_once_come_one_after_the_other(storm) -> None:
    assert storm["rules"] in (["cannot_cite", "done"], ["done", "done"])  # cited just before, or not at all
    assert storm["kept"]["citations"] == storm["rules"].count("done") - 1
