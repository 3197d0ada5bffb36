"""当選した利用の営利・入場料 — an entry asks for neither; where the fee depends on them they are said with the confirmation."""

from __future__ import annotations

from datetime import datetime

from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.making import save
from moyai.reservations.actions.money import FEE_COLUMNS
from moyai.reservations.actions.quotes import requote
from moyai.reservations.models import Booking
from moyai.reservations.rules.fees import asks_about
from moyai.tenants.public import Actor, body_of, clock


def scene_of_win(booking: Booking, *, actor: Actor, now: datetime) -> Scene:
    return scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))


def asked_of_winner(known: Scene) -> frozenset[str]:
    """ "commercial" and "admission_yen", as far as the fee policy of the room depends on them."""
    return asks_about(known.document("fees") or {})


def tell_use(*, actor: Actor, now: datetime, booking: Booking, commercial: bool, admission_yen: int) -> None:
    """The fee of a locked win by what is said of its use. What its policy does not ask about stays as it is.

    Raises FeeUnknown.
    """
    asks = asked_of_winner(scene_of_win(booking, actor=actor, now=now))
    if not asks:
        return
    if "commercial" in asks:
        booking.commercial = commercial
    if "admission_yen" in asks:
        booking.admission_yen = admission_yen
    assert booking.registration is not None  # a win is somebody's
    known = scene_of_win(booking, actor=actor, now=now)
    requote(booking=booking, scene=known, registration=booking.registration).put_on(booking)
    save(booking, "commercial", "admission_yen", *FEE_COLUMNS, now=now)
