"""C08 A32 C46 — the secretary prepares a 総会 from what 部会 and 幹事会 decided, runs a 書面表決, prints the papers; members vote.

The secretary without script; one member by the keyboard alone (every page asked by axe), another without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.journeys.browser import Reader, opened_browser, rows
from tests.journeys.prepared import as_time_goes_by, prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from datetime import timedelta
from django.db import transaction
from moyai.council.actions.items import climb, decide_item, record_item
from moyai.council.actions.meetings import record_meeting
from moyai.council.tests.assembly import SECRETARY, Assembly, a_pdf
from moyai.tenants.public import clock
from tests.world import World

with transaction.atomic():
    now = clock.now()
    today = clock.today(now)
    town = Assembly(World(), others=1)
    given = {"actor": SECRETARY, "now": now}
    sat = record_meeting(**given, committee=town.section, held_on=today - timedelta(days=30))
    below = record_item(**given, meeting=sat, title="調達システムの更新計画")
    board = record_meeting(**given, committee=town.board, held_on=today - timedelta(days=10), closed=False)
    middle = climb(**given, origins=[below], meeting=board, title="更新計画を総会に付議することについて")
    decide_item(**given, item=middle, state="decided")
told = {"committee": town.general.pk, "item": middle.pk, "day": f"{today + timedelta(days=5):%Y-%m-%d}",
        "pdf": a_pdf(3, "更新計画書").hex()}
for name in ("secretary@council", "clerk@chiba-shi", "clerk@matsudo-shi"):
    told[name] = cookie_of(f"{name}.example")
print(json.dumps(told))
"""

ANOTHER = """
from datetime import timedelta
from django.db import transaction
from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.items import add_item
from moyai.council.actions.meetings import call_meeting, plan_meeting
from moyai.council.models import Committee
from moyai.council.tests.assembly import SECRETARY
from moyai.tenants.public import clock

with transaction.atomic():
    now = clock.now()
    given = {"actor": SECRETARY, "now": now}
    meeting = plan_meeting(
        **given, committee=Committee.objects.get(code="sokai"), held_on=clock.today(now) + timedelta(days=9), mode="written"
    )
    item = add_item(**given, meeting=meeting, title="規約の変更について")
    call_meeting(**given, meeting=meeting)
    ballot = open_ballot(**given, item=item, deadline=now + timedelta(days=5))
print(json.dumps({"meeting": meeting.pk, "ballot": ballot.pk}))
"""


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def ballot_of(live: Live) -> int:
    [(ballot,)] = rows(live, "SELECT id FROM council_ballot WHERE state = 'open'")
    return int(ballot)


def test_C08_A32_C46_an_assembly_from_the_sections_item_to_the_counted_vote(
    browser: Any, live: Live, told: dict[str, Any], tmp_path: Path
) -> None:
    paper = tmp_path / "更新計画書.pdf"
    paper.write_bytes(bytes.fromhex(told["pdf"]))

    # The secretary prepares: the sitting, the item from below, its paper; then calls and opens the vote.
    secretary = Reader(browser, live, "plain", cookie=told["secretary@council"])
    secretary.goto("/council/meetings/new/")
    secretary.choose("committee", str(told["committee"]))
    secretary.type("held_on", told["day"])
    secretary.choose("mode", "written")
    secretary.type("name", "臨時総会")
    secretary.press("準備する")
    secretary.follow("上申された議案を加える", inside="main")
    secretary.choose("origins", str(told["item"]))
    secretary.type("title", "調達システムの更新計画の決定について")
    secretary.press("議案にする")
    secretary.follow("資料を加える", inside="main")
    secretary.type("title", "更新計画書")
    [(item,)] = rows(live, "SELECT id FROM council_item WHERE title LIKE %s", "%更新計画の決定%")
    secretary.choose("item", str(item))
    secretary.page.locator('main [name="file"]').set_input_files(paper)
    secretary.press("加える")
    secretary.follow("招集する", inside="main")
    secretary.press("招集する")
    assert "招集済" in secretary.text and "別紙1" in secretary.text

    secretary.follow("調達システムの更新計画の決定について", inside="main")
    way = secretary.text
    assert way.index("電子調達部会") < way.index("幹事会") < way.index("総会（臨時総会）（この議案）")
    secretary.follow("表決を始める", inside="main")
    secretary.type("deadline_on", told["day"])
    secretary.press("表決を始める")
    assert "3団体に知らせました" in secretary.page.inner_text("body")
    assert secretary.text.count("未回答") == 3

    # 千葉市 by the keyboard alone: reads, sends nothing by mistake, votes, changes its vote.
    chiba = Reader(browser, live, "keyboard", cookie=told["clerk@chiba-shi"])
    chiba.examined = set()
    chiba.goto("/chiba-shi/office/council/meetings/")
    chiba.follow("調達システムの更新計画の決定について", inside="main")
    chiba.download("更新計画書", tmp_path / "read.pdf")
    assert len(PdfReader(tmp_path / "read.pdf").pages) == 3
    chiba.press("表決を送る")
    assert chiba.page.title().startswith("エラー（1件）")
    chiba.choose("choice", "against")
    chiba.press("表決を送る")
    assert "表決を受け付けました：反対" in chiba.page.inner_text("body")
    chiba.choose("choice", "for")
    chiba.type("comment", "修正を確かめました")
    chiba.press("表決を変える")
    assert "表決を受け付けました：賛成" in chiba.page.inner_text("body")
    chiba.follow("令和", inside="nav.mo-crumbs")
    assert "総会（臨時総会）" in chiba.heading

    # 松戸市 without script.
    matsudo = Reader(browser, live, "plain", cookie=told["clerk@matsudo-shi"])
    ballot = ballot_of(live)
    assert matsudo.goto(f"/matsudo-shi/office/council/ballots/{ballot}/") == 200
    assert "修正を確かめました" not in matsudo.text
    matsudo.choose("choice", "for")
    matsudo.press("表決を送る")

    # The deadline comes; the secretary counts and prints.
    secretary.goto(f"/council/meetings/ballots/{ballot}/")
    assert "投じられたとおりに残っています" in secretary.text
    as_time_goes_by(live, "UPDATE council_ballot SET deadline = now() - interval '1 second'")
    assert matsudo.goto(f"/matsudo-shi/office/council/ballots/{ballot}/") == 200
    assert "表決の期限を過ぎました" in matsudo.text
    secretary.goto(f"/council/meetings/ballots/{ballot}/")
    secretary.follow("集計する", inside="main")
    secretary.press("集計する")
    assert "可決" in secretary.text
    # The deadline was moved behind the house's back, above: its page says so.
    assert "表決を始めたときの内容（表決権・要件・資料・期限）が、後から変えられています" in secretary.text
    [(state, carried)] = rows(live, "SELECT state, carried FROM council_ballot WHERE id = %s", ballot)
    assert (state, carried) == ("closed", True)
    [(outcome,)] = rows(live, "SELECT outcome FROM council_item WHERE id = %s", item)
    assert outcome == "可決（賛成2、反対0、棄権0、未回答1）"
    secretary.follow("令和", inside="nav.mo-crumbs")
    secretary.download("会議資料を1つのPDFで保存する", tmp_path / "all.pdf")
    printed = PdfReader(BytesIO((tmp_path / "all.pdf").read_bytes()))
    assert len(printed.pages) == 4
    assert "別紙1" in printed.pages[1].extract_text().replace(" ", "")

    assert matsudo.goto(f"/matsudo-shi/office/council/ballots/{ballot}/") == 200
    assert "可決" in matsudo.text
    assert {
        "協議会の会議 協議会の",
        "表決する：調達システムの更新計画の決定について 表決する",
    } <= chiba.examined
    for reader in (secretary, chiba, matsudo):
        reader.close()


def test_A32_a_vote_is_withdrawn_and_its_sitting_called_off_by_the_keyboard_alone(
    browser: Any, live: Live, told: dict[str, Any]
) -> None:
    """A member has voted; the secretary wants to call the sitting off, is led to the vote, withdraws it, and can."""
    more = prepared(live, ANOTHER)
    chiba = Reader(browser, live, "plain", cookie=told["clerk@chiba-shi"])
    assert chiba.goto(f"/chiba-shi/office/council/ballots/{more['ballot']}/") == 200
    chiba.choose("choice", "for")
    chiba.press("表決を送る")

    secretary = Reader(browser, live, "keyboard", cookie=told["secretary@council"])
    secretary.examined = set()
    secretary.goto(f"/council/meetings/{more['meeting']}/")
    secretary.follow("会議を中止する")
    assert "集計するか取りやめてから" in secretary.text
    secretary.follow("「規約の変更について」の表決を開く", inside="main")
    secretary.follow("表決を取りやめる")
    secretary.press("表決を取りやめる")
    assert secretary.page.title().startswith("エラー（1件）")
    secretary.type("reason", "議案を見直すため")
    secretary.press("表決を取りやめる")
    assert "議案を見直すため" in secretary.text and "投じられたとおりに残っています" in secretary.text
    secretary.follow("令和", inside="nav.mo-crumbs")
    secretary.follow("会議を中止する")
    secretary.type("reason", "議案を見直すため")
    secretary.press("中止する")
    assert rows(live, "SELECT state FROM council_meeting WHERE id = %s", more["meeting"]) == [("cancelled",)]
    assert len(secretary.examined) >= 4

    assert chiba.goto(f"/chiba-shi/office/council/ballots/{more['ballot']}/") == 200
    assert "この表決は取りやめになりました" in chiba.text and "賛成" in chiba.text
    assert rows(live, "SELECT count(*) FROM council_vote WHERE ballot_id = %s", more["ballot"]) == [(1,)]
    for reader in (secretary, chiba):
        reader.close()


def test_pages_of_the_secretariats_sittings_are_clean_for_axe_and_the_keyboard(
    browser: Any, live: Live, told: dict[str, Any]
) -> None:
    secretary = Reader(browser, live, "keyboard", cookie=told["secretary@council"])
    secretary.examined = set()
    [(meeting,)] = rows(live, "SELECT min(id) FROM council_meeting WHERE state = 'held'")
    [(item,)] = rows(live, "SELECT min(id) FROM council_item WHERE meeting_id = %s", meeting)
    [(ballot,)] = rows(live, "SELECT min(id) FROM council_ballot")
    for place in (
        "", f"{meeting}/", f"{meeting}/edit/", f"{meeting}/attendance/", f"{meeting}/minutes/", f"{meeting}/minutes/import/",
        f"{meeting}/tasks/new/", f"{meeting}/items/new/", f"{meeting}/items/climb/", f"{meeting}/papers/new/",
        f"{meeting}/papers/attach/", f"items/{item}/", f"items/{item}/decide/", f"ballots/{ballot}/", "new/", "record/", "series/",
        "tasks/", "licences/", "licences/new/", "prints/",
    ):  # fmt: skip
        assert secretary.goto(f"/council/meetings/{place}") == 200, place
    secretary.goto(f"/council/meetings/{meeting}/attendance/")
    first = secretary.page.locator('main select[name^="how_"]').first.get_attribute("name") or ""
    secretary.choose(first, "person")
    secretary.press("登録する")
    assert "1件の出席を登録しました" in secretary.page.inner_text("body")
    assert len(secretary.examined) >= 20
    secretary.close()
