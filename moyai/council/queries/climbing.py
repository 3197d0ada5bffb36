"""議案の経過 — what an item came from and went to, and whether its dates stand in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moyai.council.models import Climb, Committee, Item, Meeting
from moyai.council.rules import climbing
from moyai.council.rules.climbing import Rung


def climbs_to() -> dict[str, str]:
    """Which committee's items go to which, by code; one query."""
    return {
        code: above
        for code, above in Committee.objects.values_list("code", "climbs_to__code")
        if above is not None
    }


def rung_of(item: Item) -> Rung:
    """The item before its sitting; needs `meeting__committee`."""
    return rung_at(item.meeting, item)


def rung_at(meeting: Meeting, item: Item) -> Rung:
    return Rung(
        committee=meeting.committee.code,
        name=meeting.committee.name,
        held_on=meeting.until_on or meeting.held_on,
        state=item.state,
        decided_on=item.decided_on,
    )


def check_place_of(meeting: Meeting) -> None:
    """上申の日の順 — of every item of a sitting, with the day as it is now in `meeting`. Raises Cannot."""
    ways = climbs_to()
    rows = Climb.objects.filter(item__meeting=meeting) | Climb.objects.filter(origin__meeting=meeting)
    for climb in rows.select_related("item__meeting__committee", "origin__meeting__committee").distinct():
        lower_at = meeting if climb.origin.meeting_id == meeting.pk else climb.origin.meeting
        upper_at = meeting if climb.item.meeting_id == meeting.pk else climb.item.meeting
        climbing.check_climb(rung_at(lower_at, climb.origin), rung_at(upper_at, climb.item), ways)


def check_around(item: Item) -> None:
    """The same of one item with its state and day as they are now in `item`. Raises Cannot."""
    ways = climbs_to()
    links = (Climb.objects.filter(item=item) | Climb.objects.filter(origin=item)).select_related(
        "item__meeting__committee", "origin__meeting__committee"
    )
    for climb in links:
        lower = item if climb.origin_id == item.pk else climb.origin
        upper = item if climb.item_id == item.pk else climb.item
        climbing.check_climb(rung_of(lower), rung_of(upper), ways)


@dataclass(frozen=True, slots=True)
class Step:
    """One sitting of an item's way; `here` marks the item that was asked for."""

    item: Item
    here: bool
    after: bool  # it lies above the item that was asked for


def whole_way(item: Item) -> list[Step]:
    """経過 — all it came from, itself, and all it went to, each before what it climbed to; a few queries however long."""
    below, above = _links([item.pk], down=True), _links([item.pk], down=False)
    found = {
        one.pk: one
        for one in Item.objects.filter(pk__in={item.pk, *_ends(below), *_ends(above)}).select_related(
            "meeting__committee"
        )
    }
    order = climbing.lineage(item.pk, below)
    later = sorted(_ends(above) - {item.pk}, key=lambda pk: (found[pk].meeting.held_on, pk))
    # Two origins of one item stand by their days, not by when they were typed.
    first = sorted(order[:-1], key=lambda pk: (found[pk].meeting.held_on, pk))
    return [
        *(Step(found[pk], here=False, after=False) for pk in first),
        Step(found[item.pk], here=True, after=False),
        *(Step(found[pk], here=False, after=True) for pk in later),
    ]


def _ends(links: dict[int, set[int]]) -> set[int]:
    return set(links) | {one for ones in links.values() for one in ones}


def _links(start: Iterable[int], *, down: bool) -> dict[int, set[int]]:
    """Origins by item (down), or items by origin; one query for each storey of the house."""
    found: dict[int, set[int]] = {}
    edge = set(start)
    while edge:
        where = {"item__in": edge} if down else {"origin__in": edge}
        fresh: set[int] = set()
        for upper, lower in Climb.objects.filter(**where).values_list("item_id", "origin_id"):
            here, there = (upper, lower) if down else (lower, upper)
            found.setdefault(here, set()).add(there)
            fresh.add(there)
        edge = fresh - set(found)
    return found
