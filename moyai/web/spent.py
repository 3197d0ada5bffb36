"""What a long command costs: CPU seconds of its own processes and of PostgreSQL, by phase."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import psutil


@dataclass(slots=True)
class Spent:
    """Seconds: by the clock, of our process' CPU, of PostgreSQL's CPU. `acts`: how many were done in them."""

    acts: int = 0
    wall: float = 0.0
    own: float = 0.0
    database: float = 0.0

    def add(self, other: Spent) -> None:
        self.acts += other.acts
        self.wall += other.wall
        self.own += other.own
        self.database += other.database


class Meter:
    """Of one process and its connection: what was spent since the last lap."""

    def __init__(self) -> None:
        self._last = self._now()

    def lap(self, acts: int) -> Spent:
        now = self._now()
        found = Spent(acts, *(after - before for before, after in zip(self._last, now, strict=True)))
        self._last = now
        return found

    @staticmethod
    def _now() -> tuple[float, float, float]:
        return time.monotonic(), time.process_time(), _seconds(_backend())


def database_seconds() -> float:
    """CPU seconds of the whole PostgreSQL so far, all its processes; 0 where it runs on another machine."""
    backend = _backend()
    try:
        server = backend.parent() if backend is not None else None
        if server is None:
            return 0.0
        times = server.cpu_times()
        gone = times.children_user + times.children_system
        return float(times.user + times.system + gone) + sum(map(_seconds, server.children()))
    except psutil.Error:
        return 0.0


def own_seconds() -> float:
    """CPU seconds of this process and of those of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _backend() -> psutil.Process | None:
    """The process of PostgreSQL that serves our connection; None where it is not on this machine."""
    from django.db import connection

    connection.ensure_connection()
    try:
        found = psutil.Process(connection.connection.info.backend_pid)
        return found if found.name() == "postgres" else None
    except psutil.Error:
        return None


def _seconds(process: psutil.Process | None) -> float:
    try:
        times = process.cpu_times() if process is not None else None
    except psutil.Error:
        return 0.0
    return times.user + times.system if times is not None else 0.0
