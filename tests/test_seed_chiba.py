"""平成29年度 千葉県電子自治体共同運営協議会: every table of its report, cell by cell. The council is alone in its installation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.seed_reports import Loaded, asked, day, number, plain, titles

COMMITTEES = {
    "電子調達部会": "procurement",
    "電子申請部会": "applications",
    "制度検討部会": "rules",
    "自治体情報セキュリティ部会": "security",
    "幹事会": "board",
    "総会": "general-assembly",
}
MODES = {"メール審議": "mail", "書面表決": "written", "": "person"}
CHANNELS = ("total", "staff", "internet", "mobile", "smartphone")


@pytest.fixture(scope="module")
def chiba(django_db_setup: None) -> Iterator[Loaded]:
    loaded = Loaded("chiba")
    yield loaded
    loaded.drop()


def part(paper: str, begins: str, ends: str, *, after: str = "") -> str:
    start = paper.index(begins, paper.index(after) if after else 0) + len(begins)
    return paper[start : paper.index(ends, start)]


def table_rows(text: str) -> list[list[str]]:
    """Lines of cells, as the paper's tables came out: a tab between the cells."""
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def meetings_of(paper: str, committee: str) -> list[dict[str, Any]]:
    """会議の開催状況 of one committee as printed: number, day, way, and the titles below each other."""
    text = re.split(rf"\(\d\) {committee}\n", paper)[1]
    text = re.split(r"\n\(\d\) |\n千葉県電子自治体", text)[0]
    text = text[text.index("議 題") + 3 :]
    found: list[dict[str, Any]] = []
    for piece in re.split(r"\n(?=第\d回)", "\n" + text.strip()):
        if not piece.strip():
            continue
        head = re.match(r"\s*第(\d)回 (平成\d+年\d+月\d+日)\s*(?:[（(](.+?)[）)])?\s*", piece)
        assert head and head[3] in (None, "メール審議", "書面表決"), piece
        lines = [line for line in re.split(r"\n|(?= ・)|(?=[①-⑩])", piece[head.end() :]) if line.strip()]
        found.append(
            {
                "number": int(head[1]),
                "held_on": day(head[2]).isoformat(),
                "mode": MODES[head[3] or ""],
                "titles": [plain(re.sub(r"^[\s\t]*(?:・|[①-⑩])", "", line)) for line in lines],
            }
        )
    return found


@pytest.mark.parametrize("committee", COMMITTEES)
def test_C02_C03_C04_C05_C06_C07_meetings_with_their_days_and_items(chiba: Loaded, committee: str) -> None:
    printed = meetings_of(chiba.paper, committee)
    assert [
        {
            "number": one["number"],
            "held_on": one["held_on"],
            "mode": one["mode"],
            "titles": titles(one["items"]),
        }
        for one in chiba.sittings(COMMITTEES[committee])
    ] == printed
    assert len(printed) == {"電子調達部会": 4, "電子申請部会": 3, "幹事会": 3, "総会": 3}.get(
        committee, len(printed)
    )


def test_C02_C07_the_table_of_sittings_adds_up(chiba: Loaded) -> None:
    rows = chiba.cells("sittings")
    for committee in COMMITTEES:
        printed = meetings_of(chiba.paper, committee)
        assert rows[committee]["total"] == len(printed)
        assert rows[committee]["items"] == sum(len(one["titles"]) for one in printed)
        for mode in ("person", "written", "mail"):
            assert (rows[committee][mode] or 0) == sum(1 for one in printed if one["mode"] == mode)
    assert rows["合計"]["total"] == 16


def test_C08_items_of_the_assembly_name_both_decisions_below(chiba: Loaded) -> None:
    [budget] = [
        item
        for item in chiba.sittings("general-assembly")[0]["items"]
        if item["title"] == "平成29年度特別会計収支補正予算の決定について"
    ]
    assert budget["origins"] == ["幹事会 第1回（平成29年6月29日）"]
    [heading] = chiba.sittings("board")[0]["items"]
    [below] = [item for item in heading["under"] if item["title"] == budget["title"]]
    assert below["origins"] == [
        "電子申請部会 第1回（平成29年6月16日）",
        "電子調達部会 第2回（平成29年6月20日）",
    ]
    climbs = asked(
        chiba.database,
        "SELECT m.held_on, l.held_on FROM council_climb c JOIN council_item i ON i.id = c.item_id"
        " JOIN council_meeting m ON m.id = i.meeting_id JOIN council_item o ON o.id = c.origin_id"
        " JOIN council_meeting l ON l.id = o.meeting_id",
    )
    assert len(climbs) == 33 and all(upper >= lower for upper, lower in climbs)


@pytest.mark.parametrize(
    ("row_id", "service", "heading", "wanted"),
    [
        ("C25", "procurement", "平成29年度電子調達システム運営事業報告書（案）", 56),
        ("C26", "applications", "平成29年度電子申請システム運営事業報告書（案）", 21),
        ("C29", "reservations", "3 施設予約システム利用状況", 11),
        ("C34", "security-cloud", "平成 29 年度自治体情報セキュリティクラウド運営事業報告書", 55),
    ],
)
def test_C25_C26_C29_C34_bodies_that_use_each_service(
    chiba: Loaded, row_id: str, service: str, heading: str, wanted: int
) -> None:
    count, names = table_rows(part(chiba.paper, "利用団体名\n", "\n\n", after=heading))[0]
    [row] = chiba.table(f"{service}-members")["rows"]
    assert row["cells"]["count"]["value"] == number(count) == wanted
    # Printed once out of order (長生村, at the end of the 55); the report keeps to the order of the codes.
    assert sorted(row["cells"]["names"]["value"].split("、")) == sorted(names.split("、"))
    assert len(set(names.split("、"))) == wanted


def test_C29_sodegaura_uses_facility_reservation_alone(chiba: Loaded) -> None:
    names = {
        service: chiba.table(f"{service}-members")["rows"][0]["cells"]["names"]["value"].split("、")
        for service in ("applications", "reservations")
    }
    assert "袖ヶ浦市" in names["reservations"] and "袖ヶ浦市" not in names["applications"]


def test_C01_an_enterprise_is_a_member(chiba: Loaded) -> None:
    kinds = dict(asked(chiba.database, "SELECT kind, count(*) FROM tenants_body GROUP BY kind"))
    assert kinds["prefecture"] == 1 and kinds["enterprise"] == 1 and sum(kinds.values()) == 56


def test_C19_C20_C21_C22_C23_C24_systems_of_procurement(chiba: Loaded) -> None:
    text = part(chiba.paper, "利用サブシステム", "※稼働率")
    systems = re.split(r"\n(?=\S+システム\t)", text)[1:]
    rates = chiba.cells("procurement-availability")
    assert len(systems) == len(rates) == 5
    for piece in systems:
        name = piece.split("\t")[0]
        printed = dict(re.findall(r"(受注者側|発注者側) (\d+\.\d+)%", piece))
        assert rates[name]["supplier"] == printed.get("受注者側")
        assert rates[name]["buyer"] == printed["発注者側"]
    assert sum(1 for row in rates.values() for rate in row.values() if rate is not None) == 8
    # 「サービスレベル合意書に定める稼働率99.7%を全て達成している。」 is not typed: the eight printed rates prove it.
    assert "稼働率99.7%を全て達成している" in chiba.paper
    agreed = chiba.cells("levels-agreed")
    whole = agreed.pop("ちば電子調達システム")
    assert (whole["level"], whole["judged"], whole["met"], whole["verdict"]) == ("99.7", 8, 8, "達成")
    assert [one["verdict"] for one in agreed.values()] == ["達成"] * 8
    assert sorted(one["rate"] for one in agreed.values()) == ["99.97%"] * 6 + ["99.98%"] * 2
    counts = {
        "procurement-registrations": {
            "平成28～29年度名簿 随時申請": r"随時申請（.+?） ([\d,]+)件",
            "平成28～29年度名簿 変更申請": r"変更申請（.+?） ([\d,]+)件",
            "平成30～31年度名簿 当初申請業者数": r"当初申請業者数 ([\d,]+)者",
        },
        "procurement-openings": {
            "工事・測量": r"電子入札開札件数.*?工事・測量 ([\d,]+)件",
            "物品・委託": r"電子入札開札件数.*?物品・委託 ([\d,]+)件",
            "合計": r"電子入札開札件数 ([\d,]+)件",
        },
        "procurement-drafts": {
            "工事・測量": r"起案件数.*?工事・測量 ([\d,]+)件",
            "物品・委託": r"起案件数.*?物品・委託 ([\d,]+)件",
            "合計": r"起案件数 ([\d,]+)件",
        },
        "procurement-suppliers": {"平成28～29年度名簿登載業者数": r"名簿登載業者数 ([\d,]+)者"},
    }
    for key, wanted in counts.items():
        printed_counts = {}
        for label, pattern in wanted.items():
            found = re.search(pattern, text, re.S)
            assert found, pattern
            printed_counts[label] = number(found[1])
        assert {label: row["count"] for label, row in chiba.cells(key).items()} == printed_counts, key


def test_C27_applications_of_prefecture_and_municipalities(chiba: Loaded) -> None:
    printed = [number(cell) for cell in table_rows(part(chiba.paper, "(2) 申請状況", "(3) 手続"))[-1]]
    [row] = chiba.table("applications-totals")["rows"]
    assert [row["cells"][key]["value"] for key in ("total", "prefecture", "municipalities")] == printed
    assert row["cells"]["total"] == {"value": 202_608, "published": 202_608, "difference": 0}


def pairs(text: str) -> dict[str, int | None]:
    """A table printed in two halves: 団体名, 数, 団体名, 数."""
    found: dict[str, int | None] = {}
    for row in table_rows(text)[1:]:
        for name, count in zip(row[::2], row[1::2], strict=True):
            found[name] = number(count)
    return found


def test_C28_procedures_by_member(chiba: Loaded) -> None:
    printed = pairs(part(chiba.paper, "(3) 手続登録状況", "3 施設予約"))
    assert {
        label: row["procedures"] for label, row in chiba.cells("applications-procedures").items()
    } == printed
    assert len(printed) == 22 and printed["合計"] == 1928


def grid(text: str, *, skip: int) -> dict[str, list[int | None]]:
    return {row[0]: [number(cell) for cell in row[1:]] for row in table_rows(text)[skip:]}


def test_C30_registered_people_and_groups(chiba: Loaded) -> None:
    printed = grid(part(chiba.paper, "(2) 利用者登録の状況", "(3) 利用館数"), skip=2)
    assert {
        label: [row["users"], row["person"], row["group"]]
        for label, row in chiba.cells("reservations-users").items()
    } == printed
    assert printed["合計"] == [125_168, 69_670, 55_498]


def test_C31_facilities_by_member(chiba: Loaded) -> None:
    printed = pairs(part(chiba.paper, "(3) 利用館数", "(4) 予約登録数"))
    assert {
        label: row["facilities"] for label, row in chiba.cells("reservations-facilities").items()
    } == printed
    assert printed["合計"] == 279


@pytest.mark.parametrize(
    ("key", "begins", "ends", "whole"),
    [
        ("reservations-bookings", "(4) 予約登録数", "(5) 抽選申込数", 926_404),
        ("reservations-entries", "(5) 抽選申込数", "平成 29 年度自治体", 845_155),
    ],
    ids=["C32", "C33"],
)
def test_C32_C33_bookings_and_entries_by_channel(
    chiba: Loaded, key: str, begins: str, ends: str, whole: int
) -> None:
    printed = grid(part(chiba.paper, begins, ends), skip=1)
    rows = chiba.cells(key)
    assert {label: [row[column] for column in CHANNELS] for label, row in rows.items()} == printed
    assert len(printed) == 12 and printed["合計"][0] == whole
    assert list(rows) == list(printed)  # also where the paper changes two members' places


def test_C33_a_member_without_lottery_has_dashes_and_adds_nothing(chiba: Loaded) -> None:
    assert set(chiba.cells("reservations-entries")["佐倉市"].values()) == {None}
    row = re.search(r"佐倉市</th>(.*?)</tr>", chiba.html[chiba.html.index("抽選申込数") :], re.S)
    assert row and row[1].count("—") == 5


def test_C35_incidents_of_the_security_cloud_both_ways(chiba: Loaded) -> None:
    printed = table_rows(part(chiba.paper, "(2) システム稼働状況", "千葉県電子自治体共同運営協議会"))[1:]
    rows = chiba.cells("security-cloud-months")
    assert list(rows) == [plain(row[0]) for row in printed] and len(rows) == 10
    for month, web, mail, incidents in printed[:-1]:
        cell = rows[plain(month)]
        assert [f"{cell['web']}%", f"{cell['mail']}%", cell["incidents"]] == [web, mail, number(incidents)]
    assert number(printed[-1][3]) == 7408
    total = chiba.table("security-cloud-months")["rows"][-1]["cells"]["incidents"]
    assert total == {"value": 6598, "published": 7408, "difference": 810}
    assert [(one["published"], one["computed"]) for one in chiba.report["differences"]] == [("7408", "6598")]
    assert "公表値 7,408・計算値 6,598（差 810）" in chiba.html


ACCOUNTS = {
    "procurement": "第二期ちば電子調達システム運営事業収支決算書",
    "applications": "第三期ちば電子申請システム運営事業収支決算書",
}


def settlement(paper: str, account: str, side: str) -> dict[str, list[Any]]:
    """科目, 予算額, 決算額, 差引額, 摘要 as printed."""
    text = paper[paper.rindex(ACCOUNTS[account]) :]
    text = text[text.index(f"【{side}の部】") :]
    return {
        plain(row[0]): [*(number(cell) for cell in row[1:4]), plain(row[4]) if len(row) > 4 else ""]
        for row in table_rows(
            text[: text.index("\n合 計\t")] + text[text.index("\n合 計\t") :].split("\n\n")[0]
        )[1:]
    }


@pytest.mark.parametrize(
    ("account", "side"),
    [(account, side) for account in ACCOUNTS for side in ("income", "expense")],
    ids=["C36_C41_C42", "C37_C40_C43", "C38", "C39"],
)
def test_C36_C37_C38_C39_C40_C41_C42_C43_C45_settlement_cell_by_cell(
    chiba: Loaded, account: str, side: str
) -> None:
    printed = settlement(chiba.paper, account, {"income": "収入", "expense": "支出"}[side])
    rows = chiba.cells(f"{account}-{side}")
    assert [plain(label) for label in rows] == list(
        printed
    )  # a 科目 with nothing on it (予備費, 雑入) is printed too
    for label, row in rows.items():
        budget, actual, difference, notes = printed[plain(label)]
        assert [row["budget"], row["actual"], row["difference"]] == [budget, actual, difference], label
        # 摘要: every amount and every number of bodies; the words are checked where the scan left them whole.
        told = plain(row["notes"] or "")
        assert re.findall(r"[\d,]{3,}", told) == re.findall(r"[\d,]{3,}", notes), label
        assert re.findall(r"\((\d+)団体\)", told) == re.findall(r"\((\d+)団体\)", notes), label
        assert {letter for letter in notes if letter.isalpha()} <= {
            letter for letter in told if letter.isalpha()
        } | set("役務費振込手数料残高証明発行"), label


def test_C40_the_joint_desk_in_five_parts(chiba: Loaded) -> None:
    desk = chiba.cells("procurement-expense")["共同受付窓口運営費"]
    amounts = [number(amount) or 0 for amount in re.findall(r" ([\d,]+)$", desk["notes"], re.M)]
    assert len(amounts) == 5 and sum(amounts) == desk["actual"] == 36_438_397


def test_C43_one_cost_over_two_accounts(chiba: Loaded) -> None:
    rows = asked(
        chiba.database,
        "SELECT s.yen, array_agg(e.yen) FROM council_costsplit s JOIN council_entry e ON e.split_id = s.id GROUP BY s.id",
    )
    assert rows == [(3_517_222, [1_758_611, 1_758_611])]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_C36_C38_C47_sums_and_surplus(chiba: Loaded, account: str) -> None:
    text = chiba.paper[chiba.paper.rindex(ACCOUNTS[account]) :]
    printed = [
        number(re.search(rf"{word} ([\d,]+) 円", text)[1])  # type: ignore[index]
        for word in ("収入総額", "支出総額", "差引額")
    ]
    rows = chiba.table(f"{account}-surplus")["rows"]
    assert [row["cells"]["yen"]["value"] for row in rows[:3]] == printed
    assert rows[2]["cells"]["notes"]["value"] == "平成30年度へ繰り越して返還"
    assert [row["cells"]["yen"]["difference"] for row in rows[:3]] == [0, 0, 0]


def test_C18_what_flooring_left_is_named(chiba: Loaded) -> None:
    rows = {row["key"]: row["cells"]["yen"]["value"] for row in chiba.table("procurement-surplus")["rows"]}
    assert rows["residue"] == 9_319_500 - 9_319_396 == 104
    assert "residue" not in {row["key"] for row in chiba.table("applications-surplus")["rows"]}


def test_C44_below_zero_is_printed_with_a_triangle(chiba: Loaded) -> None:
    row = re.search(r"負担金</th>(.*?)</tr>", chiba.html, re.S)
    assert row and re.search(r"△</span>800<", row[1])
    assert "59,733,000" in row[1] and "59,733,800" in row[1]


def test_C46_papers_one_to_six_in_order(chiba: Loaded) -> None:
    rows = chiba.cells("annexes")
    assert list(rows) == [f"別紙{n}" for n in range(1, 7)]
    for row in rows.values():
        assert plain(row["text"]) in plain(chiba.paper)


def test_C16_the_budget_was_decided_by_the_assembly(chiba: Loaded) -> None:
    rows = asked(
        chiba.database,
        "SELECT DISTINCT b.state, b.decided_on, i.title FROM council_budget b JOIN council_item i ON i.id = b.decided_by_id",
    )
    assert rows == [("decided", date(2017, 7, 13), "平成29年度特別会計収支補正予算の決定について")]


def test_C41_C42_payers_are_not_the_users(chiba: Loaded) -> None:
    counts = dict(asked(chiba.database, "SELECT label, count FROM council_entry WHERE count IS NOT NULL"))
    assert counts == {
        "運営管理費": 55,
        "企業情報使用料": 46,
        "システム改修費": 56,
        "電子申請システム": 20,
        "施設予約システム": 11,
    }


def test_words_of_the_paper(chiba: Loaded) -> None:
    for section in ("council", "procurement", "applications", "security-cloud"):
        for text in chiba.words(section):
            assert plain(text) in plain(chiba.paper)
    assert chiba.report["title"] == "平成29年度 千葉県電子自治体共同運営協議会 年次報告"


def test_one_installation_holds_this_council_alone(chiba: Loaded) -> None:
    [(bodies,)] = asked(chiba.database, "SELECT count(*) FROM tenants_body")
    assert bodies == 56
    assert "すでに読み込まれています" in chiba.said  # the second time nothing changes
    [(meetings,)] = asked(chiba.database, "SELECT count(*) FROM council_meeting")
    assert meetings == 16
