"""`moyai replay chiba-fy2017`: a whole council's year through the real actions, restartable."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from datetime import datetime
from datetime import time as clock_time
from fractions import Fraction
from pathlib import Path
from typing import Any

# Nothing of the house is imported up here: the processes read this file before Django is ready.
YEARS = Path(__file__).resolve().parent / "demo_council"


def replay(*, name: str, scale: str, processes: int | None = None) -> int:
    """Play the year; exit code 0 when every body's last day is there."""
    source = YEARS / f"{name.replace('-', '_')}.json"
    if not source.exists():
        print(f"「{name}」という年度はありません。あるもの：chiba-fy2017")
        return 2
    try:
        portion = Fraction(scale)
    except ValueError:
        portion = Fraction(0)
    if not 0 < portion <= 100:
        print("--scale には0より大きく100までの数を指定してください。")
        return 2
    from django.db import connections, transaction

    from moyai.applications.replay import plan
    from moyai.web.demo_council import load_council

    year = json.loads(source.read_text(encoding="utf-8"))
    with transaction.atomic():
        load_council()
    connections.close_all()  # the processes below open their own
    bodies = sorted(plan(year, scale=portion), key=lambda body: -body.applications)
    return _play(year, bodies, portion, processes or min(2, os.cpu_count() or 1))


def _play(year: dict[str, Any], bodies: list[Any], portion: Fraction, processes: int) -> int:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    context = multiprocessing.get_context("spawn")
    done: Any = context.Queue()
    todo: Any = context.Queue()
    for body in bodies:
        todo.put(body)
    workers = [
        context.Process(target=_work, args=(year, todo, done), name=f"replay-{at}") for at in range(processes)
    ]
    started = time.monotonic()
    arrived = open_bodies = 0
    open_bodies = len(bodies)
    for worker in workers:
        worker.start()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task(f"{year['name']} ×{portion}", total=sum(body.applications for body in bodies))
        while open_bodies and (any(worker.is_alive() for worker in workers) or not done.empty()):
            try:
                body_name, count, fresh = done.get(timeout=1)
            except Exception:  # noqa: S112  (queue.Empty of another context)
                continue
            if count is None:
                open_bodies -= 1
            else:
                arrived += count if fresh else 0
                progress.update(bar, advance=count, description=body_name)
    todo.cancel_join_thread()  # what nobody took is not waited for
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - started
    print(f"{arrived:,}件を{seconds:,.0f}秒で申請しました（1秒に{arrived / max(seconds, 0.001):,.0f}件）。")
    if open_bodies:
        print(f"{open_bodies}団体が終わっていません。もう一度同じ命令を実行すると、続きから再現します。")
        return 1
    return 0


def _work(year: dict[str, Any], todo: Any, done: Any) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    import queue

    import django

    django.setup()
    while True:
        try:
            body_year = todo.get(timeout=1)
        except queue.Empty:
            return
        _play_body(year, body_year, done)
        done.put((body_year.name, None, False))


def _play_body(year: dict[str, Any], body_year: Any, done: Any) -> None:
    from moyai.applications.replay import days_played, play_day, prepare
    from moyai.calendars.public import fiscal_year_range, office_calendar
    from moyai.tenants.public import Body, acting_in, clock

    first, last = fiscal_year_range(int(year["fiscal_year"]))
    body = Body.objects.get(name=body_year.name)
    opening = datetime.combine(first, clock_time(0, 0), tzinfo=clock.JST)
    with clock.at(opening), acting_in(body) as now:
        calendar = office_calendar(body)
        street = prepare(
            body=body, procedures=body_year.procedures, registered_on=first, now=now, calendar=calendar
        )
        played = days_played(body=body, first=first, last=last)
    for day in body_year.days:
        if played is not None and day.on <= played:
            done.put((body.name, day.applications, False))
            continue
        with acting_in(body):
            count = play_day(body=body, street=street, day=day)
        done.put((body.name, count, True))
