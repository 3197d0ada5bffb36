"""/healthz: the process answers. /readyz: database, migrations and worker do too."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

LAG_SECONDS = 120  # a job waiting longer than this means the worker is not keeping up


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


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
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 s'")
        workers = cursor.fetchone()[0]
    return {"waiting": waiting, "seconds": round(float(seconds), 1), "workers": workers}


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, no migration is missing and the worker keeps up; else 503."""
    report: dict[str, Any] = {"database": False, "migrations": None, "worker": None}
    try:
        executor = MigrationExecutor(connection)
        report["database"] = True
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        report["migrations"] = "current" if not missing else f"{len(missing)} missing"
        report["worker"] = lag = worker_lag()
    except DatabaseError as error:
        report["database"] = type(error).__name__
        return JsonResponse({"status": "unavailable", **report}, status=503)
    fine = not missing and lag["seconds"] <= LAG_SECONDS and lag["workers"] > 0
    return JsonResponse({"status": "ready" if fine else "unavailable", **report}, status=200 if fine else 503)
