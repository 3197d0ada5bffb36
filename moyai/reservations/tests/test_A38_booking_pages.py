"""A38 — the resident's journey: choose, hold, fill in, check, book, pay, change, give up; and every no on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.models import Booking, Registration, Slot
from moyai.reservations.tests.halls import make_hall
from moyai.reservations.tests.pages_setup import HOME, Street, text_of
from moyai.tenants.public import acting_in

S = Booking.State


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


@pytest.fixture
def hanako(street: Street, client_for: Any) -> Client:
    found: Client = client_for(street.world.resident)
    return found


# --- the way through -----------------------------------------------------------------------------------
def test_A38_resident_books_from_the_table_to_the_number(street: Street, hanako: Client) -> None:
    hanako.defaults["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
    )
    table = text_of(hanako.get(f"{HOME}availability/?facility=test-hall&day={street.day.isoformat()}"))
    link = re.search(r'href="([^"]*/book/\?[^"]*from=540&amp;until=720)"', table)
    assert link is not None
    chosen = hanako.get(link.group(1).replace("&amp;", "&"))
    assert chosen.status_code == 200
    assert '<option value="540" selected>' in text_of(chosen)
    number = street.held(hanako)
    held = street.row(number)
    assert (held.state, held.channel, held.registration_id) == (S.HELD, "smartphone", street.person.pk)
    details = hanako.get(f"{HOME}bookings/{number}/details/")
    assert "まで確保しています。" in text_of(details)
    told = {"purpose": "badminton", "people": "２０", "title": "練習会", "equipment_chair": "10"}
    assert hanako.post(f"{HOME}bookings/{number}/details/", told).status_code == 302
    check = text_of(hanako.get(f"{HOME}bookings/{number}/check/"))
    for words in ("バドミントン", "20人", "練習会", "折りたたみいす 10", "支払う金額：1,100円", "100円"):
        assert words in check, words
    last = street.day - timedelta(days=7)
    assert f"{last.month}月{last.day}日" in check and "1,100円を返します（100%）" in check
    answer = hanako.post(f"{HOME}bookings/{number}/check/")
    assert answer["Location"].endswith(f"/bookings/{number}/done/")
    made = street.row(number)
    assert (made.state, made.people, made.title, made.fee_yen) == (S.BOOKED, 20, "練習会", 1_100)
    assert made.equipment == {"chair": 10}
    done = text_of(hanako.get(answer["Location"]))
    assert "予約しました" in done and "料金1,100円を支払ってください。" in done and "支払いに進む" in done


def test_A38_second_press_of_the_button_gives_the_same_one_booking(street: Street, hanako: Client) -> None:
    number = street.booked(hanako)
    before = street.stored()
    answer = hanako.post(f"{HOME}bookings/{number}/check/")
    assert answer["Location"].endswith(f"/bookings/{number}/done/")
    assert hanako.get(f"{HOME}bookings/{number}/details/")["Location"].endswith(f"/bookings/{number}/done/")
    assert street.stored() == before


def test_A38_stranger_sees_the_choice_and_signs_in_to_go_on(street: Street, client: Client) -> None:
    choice = street.choice()
    query = f"unit={choice['unit']}&day={choice['day']}&from=540&until=720"
    html = text_of(client.get(f"{HOME}book/?{query}"))
    assert "ログインして予約する" in html and "この時間で次へ進む" not in html
    assert "next=%2Fchiba-shi%2Fbook%2F%3Funit%3D" in html
    before = street.stored()
    answer = client.post(f"{HOME}book/", choice)
    assert answer.status_code == 302 and "/signin/" in answer["Location"]
    assert street.stored() == before


def test_A38_account_without_registration_is_led_to_it(street: Street, client_for: Any) -> None:
    with acting_in(street.body):
        Registration.objects.filter(pk=street.person.pk).update(state="suspended", why="試験")
    own = client_for(street.world.resident)
    choice = street.choice()
    html = text_of(own.get(f"{HOME}book/?unit={choice['unit']}&day={choice['day']}"))
    assert "利用者登録が必要です" in html and f"{HOME}reservations/registrations/" in html
    before = street.stored()
    assert own.post(f"{HOME}book/", choice).status_code == 200
    assert street.stored() == before


def test_A38_resident_says_as_whom_he_books(street: Street, hanako: Client) -> None:
    group = street.group()
    html = text_of(
        hanako.get(f"{HOME}book/?unit={street.hall.units['abcd'].pk}&day={street.day.isoformat()}")
    )
    assert "千葉 花子（個人）" in html and "みどりクラブ（団体）" in html
    number = street.held(hanako, registration=group.number)
    assert street.row(number).registration_id == group.pk
    other = street.stranger()
    before = street.stored()
    answer = hanako.post(f"{HOME}book/", street.choice(starts=780, ends=1020, registration=other.number))
    assert answer.status_code == 422
    assert street.stored() == before


# --- refusals: one clean page, nothing lost, nothing stored ---------------------------------------------
def test_A38_place_that_was_taken_meanwhile_names_the_nearest_free(street: Street, hanako: Client) -> None:
    street.taken("abcd", 540, 720)
    before = street.stored()
    answer = hanako.post(f"{HOME}book/", street.choice())
    html = text_of(answer)
    assert answer.status_code == 409
    assert "先に別の方が予約しました。料金はかかっていません。" in html
    assert "松戸 太郎" not in html
    assert street.stored() == before
    form = re.search(r'<form method="post" action="/chiba-shi/book/">.*?</form>', html, re.S)
    assert form is not None
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.group(0)))
    assert (sent["day"], sent["starts"]) == (street.day.isoformat(), "780")  # the nearest: the same day
    answer = hanako.post(f"{HOME}book/", sent)
    assert answer.status_code == 302
    assert street.row(str(answer["Location"]).split("/")[-3]).starts == 780


def test_A38_hold_that_is_over_and_taken_loses_nothing_that_was_typed(street: Street, hanako: Client) -> None:
    number = street.held(hanako)
    told = {"purpose": "badminton", "people": "20", "title": "消えない名前"}
    hanako.post(f"{HOME}bookings/{number}/details/", told)
    with acting_in(street.body) as now:
        Booking.objects.filter(number=number).update(held_until=now - timedelta(minutes=1))
    street.taken("abcd", 540, 720)
    answer = hanako.get(f"{HOME}bookings/{number}/check/")
    assert answer.status_code == 409 and "確保の時間が過ぎました" in text_of(answer)
    assert "入力した内容は残っています。" in text_of(answer)
    answer = hanako.post(f"{HOME}book/", street.choice(before=number))
    html = text_of(answer)
    assert answer.status_code == 409 and "入力した内容は残っています。" in html
    answer = hanako.post(f"{HOME}book/", street.choice(starts=780, ends=1020, before=number))
    assert answer.status_code == 302
    assert "消えない名前" in text_of(hanako.get(answer["Location"]))


def test_A38_hold_that_is_over_but_free_is_booked_all_the_same(street: Street, hanako: Client) -> None:
    number = street.held(hanako)
    hanako.post(f"{HOME}bookings/{number}/details/", {"purpose": "badminton", "people": "20"})
    with acting_in(street.body) as now:
        Booking.objects.filter(number=number).update(held_until=now - timedelta(minutes=1))
    assert "確保の時間が過ぎました。" in text_of(hanako.get(f"{HOME}bookings/{number}/check/"))
    answer = hanako.post(f"{HOME}bookings/{number}/check/")
    assert street.row(str(answer["Location"]).split("/")[-3]).state == S.BOOKED


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"people": "20"}, "利用目的を選んでください。"),
        ({"purpose": "badminton"}, "利用する人数を入力してください。"),
        ({"purpose": "badminton", "people": "0"}, "利用する人数は1から1,000,000の間で入力してください。"),
        ({"purpose": "meeting", "people": "5"}, "利用目的を一覧から選んでください。"),
        ({"purpose": "badminton", "people": "5", "equipment_chair": "101"}, "0から100の間"),
        ({"purpose": "badminton", "people": "5", "admission_yen": "-5"}, "入場料（最も高い額）"),
        ({"purpose": "badminton", "people": "5", "title": "あ" * 101}, "100文字以内にしてください。"),
    ],
)
def test_A38_wrong_details_are_said_beside_their_field(
    street: Street, hanako: Client, told: dict[str, str], sentence: str
) -> None:
    number = street.held(hanako)
    before = street.stored()
    answer = hanako.post(f"{HOME}bookings/{number}/details/", told)
    html = text_of(answer)
    assert answer.status_code == 422
    assert sentence in html
    for name in set(told) - {"purpose"}:
        assert told[name] in html  # nothing typed is lost
    assert street.stored() == before
    assert hanako.get(f"{HOME}bookings/{number}/check/").status_code == 302


def test_A38_too_many_people_are_refused_at_the_check_with_all_that_was_typed(
    street: Street, hanako: Client
) -> None:
    number = street.held(hanako, unit="a")
    told = {"purpose": "badminton", "people": "51", "title": "満員"}
    hanako.post(f"{HOME}bookings/{number}/details/", told)
    answer = hanako.post(f"{HOME}bookings/{number}/check/")
    html = text_of(answer)
    assert answer.status_code == 422
    assert (
        "定員は50人です。人数を確かめてください。" in html and 'value="51"' in html and 'value="満員"' in html
    )
    assert street.row(number).state == S.HELD


def test_A38_limit_of_the_day_refuses_the_third_with_its_numbers(street: Street, hanako: Client) -> None:
    for starts, ends in ((540, 720), (780, 1020)):
        street.booked(hanako, unit="a", starts=starts, ends=ends)
    before = street.stored()
    answer = hanako.post(f"{HOME}book/", street.choice(unit="a", starts=1080, ends=1260))
    assert answer.status_code == 409
    assert "「1日2回まで」の上限（2回）を超えます。すでに2回あります。" in text_of(answer)
    assert street.stored() == before


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ({"starts": 540, "ends": 540}, 422),
        ({"starts": 780, "ends": 720}, 422),
        ({"starts": 541, "ends": 720}, 422),
        ({"starts": "x", "ends": 720}, 422),
        ({"starts": 540, "ends": 1380}, 422),
    ],
)
def test_A38_forged_times_are_refused(
    street: Street, hanako: Client, choice: dict[str, Any], status: int
) -> None:
    before = street.stored()
    answer = hanako.post(f"{HOME}book/", street.choice(**choice))
    assert answer.status_code == status
    assert street.stored() == before


def test_A38_past_days_and_days_too_far_are_refused(street: Street, hanako: Client) -> None:
    before = street.stored()
    yesterday = street.today - timedelta(days=1)
    answer = hanako.post(f"{HOME}book/", street.choice(day=yesterday))
    assert answer.status_code == 422 and "過ぎた日時は予約できません。" in text_of(answer)
    far = hanako.post(f"{HOME}book/", street.choice(day=street.today + timedelta(days=200)))
    assert far.status_code == 422 and "受付は" in text_of(far)
    assert (
        hanako.post(f"{HOME}book/", street.choice(day=street.today + timedelta(days=5000))).status_code == 404
    )
    assert street.stored() == before


def test_A38_unit_of_another_body_is_absent(street: Street, hanako: Client, world: Any) -> None:
    with acting_in(world.matsudo):
        other = make_hall(world.matsudo, code="other-hall")
    before = street.stored()
    assert hanako.post(f"{HOME}book/", {**street.choice(), "unit": other.units["abcd"].pk}).status_code == 404
    assert street.stored() == before


def test_A38_others_bookings_are_absent_on_every_page(street: Street, hanako: Client) -> None:
    theirs = street.taken("a", 540, 720)
    before = street.stored()
    for name in ("", "details/", "check/", "done/", "change/", "change/check/", "cancel/", "cancel-part/",
                 "permit/", "relief/", "drop/"):  # fmt: skip
        address = f"{HOME}bookings/{theirs.number}/{name}"
        assert hanako.post(address).status_code in (404, 405), name
        if name != "drop/":
            assert hanako.get(address).status_code == 404, name
    assert street.stored() == before
    assert street.row(theirs.number).state == S.BOOKED


def test_A38_pages_of_ones_own_ask_a_stranger_to_sign_in(
    street: Street, hanako: Client, client: Client
) -> None:
    number = street.booked(hanako)
    for address in (
        "bookings/",
        f"bookings/{number}/",
        f"bookings/{number}/cancel/",
        f"bookings/{number}/change/",
    ):
        answer = client.get(f"{HOME}{address}")
        assert answer.status_code == 302 and "/signin/" in answer["Location"], address


def test_A38_giving_up_while_filling_in_frees_the_place(street: Street, hanako: Client) -> None:
    number = street.held(hanako)
    answer = hanako.post(f"{HOME}bookings/{number}/drop/")
    assert answer.status_code == 302
    assert street.row(number).state == S.ENDED
    with acting_in(street.body):
        assert not Slot.objects.filter(booking__number=number).exists()
