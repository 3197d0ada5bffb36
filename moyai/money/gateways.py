"""カード会社への口 — the interface every card company is spoken to through, and the register of companies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Result = Literal["approved", "declined", "abandoned", "pending"]


class BadSignature(Exception):
    """A webhook that is not signed by the company, too old, or altered. Nothing of it is believed."""


class BadNews(ValueError):
    """A signed webhook that cannot be read: the company and we disagree on the form."""


@dataclass(frozen=True, slots=True)
class News:
    """What a company says about an order. `transaction_id` names the money, `event_id` this piece of news."""

    order_id: str
    event_id: str
    transaction_id: str
    result: Result
    amount_yen: int


class Gateway(Protocol):
    """A company that is paid on its own pages (redirect type). Register one instance per company."""

    name: str
    title: str

    def start(
        self, *, order_id: str, amount_yen: int, title: str, return_url: str, notify_url: str, now: datetime
    ) -> str:
        """The address to send the browser to. Runs inside the request: builds and signs, calls nobody."""
        ...

    def confirm(self, *, order_id: str, now: datetime) -> News | None:
        """Ask the company about an order; None if it does not know it. Calls outside: only from jobs."""
        ...

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> News:
        """The news in a webhook. Raises BadSignature before believing anything, BadNews if unreadable."""
        ...


_gateways: dict[str, Gateway] = {}


def register(gateway: Gateway) -> None:
    _gateways[gateway.name] = gateway


def withdraw(name: str) -> None:
    _gateways.pop(name, None)


def gateway(name: str) -> Gateway | None:
    return _gateways.get(name)


def in_use() -> Gateway | None:
    """The company payments go to: the first registered; None means no card payment."""
    return next(iter(_gateways.values()), None)
