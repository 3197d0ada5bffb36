"""Two at once on the council's money, each on its own connection: one is told, nothing is lost, nothing doubled."""

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
    url = server.clone(f"council_money_{server.WORKER}")
    done = subprocess.run(
        [sys.executable, "-m", "moyai.council.tests.money_storm"],
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MOYAI_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    yield json.loads(done.stdout.splitlines()[-1])
    server.admin(f'DROP DATABASE IF EXISTS "council_money_{server.WORKER}" WITH (FORCE)')


def test_C16_two_secretaries_at_one_budget_line_one_is_told_and_none_is_overwritten(storm) -> None:
    assert storm["edits"] == ["budget_line_changed", "done"]
    assert storm["line"] == [True, 2]


def test_C16_two_drafts_of_one_year_at_once_make_one(storm) -> None:
    assert storm["drafts"] == ["budget_draft_open", "done"]
    assert storm["open"] == 1


def test_C37_two_expenses_at_once_never_exceed_the_budget(storm) -> None:
    assert storm["expenses"] == ["done", "over_budget"]
    assert storm["spent"] == 30_000


def test_C37_an_entry_is_taken_back_once(storm) -> None:
    assert storm["counters"] == ["done", "entry_taken_back"]
    assert storm["left"] == 0


def test_C17_two_decisions_at_once_make_one(storm) -> None:
    assert storm["decisions"] == ["burden_decided_already", "done"]
    assert storm["decided"] == 1


def test_A33_bills_issued_twice_at_once_are_one_each_and_paid_once(storm) -> None:
    assert storm["issues"] == ["billed_already", "done"]
    assert storm["bills"] == 3
    assert storm["receipts"] == ["done", "entry_of_nothing"]
    assert storm["received"] == 100


def test_A33_an_expense_against_the_closing_is_in_the_audited_figures_or_refused(storm) -> None:
    assert storm["closing"] in (["book_closed", "done"], ["done", "done"])
    assert storm["audited_as_posted"] is True
