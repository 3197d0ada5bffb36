"""How the place of a 整理番号 in its sequence becomes the number that is given out."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.tenants.rules import scatter, with_check_digit


def number_of_serial(serial: int) -> str:
    """Twelve digits, the last a check digit; the order is the installation's secret."""
    return with_check_digit(scatter(int(serial), _key(settings.MOYAI_NUMBER_KEY)))


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return salted_hmac("moyai.public_number", "key", secret=secret, algorithm="sha256").digest()
