"""The one door to the queue: a job is deferred in the transaction of what it belongs to.

The worker reopens the same body. A job takes ids only, and may run twice without harm: it looks at the
state of its row before it acts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import close_old_connections, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from moyai.tenants import clock
from moyai.tenants.models import Body
from moyai.tenants.wall import WallError, acting_in, current_body

log = structlog.get_logger("moyai.job")
JobFunction = Callable[..., None]
_CODE = re.compile(r"[a-z0-9_.:-]{1,80}")


@dataclass(frozen=True, slots=True)
class Job:
    """A registered job; call it directly only in tests."""

    name: str
    run: JobFunction
    task: Any
    per_body: bool = True

    def __call__(self, **kwargs: Any) -> None:
        self.run(**kwargs)


def job(*, name: str, queue: str = "default", retry: int = 5) -> Callable[[JobFunction], Job]:
    """Register `def f(*, <ids>, now)`; it runs in one transaction inside the wall of the body that deferred it.

    Failures are retried `retry` times after 4, 16, 64 … seconds.
    """

    def register(function: JobFunction) -> Job:
        def run(body_id: int | None = None, request_id: str = "", **ids: Any) -> None:
            _work(function, name, body_id, request_id, ids)

        task = app.task(
            run, name=name, queue=queue, retry=RetryStrategy(max_attempts=retry, exponential_wait=4)
        )
        return Job(name=name, run=function, task=task)

    return register


def later(target: Job, **ids: Any) -> None:
    """Defer a job with ids, to run after this transaction commits; a roll-back takes it away again."""
    for name, value in ids.items():
        if not (
            value is None or isinstance(value, int) or (isinstance(value, str) and _CODE.fullmatch(value))
        ):
            raise TypeError(f"a job takes ids and codes only, for its row outlives what it names: {name}")
    if not connection.in_atomic_block:
        raise WallError("a job is deferred inside the transaction of what it belongs to")
    body = current_body()
    context = structlog.contextvars.get_contextvars()
    app.configure_task(target.name, queue=target.task.queue).defer(
        body_id=body.pk if body else None, request_id=str(context.get("request_id", "")), **ids
    )


def every(cron: str, *, name: str, per_body: bool = True) -> Callable[[JobFunction], Job]:
    """Register a periodic job (cron in Japanese time): once per body as `f(*, body, now)`, or `f(*, now)`."""

    def register(function: JobFunction) -> Job:
        def for_one(body_id: int | None = None, request_id: str = "") -> None:
            _work(function, name, body_id, request_id, {}, with_body=per_body)

        one = app.task(
            for_one, name=f"{name}.one", queue="periodic", retry=RetryStrategy(max_attempts=3, wait=60)
        )

        def tick(timestamp: int) -> None:
            close_old_connections()
            with transaction.atomic():
                today = clock.today(clock.now())
                bodies = (
                    Body.objects.filter(from_on__lte=today)
                    .exclude(until_on__lt=today)
                    .values_list("id", flat=True)
                    if per_body
                    else [None]
                )
                for body_id in bodies:
                    app.configure_task(one.name, queue="periodic").defer(body_id=body_id)

        task = app.periodic(cron=cron)(app.task(tick, name=name, queue="periodic", queueing_lock=name))
        return Job(name=name, run=function, task=task, per_body=per_body)

    return register


def _work(
    function: JobFunction,
    name: str,
    body_id: int | None,
    request_id: str,
    ids: dict[str, Any],
    with_body: bool = False,
) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(job=name, request_id=request_id, body=None, account=None):
        try:
            if body_id is None:
                with transaction.atomic():
                    function(**ids, now=clock.now())
            else:
                body = Body.objects.get(pk=body_id)
                structlog.contextvars.bind_contextvars(body=body.code)
                with acting_in(body) as now:
                    extra: dict[str, Any] = {"body": body} if with_body else {}
                    function(**ids, **extra, now=now)
        except Exception:
            log.error("job failed", exc_info=True)
            raise
        log.info("job done", ms=round((time.perf_counter() - started) * 1000, 1))
