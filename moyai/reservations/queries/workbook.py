"""Masters of a body as plain rows: what the workbook, the differences and the actions compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moyai.reservations.models import (
    Combination,
    Equipment,
    Facility,
    Frame,
    Part,
    Policy,
    Purpose,
    Room,
    SpecialDay,
)
from moyai.reservations.workbook.layouts import canonical
from moyai.reservations.workbook.nouns import NOUNS, Key, Masters, Row, nothing
from moyai.tenants.public import Body

MODELS: Mapping[str, Any] = {
    "purposes": Purpose,
    "facilities": Facility,
    "rooms": Room,
    "parts": Part,
    "units": Combination,
    "frames": Frame,
    "equipment": Equipment,
    "special_days": SpecialDay,
}


class Stored:
    """The masters of a body, and the rows of the tables they stand in, by the same keys. Nine queries."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.masters: Masters = nothing()
        self.rows: dict[str, dict[Key, Any]] = {name: {} for name in (*MODELS, "policies")}
        self._facilities: dict[int, Facility] = {}
        self._rooms: dict[int, Room] = {}
        for noun, model in MODELS.items():
            for one in model.objects.filter(body=body).order_by("id"):
                if noun == "facilities":
                    self._facilities[one.pk] = one
                elif noun == "rooms":
                    self._rooms[one.pk] = one
                self._add(noun, one)
        for noun in ("rooms",):  # the main room may come after its attached one
            for key, one in self.rows[noun].items():
                self.masters[noun][key]["main"] = self._rooms[one.main_id].code if one.main_id else ""
        for policy in Policy.objects.filter(body=body).order_by("id"):
            row = {
                "kind": policy.kind,
                "facility": self._facilities[policy.facility_id].code if policy.facility_id else "",
                "room": self._rooms[policy.room_id].code if policy.room_id else "",
                "from_on": policy.from_on,
                "source": policy.source,
                "document": canonical(policy.kind, policy.document),
            }
            key = (row["kind"], row["facility"], row["room"], row["from_on"])
            self.masters["policies"][key] = row
            self.rows["policies"][key] = policy

    def _add(self, noun: str, one: Any) -> None:
        row = row_of(noun, one, self._facility_code(one), self._room_code(one))
        key = NOUNS[noun].key_of(row)
        self.masters[noun][key] = row
        self.rows[noun][key] = one

    def _facility_code(self, one: Any) -> str:
        if hasattr(one, "facility_id"):
            return self._facilities[one.facility_id].code
        if getattr(one, "room_id", None):
            return self._facilities[self._rooms[one.room_id].facility_id].code
        return ""

    def _room_code(self, one: Any) -> str:
        return self._rooms[one.room_id].code if getattr(one, "room_id", None) else ""


def row_of(noun: str, one: Any, facility: str, room: str) -> Row:
    """A stored row as plain data. `main` of a room is filled in once all rooms are known."""
    row: Row = {}
    for column in NOUNS[noun].columns:
        name = column.name
        if name == "facility":
            row[name] = facility
        elif name == "room":
            row[name] = room
        elif name == "main":
            row[name] = ""
        elif name == "step_minutes":
            row[name] = str(one.step_minutes)
        else:
            value = getattr(one, name)
            row[name] = tuple(value) if isinstance(value, list) else value
    return row


def masters_of(body: Body) -> Masters:
    """The masters of a body as plain rows."""
    return Stored(body).masters
