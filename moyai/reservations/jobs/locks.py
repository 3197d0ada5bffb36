"""スマートロック behind the scenes: windows are settled, locks are told, users hear that their code can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from moyai.notices.public import Answered, move, post_signed, receivers, take_answer, wake_due
from moyai.reservations.lock_keys import code_of, secret_of
from moyai.reservations.models import Lock, LockMessage, LockWindow
from moyai.reservations.queries.locks import differing
from moyai.reservations.rules.locks import canonical, message, wait_after
from moyai.tenants.public import (
    Actor,
    Body,
    body_of,
    clock,
    current_body,
    every,
    job,
    later,
)

M = LockMessage.State
AT_ONCE = 500
KEPT_DAYS = 90


@job(name="reservations.settle_lock", retry=8)
def settle_lock(*, booking_id: int, now: datetime) -> None:
    """One booking whose lock may have to be told something."""
    from moyai.reservations.actions.lock_windows import settle

    settle(actor=Actor.system(body_of(current_body())), now=now, booking_id=booking_id)


@job(name="reservations.settle_all_of_lock", retry=5)
def settle_all_of_lock(*, lock_id: int, now: datetime) -> None:
    """Every booking to come in the rooms of a lock that was registered or set anew."""
    body = body_of(current_body())
    lock = Lock.objects.filter(body=body, pk=lock_id).first()
    if lock is not None:
        for booking_id in differing(body=body, now=now, lock=lock):
            later(settle_lock, booking_id=booking_id)


@every("*/10 * * * *", name="reservations.settle_near_locks")
def settle_near(*, body: Body, now: datetime) -> None:
    """Today's and tomorrow's bookings once more: rooms may have been given another lock, or a job been lost."""
    for booking_id in differing(body=body, now=now, until=clock.today(now) + timedelta(days=1))[:AT_ONCE]:
        later(settle_lock, booking_id=booking_id)


@job(name="reservations.tell_lock")
def tell_lock(*, message_id: int, now: datetime) -> None:
    """錠に知らせる — hand one queued message to its lock.

    The row lock is the claim, and a worker that dies leaves it queued: the next try carries the same id. Never raises
    for a lock's failure, for that would roll the count back. What is sent is never written to the log.
    """
    body = body_of(current_body())
    row: LockMessage | None = (
        LockMessage.objects.filter(body=body, pk=message_id, state=M.QUEUED, next_at__lte=now)
        .select_related("lock", "window", "room__facility")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if row is None:
        return
    if not row.lock.active:
        move(row, LockMessage.FLOW, "hold")
        return
    if row.closes_at is not None and row.closes_at <= now:
        move(row, LockMessage.FLOW, "pass", trouble="over")
        return
    row.tries += 1
    take_answer(
        row,
        _sent(body, row, now),
        flow=LockMessage.FLOW,
        wait_after=lambda tries: wait_after(tries, now=now, closes=row.closes_at),
        now=now,
        name="lock_message",
    )


def _sent(body: Body, row: LockMessage, now: datetime) -> Answered:
    lock, window = row.lock, row.window
    about: dict[str, Any] = {}
    if window is not None and row.room is not None:
        about = {
            "window": window.key,
            "sequence": row.sequence,
            "facility": row.room.facility.code,
            "room": row.room.code,
            "opens": row.opens_at,
            "closes": row.closes_at,
        }
        if row.kind == LockMessage.Kind.OPEN:
            about["code"] = code_of(body, window)
    said = message(
        event_id=row.event_id, kind=row.kind, at=row.made_at, body=body.code, lock=lock.code, **about
    )
    secrets = receivers.secrets_now(lock, lambda salt: secret_of(body, lock, salt), now=now)
    return post_signed(
        lock.url,
        event=f"reservations.lock_{row.kind}",
        event_id=row.event_id,
        content=canonical(said),
        secrets=secrets,
        now=now,
    )


@every("* * * * *", name="reservations.tell_locks_due", per_body=False)
def tell_due(*, now: datetime) -> None:
    """Wake the messages whose next try is due, over all bodies, and those whose job was lost with a worker."""
    wake_due(LockMessage, tell_lock, "message_id", now=now)


@every("*/10 * * * *", name="reservations.tell_lock_codes")
def tell_codes(*, body: Body, now: datetime) -> None:
    """Users whose code can be seen from now on are told so; the message itself holds no code."""
    from moyai.reservations.actions.making import tell_user

    due = (
        LockWindow.objects.filter(
            body=body, state=LockWindow.State.OPEN, told_at__isnull=True, show_at__lte=now, lock__active=True
        )
        .select_related(
            "booking__registration", "booking__room__facility", "booking__facility", "booking__combination"
        )
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("show_at", "id")
    )
    for window in due[:AT_ONCE]:
        window.told_at = now
        window.save(update_fields=["told_at"])
        if now < window.closes_at:
            tell_user(actor=Actor.system(body), now=now, booking=window.booking, kind="lock_code")


@every("9 3 * * *", name="reservations.drop_lock_windows")
def drop_old(*, body: Body, now: datetime) -> None:
    """What locks were told goes 90 days after the window closed; trials after 90 days."""
    before = now - timedelta(days=KEPT_DAYS)
    LockMessage.objects.filter(body=body, kind=LockMessage.Kind.TRIAL, made_at__lt=before).exclude(
        state=M.QUEUED
    ).delete()
    old = list(LockWindow.objects.filter(body=body, closes_at__lt=before).values_list("pk", flat=True)[:5000])
    LockMessage.objects.filter(body=body, window_id__in=old).delete()
    LockWindow.objects.filter(body=body, pk__in=old).delete()
