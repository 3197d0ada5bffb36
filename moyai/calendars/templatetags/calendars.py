"""{% load calendars %} — dates as the reader expects them, each inside <time datetime>.

Japanese pages show 和暦; English and easy pages show Gregorian years only.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from moyai.calendars import words
from moyai.calendars.rules import eras
from moyai.calendars.rules.periods import fiscal_year
from moyai.ui.public import easy

register = template.Library()
NOTHING = "—"


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(eras.JST) if value.tzinfo else value).date()
    return value


def _time_tag(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


@register.filter
def wareki(value: Any) -> str:
    """令和8年4月1日（水）"""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), words.day_words(on))


@register.filter
def wareki_day(value: Any) -> str:
    """令和8年4月1日: without the weekday, for dates of birth and of documents."""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), words.day_words(on, weekday=False))


@register.filter
def wareki_gregorian(value: Any) -> str:
    """令和8年（2026年）4月1日: for residents where the year is in doubt."""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), words.day_with_year(on))


@register.filter
def wareki_time(value: Any) -> str:
    """令和8年4月1日（水）午前9時30分 of a moment; 午前9時30分 of a time of day."""
    if isinstance(value, time):
        return _time_tag(value.isoformat("minutes"), words.time_words(value))
    if not isinstance(value, datetime):
        return NOTHING
    at = value.astimezone(eras.JST) if value.tzinfo else value
    return _time_tag(at.isoformat(timespec="minutes"), words.moment_words(at))


@register.filter
def short_wareki(value: Any) -> str:
    """R8.4.1: for lists of staff."""
    if not isinstance(value, date):
        return NOTHING
    if easy():
        return wareki_day(value)
    on = _day(value)
    return _time_tag(on.isoformat(), eras.short_wareki(on) if words.japanese() else on.isoformat())


@register.filter
def short_wareki_time(value: Any) -> str:
    """R8.4.1 09:30: for lists of staff."""
    if not isinstance(value, datetime):
        return NOTHING
    at = value.astimezone(eras.JST) if value.tzinfo else value
    day = eras.short_wareki(at.date()) if words.japanese() else at.date().isoformat()
    return _time_tag(at.isoformat(timespec="minutes"), f"{day} {at:%H:%M}")


@register.filter(name="fiscal_year")
def fiscal_year_filter(value: Any) -> str:
    """令和8年度, of a day or of the number of a fiscal year."""
    if isinstance(value, date):
        value = fiscal_year(_day(value))
    if isinstance(value, bool) or not isinstance(value, int):
        return NOTHING
    return words.fiscal_year_words(value)


@register.filter
def wareki_range(first: Any, last: Any) -> str:
    """令和8年4月1日から令和9年3月31日まで: {{ from_on|wareki_range:until_on }}, either end may be open."""
    start = wareki_day(first) if isinstance(first, date) else ""
    end = wareki_day(last) if isinstance(last, date) else ""
    if start and end:
        return format_html(gettext("{}から{}まで"), start, end)
    if start:
        return format_html(gettext("{}から"), start)
    return format_html(gettext("{}まで"), end) if end else NOTHING
