"""Names, days and times of rooms in the reader's language, and the addresses of these pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import day_words
from moyai.reservations.rules.rooms import FrameSpan, RoomPlan, Unit, clock_face
from moyai.ui.public import easy, easy_day, marked

SERVICE = lazy("施設予約")
CLASS_WORDS = {
    "resident": lazy("市内"),
    "worker": lazy("在勤"),
    "student": lazy("在学"),
    "outside": lazy("市外"),
}
KIND_WORDS = {"person": lazy("個人"), "group": lazy("団体")}
WEEKDAYS = "月火水木金土日"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def url(request: HttpRequest, name: str, /, query: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
    """The address of a page of the acting body."""
    found = reverse(name, kwargs={"body_slug": request.actor.body.slug, **kwargs})  # type: ignore[attr-defined]
    asked = {key: value for key, value in (query or {}).items() if value not in ("", None)}
    return f"{found}?{urlencode(asked, doseq=True)}" if asked else found


def url_or_none(
    request: HttpRequest, name: str, /, query: Mapping[str, Any] | None = None, **kwargs: Any
) -> str:
    """The same, or "" where that part of the house is not mounted."""
    try:
        return url(request, name, query, **kwargs)
    except NoReverseMatch:
        return ""


def english() -> bool:
    return (get_language() or "ja").startswith("en")


def named(thing: Any) -> str:
    """The name of a facility, room, unit or コマ: its English one where there is one and the page is in English."""
    return str((getattr(thing, "name_en", "") if english() else "") or thing.name)


def use_name(facility_name: str, plan: RoomPlan, unit: Unit | None) -> str:
    """みどり体育館 体育館 全面: the unit only where the room has several."""
    parts = [facility_name, named(plan)]
    if unit is not None and len(plan.units) > 1:
        parts.append(named(unit))
    return " ".join(parts)


def time_words(starts: int, ends: int) -> str:
    """9:00から12:00まで · 9:00–12:00."""
    return _("%(starts)sから%(ends)sまで") % {"starts": clock_face(starts), "ends": clock_face(ends)}


def span_words(plan: RoomPlan, starts: int, ends: int) -> str:
    """午前・午後（9:00から17:00まで), or only the times where the room goes by steps."""
    frames = [one for one in plan.frames if not plan.step and starts <= one.starts and one.ends <= ends]
    return frames_words(frames, starts, ends)


def frames_words(frames: list[FrameSpan], starts: int, ends: int) -> str:
    times = time_words(starts, ends)
    if not frames:
        return times
    between = " + " if english() else "・"
    return _("%(frames)s（%(times)s）") % {
        "frames": between.join(named(one) for one in frames),
        "times": times,
    }


def short_day(day: date) -> str:
    """12月4日（金） · Fri 4 Dec."""
    if easy():
        return easy_day(day)
    if english():
        return f"{day:%a} {day.day} {MONTHS[day.month - 1][:3]}"
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def month_words(first: date) -> str:
    """2026年12月 · December 2026."""
    if english():
        return f"{MONTHS[first.month - 1]} {first.year}"
    if easy():
        return marked(f"{first.year}年《ねん》{first.month}月《がつ》")
    return f"{first.year}年{first.month}月"


def when_words(day: date, plan: RoomPlan, starts: int, ends: int) -> str:
    """令和8年12月4日（金） 午前（9:00から12:00まで)."""
    return f"{day_words(day)} {span_words(plan, starts, ends)}"


def month_of(day: date, months: int = 0) -> date:
    """The first day of the month so many months later."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_of_month(first: date) -> date:
    return month_of(first, 1) - timedelta(days=1)
