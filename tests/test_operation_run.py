"""`moyai run`: starts from nothing, recovers from the death of any part, leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from tests import server
from tests.live import Live


@pytest.fixture(scope="module")
def house() -> Iterator[Live]:
    """One installation with its own PostgreSQL, begun from an empty folder."""
    live = Live("run", embedded=True)
    live.start()
    yield live
    live.stop()


def wait(until: Callable[[], Any], what: str, seconds: float = 150) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := until():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not in {seconds} s: {what}")


def ready(live: Live) -> httpx.Response | None:
    try:
        return httpx.get(f"{live.url}/readyz", timeout=10)
    except httpx.HTTPError:
        return None


def is_ready(live: Live) -> bool:
    answer = ready(live)
    return answer is not None and answer.status_code == 200


def admin(live: Live) -> psycopg.Connection[Any]:
    from moyai.web.postgres import Embedded

    return psycopg.connect(
        host=str(Embedded(live.home).socket_folder), user="postgres", dbname="moyai", autocommit=True
    )


def processes(live: Live) -> set[psutil.Process]:
    """Everything that runs for this installation: by descent, by environment, by working folder."""
    found = set()
    for one in psutil.process_iter():
        try:
            said = [one.environ().get("MOYAI_HOME", ""), one.cwd(), *one.cmdline()]
            if any(str(live.home) in word for word in said):
                found.add(one)
        except psutil.Error:
            continue
    return found


def end(process: subprocess.Popen[bytes], number: int) -> int:
    process.send_signal(number)
    return process.wait(timeout=60)


def test_first_start_makes_an_installation_in_an_empty_folder(house: Live) -> None:
    answer = httpx.get(f"{house.url}/readyz", timeout=10)
    assert answer.status_code == 200
    report = answer.json()
    assert report["status"] == "ready" and report["database"] is True and report["migrations"] == "current"
    assert report["worker"]["workers"] >= 1
    assert httpx.get(f"{house.url}/healthz", timeout=10).json() == {"status": "ok"}
    assert (house.home / "secrets.json").stat().st_mode & 0o077 == 0
    assert (house.home / "postgresql" / "PG_VERSION").exists()
    names = {one.name() for one in processes(house)}
    assert "postgres" in names and len(processes(house)) > 6  # the finder finds


def test_second_start_of_the_same_house_says_so_in_one_line(house: Live) -> None:
    before = processes(house)
    again = house.run("run")
    assert again.returncode == 1
    assert again.stdout == ""
    (line,) = again.stderr.splitlines()
    assert line.startswith("もう起動しています") and str(house.home) in line
    assert before <= processes(house) and is_ready(house)


def test_taken_port_is_named_in_one_line_and_nothing_is_started(house: Live) -> None:
    other = Live("other", embedded=True, MOYAI_PORT=str(house.port))
    done = other.run("run")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"ポート{house.port}は使われています。MOYAI_PORTで別の番号を指定してください。"
    ]
    assert not (other.home / "postgresql").exists()
    assert processes(other) == set()
    other.stop()
    strange = Live("strange", embedded=True, MOYAI_PORT="八千")
    done = strange.run("run")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["MOYAI_PORTは1から65535までの番号で指定してください。"]
    strange.stop()


def keep_row(live: Live) -> int:
    """Commit a row; how many there are. They must still be there after whatever happens next."""
    with admin(live) as db:
        db.execute(
            "INSERT INTO tenants_service (code, name, scope)"
            " SELECT 'kept-' || count(*), '残るはずの行', 'all' FROM tenants_service"
        )
    return kept_rows(live)


def kept_rows(live: Live) -> int:
    with admin(live) as db:
        found = db.execute("SELECT count(*) FROM tenants_service WHERE code LIKE 'kept-%'").fetchone()
    return int(found[0]) if found else 0


@pytest.mark.parametrize("name", ["web", "worker", "postgres"])
def test_killed_child_is_started_again(house: Live, name: str) -> None:
    rows, before = keep_row(house), house.pid(name)
    house.kill(name)
    recovered(house, name, before)
    assert kept_rows(house) == rows


def recovered(live: Live, name: str, before: int) -> None:
    """A new process of this name, and everything works."""

    def again() -> bool:
        try:
            return live.pid(name) != before
        except (FileNotFoundError, IndexError):  # postgres writes its own
            return False

    wait(again, f"a new {name}")
    wait(lambda: is_ready(live), f"ready again; {ready(live)}; {live.log.read_text()[-2000:]}")


def test_killed_postmaster_whose_backends_live_on_is_started_again(house: Live) -> None:
    rows, before = keep_row(house), house.pid("postgres")
    os.kill(before, signal.SIGKILL)  # not its group
    recovered(house, "postgres", before)
    assert kept_rows(house) == rows


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_readyz_says_503_while_the_worker_gives_no_sign_of_life(house: Live) -> None:
    wait(lambda: is_ready(house), "ready")
    with frozen(house.pid("worker")):
        with admin(house) as db:  # as if the time had passed
            db.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        answer = httpx.get(f"{house.url}/readyz", timeout=10)
        assert answer.status_code == 503
        assert answer.json()["status"] == "unavailable" and answer.json()["worker"]["workers"] == 0
        assert httpx.get(f"{house.url}/healthz", timeout=10).status_code == 200
    wait(lambda: is_ready(house), "ready again")


def test_readyz_says_503_in_json_while_the_database_is_away(house: Live) -> None:
    assert house.process is not None
    with frozen(house.process.pid):  # so that nobody starts it again yet
        house.kill("postgres")
        answer = wait(lambda: (one := ready(house)) is not None and one.status_code == 503 and one, "503")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["database"] == "OperationalError"
        alive = httpx.get(f"{house.url}/healthz", timeout=10)
        assert alive.status_code == 200 and alive.json() == {"status": "ok"}
        page = httpx.get(f"{house.url}/", timeout=10)
        assert page.status_code in (500, 503) and "</html>" in page.text  # a page of ours, not a broken line
    wait(lambda: is_ready(house), "ready again")


def test_readyz_says_503_while_a_migration_is_missing(house: Live) -> None:
    wait(lambda: is_ready(house), "ready")
    with admin(house) as db:
        db.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0001_initial'")
        answer = httpx.get(f"{house.url}/readyz", timeout=10)
        db.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0001_initial', now())"
        )
    assert answer.status_code == 503 and answer.json()["migrations"] == "1 missing"
    wait(lambda: is_ready(house), "ready again")


def test_next_start_recovers_after_the_parent_was_killed(house: Live) -> None:
    assert house.process is not None
    rows, before = keep_row(house), processes(house)
    house.process.kill()
    house.process.wait(timeout=10)
    house.start(seconds=60)
    after = processes(house)
    assert before.isdisjoint(after), "something of the killed start lives on"
    assert kept_rows(house) == rows


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_every_process_and_the_next_start_works(house: Live, number: signal.Signals) -> None:
    assert house.process is not None
    if house.process.poll() is not None:
        house.start(seconds=60)
    assert len(processes(house)) > 6
    assert end(house.process, number) == 0
    assert processes(house) == set()
    assert not (house.home / "postgresql" / "postmaster.pid").exists()
    assert list((house.home / "run").glob("*.pid")) == []
    last = house.log.read_text().rstrip().splitlines()[-1]
    assert last == "止めています…", last  # no traceback


def test_signal_during_the_start_leaves_nothing_either() -> None:
    live = Live("early", embedded=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "moyai.web.cli", "run"],
        env=live.environment,
        cwd=server.SOURCE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait(Path(live.home / "postgresql" / "postmaster.pid").exists, "a server that starts")
    assert end(process, signal.SIGTERM) == 0
    wait(lambda: processes(live) == set(), "no process", 5)
    assert b"Traceback" not in process.stderr.read()  # type: ignore[union-attr]
    live.stop()


def test_own_server_is_prepared_and_used_instead_of_the_embedded_one() -> None:
    name = f"own_{server.WORKER}"
    server.ensure()
    server.admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    live = Live("own", embedded=True, MOYAI_DATABASE_URL=server.database_url(name))
    live.start()
    assert not (live.home / "postgresql").exists()
    with psycopg.connect(server.database_url(name)) as db:
        served = db.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'moyai_app'", [name]
        ).fetchone()
        assert served is not None and served[0] > 0
    live.stop()
    server.admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_ordinary_user_runs_it_without_any_right() -> None:
    """When the tests run as root: as `nobody`. Else every other test of this file has shown it already."""
    live = Live("plain", embedded=True)
    user, command = os.geteuid(), [sys.executable, "-m", "moyai.web.cli", "run"]
    if user == 0:
        nobody = pwd.getpwnam("nobody")
        user = nobody.pw_uid
        os.chown(live.home, nobody.pw_uid, nobody.pw_gid)
        # Root's checkout may lie where nobody looks: the one right given is to read.
        reading = "-all,+dac_read_search"
        who = ["--reuid", str(user), "--regid", str(nobody.pw_gid), "--clear-groups"]
        command = ["setpriv", *who, "--inh-caps", reading, "--ambient-caps", reading, *command]
    with live.log.open("ab") as log:
        process = subprocess.Popen(
            command,
            env=live.environment | {"HOME": str(live.home), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=server.SOURCE,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait(lambda: is_ready(live) or process.poll() is not None, "ready")
        assert process.poll() is None, live.log.read_text()[-3000:]
        assert {one.uids().effective for one in processes(live)} == {user}
    finally:
        assert end(process, signal.SIGTERM) == 0
    assert processes(live) == set()
    shutil.rmtree(live.home)
