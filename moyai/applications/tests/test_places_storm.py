"""Against a running installation: many at once for few places. Never one too many, nobody lost, nobody unanswered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from moyai.applications.tests.places_storm import all_at_once, applications_of, make_in, pool_of, rows
from tests.live import Live


def statuses(answers: list[Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for one in answers:
        key = one.status_code if isinstance(one, httpx.Response) else type(one).__name__
        found[key] = found.get(key, 0) + 1
    return found


def test_attack_A17_500_at_once_for_100_seats_take_exactly_100(live: Any) -> None:
    make_in(live, "storm", 100)
    answers = all_at_once(live, "storm", [1] * 500)
    assert statuses(answers) == {201: 100, 409: 400}
    refused = [one.json()["error"] for one in answers if one.status_code == 409]
    assert {one["code"] for one in refused} == {"pool_full"}
    assert {one["message"] for one in refused} == {"「12月6日 午前」は満員です。"}
    assert pool_of(live, "storm") == (100, 100, 100)
    assert applications_of(live, "storm") == 100
    numbers = {one.json()["number"] for one in answers if one.status_code == 201}
    assert len(numbers) == 100


def test_attack_A17_with_a_waiting_list_nobody_is_lost(live: Any) -> None:
    make_in(live, "queue", 40, "waiting")
    answers = all_at_once(live, "queue", [1] * 120)
    assert statuses(answers) == {201: 120}
    assert pool_of(live, "queue") == (40, 40, 40)
    waiting = rows(
        live,
        "SELECT t.queue FROM applications_taking t JOIN applications_pool p ON p.body_id = t.body_id"
        " AND p.id = t.pool_id JOIN applications_procedure r ON r.body_id = p.body_id"
        " AND r.id = p.procedure_id WHERE r.code = 'queue' AND t.state = 'waiting' ORDER BY t.queue",
    )
    assert [queue for (queue,) in waiting] == list(range(1, 81))


def test_attack_A17_100_at_once_never_exceed_a_budget_by_amount(live: Any) -> None:
    make_in(live, "budget", 5_000_000, "yen")
    amounts = random.Random(7).choices(range(10_000, 300_000, 1_000), k=100)
    answers = all_at_once(live, "budget", amounts)
    assert set(statuses(answers)) == {201, 409}
    given = sum(amount for amount, one in zip(amounts, answers, strict=True) if one.status_code == 201)
    capacity, taken, in_rows = pool_of(live, "budget")
    assert given == taken == in_rows <= capacity
    # What was refused did not fit then, and what is left only ever shrank.
    refused = [amount for amount, one in zip(amounts, answers, strict=True) if one.status_code == 409]
    assert min(refused) > capacity - taken


def test_last_seat_by_the_form_goes_to_one_of_twelve(live: Any) -> None:
    make_in(live, "last", 1)
    checks = [_checked(live, "last") for _each in range(12)]
    found: list[httpx.Response] = []
    barrier = threading.Barrier(len(checks))

    def send(client: httpx.Client, check: str, mark: str) -> None:
        barrier.wait()
        found.append(client.post(check, data={"csrfmiddlewaretoken": mark}))

    threads = [threading.Thread(target=send, args=one) for one in checks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in found) == [302] + [409] * 11
    assert all("満員です" in one.text for one in found if one.status_code == 409)
    assert pool_of(live, "last") == (1, 1, 1)
    # What the eleven typed is still there.
    kept = rows(
        live,
        "SELECT count(*) FROM applications_draft d JOIN applications_procedure r ON r.body_id = d.body_id"
        " AND r.id = d.procedure_id WHERE r.code = 'last' AND d.application_id IS NULL"
        " AND d.answers ->> 'session' = 'a'",
    )
    assert kept == [(11,)]
    for client, _check, _mark in checks:
        client.close()


def _checked(live: Any, code: str) -> tuple[httpx.Client, str, str]:
    """Somebody who has filled in everything and stands before the last button."""
    client = httpx.Client(base_url=live.url, timeout=60)
    door = f"/chiba-shi/applications/{code}/new/"
    page = client.get(door)
    data = {name: _hidden(page.text, name) for name in ("csrfmiddlewaretoken", "shown", "token")}
    data |= {"name": "千葉 花子", "session": "a", "count": "1"}
    page = client.post(door, data=data, follow_redirects=True)
    assert page.url.path.endswith("/check/"), page.text[-3000:]
    return client, page.url.path, _hidden(page.text, "csrfmiddlewaretoken")


def _hidden(text: str, name: str) -> str:
    return text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def test_killed_in_the_middle_of_the_storm_the_sums_still_close(live: Any) -> None:
    make_in(live, "killed", 50, "waiting")
    answers: list[Any] = []
    storm = threading.Thread(target=lambda: answers.extend(all_at_once(live, "killed", [1, 2] * 50)))
    storm.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not applications_of(live, "killed") >= 10:
        time.sleep(0.02)
    live.kill("web")
    storm.join()
    _until_ready(live)
    capacity, taken, in_rows = pool_of(live, "killed")
    assert taken == in_rows <= capacity
    said = [one for one in answers if isinstance(one, httpx.Response) and one.status_code == 201]
    assert 0 < len(said) < 100  # it was killed in the middle
    assert len(said) <= applications_of(live, "killed")  # whoever was told, is there
    assert statuses(all_at_once(live, "killed", [1] * 40)) == {201: 40}
    capacity, taken, in_rows = pool_of(live, "killed")
    assert taken == in_rows == capacity
    checked = live.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "✔ 枠の確保数が内訳と合い、定員を超えない" in checked.stdout


def _until_ready(live: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{live.url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("the web did not come back")


# What the guard is, taken away: reading first and writing then, as many a form system does.
UNGUARDED = """
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder

NAME = "moyai.applications.actions.pool_steps"


class Unguarded(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != NAME:
            return None
        spec = PathFinder.find_spec(name, path, target)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)

            def add(pool, quantity):
                row = module.Pool.objects.get(body_id=pool.body_id, pk=pool.pk)
                if row.taken + quantity > row.capacity:
                    return False
                module.Pool.objects.filter(body_id=pool.body_id, pk=pool.pk).update(taken=row.taken + quantity)
                return True

            module.add = add

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Unguarded())
"""


@pytest.fixture
def unguarded(tmp_path: Path) -> Iterator[Live]:
    """An installation whose places are counted without the conditional UPDATE, and whose table has no constraint."""
    (tmp_path / "sitecustomize.py").write_text(UNGUARDED, encoding="utf-8")
    installation = Live("unguarded", PYTHONPATH=str(tmp_path))
    import psycopg

    with psycopg.connect(installation.database_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE applications_pool DROP CONSTRAINT pool_is_never_oversold")
    installation.start()
    yield installation
    installation.stop()


def test_control_without_the_guard_the_same_storm_oversells(unguarded: Live) -> None:
    make_in(unguarded, "storm", 20)
    answers = all_at_once(unguarded, "storm", [1] * 100)
    sold = statuses(answers)[201]
    _capacity, taken, in_rows = pool_of(unguarded, "storm")
    assert sold == in_rows > 20  # more people were told yes than there are seats
    assert taken < in_rows
    checked = unguarded.run("check")
    assert checked.returncode == 1
    assert "✖ 枠の確保数が内訳と合い、定員を超えない" in checked.stdout
