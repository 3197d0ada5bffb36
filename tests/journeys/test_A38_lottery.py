"""A38 — a lottery from the first wish to the confirmed booking: on a phone without script, by the keyboard, by two officials.

Anybody takes the published list and works the draw out again with the verifier that stands beside it. Then the
secretariat's own pages: the figures of all bodies.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import Reader, opened_browser, rows, until
from tests.journeys.prepared import as_time_goes_by, prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from datetime import datetime, time, timedelta
from moyai.reservations.actions.lotteries.rounds import RoundFacts, plan_round
from moyai.reservations.tests.halls import make_hall, make_person, set_policies
from moyai.tenants.public import Actor, Body, acting_in, clock

body = Body.objects.get(slug="chiba-shi")
told = {}
with acting_in(body) as now:
    hall = make_hall(body, code="lottery-hall")
    set_policies(hall, opening={"hours": [{"opens": 540, "closes": 1260}]})
    today = clock.today(now)
    month = (today.replace(day=1) + timedelta(days=75)).replace(day=1)
    until = datetime.combine(today + timedelta(days=5), time(0), tzinfo=clock.JST)
    made = plan_round(actor=Actor.system(body), now=now, facts=RoundFacts(
        title="みどり体育館の抽選", for_from=month, for_until=month + timedelta(days=27), enter_from=now,
        enter_until=until, rooms=[hall.gym.pk], win_cap=1, wishes=2, entry_cap=1,
        confirm_until=until + timedelta(days=7), seed_source="締切の後に抽せんされる最初のロト6の本数字",
    ))
    told["round"], told["day"] = made.pk, (month + timedelta(days=9)).isoformat()
    told["whole"], told["half"] = hall.units["abcd"].pk, hall.units["ab"].pk
for at, name in enumerate(("抽選 花子", "抽選 太郎")):
    mail = f"lottery{at}@resident.example"
    account = Account.objects.create_user(mail, None, name=name)
    with acting_in(body) as now:
        make_person(body, name, now=now, account_id=account.pk, email=mail)
    told[name] = cookie_of(mail)
for name in ("clerk", "approver", "administrator"):
    told[name] = cookie_of(f"{name}@chiba-shi.example")
told["secretary"] = cookie_of("secretary@council.example")
print(json.dumps(told))
"""
SEED = "03 12 18 25 33 41"


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def enters(reader: Reader, told: dict[str, Any], wishes: list[tuple[int, int, int]]) -> str:
    """From the service's first page to the number of the entry; `wishes`: unit, from, until on the one day."""
    reader.goto("/chiba-shi/facilities/")
    reader.follow("抽選の受付と結果を見る", inside="main")
    reader.follow("みどり体育館の抽選", inside="main")
    reader.follow("この抽選に申し込む")
    for place, (unit, starts, ends) in enumerate(wishes, 1):
        reader.follow(f"第{place}希望を選ぶ")
        reader.at(f"第{place}希望を選ぶ")
        for name, value in (("unit", unit), ("day", told["day"]), ("starts", starts), ("ends", ends)):
            reader.choose(name, str(value))
        reader.press("この希望を加える")
    reader.at("抽選に申し込む")
    reader.choose("purpose", "badminton")
    reader.type("people", "12")
    reader.press("抽選に申し込む")
    reader.at("抽選の申込み")
    return reader.page.locator("main .mo-number").first.inner_text().replace("-", "")


def entry_of(live: Live, number: str) -> tuple[Any, ...]:
    [row] = rows(
        live,
        "SELECT e.state, e.won_wish, b.state, b.confirm_until IS NULL FROM reservations_entry e"
        " LEFT JOIN reservations_booking b ON b.body_id = e.body_id AND b.id = e.booking_id WHERE e.number = %s",
        number,
    )
    return row


def test_A38_C31_from_the_wish_to_the_confirmed_booking(
    live: Live, browser: Any, told: dict[str, Any], tmp_path: Path
) -> None:
    hanako = Reader(browser, live, "plain", cookie=told["抽選 花子"], width=375)
    taro = Reader(browser, live, "keyboard", cookie=told["抽選 太郎"])
    taro.examined = set()
    clerk = Reader(browser, live, "keyboard", cookie=told["clerk"])
    clerk.examined = set()
    approver = Reader(browser, live, "plain", cookie=told["approver"])
    anybody = Reader(browser, live, "script")
    office = f"/chiba-shi/office/lotteries/{told['round']}/"
    public = f"/chiba-shi/lotteries/{told['round']}/"
    try:
        both = [(told["whole"], 540, 720), (told["half"], 780, 1020)]
        first, second = enters(hanako, told, both), enters(taro, told, both)
        as_time_goes_by(
            live,
            "UPDATE reservations_round SET enter_from = now() - interval '2 days',"
            " enter_until = now() - interval '1 minute' WHERE id = %s",
            told["round"],
        )
        clerk.goto(office)
        if clerk.page.locator("main button", has_text="名簿を確定する").count():  # the clock may have done it
            clerk.press("名簿を確定する")
        clerk.follow("種を入力する", inside="main")
        clerk.type("seed", SEED)
        clerk.press("種を登録する")
        approver.goto(office)
        approver.follow("種を入力する", inside="main")
        approver.type("seed", "1 2 3")  # not what the first official typed
        approver.press("種を登録する")
        assert "mo-error-summary" in approver.page.content()
        approver.type("seed", SEED)
        approver.press("種を登録する")
        clerk.goto(office)
        if clerk.page.locator("main button", has_text="抽選する").count():
            clerk.press("抽選する")
        until(
            lambda: all(entry_of(live, one)[2] == "booked" for one in (first, second)), "both won are booked"
        )
        assert sorted(entry_of(live, one)[1] for one in (first, second)) == [1, 2]
        clerk.goto(office)
        clerk.follow("申込みと結果を見る", inside="body")
        # Anybody: no names, the list and the files; the verifier says the same.
        anybody.goto(public)
        assert "抽選 花子" not in anybody.page.content()
        anybody.download("名簿と結果の一式（ZIP）", tmp_path / "draw.zip")
        anybody.download("検証プログラム（verify_draw.py）", tmp_path / "verify_draw.py")
        with zipfile.ZipFile(tmp_path / "draw.zip") as archive:
            archive.extractall(tmp_path / "draw")
        [folder] = {path.parent for path in (tmp_path / "draw").rglob("*.json")} or {tmp_path / "draw"}
        checked = subprocess.run(
            [sys.executable, "-I", str(tmp_path / "verify_draw.py"), str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
        # Each confirms what was drawn for him, with the proof that his entry was in the list.
        for reader, number in ((hanako, first), (taro, second)):
            reader.goto("/chiba-shi/lotteries/mine/")
            reader.goto(f"/chiba-shi/lotteries/mine/{number}/")
            reader.download("名簿にあることの証明（JSON）", tmp_path / f"{number}.json")
            assert json.loads((tmp_path / f"{number}.json").read_text())
            reader.press("予約を確定する")
            assert entry_of(live, number) == ("confirmed", entry_of(live, number)[1], "booked", True)
            reader.follow("予約を見る", inside="main")
            reader.at("予約の内容")
    finally:
        for reader in (hanako, taro, clerk, approver, anybody):
            reader.close()


def test_C29_C32_C33_secretariat_reads_the_figures_of_all_bodies(
    live: Live, browser: Any, told: dict[str, Any], tmp_path: Path
) -> None:
    reader = Reader(browser, live, "keyboard", cookie=told["secretary"])
    reader.examined = set()
    try:
        reader.goto("/council/reservations/")
        assert "千葉市" in reader.text and "松戸市" in reader.text
        assert reader.page.locator("main figure svg[role=img]").count() == 1
        assert reader.page.locator("main table").count() >= 4
        reader.type("fiscal_year", "2017")
        reader.press("この年度を見る")
        assert "2017年度" in reader.heading
        reader.goto("/council/reservations/")
        reader.download("PDF", tmp_path / "figures.pdf")  # far down; the way back up goes behind the header
        reader.follow("新規利用団体の費用負担", inside=".mo-side--page")
        reader.at("新規利用団体の費用負担")
        reader.goto("/council/reservations/")
        reader.download("CSV", tmp_path / "figures.csv")
        assert "千葉市" in (tmp_path / "figures.csv").read_text(encoding="utf-8-sig")
        reader.goto("/chiba-shi/lotteries/")  # the draws as everybody sees them
        assert len(reader.examined) >= 3
    finally:
        reader.close()


def test_C32_a_body_reads_its_own_figures_and_how_its_rooms_are_used(
    live: Live, browser: Any, told: dict[str, Any]
) -> None:
    reader = Reader(browser, live, "keyboard", cookie=told["administrator"])
    reader.examined = set()
    try:
        reader.goto("/chiba-shi/office/reservations/figures/")
        choice = reader.page.locator("main option", has_text="中央体育館")
        reader.choose("facility", choice.get_attribute("value") or "")
        reader.press("絞り込む")
        assert "メインアリーナ" in reader.text and "利用率" in reader.text
    finally:
        reader.close()
