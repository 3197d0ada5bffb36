"""入室の暗証番号 as the user of a booking sees it: the number in its time, else when it will be here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import end_words, moment_words
from moyai.reservations.lock_keys import code_of
from moyai.reservations.models import Booking, LockWindow
from moyai.reservations.queries.locks import LETS_IN, is_shown, lock_of_room, window_of_booking
from moyai.tenants.public import body_of


def entry_of(request: Any, booking: Booking, *, unpaid_yen: int) -> dict[str, str] | None:
    """What stands under 入室の暗証番号; None where no lock opens for it. No query where the room has none."""
    if not booking.room.lock or booking.state not in LETS_IN:
        return None
    lock = lock_of_room(booking.room)
    if lock is None or not lock.active:
        return None
    now: datetime = request.now
    window = window_of_booking(booking)
    if window is None or window.state != LockWindow.State.OPEN:
        if unpaid_yen and lock.after_payment:
            return {"why": _("使用料を納めたあとに、ここに表示します。")}
        return {"why": _("準備しています。少し待ってから、このページを開き直してください。")}
    if now >= window.closes_at:
        return None
    hours = _("%(opens)sから%(closes)sまで") % {
        "opens": moment_words(window.opens_at),
        "closes": end_words(window.closes_at),
    }
    if is_shown(window, now=now):
        return {"code": code_of(body_of(request.actor.body), window), "hours": hours}
    return {
        "why": _("%(moment)sから、ここに表示します。") % {"moment": moment_words(window.show_at)},
        "hours": hours,
    }
