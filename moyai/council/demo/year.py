"""The year the demo tells of: the last fiscal year that is over, what stands in it already, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from moyai.calendars.public import fiscal_year
from moyai.council.models import AccountLine, Committee, Item, Meeting
from moyai.tenants.public import Actor, Body, clock

NAME = "もやい電子自治体共同運営協議会"
SOURCE = "見本の資料"
BOARD = 8  # members of the 幹事会
SERVICE = "applications"


@dataclass
class Demo:
    """What the demo has made so far. `year` is the last fiscal year that is over."""

    bodies: list[Body]
    actor: Actor
    now: datetime
    committees: dict[str, Committee] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    lines: dict[tuple[str, str], AccountLine] = field(default_factory=dict)

    @property
    def acting(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    @property
    def today(self) -> date:
        return clock.today(self.now)

    @property
    def year(self) -> int:
        return fiscal_year(self.today) - 1

    def on(self, month: int, day: int, *, year: int = 0) -> date:
        """A day of the fiscal year `year` after the one that is over."""
        return date(self.year + year + (1 if month < 4 else 0), month, day)
