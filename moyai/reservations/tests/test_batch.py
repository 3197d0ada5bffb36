"""まとめて行う — a batch accepts exactly what the single acts would accept one after the other, and writes the same rows."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from moyai.audit.models import Deed
from moyai.money.models import Charge, ChargeItem, Instalment
from moyai.notices.models import Message
from moyai.reservations.actions import bookings, slots
from moyai.reservations.actions.approvals import approve_registration
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.batch import (
    Batch,
    BookingOrder,
    EntryOrder,
    UserOrder,
    book_many,
    enter_many,
    register_many,
)
from moyai.reservations.actions.lotteries.entries import Wish, enter_lottery
from moyai.reservations.actions.lotteries.wins import book_wins
from moyai.reservations.actions.registration_facts import Facts, MemberFacts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Booking, Entry, GroupMember, Happening, Registration, Room, Slot
from moyai.reservations.tests.halls import DAY, NOW, Desk, make_booking, make_person
from moyai.reservations.tests.people import CLUB, HANAKO, TERMS, other, settle
from moyai.reservations.tests.rounds import AM, NIGHT, PM, Lottery, make_lottery
from moyai.tenants.public import Actor, Refusal, clock

SHAPES = ("abcd", "ab", "cd", "a", "b", "c", "d")
NUMBERS = re.compile(r"\d{4}-\d{4}-\d{4}|\d{12}")  # 整理番号 in texts
LEFT_OUT = {
    "id",
    "number",
    "booking",
    "booking_id",
    "charge",
    "ticket_id",
    "thing_id",
    "sealed",
    "token",
    "deed",
    "entry_id",
    "registration",
    "about_id",
}


def rows_of(model: type[Any]) -> list[str]:
    """Every row of a table, without what is made anew each time."""
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not {field.name, field.attname} & LEFT_OUT and "hash" not in field.name
    ]
    return sorted(NUMBERS.sub("#", repr(row)) for row in model.objects.values_list(*names))


def slots_by_use() -> list[tuple[Any, ...]]:
    found = Slot.objects.values_list(
        "part_id", "day", "cell", "booking__one_person", "booking__starts", "booking__channel"
    )
    return sorted(found)


MODELS: Sequence[type[Any]] = (
    Booking, Entry, Registration, GroupMember, Happening, Deed, Charge, ChargeItem, Instalment, Message
)  # fmt: skip


def everything() -> dict[str, Any]:
    found: dict[str, Any] = {model.__name__: rows_of(model) for model in MODELS}
    return found | {"slots": slots_by_use()}


def undone(act: Callable[[], dict[int, Any]]) -> tuple[dict[int, Any], dict[str, Any]]:
    """What an act says and leaves behind; it is taken back again."""
    point = transaction.savepoint()
    said = act()
    connection.check_constraints()
    left = everything()
    transaction.savepoint_rollback(point)
    return said, left


def one_by_one(acts: Sequence[Callable[[], Any]]) -> dict[int, Any]:
    said: dict[int, Any] = {}
    for place, act in enumerate(acts):
        try:
            with transaction.atomic():
                act()
        except Refusal as refusal:
            said[place] = (refusal.code, str(refusal.message), refusal.fields)
        else:
            said[place] = "done"
    return said


def of_batch(batch: Batch[Any], asked: int) -> dict[int, Any]:
    assert sorted([*batch.done, *batch.left_out]) == list(range(asked))
    left = {place: (one.code, str(one.message), one.fields) for place, one in batch.left_out.items()}
    return {**dict.fromkeys(batch.done, "done"), **left}


@pytest.fixture
def desk(world: Any, in_chiba: Any) -> Desk:
    desk = Desk(world)
    Room.objects.filter(pk=desk.hall.meeting.pk).update(needs_approval=True)
    return desk


def orders(desk: Desk, seed: int, count: int = 60) -> list[BookingOrder]:
    """Uses that clash, go beyond limits, want equipment, lie on closed days, in the past, or nowhere at all."""
    dice = random.Random(seed)
    people = [
        make_person(
            desk.world.chiba,
            f"人{number}",
            now=NOW,
            account_id=desk.world.resident.pk if not number else None,
        )
        for number in range(6)
    ]
    people.append(make_person(desk.world.chiba, "市外", now=NOW, resident_class="outside"))
    people.append(make_person(desk.world.chiba, "停止", now=NOW, state="suspended"))
    people.append(
        make_person(
            desk.world.chiba, "二人目", now=NOW, person_key=people[1].person_key, email="futari@example.jp"
        )
    )
    days = [
        DAY,
        DAY + timedelta(days=1),
        date(2026, 6, 11),
        date(2026, 6, 20),
        date(2026, 7, 30),
        date(2026, 5, 10),
    ]
    found = []
    for _number in range(count):
        day = dice.choice(days[:4] * 5 + days)
        if dice.random() < 0.25:
            starts = dice.choice((600, 630, 660, 700))
            asked = desk.asked("room", day=day, starts=starts, ends=starts + 60)
        else:
            starts, ends = dice.choice((AM, PM, NIGHT, (540, 1020), (550, 700)))
            asked = desk.asked(dice.choice(SHAPES), day=day, starts=starts, ends=ends)
        change = dice.random()
        if change < 0.04:
            asked = desk.asked("a", day=day, combination_id=10**9)
        elif change < 0.1:
            asked = Asked(
                **{**{name: getattr(asked, name) for name in asked.__slots__}, "equipment": {"chair": 60}}
            )
        elif change < 0.14:
            asked = Asked(**{**{name: getattr(asked, name) for name in asked.__slots__}, "people": 500})
        channel = dice.choice(("internet", "staff", "smartphone"))
        found.append(BookingOrder(registration=dice.choice(people), asked=asked, channel=channel))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("who", ["system", "clerk", "hanako"])
def test_C32_a_batch_books_exactly_what_one_by_one_would(desk: Desk, seed: int, who: str) -> None:
    actor: Actor = getattr(desk, who)
    over = desk.book(desk.asked("d", starts=1080, ends=1260))  # a hold whose time is over stands in the way
    Booking.objects.filter(pk=over.pk).update(state="held", held_until=NOW - timedelta(minutes=1))
    asked = orders(desk, seed)
    singly = undone(
        lambda: one_by_one(
            [
                lambda one=one: bookings.book(  # type: ignore[misc]
                    actor=actor, now=NOW, registration=one.registration, asked=one.asked, channel=one.channel
                )
                for one in asked
            ]
        )
    )
    at_once = undone(lambda: of_batch(book_many(actor=actor, now=NOW, orders=asked), len(asked)))
    assert at_once[0] == singly[0]
    for name, rows in singly[1].items():
        assert at_once[1][name] == rows, name
    if who != "hanako":
        codes = {said[0] for said in singly[0].values() if said != "done"}
        assert list(singly[0].values()).count("done") >= 8 and len(codes) >= 5, codes


def test_a_batch_that_meets_a_cell_taken_without_a_lock_books_what_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is under the locks; should a cell be taken all the same, the key of the slots decides, use by use."""
    desk.by_phone(desk.asked("a"))
    monkeypatch.setattr("moyai.reservations.actions.batch.taken.Busy.of", lambda *seen: [])
    asked = [
        BookingOrder(registration=desk.another(f"人{unit}"), asked=desk.asked(unit), channel="staff")
        for unit in ("ab", "c", "a")
    ]
    batch = book_many(actor=desk.clerk, now=NOW, orders=asked)
    assert of_batch(batch, 3)[1] == "done"
    assert {batch.left_out[place].code for place in (0, 2)} == {"slot_taken"}
    assert Deed.objects.filter(verb="reservations.book", thing_id=batch.done[1].pk).count() == 1


@pytest.mark.parametrize("seed", range(4))
def test_C33_a_batch_enters_exactly_what_one_by_one_would(world: Any, in_chiba: Any, seed: int) -> None:
    lottery: Lottery = make_lottery(world, in_chiba, entry_cap=2, wishes=3)
    settle_limits(lottery)
    dice = random.Random(seed)
    people = [lottery.person(email="" if number % 2 else f"p{number}@example.jp") for number in range(6)]
    people.append(lottery.person("停止", state="suspended"))
    asked = []
    for _number in range(60):
        wishes = [
            lottery.wish(
                dice.choice(SHAPES),
                dice.choice((AM, PM, NIGHT) * 6 + ((500, 560),)),
                dice.choice((0, 1, 2, 3) * 6 + (90,)),
            )
            for _wish in range(dice.choice((1, 2, 3, 3, 3, 3, 4)))
        ]
        if dice.random() < 0.05:
            wishes = [Wish(10**9, lottery.day, *AM)]
        asked.append(
            EntryOrder(
                registration=dice.choice(people), wishes=wishes, channel=dice.choice(("internet", "mobile")),
                purpose=dice.choice(("badminton",) * 9 + ("meeting",)), people=dice.choice((None, 10, 10, 10, 60)),
            )
        )  # fmt: skip
    clerk = lottery.staff["clerk"]
    singly = undone(
        lambda: one_by_one(
            [
                lambda one=one: enter_lottery(  # type: ignore[misc]
                    actor=clerk, now=lottery.now, round=lottery.round, registration=one.registration, wishes=one.wishes,
                    channel=one.channel, purpose=one.purpose, people=one.people,
                )
                for one in asked
            ]
        )
    )  # fmt: skip
    at_once = undone(
        lambda: of_batch(
            enter_many(actor=clerk, now=lottery.now, round=lottery.round, orders=asked), len(asked)
        )
    )
    assert at_once[0] == singly[0]
    for name, rows in singly[1].items():
        assert at_once[1][name] == rows, name
    codes = {said[0] for said in singly[0].values() if said != "done"}
    assert list(singly[0].values()).count("done") >= 4 and len(codes) >= 3, codes


def settle_limits(lottery: Lottery) -> None:
    from moyai.reservations.tests.rounds import say

    limits = {
        "limits": [{"name": "希望は月1件", "of": "entry", "kinds": ["person"], "span": "month", "most": 1}]
    }
    say(lottery.hall.body, "limits", limits, now=lottery.now)


def test_nobody_enters_in_a_batch_before_or_after_the_time(world: Any, in_chiba: Any) -> None:
    lottery = make_lottery(world, in_chiba)
    asked = [EntryOrder(registration=lottery.person(), wishes=[lottery.wish()], channel="staff")]
    for now in (lottery.round.enter_from - timedelta(seconds=1), lottery.round.enter_until):
        batch = enter_many(actor=lottery.staff["clerk"], now=now, round=lottery.round, orders=asked)
        assert of_batch(batch, 1)[0][0] == "round_closed"
    assert not Entry.objects.filter(round=lottery.round).exists()


def test_C30_a_batch_registers_exactly_whom_one_by_one_would(world: Any, in_chiba: Any) -> None:
    now, system = in_chiba, Actor.system(world.chiba)
    settle(world.chiba, now, "eligibility", TERMS)
    before = clock.today(now) - timedelta(days=200)
    told: list[tuple[Facts, date | None]] = [
        (other(), before),
        (other(), before),  # the same once more
        (CLUB, None),
        (other(name="別人　太郎", kana="ベツジン　タロウ", email="betsu@example.jp"), before),
        (other(name="子　供", kana="コ　ドモ", born_on=clock.today(now) - timedelta(days=900)), before),
        (other(address=" "), before),
        (other(name="在勤　者", kana="ザイキン　シャ", resident_class="worker"), before),
        (
            Facts(
                **{
                    **{n: getattr(CLUB, n) for n in CLUB.__slots__},
                    "members": (MemberFacts("一人", "ヒトリ"),),
                }
            ),
            None,
        ),
        (HANAKO, None),
    ]

    def singly() -> dict[int, Any]:
        def one(facts: Facts, on: date | None) -> None:
            made = register(actor=system, now=now, facts=facts, channel="staff")
            if on is not None:
                approve_registration(actor=system, now=now, registration=made, on=on)

        return one_by_one([lambda row=row: one(*row) for row in told])  # type: ignore[misc]

    asked = [UserOrder(facts=facts, approved_on=on) for facts, on in told]
    first = undone(singly)
    second = undone(lambda: of_batch(register_many(actor=system, now=now, orders=asked), len(asked)))
    assert {place: said if said == "done" else said[0] for place, said in second[0].items()} == {
        place: said if said == "done" else said[0] for place, said in first[0].items()
    }
    for name, rows in first[1].items():
        assert second[1][name] == rows, name
    assert list(first[0].values()).count("done") == 5


def test_only_the_house_takes_over_an_approval_in_a_batch(world: Any, in_chiba: Any) -> None:
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    settle(world.chiba, in_chiba, "eligibility", TERMS)
    asked = [UserOrder(facts=other(), approved_on=clock.today(in_chiba)), UserOrder(facts=HANAKO)]
    batch = register_many(actor=clerk, now=in_chiba, orders=asked)
    assert batch.left_out[0].code == "not_possible_now"
    assert batch.done[1].state == "pending"
    resident = world.actor(world.resident, world.chiba)
    refused = register_many(actor=resident, now=in_chiba, orders=asked)
    assert not refused.done and {one.code for one in refused.left_out.values()} == {"not_possible_now"}


def test_the_charges_of_a_batch_are_numbered_without_gaps_in_the_order_asked_for(desk: Desk) -> None:
    asked = [
        BookingOrder(registration=desk.another(f"人{unit}"), asked=desk.asked(unit, starts=540, ends=1020), channel="staff")
        for unit in "abcd"
    ]  # fmt: skip
    before = desk.by_phone(desk.asked("a", day=DAY + timedelta(days=1)))
    batch = book_many(actor=desk.clerk, now=NOW, orders=asked)
    after = desk.by_phone(desk.asked("b", day=DAY + timedelta(days=1)))
    things = [before.pk, *(batch.done[place].pk for place in range(4)), after.pk]
    charges = Charge.objects.filter(payable="reservations.booking", thing_id__in=things).order_by("number")
    assert [one.thing_id for one in charges] == things
    first = charges[0].number
    assert [one.number for one in charges] == list(range(first, first + 6))
    for one in charges:
        rows = ChargeItem.objects.filter(charge=one), Instalment.objects.filter(charge=one)
        assert [sum(row.amount_yen for row in each) for each in rows] == [one.amount_yen] * 2
        assert Deed.objects.filter(verb="money.charge", thing_id=one.pk).count() == 1


def occupied(lottery: Lottery, name: str, day: date, times: tuple[int, int]) -> None:
    """Somebody has a unit, whatever the lottery is about to give."""
    row = make_booking(lottery.hall, name, day, *times, now=lottery.now, person=lottery.person())
    plan, unit = lottery.hall.unit(name, day)
    slots.occupy(booking=row, plan=plan, unit=unit)


@pytest.mark.parametrize("answers", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_C32_wins_booked_together_are_those_booked_one_by_one(
    world: Any, in_chiba: Any, monkeypatch: pytest.MonkeyPatch, seed: int, answers: bool
) -> None:
    """Also where staff took a place meanwhile, a winner was suspended, or a use beside it was extended."""
    until = in_chiba + timedelta(days=14) if answers else None
    lottery = make_lottery(world, in_chiba, wishes=3, win_cap=3, entry_cap=2, confirm_until=until)
    dice = random.Random(seed)
    people = [lottery.person(email="" if number % 2 else f"p{number}@example.jp") for number in range(14)]
    for who in people * 2:
        wishes = [
            lottery.wish(unit, dice.choice((AM, PM, NIGHT)), dice.choice((0, 1)))
            for unit in dice.sample(SHAPES, 3)
        ]
        lottery.enter(who, *wishes)
    lottery.draw()
    won = list(Entry.objects.filter(round=lottery.round, state="won").order_by("rank"))
    assert len(won) >= 8
    meddled = dice.sample(won, 3)
    wish = meddled[0].wishes[(meddled[0].won_wish or 1) - 1]
    unit = next(name for name, one in lottery.hall.units.items() if one.pk == wish["combination"])
    occupied(lottery, unit, date.fromisoformat(wish["day"]), (wish["starts"], wish["ends"]))
    Registration.objects.filter(pk=meddled[1].registration_id).update(state="suspended")

    def booked() -> dict[int, Any]:
        counts = [
            book_wins(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, most=most)
            for most in (5, 100)
        ]
        booked = Booking.objects.filter(from_lottery=True).values("pk")
        charged = Charge.objects.filter(payable="reservations.booking", thing_id__in=booked)
        return {0: counts, 1: lottery.states(), 2: sorted(charged.values_list("amount_yen", flat=True))}

    at_once = undone(booked)
    monkeypatch.setattr(
        "moyai.reservations.actions.lotteries.wins.book_won_many", lambda entries, **_more: list(entries)
    )
    singly = undone(booked)
    assert at_once[0] == singly[0]
    for name, rows in singly[1].items():
        assert at_once[1][name] == rows, name
    states = singly[0][1]
    assert states.get("forfeited", 0) >= 2 and states["won" if answers else "confirmed"] >= 5
    assert bool(singly[0][2]) != answers  # what is to be confirmed is charged then


def test_wins_that_meet_a_cell_taken_without_a_lock_are_booked_one_by_one(
    world: Any, in_chiba: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lottery = make_lottery(world, in_chiba)
    for unit in "abc":
        lottery.enter(lottery.person(), lottery.wish(unit))
    lottery.draw()
    occupied(lottery, "b", lottery.day, AM)
    monkeypatch.setattr("moyai.reservations.actions.batch.taken.Busy.of", lambda *seen: [])
    monkeypatch.setattr("moyai.reservations.actions.batch.taken.Busy.beside", lambda *seen: False)
    assert book_wins(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, most=10) == 3
    assert lottery.states() == {"confirmed": 2, "forfeited": 1}
    assert Booking.objects.filter(from_lottery=True, state="booked").count() == 2
