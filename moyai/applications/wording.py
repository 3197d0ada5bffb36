"""Days and moments in the reader's language: 和暦 in Japanese, Gregorian in English."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import get_language

from moyai.calendars.public import wareki_time, wareki_with_gregorian, wareki_with_weekday
from moyai.tenants.public import clock


def _english() -> bool:
    return (get_language() or "ja").startswith("en")


def day_in_words(on: date) -> str:
    """令和8年4月15日（水） · Wednesday 15 April 2026."""
    return f"{on:%A} {on.day} {on:%B %Y}" if _english() else wareki_with_weekday(on)


def day_with_year(on: date) -> str:
    """令和8年（2026年）4月15日 · 15 April 2026: for dates whose year may be in doubt."""
    return f"{on.day} {on:%B %Y}" if _english() else wareki_with_gregorian(on)


def moment_in_words(at: datetime) -> str:
    """令和8年4月15日（水）午後5時15分 · 15 April 2026, 17:15."""
    local = at.astimezone(clock.JST)
    return f"{local.day} {local:%B %Y, %H:%M}" if _english() else wareki_time(local)
