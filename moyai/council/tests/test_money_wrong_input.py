"""会計のページに間違って入力する: any width is read, what cannot be is said beside its field, nothing is stored, no address breaks."""

from __future__ import annotations

from typing import Any

import pytest

from moyai.audit.public import CouncilDeed
from moyai.council.models import (
    AccountLine,
    Budget,
    Burden,
    CostLine,
    Entry,
    LevelPlan,
    Payer,
    SpecialAccount,
    Subsidy,
    UseFigure,
)
from moyai.council.tests.money_setup import YEAR, open_books, pay, shared
from moyai.tenants.public import Population
from moyai.web.demo_council import load_council

BOOK = f"/council/accounts/procurement/{YEAR}/"
LONG, HUGE = "あ" * 500, "9" * 40
KEPT = (
    AccountLine, Budget, Burden, CostLine, CouncilDeed, Entry, LevelPlan, Payer, Population, SpecialAccount, Subsidy, UseFigure,
)  # fmt: skip


@pytest.fixture
def books(world):
    load_council()
    return open_books()


def counts() -> list[int]:
    return [model.objects.count() for model in KEPT]


def right(books, world) -> dict[str, dict[str, Any]]:
    line = books.lines["procurement", "income", "other"].pk
    cost = books.costs["procurement", "works"].pk
    commission = [books.lines[code, "expense", "commission"].pk for code in ("procurement", "applications")]
    return {
        "/council/accounts/new/": {"code": "new-one", "name": "新しい会計", "unit_yen": "1", "from_on": "H29.4.1"},
        f"{BOOK}lines/new/": {"side": "expense", "code": "new-line", "name": "科目", "meaning": "ordinary"},
        f"{BOOK}entries/new/": {"fiscal_year": f"{YEAR}", "line": line, "on": "Ｈ２９．７．１", "yen": "１，０００", "label": "x"},
        "/council/accounts/split/": {
            "name": "人件費", "fiscal_year": f"{YEAR}", "yen": "１００円", "on": "2017-07-01", "line_1": commission[0], "part_1": "１／２",
            "line_2": commission[1], "part_2": "1/2",
        },
        "/council/burdens/new/": {
            "cost_line": cost, "fiscal_year": "2018", "yen": "１００", "payers_on": "H29.4.1", "part_equal": "１", "halves": "halves",
        },
        "/council/burdens/cost-lines/new/": {
            "line": books.lines["procurement", "income", "burden"].pk, "code": "new-cost", "name": "費目", "from_on": "H29.4.1",
            "unit_yen": "１", "part_equal": "1",
        },
        "/council/burdens/cost-lines/uses/new/": {
            "body": world.chiba.code, "service": "procurement", "fiscal_year": "２０１６", "measure": "cases",
            "value": "１２", "source": "実績",
        },
        "/council/burdens/cost-lines/populations/new/": {
            "body": world.chiba.code, "as_of": "平成二十九年九月三十日", "persons": "９７１，８８２", "source": "推計人口",
        },
        "/council/burdens/plans/new/": {"name": "契約", "first_month": "H30.4.1", "months": "１２０", "yen": "１０００"},
        "/council/burdens/subsidies/new/": {
            "body": world.chiba.code, "fiscal_year": "2020", "name": "整備", "households": "９９", "cost_yen": "１０００",
            "decided_on": "R2.6.1",
        },
    }  # fmt: skip


WRONG = [
    ("/council/accounts/new/", {"code": "だめ"}), ("/council/accounts/new/", {"name": LONG}),
    ("/council/accounts/new/", {"from_on": "H29.2.30"}), ("/council/accounts/new/", {"unit_yen": "7"}),
    (f"{BOOK}lines/new/", {"code": "a b"}), (f"{BOOK}lines/new/", {"name": LONG}), (f"{BOOK}lines/new/", {"side": "none"}),
    (f"{BOOK}entries/new/", {"yen": "-1"}), (f"{BOOK}entries/new/", {"yen": "△１"}), (f"{BOOK}entries/new/", {"yen": "0"}),
    (f"{BOOK}entries/new/", {"yen": HUGE}), (f"{BOOK}entries/new/", {"yen": "1.5"}), (f"{BOOK}entries/new/", {"label": LONG}),
    (f"{BOOK}entries/new/", {"on": "H28.3.31"}), (f"{BOOK}entries/new/", {"on": "99999"}), (f"{BOOK}entries/new/", {"line": HUGE}),
    (f"{BOOK}entries/new/", {"fiscal_year": "0"}), (f"{BOOK}entries/new/", {"fiscal_year": HUGE}),
    ("/council/accounts/split/", {"part_1": "1/0"}), ("/council/accounts/split/", {"part_1": "-1/2"}),
    ("/council/accounts/split/", {"part_1": "９" * 5_000}), ("/council/accounts/split/", {"yen": HUGE}),
    ("/council/accounts/split/", {"name": LONG}),
    ("/council/accounts/split/", {"part_3": "1/2"}),
    ("/council/accounts/split/", {"part_2": "1/3"}),
    ("/council/burdens/new/", {"yen": "-1"}), ("/council/burdens/new/", {"yen": HUGE}), ("/council/burdens/new/", {"part_equal": "2"}),
    ("/council/burdens/new/", {"part_equal": "0.5"}), ("/council/burdens/new/", {"actual": "121002, -1"}),
    ("/council/burdens/new/", {"actual": "000000, 1"}), ("/council/burdens/new/", {"actual": "121002"}),
    ("/council/burdens/new/", {"actual": "121002, 1\n１２１００２、2"}), ("/council/burdens/new/", {"fixed_yen": "-1"}),
    ("/council/burdens/new/", {"payers_on": "H28.4.1"}), ("/council/burdens/new/", {"part_use": "1", "part_equal": ""}),
    ("/council/burdens/new/", {"fiscal_year": "2200"}), ("/council/burdens/new/", {"halves": "thirds"}),
    ("/council/burdens/cost-lines/new/", {"unit_yen": "0"}), ("/council/burdens/cost-lines/new/", {"name": LONG}),
    ("/council/burdens/cost-lines/new/", {"part_equal": "1/2"}), ("/council/burdens/cost-lines/new/", {"line": "0"}),
    ("/council/burdens/cost-lines/uses/new/", {"value": "-1"}), ("/council/burdens/cost-lines/uses/new/", {"value": HUGE}),
    ("/council/burdens/cost-lines/uses/new/", {"measure": "件数"}), ("/council/burdens/cost-lines/uses/new/", {"source": LONG}),
    ("/council/burdens/cost-lines/populations/new/", {"persons": "-1"}),
    ("/council/burdens/cost-lines/populations/new/", {"persons": HUGE}),
    ("/council/burdens/cost-lines/populations/new/", {"as_of": "R99.1.1"}),
    ("/council/burdens/plans/new/", {"months": "0"}), ("/council/burdens/plans/new/", {"months": HUGE}),
    ("/council/burdens/plans/new/", {"yen": "-1"}), ("/council/burdens/plans/new/", {"name": LONG}),
    ("/council/burdens/subsidies/new/", {"households": "-1"}), ("/council/burdens/subsidies/new/", {"cost_yen": HUGE}),
    ("/council/burdens/subsidies/new/", {"decided_on": "H22.6.1"}), ("/council/burdens/subsidies/new/", {"name": LONG}),
]  # fmt: skip


@pytest.fixture
def secretary(books, world, client_for):
    pay(books, "procurement", "works", [world.chiba, world.matsudo])
    return client_for(world.secretary)


def test_wrong_input_is_said_beside_its_field_and_nothing_is_stored(books, world, secretary) -> None:
    given = right(books, world)
    before = counts()
    answers = {}
    for where, wrong in WRONG:
        answer = secretary.post(where, {**given[where], **wrong})
        answers[where, next(iter(wrong)), str(next(iter(wrong.values())))[:20]] = answer.status_code
        assert counts() == before, (where, wrong)
    assert {at: status for at, status in answers.items() if status != 422} == {}


def test_any_width_and_any_form_of_a_date_is_read(books, world, secretary) -> None:
    for where, posted in right(books, world).items():
        assert secretary.post(where, posted).status_code == 302, where
    entry = Entry.objects.get(label="x")
    assert (entry.yen, entry.on.isoformat()) == (1_000, "2017-07-01")
    assert sorted(Entry.objects.filter(split__isnull=False).values_list("yen", flat=True)) == [50, 50]
    assert Population.objects.filter(body=world.chiba, as_of="2017-09-30", persons=971_882).exists()


@pytest.mark.parametrize("year", ["0", "1", "1989", "2101", "9999", "10000", HUGE])
def test_a_book_of_no_year_is_absent(secretary, year) -> None:
    for tail in ("", "close/", "lines/new/", "entries/", "entries/new/"):
        assert secretary.get(f"/council/accounts/procurement/{year}/{tail}").status_code == 404, tail
    assert secretary.get(f"/council/budgets/procurement/{year}/").status_code == 404


@pytest.mark.parametrize("asked", ["²", "１", "-1", HUGE, "x", ""])
def test_a_broken_key_in_an_address_is_none(books, secretary, world, client_for, asked) -> None:
    shared(books.costs["procurement", "works"], 100)
    for where in (
        f"{BOOK}entries/?before={asked}", f"/council/burdens/bills/?before={asked}", f"/council/burdens/?fiscal_year={asked}",
        f"/council/budgets/?fiscal_year={asked}", f"/council/burdens/plans/?fiscal_year={asked}",
    ):  # fmt: skip
        assert secretary.get(where).status_code in (200, 422), where
    assert secretary.get(f"{BOOK}entries/?line={asked}").status_code == (404 if asked else 200)
    member = client_for(world.at_chiba.clerk)
    assert member.get(f"/chiba-shi/office/council/bills/?before={asked}").status_code == 200
