"""保存期間の読取り — which bookings and rounds are over their time, what keeps some of them, and how long each is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from moyai.documents.public import Letter
from moyai.money.public import kept_by_money
from moyai.reservations.models import Booking, Registration, Request, Round
from moyai.reservations.queries.registrations import terms_for
from moyai.reservations.rules.registering import Terms
from moyai.reservations.rules.retention import entries_until, last_day_over
from moyai.tenants.public import Body

PAYABLE: Final = "reservations.booking"
NOBODY: Final = {kind: f"forgotten:{kind}" for kind in Registration.Kind.values}  # of the row that is nobody
OVER: Final = (Round.State.CLOSED, Round.State.CALLED_OFF)
AT_ONCE: Final = 2_000

# What keeps a booking beyond its time.
WHY: Final[dict[str, Any]] = {
    "held": _("保留中"),
    "request": _("承認待ちの伺い"),
    "letter": _("文書の保存期間中"),
    "money_open": _("請求が残っている"),
    "money_attempt": _("カード払いの結果待ち"),
    "money_refund": _("還付・充当の手続き中"),
    "money_overpaid": _("過納が残っている"),
}


@dataclass(frozen=True, slots=True)
class Periods:
    """How long the body keeps who booked and who entered: by the policy in force today, else the usual."""

    booking_years: int
    entry_months: int


def periods_on(body: Body, today: date) -> Periods:
    terms = terms_for(body, today) or Terms(valid_years={}, proof_months={})
    return Periods(terms.booking_keep_years, terms.entry_keep_months)


def bookings_over(body: Body, *, until: date, after: int = 0) -> QuerySet[Booking]:
    """Bookings for days up to `until` that are not forgotten, by key."""
    rows: QuerySet[Booking] = Booking.objects.filter(
        body=body, day__lte=until, forgotten_on__isnull=True, pk__gt=after
    )
    return rows.order_by("id")


def rounds_over(body: Body, *, months: int, today: date) -> list[Round]:
    """Rounds that are over and whose entries still say who entered. One query."""
    rows = Round.objects.filter(body=body, state__in=OVER, forgotten_on__isnull=True, for_until__lt=today)
    return [
        row for row in rows.order_by("for_until", "id") if over_for_entries(row, months=months, today=today)
    ]


def over_for_entries(row: Round, *, months: int, today: date) -> bool:
    return row.state in OVER and entries_until(row.for_until, months=months) < today


def nobody_ids(body: Body) -> list[int]:
    rows = Registration.objects.filter(body=body, person_key__in=NOBODY.values())
    return list(rows.values_list("pk", flat=True))


def kept_back(body: Body, ids: Sequence[int], *, today: date) -> dict[int, str]:
    """Why bookings whose time is over must stay, by id: codes of WHY, but for one that is held. At most six queries."""
    found = {key: f"money_{why}" for key, why in kept_by_money(payable=PAYABLE, thing_ids=list(ids)).items()}
    papers = Letter.objects.filter(
        body=body, thing_kind=PAYABLE, thing_id__in=list(ids), keep_until__gte=today, purged_at__isnull=True
    )
    found |= dict.fromkeys(papers.values_list("thing_id", flat=True), "letter")
    asked = Request.objects.filter(body=body, booking_id__in=list(ids), state=Request.State.ASKED)
    return found | dict.fromkeys(asked.values_list("booking_id", flat=True), "request")


@dataclass(slots=True)
class Outlook:
    """保存期間の見込み — how many bookings go tonight, how many stay and why, how many were forgotten so far."""

    until: date
    going: int = 0
    staying: Counter[str] = field(default_factory=Counter)
    rounds: int = 0


def outlook(body: Body, *, today: date) -> Outlook:
    """What tonight's work will find. Four queries for each 2,000 bookings that are due, and three."""
    kept_for = periods_on(body, today)
    made = Outlook(last_day_over(today, years=kept_for.booking_years))
    after = 0
    while page := list(bookings_over(body, until=made.until, after=after).only("id", "keep_until")[:AT_ONCE]):
        after = page[-1].pk
        kept = kept_back(body, [row.pk for row in page], today=today)
        for row in page:
            held = row.keep_until is not None and row.keep_until >= today
            why = "held" if held else kept.get(row.pk, "")
            if why:
                made.staying[why] += 1
            else:
                made.going += 1
    made.rounds = len(rounds_over(body, months=kept_for.entry_months, today=today))
    return made


def forgotten_by_day(body: Body) -> list[tuple[date, int]]:
    """忘れた記録 — how many bookings were forgotten on each of the last thirty days on which any were. One query."""
    rows = Booking.objects.filter(body=body, forgotten_on__isnull=False)
    days = rows.values_list("forgotten_on").annotate(n=Count("id")).order_by("-forgotten_on")[:30]
    return [(day, count) for day, count in days if day is not None]


def owes(registration: Registration) -> bool:
    """Whether money about any booking of a registration is under way: owed, to be paid back, or being paid. Three queries or more."""
    ids = list(
        Booking.objects.filter(body_id=registration.body_id, registration=registration).values_list(
            "pk", flat=True
        )
    )
    return bool(kept_by_money(payable=PAYABLE, thing_ids=ids)) if ids else False
