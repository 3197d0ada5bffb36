"""変更・取消し — what becomes of a booking that stands: changed, or given up whole or in part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import checks, money, slots
from moyai.reservations.actions.asked import Asked, Scene, scene, scenes
from moyai.reservations.actions.elsewhere import may_go
from moyai.reservations.actions.extensions import still_extended
from moyai.reservations.actions.freeing import give_up, let_all_go
from moyai.reservations.actions.judging import has_main, judge
from moyai.reservations.actions.making import (
    FILLED,
    ChangedMeanwhile,
    S,
    TooLate,
    clear_the_way,
    close_requests,
    fill,
    keys_of,
    lock_registration,
    locked,
    look,
    note,
    save,
    standing,
    step,
    turn_of,
)
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.penalties import give_penalty
from moyai.reservations.actions.quotes import requote
from moyai.reservations.actions.won import answered, locked_win
from moyai.reservations.models import Booking, Equipment
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules.periods import last_moment
from moyai.tenants.public import Actor, Refusal, body_of, clock

Kind = Booking.Kind


class NotAPart(Refusal):
    code = "not_a_part"
    status = 422
    message = lazy("予約した時間と区画の中から、残す分を選んでください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"starts": str(self.message)})


class NeedsCounter(Refusal):
    code = "change_needs_counter"
    message = lazy("審査のある室場の日時は、オンラインでは変更できません。窓口にご相談ください。")  # type: ignore[assignment]


class AttachedStand(Refusal):
    code = "attached_stand"
    message = lazy(
        "一緒に予約した付属の室場が、この変更では外れます。先に、付属の室場の予約を取り消してください。"
    )  # type: ignore[assignment]


@action("reservations.change", permits=PERMITS)
def change(
    *,
    actor: Actor,
    now: datetime,
    booking: Booking,
    asked: Asked,
    version: int | None = None,
    channel: str = "",
) -> Booking:
    """予約の変更 — another time, unit or room, other people or equipment; the same rules as for a new booking.

    The old place is given up only if the new one is there; to another room it goes where the policy of its own lets it.
    `version`: what the page showed. Raises NotYours, NotInState,
    ChangedMeanwhile, TooLate, NeedsCounter, CannotBook, SlotTaken, OutOfStock, ExtensionInTheWay.
    """
    body, today = body_of(actor.body), clock.today(now)
    turn_of(booking.one_person)
    booking = standing(actor, booking)
    registration = booking.registration
    if version is not None and version != booking.version:
        raise ChangedMeanwhile
    before, after = scenes(body=body, asked=[Asked.of(booking), asked], today=today)
    _in_time(actor, now, before, act="change")
    may_go(before, after)
    moved = _place(before) != _place(after)
    looked_at = before.plan.needs_approval or after.plan.needs_approval
    if moved and looked_at and booking.state == S.BOOKED and not checks.acts_for_body(actor):
        raise NeedsCounter
    checks.possible(actor=actor, now=now, scene=after)
    _nothing_left_behind(booking, after)
    along = booking.weight == 0 and has_main(after, registration)  # counts with its main room
    judge(
        actor=actor,
        now=now,
        known=[after],
        registration=registration,
        granted=frozenset({checks.OverLimit.code}) if along else frozenset(),
        but=[booking.pk],
        period=moved,
    )
    stock = checks.stock_of(after)
    if moved:
        clear_the_way([after], look([after], now=now, but=[booking.pk]), now=now)
    quoted = requote(booking=booking, scene=after, registration=registration)
    with transaction.atomic():
        _replace(booking, before, after, stock, now=now)
        if along:
            booking.weight = 0
        save(booking, *FILLED, now=now)
    money.charge_change(
        actor=actor,
        now=now,
        booking=booking,
        quoted=quoted,
        scene=before,
        days_before=(before.asked.day - today).days,
    )
    facts = {"from": _told(before)} if moved else {}
    if moved and before.plan.facility_id != after.plan.facility_id:
        facts["from"]["facility"] = before.room.facility.name
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="changed",
        channel=channel,
        facts=facts,
        told="booking_changed",
    )
    return booking


@action("reservations.cancel", permits=PERMITS)
def cancel(
    *, actor: Actor, now: datetime, booking: Booking, why: str = "own", reason: str = "", channel: str = ""
) -> Booking:
    """予約の取消し — what was paid is given back by the policy; the place is freed, at once or at its release.

    `why`: own (利用者の都合), or by staff weather, facility, suspended …: only one's own late cancellation costs points.
    付属室場 that was booked with its main room, or is not lent alone, goes with it. Raises NotYours, NotInState, TooLate.
    """
    turn_of(booking.one_person)
    if not checks.acts_for_body(actor):
        why = "own"
    if why != "own":
        not_oneself(actor=actor, registration=booking.registration)
    if why == "own":
        lock_registration(booking)
    win = locked_win(booking)
    booking = standing(actor, booking)
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    _in_time(actor, now, known, act="cancel")
    if win is not None:  # as declined: it goes to who waits in the order of the draw, not to the next release
        slots.let_go([booking])
    _cancel_one(actor, now, booking, known, why=why, reason=reason, channel=channel, told="booking_cancelled")
    answered(win, "forfeit", now=now)
    cancel_attached(actor, now, booking, why=why, reason=reason, channel=channel)
    return booking


def cancel_attached(
    actor: Actor, now: datetime, booking: Booking, *, why: str, reason: str = "", channel: str = ""
) -> None:
    """付属室場 that goes with its main room, whatever ended that."""
    for other in _attached(booking):
        along = scene(body=body_of(actor.body), asked=Asked.of(other), today=clock.today(now))
        _cancel_one(actor, now, locked(other), along, why=why, reason=reason, channel=channel)


def _cancel_one(
    actor: Actor,
    now: datetime,
    booking: Booking,
    known: Scene,
    *,
    why: str,
    reason: str,
    channel: str,
    told: str = "",
) -> None:
    late = booking.state == S.BOOKED and why == "own" and booking.weight > 0
    step(booking, "cancel")
    booking.confirm_until = None
    save(booking, "state", "confirm_until", now=now)
    back = money.give_back(actor=actor, now=now, booking=booking, scene=known, why=why)
    let_all_go(booking, now=now, scene=known)
    close_requests(booking, actor=actor, now=now)
    if late and booking.registration is not None:
        give_penalty(
            actor=Actor.system(body_of(actor.body)),
            now=now,
            registration=booking.registration,
            why="late_cancel",
            booking=booking,
            days_before=(booking.day - known.today).days,
        )
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="cancelled",
        channel=channel,
        words=reason,
        facts={"why": why, "refund_yen": back.yen},
        told=told,
    )


@action("reservations.cancel_part", permits=PERMITS)
def cancel_part(
    *,
    actor: Actor,
    now: datetime,
    booking: Booking,
    starts: int,
    ends: int,
    combination_id: int | None = None,
    version: int | None = None,
    reason: str = "",
    channel: str = "",
) -> Booking:
    """一部の取消し — from–to and the unit that REMAIN; the rest is given up as in a cancellation.

    Raises NotYours, NotInState, ChangedMeanwhile, TooLate, NotAPart, AttachedStand, CannotBook (its times are none of
    the room).
    """
    turn_of(booking.one_person)
    booking = standing(actor, booking)
    if version is not None and version != booking.version:
        raise ChangedMeanwhile
    asked = Asked.of(
        booking, starts=starts, ends=ends, combination_id=combination_id or booking.combination_id
    )
    before, after = scenes(body=body_of(actor.body), asked=[Asked.of(booking), asked], today=clock.today(now))
    _in_time(actor, now, before, act="cancel")
    if not (booking.starts <= starts < ends <= booking.ends) or before.plan.id != after.plan.id:
        raise NotAPart
    if not set(after.unit.part_ids) <= set(before.unit.part_ids) or _place(before) == _place(after):
        raise NotAPart
    checks.possible_times(after)
    _nothing_left_behind(booking, after)
    rest = requote(booking=booking, scene=after, registration=booking.registration)
    weight = booking.weight
    with transaction.atomic():
        _replace(booking, before, after, checks.stock_of(after), now=now)
        if weight == 0:
            booking.weight = 0
        save(booking, *FILLED, now=now)
    back = money.give_back(
        actor=actor,
        now=now,
        booking=booking,
        scene=before,
        why="own",
        rest=rest,
        reason="予約の一部取消し",
    )
    note(
        actor=actor,
        now=now,
        booking=booking,
        what="part_cancelled",
        channel=channel,
        words=reason,
        facts={"from": _told(before), "refund_yen": back.yen},
        told="booking_changed",
    )
    return booking


# --- how --------------------------------------------------------------------------------------------


def _in_time(actor: Actor, now: datetime, known: Scene, *, act: Any) -> None:
    """The user acts until the moment of the policy, the counter until the use is over. Raises TooLate."""
    asked = known.asked
    if checks.acts_for_body(actor):
        return
    until = last_moment(known.document("periods"), act=act, day_of_use=asked.day, starts=asked.starts)
    if now >= until:
        raise TooLate


def _place(known: Scene) -> tuple[Any, ...]:
    asked = known.asked
    return asked.combination_id, asked.day, asked.starts, asked.ends


def _told(known: Scene) -> dict[str, Any]:
    """Where and when it was, as the history keeps it."""
    asked = known.asked
    return {
        "room": known.plan.name,
        "unit": known.unit.name,
        "day": asked.day.isoformat(),
        "starts": asked.starts,
        "ends": asked.ends,
    }


def _replace(
    booking: Booking, before: Scene, after: Scene, stock: dict[Equipment, int], *, now: datetime
) -> None:
    """The cells of `before` become those of `after`; what is left over is given up as a cancellation's. Fills the row."""
    new = after.plan.cells(after.asked.starts, after.asked.ends)
    same_day = before.asked.day == after.asked.day
    keep = {(part, cell) for part in after.unit.part_ids for cell in new} if same_day else set()
    also = [*keys_of(after), *(("equipment", one.pk, after.asked.day) for one in stock)]
    slots.lock_held([booking], also=also)
    give_up(booking, now=now, scene=before, keep=keep)
    fill(booking, asked=after.asked, plan=after.plan)
    slots.move(booking=booking, plan=after.plan, unit=after.unit, stock=stock)
    still_extended(booking, after.unit)


def _nothing_left_behind(booking: Booking, after: Scene) -> None:
    """付属室場 booked with a main room stay within its time. Raises AttachedStand."""
    asked = after.asked
    for other in _attached(booking):
        stays = after.plan.id == booking.room_id and asked.day == other.day
        if not (stays and asked.starts <= other.starts and other.ends <= asked.ends):
            raise AttachedStand(fields={"starts": str(AttachedStand.message)})


def _attached(booking: Booking) -> list[Booking]:
    """付属室場 of the same user, booked with this booking's room or not lent without it, within its time."""
    return list(
        Booking.objects.filter(
            Q(room__alone=False) | Q(weight=0),
            body_id=booking.body_id,
            registration_id=booking.registration_id,
            day=booking.day,
            starts__gte=booking.starts,
            ends__lte=booking.ends,
            room__main_id=booking.room_id,
            kind=Kind.USE,
            state__in=(S.ASKED, S.BOOKED),
        ).order_by("id")
    )
