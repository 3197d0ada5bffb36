"""まとめての部品 — what came of a batch, the scenes of many uses, and the turns of many persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import connection

from moyai.reservations.actions.asked import Asked, Scene, UnknownUnit, frozen_days
from moyai.reservations.models import Combination
from moyai.reservations.queries.grounds import Ground, ground_of_body
from moyai.tenants.public import Body, Refusal, WallError, current_body

T = TypeVar("T")


@dataclass(slots=True)
class Batch(Generic[T]):
    """What came of a batch, by place in what was asked for: done, or left out with the refusal that says why."""

    done: dict[int, T] = field(default_factory=dict)
    left_out: dict[int, Refusal] = field(default_factory=dict)


class Scenes:
    """Where many uses of a body are seen: its masters and policies from memory, two or three queries for all."""

    def __init__(self, body: Body, asked: Sequence[Asked], today: date) -> None:
        if current_body() != body or not connection.in_atomic_block:
            raise WallError("a batch runs inside a transaction, behind the wall of its body")
        self.today = today
        self.ground: Ground = ground_of_body(body)
        units = Combination.objects.filter(body=body, pk__in={one.combination_id for one in asked})
        self.room_of: dict[int, int] = dict(units.values_list("pk", "room_id"))
        wanted = {
            (self.room_of[one.combination_id], one.day) for one in asked if one.combination_id in self.room_of
        }
        self.frozen = frozen_days(body=body, wanted=wanted) if wanted else set()

    def of(self, asked: Asked) -> Scene:
        """The scene of one of the uses. Raises UnknownUnit."""
        room_id = self.room_of.get(asked.combination_id)
        if room_id is None:
            raise UnknownUnit
        plan, opening = self.ground.on(asked.day)[room_id]
        unit = plan.unit(asked.combination_id)
        if unit is None:  # no longer offered on that day
            raise UnknownUnit
        return Scene(
            asked,
            self.ground.rooms[room_id],
            plan,
            unit,
            opening,
            self.ground.policies,
            self.ground.holidays,
            self.today,
            (room_id, asked.day) in self.frozen,
        )


def different(documents: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """The documents, each once: many rooms have one policy."""
    found: list[dict[str, Any]] = []
    for document in documents:
        if document and document not in found:
            found.append(document)
    return found


def turns_of(body: Body, persons: Iterable[str]) -> None:
    """Wait for the turn of all these persons; see making.turn_of."""
    turns(f"reservations.person:{body.pk}:{person}" for person in persons)


def turns(keys: Iterable[str]) -> None:
    """Wait for many turns, as `one_at_a_time` names them, in one order for all batches."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM"
            " (SELECT DISTINCT hashtextextended(t, 0) AS k FROM unnest(%s::text[]) AS t ORDER BY 1 OFFSET 0) AS in_order",
            [sorted(set(keys))],
        )
