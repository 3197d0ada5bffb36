"""Office days as the form engine asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from moyai.calendars.public import OfficeCalendar, office_calendar
from moyai.tenants.public import current_body


def office_days() -> Callable[[date, int], date]:
    """The n-th office day after a day, by the calendar of the acting body, which is read when first asked for."""
    loaded: list[OfficeCalendar] = []

    def office_day(day: date, count: int) -> date:
        if not loaded:
            loaded.append(office_calendar(current_body()))
        return loaded[0].add_open(day, count)

    return office_day
