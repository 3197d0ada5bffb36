"""構成員の席 — taken, changed and left on a day; a seat never overlaps another of the same member in the same committee."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import check_alive, check_in_council, check_span, first_overlap, span_words
from moyai.council.models import Committee, Seat
from moyai.council.permits import PERMITS
from moyai.council.queries.sitting import who_may_sit
from moyai.council.rules.rotation import Span
from moyai.tenants.public import Actor, Body, Refusal


class SeatOverlaps(Refusal):
    code = "seat_overlaps"
    message = lazy("この団体は、その間すでにこの会議体の構成員です。")  # type: ignore[assignment]


class NeedsSomebody(Refusal):
    code = "seat_needs_somebody"
    status = 422
    message = lazy("団体を選ぶか、団体でない方の名前を入力してください。")  # type: ignore[assignment]


class NotUsingService(Refusal):
    code = "not_using_service"
    status = 422
    message = lazy("この会議体の会員になれるのは、その日に事業を利用している団体だけです。")  # type: ignore[assignment]


class SeatEnded(Refusal):
    code = "seat_ended"
    message = lazy("この席は、すでに終わっています。")  # type: ignore[assignment]


@action("council.take_seat", permits=PERMITS, refuses={"one_open_seat_per_body": SeatOverlaps})
def take_seat(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    from_on: date,
    body: Body | None = None,
    name: str = "",
    capacity: str = Seat.Capacity.MEMBER,
    block: str = "",
    section: str = "",
    until_on: date | None = None,
) -> Seat:
    """構成員になる — a body, or somebody outside by name. In a committee of all members a seat says another capacity.

    Raises NeedsSomebody, EndsBeforeBegin, NotAliveThen, NotInCouncilThen, NotUsingService, SeatOverlaps.
    """
    locked = Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)
    name = "" if body is not None else name.strip()
    if body is None and not name:
        raise NeedsSomebody(fields={"body": str(NeedsSomebody.message)})
    check_span(from_on, until_on)
    check_alive(locked, from_on, until_on)
    if body is not None:
        check_in_council(body, from_on)
        _check_uses(locked, body, capacity, from_on)
    _check_alone(locked, body, name, Span(from_on, until_on))
    return Seat.objects.create(
        committee=locked,
        body=body,
        name=name,
        capacity=capacity,
        block=block,
        section=section,
        from_on=from_on,
        until_on=until_on,
    )


@action("council.change_seat", permits=PERMITS)
def change_seat(
    *,
    actor: Actor,
    now: datetime,
    seat: Seat,
    from_on: date,
    capacity: str,
    block: str = "",
    section: str = "",
) -> Seat:
    """席の区分・ブロック・課を改める — the old seat ends the day before, a new one begins (準会員 → 会員).

    Raises SeatEnded, EndsBeforeBegin where the day is not after the seat's first, NotUsingService.
    """
    committee = Committee.objects.select_for_update(no_key=True).get(pk=seat.committee_id)
    locked = _open(seat, from_on)
    check_span(locked.from_on, from_on - timedelta(days=1), field="from_on")
    if locked.body is not None:
        _check_uses(committee, locked.body, capacity, from_on)
    until_on = locked.until_on
    locked.until_on = from_on - timedelta(days=1)
    locked.save(update_fields=["until_on"])
    return Seat.objects.create(
        committee=committee,
        body=locked.body,
        name=locked.name,
        capacity=capacity,
        block=block,
        section=section,
        from_on=from_on,
        until_on=until_on,
    )


@action("council.end_seat", permits=PERMITS)
def end_seat(*, actor: Actor, now: datetime, seat: Seat, until_on: date, why_left: str = "") -> Seat:
    """退任・離脱 — the last day of a seat, and why. Raises SeatEnded, EndsBeforeBegin."""
    locked = _open(seat, until_on)
    check_span(locked.from_on, until_on)
    locked.until_on, locked.why_left = until_on, why_left
    locked.save(update_fields=["until_on", "why_left"])
    return locked


def _open(seat: Seat, day: date) -> Seat:
    """The seat, locked. Raises SeatEnded where it ends before the day already."""
    locked = Seat.objects.select_for_update(of=("self",), no_key=True).select_related("body").get(pk=seat.pk)
    if locked.until_on is not None and locked.until_on < day:
        raise SeatEnded
    return locked


def _check_uses(committee: Committee, body: Body, capacity: str, on: date) -> None:
    if committee.service_id is None or capacity != Seat.Capacity.MEMBER:
        return
    if body.pk not in {one.pk for one in who_may_sit(committee, on)}:
        raise NotUsingService(fields={"body": str(NotUsingService.message)})


def _check_alone(committee: Committee, body: Body | None, name: str, new: Span) -> None:
    mine = Seat.objects.filter(committee=committee, body=body, name=name).order_by("from_on")
    taken = first_overlap(mine.values_list("from_on", "until_on"), new)
    if taken is not None:
        words = _("%(who)sは、%(span)sこの会議体の構成員です。期間が重なります。") % {
            "who": body.name if body else name,
            "span": span_words(*taken),
        }
        raise SeatOverlaps(words, fields={"from_on": words})
