"""通知の署名 — HMAC-SHA256 over time and body of a webhook, as card companies send it."""

from __future__ import annotations

import hashlib
import hmac

TOLERANCE_SECONDS = 300


def sign(*, secret: bytes, at: int, body: bytes) -> str:
    """`t=<seconds>,v1=<hex>` for a body sent at a moment (seconds since 1970)."""
    return f"t={at},v1={_mac(secret, at, body)}"


def signature_ok(header: str, *, secret: bytes, body: bytes, now: int) -> bool:
    """Whether a signature is ours, fresh within five minutes, and of exactly this body."""
    parts: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    at = parts.get("t", "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12) or abs(now - int(at)) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(_mac(secret, int(at), body).encode(), parts.get("v1", "").encode())


def _mac(secret: bytes, at: int, body: bytes) -> str:
    return hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()
