"""What things cost: queries per act, and indexes that the wall lets PostgreSQL use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application
from moyai.applications.queries import Wanted
from moyai.applications.queries.inbox import VIEWS, _of_view, inbox, view_counts
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import GOOD, apply, edition_of
from moyai.calendars.public import office_calendar
from moyai.tenants.public import clock
from tests import server


def test_submission_without_mail_takes_few_queries(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    edition = edition_of(procedure)
    answers = {key: value for key, value in GOOD.items() if key != "mail"}
    calendar = office_calendar(procedure.body, first=clock.today(in_chiba))
    common: dict[str, Any] = {
        "actor": staff["resident"],
        "now": in_chiba,
        "edition": edition,
        "calendar": calendar,
    }
    submit_application(**common, answers=answers, form_token=new_token())
    with CaptureQueriesContext(connection) as captured:
        submit_application(**common, answers=answers, form_token=new_token())
    # turn, token, later editions, number, application, history, who listens, deed
    assert len(captured) == 8, "\n".join(query["sql"][:80] for query in captured)
    started = time.process_time()
    for _ in range(100):
        submit_application(**common, answers=answers, form_token=new_token())
    print(f"{(time.process_time() - started) * 10:.2f} CPU-ms per submission")


def test_view_counts_are_one_statement(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    with CaptureQueriesContext(connection) as captured:
        counts = view_counts(actor=staff["clerk"], now=in_chiba)
    assert len(captured) == 1 and counts["received"] >= 1 and counts["unassigned"] >= 1


@pytest.fixture(scope="module")
def crowded(django_db_setup: None) -> Iterator[Any]:
    """An own database with 20,000 applications of 千葉市 and what PostgreSQL knows about them, asked as the app."""
    copied = {
        "id": "1000000 + n",
        "public_number": "lpad(n::text, 12, '0')",
        "form_token": "'crowd-' || n",
        "once_key": "''",
        "status": "(ARRAY['received','returned','proposed','reviewing','withdrawn'])[1 + n % 5]",
        "open": "n % 5 < 4",
        "assignee_id": "CASE WHEN n % 7 = 0 THEN NULL ELSE n % 40 END",
        "due_on": "due_on + n % 90",
        "received_on": "received_on + n % 90",
    }
    columns = [str(field.column) for field in Application._meta.local_concrete_fields]
    values = ", ".join(copied.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with psycopg.connect(server.clone(f"moyai_crowd_{server.WORKER}"), autocommit=True) as owner:
        owner.execute(
            f"INSERT INTO applications_application ({names})"
            f" SELECT {values} FROM (SELECT * FROM applications_application WHERE body_id ="
            " (SELECT id FROM tenants_body WHERE slug = 'chiba-shi') LIMIT 1) one, generate_series(1, 20000) n"
        )
        owner.execute("ANALYZE applications_application")
        owner.execute("SET ROLE moyai_app")
        yield owner


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "asked"])  # nobody asks a whole body
def test_every_view_reads_an_index_behind_the_wall(
    view: str, crowded: Any, world: Any, staff: Any, in_chiba: datetime
) -> None:
    """Among many rows every list is read from the first row of its own index: nothing is sorted, no table walked."""
    rows = _of_view(actor=staff["clerk"], now=in_chiba, view=view)
    day = "-received_on" if view == "closed" else "due_on"
    sql, params = (
        rows.order_by(day, "-id" if view == "closed" else "id").values("id")[:50].query.sql_with_params()
    )
    crowded.execute("SELECT set_config('moyai.body_id', %s, false)", [str(world.chiba.pk)])
    plan = "\n".join(line[0] for line in crowded.execute("EXPLAIN " + sql, params).fetchall())
    assert "Index" in plan and "Sort" not in plan and "Seq Scan" not in plan, plan
    wanted = {
        "mine": "inbox_assignee_due",
        "unassigned": "inbox_due",  # every seventh has nobody: found soon on the way
        "received": "inbox_status_due",
        "returned": "inbox_status_due",
        "proposed": "inbox_status_due",
        "overdue": "inbox_due",
        "open": "inbox_due",
        "unpaid": "inbox_due",
        "closed": "applications_received",
    }[view]
    assert wanted in plan, plan


def test_keys_of_pages_that_are_no_keys_are_ignored(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    apply(actor=staff["resident"], now=in_chiba - timedelta(days=1), procedure=procedure)
    for key in ("", "x", "2026-13-01.5", "2026-01-01.", "'; --"):
        assert inbox(actor=staff["clerk"], now=in_chiba, wanted=Wanted(after=key)).rows
    assert Application.objects.exists()
