"""公表された規則: enough worked examples, and refusals beside the field (C17, C18, C36, M3)."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polib
import pytest

from moyai.rulebook.public import BadCase, find_rule, quote

ON = date(2026, 11, 21)
MONEY = [
    "burden-share",
    "burden-supplement",
    "burden-instalments",
    "burden-trial",
    "council-settlement",
    "council-refund",
]
EQUALLY = [{"basis": "equal", "numerator": 1, "denominator": 1}]
BY_PEOPLE = [{"basis": "population", "numerator": 1, "denominator": 1}]
TWO = [{"code": "a"}, {"code": "b"}]
ROOM = Path(__file__).resolve().parent.parent


def test_C17_C18_C36_sharing_refunding_and_settling_have_at_least_forty_examples() -> None:
    assert sum(len(find_rule(name).examples) for name in MONEY) >= 40


def test_C17_the_published_rule_shows_the_paradox_and_the_supplement_avoids_it() -> None:
    share, more = find_rule("burden-share"), find_rule("burden-supplement")
    totals = {example.case["yen"]: example.result for example in share.examples if len(example.result) == 5}
    abu = {total: result[-1]["yen"] for total, result in totals.items()}
    assert (abu[59], abu[60]) == (1, 0)
    first = more.examples[0]
    assert first.case["total_yen"] == 60
    assert first.case["payers"][-1]["decided_yen"] + first.result[-1]["yen"] == 1


def test_C17_each_step_explains_a_share() -> None:
    case = {"yen": 59, "mix": BY_PEOPLE, "payers": find_rule("burden-share").examples[10].case["payers"]}
    steps = quote("burden-share", case, on=ON).steps
    assert sum(step.value for step in steps[2:]) == 59
    ranks = [re.search(r"端数の順位 (\d)", step.formula) for step in steps[2:]]
    assert sorted(int(rank[1]) for rank in ranks if rank) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("name", "case", "field"),
    [
        ("burden-share", {"yen": 1, "mix": BY_PEOPLE, "payers": TWO}, "payers.a"),
        ("burden-share", {"yen": 1, "mix": EQUALLY, "payers": [*TWO, TWO[0]]}, "payers.2.code"),
        ("burden-share", {"yen": 1, "mix": [EQUALLY[0] | {"denominator": 2}], "payers": TWO}, "mix"),
        ("burden-share", {"yen": 1.5, "mix": EQUALLY, "payers": TWO}, "yen"),
        ("burden-trial", {"yen": 5, "mix": EQUALLY, "payers": TWO}, "payers.a"),
        ("council-refund", {"base_yen": 5, "mode": "exact", "paid": [{"cost_line": "a", "code": "b", "paid_yen": 0}]}, "paid"),
        (
            "council-settlement",
            {"lines": [{"side": "income", "name": "負担金", "budget_yen": 1, "actual_yen": 1}]},
            "lines",
        ),
        ("office-rotation", {"bodies": ["a"], "first_year": 2018, "term_years": 1, "fiscal_year": 2017}, "fiscal_year"),
        ("levelled-monthly-fee", {"yen": 1, "months": 2, "first_month": "2018-04-01", "month": "2018-06-01"}, "month"),
        (
            "late-joining",
            {"newcomer": "c", "first_cost_yen": 5, "months": 3, "passed": 0, "mix": EQUALLY, "payers": TWO},
            "newcomer",
        ),
    ],
)  # fmt: skip
def test_M3_a_case_that_cannot_be_worked_out_is_refused_beside_its_field(
    name: str, case: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadCase) as refused:
        quote(name, case, on=ON)
    assert list(refused.value.fields) == [field]


def test_Y25_the_published_turns_follow_each_other() -> None:
    bodies = ["a", "b", "c", "d", "e"]
    case = {"bodies": bodies, "first_year": 2018, "term_years": 2}
    found = [
        quote("office-rotation", {**case, "fiscal_year": year}, on=ON).result for year in range(2018, 2028)
    ]
    assert [found.count(body) for body in bodies] == [2] * 5
    assert sum(one != other for one, other in pairwise(found)) == 4


def test_every_refusal_of_the_rules_has_its_english() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOM / "rules").glob("*.py")))
    texts = set(re.findall(r'^[A-Z_]+ = \(?\s*"([^"]*[ぁ-ん][^"]*)"', source, re.MULTILINE))
    known = polib.pofile(str(ROOM / "locale/en/LC_MESSAGES/django.po"))
    english = {entry.msgid: entry.msgstr for entry in known}
    sentences = {text for text in texts if text.endswith("。")}
    assert len(sentences) > 40
    assert sentences - set(english) == set()
    for sentence in sentences:
        places = set(re.findall(r"%\((\w+)\)s", sentence))
        assert english[sentence]
        assert set(re.findall(r"%\((\w+)\)s", english[sentence])) <= places
