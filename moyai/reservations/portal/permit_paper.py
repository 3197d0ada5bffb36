"""使用許可書 — made and fetched in the same way by whose booking it is and by the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from moyai.documents.public import Letter, letters_about, serve_letter
from moyai.reservations.actions.letters import KIND, permit_of
from moyai.reservations.models import Booking
from moyai.tenants.public import Actor, Refusal


def letter_of(actor: Actor, booking: Booking) -> Letter | None:
    """The permit of a booking as it is now, being made or there."""
    if not booking.permit_id:
        return None
    found: Letter | None = letters_about(actor=actor, thing=booking).filter(kind=KIND).first()
    return found


def permit_page(request: Any, booking: Booking, *, here: str, back: str) -> HttpResponseBase:
    """POST has it made (anew where the booking has changed), GET fetches the PDF; `back` is the booking's page."""
    if request.method == "POST":
        try:
            with transaction.atomic():
                made: Letter = permit_of(actor=request.actor, now=request.now, booking=booking)
        except Refusal as refusal:
            messages.warning(request, str(refusal.message))
            return redirect(back)
        if made.state == Letter.State.READY:
            return redirect(here)
        messages.success(
            request, _("使用許可書を作成しています。少し待ってから、このページを開き直してください。")
        )
        return redirect(back)
    letter = letter_of(request.actor, booking)
    if letter is None:
        raise Http404
    if letter.state != Letter.State.READY:
        return redirect(back)
    return serve_letter(actor=request.actor, now=request.now, letter=letter)
