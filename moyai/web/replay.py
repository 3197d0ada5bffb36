"""`moyai replay chiba-fy2017`: a whole council's year through the real actions, restartable."""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from datetime import time as clock_time
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from moyai.web.spent import Meter, Spent, database_seconds, own_seconds

# Nothing of the house is imported up here: the processes read this file before Django is ready.
YEARS = Path(__file__).resolve().parent / "demo_council"
ACTS: Final = {"applications": "申請", "users": "利用者登録", "bookings": "予約", "entries": "抽選申込"}
PHASES: Final = {
    "masters": "準備",
    "applications": "申請",
    "users": "利用者登録",
    "entries": "抽選申込",
    "draws": "抽選",
    "wins": "当選の予約",
    "bookings": "予約",
}
COUNTED_AS: Final = {"wins": "bookings"}  # phases that make what another word counts


@dataclass(frozen=True, slots=True)
class Task:
    """One body's year of one service, for one process. `size`: how many acts; `wanted`: how many of each kind."""

    service: str
    year: Any
    wanted: dict[str, int]

    @property
    def size(self) -> int:
        return sum(self.wanted.values())


def replay(*, name: str, scale: str, processes: int | None = None, only: str | None = None) -> int:
    """Play the year, or one service of it; exit code 0 when every body's last day is there."""
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

    from moyai.web.demo_council import load_council

    year = json.loads(source.read_text(encoding="utf-8"))
    with transaction.atomic():
        load_council()
    connections.close_all()  # the processes below open their own
    todo = [task for task in tasks(year, portion) if only in (None, task.service)]
    return _play(year, todo, portion, processes or min(2, os.cpu_count() or 1))


def tasks(year: dict[str, Any], portion: Fraction) -> list[Task]:
    """What is to be played, the longest first."""
    from moyai.applications.replay import plan as plan_applications
    from moyai.reservations.replay import plan as plan_reservations

    found = [
        Task("applications", body, {"applications": body.applications})
        for body in plan_applications(year, scale=portion)
    ]
    for body in plan_reservations(year, scale=portion):
        wanted = {
            "users": body.users,
            "bookings": sum(body.bookings.values()),
            "entries": sum(body.entries.values()),
        }
        found.append(Task("reservations", body, wanted))
    return sorted(found, key=lambda task: -task.size)


def _play(year: dict[str, Any], todo_list: list[Task], portion: Fraction, processes: int) -> int:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    context = multiprocessing.get_context("spawn")
    done: Any = context.Queue()
    todo: Any = context.Queue()
    for task in todo_list:
        todo.put(task)
    workers = [
        context.Process(target=_work, args=(year, todo, done), name=f"replay-{at}") for at in range(processes)
    ]
    started = time.monotonic()
    before = own_seconds(), database_seconds()
    made: Counter[str] = Counter()
    spent: dict[str, Spent] = {phase: Spent() for phase in PHASES}
    open_tasks = len(todo_list)
    totals: Counter[str] = Counter()
    for task in todo_list:
        totals.update(task.wanted)
    for worker in workers:
        worker.start()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    print(f"{year['name']} ×{portion}")
    with Progress(*columns) as progress:
        bars = {kind: progress.add_task(word, total=totals[kind]) for kind, word in ACTS.items()}
        while open_tasks and (any(worker.is_alive() for worker in workers) or not done.empty()):
            try:
                body_name, phase, count, fresh, cost = done.get(timeout=1)
            except queue.Empty:
                continue
            if not phase:
                open_tasks -= 1
                continue
            spent[phase].add(cost)
            kind = COUNTED_AS.get(phase, phase)
            if kind in bars:
                made[kind] += count if fresh else 0
                progress.update(bars[kind], advance=count, description=f"{ACTS[kind]} {body_name}")
    todo.cancel_join_thread()  # what nobody took is not waited for
    for worker in workers:
        worker.join()
    whole = Spent(
        sum(made.values()),
        time.monotonic() - started,
        own_seconds() - before[0],
        database_seconds() - before[1],
    )
    return _told(made, spent, whole, processes, open_tasks)


def _told(made: Counter[str], spent: dict[str, Spent], whole: Spent, processes: int, open_tasks: int) -> int:
    """The last words of a replay, and its exit code."""
    for kind, word in ACTS.items():
        print(f"{word}：{made[kind]:,}件")
    speed = whole.acts / max(whole.wall, 0.001)
    print(f"{whole.acts:,}件を{whole.wall:,.0f}秒で再現しました（1秒に{speed:,.0f}件）。")
    print(
        f"CPU：再現{whole.own:,.0f}秒、データベース{whole.database:,.0f}秒、合わせて{whole.own + whole.database:,.0f}秒"
        f"（同時に動かした数：{processes}）。"
    )
    for phase, word in PHASES.items():
        one = spent[phase]
        if one.own or one.database:
            each = (one.own + one.database) * 1000 / max(1, one.acts)
            per = f"、1件に{each:,.2f}ミリ秒" if one.acts else ""
            print(
                f"  {word}：{one.acts:,}件、時間{one.wall:,.0f}秒、CPU 再現{one.own:,.1f}秒・"
                f"データベース{one.database:,.1f}秒{per}"
            )
    if open_tasks:
        print(f"{open_tasks}件の仕事が終わっていません。もう一度同じ命令を実行すると、続きから再現します。")
        return 1
    return 0


def _work(year: dict[str, Any], todo: Any, done: Any) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    import django

    django.setup()
    play = {"applications": _play_applications, "reservations": _play_reservations}
    while True:
        try:
            task = todo.get(timeout=1)
        except queue.Empty:
            return
        play[task.service](year, task.year, _Told(task.year.name, done))
        done.put((task.year.name, "", 0, False, None))


class _Told:
    """Tells the main process of each step of a body, with what it cost."""

    def __init__(self, name: str, done: Any) -> None:
        self._name, self._done, self._meter = name, done, Meter()

    def __call__(self, phase: str, count: int, fresh: bool) -> None:
        self._done.put((self._name, phase, count, fresh, self._meter.lap(count if fresh else 0)))


def _play_applications(year: dict[str, Any], body_year: Any, tell: _Told) -> None:
    from moyai.applications.replay import days_played, is_waiting, play_day, prepare
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
    tell("masters", 0, True)
    waiting = True
    for day in body_year.days:
        if played is not None and day.on <= played:
            tell("applications", day.applications, False)
            continue
        if not (waiting or day.applications):
            continue
        with acting_in(body):
            count = play_day(body=body, street=street, day=day)
            waiting = is_waiting(body=body)
        tell("applications", count, True)


def _play_reservations(year: dict[str, Any], body_year: Any, tell: _Told) -> None:
    from moyai.calendars.public import fiscal_year_range
    from moyai.reservations.replay import play
    from moyai.tenants.public import Body

    first, last = fiscal_year_range(int(year["fiscal_year"]))
    body = Body.objects.get(name=body_year.name)
    play(body=body, year=body_year, first=first, last=last, tell=tell)
