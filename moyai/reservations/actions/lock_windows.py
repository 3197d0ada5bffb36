"""入室の時間帯を錠と合わせる — what a lock ought to know of a booking, told whenever it is something else.

Nothing here reacts to one kind of act: a booking is looked at as it stands, so that a change, a payment, a cancellation
or another setting of the lock all come to the same, in whatever order their jobs run. Each booking has its turn, and what
is read in it was committed before it; whoever commits later wakes the booking again.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action, record
from moyai.reservations.lock_keys import code_of
from moyai.reservations.models import Booking, Lock, LockMessage, LockWindow
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.locks import lock_of_room, planned, same
from moyai.reservations.queries.receivables import standing_of
from moyai.reservations.rules.locks import Window
from moyai.tenants.public import Actor, Refusal, body_of, later, one_at_a_time

Kind = LockMessage.Kind
M = LockMessage.State
W = LockWindow.State
NEAR: Final = timedelta(days=1)  # no code is given twice to windows of a lock this near to each other
MOST_SALTS: Final = 1_000


class NoWindow(Refusal):
    code = "no_lock_window"
    message = lazy("この予約には、いま使える暗証番号がありません。")  # type: ignore[assignment]


def wake_lock(booking: Booking) -> None:
    """Have the lock of a booking's room looked after, once what is being done to it is committed."""
    from moyai.reservations.jobs.locks import settle_lock

    later(settle_lock, booking_id=booking.pk)


def settle(*, actor: Actor, now: datetime, booking_id: int) -> list[LockMessage]:
    """合わせる — tell the lock what has changed about a booking, and nothing where it knows. Again is harmless."""
    body = body_of(actor.body)
    one_at_a_time("reservations.lock_window", str(booking_id))
    booking = Booking.objects.filter(body=body, pk=booking_id).select_related("room").first()
    if booking is None:
        return []
    window = LockWindow.objects.filter(body=body, booking=booking).select_related("lock").first()
    lock = lock_of_room(booking.room)
    if lock is None and window is None:
        return []
    unpaid = standing_of(booking).unpaid_yen if lock is not None and lock.after_payment else 0
    wanted = planned(booking, lock, unpaid_yen=unpaid)
    if wanted is not None and wanted.closes <= now:
        return []
    if same(window, wanted, booking, lock) or (
        window is not None and wanted is None and window.closes_at <= now
    ):
        return []
    told = []
    if (
        window is not None
        and window.state == W.OPEN
        and (lock is None or wanted is None or window.lock_id != lock.pk)
    ):
        told.append(_revoke(actor, now, window))
    if wanted is not None and lock is not None:
        told.append(_open(actor, now, booking, lock, window, wanted))
    return told


def _revoke(actor: Actor, now: datetime, window: LockWindow) -> LockMessage:
    window.state, window.changed_at = W.REVOKED, now
    return _tell(actor, now, window, Kind.REVOKE)


def _open(
    actor: Actor, now: datetime, booking: Booking, lock: Lock, window: LockWindow | None, wanted: Window
) -> LockMessage:
    if window is None:
        window = LockWindow(body_id=booking.body_id, booking=booking, key=f"win_{secrets.token_hex(12)}")
    anew = window.pk is None or window.state == W.REVOKED or window.lock_id != lock.pk
    if anew or window.opens_at != wanted.opens:
        window.told_at = None
    window.lock, window.room, window.state = lock, booking.room, W.OPEN
    window.opens_at, window.closes_at, window.changed_at = wanted.opens, wanted.closes, now
    window.show_at = wanted.opens - timedelta(hours=lock.show_hours)
    if anew:
        _salt(window)
    return _tell(actor, now, window, Kind.OPEN)


def _salt(window: LockWindow) -> None:
    """A code of its own: not too plain, and no other's at this lock about that time."""
    body = body_of(window.body)
    one_at_a_time("reservations.lock", str(window.lock_id))
    near = LockWindow.objects.filter(
        body=body,
        lock_id=window.lock_id,
        state=W.OPEN,
        closes_at__gt=window.opens_at - NEAR,
        opens_at__lt=window.closes_at + NEAR,
    ).exclude(booking_id=window.booking_id)
    given = {code_of(body, one) for one in near}
    window.digits = window.lock.digits
    for _try in range(MOST_SALTS):
        window.salt = secrets.token_hex(16)
        code = code_of(body, window)
        if code and code not in given:
            return
    raise RuntimeError("a lock has too many windows for its digits")


def _tell(actor: Actor, now: datetime, window: LockWindow, kind: str) -> LockMessage:
    """Store the window as it is from now on, and queue the message that says so; earlier ones that wait are passed."""
    from moyai.reservations.jobs.locks import tell_lock

    window.sequence += 1
    window.save()
    LockMessage.objects.filter(
        body_id=window.body_id, window=window, lock_id=window.lock_id, state__in=LockMessage.WAITING
    ).update(state=M.PASSED, next_at=None)
    active = window.lock.active
    made: LockMessage = LockMessage.objects.create(
        body_id=window.body_id,
        lock=window.lock,
        window=window,
        room_id=window.room_id,
        event_id=f"lck_{secrets.token_hex(16)}",
        kind=kind,
        sequence=window.sequence,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        state=M.QUEUED if active else M.HELD,
        made_at=now,
        next_at=now if active else None,
    )
    if active:
        later(tell_lock, message_id=made.pk)
    detail: dict[str, Any] = {"kind": kind, "sequence": window.sequence, "message": made.pk}
    record(actor=actor, now=now, verb="reservations.tell_lock", thing=window, detail=detail)
    return made


@action("reservations.renew_lock_code", permits=PERMITS, thing="booking")
def renew_code(*, actor: Actor, now: datetime, booking: Booking) -> LockWindow:
    """番号を変える — another code for a booking, when the one it has became known. Raises NoWindow."""
    one_at_a_time("reservations.lock_window", str(booking.pk))
    window = _standing(booking, now)
    _salt(window)
    window.told_at, window.changed_at = None, now
    _tell(actor, now, window, Kind.OPEN)
    return window


def show_code(*, actor: Actor, now: datetime, booking: Booking) -> str:
    """番号を見る, as staff for somebody at the telephone; each look is a deed. Raises NoWindow."""
    window = _shown(actor=actor, now=now, booking=booking)
    return code_of(body_of(actor.body), window)


@action("reservations.show_lock_code", permits=PERMITS, thing="booking")
def _shown(*, actor: Actor, now: datetime, booking: Booking) -> LockWindow:
    return _standing(booking, now)


def _standing(booking: Booking, now: datetime) -> LockWindow:
    found: LockWindow | None = (
        LockWindow.objects.filter(body_id=booking.body_id, booking=booking, state=W.OPEN, closes_at__gt=now)
        .select_related("lock")
        .first()
    )
    if found is None:
        raise NoWindow
    return found
