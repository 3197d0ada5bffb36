"""What decides webhooks, pure: events, payloads, signatures, which addresses may be called, waiting times."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit


class DeliveryState(StrEnum):
    """送信の状態 of one event to one receiver."""

    QUEUED = "queued"
    SENT = "sent"  # the receiver answered 2xx
    FAILED = "failed"  # tried for a day, or told never to come again
    HELD = "held"  # its webhook is paused


DELIVERY_FLOW: dict[tuple[DeliveryState, str], DeliveryState] = {
    (DeliveryState.QUEUED, "take"): DeliveryState.SENT,
    (DeliveryState.QUEUED, "try_again"): DeliveryState.QUEUED,
    (DeliveryState.QUEUED, "give_up"): DeliveryState.FAILED,
    (DeliveryState.QUEUED, "hold"): DeliveryState.HELD,
    (DeliveryState.HELD, "release"): DeliveryState.QUEUED,
    (DeliveryState.FAILED, "resend"): DeliveryState.QUEUED,
    (DeliveryState.SENT, "resend"): DeliveryState.QUEUED,
}

# Together 23 hours and 21 minutes: a receiver that is mended within a day misses nothing.
DELIVERY_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=8),
)
ANSWER_SECONDS = 10
OLD_SECRET_HOURS = 24
LONGEST_URL = 500
GONE = 410

_FACT = re.compile(r"[A-Za-z0-9_.:+/-]{0,80}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Never, not even for a receiver that the installation names: here clouds hand out their own keys.
_LINK_LOCAL = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def delivery_wait_after(tries: int) -> timedelta | None:
    """How long to wait after the `tries`-th failure; None when it was the last."""
    return DELIVERY_WAITS[tries - 1] if tries <= len(DELIVERY_WAITS) else None


def plain_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of an event: numbers, dates, ids and states. Raises ValueError for what could be a person's.

    A name, an address, an answer does not pass: text is at most 80 ASCII letters, digits and _.:+/- signs.
    """
    for key, value in facts.items():
        plain = (
            value is None
            or isinstance(value, bool | int)
            or (isinstance(value, str) and _FACT.fullmatch(value))
        )
        if not plain or not _NAME.fullmatch(key):
            raise ValueError(f"the fact {key} of an event is not an id, a number, a date or a state")
    return dict(facts)


def signature(secret: str, *, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 of "<timestamp>.<body>", in hex."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def signature_header(secrets: list[str], *, timestamp: int, body: bytes) -> str:
    """`v1=…` of the secret in use, and for a day after a change also of the one before."""
    return ",".join(f"v1={signature(secret, timestamp=timestamp, body=body)}" for secret in secrets)


def host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)


def inside(host: str, port: int, named: tuple[str, ...]) -> bool:
    """Whether the installation names this receiver as one of its own network: "host" or "host:port"."""
    return bool(host) and (host in named or f"{host}:{port}" in named)


def why_not_url(url: str, *, named: tuple[str, ...] = (), plain_http: bool = False) -> str:
    """ "" if an address may be a receiver, else a code: "long", "shape", "https", "login".

    https only; http for a receiver that the installation names, where it is a training one (`plain_http`).
    """
    if len(url) > LONGEST_URL:
        return "long"
    try:
        parts = urlsplit(url)
        host, port = host_and_port(url)
    except ValueError:
        return "shape"
    if not host or not url.isascii() or any(sign.isspace() or sign == "\\" for sign in url) or parts.fragment:
        return "shape"
    if parts.username is not None or parts.password is not None:
        return "login"
    if parts.scheme == "http" and plain_http and inside(host, port, named):
        return ""
    return "" if parts.scheme == "https" else "https"


def may_call(address: str, *, named: bool = False) -> bool:
    """Whether a resolved address may be called: the open internet, or what the installation names; never link-local."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    for each in _meant(ip):
        if any(each.version == net.version and each in net for net in _LINK_LOCAL):
            return False
        if each.is_multicast or each.is_unspecified:
            return False
        if not named and (not each.is_global or each.is_reserved):
            return False
    return True


def _meant(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The address, or those that hide in it: mapped, translated, tunnelled."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    hidden = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _TRANSLATED:
        hidden.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [each for each in hidden if each is not None]
    return found or [ip]


def secrets_in_use(new: str, old: str, *, rotated_at: datetime | None, now: datetime) -> list[str]:
    """The secrets to sign with: the new one, and the one before it for a day."""
    if old and rotated_at is not None and now < rotated_at + timedelta(hours=OLD_SECRET_HOURS):
        return [new, old]
    return [new]
