"""/healthz: the process answers. /readyz: database, migrations and worker do too."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse

from moyai.people.door import outside

LAG_SECONDS = 120  # a job waiting longer than this means the worker is not keeping up
# A worker says that it lives three times in this span; without a sign for twice the span it does not.
STALLED_SECONDS = int(os.environ.get("MOYAI_STALLED_SECONDS", "30"))


@outside
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@lru_cache(maxsize=1)
def _in_source() -> frozenset[tuple[str, str]]:
    """Every migration this version brings; files do not change while a process runs."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def missing_migrations() -> list[str]:
    """Migrations of this version that the database has not seen."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _in_source() - set(applied))


def worker_lag() -> dict[str, Any]:
    """Jobs that are due and not begun: how many, and how long the first has waited, in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)"
            " FROM procrastinate_jobs j LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events"
            " WHERE job_id = j.id AND type IN ('deferred', 'deferred_for_retry')) e ON true"
            " WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())"
        )
        waiting, seconds = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [2 * STALLED_SECONDS],
        )
        workers = cursor.fetchone()[0]
    return {"waiting": waiting, "seconds": round(float(seconds), 1), "workers": workers}


@outside
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, no migration is missing and the worker keeps up; else 503."""
    report: dict[str, Any] = {"database": False, "migrations": None, "worker": None}
    try:
        missing = missing_migrations()
        report["database"] = True
        report["migrations"] = "current" if not missing else f"{len(missing)} missing"
        report["worker"] = lag = worker_lag()
    except Error as error:
        report["database"] = type(error).__name__
        return JsonResponse({"status": "unavailable", **report}, status=503)
    fine = not missing and lag["seconds"] <= LAG_SECONDS and lag["workers"] > 0
    return JsonResponse({"status": "ready" if fine else "unavailable", **report}, status=200 if fine else 503)
