"""カレンダーの共有 — a secret link under which one's own bookings can be subscribed to; a new one ends the old one."""

from __future__ import annotations

import secrets
from datetime import datetime

from moyai.audit.public import action
from moyai.reservations.actions import checks
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor


@action("reservations.share_calendar", permits=PERMITS, thing="registration")
def share_calendar(*, actor: Actor, now: datetime, registration: Registration) -> Registration:
    """リンクを作る・作り直す — the link that stood before opens nothing any more. Raises NotYours."""
    return _with_key(actor, registration, secrets.token_hex(16))


@action("reservations.stop_calendar", permits=PERMITS, thing="registration")
def stop_calendar(*, actor: Actor, now: datetime, registration: Registration) -> Registration:
    """リンクをやめる — no link opens the calendar. Raises NotYours."""
    return _with_key(actor, registration, "")


def _with_key(actor: Actor, registration: Registration, key: str) -> Registration:
    checks.own(actor=actor, registration=registration)
    registration.calendar_key = key
    registration.save(update_fields=["calendar_key"])
    return registration
