"""スマートロックの登録 — the locks of a body, their secrets, and sending once more what did not arrive."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.notices.public import check_url, queue_again, receivers
from moyai.reservations.lock_keys import secret_of
from moyai.reservations.models import Lock, LockMessage
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, later

M = LockMessage.State
FIELDS = ("name", "url", "lead_minutes", "lag_minutes", "show_hours", "after_payment")


class CodeTaken(Refusal):
    code = "lock_code_taken"
    message = lazy("この錠コードは、すでに登録されています。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"code": str(self.message)})


class NotResendable(Refusal):
    code = "lock_message_not_resendable"
    message = lazy("この知らせは送信を待っているか、もう送る必要がありません。")  # type: ignore[assignment]


class LockPaused(Refusal):
    code = "lock_paused"
    message = lazy("この錠は停止中です。再開してから送ってください。")  # type: ignore[assignment]


@action("reservations.add_lock", permits=PERMITS, refuses={"lock_code_once": CodeTaken})
def add_lock(
    *, actor: Actor, now: datetime, code: str, digits: int = 6, active: bool = True, **facts: Any
) -> Lock:
    """錠の登録 — `facts` are FIELDS. What stands in its rooms is told at once. Raises UrlRefused, CodeTaken."""
    check_url(facts["url"])
    made: Lock = Lock.objects.create(
        body=body_of(actor.body),
        code=code,
        digits=digits,
        active=active,
        salt=receivers.new_salt(),
        made_at=now,
        made_by=actor.name[:60],
        **{name: facts[name] for name in FIELDS if name in facts},
    )
    _settle_all(made)
    return made


@action("reservations.change_lock", permits=PERMITS)
def change_lock(*, actor: Actor, now: datetime, lock: Lock, **facts: Any) -> Lock:
    """錠の変更 — address and minutes; code and digits stay. Windows that come out differently are told. Raises UrlRefused."""
    check_url(facts.get("url", lock.url))
    row = _locked(actor, lock)
    for name in FIELDS:
        setattr(row, name, facts.get(name, getattr(row, name)))
    row.save(update_fields=list(FIELDS))
    _settle_all(row)
    return row


@action("reservations.settle_locks", permits=PERMITS)
def settle_all(*, actor: Actor, now: datetime, lock: Lock) -> Lock:
    """予約と合わせ直す — look at every booking to come in the rooms of a lock, and tell it what it does not know."""
    _settle_all(lock)
    return lock


def _settle_all(lock: Lock) -> None:
    from moyai.reservations.jobs.locks import settle_all_of_lock

    later(settle_all_of_lock, lock_id=lock.pk)


@action("reservations.pause_lock", permits=PERMITS)
def pause_lock(*, actor: Actor, now: datetime, lock: Lock) -> Lock:
    """一時停止 — nothing is sent; what happens meanwhile is held until it goes on."""
    row = _locked(actor, lock)
    receivers.pause(row, _messages(row))
    return row


@action("reservations.resume_lock", permits=PERMITS)
def resume_lock(*, actor: Actor, now: datetime, lock: Lock) -> Lock:
    """再開 — what was held goes out, with its tries counted anew."""
    from moyai.reservations.jobs.locks import tell_lock

    row = _locked(actor, lock)
    receivers.resume(row, _messages(row), tell_lock, "message_id", now=now)
    return row


@action("reservations.rotate_lock_secret", permits=PERMITS)
def rotate_secret(*, actor: Actor, now: datetime, lock: Lock) -> Lock:
    """署名の鍵の更新 — a new secret from now on; the one before it signs along for 24 hours."""
    row = _locked(actor, lock)
    receivers.turn_secret(row, now=now)
    return row


def show_secret(*, actor: Actor, now: datetime, lock: Lock) -> str:
    """署名の鍵, for the one who sets up the lock; each look is a deed."""
    row = _shown(actor=actor, now=now, lock=lock)
    return secret_of(body_of(actor.body), row, row.salt)


@action("reservations.show_lock_secret", permits=PERMITS)
def _shown(*, actor: Actor, now: datetime, lock: Lock) -> Lock:
    return lock


@action("reservations.try_lock", permits=PERMITS)
def try_lock(*, actor: Actor, now: datetime, lock: Lock) -> LockMessage:
    """試しに送る — a signed message that opens nothing. Raises LockPaused."""
    row = _locked(actor, lock)
    if not row.active:
        raise LockPaused
    made: LockMessage = LockMessage.objects.create(
        body_id=row.body_id,
        lock=row,
        event_id=f"lck_{secrets.token_hex(16)}",
        kind=LockMessage.Kind.TRIAL,
        made_at=now,
        next_at=now,
    )
    _queue([made.pk], now)
    return made


@action("reservations.resend_lock_message", permits=PERMITS)
def resend(*, actor: Actor, now: datetime, message: LockMessage) -> LockMessage:
    """もう一度送る — under its old id, where nothing later was said about the same window. Raises NotResendable, LockPaused."""
    row: LockMessage = (
        LockMessage.objects.filter(body=body_of(actor.body))
        .select_related("lock")
        .select_for_update(of=("self",))
        .get(pk=message.pk)
    )
    if not may_resend(row, now=now) or _said_later(row):
        raise NotResendable
    if not row.lock.active:
        raise LockPaused
    _queue([row.pk], now)
    row.refresh_from_db()
    return row


def may_resend(message: LockMessage, *, now: datetime) -> bool:
    """Whether a message ended and its time is not over; a later one about the same window is looked for by `resend`."""
    ended = message.state in (M.SENT, M.FAILED)
    return ended and (message.closes_at is None or now < message.closes_at)


def _said_later(row: LockMessage) -> bool:
    return row.window_id is not None and (
        LockMessage.objects.filter(
            body_id=row.body_id, window_id=row.window_id, lock_id=row.lock_id, sequence__gt=row.sequence
        ).exists()
    )


def _messages(lock: Lock) -> QuerySet[LockMessage]:
    rows: QuerySet[LockMessage] = LockMessage.objects.filter(body_id=lock.body_id, lock=lock)
    return rows


def _queue(ids: list[int], now: datetime) -> None:
    from moyai.reservations.jobs.locks import tell_lock

    queue_again(LockMessage, ids, tell_lock, "message_id", now=now)


def _locked(actor: Actor, lock: Lock) -> Lock:
    found: Lock = Lock.objects.filter(body=body_of(actor.body)).select_for_update().get(pk=lock.pk)
    return found
