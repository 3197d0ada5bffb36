"""A38 — the counter: somebody came; he is found, a room is booked, changed to the afternoon, given up; a rule set aside by two.

By the keyboard alone (every page asked by axe), and without script.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests import server
from tests.journeys.browser import Reader, opened_browser, rows, today_in
from tests.live import Live

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey_counter")]

PREPARE = """
import django, json
django.setup()
from django.test import Client
from moyai.people.models import Account
from moyai.people.testing import sign_in_for_tests
from moyai.reservations.tests.halls import make_hall, make_person, set_policies
from moyai.tenants.public import Body, acting_in

body = Body.objects.get(slug="chiba-shi")
told = {}
with acting_in(body) as now:
    hall = make_hall(body, code="counter-hall")
    set_policies(hall, opening={"hours": [{"opens": 540, "closes": 1260}]})
    told["facility"] = hall.facility.pk
    told["inside"] = make_person(body, "窓口 花子", now=now).number
    told["outside"] = make_person(body, "市外 太郎", now=now, resident_class="outside").number
for name in ("clerk", "approver"):
    client = Client()
    sign_in_for_tests(client, Account.objects.get(email=f"{name}@chiba-shi.example"))
    morsel = next(iter(client.cookies.values()))
    told[name] = f"{morsel.key}={morsel.value}"
print(json.dumps(told))
"""
COUNTER = "/chiba-shi/office/reservations/counter/"


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PREPARE],
        env={**live.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


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
    reader = Reader(browser, live, mode, cookie=told["clerk"])
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
    clerk = Reader(browser, live, "plain", cookie=told["clerk"])
    approver = Reader(browser, live, "keyboard", cookie=told["approver"])
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
