"""A round of the lottery over a hall, and those who enter it. Not a test itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from moyai.reservations.actions.lotteries.draw import draw_round, enter_seed, freeze_round
from moyai.reservations.actions.lotteries.entries import Wish, enter_lottery
from moyai.reservations.actions.lotteries.rounds import RoundFacts, plan_round
from moyai.reservations.models import Entry, Policy, Registration, Round
from moyai.reservations.rules.policies import digest, problems
from moyai.reservations.tests.halls import Hall, make_hall, make_person
from moyai.tenants.public import Actor, Body, clock

SEED = "03 12 18 25 33 41"
AM, PM, NIGHT = (540, 720), (780, 1020), (1080, 1260)
DOCUMENTS: dict[str, dict[str, Any]] = {
    "opening": {"hours": [{"opens": 540, "closes": 1260}]},
    "fees": {
        "rounding": "floor",
        "rounding_yen": 10,
        "tax": "included",
        "tax_rates": [{"from_on": "2019-10-01", "percent": 10}],
        "order": ["room"],
        "hours": [
            {"room": room, "starts": 540, "ends": 1260, "per_minutes": 60, "yen": yen}
            for room, yen in (("gym", 600), ("meeting", 200))
        ],
    },
}


def say(body: Body, kind: str, document: dict[str, Any], *, now: datetime) -> Policy:
    """The body's policy of a kind, in force long since."""
    assert problems(kind, document) == [], problems(kind, document)
    made: Policy = Policy.objects.update_or_create(
        body=body,
        kind=kind,
        facility=None,
        room=None,
        from_on=date(2017, 4, 1),
        defaults={"document": document, "sha256": digest(document), "made_at": now, "made_by": "田中 恵"},
    )[0]
    return made


@dataclass
class Lottery:
    """A planned round with its hall; `now` is inside its entries."""

    hall: Hall
    round: Round
    staff: dict[str, Actor]
    now: datetime
    people: list[Registration] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.round.for_from

    def person(self, name: str = "", **facts: Any) -> Registration:
        facts.setdefault("email", f"hito{len(self.people) + 1}@example.jp")
        made = make_person(self.hall.body, name or f"人{len(self.people) + 1}", now=self.now, **facts)
        self.people.append(made)
        return made

    def wish(self, unit: str = "a", times: tuple[int, int] = AM, days: int = 0) -> Wish:
        return Wish(self.hall.units[unit].pk, self.day + timedelta(days=days), *times)

    def enter(self, who: Registration, *wishes: Wish, **more: Any) -> Entry:
        return enter_lottery(
            actor=more.pop("actor", self.staff["clerk"]),
            now=more.pop("now", self.now),
            round=self.round,
            registration=who,
            wishes=wishes or [self.wish()],
            channel=more.pop("channel", "staff"),
            purpose=more.pop("purpose", "badminton"),
            **more,
        )

    def freeze(self) -> Round:
        self.now = max(self.now, self.round.enter_until)
        self.round = freeze_round(actor=self.staff["system"], now=self.now, round=self.round)
        return self.round

    def draw(self, seed: str = SEED) -> Round:
        if self.round.state == Round.State.OPEN:
            self.freeze()
        for who in ("clerk", "approver"):
            self.round = enter_seed(actor=self.staff[who], now=self.now, round=self.round, typed=seed)
        self.round = draw_round(actor=self.staff["clerk"], now=self.now, round=self.round)
        return self.round

    def states(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for state in Entry.objects.filter(round=self.round).values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found


def staff_of(world: Any) -> dict[str, Actor]:
    at = world.at_chiba
    return {
        "clerk": world.actor(at.clerk, world.chiba),
        "second": world.actor(at.second_clerk, world.chiba),
        "approver": world.actor(at.approver, world.chiba),
        "administrator": world.actor(at.administrator, world.chiba),
        "system": Actor.system(world.chiba),
    }


def round_facts(hall: Hall, now: datetime, **facts: Any) -> RoundFacts:
    first = (clock.today(now) + timedelta(days=70)).replace(day=1)
    known: dict[str, Any] = {
        "title": "2月分 体育館",
        "for_from": first,
        "for_until": first + timedelta(days=27),
        "enter_from": now - timedelta(days=1),
        "enter_until": now + timedelta(days=9),
        "rooms": [hall.gym.pk],
        "seed_source": "第1234回ロト6の本数字",
    }
    return RoundFacts(**known | facts)


def make_lottery(world: Any, now: datetime, *, code: str = "lottery-hall", **facts: Any) -> Lottery:
    staff = staff_of(world)
    Policy.objects.filter(body=world.chiba, facility__isnull=True).delete()  # only what the test says holds
    for kind, document in DOCUMENTS.items():
        say(world.chiba, kind, document, now=now)
    hall = make_hall(world.chiba, code=code)
    round = plan_round(actor=staff["clerk"], now=now, facts=round_facts(hall, now, **facts))
    return Lottery(hall, round, staff, now)
