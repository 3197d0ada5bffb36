"""集計: what is counted, and that nothing hidden can be computed back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from moyai.applications.actions.catalogue import install_from_catalogue
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Procedure
from moyai.applications.queries import statistics as counting
from moyai.applications.queries.editions import current_edition
from moyai.applications.secrets import new_token
from moyai.applications.suppression import LEAST, hide_line, hide_table, with_totals
from moyai.audit.public import Deed
from moyai.tenants.public import Actor, clock


# -- suppression -----------------------------------------------------------------------------------------------------
def told(full: list[list[int]], hidden: list[list[bool]]) -> list[tuple[int, int]]:
    """Hidden cells that the sums of rows and columns determine, by elimination over all equations."""
    down, across = len(full), len(full[0])
    cells = [(r, c) for r in range(down) for c in range(across) if hidden[r][c]]
    at = {cell: place for place, cell in enumerate(cells)}
    equations = []
    for line, signs in (
        *(([(r, c) for c in range(across)], r) for r in range(down)),
        *(([(r, c) for r in range(down)], c) for c in range(across)),
    ):
        del signs
        row = [Fraction(0)] * len(cells)
        for cell in line[:-1]:
            if cell in at:
                row[at[cell]] += 1
        if line[-1] in at:
            row[at[line[-1]]] -= 1
        equations.append(row)
    rank_all = rank(equations)
    found = []
    for place, cell in enumerate(cells):  # determined when its unit vector lies in the span of the equations
        unit = [Fraction(int(n == place)) for n in range(len(cells))]
        if rank([*equations, unit]) == rank_all:
            found.append(cell)
    return found


def rank(rows: list[list[Fraction]]) -> int:
    rows = [list(row) for row in rows if any(row)]
    width, found = (len(rows[0]) if rows else 0), 0
    for column in range(width):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(len(rows)):
            if n != found and rows[n][column]:
                factor = rows[n][column] / rows[found][column]
                rows[n] = [a - factor * b for a, b in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def test_A04_no_hidden_cell_of_a_cross_table_can_be_computed() -> None:
    dice = random.Random(4)
    for _turn in range(120):
        down, across = dice.randint(2, 5), dice.randint(2, 5)
        counts = [[dice.choice((0, 1, 2, 3, 4, 5, 7, 12, 40)) for _c in range(across)] for _r in range(down)]
        full, hidden = with_totals(counts), hide_table(counts)
        for r, row in enumerate(full):
            for c, count in enumerate(row):
                assert hidden[r][c] or not 0 < count < LEAST
        assert told(full, hidden) == [], (counts, hidden)


def test_A04_elimination_of_the_test_finds_what_one_hidden_cell_tells() -> None:
    counts = [[1, 20], [30, 40]]
    full = with_totals(counts)
    only = [[(r, c) == (0, 0) for c in range(3)] for r in range(3)]
    assert told(full, only) == [(0, 0)]


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([10, 20, 30], [False, False, False]),
        ([10, 0, 30], [False, False, False]),
        ([3, 20, 30], [True, True, False]),
        ([3, 4, 30], [True, True, False]),
        ([1, 1, 30, 9], [True, True, False, True]),  # a sum of two would tell that each is one
        ([2, 0, 0], [True, True, True]),
        ([3, 0, 0], [True, True, False]),
        ([4], [True]),
    ],
)
def test_A04_small_counts_of_a_question_hide_another_with_them(counts: list[int], hidden: list[bool]) -> None:
    assert hide_line(counts) == hidden


# -- counting --------------------------------------------------------------------------------------------------------
ANSWERS: dict[str, Any] = {
    "age_band": "a30",
    "residence": "city",
    "joined": "no",
}


@pytest.fixture
def survey(in_chiba: datetime, staff: Any) -> Procedure:
    made = install_from_catalogue(
        actor=staff["administrator"], now=in_chiba, sample="survey", code="survey-a04"
    )
    return Procedure.objects.get(pk=made.pk)


def answer(staff: Any, at: datetime, survey: Procedure, **answers: Any) -> Application:
    edition = current_edition(survey)
    assert edition is not None
    with clock.at(at):
        return submit_application(
            actor=Actor.anyone(survey.body),
            now=at,
            edition=edition,
            answers={**ANSWERS, **answers},
            form_token=new_token(),
        )


def test_A04_survey_built_without_code_is_counted_per_day_and_choice(
    survey: Procedure, staff: Any, in_chiba: datetime
) -> None:
    base = in_chiba - timedelta(days=3)
    for turn in range(7):
        answer(staff, base + timedelta(days=turn % 2 * 2), survey, age_band="a30" if turn < 6 else "o70")
    for _turn in range(6):
        answer(staff, in_chiba, survey, age_band="a20", residence={"choice": "other", "text": "海の上"})
    rows = counting.counted(actor=staff["clerk"], procedure=survey)
    days = counting.by_day(rows)
    assert [count for _day, count in days] == [4, 0, 3, 6] and days[0][0] == clock.today(base)
    questions = counting.questions_of(actor=staff["clerk"], procedure=survey)
    found = counting.answered(rows, questions)
    assert found["age_band"].counts == {"a30": 6, "o70": 1, "a20": 6} and found["age_band"].people == 13
    assert found["residence"].counts == {"city": 7, "other": 6}
    table = counting.table_of(found["age_band"])
    shown = {str(row[0]): row[1] for row in table.rows}
    assert shown["70歳以上"] is None and list(shown.values()).count(None) == 2
    by_id = {one.id: one for one in questions}
    cross = counting.cross(rows, by_id["age_band"], by_id["residence"])
    assert cross.rows[-1][-1] == 13 and None in [cell for row in cross.rows for cell in row]


def test_A04_matrix_ranking_and_what_was_undone(survey: Procedure, staff: Any, in_chiba: datetime) -> None:
    everything = dict.fromkeys(("program", "food", "access", "information", "staff"), "s7")
    from moyai.applications import catalogue

    happy = catalogue.example("survey-happy")["answers"]
    for turn in range(6):
        answer(
            staff,
            in_chiba,
            survey,
            **{**happy, "satisfaction": everything | {"food": "s7" if turn else "s5"}},
        )
    gone = answer(staff, in_chiba, survey)
    Application.objects.filter(pk=gone.pk).update(status="withdrawn")
    rows = counting.counted(actor=staff["clerk"], procedure=survey)
    assert rows.count() == 6
    found = counting.answered(rows, counting.questions_of(actor=staff["clerk"], procedure=survey))
    table = counting.table_of(found["satisfaction"])
    by_row = {str(row[0]): row for row in table.rows}
    assert by_row["催しの内容"][-2:] == [6, "7.00"]
    assert by_row["飲食の出店"][-1] is None and None in by_row["飲食の出店"][1:-1]  # 1 of 6 said otherwise
    for one in found.values():
        counting.as_cells(counting.table_of(one))


def test_A04_pages_of_figures(world: Any, client_for: Any, django_assert_max_num_queries: Any) -> None:
    clerk = client_for(world.at_chiba.clerk)
    page = "/chiba-shi/office/procedures/survey/statistics/"
    with django_assert_max_num_queries(25):
        html = clerk.get(page).content.decode()
    assert "クロス集計" in html and "日ごとの回答数" in html
    assert clerk.get(page, {"down": "age_band", "across": "joined"}).status_code == 200
    file = clerk.get(page, {"table": "days"})
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbf")
    assert clerk.get(page, {"table": "nothing"}).status_code == 404
    texts = page + "reason/"
    with world_deeds(world) as before:
        assert clerk.get(texts).status_code == 200
    with world_deeds(world) as after:
        assert after == before + 1
    assert clerk.get(page + "age_band/").status_code == 404
    assert client_for(None).get(page).status_code == 302
    assert client_for(world.at_matsudo.clerk).get(page).status_code == 404


class world_deeds:
    """How many looks at free texts are on record."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def __enter__(self) -> int:
        from moyai.tenants.public import acting_in

        with acting_in(self.world.chiba):
            return Deed.objects.filter(verb="applications.view_texts").count()

    def __exit__(self, *_what: Any) -> None:
        return None
