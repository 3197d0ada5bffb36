"""公平な利用 — how often one network may ask what is open to all: enough for every reader, too little for a siege."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy

from moyai.people.public import TooManyTries, throttle
from moyai.tenants.public import Body, Refusal

ASKED: Final = 300  # of a body, from one network
MINUTES: Final = 5


class TooOften(TooManyTries):
    """Asked too often; `until_at` says from when on it is answered again (Retry-After)."""

    code = "too_often"
    message = gettext_lazy("短い時間に何度も読み取られたため、しばらくお待ちください。")

    def __init__(self, until_at: datetime) -> None:
        self.until_at = until_at
        Refusal.__init__(self)  # its own words, not those of a wrong secret


def fairly(*, body: Body, now: datetime) -> None:
    """Count one reading by this network. Raises TooOften (429)."""
    try:
        throttle(kind="reservations.read", key=body.code, now=now, tries=ASKED, window_minutes=MINUTES)
    except TooManyTries as refused:
        raise TooOften(refused.until_at) from None
