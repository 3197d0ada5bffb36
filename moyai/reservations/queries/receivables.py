"""未納の使用料 — the bookings that owe, and how each booking of a list stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from moyai.audit.public import check_permit
from moyai.money.public import Standing, standings
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Body, body_of

PAYABLE: Final = "reservations.booking"
PAGE: Final = 50
CHECKED_AT_ONCE: Final = 2_000
# A hold or one that waits for approval carries the day until which it will have to be paid, but owes nothing yet.
OWING: Final = (
    Booking.State.BOOKED,
    Booking.State.USED,
    Booking.State.NO_SHOW,
    Booking.State.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Receivable:
    """未納 — a booking with what it owes; `late` once the day until which to pay is over."""

    booking: Booking
    standing: Standing
    late: bool


def standing_of(booking: Booking) -> Standing:
    """How a booking stands in the ledger. The caller has made sure that the reader may see it."""
    return standings_of([booking])[booking.pk]


def standings_of(bookings: Iterable[Booking]) -> dict[int, Standing]:
    """How bookings stand in the ledger, by id: two queries. The caller has made sure that the reader may see them."""
    ids = [booking.pk for booking in bookings]
    found = standings(payable=PAYABLE, thing_ids=ids) if ids else {}
    return {key: found.get(key, Standing()) for key in ids}


def receivables(
    *,
    actor: Actor,
    today: date,
    facility_id: int | None = None,
    late_only: bool = False,
    after: tuple[date, int] | None = None,
) -> list[Receivable]:
    """未納の一覧 — a page by the day until which to pay; one row more than PAGE tells that it goes on. Three queries.

    `after`: (pay_until, id) of the last row seen.
    """
    check_permit(actor, "reservations.view_receivables", PERMITS)
    rows = Booking.objects.filter(
        body=body_of(actor.body), pay_until__isnull=False, state__in=OWING, kind=Booking.Kind.USE
    )
    if facility_id is not None:
        rows = rows.filter(facility_id=facility_id)
    if late_only:
        rows = rows.filter(pay_until__lt=today)
    if after is not None:
        day, key = after
        rows = rows.filter(pay_until__gte=day).exclude(pay_until=day, pk__lte=key)
    page = list(
        rows.select_related("registration", "facility", "room").order_by("pay_until", "id")[: PAGE + 1]
    )
    known = standings_of(page)
    return [
        Receivable(row, known[row.pk], row.pay_until is not None and row.pay_until < today) for row in page
    ]


def owing_with(booking: Booking, most: int = 20) -> list[Receivable]:
    """充当の先 — the other bookings of the same user that owe something, by the day until which to pay. Three queries.

    The caller has made sure that the reader may see them.
    """
    if booking.registration_id is None:
        return []
    rows = list(
        Booking.objects.filter(
            body=booking.body_id,
            registration_id=booking.registration_id,
            pay_until__isnull=False,
            state__in=OWING,
            kind=Booking.Kind.USE,
        )
        .exclude(pk=booking.pk)
        .select_related("facility", "room", "combination")
        .order_by("pay_until", "id")[:most]
    )
    known = standings_of(rows)
    return [Receivable(row, known[row.pk], False) for row in rows if known[row.pk].unpaid_yen]


def charges_that_differ(body: Body, most: int = 20) -> list[tuple[str, int, int]]:
    """調定と使用料の不一致 — (number, owed, charged) of bookings whose charges do not add up to what they owe."""
    found: list[tuple[str, int, int]] = []
    # A win that nobody has confirmed yet owes nothing.
    rows = Booking.objects.filter(
        body=body, kind=Booking.Kind.USE, state__in=OWING, confirm_until__isnull=True
    ).order_by("id")
    last = 0
    while page := list(
        rows.filter(pk__gt=last).only("number", "fee_yen", "quote", "state")[:CHECKED_AT_ONCE]
    ):
        last = page[-1].pk
        known = standings_of(page)
        for row in page:
            owed, charged = row.fee_yen + int(row.quote.get("kept_yen", 0)), known[row.pk].charged_yen
            # What was written off can be owed no longer and still stand in the books.
            if not charged - known[row.pk].written_off_yen <= owed <= charged:
                found.append((row.number, owed, charged))
        if len(found) >= most:
            break
    return found[:most]
