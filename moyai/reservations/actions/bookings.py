"""予約する — hold a place while filling in, book it, confirm a win.

Order of what decides: what is taken is refused at once by a look; then the person's turn is waited for and the rules
are judged on what he has; then the cells are taken under their locks, and they alone decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import checks, money, slots
from moyai.reservations.actions.asked import Asked, Scene, scenes
from moyai.reservations.actions.changes import cancel, cancel_part, change
from moyai.reservations.actions.freeing import end_freed
from moyai.reservations.actions.judging import attached_in, judge
from moyai.reservations.actions.making import (
    NotInState,
    S,
    TooLate,
    clear_the_way,
    fill,
    locked,
    look,
    new_row,
    note,
    put_down,
    save,
    step,
    tell_user,
    turn_and_number,
    turn_of,
)
from moyai.reservations.actions.quotes import quote_for
from moyai.reservations.actions.slots import Wanted
from moyai.reservations.actions.verdicts import approve, refuse, restore
from moyai.reservations.actions.win_use import tell_use
from moyai.reservations.actions.won import answered, locked_win
from moyai.reservations.models import Booking, Equipment, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules.periods import hold_minutes
from moyai.tenants.public import Actor, Refusal, body_of, clock, prepared_rows, prepared_update

__all__ = [
    "HoldOver",
    "TooManyHolds",
    "approve",
    "book",
    "book_all",
    "cancel",
    "cancel_part",
    "change",
    "confirm",
    "drop_hold",
    "hold_slot",
    "refuse",
    "restore",
]

MOST_HOLDS = 3  # places one person holds at a time while filling in


class HoldOver(Refusal):
    code = "hold_over"
    message = lazy("入力の時間が過ぎたため、仮押えが終わりました。空き状況から選び直してください。")  # type: ignore[assignment]


class TooManyHolds(Refusal):
    code = "too_many_holds"
    message = lazy("入力の途中の予約があります。先に、その予約を終えるか、やめてください。")  # type: ignore[assignment]


@action("reservations.hold_slot", permits=PERMITS)
def hold_slot(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    asked: Asked,
    channel: str,
    known: Scene | None = None,
) -> Booking:
    """入力中の仮押え — keep the place while its form is filled in, as long as the policy says (15 minutes).

    `known`: the scene of what is asked for, where it was read in this very transaction.

    Raises NotYours, CannotBook (purpose and people are judged when it is booked), TooManyHolds, SlotTaken.
    """
    checks.own(actor=actor, registration=registration)
    scene = known or scenes(body=body_of(actor.body), asked=[asked], today=clock.today(now))[0]
    checks.possible(actor=actor, now=now, scene=scene)
    over = [] if known is not None and known.untouched else look([scene], now=now)
    number = turn_and_number(registration.one_person)
    clear_the_way([scene], over, now=now)
    if holds_of(registration, now=now) >= MOST_HOLDS:
        raise TooManyHolds
    judge(actor=actor, now=now, known=[scene], registration=registration, filling_in=True)
    until = now + timedelta(minutes=hold_minutes(scene.document("periods")))
    row = new_row(
        actor=actor,
        now=now,
        scene=scene,
        registration=registration,
        channel=channel,
        state=S.HELD,
        number=number,
        held_until=until,
    )
    return put_down([(row, scene)], savepoint=False)[0]


@action("reservations.drop_hold", permits=PERMITS)
def drop_hold(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """仮押えをやめる — the place is free again. Raises NotYours, NotInState (it is no longer a hold)."""
    booking = locked(booking)
    checks.own(actor=actor, registration=booking.registration)
    if booking.state != S.HELD:
        raise NotInState
    slots.let_go([booking])
    step(booking, "end")
    booking.held_until = None
    save(booking, "state", "held_until", now=now)
    return booking


@action("reservations.book", permits=PERMITS)
def book(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    asked: Asked,
    channel: str,
    held: Booking | None = None,
    attached: Sequence[Asked] = (),
) -> Booking:
    """予約する — BOOKED, or where staff look first (要審査) ASKED; the place is taken either way.

    `held`: the hold it was filled in on; past its time it is booked anew if nobody else was faster. `attached`: 付属室場
    booked with it, as bookings of their own in the same act. Raises NotYours, CannotBook, SlotTaken, OutOfStock, HoldOver.
    """
    return book_all(
        actor=actor,
        now=now,
        registration=registration,
        asked=[asked, *attached],
        channel=channel,
        held=held,
    )[0]


@action("reservations.confirm", permits=PERMITS)
def confirm(
    *, actor: Actor, now: datetime, booking: Booking, commercial: bool = False, admission_yen: int = 0
) -> Booking:
    """当選の確定 — the winner takes what was drawn, in time; from now on its fee is owed.

    `commercial`, `admission_yen` (the highest, 0 for none): said now, where the fee depends on them. Raises NotYours,
    NotInState, TooLate, FeeUnknown.
    """
    win = locked_win(booking)
    booking = locked(booking)
    checks.own(actor=actor, registration=booking.registration)
    if booking.state not in (S.BOOKED, S.ASKED) or booking.confirm_until is None:
        raise NotInState
    if now >= booking.confirm_until:
        raise TooLate
    booking.confirm_until = None
    save(booking, "confirm_until", now=now)
    tell_use(actor=actor, now=now, booking=booking, commercial=commercial, admission_yen=admission_yen)
    answered(win, "confirm", now=now)
    if booking.state == S.BOOKED:
        money.charge_for(actor=actor, now=now, booking=booking)
    note(actor=actor, now=now, booking=booking, what="confirmed", told="booking_confirmed")
    return booking


def holds_of(registration: Registration, *, now: datetime) -> int:
    """How many places its person holds now."""
    [(count,)] = prepared_rows(
        "SELECT count(*) FROM reservations_booking WHERE body_id = %s::int AND one_person = %s::text"
        " AND state = 'held' AND held_until > %s::timestamptz",
        [str(registration.body_id), registration.one_person, now],
    )
    return int(count)


# --- how: also for series, overrides and what the counter gives -----------------------------------------


def book_all(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    asked: Sequence[Asked],
    channel: str,
    held: Booking | None = None,
    granted: frozenset[str] = frozenset(),
    waits: bool = False,
    freeing: Sequence[Booking] = (),
) -> list[Booking]:
    """All of these uses as bookings of one registration, or none.

    `granted`: codes of rules that do not bind this time (an override). `waits`: they stay ASKED until somebody decides.
    `freeing`: rows of the same acting body that give up their cells for this (仮押え).
    """
    checks.own(actor=actor, registration=registration)
    known = scenes(body=body_of(actor.body), asked=asked, today=clock.today(now))
    mine = [one.pk for one in [*freeing, *([held] if held is not None else [])]]
    for scene in known:
        checks.possible(actor=actor, now=now, scene=scene, granted=granted)
    holds = held is not None and held.state == S.HELD and _same_place(held, known[0])
    over = look(known[1:] if holds else known, now=now, but=mine)  # what is held nobody else has
    stock = [checks.stock_of(scene) for scene in known]
    turn_of(registration.one_person)
    held = _still_held(held, registration=registration) if held is not None else None
    if holds and held is None:  # it ran out just now
        over += look(known[:1], now=now, but=mine)
    clear_the_way(known, over, now=now)
    judge(actor=actor, now=now, known=known, registration=registration, granted=granted, but=mine)
    if held is not None and not _same_place(held, known[0]):
        slots.let_go([held])
        step(held, "end")
        held.held_until = None
        save(held, "state", "held_until", now=now)
        held = None
    rows = []
    for place, scene in enumerate(known):
        verb = "ask" if waits or scene.plan.needs_approval else "book"
        if place == 0 and held is not None:
            row = held
            fill(row, asked=scene.asked, plan=scene.plan)
            row.channel = channel
            row.held_until = None
        else:
            row = new_row(
                actor=actor,
                now=now,
                scene=scene,
                registration=registration,
                channel=channel,
                state=S.HELD,
            )
        with_main = attached_in(scene, known)
        if with_main:
            row.weight = 0  # counts with its main room
        quote_for(scene=scene, registration=registration, with_main=with_main).put_on(row)
        step(row, verb)
        rows.append(row)
    made = _stored(rows, known, stock, held, freeing)
    end_freed(freeing, now=now)
    for row in made:
        note(
            actor=actor,
            now=now,
            booking=row,
            what="asked" if row.state == S.ASKED else "booked",
            channel=channel,
            facts={"with": made[0].number} if row is not made[0] else None,
        )
        if row.state == S.BOOKED:
            money.charge_for(actor=actor, now=now, booking=row, first=True)
    tell_made(actor=actor, now=now, made=made)
    return made


def tell_made(*, actor: Actor, now: datetime, made: Sequence[Booking]) -> None:
    """One message for what was booked in one act."""
    kind = "booking_asked" if made[0].state == S.ASKED else "booking_booked"
    tell_user(actor=actor, now=now, booking=made[0], kind=kind)


def _still_held(held: Booking, *, registration: Registration) -> Booking | None:
    """The hold, locked; None where its time is over and it was ended. Raises NotYours, HoldOver."""
    held = locked(held, uncharged=held.state == S.HELD)
    if held.registration_id != registration.pk:
        raise checks.NotYours
    if held.state not in (S.HELD, S.ENDED):
        raise HoldOver  # it became a booking, perhaps in another window
    held.registration = registration
    return held if held.state == S.HELD else None


def _same_place(held: Booking, scene: Scene) -> bool:
    asked = scene.asked
    return (held.combination_id, held.day, held.starts, held.ends) == (
        asked.combination_id,
        asked.day,
        asked.starts,
        asked.ends,
    )


def _stored(
    rows: Sequence[Booking],
    known: Sequence[Scene],
    stock: Sequence[dict[Equipment, int]],
    held: Booking | None,
    freeing: Sequence[Booking],
) -> list[Booking]:
    """The rows with their cells; the hold keeps its own and becomes the booking."""
    if held is None:
        return put_down(list(zip(rows, known, strict=True)), stock=dict(enumerate(stock)), freeing=freeing)
    held.version += 1
    held.changed_at = rows[0].changed_at
    prepared_update(held)
    if len(rows) > 1 or any(stock):  # the hold has its own cells already
        wanted = zip(rows, known, stock, strict=True)
        slots.lock_wanted([Wanted(row, one.plan, one.unit, None, has) for row, one, has in wanted])
    slots.add_stock(held, stock[0])
    rest = list(zip(rows[1:], known[1:], strict=True))
    more = put_down(rest, stock=dict(enumerate(stock[1:])), freeing=freeing) if rest else []
    return [held, *more]
