"""スマートロック on the pages: an administrator registers one, staff see what it was told, its user sees his code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.audit.public import Deed
from moyai.reservations.actions import locks
from moyai.reservations.jobs import locks as jobs
from moyai.reservations.lock_keys import code_of, secret_of
from moyai.reservations.models import Booking, Lock, LockMessage, LockWindow, Room
from moyai.reservations.tests.lock_simulator import LockSimulator
from moyai.reservations.tests.pages_setup import HOME, Street, own_queries, text_of
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/reservations/"
FORM = {
    "name": "体育館の入口", "code": "gym-door", "url": "https://lock.example.jp/moyai", "lead_minutes": "10",
    "lag_minutes": "5", "show_hours": "24", "digits": "6", "after_payment": "on",
}  # fmt: skip


class LockedStreet(Street):
    """The street with a lock at the gym and a booking of the resident's whose lock has been told."""

    def __init__(self, world: Any, settings: Any) -> None:
        super().__init__(world)
        self.door = LockSimulator()
        settings.MOYAI_DEMO = True
        settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{self.door.port}"]
        chief = world.actor(world.at_chiba.administrator, world.chiba)
        with acting_in(self.body) as now:
            Room.objects.filter(pk=self.hall.gym.pk).update(lock="gym-door")
            self.lock: Lock = locks.add_lock(
                actor=chief,
                now=now,
                code="gym-door",
                name="体育館の入口",
                url=self.door.url,
                after_payment=False,
            )
            self.door.secret = secret_of(self.body, self.lock, self.lock.salt)

    def settle(self, number: str) -> None:
        """What the worker does."""
        with acting_in(self.body) as now:
            jobs.settle_lock(booking_id=Booking.objects.get(number=number).pk, now=now)
            for pk in LockMessage.objects.filter(lock=self.lock, state="queued").values_list("pk", flat=True):
                jobs.tell_lock(message_id=pk, now=now)

    def sent(self) -> list[tuple[str, str]]:
        with acting_in(self.body):
            return list(
                LockMessage.objects.filter(lock=self.lock).order_by("id").values_list("kind", "state")
            )

    def code(self, number: str) -> str:
        with acting_in(self.body):
            return code_of(self.body, LockWindow.objects.get(booking__number=number))

    def soon(self, number: str) -> None:
        """The hour has come from which the code is shown."""
        with acting_in(self.body) as now:
            LockWindow.objects.filter(booking__number=number).update(
                opens_at=now + timedelta(hours=23), closes_at=now + timedelta(hours=27), show_at=now
            )


@pytest.fixture
def street(world: Any, settings: Any) -> Any:
    street = LockedStreet(world, settings)
    yield street
    street.door.close()


@pytest.fixture
def resident(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.resident)
    return found


@pytest.fixture
def clerk(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.at_chiba.clerk)
    return found


@pytest.fixture
def chief(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.at_chiba.administrator)
    return found


def test_A41_an_administrator_registers_a_lock_and_shows_its_secret(world: Any, chief: Client) -> None:
    answer = chief.post(f"{OFFICE}locks/new/", FORM)
    assert answer.status_code == 302, text_of(answer)
    with acting_in(world.chiba):
        lock = Lock.objects.get(code="gym-door")
        secret = secret_of(world.chiba, lock, lock.salt)
    assert (lock.lead_minutes, lock.lag_minutes, lock.show_hours, lock.digits, lock.after_payment) == (
        10,
        5,
        24,
        6,
        True,
    )
    address = answer["Location"]
    assert secret not in text_of(chief.get(address))
    shown = chief.post(f"{address}secret/")
    assert secret in text_of(shown) and "no-store" in shown["Cache-Control"]
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="reservations.show_lock_secret", thing_id=lock.pk).count() == 1
    changed = {key: value for key, value in FORM.items() if key not in ("code", "digits", "after_payment")}
    assert chief.post(f"{address}edit/", changed | {"lead_minutes": "30", "code": "x"}).status_code == 302
    with acting_in(world.chiba):
        lock.refresh_from_db()
    assert (lock.code, lock.lead_minutes, lock.after_payment) == ("gym-door", 30, False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://lock.example.jp/"}, "「https://」で始まるアドレス"),
        ({"url": "https://a:b@lock.example.jp/"}, "利用者名やパスワードを入れない"),
        ({"code": "体育館"}, "半角の英字"),
        ({"digits": "3"}, "暗証番号の桁数"),
        ({"lead_minutes": "241"}, "利用の何分前から"),
        ({"code": "arena-main"}, "すでに登録されています"),
    ],
)
def test_A41_a_wrong_lock_is_refused_beside_its_field(
    world: Any, chief: Client, wrong: dict[str, str], said: str
) -> None:
    answer = chief.post(f"{OFFICE}locks/new/", FORM | wrong)
    assert answer.status_code in (409, 422) and said in text_of(answer)
    with acting_in(world.chiba):
        assert list(Lock.objects.values_list("code", flat=True)) == ["arena-main"]


def test_A41_a_clerk_sees_the_locks_and_keeps_none(world: Any, street: LockedStreet, clerk: Client) -> None:
    address = f"{OFFICE}locks/{street.lock.pk}/"
    text = text_of(clerk.get(address))
    assert "体育館の入口" in text and "みどり体育館 体育館" in text and "試しに送る" not in text
    assert clerk.get(f"{OFFICE}locks/new/").status_code == 404
    for act in ("secret", "rotate", "pause", "resume", "try"):
        assert clerk.post(f"{address}{act}/").status_code == 403, act
    with acting_in(world.chiba):
        street.lock.refresh_from_db()
        assert street.lock.active and not street.lock.old_salt and not LockMessage.objects.exists()


def test_A41_the_test_button_really_sends(street: LockedStreet, chief: Client) -> None:
    answer = chief.post(f"{OFFICE}locks/{street.lock.pk}/try/", follow=True)
    assert "試しの知らせを送ります" in text_of(answer) and street.sent() == [("trial", "queued")]
    with acting_in(street.body) as now:
        jobs.tell_lock(message_id=LockMessage.objects.get().pk, now=now)
    assert street.sent() == [("trial", "sent")] and street.door.calls[0]["event"] == "trial"
    assert "204" in text_of(chief.get(f"{OFFICE}locks/{street.lock.pk}/"))


def test_A41_what_could_not_be_sent_is_shown_and_sent_again(
    street: LockedStreet, resident: Client, clerk: Client
) -> None:
    street.door.answers = [410, None]
    number = street.booked(resident)
    street.settle(number)
    listed = text_of(clerk.get(f"{OFFICE}locks/"))
    assert "送れないものあり" in listed
    address = f"{OFFICE}locks/{street.lock.pk}/?view=failed"
    text = text_of(clerk.get(address))
    again = re.search(r'action="([^"]+/again/)"', text)
    assert again is not None and "相手が受け取りませんでした" in text
    assert "もう一度送る準備ができました" in text_of(clerk.post(again[1], follow=True))
    street.settle(number)
    assert street.sent() == [("open", "sent")]
    assert "送れないものあり" not in text_of(clerk.get(f"{OFFICE}locks/"))


def test_the_resident_sees_his_code_in_its_time_only(street: LockedStreet, resident: Client) -> None:
    number = street.booked(resident)
    page = f"{HOME}bookings/{number}/"
    assert "準備しています" in text_of(resident.get(page))
    street.settle(number)
    code = street.code(number)
    text = text_of(resident.get(page))
    assert code not in text and "から、ここに表示します" in text
    street.soon(number)
    assert f"<strong>{code}</strong>" in text_of(resident.get(page))
    with acting_in(street.body) as now:
        LockWindow.objects.update(opens_at=now - timedelta(hours=3), closes_at=now)
    assert code not in text_of(resident.get(page))


def test_the_code_waits_for_the_fee_where_the_lock_does(street: LockedStreet, resident: Client) -> None:
    with acting_in(street.body):
        Lock.objects.filter(pk=street.lock.pk).update(after_payment=True)
    number = street.booked(resident)
    street.settle(number)
    assert street.sent() == []
    assert "使用料を納めたあとに、ここに表示します" in text_of(resident.get(f"{HOME}bookings/{number}/"))


def test_nobody_else_sees_the_code(
    world: Any, street: LockedStreet, resident: Client, client: Client, client_for: Any
) -> None:
    number = street.booked(resident)
    street.settle(number)
    street.soon(number)
    code = street.code(number)
    page = f"{HOME}bookings/{number}/"
    assert client.get(page).status_code == 302
    other = client_for(world.at_matsudo.clerk)
    assert other.get(page).status_code == 404
    for address in (
        f"{OFFICE}bookings/{number}/lock/", f"{OFFICE}locks/", f"{OFFICE}locks/{street.lock.pk}/",
        f"/matsudo-shi/office/reservations/locks/{street.lock.pk}/",
        f"/matsudo-shi/office/reservations/bookings/{number}/lock/",
    ):  # fmt: skip
        assert other.get(address).status_code == 404, address
        answer = other.post(address)
        assert answer.status_code in (404, 405) and code not in text_of(answer), address


def test_A38_staff_look_at_a_code_on_record_and_renew_it(
    street: LockedStreet, resident: Client, clerk: Client
) -> None:
    number = street.booked(resident)
    street.settle(number)
    code, page = street.code(number), f"{OFFICE}bookings/{number}/lock/"
    assert page in text_of(clerk.get(f"{OFFICE}bookings/{number}/"))
    with acting_in(street.body):
        looks = Deed.objects.filter(verb="reservations.show_lock_code")
        before = looks.count()
    assert code not in text_of(clerk.get(page))
    shown = clerk.post(page)
    assert code in text_of(shown) and "no-store" in shown["Cache-Control"]
    with acting_in(street.body):
        assert looks.count() == before + 1
    answer = clerk.post(f"{page}renew/", follow=True)
    assert "暗証番号を変えました" in text_of(answer)
    assert street.code(number) != code and street.sent()[-1] == ("open", "queued")


def test_a_booking_without_a_lock_has_no_such_page(street: LockedStreet, clerk: Client) -> None:
    number = street.taken("room", 600, 660).number
    assert "入室の暗証番号" not in text_of(clerk.get(f"{OFFICE}bookings/{number}/"))
    assert clerk.get(f"{OFFICE}bookings/{number}/lock/").status_code == 404


def test_A41_an_unregistered_lock_of_the_masters_is_named(street: LockedStreet, clerk: Client) -> None:
    with acting_in(street.body):
        Room.objects.filter(pk=street.hall.meeting.pk).update(lock="nobody-knows")
    assert "nobody-knows" in text_of(clerk.get(f"{OFFICE}locks/"))


def test_the_pages_cost_the_same_with_many_messages(
    street: LockedStreet, resident: Client, clerk: Client
) -> None:
    number = street.booked(resident)
    street.settle(number)
    pages = [f"{OFFICE}locks/", f"{OFFICE}locks/{street.lock.pk}/", f"{OFFICE}bookings/{number}/lock/"]
    few = [own_queries(clerk, address) for address in pages]
    with acting_in(street.body) as now:
        booking = Booking.objects.get(number=number)
        for minutes in range(1, 30):
            Lock.objects.filter(pk=street.lock.pk).update(lag_minutes=minutes + 100)
            jobs.settle_lock(booking_id=booking.pk, now=now)
        assert LockMessage.objects.filter(lock=street.lock).count() == 30
    assert [own_queries(clerk, address) for address in pages] == few
    assert max(few) <= 10
    assert own_queries(resident, f"{HOME}bookings/{number}/") <= 24
