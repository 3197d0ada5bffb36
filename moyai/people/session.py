"""What a session remembers of how its owner came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

SECOND_FACTOR = "people_second_factor_at"  # when a second factor, or a passkey, was shown
FRESH = "people_fresh_at"  # when the owner last proved to be the owner
FRESH_MINUTES = 15


def mark_entered(request: HttpRequest, *, now: datetime, second_factor: bool) -> None:
    request.session[FRESH] = now.isoformat()
    if second_factor:
        request.session[SECOND_FACTOR] = now.isoformat()


def mark_fresh(request: HttpRequest, *, now: datetime) -> None:
    request.session[FRESH] = now.isoformat()


def has_second_factor(request: HttpRequest) -> bool:
    return bool(request.session.get(SECOND_FACTOR))


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the owner proved to be the owner within the last 15 minutes."""
    marked = request.session.get(FRESH)
    return isinstance(marked, str) and datetime.fromisoformat(marked) > now - timedelta(minutes=FRESH_MINUTES)


PROVIDER = "people_provider"  # the identity provider the owner came in by, and its assurance


@dataclass(frozen=True, slots=True)
class CameBy:
    """The identity provider of this session, its kind (resident, business, staff), the assurance (acr) it gave."""

    provider: str
    kind: str
    acr: str


def mark_provider(request: HttpRequest, *, provider: str, kind: str, acr: str) -> None:
    request.session[PROVIDER] = [provider, kind, acr]


def came_by(request: HttpRequest) -> CameBy | None:
    """How sure this session is of its owner: None when no identity provider was used."""
    kept = request.session.get(PROVIDER)
    return CameBy(*kept) if isinstance(kept, list) and len(kept) == 3 else None
