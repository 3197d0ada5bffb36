"""窓口の読取り — bookings as staff look for them, requests that wait for a second person, time kept or taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from moyai.reservations.models import Booking, Combination, Facility, Registration, Request
from moyai.reservations.queries.own_bookings import edge_of, key_of
from moyai.reservations.queries.registrations import matching
from moyai.tenants.public import Actor, body_of

S, Kind = Booking.State, Booking.Kind
PAGE: Final = 50
COUNT_UP_TO: Final = 1_000
MOST_PEOPLE: Final = 200  # registrations that a search looks for at once
VIEWS: Final = ("coming", "waiting", "past", "all")


@dataclass(frozen=True, slots=True)
class Sought:
    """What staff ask the list for. `words`: number of a booking, number, phone, name or kana of who booked."""

    view: str = "coming"
    facility_id: int | None = None
    state: str = ""
    day: date | None = None
    words: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """`older` and `newer` are keys of the rows at the ends; None where the list ends there."""

    rows: list[Booking]
    older: str | None
    newer: str | None


def bookings(*, actor: Actor, sought: Sought, today: date) -> Found:
    """予約の一覧 — a page by day and time: what is to come the nearest first, what is over the newest first. Two queries."""
    rows = Booking.objects.filter(body=body_of(actor.body), kind=Kind.USE).exclude(state=S.HELD)
    match sought.view:
        case "waiting":
            rows = rows.filter(state=S.ASKED)
        case "coming":
            rows = rows.filter(day__gte=today, state__in=(S.ASKED, S.BOOKED, S.USED))
        case "past":
            rows = rows.filter(day__lt=today)
    if sought.facility_id is not None:
        rows = rows.filter(facility_id=sought.facility_id)
    if sought.state in S.values:
        rows = rows.filter(state=sought.state)
    if sought.day is not None:
        rows = rows.filter(day=sought.day)
    if words := sought.words.strip():
        rows = rows.filter(_about(actor, words))
    return _page(rows, after=sought.after, before=sought.before, forward=sought.view in ("coming", "waiting"))


def _about(actor: Actor, words: str) -> Q:
    digits = "".join(sign for sign in words if sign.isdigit())
    people = matching(Registration.objects.filter(body=body_of(actor.body)), words)
    who = Q(registration_id__in=list(people.values_list("pk", flat=True)[:MOST_PEOPLE]))
    return who | Q(number=digits) if len(digits) == 12 else who


def kept_times(
    *, actor: Actor, facility_id: int | None, today: date, after: str = "", before: str = ""
) -> Found:
    """保守・休止と仮押え that are still to come, the nearest first. One query."""
    rows = Booking.objects.filter(
        body=body_of(actor.body), kind__in=(Kind.BLOCK, Kind.KEPT), state=S.BOOKED, day__gte=today
    )
    if facility_id is not None:
        rows = rows.filter(facility_id=facility_id)
    return _page(rows, after=after, before=before, forward=True)


def _page(rows: QuerySet[Booking], *, after: str, before: str, forward: bool) -> Found:
    back = bool(before) and not after
    edge = edge_of(before if back else after)
    ascending = forward != back
    if edge is not None:
        day, starts, key = edge
        side = "gt" if ascending else "lt"
        rows = rows.filter(
            Q(**{f"day__{side}": day})
            | Q(day=day, **{f"starts__{side}": starts})
            | Q(day=day, starts=starts, **{f"id__{side}": key})
        )
    order = ("day", "starts", "id") if ascending else ("-day", "-starts", "-id")
    whole = rows.select_related("room", "facility", "combination", "registration")
    found = list(whole.order_by(*order)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    has_older = True if back else more
    has_newer = more if back else edge is not None
    return Found(
        found,
        key_of(found[-1]) if found and has_older else None,
        key_of(found[0]) if found and has_newer else None,
    )


def facilities(*, actor: Actor, on: date) -> list[Facility]:
    """The facilities of the body in use that day, published or not. One query."""
    rows = Facility.objects.filter(body=body_of(actor.body), used_from__lte=on)
    return list(rows.filter(Q(used_until__isnull=True) | Q(used_until__gte=on)).order_by("position", "id"))


def unit_by_id(*, actor: Actor, unit_id: int) -> Combination | None:
    """A unit of the body with room and facility; also of rooms that are not published."""
    found: Combination | None = (
        Combination.objects.filter(body=body_of(actor.body), pk=unit_id)
        .select_related("room__facility")
        .first()
    )
    return found


def requests_waiting(*, actor: Actor, kind: str = "") -> list[Request]:
    """承認待ちの伺い, the oldest first. One query."""
    rows = Request.objects.filter(body=body_of(actor.body), state=Request.State.ASKED)
    if kind in Request.Kind.values:
        rows = rows.filter(kind=kind)
    return list(_with_booking(rows).order_by("asked_at", "id")[:COUNT_UP_TO])


def requests_decided(*, actor: Actor, before: int | None = None) -> list[Request]:
    """決裁済みの伺い, the newest first; one row more than PAGE tells that it goes on. One query."""
    rows = Request.objects.filter(body=body_of(actor.body)).exclude(state=Request.State.ASKED)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(_with_booking(rows).order_by("-id")[: PAGE + 1])


def request_by_id(*, actor: Actor, request_id: int) -> Request | None:
    found: Request | None = _with_booking(
        Request.objects.filter(body=body_of(actor.body), pk=request_id)
    ).first()
    return found


def requests_of(booking: Booking) -> list[Request]:
    """伺い about one booking, the newest first. One query."""
    return list(
        Request.objects.filter(body_id=booking.body_id, booking=booking).order_by("-id")[:COUNT_UP_TO]
    )


def waiting_counts(*, actor: Actor, today: date) -> dict[str, int]:
    """How many bookings wait for 審査 and how many requests for a second person; counting stops at 1,000. Two queries."""
    body = body_of(actor.body)
    asked = Booking.objects.filter(body=body, state=S.ASKED, kind=Kind.USE, day__gte=today)
    waits = Request.objects.filter(body=body, state=Request.State.ASKED)
    return {
        name: rows.order_by().values("id")[: COUNT_UP_TO + 1].count()
        for name, rows in (("waiting", asked), ("requests", waits))
    }


def _with_booking(rows: QuerySet[Request]) -> QuerySet[Request]:
    return rows.select_related(
        "booking__registration", "booking__facility", "booking__room", "booking__combination"
    )
