"""Around the draw: what a winner, the counter or the clock can do to a win by another door than the lottery's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.money.public import charges_about
from moyai.reservations.actions import bookings
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.judging import InDraw
from moyai.reservations.actions.lotteries.steps import NotNow
from moyai.reservations.actions.lotteries.wins import (
    book_wins,
    close_round,
    confirm_win,
    decline_win,
    forfeit_wins,
    promote_entries,
)
from moyai.reservations.models import Booking, Entry
from moyai.reservations.rulebook.samples import TIERS
from moyai.reservations.tests.rounds import AM, PM, Lottery, make_lottery, say
from moyai.tenants.public import clock


@pytest.fixture
def lottery(world: Any, in_chiba: datetime) -> Lottery:
    """Two places, four persons: two win and have to confirm, two wait."""
    found = make_lottery(world, in_chiba, confirm_until=in_chiba + timedelta(days=14), promote_hours=48)
    say(world.chiba, "cancellation", TIERS, now=in_chiba)
    found.staff["resident"] = world.actor(world.resident, world.chiba)
    for at in range(4):
        found.enter(found.person(account_id=world.resident.pk), found.wish("abcd", AM if at % 2 else PM))
    found.draw()
    book_wins(actor=found.staff["system"], now=found.now, round=found.round, most=100)
    return found


def wins(lottery: Lottery) -> list[Entry]:
    rows = Entry.objects.select_related("registration", "booking", "round").order_by("rank")
    return list(rows.filter(round=lottery.round, state="won"))


def late(lottery: Lottery) -> datetime:
    assert lottery.round.confirm_until is not None
    return lottery.round.confirm_until


def test_a_win_cancelled_as_a_booking_does_not_stop_the_round_for_everybody(lottery: Lottery) -> None:
    first, second = wins(lottery)
    assert first.booking is not None and second.booking is not None
    bookings.cancel(actor=lottery.staff["resident"], now=lottery.now, booking=first.booking)
    first.refresh_from_db()
    assert first.state == "forfeited" and first.answer_until is None
    with pytest.raises(NotNow), transaction.atomic():
        confirm_win(actor=lottery.staff["resident"], now=lottery.now, entry=first)
    # The other win still lapses in its time, and the round can be closed.
    assert forfeit_wins(actor=lottery.staff["system"], now=late(lottery), round=lottery.round) == 1
    second.refresh_from_db()
    assert second.state == "forfeited"
    promote_entries(actor=lottery.staff["system"], now=late(lottery), round=lottery.round)
    begins = datetime.combine(lottery.round.for_from, datetime.min.time(), clock.JST)
    close_round(actor=lottery.staff["system"], now=begins, round=lottery.round)


def test_a_win_given_up_as_a_booking_goes_to_who_waits_and_not_to_a_friend(lottery: Lottery) -> None:
    first = wins(lottery)[0]
    assert first.booking is not None
    bookings.cancel(actor=lottery.staff["resident"], now=lottery.now, booking=first.booking)
    assert promote_entries(actor=lottery.staff["system"], now=lottery.now, round=lottery.round) == 1
    offered = Entry.objects.get(round=lottery.round, state="offered")
    assert offered.booking is not None
    taken = (offered.booking.day, offered.booking.starts)
    assert taken == (first.booking.day, first.booking.starts)


def test_a_win_confirmed_at_the_counter_is_confirmed_for_the_round_too(lottery: Lottery) -> None:
    first = wins(lottery)[0]
    assert first.booking is not None
    bookings.confirm(actor=lottery.staff["clerk"], now=lottery.now, booking=first.booking)
    first.refresh_from_db()
    assert (first.state, first.answer_until) == ("confirmed", None)
    # Neither the owner (all of the fee back, at any time) nor the clock can end it as a win any more.
    with pytest.raises(NotNow), transaction.atomic():
        decline_win(actor=lottery.staff["resident"], now=lottery.now, entry=first)
    assert forfeit_wins(actor=lottery.staff["system"], now=late(lottery), round=lottery.round) == 1
    kept = Booking.objects.get(pk=first.booking_id)
    assert kept.state == "booked" and [one.amount_yen for one in charges_about(kept)] == [kept.fee_yen]


def test_nothing_is_charged_for_a_win_before_it_is_confirmed(lottery: Lottery) -> None:
    first = wins(lottery)[0]
    assert first.booking is not None and first.won_wish
    changed = bookings.change(
        actor=lottery.staff["clerk"],
        now=lottery.now,
        booking=first.booking,
        asked=Asked.of(first.booking, people=12),
    )
    assert changed.people == 12 and charges_about(changed) == []
    part = bookings.cancel_part(
        actor=lottery.staff["resident"],
        now=lottery.now,
        booking=changed,
        starts=changed.starts,
        ends=changed.ends,
        combination_id=lottery.hall.units["ab"].pk,
    )
    assert part.combination_id == lottery.hall.units["ab"].pk and charges_about(part) == []
    confirm_win(actor=lottery.staff["resident"], now=lottery.now, entry=first)
    part.refresh_from_db()
    assert sum(one.amount_yen for one in charges_about(part)) == part.fee_yen > 0


def test_what_was_won_is_not_booked_by_another_before_the_winners_are(world: Any, in_chiba: datetime) -> None:
    """Drawn and published; the jobs that book the winners are still to run."""
    found = make_lottery(world, in_chiba)
    say(
        world.chiba,
        "periods",
        {"first": [{"from": {"days": 300, "at": 540}, "until": {"minutes": 0}}]},
        now=in_chiba,
    )
    found.enter(found.person(), found.wish("abcd", AM))
    found.draw()
    quick = found.person()
    wish = found.wish("abcd", AM)
    asked = Asked(
        combination_id=wish.combination_id,
        day=wish.day,
        starts=wish.starts,
        ends=wish.ends,
        purpose="badminton",
    )
    facts: dict[str, Any] = {"now": found.now, "registration": quick, "channel": "staff"}
    for several in ([asked], [asked, replace(asked, starts=PM[0], ends=PM[1])]):
        with pytest.raises(InDraw), transaction.atomic():
            bookings.book_all(actor=found.staff["clerk"], asked=several, **facts)
    book_wins(actor=found.staff["system"], now=found.now, round=found.round, most=100)
    assert Entry.objects.get(round=found.round).state == "confirmed"
    bookings.book(actor=found.staff["clerk"], asked=replace(asked, starts=PM[0], ends=PM[1]), **facts)


def test_a_round_is_not_closed_over_the_heads_of_who_may_still_answer(lottery: Lottery) -> None:
    with pytest.raises(NotNow), transaction.atomic():
        close_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)
    assert lottery.states() == {"won": 2, "waiting": 2}
