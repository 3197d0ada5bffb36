"""Run inside a live installation what a journey finds there when it begins; the last line told is JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import psycopg

from tests import server

SIGNED_IN = """
import django, json
django.setup()
from django.test import Client
from moyai.people.models import Account
from moyai.people.testing import sign_in_for_tests

def cookie_of(mail):
    client = Client()
    sign_in_for_tests(client, Account.objects.get(email=mail))
    morsel = next(iter(client.cookies.values()))
    return f"{morsel.key}={morsel.value}"
"""


def prepared(live: Any, script: str) -> dict[str, Any]:
    """What the script prints at its end. `cookie_of(mail)` is at hand in it."""
    done = subprocess.run(
        [sys.executable, "-c", SIGNED_IN + script],
        env={**live.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def as_time_goes_by(live: Any, statement: str, *values: Any) -> None:
    """Move what waits for a moment to that moment, as the owner of the database; only dates are touched by journeys."""
    with psycopg.connect(live.database_url) as connection:
        connection.execute(statement, values)  # type: ignore[call-overload]
