"""What ends by itself: holds, unpaid and unconfirmed bookings, and cells that wait for their release."""

from __future__ import annotations

from datetime import datetime

from moyai.reservations.models import Booking
from moyai.tenants.public import Actor, Body, clock, every, job, later

S = Booking.State


@every("*/5 * * * *", name="reservations.end_holds")
def end_due_holds(*, body: Body, now: datetime) -> None:
    """Every five minutes; whoever wants such a place before that ends the hold himself."""
    from moyai.reservations.actions.ends import end_holds

    ids = Booking.objects.filter(body=body, state=S.HELD, held_until__lte=now).order_by("id")
    due = list(ids.values_list("id", flat=True)[:1000])
    if due:
        end_holds(actor=Actor.system(body), now=now, ids=due)


@job(name="reservations.end_unpaid", queue="default", retry=5)
def end_one_unpaid(*, booking_id: int, now: datetime) -> None:
    """One booking whose fee is late; paid meanwhile, nothing happens."""
    from moyai.reservations.actions.ends import end_unpaid

    row = Booking.objects.filter(pk=booking_id).select_related("body").first()
    if row is not None and row.state == S.BOOKED:
        end_unpaid(actor=Actor.system(row.body), now=now, booking=row)


@every("23 3 * * *", name="reservations.end_unpaid_all")
def end_due_unpaid(*, body: Body, now: datetime) -> None:
    """Every night: what should have been paid by yesterday."""
    today = clock.today(now)
    late = Booking.objects.filter(body=body, state=S.BOOKED, day__gt=today, pay_until__lt=today)
    for booking_id in late.order_by("pay_until", "id").values_list("id", flat=True)[:5000]:
        later(end_one_unpaid, booking_id=booking_id)


@job(name="reservations.end_unconfirmed", queue="default", retry=5)
def end_one_unconfirmed(*, booking_id: int, now: datetime) -> None:
    """One booking that waited for its confirmation in vain."""
    from moyai.reservations.actions.ends import end_unconfirmed

    row = Booking.objects.filter(pk=booking_id).select_related("body").first()
    if row is not None and row.state == S.BOOKED:
        end_unconfirmed(actor=Actor.system(row.body), now=now, booking=row)


@every("*/10 * * * *", name="reservations.end_unconfirmed_all")
def end_due_unconfirmed(*, body: Body, now: datetime) -> None:
    """Every ten minutes: bookings to be confirmed that no lottery entry watches over."""
    late = Booking.objects.filter(
        body=body, state=S.BOOKED, day__gte=clock.today(now), entry_id__isnull=True, confirm_until__lte=now
    )
    for booking_id in late.order_by("id").values_list("id", flat=True)[:5000]:
        later(end_one_unconfirmed, booking_id=booking_id)


@every("*/10 * * * *", name="reservations.release")
def release(*, body: Body, now: datetime) -> None:
    """取消し分の開放 — at its hour (9:00 unless the policy says otherwise) a round for those who ask in the first minutes.

    What no round takes up, or is left of one that is over, is let go.
    """
    from moyai.reservations.actions.lotteries.release import open_releases
    from moyai.reservations.actions.releases import free, lock_freed, waiting
    from moyai.reservations.models import Round

    rows = lock_freed(body=body, ids=waiting(body=body, now=now))
    if not rows:
        return
    actor = Actor.system(body)
    rounds = {row.quote["round"] for row in rows if "round" in row.quote}
    running = set(
        Round.objects.filter(
            body=body, pk__in=rounds, state__in=(Round.State.OPEN, Round.State.FROZEN)
        ).values_list("id", flat=True)
    )
    fresh = [row for row in rows if "round" not in row.quote]
    over = [row for row in rows if "round" in row.quote and row.quote["round"] not in running]
    for opened, together in open_releases(actor=actor, now=now, freed=fresh):
        if opened is None:
            over += together
            continue
        for row in together:
            row.quote = {**row.quote, "round": opened.pk}
            row.save(update_fields=["quote"])
    if over:
        free(actor=actor, now=now, bookings=over)
