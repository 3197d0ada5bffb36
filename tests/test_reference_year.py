"""The reference year through the command line: killed in the middle, run again, and printed from rows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import psycopg
import pytest

from tests import server

NAME = f"year_{server.WORKER}"
SCALE = "1/800"


def moyai(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "moyai.web.cli", *arguments],
        env=os.environ | {"MOYAI_DATABASE_URL": server.database_url(NAME)},
        cwd=server.SOURCE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def arrived() -> int:
    with psycopg.connect(server.database_url(NAME)) as owner:
        row = owner.execute("SELECT count(*) FROM applications_application WHERE received_on < '2018-04-01'").fetchone()
        assert row
        return int(row[0])


@pytest.fixture(scope="module")
def figures(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """The tables of FY2017 after a replay that was killed once."""
    server.clone(NAME)
    first = moyai("replay", "chiba-fy2017", "--scale", SCALE)
    deadline = time.monotonic() + 300
    while arrived() < 20 and time.monotonic() < deadline and first.poll() is None:
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    halfway = arrived()
    second = moyai("replay", "chiba-fy2017", "--scale", SCALE)
    said, _ = second.communicate(timeout=600)
    assert second.returncode == 0, said[-2000:]
    printed, _ = moyai("report", "figures", "applications", "--fiscal-year", "2017", "--format", "json").communicate()
    tables: dict[str, Any] = {"halfway": halfway, "said": said}
    decoder = json.JSONDecoder()
    rest = printed.strip()
    for name in ("members", "totals", "procedures", "months"):
        tables[name], end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
    yield tables
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def cells(table: dict[str, Any], column: str) -> dict[str, Any]:
    return {row["label"]: row["cells"][column]["value"] for row in table["rows"]}


def wanted() -> dict[str, int]:
    from moyai.applications.replay import plan
    from moyai.web.replay import YEARS

    year = json.loads((YEARS / "chiba_fy2017.json").read_text(encoding="utf-8"))
    return {body.name: body.applications for body in plan(year, scale=Fraction(SCALE))}


def test_the_replay_was_really_stopped_in_the_middle(figures: dict[str, Any]) -> None:
    assert 20 <= figures["halfway"] < sum(wanted().values())


def test_C26_21_bodies_by_name(figures: dict[str, Any]) -> None:
    (row,) = figures["members"]["rows"]
    assert row["cells"]["count"]["value"] == 21
    assert row["cells"]["names"]["value"].split("、")[:2] == ["千葉県", "千葉市"]
    assert "袖ヶ浦市" not in row["cells"]["names"]["value"]


def test_C27_applications_of_the_prefecture_and_the_others_add_up(figures: dict[str, Any]) -> None:
    counts = wanted()
    (row,) = figures["totals"]["rows"]
    shown = {key: cell["value"] for key, cell in row["cells"].items()}
    assert shown == {
        "total": sum(counts.values()),
        "prefecture": counts["千葉県"],
        "municipalities": sum(counts.values()) - counts["千葉県"],
    }


def test_C27_every_body_and_month_after_a_kill_nothing_is_lost_or_twice(figures: dict[str, Any]) -> None:
    by_body = cells(figures["months"], "year")
    counts = wanted()
    assert by_body.pop("合計") == sum(counts.values())
    assert {name: value or 0 for name, value in by_body.items()} == counts


def test_C28_procedures_by_body_are_the_seeds(figures: dict[str, Any]) -> None:
    from moyai.web.replay import YEARS

    year = json.loads((YEARS / "chiba_fy2017.json").read_text(encoding="utf-8"))
    by_body = cells(figures["procedures"], "procedures")
    assert by_body.pop("合計") == 1_928
    assert by_body == year["applications"]["procedures"]
