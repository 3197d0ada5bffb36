"""日付の読取り: every form of the look's table of what is taken in, and every refusal with the part it names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.calendars.rules.reading import DateRefused, parse_date, read_parts

TODAY = date(2026, 11, 21)
APRIL_1 = date(2026, 4, 1)


@pytest.mark.parametrize(
    "written",
    [
        "令和8年4月1日",
        "令和８年４月１日",
        " 令和 8年 4月 1日\u3000",
        "\u200b令和8年4月1日\ufeff",
        "令和八年四月一日",
        "令8.4.1",
        "R8.4.1",
        "Ｒ８．４．１",
        "r8/4/1",
        "R8-4-1",
        "R8－4‐1",
        "R080401",
        "㋿8年4月1日",
        "2026-04-01",
        "2026/4/1",
        "2026.4.1",
        "２０２６／４／１",
        "2026年4月1日",
        "2026—04—01",
        "2026ー04ー01",
        "20260401",
        "5080401",
        "令和8年4月1日（水）",
        "令和8年4月1日(水曜日)",
        "令和8年4月1日水曜日",
        "令和8年（2026年）4月1日",
        "2026年（令和8年）4月1日",
    ],
)
def test_a_clerk_writes_a_date_as_they_like(written: str) -> None:
    reading = parse_date(written, today=TODAY)
    assert (reading.on, reading.echo_text) == (APRIL_1, "")


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("4010108", date(1989, 1, 8)),
        ("3640107", date(1989, 1, 7)),
        ("㍻元年1月8日", date(1989, 1, 8)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("昭和三十九年十月十日", date(1964, 10, 10)),
    ],
)
def test_both_names_of_a_day_on_which_an_era_changed_are_kept_as_written(written: str, on: date) -> None:
    reading = parse_date(written, today=TODAY)
    assert (reading.on, reading.echo_text) == (on, "")


@pytest.mark.parametrize(
    ("written", "on", "echo"),
    [
        ("平成31年5月1日", date(2019, 5, 1), "令和元年5月1日として扱います"),
        ("昭和64年2月1日", date(1989, 2, 1), "平成元年2月1日として扱います"),
        ("平成元年1月7日", date(1989, 1, 7), "昭和64年1月7日として扱います"),
        ("大正15年12月26日", date(1926, 12, 26), "昭和元年12月26日として扱います"),
        ("昭和100年1月1日", date(2025, 1, 1), "令和7年1月1日として扱います"),
        ("4/1", APRIL_1, "令和8年4月1日（水）として扱います"),
        ("4月1日", APRIL_1, "令和8年4月1日（水）として扱います"),
        ("今日", TODAY, "令和8年11月21日（土）として扱います"),
        ("明日", date(2026, 11, 22), "令和8年11月22日（日）として扱います"),
        ("+7", date(2026, 11, 28), "令和8年11月28日（土）として扱います"),
        ("＋７日", date(2026, 11, 28), "令和8年11月28日（土）として扱います"),
        ("−1", date(2026, 11, 20), "令和8年11月20日（金）として扱います"),
    ],
)
def test_what_is_taken_otherwise_than_written_is_echoed(written: str, on: date, echo: str) -> None:
    reading = parse_date(written, today=TODAY)
    assert (reading.on, reading.echo_text) == (on, echo)


AMBIGUOUS = "年が2通りに読めます。R8.4.1 か 2026/4/1 の形で入力してください。"


@pytest.mark.parametrize(
    ("written", "part", "message"),
    [
        ("", None, "日付を入力してください。"),
        ("26/4/1", "year", AMBIGUOUS),
        ("080401", "year", AMBIGUOUS),
        ("8年4月1日", "year", AMBIGUOUS),
        ("元年5月1日", "year", AMBIGUOUS),
        ("令和8年4月31日", "day", "日は1から30の間で入力してください。"),
        ("2026-02-29", "day", "日は1から28の間で入力してください。"),
        ("2028-02-30", "day", "日は1から29の間で入力してください。"),
        ("2026/13/1", "month", "月は1から12の間で入力してください。"),
        ("R8.0.1", "month", "月は1から12の間で入力してください。"),
        ("2/29", "day", "日は1から28の間で入力してください。"),
        ("R0.4.1", "year", "年は1（元年）からの数で入力してください。"),
        (
            "明治5年12月2日",
            "year",
            "日付を確かめてください。1873年（明治6年）1月1日以降の日付を入力してください。",
        ),
        (
            "1872-12-31",
            "year",
            "日付を確かめてください。1873年（明治6年）1月1日以降の日付を入力してください。",
        ),
        ("令和31年4月1日", "year", "日付を確かめてください。2049年はずっと先です。"),
        ("9999-12-31", "year", "日付を確かめてください。9999年はずっと先です。"),
        ("R9999.1.1", "year", "日付を確かめてください。9999年はずっと先です。"),
        ("令和8年4月1日（木）", "day", "曜日が合いません。令和8年4月1日は水曜日です。"),
        ("令和8年（2025年）4月1日", "year", "西暦と元号の年が合いません。どちらかを直してください。"),
        ("来週の火曜", None, "日付を読み取れません。R8.4.1 か 2026/4/1 の形で入力してください。"),
        ("2026/4/1/1", None, None),
        ("X8.4.1", None, None),
        ("4" * 5000, None, None),
        ("+99999", None, None),
    ],
)
def test_a_clerk_is_told_which_part_is_wrong(written: str, part: str | None, message: str | None) -> None:
    with pytest.raises(DateRefused) as refused:
        parse_date(written, today=TODAY)
    if message is not None:
        assert (refused.value.part, str(refused.value)) == (part, message)


def test_forms_without_a_year_need_to_know_today() -> None:
    for written in ("4/1", "今日", "+7"):
        with pytest.raises(DateRefused) as refused:
            parse_date(written)
        assert refused.value.code == "no_today"


@pytest.mark.parametrize(
    ("parts", "on", "echo"),
    [
        (("R", "8", "4", "1"), APRIL_1, ""),
        (("R", "８", "０４", "０１"), APRIL_1, ""),
        (("R", "8年", "4月", "1日"), APRIL_1, ""),
        (("R", "元", "5", "1"), date(2019, 5, 1), ""),
        ((None, "2026", "4", "1"), APRIL_1, ""),
        (("", "2026", "4", "1"), APRIL_1, ""),
        (("H", "31", "5", "1"), date(2019, 5, 1), "令和元年5月1日として扱います"),
        (("S", "64", "2", "1"), date(1989, 2, 1), "平成元年2月1日として扱います"),
        (("R", "2026", "4", "1"), APRIL_1, "令和8年4月1日として扱います"),
        (("S", "45", "12", "25"), date(1970, 12, 25), ""),
    ],
)
def test_a_resident_gives_a_date_in_parts(
    parts: tuple[str | None, str, str, str], on: date, echo: str
) -> None:
    reading = read_parts(*parts, today=TODAY)
    assert (reading.on, reading.echo_text) == (on, echo)


@pytest.mark.parametrize(
    ("parts", "part", "message"),
    [
        (("", "8", "4", "1"), "era", "日付の元号を選んでください。"),
        (("R", "", "4", "1"), "year", "日付の年を入力してください。"),
        (("R", "8", "", "1"), "month", "日付の月を入力してください。"),
        (("R", "8", "4", ""), "day", "日付の日を入力してください。"),
        (("R", "8", "4", "31"), "day", "日は1から30の間で入力してください。"),
        (("R", "8", "x", "1"), "month", "月は1から12の間で入力してください。"),
        (("R", "x", "4", "1"), "year", "年は数字か「元」で入力してください。"),
        (
            (None, "26", "4", "1"),
            "year",
            "年が2通りに読めます。元号を選ぶか、西暦の年を4桁で入力してください。",
        ),
        (
            ("H", "2026", "4", "1"),
            "year",
            "2026年は平成ではありません。西暦を選ぶか、平成の年を入力してください。",
        ),
    ],
)
def test_a_resident_is_told_which_box_is_wrong(
    parts: tuple[str | None, str, str, str], part: str, message: str
) -> None:
    with pytest.raises(DateRefused) as refused:
        read_parts(*parts, today=TODAY)
    assert (refused.value.part, str(refused.value)) == (part, message)


@given(st.text(alphabet="令和平成昭大正明治元年月日RHSTM0123456789.-/（）水+ 　ー", max_size=20))
def test_whatever_is_typed_is_a_date_or_a_refusal_with_a_sentence(written: str) -> None:
    try:
        reading = parse_date(written, today=TODAY)
    except DateRefused as refused:
        assert str(refused).endswith("。")
        assert "%(" not in str(refused)
    else:
        assert date(1873, 1, 1) <= reading.on <= date(2046, 12, 31)
