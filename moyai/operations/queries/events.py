"""行事の読取り — events of a year with who came, newsletters, exchanges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from moyai.operations.models import Attendance, Event, Exchange, Issue
from moyai.tenants.public import Actor, clock

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class EventFigures:
    """An event with its numbers: members that came, people, of them by distance, and those put down."""

    event: Event
    bodies: int | None
    persons: int | None
    remote: int
    wanting: int


def events_of(fiscal_year: int, *, kind: str = "") -> list[EventFigures]:
    """行事 of a fiscal year by day, those without a day last; two queries."""
    rows = Event.objects.filter(fiscal_year=fiscal_year).select_related("service")
    if kind:
        rows = rows.filter(kind=kind)
    events = sorted(rows.order_by("pk"), key=lambda one: (one.from_on or date.max, one.pk))
    return figures_of(events)


def figures_of(events: Sequence[Event]) -> list[EventFigures]:
    sums = {
        row["event_id"]: row
        for row in Attendance.objects.filter(event__in=list(events))
        .values("event_id")
        .annotate(
            named=Count("body", filter=Q(came=True), distinct=True),
            counted=Sum("bodies", filter=Q(came=True)),
            persons_came=Sum("persons", filter=Q(came=True)),
            remote_came=Coalesce(Sum("persons", filter=Q(came=True, remote=True)), 0),
            wanting=Coalesce(Sum("persons", filter=Q(came=False)), 0),
        )
    }
    return [_figures(event, sums.get(event.pk)) for event in events]


def _figures(event: Event, row: Mapping[str, Any] | None) -> EventFigures:
    if row is None:
        return EventFigures(event, None, None, 0, 0)
    bodies = (row["named"] or 0) + (row["counted"] or 0)
    known = row["named"] or row["counted"] is not None
    return EventFigures(
        event, bodies if known else None, row["persons_came"], row["remote_came"] or 0, row["wanting"] or 0
    )


def attendance_of(event: Event) -> list[Attendance]:
    """Members by code, then groups."""
    rows = Attendance.objects.filter(event=event).select_related("body").order_by("pk")
    return sorted(rows, key=lambda one: (one.body is None, one.body.code if one.body else "", one.pk))


def attendance_of_year(fiscal_year: int) -> list[Attendance]:
    """Who came to the events of a fiscal year, event by event; events that were called off are left out."""
    rows = Attendance.objects.filter(
        came=True, event__fiscal_year=fiscal_year, event__called_off_on__isnull=True
    ).select_related("event", "body")
    return sorted(
        rows.order_by("pk"),
        key=lambda one: (one.event.from_on or date.max, one.event_id, one.body is None, one.pk),
    )


def own_attendance(*, actor: Actor, event: Event) -> list[Attendance]:
    return list(Attendance.objects.filter(event=event, body=actor.body).order_by("pk"))


def events_open_to(*, now: datetime) -> list[EventFigures]:
    """行事 a member sees: those to come, those it may sign up for, and those of the last 90 days."""
    today = clock.today(now)
    since = date.fromordinal(today.toordinal() - 90)
    rows = (
        Event.objects.filter(Q(from_on__gte=since) | Q(asks_until__gte=now))
        .select_related("service")
        .order_by("-from_on", "-pk")[:100]
    )
    return figures_of(list(rows))


def issues(*, before: int | None = None) -> tuple[list[Issue], int | None]:
    """メールマガジン, the newest first, a page by key; and the key of the next page."""
    rows = Issue.objects.order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    listed = list(rows[: PAGE_ROWS + 1])
    more = listed[PAGE_ROWS - 1].pk if len(listed) > PAGE_ROWS else None
    return listed[:PAGE_ROWS], more


def issues_between(first: date, last: date) -> list[tuple[str, int]]:
    """How many issues of each newsletter went out."""
    return list(
        Issue.objects.filter(sent_on__gte=first, sent_on__lte=last)
        .order_by("name")
        .values_list("name")
        .annotate(count=Count("pk"))
    )


def exchanges_of(fiscal_year: int) -> list[Exchange]:
    return list(Exchange.objects.filter(fiscal_year=fiscal_year).order_by("kind", "topic", "month", "pk"))
