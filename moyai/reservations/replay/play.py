"""Playing one body's year: who enters a round, the draw on the eleventh, and what is booked each day.

A portion of a day is one transaction. What is there is counted from rows, so a replay that was stopped goes on.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

from django.db.models import Count, QuerySet

from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.batch import BookingOrder, book_many
from moyai.reservations.models import Booking, Entry, Registration
from moyai.reservations.queries.figures import LAPSED
from moyai.reservations.replay import rounds
from moyai.reservations.replay.plan import (
    BodyYear,
    entries_of_rounds,
    next_month,
    weight_of,
)
from moyai.reservations.replay.town import (
    Town,
    build,
    counter,
    free_use,
    house,
    officials,
    register_some,
    town_of,
)
from moyai.tenants.public import Actor, Body, acting_in, clock

AT_ONCE: Final = 1_000  # bookings of one transaction
BOOKED_AT: Final = clock_time(12, 0)
FEWEST: Final = 4  # bookings of a day that has any, where the year allows it
MOST_APART: Final = 28  # days
NONE_FREE: Final = 400  # portions in a row without any booking: the body is full
STAFF: Final = "staff"
# What was done (masters, users, entries, draws, wins, bookings), how many, whether they are new.
Told = Callable[[str, int, bool], None]


@dataclass(slots=True)
class Counts:
    """What there is already of the year, by channel: bookings before today, of today, and entries by their day."""

    made: Counter[str] = field(default_factory=Counter)
    by_day: dict[date, Counter[str]] = field(default_factory=dict)
    direct: dict[date, Counter[str]] = field(default_factory=dict)
    entered: dict[date, Counter[str]] = field(default_factory=dict)


def play(*, body: Body, year: BodyYear, first: date, last: date, tell: Told) -> None:
    """The body's whole year, or what is missing of it. `tell` hears of everything, what was there already too."""
    opening = datetime.combine(first, clock_time(0, 0), tzinfo=clock.JST)
    with clock.at(opening), acting_in(body):
        build(body=body, year=year, first=first, now=opening)
        there = Registration.objects.filter(body=body, asked_at=opening).count()
        seed_by = officials()
    tell("masters", 0, True)
    tell("users", there, False)
    while there < year.users:
        with clock.at(opening), acting_in(body):
            made = register_some(body=body, year=year, first=first, now=opening)
        there += made
        tell("users", made, True)
    horizon = next_month(next_month(next_month(last))) - timedelta(days=1)
    with acting_in(body):
        town = town_of(body=body, year=year, first=first, last=horizon, since=opening)
        counts = _counts(body, first, last)
    tell("bookings", sum(sum(one.values()) for one in counts.by_day.values()), False)
    tell("entries", sum(sum(one.values()) for one in counts.entered.values()), False)
    _Player(town, first, last, counts, tell, seed_by).play()


class _Player:
    """Goes through the days of one body."""

    def __init__(
        self, town: Town, first: date, last: date, counts: Counts, tell: Told, seed_by: list[int]
    ) -> None:
        self.town, self.first, self.last = town, first, last
        self.counts, self.tell, self.seed_by = counts, tell, seed_by
        self.rounds = entries_of_rounds(town.year, first)
        days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        # A small body's few bookings come together on some days of a month.
        apart = min(MOST_APART, max(1, FEWEST * len(days) // max(1, sum(town.year.bookings.values()))))
        weights = [0 if at % apart else weight_of(day) for at, day in enumerate(days)]
        weights[-1] = weights[-1] or 1
        self.share: dict[date, float] = {}  # of a day, in what is left from it to the end of the year
        rest = sum(weights)
        for day, weight in zip(days, weights, strict=True):
            self.share[day] = weight / rest
            rest -= weight
        self.days = days

    def play(self) -> None:
        looked = False
        for day in self.days:
            wanted = self.rounds.get(day.replace(day=1)) or {}
            month = day.replace(day=1)
            if wanted and day.day == 1:
                self._plan_round(month, wanted)
            if wanted and day.day <= rounds.ENTRY_DAYS:
                self._enter(month, wanted, day)
            if wanted and day.day == rounds.DRAWN_ON:
                self._draw(month, wanted, day)
            if not self._all_there(day):
                if not looked:
                    with acting_in(self.town.body):
                        self.town.look(day, self.town.open_days[-1])
                    looked = True
                self._book(day)
            self.counts.made.update(self.counts.by_day.get(day, {}))
            self.town.forget(day)

    # --- lotteries -----------------------------------------------------------------------------------
    def _plan_round(self, month: date, wanted: dict[str, int]) -> None:
        moment = datetime.combine(month, clock_time(0, 30), tzinfo=clock.JST)
        with clock.at(moment), acting_in(self.town.body):
            rounds.close_due(self.town, month, now=moment)
            rounds.plan_round_of(self.town, month, wanted, now=moment)

    def _enter(self, month: date, wanted: dict[str, int], day: date) -> None:
        there = self.counts.entered.setdefault(day, Counter())
        missing = Counter(rounds.entries_on(month, wanted, day))
        missing.subtract(there)
        missing = +missing
        while missing:
            portion = _portion(missing, AT_ONCE)
            moment = datetime.combine(day, rounds.ENTERED_AT, tzinfo=clock.JST)
            with clock.at(moment), acting_in(self.town.body):
                made = rounds.enter_some(self.town, month, wanted, portion, there, day=day, now=moment)
            missing -= made
            there.update(made)
            self.tell("entries", sum(made.values()), True)

    def _draw(self, month: date, wanted: dict[str, int], day: date) -> None:
        left = Counter(self.town.year.bookings)
        left.subtract(self.counts.made)
        left.subtract(self.counts.by_day.get(day, {}))
        moment = datetime.combine(day, rounds.DRAWN_AT, tzinfo=clock.JST)
        before = sum(self.counts.by_day.get(day, {}).values())
        for phase, step in rounds.steps(self.town, month, wanted, left, seed_by=self.seed_by, now=moment):
            with clock.at(moment), acting_in(self.town.body):
                step()
            self.tell(phase, 0, True)
        with acting_in(self.town.body):
            rows = Booking.objects.filter(body=self.town.body, made_on=day, kind=Booking.Kind.USE)
            self.counts.by_day[day] = _by_channel(rows)
            self.town.look(rounds.days_of(month)[0], rounds.days_of(month)[1])
        self.tell("wins", sum(self.counts.by_day[day].values()) - before, True)

    # --- direct bookings -----------------------------------------------------------------------------
    def _due(self, day: date) -> Counter[str]:
        """How many are booked directly on a day, by channel."""
        due: Counter[str] = Counter()
        direct = self.counts.direct.get(day, Counter())
        won = self.counts.by_day.get(day, Counter()) - direct
        reserved = self._reserved(day)
        dice = random.Random(f"{self.town.body.code} {day.isoformat()} direct")  # noqa: S311
        for channel, number in self.town.year.bookings.items():
            left = number - self.counts.made[channel] - won[channel] - reserved[channel]
            exact = max(0, left) * self.share[day]
            due[channel] = int(exact) + (dice.random() < exact % 1)
            if day == self.last:
                due[channel] = left
        return due

    def _reserved(self, day: date) -> Counter[str]:
        """What the rounds still to be drawn may give each channel at most."""
        found: Counter[str] = Counter()
        for month, wanted in self.rounds.items():
            if wanted and day < month.replace(day=rounds.DRAWN_ON):
                most = rounds.most_wins(wanted)
                found.update({channel: min(number, most) for channel, number in wanted.items()})
        return found

    def _all_there(self, day: date) -> bool:
        return not self._due(day) - self.counts.direct.get(day, Counter())

    def _book(self, day: date) -> None:
        direct = self.counts.direct.setdefault(day, Counter())
        whole = self.counts.by_day.setdefault(day, Counter())
        missing = self._due(day) - direct
        fruitless = 0
        dice = random.Random(f"{self.town.body.code} {day.isoformat()} {sum(direct.values())}")  # noqa: S311
        while missing:
            portion = _portion(missing, AT_ONCE)
            moment = datetime.combine(day, BOOKED_AT, tzinfo=clock.JST)
            with clock.at(moment), acting_in(self.town.body):
                made = self._book_some(portion, day, moment, dice)
            fruitless = 0 if made else fruitless + 1
            if fruitless > NONE_FREE:
                raise RuntimeError(f"{self.town.body.name}：{day}に予約できる枠がありません。")
            missing -= made
            direct.update(made)
            whole.update(made)
            self.tell("bookings", sum(made.values()), True)

    def _book_some(
        self, portion: Counter[str], day: date, now: datetime, dice: random.Random
    ) -> Counter[str]:
        """Book so many by channel, staff at the counter and the others; how many were."""
        town = self.town
        days = town.days(day + timedelta(days=1), next_month(next_month(day)) - timedelta(days=1))
        made: Counter[str] = Counter()
        for actor, channels in self._desks(portion):
            uses = list(self._uses(channels, days, dice))
            known = Registration.objects.in_bulk({user for user, _channel, _asked in uses})
            orders = [
                BookingOrder(registration=known[user], asked=asked, channel=channel)
                for user, channel, asked in uses
            ]
            batch = book_many(actor=actor, now=now, orders=orders)
            made.update(Counter(orders[place].channel for place in batch.done))
        return made

    def _desks(self, portion: Counter[str]) -> Iterator[tuple[Actor, list[str]]]:
        by_staff = [STAFF] * portion[STAFF]
        others = [channel for channel in portion.elements() if channel != STAFF]
        if by_staff:
            yield counter(self.town.body), by_staff
        if others:
            yield house(self.town.body), others

    def _uses(
        self, channels: list[str], days: list[date], dice: random.Random
    ) -> Iterator[tuple[int, str, Asked]]:
        users = self.town.users
        for channel in channels:
            user = users[int(len(users) * dice.random() ** 1.2)]  # some come more often
            day = dice.choice(days)
            found = free_use(self.town, dice, day)
            if found is None:
                continue  # another day, with the next portion
            place, frames = found
            purpose = dice.choice(("sports", "culture", "meeting"))
            yield (
                user,
                channel,
                Asked(
                    combination_id=place.unit_id,
                    day=day,
                    starts=frames[0][0],
                    ends=frames[-1][1],
                    purpose=purpose,
                    people=dice.randint(2, 20),
                ),
            )


# --- how --------------------------------------------------------------------------------------------


def _portion(missing: Counter[str], most: int) -> Counter[str]:
    """The first so many of what is missing."""
    found: Counter[str] = Counter()
    for channel, number in missing.items():
        found[channel] = min(number, most - sum(found.values()))
    return +found


def _by_channel(rows: QuerySet[Booking]) -> Counter[str]:
    counted = (
        rows.exclude(state__in=LAPSED).values_list("channel").order_by("channel").annotate(n=Count("id"))
    )
    return Counter(dict(counted))


def _counts(body: Body, first: date, last: date) -> Counts:
    """What is there of the year. Two queries."""
    found = Counts()
    rows = (
        Booking.objects.filter(body=body, kind=Booking.Kind.USE, made_on__range=(first, last))
        .exclude(state__in=LAPSED)
        .values_list("made_on", "channel", "from_lottery")
        .order_by("made_on")
        .annotate(n=Count("id"))
    )
    for day, channel, won, number in rows:
        found.by_day.setdefault(day, Counter())[channel] += number
        if not won:
            found.direct.setdefault(day, Counter())[channel] += number
    entries = (
        Entry.objects.filter(body=body, made_on__range=(first, last))
        .values_list("made_on", "channel")
        .order_by("made_on")
        .annotate(n=Count("id"))
    )
    for day, channel, number in entries:
        found.entered.setdefault(day, Counter())[channel] += number
    return found
