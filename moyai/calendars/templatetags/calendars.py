"""{% load calendars %} — dates as the reader expects them, each inside <time datetime>.

Japanese pages show 和暦; English pages show Gregorian years only.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from moyai.calendars.rules import eras
from moyai.calendars.rules.periods import fiscal_year, fiscal_year_range

register = template.Library()
NOTHING = "—"
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def _japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(eras.JST) if value.tzinfo else value).date()
    return value


def _time_tag(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


def _english(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def _english_time(at: time | datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"


@register.filter
def wareki(value: Any) -> str:
    """令和8年4月1日（水）"""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    shown = eras.wareki_with_weekday(on) if _japanese() else f"{_english(on)} ({DAYS[on.weekday()]})"
    return _time_tag(on.isoformat(), shown)


@register.filter
def wareki_day(value: Any) -> str:
    """令和8年4月1日: without the weekday, for dates of birth and of documents."""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), eras.wareki(on) if _japanese() else _english(on))


@register.filter
def wareki_gregorian(value: Any) -> str:
    """令和8年（2026年）4月1日: for residents where the year is in doubt."""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), eras.wareki_with_gregorian(on) if _japanese() else _english(on))


@register.filter
def wareki_time(value: Any) -> str:
    """令和8年4月1日（水）午前9時30分 of a moment; 午前9時30分 of a time of day."""
    if isinstance(value, time):
        shown = eras.time_of_day(value) if _japanese() else _english_time(value)
        return _time_tag(value.isoformat("minutes"), shown)
    if not isinstance(value, datetime):
        return NOTHING
    at = value.astimezone(eras.JST) if value.tzinfo else value
    shown = (
        eras.wareki_time(at)
        if _japanese()
        else f"{_english(at.date())} ({DAYS[at.weekday()]}) {_english_time(at)}"
    )
    return _time_tag(at.isoformat(timespec="minutes"), shown)


@register.filter
def short_wareki(value: Any) -> str:
    """R8.4.1: for lists of staff."""
    if not isinstance(value, date):
        return NOTHING
    on = _day(value)
    return _time_tag(on.isoformat(), eras.short_wareki(on) if _japanese() else on.isoformat())


@register.filter
def short_wareki_time(value: Any) -> str:
    """R8.4.1 09:30: for lists of staff."""
    if not isinstance(value, datetime):
        return NOTHING
    at = value.astimezone(eras.JST) if value.tzinfo else value
    day = eras.short_wareki(at.date()) if _japanese() else at.date().isoformat()
    return _time_tag(at.isoformat(timespec="minutes"), f"{day} {at:%H:%M}")


@register.filter(name="fiscal_year")
def fiscal_year_filter(value: Any) -> str:
    """令和8年度, of a day or of the number of a fiscal year."""
    if isinstance(value, date):
        value = fiscal_year(_day(value))
    if isinstance(value, bool) or not isinstance(value, int):
        return NOTHING
    first, _last = fiscal_year_range(value)
    return f"{eras.wareki_year(first)}度" if _japanese() else f"FY{value}"


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
