"""申込みの内容 — what someone asks for, and the scene in which it is judged: room, unit, opening, policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Booking, Combination, Room, Round, RoundRoom
from moyai.reservations.queries.grounds import Ground, ground_of
from moyai.reservations.queries.masters import plans_on_days
from moyai.reservations.queries.opening import Holidays, holidays_around, openings
from moyai.reservations.queries.policies import Policies, policies_of
from moyai.reservations.queries.stamps import Stamp, stamp_of
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.policies import deciding_day
from moyai.reservations.rules.rooms import RoomPlan, Unit
from moyai.tenants.public import Body, Refusal


class UnknownUnit(Refusal):
    code = "unknown_unit"
    status = 422
    message = lazy("この室場は選べません。もう一度選んでください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"combination": str(self.message)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """申込み — a unit of a room on a day from–to (minutes of the day, JST), and what for.

    `equipment`: code → pieces. `extras`: codes of the fee policy (冷暖房 …).
    """

    combination_id: int
    day: date
    starts: int
    ends: int
    purpose: str = ""
    title: str = ""
    people: int | None = None
    commercial: bool = False
    admission_yen: int = 0
    equipment: Mapping[str, int] = field(default_factory=dict)
    extras: tuple[str, ...] = ()

    @classmethod
    def of(cls, booking: Booking, **other: Any) -> Asked:
        """What a booking stands for, with `other` in place of some of it."""
        return replace(
            cls(
                combination_id=booking.combination_id,
                day=booking.day,
                starts=booking.starts,
                ends=booking.ends,
                purpose=booking.purpose,
                title=booking.title,
                people=booking.people,
                commercial=booking.commercial,
                admission_yen=booking.admission_yen,
                equipment=dict(booking.equipment),
                extras=tuple(booking.quote.get("use", {}).get("extras", ())),
            ),
            **other,
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """All that decides about one asked use, as it is on its day. The room comes with its facility."""

    asked: Asked
    room: Room
    plan: RoomPlan
    unit: Unit
    opening: Opening
    policies: Policies
    holidays: Holidays
    today: date
    in_draw: bool = False  # a frozen draw is about to give it
    ground: Ground | None = None  # what else is known of its facility
    untouched: bool = False  # just read: nobody has any of it, and no hold that has run out stands in the way

    def document(self, kind: str) -> dict[str, Any] | None:
        """The policy in force for the room; by the day of use or of asking, as its kind wants."""
        on = deciding_day(kind, day_of_use=self.asked.day, asked_on=self.today)
        return self.policies.document(kind, self.plan, on)


def scene(*, body: Body, asked: Asked, today: date) -> Scene:
    return scenes(body=body, asked=[asked], today=today)[0]


def scenes(
    *, body: Body, asked: Sequence[Asked], today: date, policies: Policies | None = None
) -> list[Scene]:
    """The scene of each asked use: eight queries, however many there are; one where its facility is known. Raises UnknownUnit."""
    if len(asked) == 1 and policies is None:
        return [_known(body, asked[0], today)]
    found = _read(body, asked, today, policies)
    frozen = frozen_days(body=body, wanted={(one.plan.id, one.asked.day) for one in found})
    return [replace(one, in_draw=(one.plan.id, one.asked.day) in frozen) for one in found]


def _known(body: Body, asked: Asked, today: date) -> Scene:
    """One scene, read anew only if anything about its facility has changed."""
    stamp = stamp_of(body_id=body.pk, combination_id=asked.combination_id, day=asked.day)
    if stamp is None:
        raise UnknownUnit
    return scene_in(ground_of(body, stamp), stamp, asked, today)


def scene_in(ground: Ground, stamp: Stamp, asked: Asked, today: date) -> Scene:
    """The scene of a use in a facility that is known. No query. Raises UnknownUnit."""
    plan, opened = ground.on(asked.day)[stamp.room_id]
    unit = plan.unit(asked.combination_id)
    if unit is None:  # no longer offered on that day
        raise UnknownUnit
    room = ground.rooms[stamp.room_id]
    return Scene(
        asked,
        room,
        plan,
        unit,
        opened,
        ground.policies,
        ground.holidays,
        today,
        stamp.in_draw,
        ground,
        not (stamp.taken or stamp.over),
    )


def frozen_days(*, body: Body, wanted: set[tuple[int, date]]) -> set[tuple[int, date]]:
    """Of these rooms and days those whose draw is frozen, or drawn and its winners not all booked. One query."""
    rows = RoundRoom.objects.filter(
        Q(round__state=Round.State.FROZEN) | Q(round__state=Round.State.DRAWN, round__booked_at=None),
        body=body,
        room_id__in={room for room, _day in wanted},
        round__body=body,
        round__kind=Round.Kind.MONTHLY,
    ).values_list("room_id", "round__for_from", "round__for_until")
    spans = list(rows)
    return {
        (room, day)
        for room, day in wanted
        if any(room == of and first <= day <= last for of, first, last in spans)
    }


def _read(body: Body, asked: Sequence[Asked], today: date, policies: Policies | None) -> list[Scene]:
    units = {
        unit.pk: unit
        for unit in Combination.objects.filter(
            body=body, pk__in={one.combination_id for one in asked}
        ).select_related("room__facility")
    }
    if any(one.combination_id not in units for one in asked):
        raise UnknownUnit
    rooms = {unit.room_id: unit.room for unit in units.values()}
    days = sorted({one.day for one in asked})
    plans = plans_on_days(list(rooms.values()), days)
    known = policies or policies_of(body, facilities={room.facility_id for room in rooms.values()})
    holidays = holidays_around(days)
    every = [plans[days[0]][room_id] for room_id in rooms]
    opened = openings(every, days, policies=known, holidays=holidays)
    found = []
    for one in asked:
        room = rooms[units[one.combination_id].room_id]
        plan = plans[one.day][room.pk]
        unit = plan.unit(one.combination_id)
        if unit is None:  # no longer offered on that day
            raise UnknownUnit
        found.append(Scene(one, room, plan, unit, opened[plan.id, one.day], known, holidays, today))
    return found
