"""鍵の連絡がうまくいかないとき — retries, death in the middle, secrets, pauses; the settings of a lock and its codes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from moyai.audit.public import Deed, NotPermitted
from moyai.notices.models import Message
from moyai.notices.public import UrlRefused
from moyai.reservations.actions import bookings, lock_windows, locks
from moyai.reservations.jobs import locks as jobs
from moyai.reservations.models import Lock, LockWindow
from moyai.reservations.queries.locks import differing, window_of_booking
from moyai.reservations.tests.halls import NOW
from moyai.reservations.tests.lock_setup import LockedHall, code, states
from moyai.reservations.tests.lock_simulator import GUIDE, of_the_guide
from moyai.tenants.public import clock

MORNING = datetime(2026, 6, 10, 9, 0, tzinfo=clock.JST)


@pytest.fixture
def desk(world: Any, in_chiba: datetime, settings: Any) -> Iterator[LockedHall]:
    desk = LockedHall(world, settings)
    yield desk
    desk.door.close()


def test_a_lock_that_fails_is_tried_again_under_the_same_id_and_signed_anew(desk: LockedHall) -> None:
    desk.door.answers = [500, None]
    desk.book()
    (row,) = desk.work()
    assert (row.state, row.tries, row.trouble, row.last_status) == ("queued", 1, "answer", 500)
    jobs.tell_lock(message_id=row.pk, now=NOW + timedelta(seconds=59))
    assert len(desk.door.calls) == 1  # its time has not come
    jobs.tell_lock(message_id=row.pk, now=NOW + timedelta(minutes=1))
    assert states(desk) == [("open", "sent", 1)]
    assert desk.door.calls[0] == desk.door.calls[1]
    first, second = (each["Moyai-Signature"] for each in desk.door.headers)
    assert first != second


def test_at_last_it_is_failed_and_can_be_sent_again(desk: LockedHall) -> None:
    desk.door.answers = [503]
    desk.book()
    (row,), at = desk.work(), NOW
    while row.state == "queued":
        at = row.next_at or at
        jobs.tell_lock(message_id=row.pk, now=at)
        (row,) = desk.told()
    assert (row.state, row.tries, row.next_at) == ("failed", 14, None)
    desk.door.answers = [None]
    again = locks.resend(actor=desk.clerk, now=at, message=row)
    assert (again.state, again.tries) == ("queued", 0)
    desk.work(at)
    assert states(desk) == [("open", "sent", 1)]
    assert len({one["id"] for one in desk.door.calls}) == 1


def test_gone_ends_it_at_once(desk: LockedHall) -> None:
    desk.door.answers = [410]
    desk.book()
    assert [one.state for one in desk.work()] == ["failed"]


def test_a_worker_that_dies_in_the_middle_sends_again_under_the_same_id(
    desk: LockedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.book()
    desk.work(only="reservations.settle_lock")
    (row,) = desk.told()

    def dies(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt  # after the lock has taken it, before we wrote that down

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "take_answer", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            jobs.tell_lock(message_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.tries, len(desk.door.calls)) == ("queued", 0, 1)
    jobs.tell_lock(message_id=row.pk, now=NOW + timedelta(minutes=2))
    assert states(desk) == [("open", "sent", 1)]
    assert desk.door.calls[0] == desk.door.calls[1] and len(desk.door.seen) == 1


def test_a_wrong_secret_is_refused_by_the_lock(desk: LockedHall) -> None:
    desk.door.secret = "mlsec_" + "0" * 64
    booking = desk.book()
    (row,) = desk.work()
    assert (row.state, row.last_status, desk.door.refused) == ("queued", 401, 1)
    assert not desk.door.opens(code(desk, booking), MORNING)


def test_what_somebody_recorded_opens_nothing_later(desk: LockedHall) -> None:
    desk.door.now = NOW + timedelta(minutes=6)
    booking = desk.book()
    desk.work()
    assert desk.door.refused == 1 and not desk.door.opens(code(desk, booking), MORNING)


def test_a_new_secret_signs_beside_the_old_one_for_a_day(desk: LockedHall) -> None:
    old = desk.door.secret
    locks.rotate_secret(actor=desk.chief, now=NOW, lock=desk.lock)
    desk.book()
    assert [one.state for one in desk.work()] == ["sent"]
    desk.lock.refresh_from_db()
    assert locks.show_secret(actor=desk.chief, now=NOW, lock=desk.lock) != old
    Lock.objects.filter(pk=desk.lock.pk).update(rotated_at=NOW - timedelta(hours=24))
    desk.book(desk.asked("c"))
    assert [one.state for one in desk.work()] == ["sent", "queued"]


def test_a_paused_lock_hears_nothing_and_then_the_newest_only(desk: LockedHall) -> None:
    locks.pause_lock(actor=desk.chief, now=NOW, lock=desk.lock)
    first = desk.book()
    desk.work()
    bookings.change(actor=desk.hanako, now=NOW, booking=first, asked=desk.asked(starts=780, ends=1020))
    desk.work()
    assert states(desk) == [("open", "passed", 1), ("open", "held", 2)] and desk.door.calls == []
    with pytest.raises(locks.LockPaused):
        locks.try_lock(actor=desk.chief, now=NOW, lock=desk.lock)
    locks.resume_lock(actor=desk.chief, now=NOW, lock=desk.lock)
    desk.work()
    assert states(desk) == [("open", "passed", 1), ("open", "sent", 2)]


def test_what_was_queued_before_a_pause_is_held(desk: LockedHall) -> None:
    desk.book()
    desk.work(only="reservations.settle_lock")
    Lock.objects.filter(pk=desk.lock.pk).update(active=False)
    desk.work()
    assert states(desk) == [("open", "held", 1)] and desk.door.calls == []


# --- settings of a lock ------------------------------------------------------------------------------


def test_a_lock_registered_later_hears_of_what_is_booked_already(desk: LockedHall) -> None:
    Lock.objects.filter(pk=desk.lock.pk).delete()
    booking, cancelled = desk.book(), desk.book(desk.asked("c"))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=cancelled)
    desk.work()
    assert desk.told() == []
    desk.lock = desk.add()
    desk.door.secret = locks.show_secret(actor=desk.chief, now=NOW, lock=desk.lock)
    desk.work()
    assert states(desk) == [("open", "sent", 1)]
    assert desk.door.opens(code(desk, booking), MORNING)


def test_other_minutes_move_every_window_to_come(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    locks.change_lock(actor=desk.chief, now=NOW, lock=desk.lock, lead_minutes=30, lag_minutes=0)
    desk.work()
    assert states(desk) == [("open", "sent", 1), ("open", "sent", 2)]
    assert desk.door.opens(code(desk, booking), MORNING - timedelta(minutes=30))
    assert not desk.door.opens(code(desk, booking), MORNING + timedelta(minutes=180))


def test_a_trial_really_goes_out_and_opens_nothing(desk: LockedHall) -> None:
    locks.try_lock(actor=desk.chief, now=NOW, lock=desk.lock)
    desk.work()
    assert states(desk) == [("trial", "sent", 0)]
    assert desk.door.calls[0]["event"] == "trial" and desk.door.windows == {} and desk.door.refused == 0


def test_two_locks_of_one_code_are_refused(desk: LockedHall) -> None:
    with pytest.raises(locks.CodeTaken):
        desk.add()
    assert Lock.objects.filter(body=desk.hall.body, code="gym-door").count() == 1


@pytest.mark.parametrize(
    "url", ["http://example.jp/", "ftp://example.jp/", "https://a:b@example.jp/", "file:///etc/x"]
)
def test_attack_no_address_but_https_is_registered(desk: LockedHall, url: str) -> None:
    with pytest.raises(UrlRefused):
        desk.add("another", url=url)
    with pytest.raises(UrlRefused):
        locks.change_lock(actor=desk.chief, now=NOW, lock=desk.lock, url=url)
    desk.lock.refresh_from_db()
    assert (
        desk.lock.url == desk.door.url
        and Lock.objects.filter(body=desk.hall.body, code="another").count() == 0
    )


def test_attack_an_address_inside_is_never_called(desk: LockedHall, settings: Any) -> None:
    settings.MOYAI_WEBHOOK_INSIDE = []
    Lock.objects.filter(pk=desk.lock.pk).update(url=f"https://127.0.0.1:{desk.door.port}/")
    desk.book()
    (row,) = desk.work()
    assert (row.state, row.trouble, row.last_status) == ("queued", "address", None)
    assert desk.door.calls == []


def test_a_clerk_registers_nothing_and_sees_no_secret(desk: LockedHall) -> None:
    known = {"name": "x", "url": desk.door.url}
    for attempt in (
        lambda: locks.add_lock(actor=desk.clerk, now=NOW, code="x", **known),
        lambda: locks.change_lock(actor=desk.clerk, now=NOW, lock=desk.lock, name="y"),
        lambda: locks.show_secret(actor=desk.clerk, now=NOW, lock=desk.lock),
        lambda: locks.try_lock(actor=desk.clerk, now=NOW, lock=desk.lock),
        lambda: locks.pause_lock(actor=desk.clerk, now=NOW, lock=desk.lock),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    desk.lock.refresh_from_db()
    assert (desk.lock.name, desk.lock.active) == ("体育館の入口", True)
    assert not Lock.objects.filter(body=desk.hall.body, code="x").exists() and desk.told() == []


# --- the code ----------------------------------------------------------------------------------------


def test_each_look_of_staff_at_a_code_is_a_deed_and_residents_have_none_here(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    assert lock_windows.show_code(actor=desk.clerk, now=NOW, booking=booking) == code(desk, booking)
    deed = Deed.objects.filter(verb="reservations.show_lock_code").latest("pk")
    assert (deed.thing_kind, deed.thing_id) == ("reservations.booking", booking.pk)
    with pytest.raises(NotPermitted):
        lock_windows.show_code(actor=desk.hanako, now=NOW, booking=booking)


def test_a_code_that_became_known_is_renewed(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    before = code(desk, booking)
    lock_windows.renew_code(actor=desk.clerk, now=NOW, booking=booking)
    desk.work()
    assert states(desk) == [("open", "sent", 1), ("open", "sent", 2)]
    assert not desk.door.opens(before, MORNING) and desk.door.opens(code(desk, booking), MORNING)


def test_no_two_windows_of_a_lock_have_one_code_at_a_time(
    desk: LockedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.book(), desk.book(desk.asked("c"))
    # Only two codes there are: whoever comes second has to take the other, and a third finds none.
    monkeypatch.setattr(lock_windows, "code_of", lambda _body, window: f"{int(window.salt, 16) % 2}")
    desk.work(only="reservations.settle_lock")
    codes = {int(desk.window(one).salt, 16) % 2 for one in (first, second)}
    assert codes == {0, 1}
    third = desk.by_phone(desk.asked("d"))
    with pytest.raises(RuntimeError, match="too many windows"):
        jobs.settle_lock(booking_id=third.pk, now=NOW)


def test_code_and_secret_are_nowhere_in_the_database(
    desk: LockedHall, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    booking = desk.book()
    desk.work()
    LockWindow.objects.update(show_at=NOW)
    jobs.tell_codes(body=desk.hall.body, now=NOW)
    lock_windows.show_code(actor=desk.clerk, now=NOW, booking=booking)
    number = code(desk, booking)
    # With so few digits a number may stand somewhere by chance: what holds it must be no word of its own.
    for model in apps.get_models():
        if not model.__module__.startswith("moyai.") or not hasattr(model, "body"):
            continue
        for row in model._default_manager.filter(body=desk.hall.body).values():
            for name, value in row.items():
                if isinstance(value, bytes | memoryview) or name in (
                    "salt",
                    "key",
                    "event_id",
                    "number",
                    "sha256",
                ):
                    continue
                told = json.dumps(value, default=str, ensure_ascii=False)
                words = told.replace('"', " ").replace(",", " ").split()
                assert number not in words and desk.door.secret not in told, (model, name)
    output = capsys.readouterr()
    assert number not in output.out.split() and f'"{number}"' not in output.out + output.err + caplog.text
    assert desk.door.secret not in output.out + output.err + caplog.text


def test_the_database_alone_opens_no_door(desk: LockedHall, settings: Any) -> None:
    booking = desk.book()
    desk.work()
    number = code(desk, booking)
    settings.MOYAI_NUMBER_KEY = "another"
    assert code(desk, booking) != number


def test_the_user_is_told_once_that_his_code_is_there_and_the_notice_has_none(desk: LockedHall) -> None:
    booking = desk.book()
    desk.work()
    body = desk.hall.body
    jobs.tell_codes(body=body, now=NOW)
    told = Message.objects.filter(kind="reservations.lock_code", about_id=booking.pk)
    assert not told.exists()
    day_before = MORNING - timedelta(hours=24)
    jobs.tell_codes(body=body, now=day_before)
    jobs.tell_codes(body=body, now=day_before + timedelta(hours=1))
    (message,) = told
    assert code(desk, booking) not in message.text + message.subject
    assert booking.number[:4] in message.text
    window = window_of_booking(booking)
    assert window is not None and window.told_at == day_before


def test_old_windows_go_and_what_still_waits_does_not(desk: LockedHall) -> None:
    desk.book()
    desk.work()
    locks.try_lock(actor=desk.chief, now=NOW, lock=desk.lock)
    jobs.drop_old(body=desk.hall.body, now=MORNING + timedelta(days=89))
    assert LockWindow.objects.count() == 1 and len(desk.told()) == 2
    jobs.drop_old(body=desk.hall.body, now=MORNING + timedelta(days=91))
    assert LockWindow.objects.count() == 0
    assert states(desk) == [("trial", "queued", 0)]
    assert differing(body=desk.hall.body, now=MORNING + timedelta(days=91), lock=desk.lock) == []


def test_the_worked_example_of_the_guide_is_right() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    body = re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)[0].encode()
    signature = re.findall(r"Moyai-Signature: (v1=[0-9a-f]{64})", text)[0]
    headers = {"Moyai-Timestamp": "1791590400", "Moyai-Signature": signature, "Moyai-Delivery": "x"}
    accept = of_the_guide("accept")
    assert accept(headers, body, "mlsec_" + "0" * 64, set(), now=1791590400 + 300) is True
    for headers_, body_, at in (
        (headers, body.replace(b"trial", b"open"), 0),
        (headers, body, 301),
        ({**headers, "Moyai-Timestamp": "1791590401"}, body, 0),
    ):
        with pytest.raises(ValueError, match=r"signature|old"):
            accept(headers_, body_, "mlsec_" + "0" * 64, set(), now=1791590400 + at)
