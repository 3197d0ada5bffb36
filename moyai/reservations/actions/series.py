"""連続の予約 — the same use on several days: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.calendars.public import day_words
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.bookings import book_all
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.models import Booking, Registration
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal

MOST: Final = 60  # uses of one series


class TooManyDays(Refusal):
    code = "series_too_long"
    status = 422
    message = lazy("一度に申し込めるのは60日分までです。分けて申し込んでください。")  # type: ignore[assignment]


class SeriesTaken(Refusal):
    """One day of the series is taken; `taken` says which."""

    code = "series_taken"

    def __init__(self, taken: SlotTaken) -> None:
        assert taken.day is not None
        text = gettext("%(day)sは、すでに予約されています。この日を除くか、別の時間を選んでください。") % {
            "day": day_words(taken.day)
        }
        super().__init__(text, fields={"day": text})
        self.taken = taken


@action("reservations.book_series", permits=PERMITS)
def book_series(
    *, actor: Actor, now: datetime, registration: Registration, asked: Sequence[Asked], channel: str
) -> list[Booking]:
    """連続の予約 — several days as bookings of their own, judged together by the limits.

    Raises TooManyDays, SeriesTaken (which day), and what `book` raises.
    """
    if not 1 <= len(asked) <= MOST:
        raise TooManyDays(fields={"day": str(TooManyDays.message)})
    in_order = sorted(asked, key=lambda one: (one.day, one.starts, one.combination_id))
    try:
        return book_all(actor=actor, now=now, registration=registration, asked=in_order, channel=channel)
    except SlotTaken as taken:
        raise SeriesTaken(taken) from None
