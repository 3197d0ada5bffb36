"""Many at once who want the same places, each on a connection of its own. Not a test itself.

`python -m moyai.reservations.tests.storm '{"case": "contested", …}'` acts in 千葉市 of the database it is given, and prints
what came of it as one line of JSON. Cases: contested, partitions, limits, stock, mixed, unguarded; doors only makes people who
may come by HTTP (tests.load.booking).
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

Act = Callable[[], str]


def together(acts: Sequence[Act], threads: int) -> tuple[Counter[str], list[float]]:
    """Run these acts on so many threads, all begun at once; outcomes counted, and how long each took in ms."""
    found: Counter[str] = Counter()
    times: list[float] = []
    todo = list(acts)[::-1]
    guard = threading.Lock()
    barrier = threading.Barrier(threads)

    def work() -> None:
        from django.db import connection

        connection.ensure_connection()
        barrier.wait()
        while True:
            with guard:
                if not todo:
                    break
                act = todo.pop()
            started = time.perf_counter()
            try:
                outcome = act()
            except Exception as error:  # an error is an outcome to be seen
                outcome = f"error: {type(error).__name__}: {error}"[:200]
            with guard:
                found[outcome] += 1
                times.append((time.perf_counter() - started) * 1000)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return found, times


class Storm:
    """A hall of its own, and people who want it; days are counted from the real today."""

    def __init__(self, facts: dict[str, Any]) -> None:
        from moyai.reservations.tests.halls import Hall, make_hall, make_person, set_policies
        from moyai.tenants.public import Actor, Body, acting_in, clock

        self.facts = facts
        self.random = random.Random(facts.get("seed", 7))
        self.body = Body.objects.get(slug="chiba-shi")
        self.clerk = Actor(
            account_id=None, body=self.body, roles=Actor.system().roles, name="試験", channel="system"
        )
        with acting_in(self.body) as now:
            self.today = clock.today(now)
            from moyai.reservations.models import Facility, Policy

            code = str(facts.get("hall", "storm"))
            if Facility.objects.filter(body=self.body, code=code).exists():
                self.hall = _found(self.body, code)
                self.people = _people(self.body, code)
                return
            self.hall: Hall = make_hall(self.body, code=code, every_shape=True)
            Policy.objects.filter(body=self.body, facility__isnull=True).delete()  # only what is said here holds
            set_policies(
                self.hall,
                limits=facts.get("limits"),
                periods={"first": [{"from": {"days": 400, "at": 0}, "until": {"minutes": 0}}]},
                opening={"hours": [{"opens": 0, "closes": 1440}]},
                lottery={"release": {"on": bool(facts.get("release", False))}},
                penalties=None,
            )
            self.people = [
                make_person(self.body, f"利用者{n} {code}", now=now, kana="リヨウシャ")
                for n in range(facts.get("people", 16))
            ]

    def day(self, number: int) -> date:
        return self.today + timedelta(days=10 + number)

    def asked(self, unit: str, number: int, starts: int = 540, ends: int = 720, **other: Any) -> Any:
        from moyai.reservations.actions.asked import Asked

        return Asked(
            combination_id=self.hall.units[unit].pk,
            day=self.day(number),
            starts=starts,
            ends=ends,
            purpose="" if unit == "room" else "badminton",
            **other,
        )

    def acting(self, act: Callable[..., Any]) -> str:
        """One act in a transaction of its own, as a request is; the code of its refusal, or "done"."""
        from moyai.tenants.public import Refusal, acting_in

        try:
            with acting_in(self.body) as now:
                act(actor=self.clerk, now=now)
        except Refusal as refusal:
            return refusal.code
        return "done"

    def books(self, person: Any, asked: Any) -> Act:
        from moyai.reservations.actions import bookings

        return lambda: self.acting(
            lambda **who: bookings.book(**who, registration=person, asked=asked, channel="internet")
        )

    # --- cases ------------------------------------------------------------------------------------------

    def contested(self) -> list[Act]:
        """So many places, each wanted by so many at the same time."""
        places = [
            self.asked("a", number // 3, starts, ends)
            for number, (starts, ends) in zip(
                range(self.facts["slots"]), _ring([(540, 720), (780, 1020), (1080, 1260)]), strict=False
            )
        ]
        return [
            self.books(self.people[n % len(self.people)], place)
            for place in places
            for n in range(self.facts["contenders"])
        ]

    def partitions(self) -> list[Act]:
        """Random shapes of the hall, random コマ: any of its fifteen sets of quarters."""
        shapes = [name for name in self.hall.units if name != "room"]
        times = [(540, 720), (780, 1020), (1080, 1260), (540, 1020), (780, 1260), (540, 1260)]
        return [
            self.books(
                self.random.choice(self.people),
                self.asked(
                    self.random.choice(shapes),
                    self.random.randrange(self.facts["days"]),
                    *self.random.choice(times),
                ),
            )
            for _ in range(self.facts["asked"])
        ]

    def limits(self) -> list[Act]:
        """Two registrations of one and the same person, on as many places as there are requests, at one below his limit."""
        from moyai.tenants.public import acting_in

        both = self.people[:2]
        with acting_in(self.body):
            for one in both:
                one.joined = "one"
                one.save(update_fields=["joined"])
        for number in range(self.facts["standing"]):
            assert self.books(both[0], self.asked("a", number, 1080, 1260))() == "done"
        times = _ring([(540, 720), (780, 1020)])
        return [
            self.books(both[number % 2], self.asked("b", number // 2, *slot))
            for number, slot in zip(range(self.facts["asked"]), times, strict=False)
        ]

    def stock(self) -> list[Act]:
        """Different rooms, the same chairs: 100 in all, 30 wanted each time."""
        return [
            self.books(
                self.people[n % len(self.people)],
                self.asked(
                    "abcd"[n % 4], 0, *(((540, 720), (780, 1020))[n // 4 % 2]), equipment={"chair": 30}
                ),
            )
            for n in range(self.facts["asked"])
        ]

    def mixed(self) -> list[Act]:
        """Every path at once over a few days: book, hold, change, cancel, give up a part, restore, block, lift, series."""
        return [self._any for _ in range(self.facts["asked"])]

    def _any(self) -> str:
        from moyai.reservations.actions import blocks, bookings, series
        from moyai.reservations.models import Booking

        pick = self.random.random()
        unit = self.random.choice([*self.hall.units])
        starts, ends = self.random.choice([(540, 720), (780, 1020), (540, 1020), (1080, 1260)])
        asked = self.asked(unit, self.random.randrange(self.facts["days"]), starts, ends)
        if self.random.random() < 0.3:
            asked = replace(asked, equipment={"chair": self.random.randrange(1, 50)})
        person = self.random.choice(self.people)

        def some(**which: Any) -> Any:
            ids = list(
                Booking.objects.filter(body=self.body, facility=self.hall.facility, **which).values_list(
                    "pk", flat=True
                )
            )
            return Booking.objects.get(pk=self.random.choice(ids)) if ids else None

        def act(*, actor: Any, now: Any) -> None:
            who = {"actor": actor, "now": now}
            if pick < 0.30:
                bookings.book(**who, registration=person, asked=asked, channel="internet")
            elif pick < 0.38:
                bookings.hold_slot(**who, registration=person, asked=asked, channel="internet")
            elif pick < 0.46:
                days = [replace(asked, day=self.day(n)) for n in range(self.facts["days"])]
                series.book_series(**who, registration=person, asked=days, channel="internet")
            elif pick < 0.50:
                blocks.block(**who, asked=asked, reason="点検")
            elif pick < 0.54:
                if one := some(kind="block", state="booked"):
                    blocks.lift_block(**(who | {"actor": self._staff()}), booking=one)
            elif pick < 0.68:
                if one := some(kind="use", state="booked"):
                    bookings.change(**who, booking=one, asked=asked)
            elif pick < 0.84:
                if one := some(kind="use", state="booked"):
                    bookings.cancel(**who, booking=one, why="facility")
            elif pick < 0.92:
                if one := some(kind="use", state="booked", starts=540, ends=1020):
                    bookings.cancel_part(**who, booking=one, starts=540, ends=720)
            elif one := some(kind="use", state="cancelled"):
                bookings.restore(**(who | {"actor": self._staff()}), booking=one, reason="誤り")

        return self.acting(act)

    def _staff(self) -> Any:
        from moyai.tenants.public import Role

        return replace(self.clerk, roles=frozenset({Role.CLERK}), channel="office")

    def doors(self) -> list[dict[str, str]]:
        """An account, a registration and a session for each who comes by HTTP: (number, cookie)."""
        from django.conf import settings
        from django.test import Client

        from moyai.people.models import Account
        from moyai.people.testing import sign_in_for_tests
        from moyai.tenants.public import acting_in

        found = []
        for place, person in enumerate(self.people):
            mail = f"{self.facts['hall']}{place}@resident.example"
            account = Account.objects.create_user(mail, None, name=person.name)
            with acting_in(self.body):
                person.account_id = account.pk
                person.save(update_fields=["account_id"])
            client = Client()
            sign_in_for_tests(client, account)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            found.append({"number": person.number, "cookie": cookie, "name": settings.SESSION_COOKIE_NAME})
        return found

    def unguarded(self) -> list[Act]:
        """The contested case with the locks gone, and reading first and writing then in place of the key."""
        from moyai.reservations.actions import making, slots
        from moyai.reservations.models import Slot

        slots.lock = lambda *_args: None
        making.look = lambda *_args, **_kwargs: []

        def insert(wanted: Sequence[slots.Wanted]) -> int:
            rows = [
                Slot(body=self.body, part_id=part, day=one.booking.day, cell=cell, booking=one.booking)
                for one in wanted
                for part in one.unit.part_ids
                for cell in one.taken_cells()
            ]
            for row in rows:
                if Slot.objects.filter(day=row.day, part_id=row.part_id, cell=row.cell).exists():
                    raise slots.SlotTaken.of(wanted[0].booking)
            Slot.objects.bulk_create(rows)
            return len(rows)

        slots._insert = insert
        return self.contested()


def _ring(values: Sequence[Any]) -> Iterable[Any]:
    while True:
        yield from values


def _found(body: Any, code: str) -> Any:
    from moyai.reservations.models import Combination, Equipment, Facility, Room
    from moyai.reservations.tests.halls import Hall

    facility = Facility.objects.get(body=body, code=code)
    rooms = {room.code: room for room in Room.objects.filter(body=body, facility=facility)}
    units = {one.code: one for one in Combination.objects.filter(body=body, room__in=rooms.values())}
    return Hall(
        body, facility, rooms["gym"], rooms["meeting"], units, Equipment.objects.get(facility=facility)
    )


def _people(body: Any, code: str) -> list[Any]:
    from moyai.reservations.models import Registration

    return list(Registration.objects.filter(body=body, name__endswith=f" {code}").order_by("id"))


def main(facts: dict[str, Any]) -> None:
    import django

    django.setup()
    storm = Storm(facts)
    if facts["case"] == "doors":
        units = {name: unit.pk for name, unit in storm.hall.units.items()}
        print(json.dumps({"people": storm.doors(), "units": units, "today": storm.today.isoformat()}))
        return
    acts = getattr(storm, facts["case"])()
    started = time.perf_counter()
    outcomes, times = together(acts, facts["threads"])
    times.sort()
    print(
        json.dumps(
            {
                "outcomes": outcomes,
                "seconds": round(time.perf_counter() - started, 2),
                "p50_ms": round(times[len(times) // 2], 1),
                "p99_ms": round(times[int(len(times) * 0.99)], 1),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
