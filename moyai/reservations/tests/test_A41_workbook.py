"""A41 マスタ登録ツール: the workbook alone — what goes out comes in again, and what is wrong is named row by row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moyai.reservations.demo import masters_of_demo
from moyai.reservations.workbook import reading
from moyai.reservations.workbook.checks import faults
from moyai.reservations.workbook.columns import Column, Wrong, read, write
from moyai.reservations.workbook.differences import differences
from moyai.reservations.workbook.layouts import canonical, layouts
from moyai.reservations.workbook.merging import merged
from moyai.reservations.workbook.nouns import BARRIER_FREE, NOUNS, PER, STEPS, Masters, nothing
from moyai.reservations.workbook.whole import Loaded, read_workbook, workbook_of

TODAY = date(2026, 11, 21)
BODY = {"code": "121002", "name": "千葉市"}


@pytest.fixture(scope="module")
def demo() -> Masters:
    return masters_of_demo("千葉市", TODAY, city=True)


@pytest.fixture(scope="module")
def book(demo: Masters) -> bytes:
    return workbook_of(demo, **BODY)


def changed(book: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook as a clerk would save it again."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    change(opened)
    saved = io.BytesIO()
    opened.save(saved)
    return saved.getvalue()


def errors(data: bytes) -> list[tuple[str, int, str]]:
    return [(one.sheet, one.row, one.column) for one in read_workbook(data, **BODY).errors]


def cells(data: bytes) -> list[Any]:
    opened = openpyxl.load_workbook(io.BytesIO(data))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in opened.worksheets]


def taken(before: Masters, loaded: Loaded) -> Masters:
    return merged(before, loaded.masters, TODAY, loaded.kinds)


# --- out and in -----------------------------------------------------------------------------------------


def test_the_demo_comes_back_without_a_difference_and_goes_out_the_same(demo: Masters, book: bytes) -> None:
    loaded = read_workbook(book, **BODY)
    assert loaded.errors == []
    assert loaded.masters == demo
    assert differences(demo, taken(demo, loaded)) == []
    again = workbook_of(taken(nothing(), loaded), **BODY)
    assert again == book
    assert cells(again) == cells(book)


def test_a_spreadsheet_that_saves_it_changes_nothing(demo: Masters, book: bytes) -> None:
    loaded = read_workbook(changed(book, lambda opened: None), **BODY)
    assert (loaded.errors, loaded.masters) == ([], demo)


def test_every_kind_of_policy_has_sheets_with_titles_of_their_own() -> None:
    titles = [how.title for how in layouts()] + [one.title for how in layouts() for one in how.lists]
    assert len(titles) == len(set(titles)) and max(map(len, titles)) <= 31
    for wanted in ("料金表", "割増", "減免", "取消料", "申込期間", "上限", "開館日", "休館日", "抽選"):
        assert wanted in titles
    for how in layouts():
        for columns in (how.columns, *(one.columns for one in how.lists)):
            assert len({column.head for column in columns}) == len(columns)


CODES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp", "Zs")), max_size=20
)
NAMES = TEXTS.filter(bool)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@st.composite
def some_masters(draw: st.DrawFn) -> Masters:
    """Masters as a body might keep them, of any shape; every value is one that a form would give."""
    made = nothing()

    def add(noun: str, **facts: Any) -> None:
        row = NOUNS[noun].row(**facts)
        made[noun][NOUNS[noun].key_of(row)] = row

    purposes = draw(st.lists(CODES, max_size=3, unique=True))
    for code in purposes:
        add("purposes", code=code, name=draw(NAMES), kind=draw(TEXTS))
    for facility in draw(st.lists(CODES, min_size=1, max_size=2, unique=True)):
        add(
            "facilities",
            code=facility,
            name=draw(NAMES),
            kana="シセツ",
            category=draw(NAMES),
            address=draw(NAMES),
            note="\n".join(draw(st.lists(NAMES, max_size=3))),
            postal_code=draw(st.sampled_from(["", "2600001"])),
            phone=draw(st.sampled_from(["", "+81432455111"])),
            latitude=draw(st.none() | st.decimals(21, 45, places=6)),
            barrier_free=tuple(one for one in BARRIER_FREE if draw(st.booleans())),
            published=draw(st.booleans()),
            position=draw(st.integers(0, 100_000)),
            used_from=draw(DAYS),
            used_until=draw(st.none() | st.just(date(2099, 12, 31))),
        )
        rooms = draw(st.lists(CODES, max_size=2, unique=True))
        for room in rooms:
            step = draw(st.sampled_from(list(STEPS)))
            add(
                "rooms", facility=facility, code=room, name=draw(NAMES), step_minutes=step, alone=True,
                prepare_minutes=int(step) * draw(st.integers(0, 3)), published=False, used_from=draw(DAYS),
                capacity=draw(st.none() | st.integers(1, 1_000_000)),
                area_m2=draw(st.none() | st.decimals(0, 999_999, places=2)),
                purposes=tuple(sorted(code for code in purposes if draw(st.booleans()))), summary=draw(TEXTS),
            )  # fmt: skip
            parts = draw(st.lists(CODES, min_size=1, max_size=3, unique=True))
            for part in parts:
                add("parts", facility=facility, room=room, code=part, name=draw(NAMES))
            for unit in draw(st.lists(CODES, min_size=1, max_size=2, unique=True)):
                some = draw(st.sets(st.sampled_from(parts), min_size=1))
                add("units", facility=facility, room=room, code=unit, name=draw(NAMES), parts=tuple(sorted(some)))
            cuts = sorted(draw(st.sets(st.integers(0, 1440), max_size=6))) if step == "0" else []
            for number, (starts, ends) in enumerate(zip(cuts[::2], cuts[1::2], strict=False)):
                add(
                    "frames", facility=facility, room=room, code=f"f{number}", name=draw(NAMES), starts=starts, ends=ends,
                    used_from=date(2020, 1, 1), weight=draw(st.integers(1, 20)),
                )  # fmt: skip
            opens = draw(st.integers(0, 1439))
            add(
                "special_days", facility=facility, room=draw(st.sampled_from(["", room])), day=draw(DAYS), kind="open",
                opens=opens, closes=draw(st.integers(opens + 1, 1440)), reason=draw(NAMES),
            )  # fmt: skip
        add(
            "equipment", facility=facility, code=draw(CODES), name=draw(NAMES), stock=draw(st.integers(0, 10_000)),
            yen=draw(st.integers(0, 10_000_000)), per=draw(st.sampled_from(list(PER))),
            rooms=tuple(sorted(room for room in rooms if draw(st.booleans()))),
        )  # fmt: skip
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(some_masters())
def test_any_masters_come_back_as_they_went_out(made: Masters) -> None:
    assert faults(made, TODAY) == []
    data = workbook_of(made, **BODY)
    loaded = read_workbook(data, **BODY)
    assert loaded.errors == []
    assert taken(made, loaded) == made
    assert differences(made, taken(made, loaded)) == []
    assert workbook_of(taken(made, loaded), **BODY) == data


def test_a_document_is_the_same_after_a_second_way_through_the_sheets(demo: Masters) -> None:
    for row in demo["policies"].values():
        once = canonical(row["kind"], row["document"])
        assert once == row["document"] == canonical(row["kind"], once)


def test_text_that_looks_like_a_formula_or_an_escape_stays_text() -> None:
    made = nothing()
    for number, name in enumerate(("=1+1", "+81", "@SUM(A1)", "_x0041_", "'quoted", "a_x000D_b")):
        row = NOUNS["purposes"].row(code=f"p{number}", name=name)
        made["purposes"][(row["code"],)] = row
    loaded = read_workbook(workbook_of(made, **BODY), **BODY)
    assert loaded.errors == [] and loaded.masters["purposes"] == made["purposes"]


def test_cells_are_read_as_people_and_spreadsheets_write_them() -> None:
    clock = Column("at", "時刻", "time")
    for raw in ("9:00", "９：００", "9時00分", time(9), 0.375):
        assert read(clock, raw) == 540
    assert read(clock, 1.0) == read(clock, "24:00") == 1440
    day = Column("on", "日付", "date")
    for raw in ("2026-04-01", "令和8年4月1日", "R8.4.1", date(2026, 4, 1)):
        assert read(day, raw) == date(2026, 4, 1)
    assert read(Column("n", "数", "whole", most=9_999), "１，２３４") == 1_234
    assert read(Column("d", "面積", "decimal", most=999, places=2), "12.5") == Decimal("12.50")
    assert read(Column("c", "分類", "choice", words=PER), "1回につき") == "use"
    for column, raw in (
        (clock, "25:00"),
        (clock, "朝"),
        (day, "4月31日"),
        (day, "いつか"),
        (Column("n", "数", "whole", most=10), "11"),
        (Column("n", "数", "whole", most=10), "1.5"),
        (Column("d", "面積", "decimal", most=999, places=2), "1.234"),
        (Column("d", "面積", "decimal", most=999, places=2), "NaN"),
        (Column("c", "コード", "code"), "体育館"),
        (Column("c", "コード", "code"), "a" * 21),
        (Column("t", "名前", most=3), "1234"),
        (Column("t", "名前"), "a\x01b"),
        (Column("f", "公開", "flag"), "たぶん"),
        (Column("c", "分類", "choice", words=PER), "1日につき"),
        (Column("t", "名前", required=True), "　"),
    ):
        with pytest.raises(Wrong):
            read(column, raw)
    assert write(Column("f", "公開", "flag"), False) is None


# --- rows that are wrong --------------------------------------------------------------------------------


def test_each_wrong_row_is_named_by_sheet_row_and_column(book: bytes) -> None:
    def change(opened: Any) -> None:
        opened["施設"]["B2"] = None
        opened["室場"]["J3"] = "45分"
        opened["コマ"]["F4"] = "25:00"
        opened["備品"]["F2"] = "-1"
        opened["利用目的"]["A3"] = opened["利用目的"]["A2"].value
        opened["料金表"]["R2"] = "ただ"

    found = read_workbook(changed(book, change), **BODY).errors
    assert {(one.sheet, one.row, one.column) for one in found} == {
        ("施設", 2, "施設名"),
        ("室場", 3, "時間の取り方"),
        ("コマ", 4, "開始"),
        ("備品", 2, "数量"),
        ("利用目的", 3, "利用目的コード"),
        ("料金表", 2, "料金"),
    }
    texts = {one.sheet: one.text for one in found}
    assert texts["施設"] == "必ず入れてください。"
    assert texts["室場"] == "「45分」は使えません。コマ、15分、30分、1時間から選んでください。"
    assert texts["利用目的"] == "2行目と同じコードの行です。"


def test_formulas_are_refused_where_they_stand(book: bytes) -> None:
    def change(opened: Any) -> None:
        opened["施設"]["B2"] = '=HYPERLINK("http://example.com","x")'
        opened["料金表"]["R3"] = "=1000*2"

    assert errors(changed(book, change)) == [("施設", 2, "施設名"), ("料金表", 3, "料金")]


def test_unknown_missing_and_double_heads_and_sheets_are_named(book: bytes) -> None:
    def change(opened: Any) -> None:
        opened["施設"]["B1"] = "しせつめい"
        opened["備品"]["B1"] = "備品名"
        opened.create_sheet("メモ")
        del opened["減免"]

    found = set(errors(changed(book, change)))
    assert {("施設", 1, "しせつめい"), ("施設", 1, "施設名"), ("備品", 1, "備品名"), ("備品", 1, "備品コード")} <= found
    assert ("メモ", 0, "") in found and ("使用料", 0, "") in found


def test_columns_may_stand_in_another_order_and_sheets_may_be_left_out(demo: Masters, book: bytes) -> None:
    def change(opened: Any) -> None:
        sheet = opened["利用目的"]
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        for at, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                sheet.cell(at, place).value = value
        for title in opened.sheetnames:
            if title not in ("はじめに", "利用目的"):
                del opened[title]

    loaded = read_workbook(changed(book, change), **BODY)
    assert loaded.errors == [] and set(loaded.masters) == {"purposes"}
    assert taken(demo, loaded) == demo


def test_rows_that_are_gone_end_today_or_go(demo: Masters, book: bytes) -> None:
    def change(opened: Any) -> None:
        opened["利用単位"].delete_rows(2)
        opened["臨時開館・休館"].delete_rows(2)
        opened["使用料"].delete_rows(2)

    loaded = read_workbook(changed(book, change), **BODY)
    after = taken(demo, loaded)
    found = differences(demo, after)
    assert {(one.noun, one.what) for one in found if one.noun != "policies"} == {
        ("units", "ended"),
        ("special_days", "removed"),
    }
    ended = next(one for one in found if one.noun == "units")
    assert [(c.head, c.before, c.after) for c in ended.changes] == [("利用終了日", "", "2026-11-21")]


def test_what_does_not_fit_together_is_named_with_its_column() -> None:
    made = masters_of_demo("千葉市", TODAY, city=False)
    rooms, frames = made["rooms"], made["frames"]
    rooms["undo-koen", "arena"] |= {"purposes": ("golf",), "prepare_minutes": 10}
    rooms["undo-koen", "budo"] |= {"main": "arena-2"}
    made["units"]["undo-koen", "arena", "all"] |= {"parts": ("q1", "q9")}
    key = next(key for key in frames if key[:3] == ("undo-koen", "arena", "pm"))
    frames[key] |= {"starts": 600}
    made["equipment"]["undo-koen", "net"] |= {"rooms": ("pool",)}
    closed = next(iter(made["special_days"].values()))
    closed["opens"] = 540
    found = {(one.noun, one.column) for one in faults(made, TODAY)}
    assert found == {
        ("rooms", "purposes"),
        ("rooms", "prepare_minutes"),
        ("rooms", "main"),
        ("units", "parts"),
        ("frames", "starts"),
        ("equipment", "rooms"),
        ("special_days", "opens"),
    }


# --- what is no workbook of ours ------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(reading.Unreadable) as caught:
        read_workbook(data, **BODY)
    return caught.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"facility,name\n1,2\n",
        b"%PDF-1.7",
        b"PK\x03\x04broken",
        zipped(**{"word__document.xml": b"<x/>"}),
        zipped(**{"xl__workbook.xml": b"<x/>"}),
        zipped(**{"xl__workbook.xml": b"not xml at all"}),
        zipped(**{"xl__workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        zipped(**{"xl__workbook.xml": '<?xml version="1.0"?><x/>'.encode("utf-16")}),
    ],
    ids=["empty", "csv", "pdf", "broken", "word", "no sheets", "no xml", "entities", "utf-16"],
)
def test_what_is_no_workbook_is_refused_in_one_sentence(data: bytes) -> None:
    assert refused(data).startswith("Excelブック（.xlsx）として読み取れません。")


def test_an_old_or_locked_workbook_and_one_with_macros_are_refused() -> None:
    assert "パスワード" in refused(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "マクロ" in refused(zipped(**{"xl__workbook.xml": b"<x/>", "xl__vbaProject.bin": b"x"}))


def test_a_file_of_50_megabytes_is_refused_before_it_is_opened() -> None:
    assert refused(b"PK\x03\x04" + b"\0" * 50_000_000).startswith("ファイルが大きすぎます。")


def test_what_would_unpack_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_UNPACKED", 3_000_000)
    bomb = zipped(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": b" " * 4_000_000})
    assert len(bomb) < 20_000
    assert refused(bomb) == "ブックの中身が大きすぎます。書き出したブックの形のままにしてください。"
    many = zipped(**{"xl__workbook.xml": b"<x/>"}, **{f"part{number}.xml": b"<x/>" for number in range(501)})
    assert refused(many).startswith("ブックの中身が大きすぎます。")


def test_more_rows_than_a_hundred_thousand_are_refused(book: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(opened: Any) -> None:
        opened["備品"]["A1048576"] = "gym"  # one cell at the very end makes a million rows

    assert refused(changed(book, change)).startswith("行が多すぎます。")


def test_another_bodys_workbook_and_any_other_workbook_are_refused(demo: Masters) -> None:
    other = workbook_of(demo, code="122076", name="松戸市")
    assert refused(other).startswith("ほかの団体のブックです。千葉市（団体コード121002）")
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    assert refused(plain.getvalue()).startswith("このシステムから書き出したマスタのブックではありません。")
    empty = changed(other, lambda opened: [opened.remove(s) for s in opened.worksheets[1:]])
    with pytest.raises(reading.Unreadable, match="マスタのシートが1つもありません"):
        read_workbook(empty, code="122076", name="松戸市")
