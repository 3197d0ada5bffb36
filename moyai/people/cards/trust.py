"""Whose cards this installation believes: a real issuer's, or in training the simulator's. Never both."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from moyai.people.cards.refusals import CardsNotAvailable
from moyai.people.cards.simulator import Simulator, simulator_at
from moyai.people.cards.verifying import Trust, issuers_in


def simulating() -> bool:
    """Whether the simulator is on: a training installation that names no real issuer."""
    return bool(settings.MOYAI_JPKI_SIMULATOR) and not settings.MOYAI_JPKI_CA


def cards_available() -> bool:
    """Whether signatures of cards can be checked here; a procedure that needs one cannot be applied for else."""
    return simulating() or bool(settings.MOYAI_JPKI_CA and settings.MOYAI_JPKI_OCSP)


def simulator() -> Simulator:
    return simulator_at(Path(settings.MOYAI_HOME) / "card-simulator")


def trust() -> Trust:
    """Raises CardsNotAvailable."""
    if settings.MOYAI_JPKI_CA and settings.MOYAI_JPKI_OCSP:
        return Trust(
            issuers=issuers_in(Path(settings.MOYAI_JPKI_CA)),
            responder=settings.MOYAI_JPKI_OCSP,
            nonce_needed=settings.MOYAI_JPKI_OCSP_NONCE,
        )
    if not simulating():
        raise CardsNotAvailable
    with override(settings.LANGUAGE_CODE):
        path = reverse("people_card_simulator_ocsp")
    responder = settings.MOYAI_JPKI_OCSP or f"http://127.0.0.1:{settings.MOYAI_PORT}{path}"
    return Trust(issuers=(simulator().issuer(),), responder=responder)
