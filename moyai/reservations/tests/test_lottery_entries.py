"""抽選の申込み: who may enter with what, how often, until when; nothing is kept of what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.audit.public import NotPermitted
from moyai.reservations.actions import slots
from moyai.reservations.actions.checks import CannotBook, NotYours
from moyai.reservations.actions.lotteries.draw import freeze_round
from moyai.reservations.actions.lotteries.entries import (
    EntryLimit,
    RoundClosed,
    WishRefused,
    withdraw_entry,
)
from moyai.reservations.actions.lotteries.rounds import (
    RoundBegun,
    RoundRefused,
    call_off_round,
    plan_round,
)
from moyai.reservations.actions.lotteries.steps import NotNow
from moyai.reservations.models import Entry, Happening, Round, RoundRoom
from moyai.reservations.tests.halls import make_booking
from moyai.reservations.tests.rounds import AM, NIGHT, PM, Lottery, make_lottery, round_facts, say


@pytest.fixture
def lottery(world: Any, in_chiba: datetime) -> Lottery:
    return make_lottery(world, in_chiba, entry_cap=2)


def test_a_planned_round_says_before_its_entries_where_the_seed_will_come_from(lottery: Lottery) -> None:
    row = lottery.round
    assert row.state == Round.State.OPEN and row.label.startswith("121002-")
    assert row.seed_source == "第1234回ロト6の本数字" and row.beacon_round is None
    assert list(RoundRoom.objects.filter(round=row).values_list("room_id", flat=True)) == [
        lottery.hall.gym.pk
    ]


def test_a_round_by_drand_names_its_beacon_when_it_is_planned(world: Any, in_chiba: datetime) -> None:
    from moyai.draws.public import beacon_time

    row = make_lottery(world, in_chiba, seed_kind="drand", seed_source="").round
    assert row.beacon_round is not None and str(row.beacon_round) in row.seed_source
    after = beacon_time(row.beacon_round) - row.enter_until
    assert timedelta(minutes=10) <= after < timedelta(minutes=10, seconds=3)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"rooms": []}, "rooms"),
        ({"rooms": [10**12]}, "rooms"),
        ({"win_cap": 0}, "win_cap"),
        ({"wishes": 17}, "wishes"),
        ({"mode": "lucky"}, "mode"),
        ({"seed_source": ""}, "seed_source"),
        ({"seed_kind": "commitment"}, "seed_kind"),
    ],
)
def test_a_round_that_cannot_be_held_is_refused_beside_its_field(
    lottery: Lottery, wrong: dict[str, Any], field: str
) -> None:
    before = Round.objects.count()
    later = {"enter_from": lottery.now + timedelta(days=1), "enter_until": lottery.now + timedelta(days=2)}
    with pytest.raises(RoundRefused) as refused:
        plan_round(
            actor=lottery.staff["clerk"],
            now=lottery.now,
            facts=round_facts(lottery.hall, lottery.now, **later | wrong),
        )
    assert field in refused.value.fields and Round.objects.count() == before


def test_days_in_the_wrong_order_and_a_room_in_two_rounds_are_refused(lottery: Lottery) -> None:
    now = lottery.now
    for wrong, field in (
        ({"enter_until": now - timedelta(days=2)}, "enter_until"),
        ({"enter_until": now - timedelta(seconds=1), "enter_from": now - timedelta(days=2)}, "enter_until"),
        ({"enter_until": now + timedelta(days=200)}, "enter_until"),
        ({"for_until": lottery.day - timedelta(days=1)}, "for_until"),
        ({"confirm_until": now + timedelta(days=1)}, "confirm_until"),
        ({}, "rooms"),
    ):
        with pytest.raises(RoundRefused) as refused:
            plan_round(actor=lottery.staff["clerk"], now=now, facts=round_facts(lottery.hall, now, **wrong))
        assert field in refused.value.fields


def test_a_plan_changes_until_its_entries_begin(world: Any, in_chiba: datetime) -> None:
    lottery = make_lottery(world, in_chiba, enter_from=in_chiba + timedelta(days=1))
    facts = round_facts(lottery.hall, in_chiba, enter_from=in_chiba + timedelta(days=2), win_cap=3)
    changed = plan_round(actor=lottery.staff["clerk"], now=in_chiba, facts=facts, round=lottery.round)
    assert (changed.pk, changed.win_cap, changed.label) == (lottery.round.pk, 3, lottery.round.label)
    with pytest.raises(RoundBegun):
        plan_round(actor=lottery.staff["clerk"], now=in_chiba + timedelta(days=2), facts=facts, round=changed)


def test_an_entry_keeps_its_wishes_by_rank_and_its_pseudonym(lottery: Lottery) -> None:
    who = lottery.person(resident_class="worker")
    entry = lottery.enter(who, lottery.wish("ab", AM), lottery.wish("cd", (540, 1020)))
    assert [one["place"] for one in entry.wishes] == [
        f"lottery-hall.gym.ab:{lottery.day:%Y%m%d}:540-720",
        f"lottery-hall.gym.cd:{lottery.day:%Y%m%d}:540-1020",
    ]
    assert entry.wishes[1]["frames"] == ["am", "pm"] and entry.resident_class == "worker"
    assert entry.state == Entry.State.ENTERED and entry.made_by == "佐藤 一郎"
    assert who.number not in entry.ticket_id and str(who.pk) not in entry.ticket_id.rpartition(".")[0][:3]
    assert (
        Happening.objects.filter(registration=who, what="entered", entry_id=entry.pk, by_staff=True).count()
        == 1
    )


def test_a_room_by_steps_is_named_with_its_time_to_prepare(world: Any, in_chiba: datetime) -> None:
    lottery = make_lottery(world, in_chiba)
    RoundRoom.objects.create(body=world.chiba, round=lottery.round, room=lottery.hall.meeting)
    entry = lottery.enter(lottery.person(), lottery.wish("room", (600, 660)), purpose="meeting")
    assert entry.wishes[0]["place"].endswith(":570-690")


def test_linked_registrations_share_limit_and_ticket(lottery: Lottery) -> None:
    first, second = lottery.person(person_key="one"), lottery.person(person_key="one", name="会")
    other = lottery.person()
    a, b = lottery.enter(first), lottery.enter(second, lottery.wish("b"))
    assert a.ticket_id.rpartition(".")[0] == b.ticket_id.rpartition(".")[0]
    assert lottery.enter(other).ticket_id.rpartition(".")[0] != a.ticket_id.rpartition(".")[0]
    for who in (first, second):
        with pytest.raises(EntryLimit):
            lottery.enter(who, lottery.wish("c"))
    assert Entry.objects.filter(round=lottery.round, one_person="one").count() == 2
    withdraw_entry(actor=lottery.staff["clerk"], now=lottery.now, entry=a)
    again = lottery.enter(second, lottery.wish("c"))
    assert again.ticket_id.endswith(".03")


def test_entries_begin_and_end_at_the_instant(lottery: Lottery) -> None:
    who, row = lottery.person(), lottery.round
    for now in (row.enter_from - timedelta(microseconds=1000), row.enter_until):
        with pytest.raises(RoundClosed):
            lottery.enter(who, now=now)
    assert Entry.objects.filter(round=row).count() == 0
    lottery.enter(who, now=row.enter_from)
    lottery.enter(who, lottery.wish("b"), now=row.enter_until - timedelta(microseconds=1000))
    assert Entry.objects.filter(round=row).count() == 2


def test_wishes_that_are_none_of_the_round_are_named_each(lottery: Lottery) -> None:
    who = lottery.person()
    with pytest.raises(WishRefused) as refused:
        lottery.enter(who, lottery.wish("a"), lottery.wish("a"), lottery.wish("b", days=40))
    assert set(refused.value.fields) == {"wish_2", "wish_3"}
    for wishes in (
        [lottery.wish("a", (540, 700))],
        [lottery.wish("a", (540, 1440))],
        [lottery.wish("room", (600, 660))],
        [lottery.wish(unit, times) for unit in "ab" for times in (AM, PM)],
    ):
        with pytest.raises(WishRefused):
            lottery.enter(who, *wishes)
    assert Entry.objects.filter(round=lottery.round).count() == 0


def test_what_is_taken_already_is_refused(lottery: Lottery) -> None:
    who = lottery.person()
    block = make_booking(lottery.hall, "abcd", lottery.day, *AM, now=lottery.now, person=who)
    plan, unit = lottery.hall.unit("abcd", lottery.day)
    slots.occupy(booking=block, plan=plan, unit=unit)
    with pytest.raises(WishRefused) as refused:
        lottery.enter(who, lottery.wish("b", PM), lottery.wish("b", AM))
    assert list(refused.value.fields) == ["wish_2"]


def test_who_may_not_use_the_room_may_not_enter(lottery: Lottery, in_chiba: datetime) -> None:
    for facts in (
        {"state": "pending"},
        {"state": "suspended"},
        {"valid_until": in_chiba.date() - timedelta(days=9)},
    ):
        with pytest.raises(CannotBook) as refused:
            lottery.enter(lottery.person(**facts))
        assert list(refused.value.fields) == ["registration"]
    assert Entry.objects.filter(round=lottery.round).count() == 0


def test_limits_of_entries_count_over_rounds(lottery: Lottery) -> None:
    say(
        lottery.hall.body,
        "limits",
        {"limits": [{"name": "抽選は月1件", "of": "entry", "span": "month", "most": 1}]},
        now=lottery.now,
    )
    who = lottery.person()
    lottery.enter(who)
    with pytest.raises(WishRefused) as refused:
        lottery.enter(who, lottery.wish("b", NIGHT))
    assert "抽選は月1件" in refused.value.fields["wish_1"]


def test_nobody_enters_or_withdraws_for_another(world: Any, lottery: Lottery) -> None:
    stranger = world.actor(world.resident, world.chiba)
    entry = lottery.enter(lottery.person())
    with pytest.raises(NotYours):
        lottery.enter(lottery.person(), actor=stranger)
    with pytest.raises(NotYours):
        withdraw_entry(actor=stranger, now=lottery.now, entry=entry)
    own = lottery.person(account_id=world.resident.pk)
    assert lottery.enter(own, actor=stranger, channel="smartphone").made_by == ""
    entry.refresh_from_db()
    assert entry.state == Entry.State.ENTERED


def test_withdrawn_until_the_freeze_and_not_after(lottery: Lottery) -> None:
    first, second = lottery.enter(lottery.person()), lottery.enter(lottery.person())
    gone = withdraw_entry(actor=lottery.staff["clerk"], now=lottery.now, entry=first)
    assert gone.state == Entry.State.WITHDRAWN
    with pytest.raises(NotNow):
        withdraw_entry(actor=lottery.staff["clerk"], now=lottery.round.enter_until, entry=second)
    lottery.freeze()
    with pytest.raises(NotNow):
        withdraw_entry(actor=lottery.staff["clerk"], now=lottery.now, entry=second)
    assert lottery.round.entries == 1
    with pytest.raises(RoundClosed):
        lottery.enter(lottery.person(), now=lottery.round.enter_until - timedelta(hours=1))


def test_registrations_joined_after_they_entered_hold_one_ticket(world: Any, in_chiba: datetime) -> None:
    lottery = make_lottery(world, in_chiba, entry_cap=1)
    first, second, other = lottery.person(), lottery.person(), lottery.person()
    a, b, c = (lottery.enter(who) for who in (first, second, other))
    for who in (first, second):
        who.joined = "the-same"
        who.save()
    lottery.freeze()
    for entry in (a, b, c):
        entry.refresh_from_db()
    assert (a.state, b.state, c.state) == ("entered", "withdrawn", "entered")
    assert a.one_person == b.one_person == "the-same"
    assert a.ticket_id.rpartition(".")[0] == b.ticket_id.rpartition(".")[0] != c.ticket_id.rpartition(".")[0]
    assert lottery.round.entries == 2


def test_a_round_is_called_off_by_who_decides_and_everybody_hears_of_it(lottery: Lottery) -> None:
    entry = lottery.enter(lottery.person(email="hanako@resident.example"))
    with pytest.raises(NotPermitted):
        call_off_round(
            actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round, reason="工事のため"
        )
    with pytest.raises(RoundRefused):
        call_off_round(actor=lottery.staff["approver"], now=lottery.now, round=lottery.round, reason=" ")
    off = call_off_round(
        actor=lottery.staff["approver"], now=lottery.now, round=lottery.round, reason="工事のため"
    )
    entry.refresh_from_db()
    assert (off.state, entry.state) == ("called_off", "withdrawn")
    from moyai.notices.public import Message

    told = Message.objects.filter(about_id=entry.pk, kind="reservations.lottery_called_off").get()
    assert "工事のため" in told.text
    with pytest.raises(NotNow):
        freeze_round(actor=lottery.staff["clerk"], now=lottery.round.enter_until, round=lottery.round)


def test_a_class_that_the_periods_leave_out_does_not_enter(lottery: Lottery) -> None:
    moment = {"months": 2, "day": 1, "at": 540}
    rows = [{"classes": ["resident", "worker"], "from": moment, "until": {"months": 2, "day": 10, "at": 540}}]
    say(lottery.hall.body, "periods", {"lottery": rows, "first": []}, now=lottery.now)
    with pytest.raises(CannotBook) as refused:
        lottery.enter(lottery.person(resident_class="outside"))
    assert list(refused.value.fields) == ["registration"]
    lottery.enter(lottery.person(resident_class="worker"))
    assert Entry.objects.filter(round=lottery.round).count() == 1
