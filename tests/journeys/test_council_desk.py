"""A12 M11 M6 — a member's staff ask the help desk, the secretariat answers and closes, the member reads it; a stop is noted and
everybody sees it on the public page.

By the keyboard alone (every page asked by axe), and without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.browser import Reader, opened_browser, rows
from tests.journeys.prepared import prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from datetime import date
from django.db import transaction
from moyai.operations.actions.systems import add_system
from moyai.tenants.public import Actor, clock

with transaction.atomic():
    for code, name in (("e-bidding-keyboard", "電子入札システム"), ("e-bidding-plain", "名簿管理システム")):
        add_system(actor=Actor.system(), now=clock.now(), code=code, name=name, from_on=date(2020, 4, 1))
mails = ("clerk@chiba-shi.example", "secretary@council.example")
print(json.dumps({mail.partition("@")[0]: cookie_of(mail) for mail in mails}))
"""
NAMES = {"keyboard": "電子入札システム", "plain": "名簿管理システム"}


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def reader_of(browser: Any, live: Live, mode: str, cookie: str = "") -> Reader:
    reader = Reader(browser, live, mode, cookie=cookie)
    if mode == "keyboard":
        reader.examined = set()
    return reader


@pytest.mark.parametrize("mode", ["keyboard", "plain"])
def test_A12_O05_a_member_asks_the_desk_answers_and_closes_and_the_member_reads_it(
    live: Live, browser: Any, told: dict[str, Any], mode: str
) -> None:
    title = f"端末の更新の仕様書（{mode}）"
    member = reader_of(browser, live, mode, told["clerk"])
    desk = reader_of(browser, live, mode, told["secretary"])
    try:
        member.goto("/chiba-shi/office/desk/")
        member.at("協議会の受付")
        member.follow("協議会の受付に送る")
        member.at("協議会の受付に送る")
        member.choose("kind", "specification-check")
        member.type("title", title)
        member.type("text", "端末100台の更新です。")
        member.type("amount_yen", "30000000")
        member.press("送る")
        assert "調達の種類を選んでください。" in member.text
        member.choose("procurement", "goods")
        member.press("確認の要否を見る")
        assert "仕様書確認は必要です。" in member.text
        assert rows(live, "SELECT count(*) FROM operations_case WHERE title = %s", title) == [(0,)]
        member.press("送る")
        member.at(title)
        assert "確認が必要" in member.text

        desk.goto("/council/desk/?view=review")
        desk.at("受付")
        [(number,)] = rows(live, "SELECT number FROM operations_case WHERE title = %s", title)
        desk.follow(f"{number[:4]}-{number[4:8]}-{number[8:]}", inside="main")
        desk.at(title)
        desk.follow("内部メモを書く")
        desk.type("text", "昨年の仕様書と比べる。")
        desk.press("内部メモを書く")
        desk.follow("回答する")
        desk.type("text", "第3章の要件を具体的にしてください。")
        desk.tick("solved")
        desk.press("回答する")
        desk.at(title)
        desk.follow("完了にする")
        desk.press("完了にする")
        desk.at(title)
        assert "完了" in desk.text and "昨年の仕様書と比べる。" in desk.text

        member.goto("/chiba-shi/office/desk/")
        member.follow(f"{number[:4]}-{number[4:8]}-{number[8:]}", inside="main")
        member.at(title)
        assert "第3章の要件を具体的にしてください。" in member.text and "完了" in member.text
        assert "昨年の仕様書" not in member.text
    finally:
        member.close()
        desk.close()


@pytest.mark.parametrize("mode", ["keyboard", "plain"])
def test_M6_an_outage_is_noted_and_everybody_sees_it_on_the_public_page(
    live: Live, browser: Any, told: dict[str, Any], mode: str
) -> None:
    name = NAMES[mode]
    citizen, desk = reader_of(browser, live, mode), reader_of(browser, live, mode, told["secretary"])
    try:
        citizen.goto("/status/")
        citizen.at("システムの稼働状況")
        assert f"{name}：" not in citizen.text
        desk.goto(f"/council/levels/systems/e-bidding-{mode}/")
        desk.at(name)
        desk.follow("緊急停止を記録する")
        [(today, minute)] = rows(
            live,
            "SELECT to_char(t, 'YYYY/MM/DD'), to_char(t, 'HH24:MI')"
            " FROM (SELECT (now() - interval '1 minute') AT TIME ZONE 'Asia/Tokyo' AS t) x",
        )
        desk.type("begins_on", today)
        desk.press("緊急停止を記録する")
        assert "始まりの時刻を入力してください。" in desk.text
        desk.type("begins_at", minute)
        desk.type("cause", "回線の工事")
        desk.press("緊急停止を記録する")
        desk.at(name)
        citizen.goto("/status/")
        assert "止まっているシステムがあります。" in citizen.text and f"{name}：" in citizen.text
        assert "回線の工事" not in citizen.text
        desk.goto("/council/levels/")
        desk.at("稼働とサービスレベル")
        assert "停止中" in desk.text
    finally:
        citizen.close()
        desk.close()
