"""利用の決まりの読取り — every policy of a body in one query, and the one that decides about a room on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.db.models import Q

from moyai.reservations.models import Policy
from moyai.tenants.public import Body


class HasPlace(Protocol):
    """A room as policies see it: RoomPlan, or a row of Room."""

    @property
    def id(self) -> int: ...
    @property
    def facility_id(self) -> int: ...


class Policies:
    """The policies loaded for one request: handed on, never kept beyond it.

    `rows` are all of them, planned ones too, by kind, place and day.
    """

    def __init__(self, rows: Iterable[Policy]) -> None:
        self.rows = list(rows)
        self._by_place: dict[tuple[str, int | None, int | None], list[Policy]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.from_on, reverse=True):
            self._by_place[row.kind, row.facility_id, row.room_id].append(row)

    def find(
        self, kind: str, *, on: date, facility_id: int | None = None, room_id: int | None = None
    ) -> Policy | None:
        """The policy in force on a day: the room's, else its facility's, else the body's; of one place the newest.

        A place whose policies all begin later says nothing yet: the next wider one decides.
        """
        places = [(facility_id, room_id), (facility_id, None), (None, None)]
        for facility, room in dict.fromkeys(places):
            for policy in self._by_place.get((kind, facility, room), ()):
                if policy.from_on <= on:
                    return policy
        return None

    def of(self, kind: str, place: HasPlace, on: date) -> Policy | None:
        return self.find(kind, on=on, facility_id=place.facility_id, room_id=place.id)

    def document(self, kind: str, place: HasPlace | None, on: date) -> dict[str, Any] | None:
        """The document in force for a room, or for the body as a whole; None where nothing is said."""
        policy = self.of(kind, place, on) if place is not None else self.find(kind, on=on)
        return dict(policy.document) if policy is not None else None


def policies_of(
    body: Body | int,
    *,
    facilities: Iterable[int] | None = None,
    kinds: Iterable[str] | None = None,
    until: date | None = None,
) -> Policies:
    """利用の決まり of a body in one query; `facilities` leaves out those of others, `until` what begins after a day."""
    rows = Policy.objects.filter(body_id=body if isinstance(body, int) else body.pk)
    if facilities is not None:
        rows = rows.filter(Q(facility__isnull=True) | Q(facility_id__in=list(facilities)))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if until is not None:
        rows = rows.filter(from_on__lte=until)
    return Policies(rows.order_by("kind", "facility_id", "room_id", "from_on"))


def standing_reliefs(body: Body, on: date) -> list[tuple[str, str]]:
    """減免区分 that a registration can have, (code, label): what the fee policies in force give by registration."""
    rows = policies_of(body, kinds=["fees"], until=on).rows
    found = {
        one["code"]: one["label"]
        for row in rows
        for one in row.document.get("reliefs", ())
        if one["by"] == "registration"
    }
    return sorted(found.items())
