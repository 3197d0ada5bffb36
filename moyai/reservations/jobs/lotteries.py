"""Lotteries behind the scenes: lists freeze, beacons are fetched, results published, told and turned into bookings."""

from __future__ import annotations

from datetime import datetime

import httpx
import structlog
from django.conf import settings

from moyai.draws.public import BeaconAway, BeaconRefused, beacon_time, fetch_beacon
from moyai.reservations.models import Entry, Round
from moyai.tenants.public import Actor, Body, every, job, later

log = structlog.get_logger("moyai.lottery")

TOLD_AT_ONCE = 300
BOOKED_AT_ONCE = 200
SECONDS = 8.0
S = Round.State


@every("*/5 * * * *", name="reservations.lotteries")
def tend(*, body: Body, now: datetime) -> None:
    """Every five minutes: what each round of the body is due for."""
    from moyai.reservations.queries.lotteries import due_rounds

    for row in due_rounds(body, now=now):
        if row.kind == Round.Kind.RELEASE:
            if row.state == S.OPEN:
                later(draw_release, round_id=row.pk)
        elif row.state == S.OPEN:
            later(freeze, round_id=row.pk)
        elif row.state == S.FROZEN:
            if row.seed_kind == Round.SeedKind.DRAND:
                later(draw_by_beacon, round_id=row.pk)
        else:
            later(tend_wins, round_id=row.pk)


@job(name="reservations.freeze_round", queue="default", retry=5)
def freeze(*, round_id: int, now: datetime) -> None:
    """A round whose entries are over: its list is fixed and published."""
    from moyai.reservations.actions.lotteries.draw import freeze_round

    row = _round(round_id)
    if row is not None and row.state == S.OPEN and row.enter_until <= now:
        freeze_round(actor=Actor.system(row.body), now=now, round=row)


@job(name="reservations.draw_by_beacon", queue="default", retry=5)
def draw_by_beacon(*, round_id: int, now: datetime) -> None:
    """A frozen round of drand: fetch its beacon once it is there, and draw. No peer, no draw: it is tried again."""
    from moyai.reservations.actions.lotteries.draw import draw_round, take_beacon

    row = _round(round_id)
    if (
        row is None
        or row.state != S.FROZEN
        or row.seed_kind != Round.SeedKind.DRAND
        or row.beacon_round is None
    ):
        return
    actor = Actor.system(row.body)
    if not row.seed_used:
        if row.seed_by or now < beacon_time(row.beacon_round):
            return
        try:
            beacon = fetch_beacon(row.beacon_round, peers=settings.MOYAI_DRAND_PEERS, get=_get)
        except (BeaconAway, BeaconRefused) as error:
            log.warning("beacon not taken", round=row.pk, why=str(error))
            return
        row = take_beacon(actor=actor, now=now, round=row, beacon=beacon)
    if row.seed_used == Round.SeedKind.DRAND:
        draw_round(actor=actor, now=now, round=row)


@job(name="reservations.publish_round", queue="default", retry=8)
def publish(*, round_id: int, stage: str, now: datetime) -> None:
    """The ZIP of a stage, made and kept; then, after a draw, the winners are booked."""
    from moyai.reservations.actions.lotteries.draw import publish_round

    row = _round(round_id)
    if row is None:
        return
    made = publish_round(actor=Actor.system(row.body), now=now, round=row, stage=stage)
    if made is not None and row.kind == Round.Kind.MONTHLY and row.state == S.DRAWN:
        later(book_wins, round_id=round_id)


@job(name="reservations.book_wins", queue="default", retry=8)
def book_wins(*, round_id: int, now: datetime) -> None:
    """Some hundreds of winners become bookings, in their order; then the next."""
    from moyai.reservations.actions.lotteries.wins import book_wins as book

    row = _round(round_id)
    if row is not None and row.state == S.DRAWN:
        actor = Actor.system(row.body)
        if book(actor=actor, now=now, round=row, most=BOOKED_AT_ONCE) == BOOKED_AT_ONCE:
            later(book_wins, round_id=round_id)


@job(name="reservations.tell_round", queue="default", retry=5)
def tell_round(*, round_id: int, after: int, now: datetime) -> None:
    """Some hundreds of those who did not win are told; then the next. Winners hear of it with their booking."""
    from moyai.reservations.actions.lotteries.telling import tell_entrant, unit_names

    row = _round(round_id)
    if row is None:
        return
    kinds = {Entry.State.WAITING: "waiting", Entry.State.LOST: "lost"}
    entries = list(
        Entry.objects.filter(body_id=row.body_id, round=row, pk__gt=after, state__in=kinds)
        .exclude(registration__email="", registration__account_id=None)  # known at the counter only
        .select_related("registration")
        .order_by("id")[:TOLD_AT_ONCE]
    )
    actor = Actor.system(row.body)
    names = unit_names(row.body_id, {wish["combination"] for one in entries for wish in one.wishes})
    for one in entries:
        one.round = row
        tell_entrant(actor=actor, now=now, entry=one, kind=kinds[Entry.State(one.state)], units=names)
    if len(entries) == TOLD_AT_ONCE:
        later(tell_round, round_id=round_id, after=entries[-1].pk)


@job(name="reservations.tend_wins", queue="default", retry=5)
def tend_wins(*, round_id: int, now: datetime) -> None:
    """A drawn round: wins nobody confirmed lapse, who waits moves up, and it is closed when its days begin."""
    from moyai.reservations.actions.lotteries.wins import close_round, forfeit_wins, is_over, promote_entries

    row = _round(round_id)
    if row is None or row.state != S.DRAWN:
        return
    actor = Actor.system(row.body)
    if row.booked_at is None:
        later(book_wins, round_id=round_id)
        return
    if is_over(row, now=now):
        close_round(actor=actor, now=now, round=row)
        return
    if forfeit_wins(actor=actor, now=now, round=row):
        promote_entries(actor=actor, now=now, round=row)


@job(name="reservations.promote_round", queue="default", retry=5)
def promote(*, round_id: int, now: datetime) -> None:
    """A place of a drawn round is free again: who waits next is asked."""
    from moyai.reservations.actions.lotteries.wins import promote_entries

    row = _round(round_id)
    if row is not None and row.state == S.DRAWN:
        promote_entries(actor=Actor.system(row.body), now=now, round=row)


@job(name="reservations.draw_release", queue="default", retry=8)
def draw_release(*, round_id: int, now: datetime) -> None:
    """The requests of the first minutes after a release, drawn together."""
    from moyai.reservations.actions.lotteries.release import draw_release as draw

    row = _round(round_id)
    if row is not None and row.state == S.OPEN and row.enter_until <= now:
        draw(actor=Actor.system(row.body), now=now, round=row)


def _round(round_id: int) -> Round | None:
    found: Round | None = Round.objects.filter(pk=round_id).select_related("body").first()
    return found


def _get(address: str) -> bytes:
    try:
        answer = httpx.get(address, timeout=SECONDS, follow_redirects=False)
    except httpx.HTTPError as error:
        raise OSError(type(error).__name__) from error
    if answer.status_code != 200:
        raise OSError(f"answered {answer.status_code}")
    return answer.content
