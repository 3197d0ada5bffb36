"""スマートロックの読取り — the locks of a body, what each was told, and what a booking's user may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from moyai.audit.public import check_permit
from moyai.reservations.models import Booking, Lock, LockMessage, LockWindow, Room
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.receivables import standings_of
from moyai.reservations.rules.locks import Window, lets_in, shown, window_of
from moyai.tenants.public import Actor, Body, body_of, clock

PAGE: Final = 50
M = LockMessage.State
LETS_IN: Final = (Booking.State.BOOKED, Booking.State.USED)


@dataclass(frozen=True, slots=True)
class LockSeen:
    """錠 with what asks for a look: rooms that name it, messages that could not be sent."""

    lock: Lock
    rooms: int
    failed: int


def locks_of(*, actor: Actor) -> list[LockSeen]:
    """錠の一覧 by name. Three queries."""
    check_permit(actor, "reservations.view_locks", PERMITS)
    body = body_of(actor.body)
    failed = dict(
        LockMessage.objects.filter(body=body, state=M.FAILED)
        .values_list("lock_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    rooms = dict(
        Room.objects.filter(body=body).exclude(lock="").values_list("lock").annotate(n=Count("id")).order_by()
    )
    rows = Lock.objects.filter(body=body).order_by("name", "id")
    return [LockSeen(row, rooms.get(row.code, 0), failed.get(row.pk, 0)) for row in rows]


def names_without_lock(*, actor: Actor) -> list[str]:
    """Codes that rooms name although no lock is registered under them. One query."""
    body = body_of(actor.body)
    known = Lock.objects.filter(body=body).values("code")
    rows = Room.objects.filter(body=body, used_until__isnull=True).exclude(lock="").exclude(lock__in=known)
    return list(rows.values_list("lock", flat=True).distinct().order_by("lock"))


def lock_by_id(*, actor: Actor, lock_id: int) -> Lock | None:
    check_permit(actor, "reservations.view_locks", PERMITS)
    found: Lock | None = Lock.objects.filter(body=body_of(actor.body), pk=lock_id).first()
    return found


def rooms_of(lock: Lock) -> list[Room]:
    """The rooms that name a lock. One query."""
    rows = Room.objects.filter(body_id=lock.body_id, lock=lock.code).select_related("facility")
    return list(rows.order_by("facility__position", "facility__code", "position", "code"))


def messages_of(
    *, actor: Actor, lock: Lock, before: int | None = None, failed: bool = False
) -> list[LockMessage]:
    """A page of what a lock was told, the newest first; one row more than PAGE tells that it goes on. One query."""
    check_permit(actor, "reservations.view_locks", PERMITS)
    rows = LockMessage.objects.filter(body=body_of(actor.body), lock=lock)
    if failed:
        rows = rows.filter(state=M.FAILED)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("window__booking", "room").order_by("-id")[: PAGE + 1])


def message_by_id(*, actor: Actor, lock: Lock, message_id: int) -> LockMessage | None:
    check_permit(actor, "reservations.view_locks", PERMITS)
    found: LockMessage | None = LockMessage.objects.filter(
        body=body_of(actor.body), lock=lock, pk=message_id
    ).first()
    return found


def window_of_booking(booking: Booking) -> LockWindow | None:
    """入室の時間帯 of a booking. The caller has made sure that the reader may see the booking. One query."""
    found: LockWindow | None = (
        LockWindow.objects.filter(body_id=booking.body_id, booking=booking).select_related("lock").first()
    )
    return found


def messages_of_window(window: LockWindow) -> list[LockMessage]:
    """What was told about a window, the newest first. The caller has made sure that the reader may see the booking."""
    rows = LockMessage.objects.filter(body_id=window.body_id, window=window)
    return list(rows.select_related("lock", "window__booking").order_by("-sequence")[:PAGE])


def lock_of_room(room: Room) -> Lock | None:
    """The lock a room names, if it is registered. One query; none where the room names none."""
    if not room.lock:
        return None
    found: Lock | None = Lock.objects.filter(body_id=room.body_id, code=room.lock).first()
    return found


def is_shown(window: LockWindow | None, *, now: datetime) -> bool:
    """Whether the user of a booking sees his code now."""
    return (
        window is not None
        and window.state == LockWindow.State.OPEN
        and shown(opens=window.opens_at, closes=window.closes_at, hours=window.lock.show_hours, now=now)
    )


# --- what ought to be --------------------------------------------------------------------------------


def planned(booking: Booking, lock: Lock | None, *, unpaid_yen: int) -> Window | None:
    """The window a booking ought to have at a lock; None where its user is not to be let in."""
    if lock is None or not lets_in(
        kind=booking.kind,
        state=booking.state,
        to_confirm=booking.confirm_until is not None,
        unpaid_yen=unpaid_yen,
        after_payment=lock.after_payment,
    ):
        return None
    longer = booking.extension_minutes
    return window_of(
        booking.day, booking.starts, booking.ends + longer, lead=lock.lead_minutes, lag=lock.lag_minutes
    )


def same(window: LockWindow | None, wanted: Window | None, booking: Booking, lock: Lock | None) -> bool:
    """Whether the lock was last told what ought to be."""
    stands = window is not None and window.state == LockWindow.State.OPEN
    if not stands or wanted is None or window is None or lock is None:
        return not stands and wanted is None
    return (window.lock_id, window.room_id, window.opens_at, window.closes_at) == (
        lock.pk,
        booking.room_id,
        wanted.opens,
        wanted.closes,
    )


def differing(*, body: Body, now: datetime, until: date | None = None, lock: Lock | None = None) -> list[int]:
    """Ids of bookings whose lock was told something else than ought to be, up to a day; of one lock, or all.

    At most seven queries. What is over is left as it is.
    """
    locks = {one.code: one for one in Lock.objects.filter(body=body)}
    if lock is not None:
        locks = {lock.code: locks[lock.code]} if lock.code in locks else {}
    if not locks:
        return []
    today = clock.today(now)
    rooms = {
        pk: locks[code]
        for pk, code in Room.objects.filter(body=body, lock__in=locks).values_list("pk", "lock")
    }
    open_ = LockWindow.objects.filter(body=body, state=LockWindow.State.OPEN, closes_at__gt=now)
    open_ = open_.filter(lock__in=[one.pk for one in locks.values()])
    due = Q(room_id__in=rooms, kind=Booking.Kind.USE, state__in=LETS_IN, day__gte=today - timedelta(days=1))
    if until is not None:
        due &= Q(day__lte=until)
        open_ = open_.filter(opens_at__lt=now + timedelta(days=(until - today).days + 1))
    windows = {one.booking_id: one for one in open_}
    bookings = list(Booking.objects.filter(due, body=body).order_by("day", "id"))
    seen = {one.pk for one in bookings}
    bookings += Booking.objects.filter(body=body, pk__in=[pk for pk in windows if pk not in seen]).order_by(
        "id"
    )
    unpaid = _unpaid(bookings, rooms)
    found = []
    for booking in bookings:
        its = rooms.get(booking.room_id)
        wanted = planned(booking, its, unpaid_yen=unpaid.get(booking.pk, 0))
        if wanted is not None and wanted.closes <= now:
            continue
        if not same(windows.get(booking.pk), wanted, booking, its):
            found.append(booking.pk)
    return found


def _unpaid(bookings: Iterable[Booking], rooms: Mapping[int, Lock]) -> dict[int, int]:
    asked = [one for one in bookings if one.room_id in rooms and rooms[one.room_id].after_payment]
    return {key: standing.unpaid_yen for key, standing in standings_of(asked).items()}
