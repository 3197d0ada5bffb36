"""Slowing down guesses: per key and network, so that a stranger elsewhere never locks the owner out.

A try is counted even when its request is refused and rolled back: the door writes the tries of a
rolled-back request again (`recount`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.people.models import Throttle
from moyai.people.words import clock_time
from moyai.tenants.public import Refusal

TRIES = 5
NETWORK_TRIES = 100
WINDOW_MINUTES = 15


class TooManyTries(Refusal):
    """Too many tries on one key from one network; `until_at` says when the next one counts."""

    code = "too_many_tries"
    status = 429
    message = gettext_lazy("続けて間違えたため、しばらく受け付けできません。")  # type: ignore[assignment]

    def __init__(self, until_at: datetime) -> None:
        self.until_at = until_at
        super().__init__(
            _("続けて間違えたため、%(time)sまで受け付けできません。") % {"time": clock_time(until_at)}
        )


@dataclass(frozen=True, slots=True)
class _Try:
    key_hash: str
    kind: str
    now: datetime
    window: timedelta


@dataclass(slots=True)
class _Visit:
    """What the door knows of the request at hand."""

    network: str = ""
    tries: list[_Try] = field(default_factory=list)


_visit: ContextVar[_Visit | None] = ContextVar("moyai_visit", default=None)


@contextmanager
def visit_from(network: str) -> Iterator[None]:
    """The network every `throttle` within belongs to."""
    token = _visit.set(_Visit(network=network))
    try:
        yield
    finally:
        _visit.reset(token)


def throttle(
    *,
    kind: str,
    key: str,
    now: datetime,
    tries: int = TRIES,
    window_minutes: int = WINDOW_MINUTES,
    by_network: bool = True,
) -> None:
    """Count one try of `kind` on `key` from this network; call it before the secret is looked at.

    Raises TooManyTries when more than `tries` fall into a window of `window_minutes` that began with
    the first, or when one network makes more than 100 tries of the kind on any keys. Call `forgive`
    after a right answer. Tries on a key from other networks are counted apart; not `by_network`, all tries
    on the key are counted together, wherever they come from, and nothing of the network is kept.
    """
    window = timedelta(minutes=window_minutes)
    limits = [(_hash(kind, key, ""), tries)]
    if by_network:  # one lock order for all, so that two requests never wait for each other
        own, whole = _hash(kind, key, _network()), _hash(kind, "*", _network())
        limits = sorted([(own, tries), (whole, max(NETWORK_TRIES, tries))])
    over: datetime | None = None
    for key_hash, limit in limits:
        count, until_at = _count(_Try(key_hash, kind, now, window))
        if count > limit:
            over = max(over, until_at) if over else until_at
    if over is not None:
        raise TooManyTries(over)


def throttled(*, kind: str, key: str, now: datetime, tries: int = TRIES) -> datetime | None:
    """Until when `throttle` would refuse a try on `key` from this network; None when it would not."""
    row = Throttle.objects.filter(key_hash=_hash(kind, key, _network()), until_at__gt=now).first()
    return row.until_at if row is not None and row.count >= tries else None


def forgive(*, kind: str, key: str) -> None:
    """Forget the tries on `key` from this network: the right answer was given."""
    key_hash, whole = _hash(kind, key, _network()), _hash(kind, "*", _network())
    Throttle.objects.filter(key_hash=key_hash).delete()
    # An office behind one address signs in by the hundred at half past eight: right answers do not add up.
    Throttle.objects.filter(key_hash=whole, count__gt=0).update(count=F("count") - 1)
    visit = _visit.get()
    if visit is not None:
        visit.tries = [one for one in visit.tries if one.key_hash not in (key_hash, whole)]


def recount() -> None:
    """Write the tries of this request again after its transaction was rolled back."""
    visit = _visit.get()
    if visit is None:
        return
    tries, visit.tries = visit.tries, []
    for one in tries:
        _count(one)


def _network() -> str:
    visit = _visit.get()
    return visit.network if visit is not None else ""


def _hash(kind: str, key: str, network: str) -> str:
    """What is stored of a key: nobody who reads the table learns an address or a number."""
    return salted_hmac(
        "moyai.people.throttle", f"{kind}\n{key}\n{network}", secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def _count(one: _Try) -> tuple[int, datetime]:
    visit = _visit.get()
    if visit is not None:
        visit.tries.append(one)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_throttle AS t (key_hash, kind, count, until_at) VALUES (%s, %s, 1, %s)"
            " ON CONFLICT (key_hash) DO UPDATE SET"
            " count = CASE WHEN t.until_at <= %s THEN 1 ELSE t.count + 1 END,"
            " until_at = CASE WHEN t.until_at <= %s THEN excluded.until_at ELSE t.until_at END"
            " RETURNING count, until_at",
            [one.key_hash, one.kind, one.now + one.window, one.now, one.now],
        )
        count, until_at = cursor.fetchone()
    return int(count), until_at
