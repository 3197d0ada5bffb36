"""The chain shows a removed, changed or slipped-in deed, and names the place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from moyai.audit.public import Deed, record, seal_body, verify
from tests import server

NAME = f"chain_{server.WORKER}"


def leave_deeds(world: Any, now: Any, count: int) -> None:
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    for number in range(count):
        record(
            actor=actor, now=now, verb=f"audit.test_{number}", thing=None, detail={"n": number, "語": "値"}
        )


def test_a_sealed_day_verifies(world, in_chiba) -> None:
    leave_deeds(world, in_chiba, 3)
    seal = seal_body(world.chiba, in_chiba)
    assert seal is not None
    assert seal.count >= 3
    assert verify(world.chiba) == []
    leave_deeds(world, in_chiba, 2)
    second = seal_body(world.chiba, in_chiba)
    assert second is not None
    assert (second.count, second.digest == seal.digest) == (2, False)
    assert seal_body(world.chiba, in_chiba) is None
    assert verify(world.chiba) == []


def test_app_may_neither_change_nor_remove_a_deed(world, in_chiba) -> None:
    from django.db import transaction
    from django.db.utils import ProgrammingError

    leave_deeds(world, in_chiba, 1)
    for act in (lambda: Deed.objects.update(verb="x"), lambda: Deed.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


@pytest.fixture
def broken(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """A database whose superuser may do what nobody else can."""
    with psycopg.connect(server.clone(NAME), autocommit=True) as connection:
        body = connection.execute("SELECT id FROM tenants_body WHERE code = '121002'").fetchone()
        assert body
        connection.execute("SELECT set_config('moyai.body_id', %s, false)", [str(body[0])])
        for number in range(4):
            connection.execute(
                "INSERT INTO audit_deed (body_id, at, role, verb, thing_kind, reason, request_id, channel, detail)"
                " VALUES (%s, '2026-04-01T00:00:00Z', 'clerk', %s, '', '', '', '', '{}')",
                [body[0], f"test.{number}"],
            )
        yield connection
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def moyai(*arguments: str) -> tuple[int, str]:
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "moyai.web.cli", *arguments],
        env=os.environ | {"MOYAI_DATABASE_URL": server.database_url(NAME)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_audit_verify_names_the_place_of_a_removed_and_of_a_changed_deed(broken) -> None:
    assert moyai("audit", "seal")[0] == 0
    code, said = moyai("audit", "verify")
    assert (code, "一致しました" in said) == (0, True)
    broken.execute("ALTER TABLE audit_deed DISABLE TRIGGER USER")
    broken.execute("UPDATE audit_deed SET reason = '直した' WHERE verb = 'test.1'")
    code, said = moyai("audit", "verify")
    assert code == 1
    assert "千葉市" in said
    assert "内容が変わっています" in said
    broken.execute("UPDATE audit_deed SET reason = '' WHERE verb = 'test.1'")
    assert moyai("audit", "verify")[0] == 0
    broken.execute("DELETE FROM audit_deed WHERE verb = 'test.2'")
    code, said = moyai("audit", "verify")
    assert code == 1
    assert "件でしたが" in said
