from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.documents.rules.figures import (
    Column,
    FigureTable,
    Row,
    TableError,
    added,
    all_rows_of,
    shown,
    shown_beside,
)

COLUMNS = [
    Column("online", "電子"),
    Column("paper", "窓口"),
    Column("all", "計", sum_of=("online", "paper")),
]


def table_of(rows, **more):
    return FigureTable("申請件数", "団体", COLUMNS, rows, unit="件", **more)


def test_total_row_and_total_column_meet():
    rows = [Row("a", "千葉市", {"online": 3, "paper": 4}), Row("b", "松戸市", {"online": 10, "paper": None})]
    grid = table_of(all_rows_of(rows)).solved()
    assert [[cell.value for cell in line] for line in grid] == [[3, 4, 7], [10, None, 10], [13, 4, 17]]
    assert [cell.total for cell in grid[0]] == [False, False, True]
    assert all(cell.total for cell in grid[2])


cells = st.one_of(st.none(), st.integers(-(10**15), 10**15), st.decimals(-1000, 1000, places=2))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12))
def test_totals_are_the_sum_of_their_parts_from_both_sides(pairs):
    rows = [Row(str(at), "団体", {"online": one, "paper": two}) for at, (one, two) in enumerate(pairs)]
    grid = table_of(all_rows_of(rows)).solved()
    total = grid[-1]
    for column in range(3):
        assert total[column].value == added([line[column].value for line in grid[:-1]])
    assert total[2].value == added([total[0].value, total[1].value])
    known = [value for pair in pairs for value in pair if value is not None]
    assert total[2].value == (sum(Decimal(value) for value in known) if known else None)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=9), st.integers(-50, 50))
def test_published_total_that_differs_is_shown_with_the_difference(values, gap):
    rows = all_rows_of([Row(str(at), "x", {"online": value, "paper": 0}) for at, value in enumerate(values)])
    table = table_of(rows, published={("total", "all"): sum(values) + gap})
    figure = table.solved()[-1][2]
    assert (figure.value, figure.published, figure.difference) == (sum(values), sum(values) + gap, gap)
    assert bool(table.disagreements()) == bool(gap)
    assert bool(shown_beside(figure, COLUMNS[2])) == bool(gap)


def test_words_for_a_published_total_are_those_of_the_house():
    rows = all_rows_of([Row("a", "x", {"online": 6000, "paper": 598})])
    figure = table_of(rows, published={("total", "all"): 7408}).solved()[-1][2]
    assert shown_beside(figure, COLUMNS[2]) == "公表値 7,408・計算値 6,598（差 810）"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (None, 0, "—"),
        (0, 0, "0"),
        (1234567, 0, "1,234,567"),
        (-1234, 0, "△1,234"),
        (Decimal("-0.04"), 1, "0.0"),
        (Decimal("12.34"), 1, "12.3"),
        (12, 1, "12.0"),
    ],
)
def test_figures_are_printed_as_the_house_prints_them(value, places, text):
    assert shown(value, Column("x", "x", places=places)) == text


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (COLUMNS, [Row("a", "x", {"all": 3})]),
        (COLUMNS, [Row("a", "x", {"nowhere": 3})]),
        (COLUMNS, [Row("a", "x", {"online": 0.5})]),
        (COLUMNS, [Row("a", "x", {"online": Decimal("NaN")})]),
        (COLUMNS, [Row("a", "x"), Row("a", "y")]),
        (COLUMNS, [Row("a", "x", {"online": 3}, sum_of=("b",)), Row("b", "y")]),
        (COLUMNS, [Row("a", "x", sum_of=("b",)), Row("b", "y", sum_of=("a",))]),
        (COLUMNS, [Row("a", "x", sum_of=("gone",))]),
        (COLUMNS, [Row("a", "x", sum_of=("b", "b")), Row("b", "y")]),
        ([Column("p", "p", sum_of=("q",)), Column("q", "q", sum_of=("p",))], [Row("a", "x")]),
    ],
)
def test_a_table_that_contradicts_itself_is_an_error(columns, rows):
    with pytest.raises(TableError):
        FigureTable("x", "x", columns, rows).solved()


def test_a_rate_is_not_added_up():
    columns = [Column("share", "割合", kind="percent", places=1, down=False)]
    rows = all_rows_of([Row("a", "x", {"share": Decimal("12.5")}), Row("b", "y", {"share": Decimal("7.5")})])
    assert FigureTable("x", "x", columns, rows).solved()[-1][0].value is None
