"""A38 — a room is looked for, booked, changed and given up: on a phone without script, by the keyboard alone, in a race.

A hall with its rules is put beside the demo of the installation; two residents are registered there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from tests.journeys.browser import Reader, opened_browser, rows, today_in, until
from tests.journeys.prepared import prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from moyai.reservations.tests.halls import POLICIES, make_hall, make_person, set_policies
from moyai.tenants.public import Body, acting_in

cookies = {}
body = Body.objects.get(slug="chiba-shi")
with acting_in(body) as now:
    hall = make_hall(body)
    set_policies(
        hall, opening={"hours": [{"opens": 540, "closes": 1260}]},
        periods={**POLICIES["periods"], "change_to": "facility"},
        limits={"limits": [], "series": {"kinds": ["group"], "every": ["week", "month"], "most": 6}},
    )
for at, (name, kind) in enumerate((("千葉 花子", "person"), ("千葉 太郎", "person"), ("みどりクラブ", "group"))):
    mail = f"journey{at}@resident.example"
    account = Account.objects.create_user(mail, None, name=name)
    with acting_in(body) as now:
        make_person(body, name, now=now, account_id=account.pk, email=mail, kind=kind)
    cookies[name] = cookie_of(mail)
print(json.dumps(cookies))
"""
HALL = "/chiba-shi/facilities/test-hall/"


@pytest.fixture(scope="module")
def cookies(live: Live) -> dict[str, str]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def state_of(live: Live, number: str) -> tuple[Any, ...]:
    [row] = rows(
        live,
        "SELECT state, channel, day, starts, ends, people, title, fee_yen FROM reservations_booking WHERE number = %s",
        number,
    )
    return row


def day_in(live: Live, ahead: int) -> date:
    return today_in(live) + timedelta(days=ahead)


def test_A38_resident_books_changes_and_cancels_on_a_phone_without_script(
    live: Live, browser: Any, cookies: dict[str, str]
) -> None:
    day = day_in(live, 20)
    reader = Reader(browser, live, "plain", cookie=cookies["千葉 花子"], width=375)
    try:
        reader.goto("/chiba-shi/facilities/")
        reader.type("q", "みどりたいいくかん")
        reader.choose("purpose", "badminton")
        reader.type("day", day.isoformat())
        reader.press("検索する")
        reader.follow("みどり体育館 体育館", inside=".mo-cards")
        reader.at("空き状況：みどり体育館")
        slot = reader.page.locator(".mo-slots tr", has_text="体育館").locator("a", has_text="午前").first
        assert (slot.bounding_box() or {"height": 0})["height"] >= 44
        with reader.page.expect_navigation():
            slot.click()
        reader.looked()
        reader.at("予約する時間を選ぶ")
        reader.press("この時間で次へ進む")
        reader.at("予約の内容の入力")
        reader.press("確認へ進む")  # nothing filled in: the page says what is missing
        assert "利用目的を選んでください。" in reader.text
        reader.choose("purpose", "badminton")
        reader.type("people", "２０")
        reader.type("title", "親子の練習会")
        reader.type("equipment_chair", "10")
        reader.press("確認へ進む")
        reader.at("予約内容の確認")
        assert "支払う金額：1,100円" in reader.text and "親子の練習会" in reader.text
        reader.press("この内容で予約する")
        reader.at("予約しました")
        number = reader.receipt_number
        assert state_of(live, number) == ("booked", "internet", day, 540, 720, 20, "親子の練習会", 1_100)
        reader.follow("この予約を見る")
        reader.at("予約の内容")
        reader.follow("予約を変更する")
        reader.choose("ends", "1020")
        reader.type("people", "30")
        reader.press("変更内容の確認へ進む")
        assert "いまの料金は1,100円、変更後の料金は2,700円です。" in reader.text
        assert "変更すると、1,600円の支払いが増えます。" in reader.text
        reader.press("この内容に変更する")
        assert "予約を変更しました。" in reader.page.locator("body").inner_text()
        assert state_of(live, number)[3:6] == (540, 1020, 30)
        reader.follow("支払いに進む")
        reader.goto("/chiba-shi/bookings/")
        reader.follow(reader.page.locator(".mo-cards__title a").first.inner_text())
        reader.follow("予約を取り消す")
        reader.at("予約の取消し")
        reader.press("予約を取り消す")
        assert "予約を取り消しました。" in reader.page.locator("body").inner_text()
        assert state_of(live, number)[0] == "cancelled"
        assert "本人" in reader.text
    finally:
        reader.close()


def test_A38_keyboard_alone_is_enough_and_axe_finds_no_barrier(
    live: Live, browser: Any, cookies: dict[str, str]
) -> None:
    day = day_in(live, 21)
    reader = Reader(browser, live, "keyboard", cookie=cookies["千葉 花子"])
    reader.examined = set()
    try:
        reader.goto(f"{HALL}rooms/gym/")
        reader.follow("空きを見て予約する")
        reader.goto(f"{HALL}rooms/gym/month/?month={day:%Y-%m}")
        label = f"{day.month}月{day.day}日"
        row = reader.page.locator(".mo-slots tbody tr").filter(has_text=re.compile(rf"^{label}（"))
        target = row.locator("a").first
        with reader.page.expect_navigation():
            reader._tab_to(target)
            reader.page.keyboard.press("Enter")
        reader.looked()
        reader.choose("ends", "1020")
        reader.press("この時間で次へ進む")
        reader.choose("purpose", "badminton")
        reader.type("people", "12")
        reader.press("確認へ進む")
        reader.press("この内容で予約する")
        reader.at("予約しました")
        number = reader.receipt_number
        assert state_of(live, number)[:5] == ("booked", "internet", day, 540, 1020)
        reader.follow("この予約を見る")
        reader.follow("予約の一部を取り消す")
        reader.choose("ends", "720")
        reader.press("返すお金を確かめる")
        reader.press("選ばなかった分を取り消す")
        assert state_of(live, number)[3:5] == (540, 720)
        reader.goto("/chiba-shi/bookings/")
        reader.goto(f"/chiba-shi/bookings/{number}/change/")
        reader.goto(f"/chiba-shi/bookings/{number}/cancel/")
        reader.goto(f"/chiba-shi/availability/?facility=test-hall&day={day.isoformat()}")
        reader.goto(f"/facilities/?day={day.isoformat()}&q=みどり")
        assert len(reader.examined) >= 12
    finally:
        reader.close()


def test_A38_who_comes_second_is_led_to_the_nearest_free_and_loses_nothing(
    live: Live, browser: Any, cookies: dict[str, str]
) -> None:
    day = day_in(live, 22)
    first = Reader(browser, live, "plain", cookie=cookies["千葉 花子"], width=375)
    second = Reader(browser, live, "plain", cookie=cookies["千葉 太郎"], width=375)
    table = f"/chiba-shi/availability/?facility=test-hall&day={day.isoformat()}"
    try:
        for reader in (first, second):
            reader.goto(table)
            slot = reader.page.locator(".mo-slots tr", has_text="体育館").locator("a", has_text="午前").first
            with reader.page.expect_navigation():
                slot.click()
        first.press("この時間で次へ進む")
        second.press("この時間で次へ進む")
        second.at("先に予約されました")
        assert "料金はかかっていません。" in second.text and "千葉 花子" not in second.text
        second.press("この枠を予約する")
        second.at("予約の内容の入力")
        second.choose("purpose", "badminton")
        second.type("people", "8")
        second.press("確認へ進む")
        second.press("この内容で予約する")
        second.at("予約しました")
        assert state_of(live, second.receipt_number)[2:4] == (day, 780)
        first.press("予約の入力をやめる")
        assert "枠は、ほかの方が予約できます。" in first.page.locator("body").inner_text()
    finally:
        first.close()
        second.close()


def test_A38_a_booking_goes_to_another_room_on_a_phone(
    live: Live, browser: Any, cookies: dict[str, str]
) -> None:
    day = day_in(live, 27)
    reader = Reader(browser, live, "plain", cookie=cookies["千葉 太郎"], width=375)
    try:
        reader.goto(f"/chiba-shi/availability/?facility=test-hall&day={day.isoformat()}")
        slot = reader.page.locator(".mo-slots tr", has_text="体育館").locator("a", has_text="午前").first
        with reader.page.expect_navigation():
            slot.click()
        reader.press("この時間で次へ進む")
        reader.choose("purpose", "badminton")
        reader.type("people", "8")
        reader.press("確認へ進む")
        reader.press("この内容で予約する")
        number = reader.receipt_number
        reader.follow("この予約を見る")
        reader.follow("予約を変更する")
        reader.choose("room", reader.page.locator("option", has_text="会議室").get_attribute("value") or "")
        reader.press("この室場で選び直す")
        assert "みどり体育館 会議室への変更" in reader.text
        reader.choose("starts", "600")
        reader.choose("ends", "720")
        reader.press("変更内容の確認へ進む")
        assert "会議室" in reader.text
        reader.press("この内容に変更する")
        assert "変更前：体育館" in reader.text
        [(room,)] = rows(
            live,
            "SELECT r.code FROM reservations_booking b JOIN reservations_room r"
            " ON r.body_id = b.body_id AND r.id = b.room_id WHERE b.number = %s",
            number,
        )
        assert room == "meeting"
        # Nothing is owed for it: the permit is there at once, and opens as a paper that names the new room.
        reader.press("使用許可書を受け取る")
        page_of_it = reader.page.url
        link = reader.page.locator("main a", has_text="使用許可書（PDF）")

        def made() -> bool:
            reader.goto(page_of_it)
            return link.count() == 1

        until(made, "the permit is made")
        answer = reader.context.request.get(f"{live.url}{link.get_attribute('href')}")
        assert answer.status == 200 and answer.headers["content-type"] == "application/pdf"
        pages = PdfReader(io.BytesIO(answer.body())).pages
        paper = "".join("".join(page.extract_text() for page in pages).split())
        for words in ("施設使用許可書", "千葉太郎", "みどり体育館", "会議室", "10:00から12:00まで"):
            assert words in paper, words
    finally:
        reader.close()


def test_A38_a_group_books_every_week_by_the_keyboard(
    live: Live, browser: Any, cookies: dict[str, str]
) -> None:
    day = day_in(live, 28)
    reader = Reader(browser, live, "keyboard", cookie=cookies["みどりクラブ"])
    reader.examined = set()
    try:
        reader.goto(f"/chiba-shi/availability/?facility=test-hall&day={day.isoformat()}")
        slot = reader.page.locator(".mo-slots tr", has_text="体育館").locator("a", has_text="午後").first
        with reader.page.expect_navigation():
            reader._tab_to(slot)
            reader.page.keyboard.press("Enter")
        reader.follow("同じ時間の予約を、毎週や毎月くり返す")
        reader.at("くり返しの予約")
        reader.choose("every", "week")
        reader.type("times", "3")
        reader.choose("purpose", "badminton")
        reader.type("people", "10")
        reader.press("予約できる日を確かめる")
        reader.at("予約できる日の確認")
        assert "3日を予約できます。" in reader.text
        last = (day + timedelta(weeks=2)).isoformat()
        box = reader.control("days", last)
        reader._tab_to(box)
        reader.page.keyboard.press("Space")
        reader.press("選んだ日を予約する")
        reader.at("予約しました")
        assert "2件" in reader.text
    finally:
        reader.close()


@pytest.mark.usefixtures("cookies")  # the hall stands with them
def test_A38_stranger_sees_what_is_free_and_is_asked_to_sign_in_only_to_book(
    live: Live, browser: Any
) -> None:
    day = day_in(live, 25)
    reader = Reader(browser, live, "plain", width=375)
    try:
        reader.goto(f"/chiba-shi/availability/?facility=test-hall&day={day.isoformat()}")
        assert reader.context.cookies() == []
        slot = reader.page.locator(".mo-slots tr", has_text="体育館").locator("td a").first
        with reader.page.expect_navigation():
            slot.click()
        reader.looked()
        reader.at("予約する時間を選ぶ")
        reader.follow("ログインして予約する")
        assert "/signin/" in reader.page.url and "next=" in reader.page.url
    finally:
        reader.close()
