"""まとめての空き — what is taken of many parts and days, read once under their locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from moyai.reservations.actions import slots
from moyai.reservations.actions.asked import Scene
from moyai.tenants.public import Body, prepared_rows


@dataclass(frozen=True, slots=True)
class Held:
    """A cell that is taken: by a booking from–to; `over`: by a hold whose time is over."""

    starts: int
    ends: int
    over: bool = False


class Busy:
    """What is taken of the parts on the days that some uses want. One query, under the locks."""

    def __init__(self, body: Body, scenes: Iterable[Scene], *, now: datetime) -> None:
        self._taken: dict[tuple[int, date], dict[int, Held]] = {}
        wanted = sorted({(part, scene.asked.day) for scene in scenes for part in scene.unit.part_ids})
        rows = prepared_rows(
            "SELECT s.part_id, s.day, s.cell, b.starts, b.ends,"
            " b.state = 'held' AND b.held_until IS NOT NULL AND b.held_until <= %(now)s::timestamptz"
            " FROM unnest(%(parts)s::bigint[], %(days)s::date[]) AS w (part, day)"
            " JOIN reservations_slot s ON s.body_id = %(body)s::int AND s.day = w.day AND s.part_id = w.part"
            " JOIN reservations_booking b ON b.body_id = s.body_id AND b.id = s.booking_id",
            {
                "now": now,
                "body": str(body.pk),
                "parts": [str(part) for part, _day in wanted],
                "days": [day for _part, day in wanted],
            },
        )
        for part, day, cell, starts, ends, over in rows:
            self._taken.setdefault((part, day), {})[cell] = Held(starts, ends, over)

    def of(self, scene: Scene, cells: Sequence[int]) -> list[Held]:
        """Who has the cells of a use."""
        found = []
        for part in scene.unit.part_ids:
            taken = self._taken.get((part, scene.asked.day))
            if taken:
                found += [taken[cell] for cell in cells if cell in taken]
        return found

    def beside(self, scene: Scene) -> bool:
        """Whether something stands at the same minutes under the cells of other コマ."""
        asked = scene.asked
        return any(
            one.starts < asked.ends and asked.starts < one.ends
            for part in scene.unit.part_ids
            for one in self._taken.get((part, asked.day), {}).values()
        )

    def take(self, scene: Scene, cells: Sequence[int]) -> None:
        """What was accepted is taken for those that come after it."""
        held = Held(scene.asked.starts, scene.asked.ends)
        for part in scene.unit.part_ids:
            self._taken.setdefault((part, scene.asked.day), {}).update(dict.fromkeys(cells, held))


def keys_of(scenes: Iterable[Scene]) -> set[slots.Key]:
    """The locks of what these uses want."""
    return {("part", part, scene.asked.day) for scene in scenes for part in scene.unit.part_ids}
