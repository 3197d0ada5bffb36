"""連続, 休止・仮押え, 受付・無断不使用・免除, 特例の伺い, 当選: what the counter and the draw do, by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.audit.public import Deed, NotPermitted
from moyai.money.public import charges_about
from moyai.reservations.actions import attendance, blocks, bookings, checks, overrides, releases, won
from moyai.reservations.actions.approvals import ReasonMissing
from moyai.reservations.actions.attendance import TooEarly
from moyai.reservations.actions.judging import InDraw
from moyai.reservations.actions.making import NotInState
from moyai.reservations.actions.overrides import NothingToOverride, OwnRequest
from moyai.reservations.actions.series import SeriesTaken, TooManyDays, book_series
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.actions.verdicts import WaitsForGrant
from moyai.reservations.jobs.bookings import end_due_holds, release
from moyai.reservations.models import Booking, Happening, Penalty, Policy, Request, Round, RoundRoom, Slot
from moyai.reservations.queries.bookings import day_list, in_the_way
from moyai.reservations.tests.halls import (
    DAY,
    NOW,
    POLICIES,
    Desk,
    cells_of,
    everything,
    make_booking,
    set_policies,
)
from moyai.tenants.public import Refusal, clock

S = Booking.State


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    return Desk(world)


def refused(refusal: type[Refusal] | tuple[type[Refusal], ...], act: Callable[[], object]) -> Refusal:
    """The act is refused, and nothing is changed by it."""
    before = everything()
    with pytest.raises(refusal) as caught, transaction.atomic():
        act()
    assert everything() == before
    return caught.value


# --- 連続 -------------------------------------------------------------------------------------------------


def test_series_is_booked_whole(desk: Desk) -> None:
    asked = [desk.asked(day=DAY + timedelta(weeks=n)) for n in range(4)]
    made = book_series(actor=desk.clerk, now=NOW, registration=desk.person, asked=asked, channel="staff")
    assert [one.day for one in made] == [one.day for one in asked]
    assert {one.state for one in made} == {S.BOOKED}
    assert Slot.objects.filter(booking__in=made).count() == 8
    assert Happening.objects.filter(booking__in=made, what="booked").count() == 4


def test_series_says_which_day_is_taken(desk: Desk) -> None:
    asked = [desk.asked(day=DAY + timedelta(weeks=n)) for n in range(3)]
    desk.by_phone(replace(asked[1], combination_id=desk.hall.units["abcd"].pk))
    caught = refused(
        SeriesTaken,
        lambda: book_series(
            actor=desk.clerk, now=NOW, registration=desk.person, asked=asked, channel="staff"
        ),
    )
    assert caught.fields == {
        "day": "令和8年6月17日（水）は、すでに予約されています。この日を除くか、別の時間を選んでください。"
    }


def test_series_counts_against_the_limits_as_single_bookings_do(desk: Desk) -> None:
    asked = [desk.asked(day=date(2026, 6, day)) for day in (2, 3, 4, 5, 9)]
    refused(
        checks.OverLimit,
        lambda: book_series(
            actor=desk.clerk, now=NOW, registration=desk.person, asked=asked, channel="staff"
        ),
    )
    far = [desk.asked(day=DAY + timedelta(days=n)) for n in range(65)]
    refused(
        TooManyDays,
        lambda: book_series(actor=desk.clerk, now=NOW, registration=desk.person, asked=far, channel="staff"),
    )


# --- 休止・仮押え ------------------------------------------------------------------------------------------


def test_block_takes_every_frame_it_touches(desk: Desk) -> None:
    made = blocks.block(
        actor=desk.clerk,
        now=NOW,
        asked=desk.asked("abcd", starts=600, ends=800),
        reason="床の点検",
        days=[DAY, DAY + timedelta(days=1)],
    )
    assert [(one.kind, one.state, one.day) for one in made] == [
        ("block", S.BOOKED, DAY),
        ("block", S.BOOKED, DAY + timedelta(days=1)),
    ]
    assert cells_of(made[0]) == [(part, cell) for part in "abcd" for cell in (540, 780)]
    refused(SlotTaken, lambda: desk.book(desk.asked("a")))
    assert desk.book(desk.asked("a", starts=1080, ends=1260)).state == S.BOOKED
    blocks.lift_block(actor=desk.clerk, now=NOW, booking=made[0], reason="点検が済んだため")
    assert desk.book(desk.asked("a")).state == S.BOOKED


def test_block_over_a_booking_is_refused_and_shows_what_is_in_the_way(desk: Desk) -> None:
    booking = desk.book()
    asked = desk.asked("abcd", starts=600, ends=660)
    refused(SlotTaken, lambda: blocks.block(actor=desk.clerk, now=NOW, asked=asked, reason="点検"))
    refused(ReasonMissing, lambda: blocks.block(actor=desk.clerk, now=NOW, asked=asked, reason=" "))
    refused(NotPermitted, lambda: blocks.block(actor=desk.hanako, now=NOW, asked=asked, reason="点検"))
    parts = [part for part, _name in desk.hall.unit("abcd", DAY)[0].parts]
    found = in_the_way(body=desk.hall.body, part_ids=parts, days=[DAY], starts=600, ends=660)
    assert [one.pk for one in found] == [booking.pk]


def test_kept_time_becomes_somebodys_booking_before_the_window_opens(desk: Desk) -> None:
    day = date(2026, 12, 2)
    asked = desk.asked("abcd", day=day, starts=540, ends=1260)
    [kept] = blocks.keep(actor=desk.clerk, now=NOW, asked=asked, reason="市民体育祭")
    assert (kept.kind, kept.title, kept.registration_id) == ("kept", "市民体育祭", None)
    given = blocks.give_kept(
        actor=desk.clerk,
        now=NOW,
        booking=kept,
        registration=desk.person,
        asked=desk.asked("abcd", day=day, starts=540, ends=720, people=150),
    )
    kept.refresh_from_db()
    assert (given.state, given.kind, kept.state) == (S.BOOKED, "use", S.ENDED)
    assert cells_of(given) == [(part, 540) for part in "abcd"] and cells_of(kept) == []
    refused(
        NotInState,
        lambda: blocks.give_kept(
            actor=desk.clerk, now=NOW, booking=kept, registration=desk.person, asked=asked
        ),
    )


# --- 受付・無断不使用・免除 ----------------------------------------------------------------------------------


def points(desk: Desk) -> None:
    """違反点 are the body's, not the hall's."""
    Policy.objects.filter(body=desk.hall.body, kind="penalties").delete()
    Policy.objects.create(
        body=desk.hall.body,
        kind="penalties",
        from_on=date(2017, 4, 1),
        document=POLICIES["penalties"],
        sha256="0" * 64,
        made_at=NOW,
        made_by="試験",
    )


def test_who_came_is_used_and_who_did_not_gets_points(desk: Desk) -> None:
    points(desk)
    came, missed = desk.book(), desk.book(desk.asked(starts=780, ends=1020))
    refused(TooEarly, lambda: attendance.mark_used(actor=desk.clerk, now=NOW, booking=came))
    morning = datetime.combine(DAY, time(8, 50), clock.JST)
    assert attendance.mark_used(actor=desk.clerk, now=morning, booking=came).state == S.USED
    refused(TooEarly, lambda: attendance.mark_missed(actor=desk.clerk, now=morning, booking=missed))
    afternoon = datetime.combine(DAY, time(13, 30), clock.JST)
    assert attendance.mark_missed(actor=desk.clerk, now=afternoon, booking=missed).state == S.NO_SHOW
    [penalty] = Penalty.objects.filter(registration=desk.person)
    assert (penalty.why, penalty.tenths, penalty.booking_id) == ("no_show", 10, missed.pk)
    assert cells_of(missed) == [("a", 780), ("b", 780)]
    # It was a mistake: they came late.
    assert attendance.mark_used(actor=desk.clerk, now=afternoon, booking=missed).state == S.USED
    penalty.refresh_from_db()
    assert penalty.taken_back_at == afternoon


def test_storm_excuses_a_no_show_with_fee_and_points(desk: Desk) -> None:
    points(desk)
    booking = desk.book()
    day_after = datetime.combine(DAY + timedelta(days=1), time(9), clock.JST)
    attendance.mark_missed(actor=desk.clerk, now=day_after, booking=booking)
    refused(
        ReasonMissing,
        lambda: attendance.excuse(actor=desk.clerk, now=day_after, booking=booking, reason=""),
    )
    excused = attendance.excuse(
        actor=desk.clerk, now=day_after, booking=booking, reason="台風による暴風警報のため"
    )
    assert (excused.state, excused.fee_yen, cells_of(excused)) == (S.CANCELLED, 0, [])
    assert Penalty.objects.get(registration=desk.person).taken_back_at == day_after
    assert [one.unpaid_yen for one in charges_about(excused)] == [0]


# --- 特例 -------------------------------------------------------------------------------------------------


def ask(desk: Desk, asked: Any, **other: Any) -> Request:
    with transaction.atomic():
        return overrides.ask_override(
            **{
                "actor": desk.clerk,
                "now": NOW,
                "registration": desk.person,
                "asked": asked,
                "channel": "staff",
                "reason": "地区の防災訓練のため",
                **other,
            }
        )


def test_override_needs_a_reason_and_a_second_person(desk: Desk, world: Any) -> None:
    asked = desk.asked(day=date(2026, 8, 5))  # its window is not open yet
    refused(checks.OutsidePeriod, lambda: desk.book(asked, actor=desk.clerk))
    refused(ReasonMissing, lambda: ask(desk, asked, reason=""))
    request = ask(desk, asked)
    booking = request.booking
    assert request.facts["rules"] == ["outside_period"]
    assert (booking.state, cells_of(booking)) == (S.ASKED, [("a", 540), ("b", 540)])
    same_hands = replace(desk.approver, account_id=desk.clerk.account_id)
    refused(OwnRequest, lambda: overrides.grant_override(actor=same_hands, now=NOW, request=request))
    refused(NotPermitted, lambda: overrides.grant_override(actor=desk.clerk, now=NOW, request=request))
    refused(WaitsForGrant, lambda: bookings.approve(actor=desk.approver, now=NOW, booking=booking))
    granted = overrides.grant_override(actor=desk.approver, now=NOW, request=request)
    booking.refresh_from_db()
    assert (granted.state, booking.state) == (Request.State.GRANTED, S.BOOKED)
    assert [one.amount_yen for one in charges_about(booking)] == [1_000]
    assert (granted.reason, granted.asked_by, granted.decided_by) == (
        "地区の防災訓練のため",
        "佐藤 一郎",
        "高橋 実",
    )
    assert Deed.objects.filter(verb="reservations.ask_override", thing_id=request.pk).count() == 1
    refused(NotInState, lambda: overrides.grant_override(actor=desk.approver, now=NOW, request=request))


def test_declined_override_gives_the_place_up(desk: Desk) -> None:
    request = ask(desk, desk.asked(day=date(2026, 8, 5)))
    overrides.decline_override(
        actor=desk.approver, now=NOW, request=request, answer="一般の受付をお待ちください"
    )
    booking = Booking.objects.get(pk=request.booking_id)
    assert (booking.state, cells_of(booking)) == (S.REFUSED, [])


def test_what_is_taken_past_or_impossible_is_never_granted(desk: Desk) -> None:
    desk.by_phone(desk.asked(day=date(2026, 7, 1)))
    far = date(2026, 8, 5)
    refused(SlotTaken, lambda: _over_limit_on(desk, date(2026, 7, 1)))
    refused(checks.PastDay, lambda: ask(desk, desk.asked(day=date(2026, 5, 8))))
    refused(checks.NotATimeOfRoom, lambda: ask(desk, desk.asked(day=far, starts=545)))
    refused(checks.TooManyPeople, lambda: ask(desk, desk.asked(day=far, people=101)))
    refused(NothingToOverride, lambda: ask(desk, desk.asked()))


def _over_limit_on(desk: Desk, day: date) -> Request:
    set_policies(desk.hall, limits={"longest_minutes": 60})
    return ask(desk, desk.asked(day=day))


# --- 当選 -------------------------------------------------------------------------------------------------


def win(desk: Desk, asked: Any, **other: Any) -> Booking:
    with transaction.atomic():
        return won.book_won(
            **{
                "actor": desk.system,
                "now": NOW,
                "registration": desk.person,
                "asked": asked,
                "channel": "internet",
                "entry_id": 1,
                **other,
            }
        )


def test_win_is_a_booking_that_owes_its_fee_once_confirmed(desk: Desk) -> None:
    far = desk.asked(day=date(2026, 8, 5))  # the draw decided, not the window
    booking = win(desk, far, confirm_until=NOW + timedelta(days=3))
    assert (booking.state, booking.from_lottery, booking.entry_id) == (S.BOOKED, True, 1)
    assert charges_about(booking) == []
    bookings.confirm(actor=desk.hanako, now=NOW, booking=booking)
    assert [one.amount_yen for one in charges_about(booking)] == [1_000]
    refused(SlotTaken, lambda: win(desk, replace(far, combination_id=desk.hall.units["a"].pk)))


def test_lapsed_win_is_free_at_once(desk: Desk) -> None:
    booking = win(desk, desk.asked(), confirm_until=NOW + timedelta(days=3))
    ended = won.end_won(actor=desk.system, now=NOW, booking=booking, reason="期限までに確定がなかったため")
    assert (ended.state, cells_of(ended)) == (S.ENDED, [])
    assert desk.by_phone(desk.asked()).state == S.BOOKED


def test_win_of_a_release_takes_over_only_what_it_won(desk: Desk) -> None:
    first = desk.book(desk.asked("abcd", starts=540, ends=1020))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=first)
    [freed] = Booking.objects.filter(kind="freed", state="booked", facility=desk.hall.facility)
    booking = win(desk, desk.asked("ab"), freeing=[freed])
    assert cells_of(booking) == [("a", 540), ("b", 540)]
    assert len(cells_of(freed)) == 6
    assert releases.free(actor=desk.system, now=NOW, bookings=[freed]) == 1
    assert cells_of(freed) == [] and releases.free(actor=desk.system, now=NOW, bookings=[freed]) == 0


def test_what_a_frozen_draw_may_give_is_not_taken_before(desk: Desk) -> None:
    round_ = Round.objects.create(
        body=desk.hall.body,
        state=Round.State.FROZEN,
        title="7月分",
        label="test-frozen",
        for_from=date(2026, 7, 1),
        for_until=date(2026, 7, 31),
        enter_from=NOW - timedelta(days=9),
        enter_until=NOW,
        seed_source="宝くじ",
    )
    RoundRoom.objects.create(body=desk.hall.body, round=round_, room=desk.hall.gym)
    inside = desk.asked(day=date(2026, 7, 1))
    refused(InDraw, lambda: desk.book(inside))
    refused(InDraw, lambda: blocks.block(actor=desk.clerk, now=NOW, asked=inside, reason="点検"))
    assert desk.book(desk.asked(day=date(2026, 6, 30))).state == S.BOOKED
    Round.objects.filter(pk=round_.pk).update(state=Round.State.DRAWN)
    refused(InDraw, lambda: desk.book(inside))  # its winners are not booked yet
    Round.objects.filter(pk=round_.pk).update(booked_at=NOW)
    assert desk.book(inside).state == S.BOOKED


# --- jobs -------------------------------------------------------------------------------------------------


def test_holds_end_by_themselves(desk: Desk) -> None:
    held = bookings.hold_slot(
        actor=desk.hanako, now=NOW, registration=desk.person, asked=desk.asked(), channel="internet"
    )
    end_due_holds.run(body=desk.world.chiba, now=NOW + timedelta(minutes=14))
    held.refresh_from_db()
    assert held.state == S.HELD
    end_due_holds.run(body=desk.world.chiba, now=NOW + timedelta(minutes=15))
    held.refresh_from_db()
    assert (held.state, cells_of(held)) == (S.ENDED, [])


def test_cancelled_places_are_asked_for_together_at_nine_and_the_rest_is_let_go(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    nine = datetime(2026, 5, 12, 9, 0, tzinfo=clock.JST)
    release.run(body=desk.world.chiba, now=nine)
    [freed] = Booking.objects.filter(kind="freed", state="booked", day=DAY)
    round_ = Round.objects.get(pk=freed.quote["round"])
    assert (round_.kind, round_.state) == (Round.Kind.RELEASE, Round.State.OPEN)
    assert (round_.enter_from, round_.enter_until) == (nine, nine + timedelta(minutes=10))
    assert len(cells_of(freed)) == 2
    refused(SlotTaken, lambda: desk.by_phone(desk.asked(), now=nine + timedelta(minutes=5)))
    round_.state = Round.State.CALLED_OFF
    round_.save()
    release.run(body=desk.world.chiba, now=nine + timedelta(minutes=10))
    freed.refresh_from_db()
    assert (freed.state, cells_of(freed)) == (S.ENDED, [])
    assert desk.by_phone(desk.asked(), now=nine + timedelta(minutes=11)).state == S.BOOKED


def test_day_list_shows_what_stands_and_what_waits_for_a_second_person(
    desk: Desk, django_assert_num_queries: Any
) -> None:
    first = desk.book(desk.asked(starts=780, ends=1020))
    request = ask(desk, desk.asked("cd", people=None, starts=540, ends=720, purpose="meeting"))
    make_booking(desk.hall, "a", DAY, 1080, 1260, now=NOW, person=desk.person, state=S.CANCELLED)
    with django_assert_num_queries(2):
        rows = day_list(body=desk.hall.body, day=DAY, facility=desk.hall.facility)
        shown = [(one.pk, [each.pk for each in one.waiting_requests]) for one in rows]
    assert shown == [(request.booking_id, [request.pk]), (first.pk, [])]
