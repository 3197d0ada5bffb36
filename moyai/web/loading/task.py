"""読込みの途中 — what has been made so far, by the names the files use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from moyai.calendars.public import fiscal_year_range
from moyai.council.models import AccountLine, Committee, Item, Meeting, Office, SpecialAccount
from moyai.tenants.public import Actor, Body, Refusal, Service
from moyai.web.loading.reading import Row, Seed, naming


class Loading:
    """One seed being loaded, inside its transaction."""

    def __init__(self, seed: Seed, *, actor: Actor, now: datetime) -> None:
        self.seed, self.actor, self.now = seed, actor, now
        self.council = seed["council"][0]
        self.fiscal_year: int = self.council["fiscal_year"]
        self.first, self.last = fiscal_year_range(self.fiscal_year)
        self.bodies: dict[str, Body] = {}
        self.services: dict[str, Service] = {}
        self.committees: dict[str, Committee] = {}
        self.offices: dict[tuple[str, str], Office] = {}
        self.meetings: dict[tuple[str, int], Meeting] = {}
        self.items: dict[str, Item] = {}
        self.accounts: dict[str, SpecialAccount] = {}
        self.lines: dict[tuple[str, str, str], AccountLine] = {}

    @property
    def acting(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    @contextmanager
    def at(self, row: Row) -> Iterator[None]:
        """A refusal of an action is said with the line that was being loaded."""
        with naming(row, Refusal):
            yield

    def source(self, row: Row) -> str:
        """資料の中の場所, as it is kept: paper, heading, line."""
        paper: str = self.council["paper"]
        return f"{paper} {row['place']}"[:200]

    def since(self, *days: date) -> date:
        """The first day that anything of a body tells of: it is a member no later than that."""
        return min([self.first, *days])
