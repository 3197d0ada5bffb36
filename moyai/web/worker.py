"""The worker: runs jobs, and takes back those whose worker was killed."""

from __future__ import annotations

import asyncio
import os
import threading
import time

import structlog
from django.db import Error, connection

STALLED_SECONDS = int(os.environ.get("MOYAI_STALLED_SECONDS", "30"))
log = structlog.get_logger("moyai.worker")


def take_back_stalled() -> int:
    """Make the jobs of workers without a heartbeat wait again; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procrastinate_prune_stalled_workers_v1(%s) AS p(id)", [float(STALLED_SECONDS)]
        )
        cursor.fetchall()
        cursor.execute(
            "SELECT j.id FROM procrastinate_jobs j WHERE j.status = 'doing' AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_workers w WHERE w.id = j.worker_id)"
        )
        lost = [row[0] for row in cursor.fetchall()]
        for job_id in lost:
            cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job_id])
    if lost:
        log.warning("jobs taken back", count=len(lost))
    return len(lost)


def _watch() -> None:
    while True:
        try:
            take_back_stalled()
        except Error as error:  # the database is away; look again later
            log.warning("stalled jobs not looked for", error=type(error).__name__)
        connection.close()
        time.sleep(max(2, STALLED_SECONDS / 3))


def work() -> None:
    """Run until TERM or Ctrl-C; jobs under way are finished first."""
    from procrastinate.contrib.django import app

    threading.Thread(target=_watch, daemon=True, name="stalled-jobs").start()
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    asyncio.run(_serve(worker_app))


async def _serve(worker_app: object) -> None:
    async with worker_app.open_async():  # type: ignore[attr-defined]
        await worker_app.run_worker_async(  # type: ignore[attr-defined]
            concurrency=3,
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=max(1.0, STALLED_SECONDS / 3),
            stalled_worker_timeout=float(STALLED_SECONDS),
            delete_jobs="successful",
            listen_notify=True,
            shutdown_graceful_timeout=20,
        )
