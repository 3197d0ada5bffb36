"""議案の上申 — an item climbs 部会 → 幹事会 → 総会, each time after the decision below; papers and sittings in order. Pure.

Source: joint-operation reference, mechanism item ladder: states 案, 付議, 決定, 差戻; dates ordered (6/20 → 6/29 → 7/13).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from moyai.council.rules.cannot import Cannot

CLIMBS_FROM = frozenset({"decided", "heard"})  # 決定, 了承: what is still 案, 差戻 or 否決 stays where it is

NOT_ABOVE = "「%(lower)s」の議案は「%(upper)s」には上がりません。"
NOT_DECIDED = "「%(lower)s」でまだ決定していない議案は、上に上げられません。"
BEFORE_LOWER = "「%(upper)s」の開催日（%(upper_on)s）が、「%(lower)s」の決定の日（%(lower_on)s）より前です。"
NOT_YET = "「%(name)s」は%(on)sに設置されるため、その前の日に会議を開けません。"
ABOLISHED = "「%(name)s」は%(on)sに廃止されたため、その日以降に会議を開けません。"


@dataclass(frozen=True, slots=True)
class Rung:
    """One sitting an item came before: committee, its day, and what became of it there.

    `decided_on` is the day of the decision; of a 書面表決, the day its result was fixed. Empty: the day of the sitting.
    """

    committee: str
    name: str
    held_on: date
    state: str
    decided_on: date | None = None

    @property
    def settled_on(self) -> date:
        return self.decided_on or self.held_on


def check_climb(lower: Rung, upper: Rung, climbs_to: Mapping[str, str]) -> None:
    """上申の可否 — into the committee above it (or any further up), decided below, and not before that decision.

    The same day will do: 部会 in the morning, 幹事会 in the afternoon. Raises Cannot.
    """
    if upper.committee not in above(lower.committee, climbs_to):
        raise Cannot("meeting", NOT_ABOVE, lower=lower.name, upper=upper.name)
    if lower.state not in CLIMBS_FROM:
        raise Cannot("state", NOT_DECIDED, lower=lower.name)
    if upper.held_on < lower.settled_on:
        raise Cannot(
            "held_on",
            BEFORE_LOWER,
            upper=upper.name,
            upper_on=upper.held_on.isoformat(),
            lower=lower.name,
            lower_on=lower.settled_on.isoformat(),
        )


def above(committee: str, climbs_to: Mapping[str, str]) -> list[str]:
    """上位の会議体 — in the order an item goes through them; a ring ends where it began."""
    found: list[str] = []
    here = climbs_to.get(committee)
    while here is not None and here != committee and here not in found:
        found.append(here)
        here = climbs_to.get(here)
    return found


def lineage(item: int, origins_of: Mapping[int, Collection[int]]) -> list[int]:
    """経過 — the item and all it came from, each before what it climbed to; one may gather several from below.

    An item of two 部会 names both. A ring is gone round once.
    """
    found: list[int] = []
    seen = {item}

    def visit(here: int) -> None:
        for lower in sorted(origins_of.get(here, ())):
            if lower not in seen:
                seen.add(lower)
                visit(lower)
        found.append(here)

    visit(item)
    return found


def check_alive(name: str, day: date, from_on: date, until_on: date | None) -> None:
    """会議体の存続 — a sitting falls between its 設置 and its 廃止. `until_on` is the last day it lives. Raises Cannot."""
    if day < from_on:
        raise Cannot("held_on", NOT_YET, name=name, on=from_on.isoformat())
    if until_on is not None and day > until_on:
        abolished = date.fromordinal(until_on.toordinal() + 1)
        raise Cannot("held_on", ABOLISHED, name=name, on=abolished.isoformat())


def annexes(papers: Sequence[tuple[int, int, int]]) -> dict[int, str]:
    """別紙の番号 — papers of a sitting as (place of its item, its own place, id): 別紙1 … in that order, one run for all."""
    return {paper: f"別紙{number}" for number, (_item, _own, paper) in enumerate(sorted(papers), 1)}
