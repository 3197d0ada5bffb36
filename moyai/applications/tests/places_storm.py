"""Many people at once who want a place in a running installation. Not a test itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable
from secrets import token_urlsafe
from typing import Any

import httpx
import psycopg

from tests import server


def make_in(live: Any, code: str, capacity: int, *words: str) -> None:
    """A procedure with the pool "a"; `words` are waiting, yen."""
    done = subprocess.run(
        [sys.executable, "-m", "moyai.applications.tests.places_setup", code, str(capacity), *words],
        env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def all_at_once(live: Any, code: str, counts: Iterable[int]) -> list[httpx.Response | httpx.HTTPError]:
    """One submission through the API for each count, each on a connection of its own, all open together."""

    async def one(client: httpx.AsyncClient, count: int) -> httpx.Response | httpx.HTTPError:
        answers = {"name": "髙﨑 花子", "session": "a", "count": count}
        try:
            return await client.post(
                f"/api/bodies/chiba-shi/procedures/{code}/applications",
                json={"token": token_urlsafe(24), "answers": answers},
            )
        except httpx.HTTPError as error:
            return error

    async def together() -> list[httpx.Response | httpx.HTTPError]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=live.url, timeout=120, limits=limits) as client:
            return await asyncio.gather(*(one(client, count) for count in counts))

    return asyncio.run(together())


def rows(live: Any, query: str, *values: Any) -> list[Any]:
    with psycopg.connect(live.database_url) as owner:
        return owner.execute(query, values).fetchall()  # type: ignore[arg-type]


def pool_of(live: Any, code: str) -> tuple[int, int, int]:
    """Capacity, taken, and the sum of what is taken according to the rows of the applications."""
    found: tuple[int, int, int] = rows(
        live,
        "SELECT p.capacity, p.taken, (SELECT coalesce(sum(t.quantity), 0)::bigint"
        " FROM applications_taking t JOIN applications_application a"
        " ON a.body_id = t.body_id AND a.id = t.application_id"
        " WHERE t.body_id = p.body_id AND t.pool_id = p.id AND t.state = 'taken')"
        " FROM applications_pool p JOIN applications_procedure r ON r.body_id = p.body_id"
        " AND r.id = p.procedure_id WHERE r.code = %s AND p.key = 'a'",
        code,
    )[0]
    return found


def applications_of(live: Any, code: str) -> int:
    count: int = rows(
        live,
        "SELECT count(*) FROM applications_application a JOIN applications_procedure r"
        " ON r.body_id = a.body_id AND r.id = a.procedure_id WHERE r.code = %s",
        code,
    )[0][0]
    return count
