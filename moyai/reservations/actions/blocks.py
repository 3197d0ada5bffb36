"""保守・休止と仮押え — time that staff take out of booking, or keep for a use of the body's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import slots
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.asked import Asked, Scene, scenes
from moyai.reservations.actions.bookings import book_all
from moyai.reservations.actions.checks import NotATimeOfRoom, PastDay
from moyai.reservations.actions.freeing import end_freed
from moyai.reservations.actions.judging import refuse_in_draw
from moyai.reservations.actions.making import NotInState, S, locked, note, save, step
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.slots import Wanted
from moyai.reservations.models import Booking, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules.rooms import MIDNIGHT, RoomPlan
from moyai.tenants.public import Actor, Refusal, body_of, clock, public_number

Kind = Booking.Kind
KEEPERS = (Kind.BLOCK, Kind.KEPT)


class NothingToBlock(Refusal):
    code = "nothing_to_block"
    status = 422
    message = lazy("この時間には、予約できる枠がありません。")  # type: ignore[assignment]


@action("reservations.block", permits=PERMITS)
def block(
    *,
    actor: Actor,
    now: datetime,
    asked: Asked,
    reason: str,
    days: Sequence[date] = (),
    channel: str = "staff",
) -> list[Booking]:
    """保守・休止 — no use from–to, on the day of `asked` or on all of `days`. What is booked there is in the way.

    Raises ReasonMissing, PastDay, NotATimeOfRoom, UnknownUnit, SlotTaken (move or cancel what stands there first).
    """
    return _take_out(Kind.BLOCK, actor, now, asked, need_reason(reason), days, channel)


@action("reservations.keep", permits=PERMITS)
def keep(
    *,
    actor: Actor,
    now: datetime,
    asked: Asked,
    reason: str,
    days: Sequence[date] = (),
    channel: str = "staff",
) -> list[Booking]:
    """仮押え — kept for 優先利用 or an event of the body; later given to its user, or lifted. Raises as `block`."""
    return _take_out(Kind.KEPT, actor, now, asked, need_reason(reason), days, channel)


@action("reservations.lift_block", permits=PERMITS)
def lift_block(*, actor: Actor, now: datetime, booking: Booking, reason: str = "") -> Booking:
    """休止・仮押えの解除 — free again at once. Raises NotInState."""
    booking = locked(booking)
    if booking.kind not in KEEPERS:
        raise NotInState
    step(booking, "cancel")
    slots.let_go([booking])
    save(booking, "state", now=now)
    note(actor=actor, now=now, booking=booking, what="lifted", words=reason.strip())
    return booking


@action("reservations.give_kept", permits=PERMITS)
def give_kept(
    *,
    actor: Actor,
    now: datetime,
    booking: Booking,
    registration: Registration,
    asked: Asked,
    channel: str = "staff",
) -> Booking:
    """仮押えから予約へ — what was kept becomes somebody's booking; what he does not take of it is free.

    It was kept before the window opened, so the window does not bind; all other rules do. Raises as `book`, NotInState.
    """
    not_oneself(actor=actor, registration=registration)
    kept = locked(booking)
    if kept.kind != Kind.KEPT or kept.state != S.BOOKED:
        raise NotInState
    return book_all(
        actor=actor,
        now=now,
        registration=registration,
        asked=[asked],
        channel=channel,
        granted=frozenset({"outside_period"}),
        freeing=[kept],
    )[0]


def covering(plan: RoomPlan, starts: int, ends: int) -> tuple[int, ...]:
    """Every cell that a time touches: whole コマ and steps, however it lies across them."""
    if not 0 <= starts < ends <= MIDNIGHT:
        return ()
    if plan.step:
        return tuple(range(starts - starts % plan.step, ends, plan.step))
    return tuple(frame.starts for frame in plan.frames if frame.starts < ends and starts < frame.ends)


# --- how --------------------------------------------------------------------------------------------


def _take_out(
    kind: str, actor: Actor, now: datetime, asked: Asked, reason: str, days: Sequence[date], channel: str
) -> list[Booking]:
    body, today = body_of(actor.body), clock.today(now)
    every = [replace(asked, day=day) for day in sorted(set(days))] or [asked]
    if not 0 <= asked.starts < asked.ends <= MIDNIGHT:
        raise NotATimeOfRoom
    if every[0].day < today:
        raise PastDay
    known = scenes(body=body, asked=every, today=today)
    refuse_in_draw(known)
    rows = [_row(kind, actor, now, scene, reason, channel) for scene in known]
    cells = [covering(scene.plan, asked.starts, asked.ends) for scene in known]
    if not all(cells):
        raise NothingToBlock
    uses = [
        (scene.unit.part_ids, scene.asked.day, of_day) for scene, of_day in zip(known, cells, strict=True)
    ]
    ids = [one.booking_id for one in slots.holders(body.pk, uses)]
    freed = list(
        Booking.objects.filter(body=body, pk__in=ids, kind=Kind.FREED, state=S.BOOKED)
        .select_for_update(of=("self",), no_key=True)
        .order_by("id")
    )
    with transaction.atomic():
        made: list[Booking] = Booking.objects.bulk_create(rows)
        slots.occupy_all(
            [
                Wanted(row, scene.plan, scene.unit, of_day)
                for row, scene, of_day in zip(made, known, cells, strict=True)
            ],
            freeing=freed,
        )
        end_freed(freed, now=now)
    for row in made:
        note(actor=actor, now=now, booking=row, what="kept" if kind == Kind.KEPT else "blocked", words=reason)
    return made


def _row(kind: str, actor: Actor, now: datetime, scene: Scene, reason: str, channel: str) -> Booking:
    asked = scene.asked
    return Booking(
        body=body_of(actor.body),
        number=public_number(),
        kind=kind,
        state=S.BOOKED,
        facility=scene.room.facility,
        room=scene.room,
        combination_id=asked.combination_id,
        day=asked.day,
        starts=asked.starts,
        ends=asked.ends,
        weight=0,
        title=(asked.title or reason)[:100],
        channel=channel,
        made_at=now,
        made_on=clock.today(now),
        made_by=actor.name[:60],
        changed_at=now,
    )
