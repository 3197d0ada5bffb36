"""抽選 of a replayed year: a round each month for the uses of the month after next, entered, drawn by two officials, booked.

A round gives at most as many wins as it has places that are wished for (`most_wins`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

from moyai.calendars.public import wareki
from moyai.money.public import share
from moyai.reservations.actions.batch import EntryOrder, enter_many
from moyai.reservations.actions.lotteries.draw import draw_round, enter_seed, freeze_round, publish_round
from moyai.reservations.actions.lotteries.entries import Wish, withdraw_entry
from moyai.reservations.actions.lotteries.rounds import RoundFacts, plan_round
from moyai.reservations.actions.lotteries.wins import book_wins, close_round
from moyai.reservations.models import Entry, Registration, Round, RoundFiles
from moyai.reservations.replay.masters import LOTTERY_ROOM
from moyai.reservations.replay.plan import next_month
from moyai.reservations.replay.town import Town, counter, house
from moyai.tenants.public import clock

ENTRY_DAYS: Final = 10
DRAWN_ON: Final = 11
FEWEST: Final = 50  # entries of a day that has any, where the round has more
ENTERED_AT: Final = clock_time(10, 0)
DRAWN_AT: Final = clock_time(10, 0)
WISHES: Final = 3
WIN_CAP: Final = 4
WINS_IN: Final = 20  # one place is wished for by so many entries
BOOKED_AT_ONCE: Final = 1_000
STAFF: Final = "staff"
SOURCE: Final = "抽選の日に職員2人が振るさいころの目（20回、空白で区切る）"


def most_wins(wanted: Mapping[str, int]) -> int:
    """How many places a month's round has."""
    return max(1, sum(wanted.values()) // WINS_IN)


def days_of(month: date) -> tuple[date, date]:
    """The days of use a month's round is for."""
    first = next_month(next_month(month))
    return first, next_month(first) - timedelta(days=1)


def entries_on(month: date, wanted: Mapping[str, int], day: date) -> dict[str, int]:
    """抽選申込 of a day by channel: most on the first and the last days."""
    days = min(ENTRY_DAYS, sum(wanted.values()) // FEWEST + 1)  # a few come together
    parts = {str(number): 160 if number in (1, 2, ENTRY_DAYS) else 80 for number in range(1, days + 1)}
    shares = {channel: share(number, parts).get(str(day.day), 0) for channel, number in wanted.items()}
    return {channel: number for channel, number in shares.items() if number}


def round_of(town: Town, month: date) -> Round | None:
    """The month's round, where it is planned."""
    rows = Round.objects.filter(
        body=town.body, kind=Round.Kind.MONTHLY, for_from=days_of(month)[0], rooms__room_id=town.rooms[0]
    )
    found: Round | None = rows.defer("taken", "units").first()
    return found


def plan_round_of(town: Town, month: date, wanted: Mapping[str, int], *, now: datetime) -> None:
    """抽選回の予定, where it is not there. Inside the body's wall."""
    if round_of(town, month) is not None:
        return
    first, last = days_of(month)
    plan_round(
        actor=counter(town.body),
        now=now,
        facts=RoundFacts(
            title=f"体育室 {wareki(first).split('月')[0]}月分",
            for_from=first,
            for_until=last,
            enter_from=datetime.combine(month, clock_time(9, 0), tzinfo=clock.JST),
            enter_until=datetime.combine(month.replace(day=DRAWN_ON), clock_time(0, 0), tzinfo=clock.JST),
            rooms=town.rooms,
            win_cap=WIN_CAP,
            wishes=WISHES,
            entry_cap=min(50, sum(wanted.values()) // len(town.users) + 1),
            seed_source=SOURCE,
        ),
    )


def close_due(town: Town, month: date, *, now: datetime) -> None:
    """抽選回の終了 of the round whose days begin with this month."""
    rows = Round.objects.filter(
        body=town.body, state=Round.State.DRAWN, for_from__lte=month, rooms__room_id=town.rooms[0]
    )
    for row in rows.defer("taken", "units"):
        close_round(actor=house(town.body), now=now, round=row)


def enter_some(
    town: Town,
    month: date,
    wanted: Mapping[str, int],
    portion: Mapping[str, int],
    there: Mapping[str, int],
    *,
    day: date,
    now: datetime,
) -> Counter[str]:
    """Enter so many by channel beside those that are there of this day. Inside the body's wall; how many were."""
    row = round_of(town, month)
    assert row is not None
    places = _wished(town, month, most_wins(wanted))
    before = sum(
        sum(entries_on(month, wanted, month.replace(day=number)).values()) for number in range(1, day.day)
    )
    at = before + sum(there.values())
    dice = random.Random(f"{row.label} {at}")  # noqa: S311
    start = random.Random(f"{town.body.code} {month.isoformat()}").randrange(len(town.users))  # noqa: S311
    asked: list[tuple[int, str, list[Wish]]] = []
    for channel, number in portion.items():
        for _each in range(number):
            many = min(len(places), dice.choice((1, 1, 2, 3)))
            chosen: dict[int, Wish] = {}
            while len(chosen) < many:
                place = int(len(places) * dice.random())
                chosen.setdefault(place, places[place])
            user = town.users[(start + at + len(asked)) % len(town.users)]  # everybody once, then again
            asked.append((user, channel, list(chosen.values())))
    known = Registration.objects.in_bulk({user for user, _channel, _wishes in asked})
    made: Counter[str] = Counter()
    for actor, mine in (
        (counter(town.body), [one for one in asked if one[1] == STAFF]),
        (house(town.body), [one for one in asked if one[1] != STAFF]),
    ):
        orders = [
            EntryOrder(
                registration=known[user], wishes=wishes, channel=channel, purpose="sports", people=dice.randint(4, 20)
            )
            for user, channel, wishes in mine
        ]  # fmt: skip
        batch = enter_many(actor=actor, now=now, round=row, orders=orders)
        for refusal in batch.left_out.values():
            raise refusal  # the plan asks for what is allowed
        made.update(Counter(one.channel for one in orders))
    return made


def steps(
    town: Town,
    month: date,
    wanted: Mapping[str, int],
    left: Mapping[str, int],
    *,
    seed_by: list[int],
    now: datetime,
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is still to be done of a month's draw, each a transaction of its own inside the body's wall, by its phase.

    `left`: bookings of the year that each channel may still get.
    """
    dice = random.Random(f"{town.body.code} {month.isoformat()} seed")  # noqa: S311  (played, not drawn)
    typed = " ".join(str(dice.randint(1, 6)) for _throw in range(20))
    staff = [counter(town.body, account_id) for account_id in seed_by]

    def row() -> Round:
        found = round_of(town, month)
        assert found is not None
        return found

    def freeze() -> None:
        found = row()
        if found.state == Round.State.OPEN:
            _keep_within(found, left, most_wins(wanted), town=town)
            freeze_round(actor=house(town.body), now=now, round=found)

    def draw() -> None:
        found = row()
        if found.state == Round.State.FROZEN:
            publish_round(actor=house(town.body), now=now, round=found, stage=RoundFiles.Stage.LIST)
            for who in staff:
                found = row()
                if not found.seed_used:
                    enter_seed(actor=who, now=now, round=found, typed=typed)
            draw_round(actor=staff[0], now=now, round=row())
            publish_round(actor=house(town.body), now=now, round=row(), stage=RoundFiles.Stage.RESULT)

    yield "draws", freeze
    yield "draws", draw
    more = True

    def book() -> None:
        nonlocal more
        found = row()
        more = found.state == Round.State.DRAWN and (
            book_wins(actor=house(town.body), now=now, round=found, most=BOOKED_AT_ONCE) == BOOKED_AT_ONCE
        )

    while more:
        yield "wins", book


# --- how --------------------------------------------------------------------------------------------


def _keep_within(round: Round, left: Mapping[str, int], places: int, *, town: Town) -> None:
    """抽選申込の取下げ of what might win beyond its channel's bookings of the year, on the last evening of the entries."""
    moment = round.enter_until - timedelta(hours=2)
    entered = Entry.objects.filter(body=town.body, round=round, state=Entry.State.ENTERED)
    for channel in sorted(set(entered.values_list("channel", flat=True).order_by().distinct())):
        most = max(0, left.get(channel, 0))
        if places <= most:
            continue
        beyond = entered.filter(channel=channel).select_related("registration", "round").order_by("-id")
        for one in list(beyond)[: max(0, beyond.count() - most)]:
            with clock.at(moment):
                withdraw_entry(actor=house(town.body), now=moment, entry=one, channel=channel)


def _wished(town: Town, month: date, many: int) -> list[Wish]:
    """The places that everybody wants: evenings and rest days first."""
    dice = random.Random(f"{town.body.code} {month.isoformat()} places")  # noqa: S311
    days = town.days(*days_of(month))
    found: dict[tuple[int, date, int], Wish] = {}
    weights = [3 if day.weekday() >= 5 else 1 for day in days]
    units = town.places[LOTTERY_ROOM]
    while len(found) < min(many, len(days) * len(units) * len(town.frames) // 2):
        day = dice.choices(days, weights=weights)[0]
        place = dice.choice(units)
        at = max(dice.randrange(len(town.frames)), dice.randrange(len(town.frames)))
        starts, ends = town.frames[at]
        found.setdefault((place.unit_id, day, starts), Wish(place.unit_id, day, starts, ends))
    return list(found.values())
