"""What decides who may enter: pure, no Django, no clock."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

LINK_MINUTES = 15
INVITATION_HOURS = 72
CODE_DIGITS = 6
CODE_TRIES = 5
TOTP_SECONDS = 30


class Held(Protocol):
    """A role from a day to a day, both included."""

    role: str
    from_on: date
    until_on: date | None


def lower_email(text: str) -> str:
    """An e-mail address as it is stored: without spaces around it, full-width signs folded, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def section_name(text: str) -> str:
    """課・係 by its name as it is kept and compared: full-width signs folded, one blank at most.

    >>> section_name("　市民課　 住民係 ")
    '市民課 住民係'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def corporate_number_ok(number: str) -> bool:
    """Whether 13 digits are a 法人番号: the first is the check digit of the other twelve.

    Source: 法人番号の指定等に関する省令2条 (weights 1 and 2 from the right, 9 minus the sum modulo 9).

    >>> corporate_number_ok("7000012050002"), corporate_number_ok("7000012050003")
    (True, False)
    """
    if len(number) != 13 or not number.isascii() or not number.isdigit():
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number[1:])))
    return int(number[0]) == 9 - total % 9


def in_force(held: Iterable[Held], *, day: date) -> frozenset[str]:
    """The roles in force on a day. The first and the last day count.

    >>> from types import SimpleNamespace as N
    >>> sorted(in_force([N(role="clerk", from_on=date(2026, 4, 1), until_on=date(2026, 4, 30))],
    ...                 day=date(2026, 4, 30)))
    ['clerk']
    """
    return frozenset(
        one.role for one in held if one.from_on <= day and (one.until_on is None or day <= one.until_on)
    )


def network_of(address: str) -> str:
    """The network a try comes from: one IPv4 address, or an IPv6 /56 (what one connection is given).

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2ff::9"), network_of("nonsense")
    ('192.0.2.7', '2001:db8:1:200::/56', 'unknown')
    """
    try:
        ip = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 56), strict=False))
    return str(ip)


def client_address(*, remote: str, forwarded: str, proxies: int) -> str:
    """The caller's address behind `proxies` trusted proxies: the entry the outermost of them wrote.

    Entries further left were sent by the caller and prove nothing.

    >>> client_address(remote="10.0.0.1", forwarded="6.6.6.6, 192.0.2.7", proxies=1)
    '192.0.2.7'
    """
    if proxies <= 0:
        return remote
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else remote


def safe_path(url: str) -> str:
    """`url` if it is a path on this host, else "". No scheme, host, backslash or control character.

    Source: the class of CVE-2022-31040 (open redirect by `next`).

    >>> safe_path("/chiba-shi/office/?a=1"), safe_path("//evil.example/"), safe_path("/\\\\evil.example")
    ('/chiba-shi/office/?a=1', '', '')
    """
    if not url or len(url) > 500 or not url.startswith("/") or url.startswith("//") or "\\" in url:
        return ""
    if any(unicodedata.category(sign)[0] in "CZ" for sign in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if not parts.scheme and not parts.netloc and not parts.path.startswith("//") else ""


def link_token(secret: bytes, *, salt: str) -> str:
    """The token a link carries: 43 signs, from the installation's secret and the link's salt."""
    digest = hmac.digest(secret, b"token:" + salt.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def link_code(secret: bytes, *, salt: str) -> str:
    """The six digits of the same mail."""
    digest = hmac.digest(secret, b"digits:" + salt.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def digits_only(text: str) -> str:
    """A code as typed, with full-width digits, spaces and hyphens read as meant.

    >>> digits_only("１２３ 4-56")
    '123456'
    """
    return re.sub(r"[\s\-‐‑–—ー−]", "", unicodedata.normalize("NFKC", text))


def totp_step(moment: float) -> int:
    """The 30-second step a moment (seconds since 1970) lies in."""
    return int(moment) // TOTP_SECONDS


def totp_code(key: bytes, step: int) -> str:
    """The code of an authenticator app for a step. Source: RFC 6238 (SHA-1, 6 digits, 30 seconds).

    >>> totp_code(b"12345678901234567890", 59 // 30)
    '287082'
    """
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def matching_step(key: bytes, code: str, *, moment: float, tolerance: int = 1) -> int | None:
    """The step whose code was typed, within `tolerance` steps around now; None when none is."""
    around = totp_step(moment)
    found = None
    for step in range(around - tolerance, around + tolerance + 1):
        if hmac.compare_digest(totp_code(key, step).encode(), code.encode()):
            found = step
    return found
