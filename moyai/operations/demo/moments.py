"""Days before today, as the demo counts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from moyai.tenants.public import clock


def days_ago(now: datetime, days: int, hour: int = 10, minute: int = 0) -> datetime:
    """A minute of a day so long ago, in Japan; a negative number is a day to come."""
    day: date = clock.today(now) - timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.JST)
