"""How a sitting is named and told of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, fiscal_year_words
from moyai.council.models import Meeting


def titled(meeting: Meeting) -> str:
    """平成29年度 第2回 幹事会, or with the name of its own: 平成29年度 第1回 総会（定期総会）."""
    words = _("%(year)s 第%(number)s回 %(committee)s") % {
        "year": fiscal_year_words(meeting.fiscal_year),
        "number": meeting.number,
        "committee": meeting.committee.name,
    }
    return _("%(title)s（%(name)s）") % {"title": words, "name": meeting.name} if meeting.name else words


def days_of(meeting: Meeting) -> str:
    """The day, or the days, with 「ほか」 where the record names not all of them."""
    words = day_words(meeting.held_on)
    if meeting.until_on is not None and meeting.until_on != meeting.held_on:
        words = f"{words}～{day_words(meeting.until_on)}"
    return _("%(days)s ほか") % {"days": words} if meeting.and_others else words


def about_meeting(meeting: Meeting) -> dict[str, Any]:
    """Facts of a notice about a sitting."""
    return {
        "title": titled(meeting),
        "days": days_of(meeting),
        "begins": f"{meeting.begins:%H:%M}" if meeting.begins else "",
        "mode": str(meeting.get_mode_display()),
        "place": meeting.place,
        "path": f"meetings/{meeting.pk}/",
    }
