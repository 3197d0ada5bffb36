"""山口県市町情報システム共同利用推進会議: members with their people, what it grew out of, its course, and whose turn the office is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.seed_reports import Loaded, asked, day, number, plain


@pytest.fixture(scope="module")
def yamaguchi(django_db_setup: None) -> Iterator[Loaded]:
    loaded = Loaded("yamaguchi")
    yield loaded
    loaded.drop()


def test_Y01_members_and_their_people_cell_by_cell(yamaguchi: Loaded) -> None:
    printed = {
        name: number(count) for name, count in re.findall(r"^(\S+)\t([\d,]+人)$", yamaguchi.paper, re.M)
    }
    assert len(printed) == 6
    rows = yamaguchi.table("populations")["rows"]
    assert {row["label"]: row["cells"]["persons"]["value"] for row in rows} == printed
    assert rows[-1]["cells"]["persons"] == {"value": 288_944, "published": 288_944, "difference": 0}
    assert yamaguchi.table("populations")["as_of"] == "2018-03-31"
    assert printed["周南市"] * 2 == printed["合計"]  # exactly half


def test_Y02_it_grew_out_of_a_larger_group(yamaguchi: Loaded) -> None:
    [row] = [row for label, row in yamaguchi.cells("lineage").items() if label.startswith("山口県市町")]
    assert row == {
        "from_on": "平成28年3月28日",
        "until_on": None,
        "follows": "山口県4市6町情報システム共同利用検討会議",
    }
    before, after = yamaguchi.cells("group-sizes").values()
    assert (before["bodies"], after["bodies"]) == (4 + 6, 4 + 1)
    [(begins,)] = asked(yamaguchi.database, "SELECT from_on FROM council_committee WHERE code = 'study'")
    assert begins == day(re.search(r"検討会議 = \((H27年5月22日) 設置\)", yamaguchi.paper)[1])  # type: ignore[index]
    [why] = yamaguchi.table("group-sizes")["notes"]
    assert plain(why) in plain(yamaguchi.paper)


def test_Y08_Y09_Y10_Y11_Y22_the_course_line_by_line(yamaguchi: Loaded) -> None:
    rows = yamaguchi.cells("milestones")
    text = plain(re.sub(r"<[^>]+>|[●⇒]", "", yamaguchi.paper))
    months = re.findall(r"^H28年 (\d)月(～?)\t", yamaguchi.paper, re.M)
    assert [f"平成28年{month}月{on}" for month, on in months] == list(rows)[:7]
    for label, row in rows.items():
        lines = row["text"].split("\n")
        if label.startswith("平成28年"):
            for line in lines:
                assert plain(line) in text, line
    assert [(label, row["text"]) for label, row in list(rows.items())[7:]] == [
        ("平成30年1月", "周南市で稼働"),
        ("平成30年2月", "光市で稼働"),
        ("平成30年9月", "柳井市で稼働"),
    ]
    assert "H30年1月周南市で稼働同年2月光市9月柳井市稼働" in text


def test_Y12_the_press_was_told(yamaguchi: Loaded) -> None:
    rows = asked(yamaguchi.database, "SELECT kind, from_on::text, until_on::text FROM operations_event")
    assert rows == [("press", "2016-08-01", "2016-08-31")]
    assert "共同記者発表" in yamaguchi.cells("milestones")["平成28年8月"]["text"]


def test_Y20_shares_of_the_extraction_cost_and_the_pledge_cell_by_cell(yamaguchi: Loaded) -> None:
    """Its chapter 7 (3): three sentences, each said once and in the order of the table."""
    found = re.search(r"\(3\) (.+)\n\n- (.+?)、(.+?)、(.+)\n⇒ (.+?)し、(.+)", yamaguchi.paper)
    assert found
    shared, purpose, _occasion, rate, until, pledge = found.groups()
    assert {label: plain(row["text"]) for label, row in yamaguchi.cells("extraction-cost").items()} == {
        "負担する団体": plain(shared),
        "按分の目的": plain(purpose),
        "按分負担率": plain(rate),
        "協議・調整の期限": plain(until),
        "誓約書": plain(pledge),
    }
    assert "データ抽出経費の按分と誓約書" in yamaguchi.html


def test_Y14_39_sections(yamaguchi: Loaded) -> None:
    found = re.search(r"(\d+)の部会を随時開催", yamaguchi.paper)
    assert found and yamaguchi.cells("section-meetings") == {"業務部会": {"groups": int(found[1])}}


def test_Y13_the_monthly_meeting_is_described(yamaguchi: Loaded) -> None:
    [words] = [
        block["words"]
        for block in yamaguchi.section("council")["blocks"]
        if block["kind"] == "sittings" and block["code"] == "progress"
    ]
    assert [plain(one) in plain(yamaguchi.paper) for one in words] == [True]


def test_Y25_five_bodies_two_years_each_from_2018_to_2027(yamaguchi: Loaded) -> None:
    rows = yamaguchi.table("turns-secretariat")["rows"]
    assert [row["label"] for row in rows] == [
        "平成30年度〜平成31年度", "令和2年度〜令和3年度", "令和4年度〜令和5年度", "令和6年度〜令和7年度", "令和8年度〜令和9年度",
    ]  # fmt: skip
    bodies = [row["cells"]["body"]["value"] for row in rows]
    assert sorted(bodies) == sorted({"周南市", "下松市", "光市", "柳井市", "阿武町"})
    assert sum(row["cells"]["years"]["value"] for row in rows) == 10
    assert "任期2年間の輪番制で運営" in plain(yamaguchi.paper)


def test_Y01_members_sit_in_the_council(yamaguchi: Loaded) -> None:
    row = yamaguchi.cells("seats")["山口県市町情報システム共同利用推進会議"]
    assert row["count"] == 5
    assert set(row["names"].split("、")) == {"周南市", "下松市", "光市", "柳井市", "阿武町"}


def test_one_installation_holds_this_council_alone(yamaguchi: Loaded) -> None:
    assert asked(yamaguchi.database, "SELECT count(*) FROM tenants_body") == [(5,)]
    assert "すでに読み込まれています" in yamaguchi.said
