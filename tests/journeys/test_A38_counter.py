"""A38 C29 — the counter: somebody came; he is found, a room is booked, changed, given up; a rule set aside by two; the day.

By the keyboard alone (every page asked by axe), and without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.browser import Reader, opened_browser, rows, today_in
from tests.journeys.prepared import prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from datetime import timedelta
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.bookings import book
from moyai.reservations.models import Combination, Part, Registration, Room
from moyai.reservations.tests.bills import FEES
from moyai.reservations.tests.halls import SINCE, make_hall, make_person, set_policies
from moyai.tenants.public import Actor, Body, acting_in, clock

body = Body.objects.get(slug="chiba-shi")
told = {}
with acting_in(body) as now:
    hall = make_hall(body, code="counter-hall")
    side = Room.objects.create(
        body=body, facility=hall.facility, code="side", name="更衣室", main=hall.gym, alone=False, published=True,
        used_from=SINCE, step_minutes=60,
    )
    Part.objects.create(body=body, room=side, code="side", name="更衣室")
    unit = Combination.objects.create(body=body, room=side, code="side", name="全室", parts=["side"])
    hours = [
        {"room": "side", "with_main": "yes", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 100},
        {"room": "meeting", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 400},
    ]
    set_policies(
        hall, opening={"hours": [{"opens": 540, "closes": 1260}]}, fees={**FEES, "hours": hours},
        limits={"limits": []},
    )
    told["facility"], told["side"] = hall.facility.pk, unit.pk
    for name, words, facts in (
        ("inside", "窓口 花子", {}), ("outside", "市外 太郎", {"resident_class": "outside"}),
        ("today", "当日 桃子", {}), ("club", "みどりクラブ", {"kind": "group", "members": 8}),
    ):
        told[name] = make_person(body, words, now=now, **facts).number
    today = clock.today(now)
    before = now - timedelta(days=5)
    with clock.at(before):
        for name, day, starts, ends in (
            ("arrives", today, 1080, 1260), ("missed", today - timedelta(days=1), 540, 720),
        ):
            row = book(
                actor=Actor.system(body), now=before, registration=Registration.objects.get(number=told["today"]),
                asked=Asked(
                    combination_id=hall.units["ab"].pk, day=day, starts=starts, ends=ends, purpose="badminton", people=8
                ),
                channel="internet",
            )
            told[name] = row.number
for name in ("clerk", "approver"):
    told[f"{name}_cookie"] = cookie_of(f"{name}@chiba-shi.example")
print(json.dumps(told))
"""
COUNTER = "/chiba-shi/office/reservations/counter/"


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def to_the_form(reader: Reader, live: Live, told: dict[str, Any], who: str, *, ahead: int) -> None:
    """From the search of who came to the filled-in form."""
    reader.goto(COUNTER)
    reader.type("q", told[who])
    reader.press("利用者をさがす")
    number = told[who]
    reader.follow(f"{number[:4]}-{number[4:8]}-{number[8:]}", inside="main")
    reader.at("室場をえらぶ")
    reader.choose("facility", str(told["facility"]))
    reader.type("day", (today_in(live) + timedelta(days=ahead)).isoformat())
    reader.press("絞り込む")
    reader.follow("体育館 ab面", inside="main")
    reader.at("予約の入力")
    reader.choose("starts", "540")
    reader.choose("ends", "720")
    reader.choose("purpose", "badminton")
    reader.type("people", "20")


def booking_of(live: Live, number: str) -> tuple[Any, ...]:
    """The newest booking of this registration: state, from, until, yen, channel."""
    [row] = rows(
        live,
        "SELECT b.state, b.starts, b.ends, b.fee_yen, b.channel FROM reservations_booking b"
        " JOIN reservations_registration r ON r.body_id = b.body_id AND r.id = b.registration_id"
        " WHERE r.number = %s ORDER BY b.id DESC LIMIT 1",
        number,
    )
    return row


@pytest.mark.parametrize(("mode", "ahead"), [("keyboard", 20), ("plain", 22)])
def test_A38_clerk_books_changes_and_cancels_for_who_came(
    live: Live, browser: Any, told: dict[str, Any], mode: str, ahead: int
) -> None:
    reader = Reader(browser, live, mode, cookie=told["clerk_cookie"])
    if mode == "keyboard":
        reader.examined = set()
    try:
        to_the_form(reader, live, told, "inside", ahead=ahead)
        reader.press("料金を確かめる")
        assert "使用料の合計：1,000円" in reader.text
        reader.press("予約する")
        reader.at("予約の詳細")
        assert booking_of(live, told["inside"]) == ("booked", 540, 720, 1_000, "staff")
        reader.follow("変更する", inside="body")
        reader.choose("starts", "780")
        reader.choose("ends", "1020")
        reader.press("料金を確かめる")
        assert "追加で納める額：500円" in reader.text
        reader.press("変更する")
        reader.at("予約の詳細")
        assert booking_of(live, told["inside"]) == ("booked", 780, 1020, 1_500, "staff")
        reader.follow("取り消す", inside="body")
        reader.press("取り消す")  # nothing chosen: the page says what is missing
        reader.choose("why", "own")
        reader.press("取り消す")
        reader.at("予約の詳細")
        assert booking_of(live, told["inside"])[0] == "cancelled"
    finally:
        reader.close()


def test_A38_a_rule_is_set_aside_by_two_people(live: Live, browser: Any, told: dict[str, Any]) -> None:
    clerk = Reader(browser, live, "plain", cookie=told["clerk_cookie"])
    approver = Reader(browser, live, "keyboard", cookie=told["approver_cookie"])
    approver.examined = set()
    try:
        to_the_form(clerk, live, told, "outside", ahead=24)
        clerk.press("料金を確かめる")
        assert "登録の区分" in clerk.text
        clerk.type("reason", "姉妹都市の行事のため")
        clerk.press("特例を伺う")
        clerk.at("予約の詳細")
        assert booking_of(live, told["outside"])[0] == "asked"
        approver.goto("/chiba-shi/office/reservations/requests/")
        approver.follow("特例の予約", inside="main table")
        approver.at("伺い（特例の予約）")
        assert "姉妹都市の行事のため" in approver.text
        approver.press("承認する")
        approver.at("伺いの決裁")
        assert booking_of(live, told["outside"])[0] == "booked"
    finally:
        clerk.close()
        approver.close()


def booking_page(number: str) -> str:
    return f"/chiba-shi/office/reservations/bookings/{number}/"


def state_of(live: Live, number: str) -> tuple[Any, ...]:
    [row] = rows(live, "SELECT state, fee_yen FROM reservations_booking WHERE number = %s", number)
    return row


def test_A38_C29_relief_by_a_second_person_arrival_and_receipt(
    live: Live, browser: Any, told: dict[str, Any]
) -> None:
    clerk = Reader(browser, live, "keyboard", cookie=told["clerk_cookie"])
    clerk.examined = set()
    approver = Reader(browser, live, "plain", cookie=told["approver_cookie"])
    number = told["arrives"]
    try:
        clerk.goto(booking_page(number))
        clerk.follow("減免を伺う", inside="body")
        clerk.at("減免を伺う")
        clerk.choose("relief", "club")
        clerk.press("減免を伺う")  # without its reason
        assert "理由を入力してください。" in clerk.text
        clerk.type("reason", "子ども会の行事のため")
        clerk.press("減免を伺う")
        assert state_of(live, number) == ("booked", 2_000)
        approver.goto("/chiba-shi/office/reservations/requests/")
        approver.follow("減免", inside="main table")
        assert "子ども会の行事のため" in approver.text and "1,000円" in approver.text
        approver.press("承認する")
        assert state_of(live, number) == ("booked", 1_000)
        day = today_in(live).isoformat()
        clerk.goto(f"/chiba-shi/office/reservations/?facility={told['facility']}&day={day}")
        assert "1,000円を受け取る" in clerk.text
        clerk.choose("chosen", number)
        clerk.press("選んだ予約を受け付ける")
        assert state_of(live, number)[0] == "used"
        clerk.goto(booking_page(number))
        clerk.follow("みどり体育館", inside="main .mo-list")  # what is charged for it
        clerk.follow("窓口で受け取る", inside="body")
        clerk.type("amount_yen", "1000")
        clerk.press("受け取って領収書を作る")
        [(paid,)] = rows(
            live,
            "SELECT sum(c.amount_yen) FROM money_charge c JOIN reservations_booking b ON b.body_id = c.body_id"
            " AND b.id = c.thing_id::bigint WHERE b.number = %s AND c.state = 'settled'",
            number,
        )
        assert paid == 1_000
        clerk.goto(booking_page(number))
        assert "納めた額" in clerk.text and "未納の額" not in clerk.text and "減免を伺いました" in clerk.text
    finally:
        clerk.close()
        approver.close()


def test_A38_C29_no_show_is_noted_and_excused_because_of_the_weather(
    live: Live, browser: Any, told: dict[str, Any]
) -> None:
    clerk = Reader(browser, live, "plain", cookie=told["clerk_cookie"])
    number = told["missed"]
    try:
        clerk.goto(booking_page(number))
        clerk.follow("無断不使用にする", inside="body")
        clerk.press("無断不使用にする")
        assert state_of(live, number)[0] == "no_show"
        [(points,)] = rows(
            live,
            "SELECT count(*) FROM reservations_penalty WHERE taken_back_at IS NULL"
            " AND booking_id = (SELECT id FROM reservations_booking WHERE number = %s)",
            number,
        )
        assert points == 1
        clerk.follow("天候などのため免除する", inside="body")
        clerk.press("天候などのため免除する")
        assert "理由を入力してください。" in clerk.text
        clerk.choose("why", "weather")
        clerk.type("reason", "大雪警報のため")
        clerk.press("天候などのため免除する")
        assert state_of(live, number) == ("cancelled", 0)
        assert "大雪警報のため" in clerk.text
    finally:
        clerk.close()


def test_A38_a_club_is_booked_every_week_with_the_changing_room(
    live: Live, browser: Any, told: dict[str, Any]
) -> None:
    clerk = Reader(browser, live, "plain", cookie=told["clerk_cookie"])
    try:
        to_the_form(clerk, live, told, "club", ahead=30)
        assert "更衣室（空き：9:00–21:00）" in clerk.text
        clerk.choose("attached", str(told["side"]))
        clerk.type("weeks", "3")
        clerk.press("料金を確かめる")
        assert "使用料の合計：3,900円" in clerk.text
        clerk.press("予約する")
        clerk.at("予約の詳細")
        assert "6件の予約をしました。" in clerk.page.locator("body").inner_text()
        [(count,)] = rows(
            live,
            "SELECT count(*) FROM reservations_booking b JOIN reservations_registration r"
            " ON r.body_id = b.body_id AND r.id = b.registration_id WHERE r.number = %s AND b.state = 'booked'",
            told["club"],
        )
        assert count == 6
    finally:
        clerk.close()
