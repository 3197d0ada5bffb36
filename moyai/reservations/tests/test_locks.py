"""スマートロック: what a lock is told of bookings, in which order, signed, once each in effect — and to whom never a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions import attendance, bookings, lock_windows, locks
from moyai.reservations.jobs import locks as jobs
from moyai.reservations.models import Booking, LockMessage, Room
from moyai.reservations.queries.locks import differing
from moyai.reservations.tests.halls import NOW
from moyai.reservations.tests.lock_setup import LockedHall, code, paid, states
from moyai.reservations.tests.lock_simulator import of_the_guide
from moyai.tenants.public import clock

MORNING = datetime(2026, 6, 10, 9, 0, tzinfo=clock.JST)


@pytest.fixture
def desk(world: Any, in_chiba: datetime, settings: Any) -> Iterator[LockedHall]:
    desk = LockedHall(world, settings)
    yield desk
    desk.door.close()


def test_a_booking_opens_the_door_to_its_code_in_its_time_only(desk: LockedHall) -> None:
    booking = desk.book()
    assert desk.told() == []  # nothing goes out in the transaction of the booking
    desk.work()
    assert states(desk) == [("open", "sent", 1)]
    (said,) = desk.door.calls
    window = desk.window(booking)
    assert said == {
        "version": 1, "id": desk.told()[0].event_id, "event": "open", "at": NOW.isoformat(timespec="seconds"),
        "body": "121002", "lock": "gym-door", "window": window.key, "sequence": 1, "facility": "test-hall",
        "room": "gym", "opens_at": "2026-06-10T08:50:00+09:00", "closes_at": "2026-06-10T12:05:00+09:00",
        "code": code(desk, booking),
    }  # fmt: skip
    assert desk.door.headers[0]["Moyai-Event"] == "reservations.lock_open"
    assert desk.door.headers[0]["Moyai-Delivery"] == said["id"]
    number = code(desk, booking)
    assert len(number) == 6 and number.isdigit()
    assert not desk.door.opens(number, MORNING - timedelta(minutes=11))
    assert desk.door.opens(number, MORNING - timedelta(minutes=10))
    assert desk.door.opens(number, MORNING + timedelta(minutes=184))
    assert not desk.door.opens(number, MORNING + timedelta(minutes=185))
    assert not desk.door.opens("000000", MORNING)
    desk.work()
    assert len(desk.door.calls) == 1


def test_rooms_without_a_lock_cost_nothing(desk: LockedHall) -> None:
    desk.work()
    desk.book(desk.asked("room", starts=600, ends=660))
    assert desk.waiting() == []
    desk.book()
    assert [name for _id, name, _ids in desk.waiting()] == ["reservations.settle_lock"]


def test_a_booking_that_is_undone_tells_nothing(desk: LockedHall) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        desk.book()
        raise ZeroDivisionError
    assert desk.work() == [] and desk.door.calls == []


def test_cancellation_revokes(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    number = code(desk, booking)
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    desk.work()
    assert states(desk) == [("open", "sent", 1), ("revoke", "sent", 2)]
    assert "code" not in desk.door.calls[1]
    assert not desk.door.opens(number, MORNING)
    with pytest.raises(lock_windows.NoWindow):
        lock_windows.show_code(actor=desk.clerk, now=NOW, booking=booking)


def test_restored_it_opens_again_to_another_code(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    before = code(desk, booking)
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    desk.work()
    bookings.restore(actor=desk.clerk, now=NOW, booking=booking, reason="誤りのため")
    desk.work()
    assert [kind for kind, _state, _n in states(desk)] == ["open", "revoke", "open"]
    after = code(desk, booking)
    assert after != before
    assert desk.door.opens(after, MORNING) and not desk.door.opens(before, MORNING)


def test_a_change_moves_the_window_and_keeps_the_code(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    number = code(desk, booking)
    bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1020))
    desk.work()
    assert states(desk) == [("open", "sent", 1), ("open", "sent", 2)]
    assert code(desk, booking) == number
    assert not desk.door.opens(number, MORNING)
    assert desk.door.opens(number, MORNING.replace(hour=13))


def test_a_change_of_the_title_tells_nothing(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(title="練習", people=3))
    desk.work()
    assert states(desk) == [("open", "sent", 1)]


def test_partial_cancellation_shortens_the_window(desk: LockedHall) -> None:
    booking = desk.book(desk.asked(ends=1020))
    desk.work()
    number = code(desk, booking)
    assert desk.door.opens(number, MORNING.replace(hour=16))
    bookings.cancel_part(actor=desk.hanako, now=NOW, booking=booking, starts=540, ends=720)
    desk.work()
    assert desk.door.opens(number, MORNING) and not desk.door.opens(number, MORNING.replace(hour=16))


def test_an_extension_lengthens_the_window(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    quote = booking.quote | {"use": {**booking.quote["use"], "extension_minutes": 60}}
    Booking.objects.filter(pk=booking.pk).update(quote=quote)
    assert differing(body=desk.hall.body, now=NOW, lock=desk.lock) == [booking.pk]
    jobs.settle_lock(booking_id=booking.pk, now=NOW)
    desk.work()
    assert desk.door.opens(code(desk, booking), MORNING.replace(hour=13, minute=4))


def test_the_door_opens_once_it_is_paid_where_the_lock_waits_for_that(desk: LockedHall) -> None:
    locks.change_lock(actor=desk.chief, now=NOW, lock=desk.lock, after_payment=True)
    booking = desk.book()
    assert booking.fee_yen > 0
    desk.work()
    assert desk.told() == []
    paid(desk, booking)
    desk.work()
    assert states(desk) == [("open", "sent", 1)]


def test_what_waits_for_approval_or_confirmation_opens_nothing(desk: LockedHall) -> None:
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    asked = desk.book()
    desk.work()
    assert desk.told() == [] and asked.state == "asked"
    bookings.approve(actor=desk.approver, now=NOW, booking=asked)
    desk.work()
    assert states(desk) == [("open", "sent", 1)]
    Booking.objects.filter(pk=asked.pk).update(confirm_until=NOW + timedelta(days=1))
    jobs.settle_lock(booking_id=asked.pk, now=NOW)
    assert [one.kind for one in desk.work()] == ["open", "revoke"]


def test_who_was_welcomed_stays_in_and_who_did_not_come_is_out(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    attendance.mark_used(actor=desk.clerk, now=MORNING, booking=booking)
    assert [one.kind for one in desk.work(MORNING)] == ["open"]
    attendance.mark_missed(actor=desk.clerk, now=MORNING, booking=booking)
    assert [one.kind for one in desk.work(MORNING)] == ["open", "revoke"]


def test_moved_to_the_room_of_another_lock_the_old_one_is_told_too(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    other = desk.add("other-door")
    Room.objects.filter(pk=desk.hall.gym.pk).update(lock="other-door")
    jobs.settle_near(body=desk.hall.body, now=MORNING - timedelta(days=1))
    desk.work()
    assert [(one.kind, one.lock_id, one.sequence) for one in desk.told()] == [
        ("open", desk.lock.pk, 1),
        ("revoke", desk.lock.pk, 2),
        ("open", other.pk, 3),
    ]
    Room.objects.filter(pk=desk.hall.gym.pk).update(lock="")
    jobs.settle_lock(booking_id=booking.pk, now=NOW)
    assert [(one.kind, one.lock_id) for one in desk.work()][3:] == [("revoke", other.pk)]


# --- order -------------------------------------------------------------------------------------------


def test_an_older_state_that_still_waits_is_passed_over(desk: LockedHall) -> None:
    desk.door.answers = [503, None]
    booking = desk.book()
    desk.work()
    assert states(desk) == [("open", "queued", 1)]
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    desk.work()
    assert states(desk) == [("open", "passed", 1), ("revoke", "sent", 2)]
    late = NOW + timedelta(hours=1)
    jobs.tell_lock(message_id=desk.told()[0].pk, now=late)  # its job comes late
    desk.work(late)
    assert [one["sequence"] for one in desk.door.calls] == [1, 2]
    with pytest.raises(locks.NotResendable):
        locks.resend(actor=desk.clerk, now=late, message=desk.told()[0])


def test_an_older_message_that_arrives_late_does_not_open_what_was_closed(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    number, (early,) = code(desk, booking), list(desk.door.calls)
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    desk.work()
    apply = of_the_guide("apply")
    assert apply(desk.door.windows, early) is False
    assert not desk.door.opens(number, MORNING)
    with pytest.raises(locks.NotResendable):  # nor do we send it once more ourselves
        locks.resend(actor=desk.clerk, now=NOW, message=desk.told()[0])


def test_jobs_in_any_order_come_to_the_same(desk: LockedHall) -> None:
    booking = desk.book()
    bookings.change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1020))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    assert desk.work() == []  # it was over before the first of three jobs ran
    again = desk.book(desk.asked("c"))
    first, *rest = [ids for _id, _name, ids in desk.waiting()]
    assert rest == []
    for _time in range(3):
        jobs.settle_lock(**first, now=NOW)
    assert [(one.kind, one.sequence) for one in desk.work()] == [("open", 1)]
    assert desk.window(again).sequence == 1


def test_a_window_that_is_over_is_told_to_nobody(desk: LockedHall) -> None:
    desk.door.answers = [503]
    desk.book()
    desk.work()
    after = MORNING + timedelta(hours=4)
    (row,) = desk.told()
    LockMessage.objects.filter(pk=row.pk).update(next_at=MORNING)
    jobs.tell_lock(message_id=row.pk, now=after)
    assert [(one.state, one.trouble) for one in desk.told()] == [("passed", "over")]
    assert len(desk.door.calls) == 1
    assert differing(body=desk.hall.body, now=after, lock=desk.lock) == []
