"""カレンダーの秘密のリンク — made from a key that only the row has; a copy of the table alone opens no calendar."""

from __future__ import annotations

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from moyai.reservations.models import Registration


def secret_of(registration: Registration) -> str:
    """The secret part of the link: 24 signs (144 bits), the same until the key changes; "" where there is no link."""
    if not registration.calendar_key:
        return ""
    told = f"{registration.body_id}:{registration.number}:{registration.calendar_key}"
    mac = salted_hmac(
        "moyai.reservations.calendar", told, secret=settings.MOYAI_NUMBER_KEY, algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(mac[:18]).decode()


def fits(registration: Registration, secret: str) -> bool:
    """Whether this link opens the calendar of this registration."""
    known = secret_of(registration)
    return bool(known) and constant_time_compare(known, secret)
