"""休日の読取り — the calendar of an office, and the list of its own days."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from moyai.calendars.models import NationalDayOverride, OfficeDayOverride
from moyai.calendars.rules.office_days import OfficeCalendar
from moyai.tenants.public import Actor, Body, body_of


def office_calendar(
    body: Body | None = None, *, first: date | None = None, last: date | None = None
) -> OfficeCalendar:
    """開庁カレンダー — of one body, or the general one: two queries, then pure. Load it once for a list.

    `first` and `last` bound what is loaded, not what may be asked: days outside follow the law alone.
    """
    national = NationalDayOverride.objects.all()
    own = OfficeDayOverride.objects.of(body) if body is not None else OfficeDayOverride.objects.none()
    if first is not None:
        national, own = national.filter(day__gte=first), own.filter(day__gte=first)
    if last is not None:
        national, own = national.filter(day__lte=last), own.filter(day__lte=last)
    return OfficeCalendar(
        overrides={
            day: (is_open, reason) for day, is_open, reason in own.values_list("day", "is_open", "reason")
        },
        national=dict(national.values_list("day", "name")),
    )


def office_days_of(*, actor: Actor, first: date, last: date) -> QuerySet[OfficeDayOverride]:
    """The actor's body's own days from a day to a day, both included."""
    rows: QuerySet[OfficeDayOverride] = OfficeDayOverride.objects.of(body_of(actor.body))
    return rows.filter(day__gte=first, day__lte=last).order_by("day")


def national_days(*, first: date, last: date) -> QuerySet[NationalDayOverride]:
    return NationalDayOverride.objects.filter(day__gte=first, day__lte=last).order_by("day")


def holidays_between(first: date, last: date) -> list[tuple[date, str]]:
    """国民の祝日・休日 from a day to a day, both included, with the national exceptions."""
    calendar = office_calendar(None, first=first, last=last)
    span = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    return [(day, name) for day in span if (name := calendar.holiday_name(day))]
