"""すべての市町村の空き: committed rows of several bodies, seen through the eye that sees all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from tests import server


@pytest.fixture(scope="module")
def town(django_db_setup: None) -> dict[str, Any]:
    """What the page shows on a clone of the world in which more bodies have halls."""
    done = subprocess.run(
        [sys.executable, "-m", "moyai.reservations.tests.everywhere_town"],
        env=os.environ
        | {
            "MOYAI_DATABASE_URL": server.clone(f"town_{server.WORKER}"),
            "DJANGO_SETTINGS_MODULE": "moyai.web.settings",
        },
        cwd=server.SOURCE,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def halls_of(html: str) -> set[int]:
    """The halls whose gym is shown."""
    return {int(number) for number in re.findall(r'facility=every-(\d)"[^>]*>\s*みどり体育館 体育館', html)}


def test_A38_queries_do_not_grow_with_the_bodies(town: dict[str, Any]) -> None:
    assert town["two"]["status"] == town["eight"]["status"] == 200
    assert town["two"]["queries"] == town["eight"]["queries"]
    assert sum(town["eight"]["queries"]) <= 24


def test_A38_free_rooms_of_all_bodies_by_day_and_purpose_and_never_a_name(town: dict[str, Any]) -> None:
    """Hall 0 and 6 are taken all day, hall 3 and 7 are closed."""
    assert halls_of(town["two"]["html"]) == {1}
    assert halls_of(town["eight"]["html"]) == {1, 2, 4, 5}
    assert halls_of(town["night"]["html"]) == {1, 2, 4, 5}
    html = town["eight"]["html"]
    assert f"/matsudo-shi/availability/?day={town['day']}&amp;facility=every-1" in html
    assert "<h3>第4市</h3>" in html and "<h3>第3市</h3>" not in html
    assert "松戸 太郎" not in html and "秘密の会合" not in html and town["eight"]["cookies"] == 0
