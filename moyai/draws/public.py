"""What others may import from draws."""

from moyai.draws.publication import Publication, verifier
from moyai.draws.rules import (
    NOT_WON,
    WITHDRAWN,
    WON,
    Drawn,
    NotADraw,
    canonical,
    drawn,
    id_of,
    in_order,
    in_turn,
    proof,
    proof_holds,
    quantity_of,
    root,
    seed_of,
    ticket,
)

__all__ = [
    "NOT_WON",
    "WITHDRAWN",
    "WON",
    "Drawn",
    "NotADraw",
    "Publication",
    "canonical",
    "drawn",
    "id_of",
    "in_order",
    "in_turn",
    "proof",
    "proof_holds",
    "quantity_of",
    "root",
    "seed_of",
    "ticket",
    "verifier",
]
