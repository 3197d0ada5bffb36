"""kill -9 of the worker in the middle of a deletion: whoever is gone is gone whole and once, whoever stays stays whole."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import psycopg

from tests import server
from tests.live import Live

COUNT = 330  # more than three batches

PREPARE = """
import django; django.setup()
from datetime import datetime
from moyai.applications import catalogue
from moyai.applications.actions import keeping
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.editions import current_edition
from moyai.applications.secrets import new_token
from moyai.people.models import Account
from moyai.tenants.public import Actor, Body, Role, acting_in, clock
body = Body.objects.get(slug="chiba-shi")
answers = catalogue.example("survey-happy")["answers"] | {"opinion": "消えるはずの一文"}
with acting_in(body) as now:
    survey = Procedure.objects.get(body=body, code="survey")
    edition = current_edition(survey)
    old = datetime(2017, 6, 1, 3, 0, tzinfo=clock.JST)
    with clock.at(old):
        made = [
            submit_application(actor=Actor.anyone(body), now=old, edition=edition, answers=answers, form_token=new_token())
            for _turn in range(COUNT)
        ]
    Application.objects.filter(body=body, pk__in=[one.pk for one in made]).update(keep_until="2023-03-31")
with acting_in(body) as now:
    who = {role: Account.objects.get(email=f"{role}@chiba-shi.example") for role in ("clerk", "administrator")}
    clerk = Actor(who["clerk"].pk, body, frozenset({Role.CLERK}), "佐藤", "office")
    chief = Actor(who["administrator"].pk, body, frozenset({Role.ADMINISTRATOR}), "田中", "office")
    run = keeping.propose(actor=clerk, now=now, ended_before=clock.today(now))
    assert run.preview["total"] == COUNT, run.preview
    keeping.approve(actor=chief, now=now, run=run)
""".replace("COUNT", str(COUNT))


def one(db: psycopg.Connection[Any], query: str) -> Any:
    row = db.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def test_attack_A19_a_killed_deletion_goes_on_and_deletes_each_once() -> None:
    house = Live("crash_keeping", MOYAI_STALLED_SECONDS="3")
    house.start()
    try:
        done = subprocess.run(
            [sys.executable, "-c", PREPARE],
            env={**house.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        with psycopg.connect(house.database_url, autocommit=True) as db:
            kills, deadline = 0, time.monotonic() + 90
            while one(db, "SELECT state FROM applications_retentionrun") != "done":
                assert time.monotonic() < deadline, house.log.read_text()[-3000:]
                gone = one(db, "SELECT count(*) FROM applications_tombstone")
                # Whatever was committed is whole: as many stones as are missing, and no row without its application.
                assert gone % 100 == 0 or gone == COUNT
                if kills < 3 and one(
                    db,
                    "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'applications.forget_ended'"
                    " AND status = 'doing'",
                ):
                    time.sleep(0.05 * kills)
                    house.kill("worker")
                    kills += 1
                time.sleep(0.05)
            assert kills >= 1
            assert one(db, "SELECT deleted FROM applications_retentionrun") == COUNT
            assert one(db, "SELECT count(*) FROM applications_tombstone") == COUNT
            assert one(db, "SELECT count(DISTINCT number_sha256) FROM applications_tombstone") == COUNT
            left = "SELECT count(*) FROM applications_application WHERE answers::text LIKE '%消えるはず%'"
            assert one(db, left) == 0
            orphans = (
                "SELECT count(*) FROM applications_history h WHERE NOT EXISTS"
                " (SELECT FROM applications_application a WHERE a.body_id = h.body_id AND a.id = h.application_id)"
            )
            assert one(db, orphans) == 0
            assert one(db, "SELECT count(*) FROM audit_deed WHERE verb = 'applications.forget'") == COUNT
    finally:
        house.stop()
