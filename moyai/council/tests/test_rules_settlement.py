"""決算と返還 (C18, C36-C39, C44, C45, C47): the two settlements of the seed, the 104 yen, refunds that add up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.refunds import Mode, refund
from moyai.council.rules.settlement import (
    Line,
    PrintedLine,
    PrintedSum,
    PrintedTotal,
    Side,
    faults,
    settle,
    triangle,
)

# 平成29年度 特別会計: 科目, 予算額, 決算額, 差引額, 摘要
PROCUREMENT_INCOME = [
    ("負担金", 59_733_000, 59_733_800, -800, (47_924_000, 2_025_000, 9_784_800)),
    ("前年度繰越金", 9_319_000, 9_319_500, -500, (9_319_500,)),
    ("雑入", 10_000, 0, 10_000, ()),
]
PROCUREMENT_EXPENSE = [
    ("共同受付窓口運営費", 45_304_000, 36_438_397, 8_865_603, (34_801_212, 233_631, 557_997, 761_803, 83_754)),
    ("委託料", 2_113_000, 1_758_611, 354_389, (1_758_611,)),
    ("協議会運営雑費", 475_000, 268_455, 206_545, (25_619, 54_480, 13_338, 175_018)),
    ("企業情報使用料", 2_025_000, 2_025_000, 0, (2_025_000,)),
    ("システム改修費", 9_785_000, 9_784_800, 200, (9_784_800,)),
    ("返還金", 9_320_000, 9_319_396, 604, (9_319_396,)),
    ("予備費", 40_000, 0, 40_000, ()),
]  # fmt: skip
APPLICATION_INCOME = [
    ("負担金", 2_599_000, 2_599_000, 0, (2_360_000, 239_000)),
    ("前年度繰越金", 648_000, 647_944, 56, (647_944,)),
    ("雑入", 10_000, 14, 9_986, (14,)),
]
APPLICATION_EXPENSE = [
    ("委託料", 2_247_000, 1_758_611, 488_389, (1_758_611,)),
    ("協議会運営雑費", 352_000, 188_533, 163_467, (25_619, 54_480, 99_308, 9_126)),
    ("返還金", 648_000, 647_944, 56, (647_944,)),
    ("予備費", 10_000, 0, 10_000, ()),
]
Rows = list[tuple[str, int, int, int, tuple[int, ...]]]


def printed(income: Rows, expense: Rows) -> list[PrintedLine]:
    rows = [(Side.INCOME, row) for row in income] + [(Side.EXPENSE, row) for row in expense]
    return [PrintedLine(f"entries.csv:{n}", side, *row) for n, (side, row) in enumerate(rows, 2)]


def lines_of(rows: list[PrintedLine]) -> list[Line]:
    return [Line(row.side, row.name, row.budget_yen, row.actual_yen) for row in rows]


PROCUREMENT = printed(PROCUREMENT_INCOME, PROCUREMENT_EXPENSE)
APPLICATION = printed(APPLICATION_INCOME, APPLICATION_EXPENSE)
TOTALS = {
    "procurement": (
        PrintedTotal("totals.csv:2", Side.INCOME, 69_062_000, 69_053_300, 8_700),
        PrintedTotal("totals.csv:3", Side.EXPENSE, 69_062_000, 59_594_659, 9_467_341),
    ),
    "application": (
        PrintedTotal("totals.csv:4", Side.INCOME, 3_257_000, 3_246_958, 10_042),
        PrintedTotal("totals.csv:5", Side.EXPENSE, 3_257_000, 2_595_088, 661_912),
    ),
}
SUMS = {
    "procurement": (
        PrintedSum("sums.csv:2", Side.INCOME, 69_053_300),
        PrintedSum("sums.csv:3", Side.EXPENSE, 59_594_659),
        PrintedSum("sums.csv:4", None, 9_458_641),
    ),
    "application": (
        PrintedSum("sums.csv:5", Side.INCOME, 3_246_958),
        PrintedSum("sums.csv:6", Side.EXPENSE, 2_595_088),
        PrintedSum("sums.csv:7", None, 651_870),
    ),
}
PAPERS = [("procurement", PROCUREMENT), ("application", APPLICATION)]


@pytest.mark.parametrize(("name", "rows"), PAPERS)
def test_C36_C37_C38_C39_the_settlement_of_the_seed_comes_out_to_the_yen(name, rows) -> None:
    settled = settle(lines_of(rows))
    for total in TOTALS[name]:
        computed = settled.totals[total.side]
        assert computed.budget_yen == total.budget_yen
        assert computed.actual_yen == total.actual_yen
        assert computed.difference_yen == total.difference_yen
    assert settled.surplus_yen == settled.by_differences_yen == SUMS[name][-1].yen
    assert [line.difference_yen for line in settled.lines] == [row.difference_yen for row in rows]


@pytest.mark.parametrize(("name", "rows"), PAPERS)
def test_C36_C37_C38_C39_the_printed_paper_fits_itself(name, rows) -> None:
    assert faults(rows, TOTALS[name], SUMS[name]) == []


def digits_changed(number: int) -> list[int]:
    """Every number that differs from this one in one digit."""
    text = str(abs(number))
    sign = -1 if number < 0 else 1
    return [
        sign * int(text[:place] + other + text[place + 1 :])
        for place in range(len(text))
        for other in "0123456789"
        if other != text[place]
    ]


@pytest.mark.parametrize(("name", "rows"), PAPERS)
def test_C36_C37_C38_C39_one_wrong_digit_anywhere_is_found_in_its_row(name, rows) -> None:
    for place, row in enumerate(rows):
        for column in ("budget_yen", "actual_yen", "difference_yen"):
            for wrong in digits_changed(getattr(row, column)):
                if wrong == getattr(row, column):  # △0 is 0
                    continue
                spoilt = [*rows[:place], replace(row, **{column: wrong}), *rows[place + 1 :]]
                assert faults(spoilt, TOTALS[name], SUMS[name])[0].where == row.where
        for which, part in enumerate(row.parts):
            for wrong in digits_changed(part):
                parts = (*row.parts[:which], wrong, *row.parts[which + 1 :])
                found = faults([*rows[:place], replace(row, parts=parts), *rows[place + 1 :]])
                assert [fault.where for fault in found] == [row.where]
                assert "摘要の合計" in found[0].words


@pytest.mark.parametrize(("name", "rows"), PAPERS)
def test_C36_C37_C38_C39_one_wrong_digit_in_a_total_is_found_in_its_row(name, rows) -> None:
    for total in TOTALS[name]:
        for column in ("budget_yen", "actual_yen", "difference_yen"):
            for wrong in digits_changed(getattr(total, column)):
                found = faults(rows, [replace(total, **{column: wrong})])
                assert [fault.where for fault in found] == [total.where]
    for one in SUMS[name]:
        for wrong in digits_changed(one.yen):
            assert [fault.where for fault in faults(rows, (), [replace(one, yen=wrong)])] == [one.where]


def test_C36_the_refusal_says_what_it_should_have_been() -> None:
    spoilt = [replace(PROCUREMENT[0], actual_yen=59_733_900), *PROCUREMENT[1:]]
    words = [fault.words for fault in faults(spoilt, TOTALS["procurement"], SUMS["procurement"])]
    assert words[0] == (
        "「負担金」の差引額が合いません。59,733,000 − 59,733,900 ＝ △900 ですが、△800 とあります。"
    )
    assert "収入の合計の決算額が合いません。各行の合計は 69,053,400 ですが、69,053,300 とあります。" in words
    assert any(sentence.startswith("差引額が合いません。収入 69,053,400") for sentence in words)
    assert any(sentence.startswith("収入総額が合いません。") for sentence in words)


def test_C44_what_is_below_zero_is_printed_with_a_triangle() -> None:
    assert [triangle(row.difference_yen) for row in PROCUREMENT[:3]] == ["△800", "△500", "10,000"]
    assert triangle(0) == "0"


def test_C45_a_line_on_which_nothing_came_or_went_stays() -> None:
    names = [line.name for line in settle(lines_of(PROCUREMENT)).lines if line.actual_yen == 0]
    assert names == ["雑入", "予備費"]


def test_C16_a_budget_that_does_not_balance_is_refused() -> None:
    lines = lines_of(PROCUREMENT)
    with pytest.raises(Cannot, match="一致しません"):
        settle(lines[:-1])
    with pytest.raises(Cannot, match="2回あります"):
        settle([*lines, lines[0]])
    with pytest.raises(Cannot, match="科目がありません"):
        settle([])


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=8),
)
def test_C47_the_surplus_is_the_same_from_both_columns(income, expense) -> None:
    lines = [Line(Side.INCOME, f"収入{n}", *row) for n, row in enumerate(income)]
    lines += [Line(Side.EXPENSE, f"支出{n}", *row) for n, row in enumerate(expense)]
    short = sum(row[0] for row in income) - sum(row[0] for row in expense)
    side = Side.EXPENSE if short > 0 else Side.INCOME
    lines.append(Line(side, "予備費", abs(short), 0))
    settled = settle(lines)
    assert settled.surplus_yen == settled.by_differences_yen


# --- refunds -----------------------------------------------------------------------------------------------------------

paid = st.dictionaries(
    st.tuples(st.sampled_from(["運営管理費", "企業情報", "改修費"]), st.integers(120_000, 120_060).map(str)),
    st.integers(0, 10**7),
    min_size=1,
    max_size=60,
).filter(lambda table: any(table.values()))


@settings(max_examples=60)
@given(st.integers(0, 10**8), paid)
def test_C18_exact_refunds_add_up_to_the_surplus(base, table) -> None:
    back = refund(base, table, Mode.EXACT)
    assert (back.yen, back.residue_yen) == (base, 0)
    assert sum(part.yen for part in back.parts) == base
    assert all(part.yen == 0 for part in back.parts if part.paid_yen == 0)
    assert all(abs(part.yen - part.quota) < 1 for part in back.parts)


@settings(max_examples=60)
@given(st.integers(0, 10**8), paid)
def test_C18_floored_refunds_leave_less_than_a_yen_for_each_payer(base, table) -> None:
    back = refund(base, table, Mode.FLOORED)
    assert back.yen + back.residue_yen == base
    assert 0 <= back.residue_yen < len(table)
    assert all(0 <= part.quota - part.yen < 1 for part in back.parts)


def test_C18_C47_the_104_yen_that_stay_behind_come_out_in_the_next_surplus() -> None:
    """9,319,500 came in, 9,319,396 went back: the 端数 of 104 is inside the surplus of 9,458,641."""
    settled = settle(lines_of(PROCUREMENT))
    by_name = {(line.side, line.name): line for line in settled.lines}
    carried = by_name[Side.INCOME, "前年度繰越金"].actual_yen
    given_back = by_name[Side.EXPENSE, "返還金"].actual_yen
    assert carried - given_back == 104
    rest = sum(
        line.actual_yen * (1 if side is Side.INCOME else -1)
        for (side, name), line in by_name.items()
        if name not in ("前年度繰越金", "返還金")
    )
    assert settled.surplus_yen == rest + 104
    # 電子申請: the other practice, without 端数.
    application = {(line.side, line.name): line for line in settle(lines_of(APPLICATION)).lines}
    assert (
        application[Side.INCOME, "前年度繰越金"].actual_yen == application[Side.EXPENSE, "返還金"].actual_yen
    )


def test_C18_a_floored_refund_can_leave_just_those_104_yen() -> None:
    """Payers of three cost lines (55, 46 and 56 of them) that bore alike within each: 157 parts lose 104 yen in all."""
    bore = {"運営管理費": (55, 871_000), "企業情報使用料": (46, 40_000), "システム改修費": (56, 172_300)}
    table = {(line, f"12{n:04d}"): yen for line, (count, yen) in bore.items() for n in range(count)}
    back = refund(9_319_500, table, Mode.FLOORED)
    assert (back.yen, back.residue_yen) == (9_319_396, 104)
    exact = refund(9_319_500, table, Mode.EXACT)
    assert (exact.yen, exact.residue_yen) == (9_319_500, 0)


@pytest.mark.parametrize(
    ("base", "table", "words"),
    [
        (-1, {("a", "b"): 1}, "マイナス"),
        (1, {}, "負担した団体がない"),
        (1, {("a", "b"): 0}, "負担した団体がない"),
        (1, {("a", "b"): -1}, "bの負担額"),
    ],
)
def test_C18_a_refund_to_nobody_or_of_less_than_nothing_is_refused(base, table, words) -> None:
    with pytest.raises(Cannot, match=words):
        refund(base, table, Mode.EXACT)


def test_C18_a_refund_in_whole_units_keeps_the_rest() -> None:
    table = {("運営管理費", code): 1 for code in ("a", "b", "c")}
    back = refund(10_000, table, Mode.FLOORED, unit_yen=100)
    assert ({part.body: part.yen for part in back.parts}, back.residue_yen) == (dict.fromkeys("abc", 3_300), 100)
