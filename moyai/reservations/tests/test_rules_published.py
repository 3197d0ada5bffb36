"""規則の公開: opening, periods, limits, eligibility and penalties explain themselves, with any policy (A41)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.rulebook import policy_samples as samples
from moyai.rulebook.public import BadCase, find_rule, quote

ON = date(2026, 10, 1)
NAMES = [
    "reservation-opening",
    "reservation-window",
    "reservation-release",
    "reservation-limit",
    "reservation-eligibility",
    "reservation-penalty",
    "reservation-keep-until",
    "reservation-entry-keep-until",
]


def test_every_example_names_its_source_or_says_that_it_is_an_example() -> None:
    examples = [example for name in NAMES for example in find_rule(name).examples]
    assert len(examples) >= 30
    known = ("の例", "（例）", "方針", "例", "停止は期限の日まで", "在勤の証明の期限の翌日から市外")
    assert all(any(word in example.note for word in known) for example in examples)


def test_a_policy_of_ones_own_is_worked_out_like_an_example() -> None:
    case = {"on": "2026-07-21"}
    own = quote("reservation-opening", {**case, "document": samples.OPENING["hall"]}, on=ON)
    example = quote("reservation-opening", {**case, "policy": "hall"}, on=ON)
    assert own.result == example.result == "休館（祝日の振替の休館日）"
    assert [step.label for step in own.steps] == ["曜日", "祝日", "振替の休館日", "開館"]


@pytest.mark.parametrize(
    ("name", "case", "path"),
    [
        ("reservation-opening", {"on": "2026-07-21"}, "document"),
        ("reservation-opening", {"on": "2026-07-21", "document": {"hours": "終日"}}, "document.hours"),
        (
            "reservation-opening",
            {"on": "2026-07-21", "document": {"hours": [{"opens": 600, "closes": 540}]}},
            "document.hours.0.closes",
        ),
        (
            "reservation-window",
            {
                "on": "2026-07-21",
                "way": "first",
                "document": {"first": [{"from": {"days": 3}, "until": {"minutes": 0}}]},
            },
            "document.first.0.from",
        ),
        (
            "reservation-limit",
            {
                "policy": "gym",
                "on": "2026-07-21",
                "starts": 600,
                "ends": 600,
                "weight": 1,
                "asked_on": "2026-07-01",
            },
            "ends",
        ),
        (
            "reservation-release",
            {
                "document": {"enter_from": {"days": 1, "at": 540}},
                "on": "2026-07-01",
                "minute": 0,
                "use_on": "2026-07-21",
                "starts": 540,
            },
            "document.enter_until",
        ),
        (
            "reservation-penalty",
            {
                "policy": "kanazawa",
                "on": "2026-07-01",
                "given": [{"why": "no_show", "on": "2026-07-02", "days_before": 0}],
            },
            "given",
        ),
    ],
)
def test_a_case_that_cannot_be_is_refused_beside_its_field(
    name: str, case: dict[str, Any], path: str
) -> None:
    with pytest.raises(BadCase) as refused:
        quote(name, case, on=ON)
    assert path in refused.value.fields


def test_a_reader_tries_a_policy_of_his_own(client: Client) -> None:
    document = json.dumps({"hours": [{"opens": 600, "closes": 720}]})
    asked = {"try": "1", "case-policy": "own", "case-document": document, "case-on": "R8.10.1", "on": ""}
    answer = client.get("/rules/reservation-opening/", asked)
    assert answer.status_code == 200
    assert "10:00〜12:00" in answer.content.decode()
    refused = client.get("/rules/reservation-opening/", {**asked, "case-document": "{"})
    assert refused.status_code == 422
    assert "JSONとして読めません" in refused.content.decode()
    without = client.get("/rules/reservation-opening/", {**asked, "case-document": ""})
    assert without.status_code == 422
    assert "定めを入力するか、使う定めを選んでください。" in without.content.decode()
