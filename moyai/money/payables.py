"""What can be paid for: each higher package registers its kind in AppConfig.ready().

    payables.register("applications.application", on_settled=confirm_application)

The kind is the label of the model that the charge is about. `on_settled(*, charge, actor, now)` runs in the
transaction that settled the charge, exactly once; it may raise a Refusal (what was paid for is gone), and then the
money goes to 過納 and the charge stays open. `page` gives the link by which the payer goes on to what was paid for, as far
as this browser may see it; None for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from moyai.tenants.public import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest

    from moyai.money.models import Charge


class OnSettled(Protocol):
    def __call__(self, *, charge: Charge, actor: Actor, now: datetime) -> None: ...


class Onward(NamedTuple):
    """A link from the page of a paid charge to what was paid for."""

    url: str
    words: str


class PageOf(Protocol):
    def __call__(self, *, request: HttpRequest, charge: Charge) -> Onward | None: ...


class UnknownPayable(LookupError):
    """A mistake in our code: a charge about something nobody registered."""


_registered: dict[str, OnSettled] = {}
_pages: dict[str, PageOf] = {}


def register(kind: str, *, on_settled: OnSettled, page: PageOf | None = None) -> None:
    """Register a kind once. Whether its model exists is checked at start-up (`money.E001`)."""
    if kind in _registered and _registered[kind] is not on_settled:
        raise ValueError(f"{kind} is registered as payable already")
    _registered[kind] = on_settled
    if page is not None:
        _pages[kind] = page


def page_of(request: HttpRequest, charge: Charge) -> Onward | None:
    """The page of what was paid for; None where its kind has none, or none for this browser."""
    page = _pages.get(charge.payable)
    return page(request=request, charge=charge) if page is not None else None


def on_settled(kind: str) -> OnSettled:
    try:
        return _registered[kind]
    except KeyError:
        raise UnknownPayable(kind) from None


def kinds() -> Iterator[str]:
    return iter(sorted(_registered))
