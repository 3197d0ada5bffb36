"""変更・取消し・審査・取消しの取消し: the place, the money, the points — and the wait before what was given up is free."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.money.public import charges_about
from moyai.reservations.actions import bookings, checks
from moyai.reservations.actions.approvals import ReasonMissing
from moyai.reservations.actions.changes import NeedsCounter, NotAPart
from moyai.reservations.actions.making import ChangedMeanwhile, NotInState, TooLate
from moyai.reservations.actions.slots import OutOfStock, SlotTaken
from moyai.reservations.jobs.bookings import end_one_unconfirmed, end_one_unpaid, release
from moyai.reservations.models import Booking, EquipmentSlot, Happening, Penalty, Room, Slot
from moyai.reservations.queries.bookings import history
from moyai.reservations.tests.halls import DAY, NOW, Desk, cells_of, everything, set_policies
from moyai.tenants.public import clock

S = Booking.State
NEXT_9 = datetime(2026, 5, 12, 9, 0, tzinfo=clock.JST)


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    return Desk(world)


def freed() -> list[Booking]:
    rows = Booking.objects.filter(kind="freed", state="booked", facility__code="test-hall")
    return list(rows.order_by("id"))


def test_change_moves_the_cells_the_fee_and_the_equipment(desk: Desk) -> None:
    booking = desk.book(desk.asked(equipment={"chair": 10}))
    fee = booking.fee_yen
    moved = bookings.change(
        actor=desk.hanako,
        now=NOW,
        booking=booking,
        asked=desk.asked("cd", starts=780, ends=1020, equipment={"chair": 3}),
        version=booking.version,
    )
    assert cells_of(moved) == [("c", 780), ("d", 780)]
    assert (moved.frames, moved.version) == (["pm"], booking.version + 1)
    assert EquipmentSlot.objects.filter(booking=moved).count() == 3 * 16
    assert moved.fee_yen != fee
    assert sum(one.amount_yen for one in charges_about(moved) if one.state != "cancelled") == moved.fee_yen
    told = history(moved)[-1]
    assert told.what == "changed"
    assert told.facts["from"] == {
        "room": "体育館",
        "unit": "ab面",
        "day": DAY.isoformat(),
        "starts": 540,
        "ends": 720,
    }


def test_change_to_a_taken_place_keeps_the_old_one(desk: Desk) -> None:
    booking = desk.book()
    desk.by_phone(desk.asked("abcd", starts=780, ends=1020))
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():
        bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=540, ends=1020))
    assert everything() == before


def test_change_without_stock_keeps_everything(desk: Desk) -> None:
    booking = desk.book(desk.asked(equipment={"chair": 30}))
    desk.by_phone(desk.asked("cd", equipment={"chair": 70}))
    before = everything()
    with pytest.raises(OutOfStock), transaction.atomic():
        bookings.change(
            actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(equipment={"chair": 31})
        )
    assert everything() == before


def test_change_frees_what_it_leaves_only_at_the_release(desk: Desk) -> None:
    booking = desk.book(desk.asked(starts=540, ends=1020))
    bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1260))
    assert cells_of(booking) == [("a", 780), ("a", 1080), ("b", 780), ("b", 1080)]
    [left] = freed()
    assert (cells_of(left), left.starts, left.ends, left.free_at) == (
        [("a", 540), ("b", 540)],
        540,
        720,
        NEXT_9,
    )
    with pytest.raises(SlotTaken), transaction.atomic():
        desk.by_phone(desk.asked("a"))


def test_half_of_the_hall_is_given_back(desk: Desk) -> None:
    booking = desk.book(desk.asked("abcd", starts=540, ends=1020))
    rest = bookings.cancel_part(
        actor=desk.hanako,
        now=NOW,
        booking=booking,
        starts=540,
        ends=720,
        combination_id=desk.hall.units["ab"].pk,
    )
    assert cells_of(rest) == [("a", 540), ("b", 540)]
    assert (rest.state, rest.starts, rest.ends, rest.fee_yen) == (S.BOOKED, 540, 720, 1_000)
    left = freed()
    assert [(one.starts, one.ends, cells_of(one)) for one in left] == [
        (540, 720, [("c", 540), ("d", 540)]),
        (780, 1020, [(part, 780) for part in "abcd"]),
    ]
    assert [one.combination.code for one in left] == ["cd", "abcd"]


@pytest.mark.parametrize(
    ("unit", "starts", "ends"),
    [("abcd", 540, 720), ("ab", 540, 1260), ("ab", 540, 1020), ("cd", 540, 720), ("room", 540, 720)],
)
def test_part_that_is_no_part_is_refused(desk: Desk, unit: str, starts: int, ends: int) -> None:
    booking = desk.book(desk.asked(starts=540, ends=1020))
    before = everything()
    with pytest.raises((NotAPart, checks.NotATimeOfRoom)), transaction.atomic():
        bookings.cancel_part(
            actor=desk.hanako,
            now=NOW,
            booking=booking,
            starts=starts,
            ends=ends,
            combination_id=desk.hall.units[unit].pk,
        )
    assert everything() == before


def test_cancelled_place_waits_for_the_release_and_then_is_free(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    booking.refresh_from_db()
    assert (booking.state, booking.fee_yen, cells_of(booking)) == (S.CANCELLED, 0, [])
    assert [one.unpaid_yen for one in charges_about(booking)] == [0]
    [left] = freed()
    assert (left.free_at, left.registration_id, left.quote) == (NEXT_9, None, {"freed_from": booking.pk})
    assert cells_of(left) == [("a", 540), ("b", 540)]
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():  # cancel-and-grab
        desk.by_phone(desk.asked())
    assert everything() == before
    release.run(body=desk.world.chiba, now=NEXT_9 - timedelta(milliseconds=1))
    assert everything() == before


def test_without_the_policy_a_cancelled_place_is_free_at_once(desk: Desk) -> None:
    set_policies(desk.hall, lottery={"release": {"on": False}})
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    assert freed() == []
    assert desk.by_phone(desk.asked()).state == S.BOOKED


def test_use_before_the_end_of_the_release_is_free_at_once(desk: Desk) -> None:
    set_policies(desk.hall, periods={"first": [{"from": {"days": 60, "at": 540}, "until": {"minutes": 0}}]})
    booking = desk.book()
    on_the_eve = datetime.combine(DAY - timedelta(days=1), time(18), clock.JST)
    bookings.cancel(actor=desk.hanako, now=on_the_eve, booking=booking)  # 9:00 is the use itself
    assert freed() == []
    assert desk.by_phone(desk.asked(), now=on_the_eve).state == S.BOOKED


def test_late_cancellation_costs_points_and_a_timely_one_does_not(desk: Desk) -> None:
    set_policies(desk.hall, penalties=None)
    from moyai.reservations.models import Policy

    Policy.objects.filter(body=desk.hall.body, kind="penalties", facility__isnull=True).delete()
    document = {
        "points": [{"why": "late_cancel", "tenths": 5, "within_days": 3}],
        "lapse": {"months": 12},
        "suspend": [{"tenths": 20, "months": 6}],
    }
    Policy.objects.create(
        body=desk.hall.body,
        kind="penalties",
        from_on=date(2017, 4, 1),
        document=document,
        sha256="0" * 64,
        made_at=NOW,
        made_by="試験",
    )
    early, late = desk.book(), desk.book(desk.asked(starts=780, ends=1020))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=early)
    assert not Penalty.objects.filter(registration=desk.person).exists()
    near = datetime.combine(DAY - timedelta(days=2), time(12), clock.JST)
    bookings.cancel(actor=desk.hanako, now=near, booking=late)
    [penalty] = Penalty.objects.filter(registration=desk.person)
    assert (penalty.why, penalty.tenths, penalty.booking_id) == ("late_cancel", 5, late.pk)


def test_after_the_deadline_only_the_counter_cancels(desk: Desk) -> None:
    booking = desk.book()
    late = datetime.combine(DAY - timedelta(days=1), time(17), clock.JST)
    before = everything()
    for act in (
        lambda: bookings.cancel(actor=desk.hanako, now=late, booking=booking),
        lambda: bookings.cancel_part(actor=desk.hanako, now=late, booking=booking, starts=540, ends=720),
        lambda: bookings.change(actor=desk.hanako, now=late, booking=booking, asked=desk.asked("cd")),
    ):
        with pytest.raises(TooLate), transaction.atomic():
            act()
    assert everything() == before
    bookings.cancel(actor=desk.clerk, now=late, booking=booking, why="facility", reason="空調の故障")
    told = history(booking)[-1]
    assert (told.what, told.words, told.by_staff) == ("cancelled", "空調の故障", True)
    assert told.facts == {"why": "facility", "refund_yen": 1_000}


def test_others_bookings_are_not_there(desk: Desk) -> None:
    theirs = desk.by_phone(desk.asked())
    before = everything()
    for act in (
        lambda: bookings.cancel(actor=desk.hanako, now=NOW, booking=theirs),
        lambda: bookings.cancel_part(actor=desk.hanako, now=NOW, booking=theirs, starts=540, ends=720),
        lambda: bookings.change(actor=desk.hanako, now=NOW, booking=theirs, asked=desk.asked("cd")),
        lambda: bookings.confirm(actor=desk.hanako, now=NOW, booking=theirs),
        lambda: bookings.drop_hold(actor=desk.hanako, now=NOW, booking=theirs),
    ):
        with pytest.raises(checks.NotYours), transaction.atomic():
            act()
    assert everything() == before


def test_second_window_is_told_that_the_booking_changed(desk: Desk) -> None:
    booking = desk.book()
    shown = booking.version
    bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(people=30), version=shown)
    before = everything()
    with pytest.raises(ChangedMeanwhile), transaction.atomic():
        bookings.change(
            actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(people=31), version=shown
        )
    assert everything() == before


def test_cancelled_booking_is_cancelled_once(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    before = everything()
    with pytest.raises(NotInState), transaction.atomic():
        bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    assert everything() == before


def test_restored_booking_has_its_place_and_its_fee_again(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    with pytest.raises(ReasonMissing), transaction.atomic():
        bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason=" ")
    back = bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason="誤って取り消したため")
    assert (back.state, back.fee_yen, cells_of(back)) == (S.BOOKED, 1_000, [("a", 540), ("b", 540)])
    assert freed() == []
    assert sum(one.amount_yen for one in charges_about(back) if one.state == "open") == 1_000


def test_restoring_is_refused_where_the_place_is_anothers(desk: Desk) -> None:
    set_policies(desk.hall, lottery={"release": {"on": False}})
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    desk.by_phone(desk.asked("a"))
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():
        bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason="誤って取り消したため")
    assert everything() == before


def test_restoring_does_not_get_round_the_limits(desk: Desk) -> None:
    booking = desk.book()
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    for day in (3, 4, 5, 8):
        desk.book(desk.asked(day=date(2026, 6, day)))
    before = everything()
    with pytest.raises(checks.OverLimit), transaction.atomic():
        bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason="誤って取り消したため")
    assert everything() == before


def test_room_that_is_judged_is_not_moved_online_after_its_approval(desk: Desk) -> None:
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    booking = desk.book()
    bookings.approve(actor=desk.approver, now=NOW, booking=booking)
    before = everything()
    with pytest.raises(NeedsCounter), transaction.atomic():
        bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked("cd"))
    assert everything() == before


def test_unpaid_booking_ends_after_its_day_and_a_paid_one_does_not(desk: Desk) -> None:
    booking = desk.book()
    assert booking.pay_until == date(2026, 5, 18)
    on_the_day = datetime(2026, 5, 18, 12, tzinfo=clock.JST)
    end_one_unpaid.run(booking_id=booking.pk, now=on_the_day)
    booking.refresh_from_db()
    assert booking.state == S.BOOKED
    end_one_unpaid.run(booking_id=booking.pk, now=on_the_day + timedelta(days=1))
    booking.refresh_from_db()
    assert (booking.state, booking.fee_yen, cells_of(booking)) == (S.ENDED, 0, [])
    assert [one.unpaid_yen for one in charges_about(booking)] == [0]
    assert history(booking)[-1].facts == {"why": "unpaid"}
    assert len(freed()) == 1
    end_one_unpaid.run(booking_id=booking.pk, now=on_the_day + timedelta(days=2))  # twice without harm
    assert len(freed()) == 1


def test_confirmed_win_stays_and_an_unconfirmed_one_ends(desk: Desk) -> None:
    until = NOW + timedelta(days=3)
    kept, lost = desk.book(), desk.book(desk.asked(starts=780, ends=1020))
    Booking.objects.filter(pk__in=[kept.pk, lost.pk]).update(confirm_until=until)
    bookings.confirm(actor=desk.hanako, now=until - timedelta(seconds=1), booking=kept)
    with pytest.raises(TooLate), transaction.atomic():
        bookings.confirm(actor=desk.hanako, now=until, booking=lost)
    for booking in (kept, lost):
        end_one_unconfirmed.run(booking_id=booking.pk, now=until)
        booking.refresh_from_db()
    assert (kept.state, kept.confirm_until) == (S.BOOKED, None)
    assert (lost.state, cells_of(lost)) == (S.ENDED, [])


def test_owner_reads_all_that_was_done_and_by_whom(desk: Desk) -> None:
    booking = desk.book()
    bookings.change(actor=desk.clerk, now=NOW, booking=booking, asked=desk.asked(people=12), channel="staff")
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking, channel="mobile")
    assert [(one.what, one.by, one.channel) for one in history(booking)] == [
        ("booked", "本人", "internet"),
        ("changed", "千葉市 佐藤 一郎", "staff"),
        ("cancelled", "本人", "mobile"),
    ]
    assert Happening.objects.filter(registration=desk.person).count() == 3
    assert Slot.objects.filter(booking=booking).count() == 0
