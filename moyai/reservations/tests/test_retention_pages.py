"""自分の情報, 廃止の届出, 保留 and 保存期間 on the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.actions import bookings
from moyai.reservations.models import Booking, Happening, Registration
from moyai.reservations.tests.halls import make_person
from moyai.reservations.tests.pages_setup import HOME, Street, own_queries, text_of
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/reservations/"


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


@pytest.fixture
def resident(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.resident)
    return found


def at(street: Street, what: str, registration: Registration | None = None) -> str:
    return f"{HOME}reservations/registrations/{(registration or street.person).number}/{what}/"


def fresh(street: Street) -> Registration:
    with acting_in(street.body):
        found: Registration = Registration.objects.get(pk=street.person.pk)
        return found


def test_A38_a_registration_never_used_is_given_up_and_forgotten_at_once(
    street: Street, resident: Client
) -> None:
    assert at(street, "end") in text_of(
        resident.get(f"{HOME}reservations/registrations/{street.person.number}/")
    )
    assert "登録の廃止を届け出る" in text_of(resident.get(at(street, "end")))
    answer = resident.post(at(street, "end"), follow=True)
    assert "登録を廃止しました" in text_of(answer)
    row = fresh(street)
    assert (row.state, row.name, row.address, row.phone, row.account_id) == ("struck", "", "", "", None)
    assert row.forgotten_on is not None
    with acting_in(street.body):
        assert Happening.objects.filter(registration=row, what="given_up").exists()
    assert resident.get(at(street, "end")).status_code == 404


def test_A38_a_used_one_is_struck_and_kept_for_its_years(street: Street, resident: Client) -> None:
    number = street.booked(resident)
    with acting_in(street.body) as now:
        owner = street.world.actor(street.world.resident, street.body)
        bookings.cancel(actor=owner, now=now, booking=Booking.objects.get(number=number))
    assert resident.post(at(street, "end")).status_code == 302
    row = fresh(street)
    assert (row.state, row.why, row.name, row.forgotten_on) == (
        "struck",
        "本人の届出",
        street.person.name,
        None,
    )
    assert row.keep_until is not None and row.keep_until > street.today


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("coming", "これからの予約があります"),
        ("owed", "支払いの終わっていない"),
        ("suspended", "利用停止の間"),
    ],
)
def test_A38_what_stands_keeps_a_registration(street: Street, resident: Client, what: str, said: str) -> None:
    if what != "suspended":
        number = street.booked(resident)
        if what == "owed":
            with acting_in(street.body):
                Booking.objects.filter(number=number).update(day=street.today - timedelta(days=1))
    else:
        with acting_in(street.body):
            Registration.objects.filter(pk=street.person.pk).update(state="suspended")
    before = fresh(street)
    answer = resident.post(at(street, "end"))
    if what == "suspended":
        assert answer.status_code == 404
    else:
        assert answer.status_code == 422 and said in text_of(answer)
    after = fresh(street)
    assert (after.state, after.name, after.version) == (before.state, before.name, before.version)


def test_nobody_gives_up_or_reads_anothers_registration(
    world: Any, street: Street, resident: Client, client: Client, client_for: Any
) -> None:
    with acting_in(street.body) as now:
        other = make_person(street.body, "松戸 太郎", now=now, account_id=None)
    for what in ("end", "data"):
        assert resident.get(at(street, what, other)).status_code == 404
        assert client.get(at(street, what)).status_code == 302
        assert client_for(world.at_matsudo.clerk).get(at(street, what)).status_code == 404
    assert resident.post(at(street, "end", other)).status_code == 404
    with acting_in(street.body):
        assert Registration.objects.get(pk=other.pk).state == "active"


def test_A38_a_resident_takes_away_all_that_is_kept_about_him(street: Street, resident: Client) -> None:
    number = street.booked(resident, details={"title": "練習"})
    answer = resident.get(at(street, "data"))
    assert answer["Content-Disposition"] == f'attachment; filename="registration-{street.person.number}.json"'
    told = json.loads(answer.content)
    assert told["registration"]["name"] == street.person.name and told["registration"]["address"]
    assert [(one["number"], one["title"]) for one in told["bookings"]] == [(number, "練習")]
    assert [one["what"] for one in told["history"]] == ["booked"]
    assert set(told) == {"registration", "members", "bookings", "entries", "penalties", "history"}
    assert own_queries(resident, at(street, "data")) <= 7


def test_A38_who_decides_holds_a_booking_back_and_sees_what_goes_tonight(
    world: Any, street: Street, client_for: Any
) -> None:
    approver, clerk = client_for(world.at_chiba.approver), client_for(world.at_chiba.clerk)
    number = street.taken().number
    page = f"{OFFICE}bookings/{number}/hold/"
    assert page in text_of(approver.get(f"{OFFICE}bookings/{number}/"))
    assert clerk.get(page).status_code == 404 and clerk.get(f"{OFFICE}retention/").status_code == 404
    answer = approver.post(page, {"until": street.today.isoformat(), "reason": "訴訟"})
    assert answer.status_code == 422 and "明日以降の日付にしてください" in text_of(answer)
    until = street.today + timedelta(days=4000)
    assert approver.post(page, {"until": until.isoformat(), "reason": "訴訟"}).status_code == 302
    assert street.row(number).keep_until == until
    text = text_of(approver.get(f"{OFFICE}retention/"))
    assert "利用した年度の次の年度から5年" in text and "12か月" in text
    assert own_queries(approver, f"{OFFICE}retention/") <= 16
