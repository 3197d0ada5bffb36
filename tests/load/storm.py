"""500 people at the same instant for 100 seats, over HTTP; beside it the same form without a limit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import dataclass
from secrets import token_urlsafe

import httpx

from moyai.applications.tests.places_storm import make_in, pool_of
from moyai.web.postgres import Embedded
from tests import server
from tests.live import Live
from tests.load.journeys import cpu_of


@dataclass(frozen=True)
class Storm:
    what: str
    asked: int
    accepted: int
    refused: int
    lost: int  # without an answer, or with another one
    oversold: int
    cpu_ms: float  # of web and PostgreSQL, for one that asked
    seconds: float
    p50_ms: float
    p95_ms: float


def _storm(live: Live, what: str, code: str, asked: int) -> Storm:
    times: list[float] = []
    statuses: list[int] = []

    async def one(client: httpx.AsyncClient) -> None:
        started = time.perf_counter()
        try:
            answer = await client.post(
                f"/api/bodies/chiba-shi/procedures/{code}/applications",
                json={
                    "token": token_urlsafe(24),
                    "answers": {"name": "髙﨑 花子", "session": "a", "count": 1},
                },
            )
        except httpx.HTTPError:
            statuses.append(0)
            return
        statuses.append(answer.status_code)
        times.append((time.perf_counter() - started) * 1000)

    async def together() -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=live.url, timeout=120, limits=limits) as client:
            await asyncio.gather(*(one(client) for _each in range(asked)))

    pids = [live.pid("web"), *([live.pid("postgres")] if live.embedded else [])]
    before = sum(cpu_of(pid) for pid in pids)
    started = time.perf_counter()
    asyncio.run(together())
    took = time.perf_counter() - started
    used = sum(cpu_of(pid) for pid in pids) - before
    capacity, taken, in_rows = pool_of(live, code)
    times.sort()
    accepted, refused = statuses.count(201), statuses.count(409)
    return Storm(
        what=what,
        asked=asked,
        accepted=accepted,
        refused=refused,
        lost=asked - accepted - refused,
        oversold=max(0, max(taken, in_rows) - capacity),
        cpu_ms=used / asked,
        seconds=took,
        p50_ms=times[len(times) // 2],
        p95_ms=times[int(len(times) * 0.95)],
    )


def measure(asked: int, *, live: Live | None = None) -> list[Storm]:
    """Baseline first: a form whose seats outnumber those who ask. `live` stands in for one with its own PostgreSQL."""
    if live is None:
        live = Live("load_storm", embedded=True, MOYAI_LOG_LEVEL="WARNING")
    with live.running():
        if live.embedded:
            furnish(live)
        make_in(live, "warm", asked)
        make_in(live, "plenty", asked * 2)
        make_in(live, "few", asked // 5)
        _storm(live, "", "warm", min(100, asked))
        return [
            _storm(live, "seats for all", "plenty", asked),
            _storm(live, f"{asked // 5} seats", "few", asked),
        ]


def furnish(live: Live) -> None:
    """The world of the tests in an installation with a PostgreSQL of its own."""
    live.database_url = f"host={Embedded(live.home).socket_folder} user=postgres dbname=moyai"
    subprocess.run(
        [sys.executable, "-m", "tests.world"],
        env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        check=True,
        stdout=subprocess.DEVNULL,
    )
