"""The one clock: the database's, so that every web server and worker judges a deadline alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

JST = ZoneInfo("Asia/Tokyo")
_stopped: ContextVar[datetime | None] = ContextVar("moyai_clock", default=None)


def stopped() -> datetime | None:
    """The moment the clock was set to by `at`, or None while it runs."""
    return _stopped.get()


def now() -> datetime:
    """The present moment, aware. Read it once, in the page or the job, and pass it on."""
    moment = _stopped.get()
    if moment is not None:
        return moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        value: datetime = cursor.fetchone()[0]
    return value


def today(moment: datetime) -> date:
    """The Japanese calendar day of a moment."""
    return moment.astimezone(JST).date()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Set the clock: for a replayed year and for tests."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware moments only")
    token = _stopped.set(moment)
    try:
        yield moment
    finally:
        _stopped.reset(token)
