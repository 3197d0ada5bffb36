"""利用率と使用料 — how much of the time that rooms are open they were used, by month; fees and no-shows by facility."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import connection
from django.db.models import BigIntegerField, Count, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from moyai.audit.public import check_permit
from moyai.calendars.public import fiscal_year_range
from moyai.reservations.models import Booking, Facility
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.masters import plans_on_days
from moyai.reservations.queries.opening import openings
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import Actor, body_of

MONTHS: Final = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)  # 年度: April to March
S = Booking.State
TAKEN: Final = (S.ASKED, S.BOOKED, S.USED, S.NO_SHOW)
STANDS: Final = (S.BOOKED, S.USED, S.NO_SHOW)
CHARGED: Final = (*STANDS, S.CANCELLED, S.ENDED)


@dataclass(frozen=True, slots=True)
class Share:
    """利用率 — cells (コマ or steps, of each part) used, of those that were open."""

    used: int
    open: int

    @property
    def percent(self) -> Decimal | None:
        """To one decimal, 四捨五入; None where nothing was open."""
        if not self.open:
            return None
        return (Decimal(self.used * 100) / self.open).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class RoomUse:
    plan: RoomPlan
    by_month: dict[int, Share]  # months of the year that have begun

    @property
    def year(self) -> Share:
        return together(self.by_month.values())


@dataclass(frozen=True, slots=True)
class FacilitySums:
    """施設の計 — bookings for days of the year: how many stand, what they cost, what became of the others.

    `fee_yen` and `relief_yen` are of what stands, `kept_yen` is 取消料: what stays owed of time that was given up, and
    for changing. Together they are what is charged in the ledger.
    """

    facility: Facility
    bookings: int
    fee_yen: int
    relief_yen: int
    kept_yen: int
    cancelled: int
    no_shows: int

    @property
    def charged_yen(self) -> int:
        return self.fee_yen + self.kept_yen


def together(shares: Iterable[Share]) -> Share:
    """Several shares as one."""
    found = list(shares)
    return Share(sum(one.used for one in found), sum(one.open for one in found))


def facilities_in_use(*, actor: Actor, on: date) -> list[Facility]:
    """The facilities of the body in use that day, published or not. One query."""
    rows = Facility.objects.filter(body=body_of(actor.body), used_from__lte=on)
    return list(rows.filter(Q(used_until__isnull=True) | Q(used_until__gte=on)).order_by("position", "id"))


def rooms_used(*, actor: Actor, facility: Facility, fiscal_year: int, today: date) -> list[RoomUse]:
    """室場・月ごとの利用率 from the year's first day until today. Time to prepare and to clear up is not use.

    Blocks and what staff keep are not use either, and do not lessen the time that is open. At most eight queries.
    """
    check_permit(actor, "reservations.view_figures", PERMITS)
    first, last = fiscal_year_range(fiscal_year)
    last = min(last, today)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not days:
        return []
    plans = plans_on_days(facility, days)
    every = {key: plan for of_day in plans.values() for key, plan in of_day.items()}
    opened = openings(list(every.values()), days)
    open_cells: Counter[tuple[int, int]] = Counter()
    made: dict[tuple[RoomPlan, int, int], int] = {}
    for day, of_day in plans.items():
        for key, plan in of_day.items():
            opening = opened[key, day]
            if not opening.open:
                continue
            shape = (plan, opening.opens, opening.closes)
            if shape not in made:
                made[shape] = len(plan.choices(opening.opens, opening.closes)) * len(plan.parts)
            open_cells[key, day.month] += made[shape]
    used = _used_cells(body_of(actor.body).pk, facility.pk, first, last)
    begun = {day.month for day in days}
    months = [month for month in MONTHS if month in begun]
    return [
        RoomUse(plan, {month: Share(used[key, month], open_cells[key, month]) for month in months})
        for key, plan in every.items()
        if any(open_cells[key, month] or used[key, month] for month in months)
    ]


def _used_cells(body_id: int, facility_id: int, first: date, last: date) -> Counter[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.room_id, extract(month FROM b.day)::int, count(*) FROM reservations_booking b"
            " JOIN reservations_slot s ON s.body_id = b.body_id AND s.booking_id = b.id"
            " WHERE b.body_id = %(body)s AND b.facility_id = %(facility)s AND b.kind = 'use'"
            " AND b.state = ANY(%(states)s) AND b.day BETWEEN %(first)s AND %(last)s"
            " AND s.cell >= b.starts AND s.cell < b.ends GROUP BY 1, 2",
            {
                "body": body_id,
                "facility": facility_id,
                "states": [str(state.value) for state in TAKEN],
                "first": first,
                "last": last,
            },
        )
        return Counter({(room, month): count for room, month, count in cursor.fetchall()})


def facility_sums(*, actor: Actor, facilities: Sequence[Facility], fiscal_year: int) -> list[FacilitySums]:
    """施設ごとの予約・使用料・減免・取消し・無断不使用, by day of use. One query.

    A win that nobody has confirmed yet stands, but owes nothing.
    """
    check_permit(actor, "reservations.view_figures", PERMITS)
    stands = Q(state__in=STANDS)
    settled = stands & Q(confirm_until__isnull=True)
    kept = Cast(KeyTextTransform("kept_yen", "quote"), BigIntegerField())
    rows = (
        Booking.objects.filter(
            body=body_of(actor.body), kind=Booking.Kind.USE, day__range=fiscal_year_range(fiscal_year)
        )
        .values("facility_id")
        .annotate(
            bookings=Count("id", filter=stands),
            fee_yen=Sum("fee_yen", filter=settled, default=0),
            relief_yen=Sum("relief_yen", filter=settled, default=0),
            kept_yen=Sum(kept, filter=Q(state__in=CHARGED), default=0),
            cancelled=Count("id", filter=Q(state=S.CANCELLED)),
            no_shows=Count("id", filter=Q(state=S.NO_SHOW)),
        )
        .order_by()
    )
    found = {row.pop("facility_id"): row for row in rows}
    nothing = dict.fromkeys(("bookings", "fee_yen", "relief_yen", "kept_yen", "cancelled", "no_shows"), 0)
    return [FacilitySums(one, **found.get(one.pk, nothing)) for one in facilities]
