"""A resident fills in twenty fields, checks, submits and reads the receipt: CPU-ms in all, and journeys a second."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import psutil

from tests import server
from tests.live import Live, free_port
from tests.load.forms import twenty_answers

CONNECTIONS = (1, 8, 32)


@dataclass(frozen=True)
class Journeys:
    what: str
    connections: int
    done: int
    failed: int
    cpu_ms: float  # of web and PostgreSQL, for one
    web_ms: float
    database_ms: float
    per_second: float
    p50_ms: float
    p95_ms: float


class Visitor:
    """One connection that is kept, with its cookies, as a browser has it; no scripts, no pictures."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(self, path: str, form: dict[str, object] | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": self.csrf} | form, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.csrf = found[1]
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), text

    def leave(self) -> None:
        self.connection.close()


BASE = "/chiba-shi/applications/bench"


def apply_by_pages(visitor: Visitor, place: int) -> bool:
    """Five requests: the form, its answers, the check page, the submission, the receipt."""
    visitor.cookies.clear()
    status, _, text = visitor.ask(f"{BASE}/new/")
    token = re.search(r'name="token" value="([^"]+)"', text)
    if status != 200 or token is None:
        return False
    answers = dict(twenty_answers(place))
    year, month, day = str(answers.pop("born_on")).split("-")
    shown = re.search(r'name="shown" value="([^"]*)"', text)
    fields: dict[str, object] = {"token": token[1], "shown": shown[1] if shown else "", **answers}
    fields |= {"born_on_year": year, "born_on_month": month, "born_on_day": day}
    status, check, text = visitor.ask(f"{BASE}/new/", fields)
    if status != 302:
        return False
    status, _, _ = visitor.ask(check)
    if status != 200:
        return False
    status, done, _ = visitor.ask(check, {})
    if status != 302 or not done.endswith("/done/"):
        return False
    status, _, text = visitor.ask(done)
    return status == 200 and re.search(r"\d{4}-\d{4}-\d{4}", text) is not None


def ask_bare(visitor: Visitor, place: int) -> bool:
    return visitor.ask("/")[0] == 200


def cpu_of(pid: int) -> float:
    """CPU-ms of a process, what it started, and what of that has ended."""
    top = psutil.Process(pid)
    total = 0.0
    for one in [top, *top.children(recursive=True)]:
        try:
            total += sum(one.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total * 1000


def run(
    what: str,
    act: Callable[[Visitor, int], bool],
    *,
    port: int,
    pids: tuple[int, ...],
    connections: int,
    count: int,
    seconds: float,
) -> Journeys:
    """`count` acts over `connections` connections, or as many as fit in `seconds`."""
    times: list[float] = []
    failed: list[int] = []
    places = iter(range(count))
    taking = threading.Lock()
    until = time.monotonic() + seconds

    def work() -> None:
        visitor = Visitor(port)
        while time.monotonic() < until:
            with taking:
                place = next(places, None)
            if place is None:
                break
            started = time.perf_counter()
            good = act(visitor, place)
            (times if good else failed).append((time.perf_counter() - started) * 1000)  # type: ignore[arg-type]
        visitor.leave()

    before = [cpu_of(pid) for pid in pids]
    started = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    web, database = [
        *(after - earlier for after, earlier in zip([cpu_of(pid) for pid in pids], before, strict=True)),
        0.0,
    ][:2]
    done = max(1, len(times))
    times.sort()
    return Journeys(
        what=what,
        connections=connections,
        done=len(times),
        failed=len(failed),
        cpu_ms=(web + database) / done,
        web_ms=web / done,
        database_ms=database / done,
        per_second=len(times) / took,
        p50_ms=times[len(times) // 2] if times else 0.0,
        p95_ms=times[int(len(times) * 0.95)] if times else 0.0,
    )


def measure(count: int, seconds: float, *, live: Live | None = None) -> list[Journeys]:
    """Rows: the bare page and the journey, each at every number of connections.

    `live` stands in for an installation with its own PostgreSQL; of a database it shares nothing is counted.
    """
    if live is None:
        live = Live("load", embedded=True, MOYAI_LOG_LEVEL="WARNING")
    with live.running():
        return _measured(live, count, seconds)


def _measured(live: Live, count: int, seconds: float) -> list[Journeys]:
    bare = None
    try:
        for module in (("tests.world",) if live.embedded else ()) + ("tests.load.inside",):
            subprocess.run(
                [sys.executable, "-m", module],
                env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
                cwd=server.SOURCE,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        bare_port = free_port()
        bare = _serve_bare(live, bare_port)
        web, database = live.pid("web"), [live.pid("postgres")] if live.embedded else []
        rows = []
        for _warm in range(2):
            run(
                "",
                apply_by_pages,
                port=live.port,
                pids=(web, *database),
                connections=8,
                count=min(24, count),
                seconds=seconds,
            )
            run(
                "",
                ask_bare,
                port=bare_port,
                pids=(bare.pid, *database),
                connections=8,
                count=min(24, count),
                seconds=seconds,
            )
        for connections in CONNECTIONS:
            rows.append(
                run(
                    "bare page, one SELECT",
                    ask_bare,
                    port=bare_port,
                    pids=(bare.pid, *database),
                    connections=connections,
                    count=count * 10,
                    seconds=seconds,
                )
            )
            rows.append(
                run(
                    "20-field journey",
                    apply_by_pages,
                    port=live.port,
                    pids=(web, *database),
                    connections=connections,
                    count=count,
                    seconds=seconds,
                )
            )
        return rows
    finally:
        if bare is not None:
            bare.send_signal(signal.SIGTERM)
            bare.wait(timeout=30)


def _serve_bare(live: Live, port: int) -> subprocess.Popen[bytes]:
    from moyai.web.postgres import Embedded

    own = f"host={Embedded(live.home).socket_folder} user=postgres dbname=moyai"
    database = own if live.embedded else live.database_url
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "tests.load.bare:application"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--worker-class", "gthread"),
            *("--no-control-socket", "--log-level", "error", "--preload"),
        ],
        env=os.environ | {"BARE_DATABASE": database},
        cwd=server.SOURCE,
        stdout=subprocess.DEVNULL,
    )
    for _ in range(200):
        visitor = Visitor(port)
        try:
            if ask_bare(visitor, 0):
                return process
        except OSError:
            time.sleep(0.1)
        finally:
            visitor.leave()
    raise RuntimeError("the bare page does not answer")
