"""Rows of any number as CSV and XLSX: exact, harmless, in constant memory, and nothing left on the disk."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.documents.public import UnmappableCharacters, export_file, stream_csv, stream_xlsx
from moyai.documents.rules import workbook
from moyai.documents.rules.cells import code_points, in_cp932

AT = datetime(2026, 4, 1, tzinfo=UTC)
RUNNING = [
    "=1+1",
    "+81",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "　=1",
    "\u00a0＝1",
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    return settings.MOYAI_FILES


def content(export):
    export.file.seek(0)
    return export.file.read()


def read_csv(data, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


def sheets(export):
    book = openpyxl.load_workbook(io.BytesIO(content(export)))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_A03_csv_is_utf8_with_mark_crlf_and_quotes_and_keeps_every_character():
    rows = [
        ["髙﨑 𠮷", 'a"b', "一行目\n二行目", None, 12, date(2026, 4, 1)],
        ["辻\U000e0100", "", "x,y", True, 0, AT],
    ]
    export = stream_csv(iter(rows), list("名前文日数時"))
    data = content(export)
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\xef\xbb\xbf") == 1
    assert data.endswith(b"\r\n") and not re.search(rb"(?<!\r)\n", data.replace("一行目\n".encode(), b""))
    assert read_csv(data) == [
        list("名前文日数時"),
        ["髙﨑 𠮷", 'a"b', "一行目\n二行目", "", "12", "2026-04-01"],
        ["辻\U000e0100", "", "x,y", "1", "0", "2026-04-01T00:00:00+00:00"],
    ]
    assert (export.rows, export.replaced, export.ending) == (2, 0, "csv")


@pytest.mark.parametrize("text", RUNNING)
def test_attack_A12_no_cell_runs_in_a_spreadsheet(text):
    for encoding in ("utf-8-sig", "cp932"):
        found = read_csv(content(stream_csv([[text, text]], ["a", "=b"], encoding=encoding)), encoding)
        assert found[0] == ["a", "'=b"] and all(cell.startswith("'") for cell in found[1])
    book = openpyxl.load_workbook(io.BytesIO(content(stream_xlsx([[text, -5]], ["a", "=b"]))))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert book.active["A2"].value.startswith("'") and book.active["B1"].value == "'=b"
    assert book.active["B2"].value == -5


def test_A03_cp932_writes_what_it_can_and_reports_each_place_it_cannot():
    rows = [["千葉 花子", "髙﨑①㈱"], ["𠮷田", "葛\U000e0100飾と葛飾、〜−か\u3099"], ["\ue000", "a\u00a0b"]]
    export = stream_csv(rows, ["氏名", "備考"], encoding="cp932", name="一覧")
    assert (export.ending, export.rows, export.replaced) == ("zip", 3, 3)
    with zipfile.ZipFile(export.file) as pack:
        assert pack.namelist() == ["一覧.csv", "一覧_書けない文字.csv"]
        table = read_csv(pack.read("一覧.csv"), "cp932")
        report = read_csv(pack.read("一覧_書けない文字.csv"))
    assert table == [
        ["氏名", "備考"],
        ["千葉 花子", "髙﨑①㈱"],
        ["〓田", "〓飾と葛飾、～－が"],
        ["〓", "a b"],
    ]
    assert report == [
        ["行", "列", "書けない文字", "符号位置"],
        ["3", "氏名", "𠮷", "U+20BB7"],
        ["3", "備考", "葛\U000e0100", "U+845B U+E0100"],
        ["4", "氏名", "\ue000", "U+E000"],
    ]


def test_A03_cp932_without_a_loss_is_the_plain_file():
    export = stream_csv([["一"]], ["数"], encoding="cp932")
    assert (export.ending, content(export)) == ("csv", "数\r\n一\r\n".encode("cp932"))


def test_A03_cp932_refuses_at_the_first_loss_when_told_so(files):
    with pytest.raises(UnmappableCharacters) as refused:
        stream_csv([["一"], ["𠮷"]], ["氏名"], encoding="cp932", on_unmappable="refuse")
    assert "3行目「氏名」の𠮷（U+20BB7）" in str(refused.value.message)
    assert list(files.iterdir()) == []


@given(st.text())
def test_A03_cp932_never_fails_and_names_all_that_it_changes(text):
    kept, lost = in_cp932(text)
    kept.encode("cp932")
    assert kept.count("〓") == text.count("〓") + len(lost)
    assert all(code_points(sign).startswith("U+") for sign in lost)
    assert in_cp932(kept) == (kept, [])


def test_A03_workbook_keeps_types_and_exact_figures():
    row = [
        10**15,
        5,
        Decimal("1.5"),
        date(2026, 4, 1),
        AT,
        True,
        None,
        "＝1+1",
        "辻\U000e0100",
        date(1890, 1, 2),
    ]
    row += [Decimal("NaN"), "a\x01&<b>_x0041_\r\n", " 先頭の空白"]
    found = sheets(stream_xlsx([row], [f"{at}<" for at in range(13)], title="一覧/令和8年"))
    assert list(found) == ["一覧令和8年"]
    assert found["一覧令和8年"][0][:2] == ["0<", "1<"]
    assert found["一覧令和8年"][1] == [
        "1000000000000000",
        5,
        1.5,
        datetime(2026, 4, 1),
        datetime(2026, 4, 1, 9, 0),
        True,
        None,
        "'＝1+1",
        "辻\U000e0100",
        "1890-01-02",
        "NaN",
        "a\ufffd&<b>_x005F_x0041__x000D_\n",
        " 先頭の空白",
    ]


@given(
    st.lists(st.lists(st.text(min_size=1, max_size=20) | st.integers(), min_size=3, max_size=3), max_size=4)
)
def test_A03_workbook_of_any_text_opens(rows):
    from tempfile import TemporaryDirectory

    from django.test import override_settings

    with TemporaryDirectory() as folder, override_settings(MOYAI_FILES=folder):
        (found,) = sheets(stream_xlsx(rows, list("abc"))).values()
    assert len(found) == len(rows) + 1
    assert [type(cell) for row in found[1:] for cell in row if isinstance(cell, int)] == [
        int for row in rows for cell in row if isinstance(cell, int) and abs(cell) < 10**15
    ]


def test_A03_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    found = sheets(stream_xlsx(([at] for at in range(7)), ["番号"], title="一覧"))
    assert found == {
        "一覧": [["番号"], [0], [1], [2]],
        "一覧 (2)": [["番号"], [3], [4], [5]],
        "一覧 (3)": [["番号"], [6]],
    }


def test_A03_text_longer_than_a_cell_is_cut_and_named():
    found = sheets(stream_xlsx([["x" * 40_000]], ["自由記述"], title="一覧"))
    assert len(found["一覧"][1][0]) == 32_767
    assert found["長すぎて切った文字"] == [["シート", "行", "列", "文字数"], ["一覧", 2, "自由記述", 40_000]]


def test_A03_rows_with_too_many_or_too_few_cells_are_a_mistake_in_our_code():
    with pytest.raises(IndexError):
        stream_xlsx([["a", "b"]], ["一"])


@pytest.mark.parametrize("make", [stream_csv, stream_xlsx])
def test_A03_export_of_any_length_keeps_its_memory(make):
    row = ["千葉 花子", 5, None, "東京都港区芝公園"] * 10
    make([row] * 50, ["列"] * 40)  # what is loaded once
    tracemalloc.start()
    export = make((row for _ in range(4_000)), ["列"] * 40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert export.rows == 4_000 and peak < 8_000_000


def test_A03_export_is_handed_out_once_and_nothing_stays_on_the_disk(files):
    export = stream_csv([["一"]], ["数"])
    answer = export_file(export, name="申請一覧 令和8年/4月\u202e")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Disposition"].endswith("4%E6%9C%88.csv")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    export.file.close()
    assert list(files.rglob("*")) == []


def test_A03_rows_that_fail_leave_nothing(files):
    def rows():
        yield ["一"]
        raise LookupError

    for make in (stream_csv, stream_xlsx):
        with pytest.raises(LookupError):
            make(rows(), ["数"])
    assert list(files.rglob("*")) == []
