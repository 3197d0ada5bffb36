"""Masters as staff see them: facilities, one of them with its rooms, a room with its parts, units and コマ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from moyai.reservations.models import (
    Combination,
    Equipment,
    Facility,
    Frame,
    MasterBook,
    Part,
    Policy,
    Purpose,
    Room,
    SpecialDay,
)
from moyai.reservations.queries.workbook import MODELS, row_of
from moyai.reservations.workbook.nouns import Row
from moyai.tenants.public import Actor, body_of


@dataclass(frozen=True, slots=True)
class FacilitySeen:
    facility: Facility
    rooms: list[Room]
    equipment: list[Equipment]
    special_days: list[SpecialDay]
    policies: list[Policy]


@dataclass(frozen=True, slots=True)
class RoomSeen:
    room: Room
    parts: list[Part]
    units: list[Combination]
    frames: list[Frame]
    attached: list[Room]


def facilities_of(actor: Actor) -> QuerySet[Facility]:
    """Every facility of the body with the number of its rooms. One query."""
    found: QuerySet[Facility] = (
        Facility.objects.filter(body=body_of(actor.body))
        .annotate(room_count=Count("rooms", filter=Q(rooms__used_until__isnull=True)))
        .order_by("position", "code")
    )
    return found


def facility_seen(actor: Actor, facility_id: int, today: date) -> FacilitySeen | None:
    """A facility with all that belongs to it; special days from today on. Five queries."""
    body = body_of(actor.body)
    facility = Facility.objects.filter(body=body, pk=facility_id).first()
    if facility is None:
        return None
    return FacilitySeen(
        facility,
        list(
            Room.objects.filter(body=body, facility=facility)
            .select_related("main")
            .order_by("position", "code")
        ),
        list(Equipment.objects.filter(body=body, facility=facility).order_by("position", "code")),
        list(
            SpecialDay.objects.filter(body=body, facility=facility, day__gte=today)
            .select_related("room")
            .order_by("day", "id")
        ),
        list(
            Policy.objects.filter(body=body, facility=facility)
            .select_related("room")
            .order_by("kind", "room__code", "-from_on")
        ),
    )


def room_seen(actor: Actor, room_id: int) -> RoomSeen | None:
    """A room with its parts, units and コマ of all times. Five queries."""
    body = body_of(actor.body)
    room = Room.objects.filter(body=body, pk=room_id).select_related("facility", "main").first()
    if room is None:
        return None
    return RoomSeen(
        room,
        list(Part.objects.filter(body=body, room=room).order_by("position", "code")),
        list(Combination.objects.filter(body=body, room=room).order_by("position", "code")),
        list(Frame.objects.filter(body=body, room=room).order_by("-used_from", "starts")),
        list(Room.objects.filter(body=body, main=room).order_by("position", "code")),
    )


def purposes_of_body(actor: Actor) -> list[Purpose]:
    return list(Purpose.objects.filter(body=body_of(actor.body)).order_by("position", "code"))


def stored_row(actor: Actor, noun: str, row_id: int) -> tuple[Any, Row] | None:
    """A row of a plain master: as it is stored, and as data."""
    body = body_of(actor.body)
    relations = {"parts": ["room__facility"], "units": ["room__facility"], "frames": ["room__facility"]}
    relations |= {
        "rooms": ["facility", "main"],
        "equipment": ["facility"],
        "special_days": ["facility", "room"],
    }
    one = MODELS[noun].objects.filter(body=body, pk=row_id).select_related(*relations.get(noun, [])).first()
    if one is None:
        return None
    room = getattr(one, "room", None) if noun != "rooms" else None
    facility = getattr(one, "facility", None) or (room.facility if room is not None else None)
    row = row_of(
        noun, one, facility.code if facility is not None else "", room.code if room is not None else ""
    )
    if noun == "rooms":
        row["main"] = one.main.code if one.main is not None else ""
    return one, row


def policies_seen(actor: Actor) -> list[Policy]:
    """Every policy of the body, the newest of each place first. One query."""
    return list(
        Policy.objects.filter(body=body_of(actor.body))
        .select_related("facility", "room")
        .order_by("kind", "facility__position", "facility__code", "room__code", "-from_on")
    )


def policy_seen(actor: Actor, policy_id: int) -> Policy | None:
    return (
        Policy.objects.filter(body=body_of(actor.body), pk=policy_id)
        .select_related("facility", "room")
        .first()
    )


def versions_of(policy: Policy) -> list[Policy]:
    """The policies of the same kind and place, the newest first."""
    return list(
        Policy.objects.filter(
            body_id=policy.body_id, kind=policy.kind, facility_id=policy.facility_id, room_id=policy.room_id
        ).order_by("-from_on")
    )


def books_of(actor: Actor) -> list[MasterBook]:
    """The newest workbooks that were read, without their contents."""
    return list(
        MasterBook.objects.filter(body=body_of(actor.body)).defer("data").order_by("-brought_at", "-id")[:20]
    )


def book_of(actor: Actor, book_id: int) -> MasterBook | None:
    return MasterBook.objects.filter(body=body_of(actor.body), pk=book_id).first()
