"""取消し分の抽選 — what was cancelled is shown at one time, and the requests of the first minutes are drawn together.

The seed is fixed and its SHA-256 published before the first request; the seed itself stands nowhere before the draw.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from moyai.audit.public import action
from moyai.calendars.public import moment_words
from moyai.reservations.actions import slots
from moyai.reservations.actions.freeing import end_freed
from moyai.reservations.actions.lotteries.draw import draw, freeze, publish_later
from moyai.reservations.actions.lotteries.steps import NotNow, locked_round, step_round
from moyai.reservations.actions.lotteries.telling import tell_later, unit_names
from moyai.reservations.actions.lotteries.wins import book_one
from moyai.reservations.models import Booking, Entry, Round, RoundFiles, RoundRoom
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.rules.lottery import Release, release_of
from moyai.reservations.sealed_seeds import seal, unseal
from moyai.tenants.public import Actor, Body, body_of, clock, one_at_a_time, public_number

S = Round.State
WISHES = 3  # of one request
LATE = timedelta(minutes=2)


def releases_of(body: Body, freed: Sequence[Booking], *, on: date) -> list[tuple[Release, list[Booking]]]:
    """取消し分の公開の定め of what is due, by room: the room's policy, else its facility's, else the body's. One query.

    Rows under the same terms stand together; those with terms of their own are drawn apart.
    """
    known = policies_of(body, facilities={one.facility_id for one in freed}, kinds=["lottery"], until=on)
    found: dict[Release, list[Booking]] = {}
    for one in freed:
        found.setdefault(release_of(known.document("lottery", one.room, on)), []).append(one)
    return list(found.items())


def open_releases(
    *, actor: Actor, now: datetime, freed: Sequence[Booking]
) -> list[tuple[Round | None, list[Booking]]]:
    """取消し分の公開 — what is due, each with the round it is drawn in; with None what its policy gives at once."""
    return [
        (open_release(actor=actor, now=now, freed=rows, minutes=terms.minutes) if terms.on else None, rows)
        for terms, rows in releases_of(body_of(actor.body), freed, on=clock.today(now))
    ]


@action("reservations.open_release", permits=PERMITS)
def open_release(*, actor: Actor, now: datetime, freed: Sequence[Booking], minutes: int) -> Round:
    """取消し分の抽選を始める — a round of so many minutes over what is due now.

    Called again before its minutes are over, it takes what came since into the same round.
    """
    body = body_of(actor.body)
    span = timedelta(minutes=minutes)
    one_at_a_time("reservations.release", "")
    row = Round.objects.filter(
        body=body,
        kind=Round.Kind.RELEASE,
        state=S.OPEN,
        enter_until__gt=now,
        enter_until=F("enter_from") + span,
    ).first()
    days = [one.day for one in freed]
    if row is None:
        due = max((one.free_at for one in freed if one.free_at is not None), default=now)
        begins = due if now - LATE <= due <= now else now  # its own hour, unless the house was asleep then
        row = Round(
            body=body,
            kind=Round.Kind.RELEASE,
            title=_("取消し分（%(when)s公開）") % {"when": moment_words(begins)},
            label=f"{body.code}-release-{public_number()}",
            wishes=WISHES,
            for_from=min(days),
            for_until=max(days),
            enter_from=begins,
            enter_until=begins + span,
            seed_kind=Round.SeedKind.COMMITMENT,
            salt=secrets.token_hex(16),
        )
        row.commitment = seal(row)
        row.seed_source = _("前もって封印した値（SHA-256：%(commitment)s）") % {"commitment": row.commitment}
    row.for_from, row.for_until = min(row.for_from, *days), max(row.for_until, *days)
    row.save()
    known = set(RoundRoom.objects.filter(body=body, round=row).values_list("room_id", flat=True))
    RoundRoom.objects.bulk_create(
        [
            RoundRoom(body=body, round=row, room_id=room)
            for room in sorted({one.room_id for one in freed} - known)
        ]
    )
    return row


@action("reservations.draw_release", permits=PERMITS, thing="round")
def draw_release(*, actor: Actor, now: datetime, round: Round) -> Round:
    """取消し分の抽選 — freeze, draw, book and let the rest go, in one transaction: nobody comes in between.

    Raises NotNow before the minutes are over, SeedRefused where the key of the installation is another than at the opening.
    """
    row = locked_round(round)
    if row.kind != Round.Kind.RELEASE or row.state != S.OPEN or now < row.enter_until:
        raise NotNow
    freed = list(_due(row, now=now))
    freeze(row, actor=actor, now=now, freed=freed)
    row.seed, row.seed_used = unseal(row), Round.SeedKind.COMMITMENT
    row.save(update_fields=["seed", "seed_used"])
    draw(row, now=now)
    slots.let_go(freed)  # their parts stay locked until all winners have theirs
    end_freed(freed, now=now)
    won = list(
        Entry.objects.filter(body_id=row.body_id, round=row, state=Entry.State.WON)
        .select_related("registration")
        .order_by("rank")
    )
    names = unit_names(row.body_id, {wish["combination"] for one in won for wish in one.wishes})
    for one in won:
        one.round = row
        book_one(one, actor=actor, now=now, until=None, names=names)
    Entry.objects.filter(body_id=row.body_id, round=row, state=Entry.State.WAITING).update(
        state=Entry.State.LOST, changed_at=now
    )
    step_round(row, "close")
    publish_later(row, RoundFiles.Stage.LIST)
    publish_later(row, RoundFiles.Stage.RESULT)
    tell_later(row)
    return row


def _due(row: Round, *, now: datetime) -> Iterable[Booking]:
    """開放待ち of the round's rooms whose time has come."""
    rooms = RoundRoom.objects.filter(body_id=row.body_id, round=row).values_list("room_id", flat=True)
    rows: Iterable[Booking] = (
        Booking.objects.filter(
            body_id=row.body_id,
            kind=Booking.Kind.FREED,
            state=Booking.State.BOOKED,
            free_at__lte=now,
            room_id__in=list(rooms),
            day__gte=row.for_from,
            day__lte=row.for_until,
        )
        .select_for_update(of=("self",))
        .order_by("id")
    )
    return rows
