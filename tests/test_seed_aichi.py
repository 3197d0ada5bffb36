"""平成23年度 愛知: every meeting, item, event and figure of its report, from an installation that holds this council alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.seed_reports import Loaded, asked, day, plain, titles

# Where each committee's sittings stand in the paper: what stands over them, in the order of the paper.
PLACES = [
    ("ア 総会", "general-assembly"),
    ("イ 運営委員会", "steering"),
    ("ウ 幹事会", "board"),
    ("エ 個人情報等保護委員会", "privacy"),
    ("（ア）電子申請・届出システム研究会", "study-applications"),
    ("【情報セキュリティ研究会（メンバー全員）】", "study-security"),
    ("【監査グループ】", "security-audit"),
    ("【ポリシーグループ】", "security-policy"),
    ("（ウ）自治体クラウド等研究会", "study-cloud"),
    ("【自治体クラウド全体説明会】", "cloud-briefing"),
    ("力 検証委員会", "verification"),
    ("2 特定団体事業", "reservations"),
    ("イ 施設予約システム全体会議", "reservations-plenary"),
    ("ウ 施設予約システム検討会", "reservations-review"),
    ("(2) あいち電子調達共同システム（CALS/EC）事業", "cals-ec"),
    ("イ 全体会議", "cals-ec-plenary"),
    ("ウ 検討会", "cals-ec-review"),
    ("エ 発注者操作説明会", ""),
    ("(3) あいち電子調達共同システム（物品等）事業", "goods"),
    ("イ 全体会議", "goods-plenary"),
    ("ウ 検討会", "goods-review"),
    ("エ 発注者研修会", ""),
    ("(4) あいち自治体クラウド事業", "cloud"),
]
WRITTEN = {
    "書面表決": "written",
    "書面審議": "written",
    "メールによる書面審議": "mail",
    "オンライン会議": "online",
}
# Named in a sentence, not in a list: day and place.
IN_WORDS = {
    "cloud-briefing": [(1, "2011-08-30", "person", "県三の丸庁舎")],
    "reservations-plenary": [(1, "2011-10-20", "person", "愛知県図書館会議室")],
    "cals-ec-plenary": [(1, "2011-11-22", "person", "県三の丸庁舎")],
}


@pytest.fixture(scope="module")
def aichi(django_db_setup: None) -> Iterator[Loaded]:
    loaded = Loaded("aichi")
    yield loaded
    loaded.drop()


def pieces(paper: str) -> dict[str, str]:
    """The paper cut where each committee begins."""
    found: dict[str, str] = {}
    at = paper.index("（5）会議運営")
    starts = []
    for heading, code in PLACES:
        at = paper.index(heading, at)
        starts.append((at, code))
        at += len(heading)
    for (begins, code), (ends, _next) in zip(starts, [*starts[1:], (len(paper), "")], strict=True):
        if code:
            found[code] = paper[begins:ends]
    return found


def printed_sittings(text: str) -> list[tuple[int, str, str, str]]:
    """「・第3回研究会（平成23年9月9日、県自治センター）」: number, day, way, place."""
    found = []
    for number, inside in re.findall(r"第 ?(\d) ?回[^（\n]*（(平成[^）]*)）", text):
        when, _comma, rest = plain(inside).partition("、")
        place = rest.removeprefix("メールによる書面審議") if "メール" in rest else rest
        mode = WRITTEN.get(rest, "person")
        found.append((int(number), day(when).isoformat(), mode, "" if mode != "person" else place))
    return found


CODES = [code for _heading, code in PLACES if code]


@pytest.mark.parametrize("code", CODES)
def test_A23_A24_A25_A26_A27_A28_A29_A30_A39_A44_A49_A51_sittings(aichi: Loaded, code: str) -> None:
    text = pieces(aichi.paper)[code]
    printed = printed_sittings(text)
    if code in IN_WORDS:
        assert day(text[re.search(r"（?平成\d+年\d+月\d+日", text).start() :].lstrip("（"))  # type: ignore[union-attr]
        printed = IN_WORDS[code]
        for _number, held_on, _mode, place in printed:
            dates = {day(found).isoformat() for found in re.findall(r"平成 ?\d+ ?年 ?\d+ ?月 ?\d+ ?日", text)}
            assert held_on in dates and plain(place) in plain(text)
    told = [(one["number"], one["held_on"], one["mode"], plain(one["place"])) for one in aichi.sittings(code)]
    assert told == [(number, on, mode, plain(place)) for number, on, mode, place in printed]


def test_A22_a_group_without_a_sitting_says_so(aichi: Loaded) -> None:
    [block] = [
        one
        for one in aichi.section("council")["blocks"]
        if one["kind"] == "sittings" and one["code"] == "security-policy"
    ]
    assert block["sittings"] == [] and block["words"] == ["平成23年度については活動なし。"]
    assert "この年度の会議の記録はありません。" in aichi.html


def test_A28_A29_A32_A39_A44_A49_counts_by_way_of_sitting(aichi: Loaded) -> None:
    rows = aichi.cells("sittings")
    wanted = {
        "総会": (2, 0, 0, 0),
        "運営委員会": (1, 0, 0, 0),
        "幹事会": (4, 0, 0, 0),
        "情報セキュリティ研究会": (3, 0, 0, 0),
        "監査グループ": (0, 0, 0, 1),
        "ポリシーグループ": (0, 0, 0, 0),
        "自治体クラウド等研究会": (3, 0, 2, 0),
        "事業部会（施設予約）": (1, 0, 3, 0),
        "施設予約システム検討会": (3, 0, 0, 0),
        "事業部会（CALS/EC）": (4, 0, 1, 0),
        "検討会（CALS/EC）": (5, 1, 0, 0),
        "事業部会（物品等）": (2, 0, 3, 0),
        "検討会（物品等）": (4, 0, 0, 0),
        "あいち自治体クラウド事業部会": (0, 0, 1, 0),
    }
    for name, counts in wanted.items():
        row = rows[name]
        assert tuple(row[mode] or 0 for mode in ("person", "online", "written", "mail")) == counts, name
    # 部会: 8 of 15 sittings by 書面表決.
    sections = [row for name, row in rows.items() if "事業部会" in name]
    assert (
        sum(row["total"] or 0 for row in sections) == 15 and sum(row["written"] or 0 for row in sections) == 8
    )


@pytest.mark.parametrize(
    ("code", "number", "begins", "ends"),
    [
        ("general-assembly", 1, "（ア）第 1 回定期総会", "（イ）第 2 回定期総会"),
        ("general-assembly", 2, "（イ）第 2 回定期総会", "イ 運営委員会"),
        ("steering", 1, "第 1 回運営委員会", "ウ 幹事会"),
    ],
)
def test_A23_A24_items_in_their_order(aichi: Loaded, code: str, number: int, begins: str, ends: str) -> None:
    text = aichi.paper[aichi.paper.index(begins) :]
    text = text[: text.index(ends)]
    printed = [plain(line) for line in re.findall(r"^- ・(.+)$", text, re.M)]
    assert len(printed) == 5
    [sitting] = [one for one in aichi.sittings(code) if one["number"] == number]
    assert titles(sitting["items"]) == printed


def test_A23_the_assembly_had_ten_items(aichi: Loaded) -> None:
    assert sum(len(titles(one["items"])) for one in aichi.sittings("general-assembly")) == 10


def test_A29_what_the_briefing_told(aichi: Loaded) -> None:
    [sitting] = aichi.sittings("cloud-briefing")
    assert "、".join(titles(sitting["items"])) in plain(aichi.paper)


def test_A35_a_section_abolished_and_one_set_up(aichi: Loaded) -> None:
    rows = aichi.cells("lineage")
    assert rows["あいち自治体クラウド事業部会"]["from_on"] == "平成24年2月22日"
    assert (
        rows["インターネット環境整備事業部会"]["until_on"] == "平成23年6月7日"
    )  # ended by the assembly of 8 June
    assert "あいち自治体クラウド事業部会を平成24年2月22日に設置" in plain(aichi.paper)


def test_A17_no_incident_is_an_explicit_zero(aichi: Loaded) -> None:
    assert aichi.cells("network-incidents") == {"高度情報通信ネットワーク 障害事象": {"count": 0}}
    row = re.search(r"高度情報通信ネットワーク 障害事象</th>(.*?)</tr>", aichi.html, re.S)
    assert row and re.search(r">0<", row[1])


def test_A25_A39_A37_members_that_the_paper_counts(aichi: Loaded) -> None:
    text = plain(aichi.paper)
    for key, printed in (
        ("board-members", r"地域ブロック代表の(\d+)団体の幹事"),
        ("reservations-review-members", r"豊橋市始め(\d+)市町"),
        ("lgwan-router-moves", r"設置場所変更\((\d+)団体\)"),
    ):
        found = re.search(printed, text)
        [row] = aichi.cells(key).values()
        assert found and row["bodies"] == int(found[1])


def test_A52_undertakings_of_all_and_of_some(aichi: Loaded) -> None:
    whole, some = aichi.paper.split("2 特定団体事業")
    for text, scope in ((whole, "全団体向け事業"), (some, "特定団体事業")):
        for heading in re.findall(r"^(?:\(|（)\d(?:\)|）) ?(.+)$", text, re.M):
            found: list[Any] = [
                row
                for section in aichi.report["sections"]
                for block in section["blocks"]
                if block["kind"] == "table" and block["key"].endswith("-members")
                for row in block["table"]["rows"]
                if plain(row["label"]) == plain(heading) and "scope" in row["cells"]
            ]
            assert [row["cells"]["scope"]["value"] for row in found] == [scope], heading


def test_A04_A20_A40_A41_A45_A50_events_with_days_and_sessions(aichi: Loaded) -> None:
    rows = aichi.cells("events-events")
    wanted = {
        "「とよた産業フェスタ2011」へのブース出展（来場者アンケート）": ("H23.10.1〜H23.10.2", 1),
        "共同セキュリティ監査 全体説明会及び勉強会": ("H23.6.7", 1),
        "共同セキュリティ監査 全体報告会及び勉強会": ("H23.12.21", 1),
        "マスタ登録ツール等の操作説明会": ("H24.2.29〜H24.3.1", 5),
        "発注者操作説明会": ("H23.5.26〜H23.5.31", 8),
        "電子調達システム不具合に関する説明会": ("H23.9.16", 1),
        "発注者研修会": ("H23.4.19〜H23.4.28", 1),
    }
    assert {name: (row["on"], row["sessions"]) for name, row in rows.items() if name in wanted} == wanted
    assert len(rows) == 8  # seven and their total; the survey of the year before is told in that year
    text = plain(aichi.paper)
    for printed in (
        "平成23年10月1、2日「とよた産業フェスタ2011」へのブース出展", "平成23年6月7日全体説明会及び勉強会(県図書館大会議室)",
        "平成23年12月21日全体報告会及び勉強会(県三の丸庁舎)", "平成24年2月29日及び平成24年3月1日の2日間、合計5回の説明会",
        "(平成23年5月26日~5月31日:計8回、富士通東海支社)", "(平成23年4月19日~28日、県自治センター)",
    ):  # fmt: skip
        assert printed in text, printed


def test_A40_the_survey_belongs_to_the_year_before(aichi: Loaded) -> None:
    rows = asked(
        aichi.database, "SELECT fiscal_year FROM operations_event WHERE name LIKE '先進事例の共同調査%'"
    )
    assert rows == [(2010,)]


def test_words_of_the_paper(aichi: Loaded) -> None:
    for section in aichi.report["sections"]:
        for block in section["blocks"]:
            for text in block["words"] if block["kind"] == "sittings" else []:
                assert plain(text) in plain(aichi.paper), text
            if block["kind"] == "words":
                assert plain(block["text"]) in plain(aichi.paper), block["text"]


def test_one_installation_holds_this_council_alone(aichi: Loaded) -> None:
    assert asked(aichi.database, "SELECT name FROM tenants_body ORDER BY code") == [("愛知県",), ("豊橋市",)]
    assert asked(aichi.database, "SELECT count(*) FROM council_meeting") == [(56,)]
