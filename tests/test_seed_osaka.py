"""令和元年度 大阪電子自治体連絡会: its meetings, events, exchanges, payments and cases, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.seed_reports import Loaded, asked, day, number, plain, titles


@pytest.fixture(scope="module")
def osaka(django_db_setup: None) -> Iterator[Loaded]:
    loaded = Loaded("osaka")
    yield loaded
    loaded.drop()


def test_O120_seven_meetings_with_their_items(osaka: Loaded) -> None:
    text = osaka.paper[
        osaka.paper.index("(1) 大阪スマートシティ戦略会議") : osaka.paper.index("(2) 企業・市町村との連携")
    ]
    printed = []
    for piece in re.split(r"\n\t(?=第[１-９]回)", text)[1:]:
        head, *lines = [line.strip("\t ・") for line in piece.split("\n") if line.strip()]
        printed.append((int(plain(head)[1]), day(lines[0]).isoformat(), [plain(line) for line in lines[1:]]))
    assert len(printed) == 7 and [len(items) for *_rest, items in printed] == [3, 2, 2, 3, 2, 2, 2]
    told = [(one["number"], one["held_on"], titles(one["items"])) for one in osaka.sittings("smart-city")]
    assert told == printed


def test_O122_O123_working_groups(osaka: Loaded) -> None:
    text = plain(osaka.paper[osaka.paper.index("開催\n状況") : osaka.paper.index("○　アイデアソン")])
    printed = re.findall(r"第(\d)回:(.+?)\((\d+)月(\d+)日\)", text)
    assert len(printed) == 4
    told = [
        (
            str(one["number"]),
            *titles(one["items"]),
            *(str(int(part)) for part in one["held_on"].split("-")[1:]),
        )
        for code in ("ict", "regional")
        for one in osaka.sittings(code)
    ]
    assert told == printed


def test_O06_the_chiefs_met_once_and_once_in_writing(osaka: Loaded) -> None:
    text = osaka.paper[
        osaka.paper.index("○　行政情報化推進主任者連絡会議") : osaka.paper.index("(2)　他都道府県")
    ]
    printed = [
        (day(when).isoformat(), "written" if way else "person", plain(item))
        for when, way, item in re.findall(r"・(令和\S+?日)開催(（書面開催）)?\n\s*(.+)", text)
    ]
    assert len(printed) == 2
    told = [(one["held_on"], one["mode"], titles(one["items"])[0]) for one in osaka.sittings("chiefs")]
    assert told == printed


def test_O07_meetings_outside_are_counted_apart(osaka: Loaded) -> None:
    printed = {
        name: int(plain(count)) for name, count in re.findall(r"^・　(\S+会議)\s+(.)回$", osaka.paper, re.M)
    }
    assert printed == {label: row["count"] for label, row in osaka.cells("outside-meetings").items()}
    assert list(printed.values()) == [2, 2]


def test_O25_two_meetings_of_the_network(osaka: Loaded) -> None:
    text = plain(osaka.paper[osaka.paper.index("運営連絡会の開催") :])
    days = re.findall(r"(令和元年10月3日|令和2年1月20日)\(第\d回\)", text)
    places = re.search(r"場所:(\S+?)\(第1回\)、(\S+?)\(第2回\)", text)
    assert places
    told = [(one["held_on"], plain(one["place"])) for one in osaka.sittings("lgwan")]
    assert told == [(day(when).isoformat(), place) for when, place in zip(days, places.groups(), strict=True)]


def test_O03_O04_O05_consultations_and_checks(osaka: Loaded) -> None:
    printed = {
        name: int(count)
        for name, count in re.findall(r"・(相談件数|予算確認件数|仕様書確認件数)\s+(\d+)件", osaka.paper)
    }
    assert printed == {label: row["count"] for label, row in osaka.cells("consultations").items()}
    assert list(printed.values()) == [66, 154, 15]


def test_O08_O09_hours_saved_and_paper(osaka: Loaded) -> None:
    month = re.search(r"月平均　 約(\d+)時間", osaka.paper)
    year = re.search(r"年間推計　(\d+)時間", osaka.paper)
    less = re.search(r"最大約(\d+)％削減", osaka.paper)
    assert month and year and less
    # 60 × 12 is not 746: both are printed as they were given.
    assert [row["hours"] for row in osaka.cells("speech").values()] == [int(month[1]), int(year[1])]
    assert [row["percent"] for row in osaka.cells("printing").values()] == [-int(less[1])]


PAYMENTS = {
    "地方公共団体情報システム機構への負担金（LGWAN）": "２　総合行政ネットワーク",
    "地方公共団体情報システム機構への負担金（公的個人認証）": "３　公的個人認証",
    "統合宛名システム構築及び運用保守業務委託": "・大阪府統合宛名システム構築",
    "データ標準レイアウト改版に伴う改修業務": "・データ標準レイアウト改版",
    "中間サーバ交付金": "・中間サーバ交付金",
}


@pytest.mark.parametrize("name", PAYMENTS, ids=["O26", "O27", "O28", "O29", "O30"])
def test_O26_O27_O28_O29_O30_payments_of_three_years(osaka: Loaded, name: str) -> None:
    text = osaka.paper[osaka.paper.index(PAYMENTS[name]) :]
    table = text[text.index("決算額") : text.index("円\n\n", text.index("決算額")) + 1]
    amounts = [number(line) for line in table.split("\n")[1:]]
    printed = amounts if len(amounts) == 3 else [None, None, *amounts]
    row = osaka.cells("payments")[name]
    assert [row["2017"], row["2018"], row["2019"]] == printed
    for before, after in (("2017", "2018"), ("2018", "2019")):
        old, new = row[before], row[after]
        wanted = (
            None if old is None else (Decimal(new - old) * 100 / old).quantize(Decimal("0.01"), ROUND_HALF_UP)
        )
        assert row[f"change-{after}"] == (None if wanted is None else str(wanted))


def test_O26_O27_changes_from_year_to_year(osaka: Loaded) -> None:
    rows = list(osaka.cells("payments").values())
    assert [rows[0]["change-2018"], rows[0]["change-2019"]] == ["4.15", "12.21"]
    assert [rows[1]["change-2018"], rows[1]["change-2019"]] == ["36.53", "-29.26"]
    assert rows[2]["2019"] - rows[2]["2018"] == 159_208


def test_O42_no_subsidy_is_an_explicit_zero(osaka: Loaded) -> None:
    assert [row["count"] for row in osaka.cells("subsidy").values()] == [0]
    [note] = osaka.table("subsidy")["notes"]
    assert plain(note) in plain(osaka.paper)


def test_O121_43_municipalities(osaka: Loaded) -> None:
    found = re.search(r"【構成】府内(\d+)市町村", osaka.paper)
    assert found and [row["bodies"] for row in osaka.cells("govtech").values()] == [int(found[1])]


def test_O36_O37_two_groups_with_their_members(osaka: Loaded) -> None:
    printed = {
        plain(name): set(members.split("、"))
        for name, members in re.findall(r"(大阪府版自治体クラウド（(.+?)）)の運用支援", osaka.paper)
    }
    rows = osaka.cells("seats")
    assert len(printed) == 2
    assert {plain(name): set(row["names"].split("、")) for name, row in rows.items()} == printed


def test_O19_renamed_and_no_longer_a_party_to_contracts(osaka: Loaded) -> None:
    first = re.search(r"(平成14年４月25日)に", osaka.paper)
    then = re.search(
        r"(平成27年４月１日)に「(.+?)」から「(.+?)」に移行し、名称を「(.+?)」とした", osaka.paper
    )
    assert first and then
    rows = osaka.cells("names")
    assert rows == {
        "大阪電子自治体推進協議会": {"form": then[2], "from_on": plain(first[1])},
        then[4]: {"form": then[3], "from_on": plain(then[1])},
    }


def events(osaka: Loaded) -> dict[str, dict[str, Any]]:
    return osaka.cells("events-events")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("情報セキュリティ技術セミナー", "・情報セキュリティ技術セミナー"),
        ("自治体クラウド検討会", "①　自治体クラウド検討会"),
        ("大阪版自治体情報セキュリティクラウド勉強会", "①　大阪版自治体情報セキュリティクラウド勉強会"),
        ("サービスオペレーションセンター見学会", "②　サービスオペレーションセンター見学会"),
    ],
    ids=["O20", "O32", "O40", "O41"],
)
def test_O20_O32_O40_O41_days_bodies_and_people(osaka: Loaded, name: str, begins: str) -> None:
    text = plain(osaka.paper[osaka.paper.index(begins) :])
    when = re.search(r"日時:(令和\S+?日)", text)
    came = re.search(r"参加:(\d+)団体(\d+)名", text)
    assert when and came
    rows = asked(
        osaka.database,
        f"SELECT from_on::text, sum(a.bodies) FILTER (WHERE NOT a.remote), sum(a.persons), place FROM operations_event e"
        f" JOIN operations_attendance a ON a.event_id = e.id WHERE e.name = '{name}' GROUP BY e.id",
    )
    [(from_on, bodies, persons, place)] = rows
    assert (from_on, bodies, persons) == (day(when[1]).isoformat(), int(came[1]), int(came[2]))
    assert plain(f"場所:{place}") in text
    assert events(osaka)[name]["persons"] == int(came[2])


def test_O20_officials_police_and_those_on_the_line(osaka: Loaded) -> None:
    printed = re.search(r"〔自治体関係(\d+)名、警察関係(.)名〕", osaka.paper)
    remote = re.search(r"できない(.)市町村がＷｅｂ会議システム", osaka.paper)
    assert printed and remote
    rows = dict(
        asked(
            osaka.database,
            'SELECT "group", coalesce(persons, bodies) FROM operations_attendance a JOIN operations_event e'
            " ON e.id = a.event_id WHERE e.name = '情報セキュリティ技術セミナー'",
        )
    )
    assert rows["自治体関係"] == int(printed[1]) and rows["警察関係"] == int(plain(printed[2]))
    assert rows["Web会議システムによる参加"] == int(plain(remote[1]))


def test_O82_O83_O84_trainings_and_their_sum(osaka: Loaded) -> None:
    printed = {
        plain(name): int(count)
        for name, count in re.findall(
            r"^・(\S+?研修)(?:〔.+〕)?　?（(?:8部局、)?(\d+)名）", osaka.paper, re.M
        )
    }
    assert len(printed) == 3 and sum(printed.values()) == 1037
    assert {
        plain(name): events(osaka)[name]["persons"] for name in events(osaka) if plain(name) in printed
    } == printed


def test_O14_O24_the_seminar_and_the_survey(osaka: Loaded) -> None:
    when = re.search(r"・(令和２年２月12日)開催", osaka.paper)
    assert when and events(osaka)["働き方改革・ITセミナー"]["on"] == "R2.2.12"
    assert events(osaka)["電子自治体推進に関するアンケート調査"]["kind"] == "調査"


def test_O124_the_ideathon_with_its_award(osaka: Loaded) -> None:
    came = [int(count) for count in re.findall(r"(?:職員|担当者)：(\d+)名", osaka.paper)]
    assert came == [20, 18]
    assert events(osaka)["大阪スマートシティ・アイデアソン"]["persons"] == 38
    [(text,)] = asked(osaka.database, "SELECT text || award FROM operations_event WHERE kind = 'workshop'")
    assert (
        "スマート渋滞予想（すまーとにおいで！）" in text
        and "スマート渋滞予想（すまーとにおいで！）" in osaka.paper
    )


def test_O21_O22_O23_O25_exchanges_by_topic(osaka: Loaded) -> None:
    text = plain(osaka.paper)
    rows = [
        (row["label"], row["cells"]["kind"]["value"], row["cells"]["count"]["value"])
        for row in osaka.table("events-exchanges")["rows"]
        if not row["sum_of"]
    ]
    counts = dict(re.findall(r"(マイナンバー制度\(情報連携対応\)|情報政策全般)件数:(\d+)件", text))
    talks = "自治体クラウド意見交換|情報セキュリティ技術セミナー|セキュリティクラウド定例会|新型コロナウイルス関係会議"
    web = dict(re.findall(rf"({talks})件数:(\d+)件", text))
    issues = re.search(r"発行数:(\d+)回", text)
    monthly = re.search(r"報告を受けた\((\d+)回", text)
    assert issues and monthly and len(counts) == 2 and len(web) == 4
    by_label = {(kind, plain(label)): count for label, kind, count in rows}
    assert {
        label: str(count) for (kind, label), count in by_label.items() if kind == "メーリングリスト"
    } == counts
    assert {label: str(count) for (kind, label), count in by_label.items() if kind == "Web会議"} == web
    assert sum(int(count) for count in web.values()) == 12
    assert by_label["メールマガジン", "大阪電子自治体連絡会メールマガジン"] == int(issues[1])
    assert by_label["定例報告", "LGWAN運用定例会"] == int(monthly[1])


def test_O125_the_strategy_as_a_version(osaka: Loaded) -> None:
    rows = asked(
        osaka.database,
        "SELECT b.name, v.label, v.from_on::text FROM council_bylaw b JOIN council_bylawversion v ON v.bylaw_id = b.id",
    )
    assert rows == [("大阪スマートシティ戦略", "Ver.1.0", "2020-03-01")]
    assert "大阪スマートシティ戦略Ver.1.0" in plain(osaka.paper)


def test_one_installation_holds_this_council_alone(osaka: Loaded) -> None:
    assert asked(osaka.database, "SELECT count(*) FROM tenants_body") == [(6,)]
    assert osaka.report["council"] == "大阪電子自治体連絡会"
