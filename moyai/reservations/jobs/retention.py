"""保存期間, every night: who booked and who entered is forgotten once its time is over, portion by portion."""

from __future__ import annotations

from datetime import datetime

from moyai.reservations.models import Round
from moyai.reservations.queries.retention import bookings_over, periods_on, rounds_over
from moyai.reservations.rules.retention import last_day_over
from moyai.tenants.public import Actor, Body, body_of, clock, current_body, every, job, later

PORTION = 100  # bookings in one transaction: little is done again after a crash


@every("37 3 * * *", name="reservations.forget_past")
def forget_nightly(*, body: Body, now: datetime) -> None:
    """Whatever is over its time since last night, in jobs of its own."""
    today = clock.today(now)
    kept_for = periods_on(body, today)
    if bookings_over(body, until=last_day_over(today, years=kept_for.booking_years)).exists():
        later(forget_bookings)
    for round in rounds_over(body, months=kept_for.entry_months, today=today):
        later(forget_entries, round_id=round.pk)


@job(name="reservations.forget_bookings", retry=5)
def forget_bookings(*, after: int = 0, now: datetime) -> None:
    """One portion; the next is deferred with it, so that a killed worker leaves nothing half. What stays is passed."""
    from moyai.reservations.actions import retention

    body, today = body_of(current_body()), clock.today(now)
    until = last_day_over(today, years=periods_on(body, today).booking_years)
    ids = list(bookings_over(body, until=until, after=after).values_list("pk", flat=True)[:PORTION])
    if ids:
        retention.forget_bookings(actor=Actor.system(body), now=now, ids=ids, until=until)
    if len(ids) == PORTION:
        later(forget_bookings, after=ids[-1])


@job(name="reservations.forget_entries", retry=5)
def forget_entries(*, round_id: int, now: datetime) -> None:
    """One portion of the persons who entered a round; again while there are more."""
    from moyai.reservations.actions import retention

    body = body_of(current_body())
    row = Round.objects.filter(body=body, pk=round_id, forgotten_on__isnull=True).first()
    if row is None:
        return
    months = periods_on(body, clock.today(now)).entry_months
    if retention.forget_entries(actor=Actor.system(body), now=now, round=row, months=months):
        later(forget_entries, round_id=round_id)
