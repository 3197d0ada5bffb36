"""Against a running installation: many at once. One account registers once; what two clerks decide is decided once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections import Counter
from typing import Any

import httpx
import psycopg

from moyai.reservations.tests.test_registration_pages import TOLD
from tests import server

PORTAL = "/chiba-shi/reservations/registrations/"
OFFICE = "/chiba-shi/office/reservations/registrations/"


def prepared(live: Any, mark: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "moyai.reservations.tests.registration_setup", mark],
        env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def all_at_once(live: Any, sent: list[tuple[str, str, dict[str, Any]]]) -> list[int]:
    """One POST for each (session, address, data), from its own form, all let go together; gives the statuses."""
    clients, marks = [], []
    for cookie, address, _data in sent:
        client = httpx.Client(base_url=live.url, timeout=120, headers={"Cookie": cookie})
        page = client.get(address)
        assert page.status_code == 200, page.text[-2000:]
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found is not None
        token = page.cookies.get("csrftoken") or next(
            (value for name, value in page.cookies.items() if "csrf" in name), ""
        )
        name = next((name for name in page.cookies if "csrf" in name), "csrftoken")
        client.cookies.clear()
        client.headers["Cookie"] = f"{cookie}; {name}={token}"
        clients.append(client)
        marks.append(found[1])
    barrier, statuses = threading.Barrier(len(clients)), [0] * len(clients)

    def send(at: int) -> None:
        barrier.wait()
        _cookie, address, data = sent[at]
        answer = clients[at].post(address, data={"csrfmiddlewaretoken": marks[at], **data})
        statuses[at] = answer.status_code

    threads = [threading.Thread(target=send, args=(at,)) for at in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    return statuses


def rows(live: Any, query: str, *values: Any) -> list[Any]:
    with psycopg.connect(live.database_url) as owner:
        return owner.execute(query, values).fetchall()


def test_twenty_applications_of_one_account_at_once_are_one(live: Any) -> None:
    made = prepared(live, "once")
    told = [TOLD | {"name": f"髙橋 花子{' ' * (n % 3)}"} for n in range(20)]
    statuses = all_at_once(live, [(made["resident"], f"{PORTAL}new/person/", one) for one in told])
    assert Counter(statuses) == {302: 1, 422: 19}
    found = rows(
        live,
        "SELECT count(*) FROM reservations_registration r JOIN people_account a ON a.id = r.account_id"
        " WHERE a.email = %s",
        "once@race.example",
    )
    assert found == [(1,)]


def test_two_clerks_approving_at_once_approve_once(live: Any) -> None:
    made = prepared(live, "clerks")
    row = made["rows"]["second"]
    data = {"version": row["version"], "resident_class": "resident", "class_until": "", "relief": ""}
    address = f"{OFFICE}{row['number']}/approve/"
    data["looked_at_doubles"] = "on"
    statuses = all_at_once(live, [(cookie, address, data) for cookie in made["clerks"] * 4])
    assert sorted(statuses)[0] == 302 and set(statuses) <= {302, 422}
    state = rows(
        live,
        "SELECT r.state, r.version, (SELECT count(*) FROM reservations_happening h WHERE h.body_id = r.body_id"
        " AND h.registration_id = r.id AND h.what = 'approved'), (SELECT count(*) FROM notices_message m"
        " WHERE m.body_id = r.body_id AND m.about_id = r.id AND m.kind = 'reservations.registration_approved')"
        " FROM reservations_registration r WHERE r.number = %s",
        row["number"],
    )
    assert state == [("active", row["version"] + 1, 1, 1)]


def test_two_applications_of_one_person_approved_at_once_are_one(live: Any) -> None:
    made = prepared(live, "twins")
    first, twin = made["rows"]["first"], made["rows"]["twin"]
    told = {"resident_class": "resident", "class_until": "", "relief": "", "looked_at_doubles": "on"}
    results = all_at_once(
        live,
        [
            (cookie, f"{OFFICE}{row['number']}/approve/", told | {"version": row["version"]})
            for cookie, row in zip(made["clerks"], (first, twin), strict=True)
        ],
    )
    assert sorted(results) == [302, 422]
    states = rows(
        live,
        "SELECT state FROM reservations_registration WHERE number IN (%s, %s) ORDER BY state",
        first["number"],
        twin["number"],
    )
    assert states == [("active",), ("pending",)]
