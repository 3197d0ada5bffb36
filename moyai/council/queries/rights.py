"""資料とお知らせを読む権利 — what a member may read: what is for all, and what is for the committees it sits in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from moyai.council.models import Committee, Meeting, Paper, Seat
from moyai.council.rules.rotation import Span
from moyai.tenants.public import Body, Service, ServiceUse

Readers = Paper.Readers


@dataclass(frozen=True, slots=True)
class Place:
    """席 of one body: the committee, in what capacity, and the seat itself where there is one."""

    committee: Committee
    capacity: str
    seat: Seat | None

    @property
    def votes(self) -> bool:
        return self.capacity == Seat.Capacity.MEMBER

    @property
    def capacity_label(self) -> str:
        return str(Seat.Capacity(self.capacity).label)


def places_of(body: Body, on: date, *, ended: bool = False) -> list[Place]:
    """Where a body sits on a day, in the order of the committees; three queries.

    With `ended` also where it sat on the last day of a committee that is abolished by then: who was there to the end reads on.
    """
    if not Span(body.from_on, body.until_on).holds_on(on):
        return []
    committees = (
        Committee.objects.filter(from_on__lte=on).select_related("service").order_by("position", "code")
    )
    seats: dict[int, list[Seat]] = {}
    for seat in Seat.objects.filter(body=body, from_on__lte=on).order_by("from_on"):
        seats.setdefault(seat.committee_id, []).append(seat)
    uses: dict[int, list[Span]] = {}
    for service, first, last in ServiceUse.objects.filter(body=body).values_list(
        "service_id", "from_on", "until_on"
    ):
        uses.setdefault(service, []).append(Span(first, last))
    found = []
    for one in committees:
        if one.until_on is not None and one.until_on < on and not ended:
            continue
        day = on if one.until_on is None else min(on, one.until_on)
        place = _place(one, seats.get(one.pk, []), uses, body, day)
        if place is not None:
            found.append(place)
    return found


def _place(
    committee: Committee, seats: list[Seat], uses: dict[int, list[Span]], body: Body, day: date
) -> Place | None:
    using = (
        committee.service is None
        or committee.service.scope == Service.Scope.ALL
        or any(span.holds_on(day) for span in uses.get(committee.service.pk, []))
    )
    for seat in seats:
        if Span(seat.from_on, seat.until_on).holds_on(day):
            member = seat.capacity == Seat.Capacity.MEMBER
            return Place(committee, seat.capacity, seat) if using or not member else None
    if committee.open_to_all and using and body.from_on <= day:
        return Place(committee, Seat.Capacity.MEMBER, None)
    return None


def committees_read_by(body: Body, on: date) -> frozenset[int]:
    """会議体 whose papers a body reads, in whatever capacity it sits: アドバイザー and オブザーバー read too. Three queries."""
    return frozenset(place.committee.pk for place in places_of(body, on, ended=True))


def meetings_readable(mine: frozenset[int]) -> Q:
    """会議 that a body finds on its page: those of its committees, once they are called; Q on Meeting."""
    return Q(committee__in=mine) & ~Q(state=Meeting.State.PLANNED)


def papers_readable(mine: frozenset[int]) -> Q:
    """資料 that a body may read: Q on Paper. Those of a sitting not called yet are nobody's."""
    own = Q(meeting__committee__in=mine) | Q(item__meeting__committee__in=mine)
    own |= Q(posting__committee__in=mine)
    called = ~Q(meeting__state=Meeting.State.PLANNED) & ~Q(item__meeting__state=Meeting.State.PLANNED)
    return called & (Q(readers__in=[Readers.MEMBERS, Readers.PUBLIC]) | (Q(readers=Readers.COMMITTEE) & own))


def postings_readable(mine: frozenset[int]) -> Q:
    """お知らせ that a body may read, past ones too: Q on Posting."""
    return Q(readers__in=[Readers.MEMBERS, Readers.PUBLIC]) | Q(readers=Readers.COMMITTEE, committee__in=mine)


def standing_postings(on: date) -> Q:
    """掲載中 on a day: not over yet; Q on Posting."""
    return Q(until_on__isnull=True) | Q(until_on__gte=on)
