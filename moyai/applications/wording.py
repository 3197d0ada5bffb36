"""States, days and moments in the reader's language: 和暦 in Japanese, Gregorian in English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moyai.applications import flow
from moyai.applications.rules import Message, RowMark
from moyai.applications.rules.messages_easy import EASY, PARTS
from moyai.calendars.public import wareki_time, wareki_with_gregorian, wareki_with_weekday
from moyai.tenants.public import clock
from moyai.ui.public import days_made_easy, easy, easy_day, easy_moment, marked


def _english() -> bool:
    return (get_language() or "ja").startswith("en")


def day_in_words(on: date) -> str:
    """令和8年4月15日（水） · Wednesday 15 April 2026."""
    if easy():
        return easy_day(on)
    return f"{on:%A} {on.day} {on:%B %Y}" if _english() else wareki_with_weekday(on)


def day_with_year(on: date) -> str:
    """令和8年（2026年）4月15日 · 15 April 2026: for dates whose year may be in doubt."""
    if easy():
        return easy_day(on, weekday=False)
    return f"{on.day} {on:%B %Y}" if _english() else wareki_with_gregorian(on)


def moment_in_words(at: datetime) -> str:
    """令和8年4月15日（水）午後5時15分 · 15 April 2026, 17:15."""
    local = at.astimezone(clock.JST)
    if easy():
        return easy_moment(local)
    return f"{local.day} {local:%B %Y, %H:%M}" if _english() else wareki_time(local)


def second_in_words(at: datetime) -> str:
    """The moment of 到達, to the second."""
    local = at.astimezone(clock.JST)
    if easy():
        return easy_moment(local, seconds=True)
    if _english():
        return f"{local.day} {local:%B %Y, %H:%M:%S}"
    # On the hour the words leave the minutes out: 午後5時34秒 would be misread.
    minute = "" if local.minute else "0分"
    return f"{wareki_time(local)}{minute}{local.second}秒"


def easy_words(message: Message) -> str:
    """A sentence of the engine in easy Japanese, readings marked; what it is about comes first."""
    text = EASY.get(message.code)
    if text is None:  # a sentence for those who write form editions
        return message.ja
    params = {
        name: days_made_easy(marked(PARTS[value]) if value in PARTS else value)
        if isinstance(value, str)
        else value
        for name, value in message.params.items()
    }
    where = "の".join(f"{row.number}{row.counter}{marked('目《め》')}の{row.item}" for row in message.rows)
    said = marked(text).format_map(params)
    return f"{where}：{said}" if where else said


def badge_of(status: str, outcome: str, *, staff: bool) -> dict[str, str]:
    """The badge of an application: the word of its state, and what was decided."""
    made = flow.badge(status, outcome, staff=staff)
    words = flow.WORDS[status]
    word = _(words.staff if staff else words.resident)
    if outcome and status in (flow.DECIDED, flow.COMPLETED):
        told = flow.OUTCOME_WORDS[outcome]
        word = _("%(state)s（%(outcome)s）") % {
            "state": word,
            "outcome": _(told.staff if staff else told.resident),
        }
    return {"kind": made["kind"], "word": word}


def with_rows(rows: Iterable[RowMark], label: str) -> str:
    """A question with the rows it stands in: 2頭目の犬 名前 · dog 2 Name."""
    return " ".join([*(one.en if _english() else one.ja for one in rows), label])
