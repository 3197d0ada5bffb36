"""窓口の道具 — what every page of bookings at the office does alike: addresses, finding, acts whose refusals stand on the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import looked
from moyai.calendars.public import short_wareki
from moyai.reservations.forms.booking import put_on
from moyai.reservations.models import Booking
from moyai.reservations.permits import PERMITS
from moyai.reservations.portal import naming
from moyai.reservations.portal.naming import named, time_words
from moyai.reservations.queries.bookings import booking_by_number
from moyai.tenants.public import Actor, Refusal, body_of, clock
from moyai.ui.public import Form

KEEPING: Final = lazy("施設の管理")  # heading of the side menu: what is not about one booking


class Visit(HttpRequest):
    """A request as the door hands it over."""

    actor: Actor
    now: datetime


def url(request: Visit, name: str, query: Mapping[str, Any] | None = None, /, **kwargs: Any) -> str:
    return naming.url(request, f"reservations_office_{name}", query, **kwargs)


def today_of(request: Visit) -> date:
    found: date = clock.today(request.now)
    return found


def may(request: Visit, verb: str) -> bool:
    return request.actor.may(set(PERMITS[verb]))


def booking_or_404(request: Visit, number: str) -> Booking:
    """A booking of this body, or 404 in the same words as for an absent page."""
    found = booking_by_number(actor=request.actor, number=number)
    if found is None:
        raise Http404
    return found


def attempt(form: Form, do: Callable[[], Any]) -> tuple[Any, Refusal | None]:
    """What an act gives; or None and the refusal, which is undone and said on the form."""
    try:
        with transaction.atomic():
            return do(), None
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        if refusal.fields:
            put_on(form, refusal)
        else:
            form.add_error(None, str(refusal.message))
        return None, refusal


def status_of(refusal: Refusal | None) -> dict[str, int]:
    """The status a page answers with after a refusal; of a form that is only incomplete the page itself decides."""
    return {"status": refusal.status} if refusal is not None else {}


def looked_over(request: Visit, page: str, names: Iterable[str]) -> None:
    """One deed for a page that lists persons: which list, and how many names stood on it. None leaves none."""
    count = sum(1 for name in names if name)
    if count:
        looked(
            actor=request.actor,
            now=request.now,
            verb="reservations.view_list",
            thing=body_of(request.actor.body),
            detail={"list": page, "names": count},
        )


def number_of(text: str) -> int | None:
    """A whole number of an address or a hidden field; a broken one is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def where(booking: Booking) -> str:
    names = [named(booking.facility), named(booking.room)]
    if booking.combination.name != booking.room.name:
        names.append(named(booking.combination))
    return " ".join(names)


def when(booking: Booking) -> str:
    return f"{short_wareki(booking.day)} {time_words(booking.starts, booking.ends)}"


def who(booking: Booking) -> str:
    """Whose it is; of what staff keep, what for."""
    return booking.registration.name if booking.registration else booking.title
