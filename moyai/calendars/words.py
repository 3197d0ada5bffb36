"""日付の言葉 — a day in the reader's language: 和暦 in Japanese, Gregorian years only in English and in easy Japanese."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import get_language, gettext

from moyai.calendars.rules import eras
from moyai.calendars.rules.periods import fiscal_year_range
from moyai.calendars.rules.reading import DateRefused, Reading
from moyai.ui.public import easy, easy_day, easy_time, marked

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def day_words(on: date, *, weekday: bool = True) -> str:
    """令和8年4月1日（水）, or 1 April 2026 (Wed); in easy Japanese 2026年4月1日（水曜日）."""
    if easy():
        return easy_day(on, weekday=weekday)
    if japanese():
        return eras.wareki_with_weekday(on) if weekday else eras.wareki(on)
    return english_day(on) + (f" ({WEEKDAYS[on.weekday()]})" if weekday else "")


def day_with_year(on: date) -> str:
    """令和8年（2026年）4月1日: where the year is in doubt; Gregorian alone in the other languages."""
    if easy() or not japanese():
        return day_words(on, weekday=False)
    return eras.wareki_with_gregorian(on)


def english_day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def time_words(at: time | datetime) -> str:
    """午前9時30分, or 9:30 am."""
    if easy():
        return easy_time(at.astimezone(eras.JST) if isinstance(at, datetime) and at.tzinfo else at)
    return (
        eras.time_of_day(at)
        if japanese()
        else f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"
    )


def moment_words(at: datetime) -> str:
    """令和8年4月1日（水）午前9時30分, or 1 April 2026 (Wed) 9:30 am; an aware moment is read in Japan."""
    here = at.astimezone(eras.JST) if at.tzinfo else at
    between = "" if japanese() and not easy() else " "
    return f"{day_words(here.date())}{between}{time_words(here)}"


def end_words(at: datetime) -> str:
    """Until when: a midnight is the end of its day, 令和8年12月10日（木）24時, as papers write it; else `moment_words`."""
    here = at.astimezone(eras.JST) if at.tzinfo else at
    if (here.hour, here.minute) != (0, 0):
        return moment_words(here)
    day = day_words(here.date() - timedelta(days=1))
    if easy():
        return f"{day} {marked('24時《じ》')}"
    return f"{day}24時" if japanese() else f"{day} 24:00"


def fiscal_year_words(year: int) -> str:
    """令和8年度, or FY2026."""
    if easy():
        return marked(f"{year}年度《ねんど》")
    first, _last = fiscal_year_range(year)
    return f"{eras.wareki_year(first)}度" if japanese() else f"FY{year}"


def sentence(refused: DateRefused, label: str = "") -> str:
    """Why a date is refused, about the field of that label."""
    params: dict[str, Any] = {
        key: day_words(value, weekday=False) if isinstance(value, date) else value
        for key, value in refused.params.items()
    }
    params["label"] = label or gettext("日付")
    for key in ("box", "era"):
        if key in params:
            params[key] = gettext(params[key])
    return gettext(refused.text) % params


def echo_sentence(reading: Reading) -> str:
    """How a date was taken, when that is otherwise than it was written; else empty."""
    if not reading.echo:
        return ""
    return gettext(reading.echo) % (
        {"read": day_words(reading.on)} if easy() or not japanese() else reading.params
    )
