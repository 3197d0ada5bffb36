"""Figure tables in their five faces."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from moyai.documents.public import (
    Column,
    FigureTable,
    MissingGlyph,
    Row,
    all_rows_of,
    render_table_csv,
    render_table_html,
    render_table_json,
    render_table_pdf,
    render_table_xlsx,
    table_response,
)

AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def table():
    rows = [
        Row("121002", "千葉市", {"applications": 5000, "change": -1234, "rate": Decimal("12.35")}),
        Row("122076", "=松戸市", {"applications": 1598, "change": None, "rate": None}),
    ]
    return FigureTable(
        caption="電子申請の利用",
        rows_label="団体",
        columns=[
            Column("applications", "申請件数"),
            Column("change", "前年度との差"),
            Column("both", "計", sum_of=("applications", "change")),
            Column("rate", "利用率", kind="percent", places=1, down=False),
        ],
        rows=all_rows_of(rows),
        unit="件",
        source="協議会年報",
        as_of=date(2018, 3, 31),
        notes=["県を含まない。"],
        published={("total", "applications"): 7408},
    )


def test_html_is_the_table_of_the_house(table):
    html = render_table_html(table)
    for part in (
        '<caption id="figures-1">電子申請の利用 <small>単位：件　平成30年3月31日現在</small></caption>',
        '<th scope="col" class="mo-numeric">申請件数</th>',
        '<span class="mo-hidden">マイナス</span><span aria-hidden="true">△</span>1,234',
        "公表値 7,408・計算値 6,598（差 810）",
        "出典：協議会年報",
        "注：県を含まない。",
        ">—</td>",
        "<strong>6,598</strong>",
    ):
        assert part in html
    assert 'tabindex="0" role="region" aria-labelledby="figures-1"' in html


def test_names_in_a_table_are_text_and_never_markup(table):
    hostile = FigureTable("<script>", "<b>", table.columns, [Row("a", "<img onerror=x>")], source="<i>")
    html = render_table_html(hostile)
    for tag in ("<script>", "<b>", "<img", "<i>"):
        assert tag not in html


def test_csv_has_plain_numbers_and_the_published_ones_beside(table):
    data = render_table_csv(table)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [
        ["団体", "申請件数", "申請件数（公表値）", "申請件数（差）", "前年度との差", "計", "利用率"],
        ["千葉市", "5000", "", "", "-1234", "3766", "12.35"],
        ["'=松戸市", "1598", "", "", "", "1598", ""],
        ["合計", "6598", "7408", "810", "-1234", "5364", ""],
    ]


def test_xlsx_holds_numbers_and_no_formula(table):
    sheet = openpyxl.load_workbook(io.BytesIO(render_table_xlsx(table))).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][0] == "電子申請の利用"
    assert values[3][:6] == ["千葉市", 5000, "—", "—", -1234, 3766]
    assert values[4][0] == "'=松戸市"
    assert values[5][:4] == ["合計", 6598, 7408, 810]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["E4"].number_format == '#,##0;"△"#,##0;0'


def test_pdf_reads_as_the_table_and_shows_the_difference(table):
    pdf = pypdf.PdfReader(io.BytesIO(render_table_pdf(table, now=AT)))
    text = "".join(page.extract_text() for page in pdf.pages)
    for part in (
        "電子申請の利用",
        "単位：件",
        "5,000",
        "△1,234",
        "12.4",
        "6,598",
        "差 810",
        "出典：協議会年報",
    ):
        assert part in text
    assert pdf.metadata.title == "電子申請の利用"
    with pytest.raises(MissingGlyph):
        render_table_pdf(FigureTable("\U00031350", "x", table.columns, table.rows), now=AT)


def test_json_is_exact(table):
    found = render_table_json(table)
    assert found["rows"][0]["cells"]["rate"] == {"value": "12.35"}
    assert found["rows"][2]["cells"]["applications"] == {"value": 6598, "published": 7408, "difference": 810}
    assert found["as_of"] == "2018-03-31"


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "json"])
def test_download_is_an_attachment_with_a_clean_name(table, form):
    answer = table_response(table, form=form, name="../利用\u202e状況", now=AT)
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.endswith(f"%E5%88%A9%E7%94%A8%E7%8A%B6%E6%B3%81.{form}")
    with pytest.raises(KeyError):
        table_response(table, form="exe", name="x", now=AT)
