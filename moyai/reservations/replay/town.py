"""What a replayed body has, ready to be used: its masters, its users by id, and which cells of the coming weeks are free."""

from __future__ import annotations

import random
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from moyai.people.public import Account
from moyai.reservations.actions.batch import UserOrder, register_many
from moyai.reservations.actions.masters import keep_masters, keep_policy
from moyai.reservations.models import Combination, Facility, Policy, Registration, Slot
from moyai.reservations.queries.masters import plans_of
from moyai.reservations.queries.opening import openings
from moyai.reservations.replay import masters, people
from moyai.reservations.replay.plan import BodyYear
from moyai.tenants.public import Actor, Body, Role

AT_ONCE: Final = 1_000  # users registered in one transaction
NAME: Final = "年度の再現"
OFFICIALS: Final = ("replay-1@example.jp", "replay-2@example.jp")  # of a lottery: they type its seed
Cell = tuple[int, int]  # part, minute


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of a room with its parts, as a use takes it."""

    unit_id: int
    room_id: int
    parts: tuple[int, ...]


@dataclass(slots=True)
class Town:
    """A body in its replayed year."""

    body: Body
    year: BodyYear
    users: array[int]  # ids of registrations
    places: dict[str, list[Place]]  # by code of room
    frames: list[tuple[int, int]]  # コマ of every room: from–to
    open_days: list[date]
    taken: dict[date, set[Cell]] = field(default_factory=lambda: defaultdict(set))

    @property
    def rooms(self) -> list[int]:
        """The rooms given by lottery."""
        return sorted({place.room_id for place in self.places[masters.LOTTERY_ROOM]})

    def days(self, first: date, last: date) -> list[date]:
        return [day for day in self.open_days if first <= day <= last]

    def is_free(self, place: Place, day: date, frames: Sequence[tuple[int, int]]) -> bool:
        taken = self.taken.get(day)
        return not taken or not any(
            (part, starts) in taken for part in place.parts for starts, _ends in frames
        )

    def take(self, place: Place, day: date, frames: Sequence[tuple[int, int]]) -> None:
        self.taken[day].update((part, starts) for part in place.parts for starts, _ends in frames)

    def look(self, first: date, last: date) -> None:
        """Read what is taken on some days. Inside the body's wall."""
        for day in [day for day in self.taken if first <= day <= last]:
            del self.taken[day]
        rows = Slot.objects.filter(body=self.body, day__range=(first, last))
        for part, day, cell in rows.values_list("part_id", "day", "cell").iterator(chunk_size=20_000):
            self.taken[day].add((part, cell))

    def forget(self, before: date) -> None:
        for day in [day for day in self.taken if day < before]:
            del self.taken[day]


def house(body: Body) -> Actor:
    """Who acts for the residents: what they asked for is known, they themselves are not here."""
    return Actor.system(body, name=NAME)


def counter(body: Body, account_id: int | None = None) -> Actor:
    """Staff at the counter."""
    roles = frozenset({Role.CLERK})
    return Actor(account_id=account_id, body=body, roles=roles, name="担当者", channel="office")


def officials() -> list[int]:
    """Two accounts, of nobody, that type the seeds."""
    return [
        Account.objects.get_or_create(email=email, defaults={"name": f"{NAME}の立会人"})[0].pk
        for email in OFFICIALS
    ]


def build(*, body: Body, year: BodyYear, first: date, now: datetime) -> None:
    """Keep the masters where they are not there yet. Inside the body's wall, on the first day of the year."""
    if Facility.objects.filter(body=body, code__startswith=masters.CODE).exists():
        return
    actor = house(body)
    whole = masters.masters(facilities=year.facilities, frames=year.frames, from_on=first)
    keep_masters(actor=actor, now=now, rows=whole)
    for kind in masters.OF_THE_BODY:
        if not Policy.objects.filter(body=body, kind=kind, facility__isnull=True).exists():
            keep_policy(
                actor=actor,
                now=now,
                kind=kind,
                document=masters.POLICIES[kind],
                from_on=first,
                source=masters.SOURCE,
            )


def register_some(*, body: Body, year: BodyYear, first: date, now: datetime) -> int:
    """Take over the next users of the body from its former system; how many. Inside its wall, in one transaction."""
    mine = Registration.objects.filter(body=body, asked_at=now)
    persons = mine.filter(kind=Registration.Kind.PERSON).count()
    groups = mine.filter(kind=Registration.Kind.GROUP).count()
    facts = [people.person(number) for number in range(persons, min(year.persons, persons + AT_ONCE))]
    room = AT_ONCE - len(facts)
    facts += [people.group(number) for number in range(groups, min(year.groups, groups + room))]
    orders = [UserOrder(facts=one, approved_on=first) for one in facts]
    made = register_many(actor=house(body), now=now, orders=orders)
    for refusal in made.left_out.values():
        raise refusal  # nobody of the plan is somebody else
    return len(made.done)


def town_of(*, body: Body, year: BodyYear, first: date, last: date, since: datetime) -> Town:
    """Read what the replay keeps in memory. Inside the body's wall."""
    units = Combination.objects.filter(body=body, room__facility__code__startswith=masters.CODE)
    rooms = {one.room_id: one.room for one in units.select_related("room__facility").order_by("id")}
    plans = plans_of(list(rooms.values()), first)
    places: dict[str, list[Place]] = {}
    for plan in plans.values():
        places.setdefault(plan.code, []).extend(Place(unit.id, plan.id, unit.part_ids) for unit in plan.units)
    one = next(iter(plans.values()))
    every_day = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    opened = openings([one], every_day)
    return Town(
        body=body,
        year=year,
        users=array(
            "q",
            Registration.objects.filter(body=body, asked_at=since)
            .order_by("id")
            .values_list("pk", flat=True),
        ),
        places=places,
        frames=[(frame.starts, frame.ends) for frame in one.frames],
        open_days=[day for day in every_day if opened[one.id, day].open],
    )


def free_use(town: Town, dice: random.Random, day: date) -> tuple[Place, list[tuple[int, int]]] | None:
    """A place that is free on a day, with one or two コマ; None where many tries find none. It is taken at once."""
    kinds = list(ROOM_PARTS)
    for _try in range(TRIES):
        place = dice.choice(town.places[dice.choices(kinds, weights=list(ROOM_PARTS.values()))[0]])
        at = dice.randrange(len(town.frames))
        frames = town.frames[at : at + (2 if dice.random() < LONG else 1)]
        if town.is_free(place, day, frames):
            town.take(place, day, frames)
            return place, frames
    return None


# Share of the direct bookings that each room gets, in parts, and of uses over two コマ.
ROOM_PARTS: Final = {"gym": 40, "meeting": 26, "washitsu": 12, "studio": 20, "hall": 2}
LONG: Final = 0.15
TRIES: Final = 60
