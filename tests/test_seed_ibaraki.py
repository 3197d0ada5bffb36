"""平成28年度 いばらき自治体クラウド基幹業務運営協議会: offices, bodies, sections and groups as its paper prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.seed_reports import Loaded, asked, plain

MEMBERS = {"常陸大宮市", "那珂市", "かすみがうら市", "五霞町"}


@pytest.fixture(scope="module")
def ibaraki(django_db_setup: None) -> Iterator[Loaded]:
    loaded = Loaded("ibaraki")
    yield loaded
    loaded.drop()


def test_I01_chair_and_three_vice_chairs_for_a_year(ibaraki: Loaded) -> None:
    printed = [
        (plain(office), plain(body))
        for office, body in re.findall(r"- (会 長|副会長)\((.+?[市町]) ?情報主管担当課長\)", ibaraki.paper)
    ]
    assert len(printed) == 4
    rows = ibaraki.table("offices")["rows"]
    assert [(row["label"].split(" ")[1], row["cells"]["body"]["value"]) for row in rows] == printed
    for row in rows:
        assert row["cells"]["holder"]["value"] == "情報主管担当課長"
        assert (row["cells"]["from_on"]["value"], row["cells"]["until_on"]["value"]) == (
            "平成28年4月1日",
            "平成29年3月31日",
        )
    assert "※1年交代" in plain(ibaraki.paper)
    assert asked(ibaraki.database, "SELECT DISTINCT term_years FROM council_office") == [(1,)]


def test_I01_four_bodies_take_turns_year_by_year() -> None:
    from moyai.council.rules.rotation import turns

    bodies = sorted(MEMBERS)
    assert [one.body for one in turns(bodies, first_year=2016, term_years=1, last_year=2019)] == bodies


@pytest.mark.parametrize("name", ["運営協議会", "プロジェクトチーム"])
def test_I02_project_team_of_the_four_members(ibaraki: Loaded, name: str) -> None:
    row = ibaraki.cells("seats")[name]
    assert row["count"] == 4 and set(row["names"].split("、")) == MEMBERS


def test_I03_four_sections_with_four_members_each(ibaraki: Loaded) -> None:
    [line] = re.findall(r"^- (・住民業務.+)$", ibaraki.paper, re.M)
    printed = [f"専門部会（{one.strip('・ ')}）" for one in line.split(" ")]
    rows = {name: row for name, row in ibaraki.cells("seats").items() if name.startswith("専門部会")}
    assert list(rows) == printed and len(printed) == 4
    assert all(row["count"] == 4 and set(row["names"].split("、")) == MEMBERS for row in rows.values())


def test_I04_working_groups_add_up_to_one_less_than_printed(ibaraki: Loaded) -> None:
    printed = {
        name: int(count) for name, count in re.findall(r"\((.+?業務)\)\n.+\n(\d+)WGなど", ibaraki.paper)
    }
    rows = {label: row["groups"] for label, row in ibaraki.cells("working-groups").items()}
    total = rows.pop("合計")
    assert rows == printed and len(printed) == 4 and total == sum(printed.values()) == 24
    whole = re.search(r"分科会(\d+)WG", ibaraki.paper)
    last = ibaraki.table("working-groups")["rows"][-1]["cells"]["groups"]
    assert whole and last == {"value": 24, "published": int(whole[1]), "difference": 1}
    assert "公表値 25・計算値 24（差 1）" in ibaraki.html


def test_I05_the_prefecture_advises_and_has_no_vote(ibaraki: Loaded) -> None:
    assert ibaraki.cells("seats")["運営協議会"]["others"] == "アドバイザー：茨城県"
    assert "アドバイザー(茨城県情報政策課担当)" in plain(ibaraki.paper)
    assert asked(
        ibaraki.database,
        "SELECT b.name, s.capacity, s.from_on FROM council_seat s JOIN tenants_body b ON b.id = s.body_id"
        " WHERE s.capacity <> 'member'",
    ) == [("茨城県", "adviser", date(2016, 4, 1))]


def test_I06_late_joiners_cell_by_cell(ibaraki: Loaded) -> None:
    page = plain(ibaraki.paper.split("後乗りを受け入れる体制づくり")[1].split("分科会")[0])
    said = re.findall(r"\*\*(.+?)\*\*", page)
    assert len(said) == 3
    rows = {label: plain(row["text"]) for label, row in ibaraki.cells("late-joining").items()}
    first = rows.pop("先行自治体").split("、")
    assert rows == {"前提": said[0], "後乗り自治体": said[1], "要綱・協定書": said[2]}
    assert set(first) == MEMBERS and all(name in page for name in first)
    assert "後乗りの受入れ" in ibaraki.html


def test_one_installation_holds_this_council_alone(ibaraki: Loaded) -> None:
    names = {name for (name,) in asked(ibaraki.database, "SELECT name FROM tenants_body")}
    assert names == MEMBERS | {"茨城県"}
