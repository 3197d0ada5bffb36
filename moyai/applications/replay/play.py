"""Playing one body's days: residents submit one by one, staff accept and decide in bulk, as they would.

A day is one transaction, so a replay that was stopped goes on with the first day that is not there.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from django.db.models import QuerySet

from moyai.applications import flow
from moyai.applications.actions.bulk import accept_many, complete_many, decide_many
from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, FormEdition, Procedure
from moyai.applications.replay import forms
from moyai.applications.replay.plan import HOUR_PARTS, Day
from moyai.calendars.public import OfficeCalendar
from moyai.tenants.public import Actor, Body, Role, clock

PROCESSING_OFFICE_DAYS = 5
REJECTED_IN = 60  # one of so many is rejected
REJECTION = "申請の要件に当てはまらないため。"


@dataclass(frozen=True, slots=True)
class Street:
    """A body's procedures, ready to receive: their editions by form, with the parts each draws."""

    editions: tuple[FormEdition, ...]
    forms: tuple[str, ...]
    parts: tuple[int, ...]
    calendar: OfficeCalendar


def prepare(
    *, body: Body, procedures: int, registered_on: date, now: datetime, calendar: OfficeCalendar
) -> Street:
    """Register the body's procedures through the real actions where they are not there yet. Inside its wall."""
    actor = Actor.system(body, name="年度の再現")
    wanted = forms.procedures(procedures, f"procedures {body.code}")
    there = dict(
        Procedure.objects.filter(body=body, code__in=[code for _f, code, _x in wanted]).values_list(
            "code", "id"
        )
    )
    for form, code, facts in wanted:
        if code in there:
            continue
        procedure = create_procedure(
            actor=actor, now=now, code=code, facts=facts | {"registered_on": registered_on}
        )
        publish_edition(
            actor=actor,
            now=now,
            procedure=procedure,
            document=forms.document(form, code=code, title=facts["title"]),
        )
        edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})
    editions = {
        edition.procedure.code: edition
        for edition in FormEdition.objects.filter(body=body, number=1).select_related("procedure")
    }
    # A few procedures draw most applications (Zipf), as everywhere.
    return Street(
        editions=tuple(editions[code] for _form, code, _facts in wanted),
        forms=tuple(form for form, _code, _facts in wanted),
        parts=tuple(100_000 // place for place in range(1, len(wanted) + 1)),
        calendar=calendar,
    )


def days_played(*, body: Body, first: date, last: date) -> date | None:
    """The last day of the year that has been played whole, or None."""
    return (
        Application.objects.filter(
            body=body, received_on__gte=first, received_on__lte=last, procedure__code__startswith="r-"
        )
        .order_by("-received_on")
        .values_list("received_on", flat=True)
        .first()
    )


def play_day(*, body: Body, street: Street, day: Day) -> int:
    """One day: applications through the day, then the office's work. Inside the body's wall; how many arrived."""
    dice = random.Random(f"{body.code} {day.on.isoformat()}")  # noqa: S311
    moments = sorted(
        datetime.combine(day.on, clock_time(hour, dice.randint(0, 59), dice.randint(0, 59)), tzinfo=clock.JST)
        for hour in dice.choices(range(24), weights=HOUR_PARTS, k=day.applications)
    )
    resident = Actor.anyone(body)
    for moment in moments:
        place = dice.choices(range(len(street.parts)), weights=street.parts)[0]
        with clock.at(moment):
            submit_application(
                actor=resident,
                now=moment,
                edition=street.editions[place],
                answers=forms.answers(street.forms[place], dice),
                form_token=f"replay-{dice.getrandbits(128):032x}",
                calendar=street.calendar,
            )
    if street.calendar.is_open(day.on):
        _office_day(body, day.on, dice)
    return len(moments)


def is_waiting(*, body: Body) -> bool:
    """Whether the office has anything left to do: on a day without that and without applications nothing happens."""
    return _open(body).exists()


def _open(body: Body) -> QuerySet[Application]:
    return Application.objects.filter(body=body, open=True, procedure__code__startswith="r-")


def _office_day(body: Body, on: date, dice: random.Random) -> None:
    """What staff do before they go home: accept what has come, decide what is old enough."""
    now = datetime.combine(on, clock_time(17, 0), tzinfo=clock.JST)
    clerk = Actor(account_id=None, body=body, roles=frozenset({Role.CLERK}), name="担当者", channel="office")
    approver = Actor(
        account_id=None, body=body, roles=frozenset({Role.APPROVER}), name="決裁者", channel="office"
    )
    mine = _open(body).filter(received_on__lte=on)
    with clock.at(now):
        arrived = list(mine.filter(status=flow.RECEIVED, received_at__lte=now).values_list("pk", flat=True))
        if arrived:
            accept_many(actor=clerk, now=now, application_ids=arrived)
        ripe = list(
            mine.filter(
                status=flow.REVIEWING, received_on__lte=on - timedelta(days=PROCESSING_OFFICE_DAYS)
            ).values_list("pk", flat=True)
        )
        rejected = [pk for pk in ripe if dice.randrange(REJECTED_IN) == 0]
        approved = sorted(set(ripe) - set(rejected))
        for ids, kind, reason in ((approved, flow.APPROVED, ""), (rejected, flow.REJECTED, REJECTION)):
            if ids:
                decide_many(actor=approver, now=now, application_ids=ids, kind=kind, reason=reason)
        if ripe:
            complete_many(actor=clerk, now=now, application_ids=ripe)
