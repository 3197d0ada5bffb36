"""M12 — the yearly report: made of rows, kept until one changes, open to citizens when it is opened, without drafts and persons."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moyai.council.actions.committees import establish_committee
from moyai.council.actions.items import record_item
from moyai.council.actions.meetings import record_meeting
from moyai.council.actions.report import (
    BadTable,
    Cell,
    NotReleased,
    ReleasedBefore,
    Shape,
    YearNotOver,
    bring_figures,
    release_report,
    withdraw_report,
    write_report_text,
)
from moyai.council.actions.seats import take_seat
from moyai.council.figures.faces import report_json
from moyai.council.figures.report import KEEPER, Report, annual_report
from moyai.council.models import GivenFigure, GivenTable, ReportRelease, ReportText
from moyai.tenants.public import Actor, Role, clock
from tests.world import World

YEAR = 2025
SHAPE = Shape(
    caption="問合せの件数",
    rows_label="区分",
    columns=({"key": "count", "label": "件数", "kind": "number", "places": 0},),
    unit="件",
    source="業務報告書 1",
)


@pytest.fixture
def by(world: World) -> dict[str, Any]:
    KEEPER.clear()
    actor = Actor(None, None, frozenset({Role.SECRETARIAT, Role.SYSTEM}), name="協議会 書記")
    return {"actor": actor, "now": clock.now()}


def report_of(by: dict[str, Any], *, public: bool = False, year: int = YEAR) -> Report:
    return annual_report(**by, fiscal_year=year, public=public)


def a_year(by: dict[str, Any], world: World) -> None:
    """A committee with one public and one closed sitting, a member and somebody who is no body."""
    board = establish_committee(**by, code="board", name="幹事会", kind="board", from_on=date(2025, 4, 1))
    take_seat(**by, committee=board, body=world.chiba, from_on=date(2025, 4, 1))
    take_seat(**by, committee=board, name="見本 太郎", capacity="adviser", from_on=date(2025, 4, 1))
    open_one = record_meeting(**by, committee=board, held_on=date(2025, 6, 5), place="県庁")
    record_item(**by, meeting=open_one, title="平成の見本について")
    closed = record_meeting(**by, committee=board, held_on=date(2025, 9, 5), public=False)
    record_item(**by, meeting=closed, title="公開しない議題")
    write_report_text(**by, fiscal_year=YEAR, section="name", text="見本協議会")
    write_report_text(**by, fiscal_year=YEAR, section="outline", text="見本の概要です。")


def test_M12_the_report_is_made_of_rows(by: dict[str, Any], world: World) -> None:
    a_year(by, world)
    made = report_json(report_of(by))
    assert made["title"] == "令和7年度 見本協議会 年次報告"
    council = made["sections"][0]
    kinds = [block["kind"] for block in council["blocks"]]
    assert kinds[:2] == ["words", "sittings"]
    [sittings] = [block for block in council["blocks"] if block["kind"] == "sittings"]
    assert [one["line"] for one in sittings["sittings"]] == [
        "第1回 令和7年6月5日 県庁",
        "第2回 令和7年9月5日",
    ]
    assert [item["title"] for item in sittings["sittings"][1]["items"]] == ["公開しない議題"]
    seats = next(block for block in council["blocks"] if block.get("key") == "seats")
    assert seats["table"]["rows"][0]["cells"]["others"]["value"] == "アドバイザー：見本 太郎"


def test_M12_citizens_see_no_closed_sitting_and_no_person(by: dict[str, Any], world: World) -> None:
    a_year(by, world)
    text = json.dumps(report_json(report_of(by, public=True)), ensure_ascii=False)
    assert "平成の見本について" in text and "千葉市" in text
    assert "公開しない議題" not in text and "見本 太郎" not in text and "団体以外 1名" in text


def test_M12_the_same_report_until_a_row_changes(
    by: dict[str, Any], world: World, django_assert_num_queries: Any
) -> None:
    a_year(by, world)
    first = report_of(by)
    with django_assert_num_queries(4):  # one stamp for the council, one for each room with figures
        assert report_of(by) is first
    write_report_text(**by, fiscal_year=YEAR, section="outline", text="書き直した概要です。")
    second = report_of(by)
    assert second is not first and "書き直した概要です。" in json.dumps(
        report_json(second), ensure_ascii=False
    )
    assert report_of(by, public=True) is not second


def test_M12_another_language_is_another_report(by: dict[str, Any], world: World) -> None:
    from django.utils import translation

    a_year(by, world)
    japanese = report_of(by)
    with translation.override("en"):
        assert report_of(by) is not japanese
    assert report_of(by) is japanese


def test_M12_few_questions_however_many_sittings(
    by: dict[str, Any], world: World, django_assert_max_num_queries: Any
) -> None:
    a_year(by, world)
    from moyai.council.models import Committee

    board = Committee.objects.get(code="board")
    for number in range(3, 9):
        meeting = record_meeting(**by, committee=board, held_on=date(2025, 10, number))
        record_item(**by, meeting=meeting, title="議題")
    KEEPER.clear()
    with django_assert_max_num_queries(75):
        report_of(by)


def test_M12_printed_totals_stand_beside_computed_ones(by: dict[str, Any], world: World) -> None:
    cells = [
        Cell("4月", "count", number=Decimal(3)),
        Cell("5月", "count", number=Decimal(4)),
        Cell("合計", "count", number=Decimal(8), total=True),
    ]
    bring_figures(**by, fiscal_year=YEAR, code="calls", cells=cells, shape=SHAPE)
    made = report_of(by)
    assert [(one["published"], one["computed"], one["difference"]) for one in made.unlike] == [
        ("8", "7", "1")
    ]


def test_M12_figures_brought_again_take_the_place_of_the_first(by: dict[str, Any], world: World) -> None:
    for count in (3, 5):
        bring_figures(
            **by,
            fiscal_year=YEAR,
            code="calls",
            cells=[Cell("4月", "count", number=Decimal(count))],
            shape=SHAPE,
        )
    assert GivenTable.objects.count() == 1
    assert [figure.number for figure in GivenFigure.objects.all()] == [5]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [Cell("4月", "count", number=Decimal(1)), Cell("4月", "count", number=Decimal(2))],
        [Cell("4月", "other", number=Decimal(1))],
    ],
    ids=["none", "twice", "no such column"],
)
def test_M12_what_is_no_table_is_refused(by: dict[str, Any], world: World, cells: list[Cell]) -> None:
    with pytest.raises(BadTable):
        bring_figures(**by, fiscal_year=YEAR, code="calls", cells=cells, shape=SHAPE)
    assert not GivenFigure.objects.exists() and not GivenTable.objects.exists()


def test_M12_a_year_is_opened_once_when_it_is_over(by: dict[str, Any], world: World) -> None:
    with pytest.raises(YearNotOver):
        release_report(**by, fiscal_year=2099)
    assert not ReportRelease.objects.exists()
    release_report(**by, fiscal_year=YEAR)
    with pytest.raises(ReleasedBefore):
        release_report(**by, fiscal_year=YEAR)
    assert ReportRelease.objects.count() == 1
    withdraw_report(**by, fiscal_year=YEAR, reason="数値の誤り")
    with pytest.raises(NotReleased):
        withdraw_report(**by, fiscal_year=YEAR, reason="もう一度")
    release_report(**by, fiscal_year=YEAR)
    assert list(ReportRelease.objects.order_by("id").values_list("why_withdrawn", flat=True)) == [
        "数値の誤り",
        "",
    ]


# --- pages -------------------------------------------------------------------------------------------


def test_secretary_reads_a_year_and_opens_it_to_citizens(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any], client: Any
) -> None:
    a_year(by, world)
    secretary = client_for(world.secretary)
    assert "令和7年度の年次報告" in secretary.get("/council/reports/").content.decode()
    assert client.get(f"/council-report/{YEAR}/").status_code == 404
    page = secretary.get(f"/council/reports/{YEAR}/").content.decode()
    assert "見本の概要です。" in page and "住民に公開する" in page
    assert secretary.post(f"/council/reports/{YEAR}/release/").status_code == 302
    shown = client.get(f"/council-report/{YEAR}/")
    assert shown.status_code == 200 and "見本の概要です。" in shown.content.decode()
    assert "令和7年度の年次報告" in client.get("/council-report/").content.decode()
    assert secretary.post(f"/council/reports/{YEAR}/release/", follow=True).status_code == 200
    assert ReportRelease.objects.count() == 1


def test_secretary_takes_a_report_back_with_a_reason(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any], client: Any
) -> None:
    release_report(**by, fiscal_year=YEAR)
    secretary = client_for(world.secretary)
    address = f"/council/reports/{YEAR}/withdraw/"
    assert secretary.post(address, {"reason": ""}).status_code == 422
    assert client.get(f"/council-report/{YEAR}/").status_code == 200
    assert secretary.post(address, {"reason": "数値の誤り"}).status_code == 302
    assert client.get(f"/council-report/{YEAR}/").status_code == 404
    assert secretary.get(address).status_code == 404


@pytest.mark.parametrize("face", ["pdf", "xlsx", "json"])
def test_citizen_takes_the_report_home(by: dict[str, Any], world: World, client: Any, face: str) -> None:
    a_year(by, world)
    release_report(**by, fiscal_year=YEAR)
    response = client.get(f"/council-report/{YEAR}/?format={face}")
    assert response.status_code == 200 and f"annual-report-{YEAR}.{face}" in response["Content-Disposition"]
    if face == "pdf":
        reader = pypdf.PdfReader(io.BytesIO(response.content))
        text = "".join(page.extract_text() for page in reader.pages)
        assert "見本協議会" in text and reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    elif face == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        sheet = book["会議の開催状況"]
        assert [cell.value for cell in sheet[4]][:3] == ["幹事会", 1, "2025-06-05"]
    else:
        assert response.json()["public"] is True
    assert client.get(f"/council-report/{YEAR}/?format=exe").status_code == 404


def test_secretary_writes_a_sentence(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any]
) -> None:
    secretary = client_for(world.secretary)
    address = f"/council/reports/{YEAR}/text/"
    refused = secretary.post(address, {"section": "outline", "text": ""})
    assert refused.status_code == 422 and not ReportText.objects.exists()
    assert secretary.post(address, {"section": "nowhere", "text": "あ"}).status_code == 422
    assert not ReportText.objects.exists()
    assert secretary.post(address, {"section": "outline", "text": "概要"}).status_code == 302
    assert "概要" in secretary.get(f"{address}?section=outline").content.decode()
    [written] = ReportText.objects.all()
    assert (written.fiscal_year, written.section, written.text) == (YEAR, "outline", "概要")


FIGURES = {"code": "calls", "section": "", "caption": "問合せ", "unit": "件", "source": "業務報告書 1"}


def brought(text: str, encoding: str = "utf-8-sig") -> SimpleUploadedFile:
    return SimpleUploadedFile("table.csv", text.encode(encoding), content_type="text/csv")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_secretary_brings_a_table_of_a_paper(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any], encoding: str
) -> None:
    secretary = client_for(world.secretary)
    file = brought('月,電話,メール\n4月,"1,234",△5\n5月,―,6.5\n合計,1234,2\n', encoding)
    sent = secretary.post(f"/council/reports/{YEAR}/figures/", FIGURES | {"file": file})
    assert sent.status_code == 302
    [block] = [
        block
        for section in report_json(report_of(by))["sections"]
        for block in section["blocks"]
        if block.get("key") == "calls"
    ]
    rows = {row["label"]: row["cells"] for row in block["table"]["rows"]}
    assert rows["4月"] == {"c1": {"value": 1234}, "c2": {"value": -5}}
    assert rows["5月"]["c1"] == {"value": None} and rows["5月"]["c2"] == {"value": "6.5"}
    assert rows["合計"] == {
        "c1": {"value": 1234, "published": 1234, "difference": 0},
        "c2": {"value": "1.5", "published": 2, "difference": "0.5"},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "表が空です"),
        ("月\n4月\n", "1行目には、行の見出しと列の見出し"),
        ("月,電話\n4月,1,2\n", "2行目：見出しは2列ですが、3列あります。"),
        ("月,電話\n4月,多い\n", "2行目「4月」の「電話」：「多い」は数値ではありません。"),
        ("月,電話\n4月,1\n4月,2\n", "3行目：行の見出し「4月」が2回あります。"),
        ("月,電話,電話\n4月,1,2\n", "列の見出し「電話」が2回あります。"),
        ("月,電話\n,1\n", "2行目：行の見出しがありません。"),
        ("月,電話\n4月,1e400\n", "「1e400」は数値ではありません"),
    ],
)
def test_secretary_is_told_which_line_cannot_be_read(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any], text: str, words: str
) -> None:
    secretary = client_for(world.secretary)
    sent = secretary.post(f"/council/reports/{YEAR}/figures/", FIGURES | {"file": brought(text or "\n")})
    assert sent.status_code == 422 and words in sent.content.decode()
    assert not GivenTable.objects.exists() and not GivenFigure.objects.exists()


def test_auditor_reads_and_does_not_write(
    by: dict[str, Any], world: World, client_for: Callable[[Any], Any]
) -> None:
    a_year(by, world)
    auditor = client_for(world.auditor)
    page = auditor.get(f"/council/reports/{YEAR}/")
    assert page.status_code == 200 and "住民に公開する" not in page.content.decode()
    assert auditor.post(f"/council/reports/{YEAR}/release/").status_code == 403
    assert (
        auditor.post(f"/council/reports/{YEAR}/text/", {"section": "outline", "text": "あ"}).status_code
        == 403
    )
    assert not ReportRelease.objects.exists()
    assert [one.text for one in ReportText.objects.filter(section="outline")] == ["見本の概要です。"]


def test_staff_of_a_body_and_strangers_have_no_secretariats_page(
    world: World, client_for: Callable[[Any], Any], client: Any
) -> None:
    assert client_for(world.at_chiba.clerk).get("/council/reports/").status_code == 404
    assert client.get("/council/reports/").status_code in (302, 404)


@pytest.mark.parametrize("year", [1989, 2999])
def test_a_year_that_is_none_is_not_found(world: World, client_for: Callable[[Any], Any], year: int) -> None:
    assert client_for(world.secretary).get(f"/council/reports/{year}/").status_code == 404
