"""だれとして読むか — the class whose periods and prices a page shows: of who is signed in, else of a resident person."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from moyai.reservations.models import Registration
from moyai.reservations.portal.naming import CLASS_WORDS, KIND_WORDS
from moyai.reservations.queries.marks import Reader
from moyai.reservations.queries.registrations import class_on, own_registrations, standing
from moyai.tenants.public import clock


def usable_registrations(request: HttpRequest) -> list[Registration]:
    """The registrations with which the signed-in account may book today. One query; none for a stranger."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    return [one for one in own_registrations(actor=actor) if not standing(one, on=today)]


def reader_of(registrations: list[Registration], request: HttpRequest) -> Reader:
    if not registrations:
        return Reader()
    today = clock.today(request.now)  # type: ignore[attr-defined]
    return Reader(class_on(registrations[0], on=today), registrations[0].kind)


def reader_words(reader: Reader) -> str:
    """市内の個人の方 — for whom the marks stand."""
    return _("%(class)sの%(kind)s") % {
        "class": CLASS_WORDS[reader.resident_class],
        "kind": KIND_WORDS[reader.kind],
    }
