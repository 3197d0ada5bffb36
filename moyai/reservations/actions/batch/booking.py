"""まとめて予約する — as `bookings.book`, for many uses at once.

Locks as everywhere: first the turns of all persons, then all slots in one sorted statement. From there on nobody else
changes what they have or take, so each use is judged in memory, in the order asked for, on what those before it left.
What needs more than that (equipment, a main room, a hold whose time is over in the way) is booked by the single act at
its place in the order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from moyai.audit.public import check_permit, record_each
from moyai.reservations.actions import checks, money, slots
from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.actions.batch.ground import Batch, Scenes, different, turns_of
from moyai.reservations.actions.batch.taken import Busy, keys_of
from moyai.reservations.actions.bookings import book, tell_made
from moyai.reservations.actions.judging import refuse_in_draw
from moyai.reservations.actions.lock_windows import wake_lock
from moyai.reservations.actions.making import S, new_row, step, taken
from moyai.reservations.actions.quotes import quote_for
from moyai.reservations.actions.remembering import Line, remember_each
from moyai.reservations.actions.slots import SlotTaken, Wanted
from moyai.reservations.models import Booking, GroupMember, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.standing import uses_of_persons
from moyai.reservations.rules.limits import Use
from moyai.tenants.public import Actor, Body, Refusal, body_of, clock, insert_many, public_numbers

VERB = "reservations.book"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingOrder:
    """One use of one registration, and the channel it came by."""

    registration: Registration
    asked: Asked
    channel: str


def book_many(*, actor: Actor, now: datetime, orders: Sequence[BookingOrder]) -> Batch[Booking]:
    """まとめて予約する — each as `book` would, in this order; what is refused is left out. One transaction.

    A thousand parts and days or more are one lock of the whole body while it lasts. Bookings come back without what the
    database made of them: read them again before they are changed.
    """
    check_permit(actor, VERB, PERMITS)
    result: Batch[Booking] = Batch()
    if not orders:
        return result
    body, today = body_of(actor.body), clock.today(now)
    scenes = Scenes(body, [one.asked for one in orders], today)
    seen = _seen(scenes, orders, result, actor=actor, now=now)
    if not seen:
        return result
    turns_of(body, (orders[place].registration.one_person for place in seen))
    slots.lock(body.pk, keys_of(seen.values()))
    desk = _Desk(
        actor=actor,
        now=now,
        result=result,
        orders=orders,
        busy=Busy(body, seen.values(), now=now),
        standing=uses_of_persons(
            body=body,
            persons={orders[place].registration.one_person for place in seen},
            documents=different(scene.document("limits") for scene in seen.values()),
            days=sorted({scene.asked.day for scene in seen.values()}),
            today=today,
        ),
        inside=_inside_members(body, [orders[place].registration for place in seen], seen.values()),
        numbers=public_numbers(len(seen)),
    )
    for place, scene in seen.items():
        desk.take(place, scene)
    desk.write()
    return result


@dataclass(slots=True)
class _Desk:
    """Where the orders are judged one after the other, and written together."""

    actor: Actor
    now: datetime
    result: Batch[Booking]
    orders: Sequence[BookingOrder]
    busy: Busy
    standing: dict[str, list[Use]]
    inside: dict[int, int] | None
    numbers: list[str]
    waiting: list[tuple[int, Booking, Scene]] = field(default_factory=list)  # accepted, not yet written

    def take(self, place: int, scene: Scene) -> None:
        """Judge one order as `book` would, and accept it or leave it out."""
        order, cells = self.orders[place], scene.plan.cells(scene.asked.starts, scene.asked.ends)
        held = self.busy.of(scene, cells)
        if any(not one.over for one in held):
            self.result.left_out[place] = taken(scene.asked)
            return
        if held or scene.asked.equipment or not scene.plan.alone:
            self.write()
            if (made := self._singly(place, scene)) is not None:
                self._stands(order.registration, scene, cells, counted=made.weight > 0)
            return
        try:
            row = self._judged(order, scene)
        except Refusal as refusal:
            self.result.left_out[place] = refusal
            return
        if self.busy.beside(scene):
            self.result.left_out[place] = taken(scene.asked)
            return
        self.waiting.append((place, row, scene))
        self._stands(order.registration, scene, cells)

    def write(self) -> None:
        """Store what is accepted: rows, cells, history, deeds, then money and news."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        actor, now = self.actor, self.now
        try:
            with transaction.atomic():
                rows = insert_many([row for _place, row, _scene in waiting])
                slots.occupy_all([Wanted(row, scene.plan, scene.unit) for _place, row, scene in waiting])
        except SlotTaken:  # something took a cell without the lock: who is first, gets it
            for place, _row, scene in waiting:
                self._singly(place, scene)
            return
        for what, state in (("booked", S.BOOKED), ("asked", S.ASKED)):
            lines: list[Line] = [
                (row.registration, row, None, row.channel, {}) for row in rows if row.state == state
            ]
            if lines:
                remember_each(actor=actor, now=now, what=what, lines=lines)
        record_each(actor=actor, now=now, verb=VERB, things=rows)
        money.charge_new(actor=actor, now=now, bookings=rows)
        for (place, _row, _scene), row in zip(waiting, rows, strict=True):
            self.result.done[place] = row
            if row.room.lock:
                wake_lock(row)
            if row.registration.email or row.registration.account_id:
                tell_made(actor=actor, now=now, made=[row])

    def _singly(self, place: int, scene: Scene) -> Booking | None:
        order = self.orders[place]
        try:
            with transaction.atomic():
                made = book(
                    actor=self.actor,
                    now=self.now,
                    registration=order.registration,
                    asked=order.asked,
                    channel=order.channel,
                )
        except Refusal as refusal:
            self.result.left_out[place] = refusal
            return None
        self.result.done[place] = made
        return made

    def _judged(self, order: BookingOrder, scene: Scene) -> Booking:
        """The row of one order, or its refusal: what `book_all` says of one use that is not taken."""
        registration = order.registration
        refuse_in_draw([scene])
        checks.raise_first(
            checks.faults(
                actor=self.actor,
                now=self.now,
                scene=scene,
                registration=registration,
                standing=self.standing.get(registration.one_person, ()),
                inside_members=self._inside(registration),
            )
        )
        row = new_row(
            actor=self.actor,
            now=self.now,
            scene=scene,
            registration=registration,
            channel=order.channel,
            state=S.HELD,
            number=self.numbers.pop(),
        )
        quote_for(scene=scene, registration=registration).put_on(row)
        step(row, "ask" if scene.plan.needs_approval else "book")
        return row

    def _stands(
        self, registration: Registration, scene: Scene, cells: Sequence[int], *, counted: bool = True
    ) -> None:
        """What was accepted counts for those that come after it."""
        self.busy.take(scene, cells)
        if counted:
            use = checks.as_use(scene, kind=registration.kind)
            self.standing.setdefault(registration.one_person, []).append(use)

    def _inside(self, registration: Registration) -> int | None:
        if self.inside is None or registration.kind != Registration.Kind.GROUP:
            return None
        return self.inside.get(registration.pk, 0)


# --- how --------------------------------------------------------------------------------------------


def _seen(
    scenes: Scenes,
    orders: Sequence[BookingOrder],
    result: Batch[Booking],
    *,
    actor: Actor,
    now: datetime,
) -> dict[int, Scene]:
    """The scene of each order that is possible at all, by its place."""
    seen: dict[int, Scene] = {}
    for place, order in enumerate(orders):
        try:
            checks.own(actor=actor, registration=order.registration)
            scene = scenes.of(order.asked)
            checks.possible(actor=actor, now=now, scene=scene)
        except Refusal as refusal:
            result.left_out[place] = refusal
        else:
            seen[place] = scene
    return seen


def _inside_members(
    body: Body, registrations: Iterable[Registration], scenes: Iterable[Scene]
) -> dict[int, int] | None:
    """Members inside, by the group's id, where a policy asks for their share. One query at most."""
    asks = Counter(bool((scene.document("eligibility") or {}).get("group")) for scene in scenes)
    if not asks[True]:
        return None
    groups = {one.pk for one in registrations if one.kind == Registration.Kind.GROUP}
    rows = GroupMember.objects.filter(body=body, registration_id__in=groups, inside=True)
    counts = rows.values("registration_id").order_by("registration_id").annotate(count=Count("id"))
    return dict(counts.values_list("registration_id", "count"))
