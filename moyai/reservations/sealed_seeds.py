"""前もって封印した種 — derived from the installation's key: whoever has the database alone does not know it before the draw."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.draws.public import SeedRefused
from moyai.reservations.models import Round


def seal(row: Round) -> str:
    """The SHA-256 of the seed of a round, as it is published before the first request."""
    return sha256(_derived(row).encode("ascii")).hexdigest()


def unseal(row: Round) -> str:
    """The seed, once it is wanted. Raises SeedRefused where it is not the one whose SHA-256 was published."""
    if seal(row) != row.commitment:
        raise SeedRefused
    return _derived(row)


def _derived(row: Round) -> str:
    return salted_hmac(
        "moyai.reservations.release_seed",
        f"{row.body_id}:{row.label}:{row.salt}",
        secret=settings.MOYAI_NUMBER_KEY,
        algorithm="sha256",
    ).hexdigest()
