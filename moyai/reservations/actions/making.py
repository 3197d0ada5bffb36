"""予約の部品 — the pieces every verb about bookings is made of: rows, states, cells that wait for their release, news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from moyai.money.public import lock_charges_about
from moyai.notices.public import Recipient, tell
from moyai.reservations.actions import slots
from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.actions.checks import acts_for_body, own
from moyai.reservations.actions.lock_windows import wake_lock
from moyai.reservations.actions.remembering import by_of, remember
from moyai.reservations.actions.slots import SlotTaken, Wanted
from moyai.reservations.models import Booking, Equipment, Registration, Request
from moyai.reservations.queries.own_bookings import WHOLE
from moyai.reservations.rules.rooms import RoomPlan, clock_face
from moyai.tenants.public import (
    Actor,
    Refusal,
    body_of,
    clock,
    one_at_a_time,
    prepared_insert,
    prepared_objects,
    prepared_update,
    public_number,
)

S = Booking.State
MINUTE: Final = timedelta(minutes=1)


class NotInState(Refusal):
    code = "booking_not_in_state"
    message = lazy("この予約は、いまの状態ではこの操作ができません。最新の状態を確かめてください。")  # type: ignore[assignment]


class ChangedMeanwhile(Refusal):
    code = "booking_changed_meanwhile"
    message = lazy("ほかの画面で、この予約が変更されました。最新の内容を確かめてください。")  # type: ignore[assignment]


class TooLate(Refusal):
    code = "too_late"
    message = lazy("手続きできる期限を過ぎています。窓口にご相談ください。")  # type: ignore[assignment]


def turn_of(one_person: str) -> None:
    """Wait for one's turn: two acts of one and the same person are judged one after the other, limits first."""
    one_at_a_time("reservations.person", one_person)


def turn_and_number(one_person: str) -> str:
    """The same, with the 整理番号 of what will be made in it."""
    return one_at_a_time("reservations.person", one_person, number=True)


def locked(booking: Booking, *, uncharged: bool = False) -> Booking:
    """The row as it is now, held until the transaction ends, with registration, room, facility and unit.

    Its charges first: whoever pays locks the charge and then the booking. `uncharged`: a hold, which never has any, in an
    act that goes no further if it is none any more.
    """
    if not uncharged:
        lock_charges_about(booking)
    known = [name for name in ("room", "facility", "combination") if name in booking._state.fields_cache]
    along = ("registration",) if len(known) == 3 else WHOLE
    [found] = prepared_objects(
        Booking,
        "WHERE t.body_id = %s::int AND t.id = %s::bigint FOR NO KEY UPDATE OF t",
        [str(booking.body_id), str(booking.pk)],
        along=along,
    )
    if along is not WHOLE:  # where it is was read a moment ago; of another place it is read anew
        for name in known:
            if getattr(found, f"{name}_id") == getattr(booking, f"{name}_id"):
                found._state.fields_cache[name] = booking._state.fields_cache[name]
    return found


def standing(actor: Actor, booking: Booking, *, states: tuple[str, ...] = (S.ASKED, S.BOOKED)) -> Booking:
    """The row, locked, if it is one's own and in one of these states. Raises NotYours, NotInState."""
    booking = locked(booking)
    own(actor=actor, registration=booking.registration)
    if booking.state not in states or booking.kind != Booking.Kind.USE:
        raise NotInState
    return booking


def lock_registration(booking: Booking) -> None:
    """Points lock the registration; whoever suspends locks it before its bookings."""
    if booking.registration_id is not None:
        Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=booking.registration_id)


def step(booking: Booking, verb: str) -> None:
    """Along the flow. Raises NotInState; nothing is saved."""
    to = Booking.FLOW.get((S(booking.state), verb))
    if to is None:
        raise NotInState
    booking.state = to


def save(booking: Booking, *fields: str, now: datetime) -> None:
    booking.version += 1
    booking.changed_at = now
    prepared_update(booking, *fields, "version", "changed_at")


def new_row(
    *,
    actor: Actor,
    now: datetime,
    scene: Scene,
    registration: Registration | None,
    channel: str,
    state: str,
    number: str = "",
    **other: Any,
) -> Booking:
    """A booking as it is asked for, not yet stored."""
    asked, plan = scene.asked, scene.plan
    made = Booking(
        body=body_of(actor.body),
        number=number or public_number(),
        state=state,
        registration=registration,
        one_person=registration.one_person if registration else "",
        channel=channel,
        made_at=now,
        made_on=clock.today(now),
        made_by=actor.name[:60] if acts_for_body(actor) else "",
        changed_at=now,
    )
    fill(made, asked=asked, plan=plan)
    made.room = scene.room
    made.facility = scene.room.facility
    for name, value in other.items():
        setattr(made, name, value)
    return made


FILLED: Final = (
    "facility", "room", "combination", "day", "starts", "ends", "frames", "weight", "purpose", "title", "people",
    "commercial", "admission_yen", "equipment",
)  # fmt: skip


def fill(booking: Booking, *, asked: Asked, plan: RoomPlan) -> None:
    """Write what is asked for into a row (the columns FILLED)."""
    booking.facility_id, booking.room_id = plan.facility_id, plan.id
    booking.combination_id = asked.combination_id
    booking.day, booking.starts, booking.ends = asked.day, asked.starts, asked.ends
    booking.frames = [frame.code for frame in plan.frames_between(asked.starts, asked.ends)]
    booking.weight = plan.weight(asked.starts, asked.ends)
    booking.purpose, booking.title, booking.people = asked.purpose, asked.title[:100], asked.people
    booking.commercial, booking.admission_yen = asked.commercial, asked.admission_yen
    booking.equipment = {code: count for code, count in sorted(asked.equipment.items()) if count > 0}


def look(scenes: Sequence[Scene], *, now: datetime, but: Iterable[int] = ()) -> list[int]:
    """Refuse at once, without a lock, what is taken anyhow. Raises SlotTaken. Gives the holds in the way that are over.

    A look only: what decides is the taking itself.
    """
    mine = set(but)
    over: list[int] = []
    for scene in scenes:
        asked = scene.asked
        cells = scene.plan.cells(asked.starts, asked.ends)
        found = [
            one
            for one in slots.holders(scene.room.body_id, [(scene.unit.part_ids, asked.day, cells)])
            if one.booking_id not in mine
        ]
        if any(one.held_until is None or one.held_until > now for one in found):
            raise taken(asked)
        over += [one.booking_id for one in found]
    return over


def clear_the_way(scenes: Sequence[Scene], over: Sequence[int], *, now: datetime) -> None:
    """End the holds whose time is over, as `look` found them: in one's turn, all locks of the act at once."""
    if over:
        body_id = scenes[0].room.body_id
        slots.lock(body_id, [key for scene in scenes for key in keys_of(scene)])
        end_holds(body_id, over, now=now)


def keys_of(scene: Scene) -> list[slots.Key]:
    return [("part", part, scene.asked.day) for part in scene.unit.part_ids]


def taken(asked: Asked) -> SlotTaken:
    return SlotTaken(combination_id=asked.combination_id, day=asked.day, starts=asked.starts, ends=asked.ends)


def end_holds(body_id: int, ids: Iterable[int], *, now: datetime) -> int:
    """入力中の期限切れ — end these holds if their time is over, and free their cells; who fills in just now keeps them."""
    rows = list(
        Booking.objects.filter(body_id=body_id, pk__in=sorted(ids), state=S.HELD, held_until__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")
    )
    slots.let_go(rows)
    for row in rows:
        step(row, "end")
        row.held_until = None
        save(row, "state", "held_until", now=now)
    return len(rows)


def put_down(
    pairs: Sequence[tuple[Booking, Scene]],
    *,
    stock: Mapping[int, Mapping[Equipment, int]] | None = None,
    freeing: Iterable[Booking] = (),
    savepoint: bool = True,
) -> list[Booking]:
    """Store these bookings with all their cells, or nothing. `stock` by place in `pairs`. Raises SlotTaken, OutOfStock.

    `savepoint` False: for an act whose refusal undoes all of it, as every page and job has it; nobody goes on after one.
    """
    if len(pairs) == 1 and not (savepoint or freeing or (stock or {}).get(0)):
        [(booking, scene)] = pairs
        return [slots.store_with_cells(booking, scene.plan, scene.unit)]
    with transaction.atomic(savepoint=savepoint):
        made: list[Booking] = (
            [prepared_insert(pairs[0][0])]
            if len(pairs) == 1
            else Booking.objects.bulk_create([booking for booking, _scene in pairs])
        )
        slots.occupy_all(
            [
                Wanted(booking, scene.plan, scene.unit, None, (stock or {}).get(place, {}))
                for place, (booking, scene) in enumerate(pairs)
            ],
            freeing=freeing,
        )
    return made


def close_requests(booking: Booking, *, actor: Actor, now: datetime) -> None:
    """伺い that wait about a booking that is over: nobody has to decide them any more. The booking is locked."""
    Request.objects.filter(
        body_id=booking.body_id,
        booking=booking,
        kind__in=(Request.Kind.RELIEF, Request.Kind.OVERRIDE),
        state=Request.State.ASKED,
    ).update(
        state=Request.State.DECLINED,
        answer="予約が終わったため",
        decided_at=now,
        decided_by=by_of(actor)[0],
    )


# --- news -------------------------------------------------------------------------------------------


def note(
    *,
    actor: Actor,
    now: datetime,
    booking: Booking,
    what: str,
    channel: str = "",
    words: str = "",
    facts: Mapping[str, Any] | None = None,
    told: str = "",
) -> None:
    """経過に残す — and, where `told` names a notice, tell whose booking it is."""
    remember(
        actor=actor,
        now=now,
        registration=booking.registration,
        what=what,
        words=words,
        booking=booking,
        channel=channel,
        facts=facts,
    )
    if told:
        tell_user(actor=actor, now=now, booking=booking, kind=told, reason=words)
    if booking.room.lock and booking.kind == Booking.Kind.USE:
        wake_lock(booking)


def tell_user(*, actor: Actor, now: datetime, booking: Booking, kind: str, reason: str = "") -> None:
    """通知 to whose booking it is, where he has an address or an account: number, place and time, never names."""
    registration = booking.registration
    if registration is None or not (registration.email or registration.account_id):
        return
    body = body_of(actor.body)
    tell(
        actor=actor,
        now=now,
        kind=f"reservations.{kind}",
        facts={
            "number": "-".join(booking.number[at : at + 4] for at in range(0, 12, 4)),
            "facility": booking.facility.name,
            "room": f"{booking.room.name} {booking.combination.name}",
            "day": booking.day,
            "hours": f"{clock_face(booking.starts)}～{clock_face(booking.ends)}",
            "fee_yen": booking.fee_yen,
            "pay_until": booking.pay_until if booking.fee_yen else None,
            "reason": reason,
            "page_path": reverse(
                "reservations_portal_booking", kwargs={"body_slug": body.slug, "number": booking.number}
            ),
        },
        to=Recipient(
            email=registration.email or None, account_id=registration.account_id, name=registration.name
        ),
        about=booking,
    )
