"""署名の鍵と暗証番号 — derived from the installation's key: whoever has the database alone opens no door."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.reservations.models import Lock, LockWindow
from moyai.reservations.rules.locks import code_from
from moyai.tenants.public import Body


def secret_of(body: Body, lock: Lock, salt: str) -> str:
    """署名の鍵 of a lock, as its maker enters it: `mlsec_` and 64 hex digits."""
    return "mlsec_" + _mac("lock_secret", f"{body.code}:{lock.pk}:{salt}").hex()


def code_of(body: Body, window: LockWindow) -> str:
    """暗証番号 of a window; "" where its salt makes one that is too plain (then it gets another salt)."""
    return code_from(_mac("lock_code", f"{body.code}:{window.key}:{window.salt}"), window.digits)


def _mac(purpose: str, value: str) -> bytes:
    return salted_hmac(
        f"moyai.reservations.{purpose}", value, secret=settings.MOYAI_NUMBER_KEY, algorithm="sha256"
    ).digest()
