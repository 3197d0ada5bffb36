"""規則: versions in force, closed and bounded cases, nothing ever silently zero. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from moyai.rulebook.fields import case_of, choice, day, list_of, text, whole, yen, yes_no
from moyai.rulebook.registry import all_rules, empty_registry, find_rule, rule
from moyai.rulebook.rules import (
    BadCase,
    BrokenRule,
    Example,
    MissingParameter,
    NoVersion,
    Rule,
    Step,
    Terms,
    UnknownRule,
    Version,
    Worked,
)

CHIBA = "121002"
ON = date(2026, 4, 1)


def copy_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """1通ごとに手数料を徴収する。"""
    each = Step("1通の手数料", terms["copy_yen"], unit="円")
    total = Step("手数料", each.value * case["copies"], unit="円")
    return total.value, [each, total]


VERSIONS = [
    Version(
        from_on=date(2000, 4, 1), until_on=date(2019, 9, 30), parameters={"copy_yen": 300}, source="旧条例"
    ),
    Version(from_on=date(2019, 10, 1), parameters={"copy_yen": 350}, source="条例"),
    Version(from_on=date(2026, 4, 1), body_code=CHIBA, parameters={"copy_yen": 200}, source="千葉市条例"),
]
EXAMPLES = [Example({"copies": n}, 350 * n, on=ON) for n in (1, 2, 10)]


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    with empty_registry():
        yield


def publish(**changes: Any) -> Rule:
    description: dict[str, Any] = {
        "title": ("写しの手数料", "Copy fee"),
        "source": "手数料条例",
        "input": case_of(copies=whole("通数", "Copies", 1, 10)),
        "output": yen("手数料", "Fee"),
        "terms": {"copy_yen": ("1通の手数料", "Fee per copy")},
        "versions": VERSIONS,
        "examples": EXAMPLES,
    } | changes
    function = description.pop("function", copy_fee)
    name = description.pop("name", "copy-fee")
    rule(name, **description)(function)
    return find_rule(name)


@pytest.mark.parametrize(
    ("on", "body_code", "fee_yen", "label"),
    [
        (date(2000, 4, 1), None, 600, "2000-04-01"),
        (date(2019, 9, 30), None, 600, "2000-04-01"),
        (date(2019, 10, 1), None, 700, "2019-10-01"),
        (date(2026, 3, 31), CHIBA, 700, "2019-10-01"),
        (date(2026, 4, 1), CHIBA, 400, "121002:2026-04-01"),
        (date(2026, 4, 1), "122076", 700, "2019-10-01"),
        (date(2026, 4, 1), None, 700, "2019-10-01"),
    ],
)
def test_the_version_in_force_for_the_body_decides(
    on: date, body_code: str | None, fee_yen: int, label: str
) -> None:
    quote = publish().work_out({"copies": 2}, on=on, body_code=body_code)
    assert (quote.amount_yen, quote.version.label) == (fee_yen, label)
    assert [step.value for step in quote.steps] == [fee_yen // 2, fee_yen]


def test_a_day_without_a_version_is_an_error_and_not_zero() -> None:
    with pytest.raises(NoVersion, match="2000-03-31に有効な版がありません"):
        publish().work_out({"copies": 1}, on=date(2000, 3, 31))


def test_a_rule_of_bodies_asks_for_the_body() -> None:
    made = publish(
        versions=[VERSIONS[2]], examples=[Example({"copies": n}, 200 * n, body_code=CHIBA) for n in (1, 2, 3)]
    )
    with pytest.raises(NoVersion, match="団体を指定してください"):
        made.work_out({"copies": 1}, on=ON)
    with pytest.raises(NoVersion, match="有効な版がありません"):
        made.work_out({"copies": 1}, on=ON, body_code="122076")


def test_a_figure_that_the_version_does_not_give_is_an_error_and_not_zero() -> None:
    made = publish(versions=[Version(from_on=date(2000, 4, 1), source="条例")])
    with pytest.raises(MissingParameter, match="copy_yen"):
        made.work_out({"copies": 1}, on=ON)
    with pytest.raises(MissingParameter):
        Terms("copy-fee", made.versions[0], ON).get("copy_yen", 0)


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ({}, {"copies": "通数を入力してください。"}),
        ({"copies": 0}, {"copies": "通数は1から10の間で入力してください。"}),
        ({"copies": 11}, {"copies": "通数は1から10の間で入力してください。"}),
        ({"copies": 1.0}, {"copies": "通数は整数で入力してください。"}),
        ({"copies": True}, {"copies": "通数は整数で入力してください。"}),
        ({"copies": "2"}, {"copies": "通数は整数で入力してください。"}),
        ({"copies": None}, {"copies": "通数は整数で入力してください。"}),
        ({"copies": 1, "copy": 2}, {"copy": "この項目はありません。使える項目: copies"}),
        ([], {"case": "項目と値の組（JSONのオブジェクト）にしてください。"}),
        (None, {"case": "項目と値の組（JSONのオブジェクト）にしてください。"}),
    ],
)
def test_a_case_that_does_not_fit_names_each_field(case: Any, fields: dict[str, str]) -> None:
    with pytest.raises(BadCase) as refused:
        publish().work_out(case, on=ON)
    assert {path: str(problem) for path, problem in refused.value.fields.items()} == fields


def everything(case: Mapping[str, Any], terms: Terms) -> Worked:
    """入力をそのまま返す。"""
    assert isinstance(case["since_on"], date)
    assert all(isinstance(span["from_on"], date) for span in case["spans"])
    return len(case["spans"]), [Step("期間の数", len(case["spans"]))]


EVERYTHING = {
    "name": "everything",
    "input": case_of(
        since_on=day("始まり", "Since"),
        kind=choice("種類", "Kind", {"a": "甲", "b": "乙"}, default="a"),
        note=text("備考", "Note", 5, default=""),
        urgent=yes_no("至急", "Urgent", default=False),
        spans=list_of("期間", "Spans", case_of(from_on=day("初日", "First")), 2, default=[]),
    ),
    "output": whole("期間の数", "Spans", 0, 2),
    "terms": {},
    "versions": [Version(from_on=date(2000, 4, 1), source="条例")],
    "examples": [Example({"since_on": "2026-04-01"}, 0)] * 3,
    "function": everything,
}


def test_defaults_are_filled_in_and_dates_are_read() -> None:
    made = publish(**EVERYTHING)
    quote = made.work_out({"since_on": "2026-04-01", "spans": [{"from_on": "2026-05-01"}]}, on=ON)
    assert quote.case == {
        "since_on": ON,
        "kind": "a",
        "note": "",
        "urgent": False,
        "spans": [{"from_on": date(2026, 5, 1)}],
    }
    assert quote.as_json()["case"]["since_on"] == "2026-04-01"
    assert made.work_out({"since_on": ON}, on=ON).case["since_on"] == ON


def test_every_kind_of_wrong_field_has_its_own_sentence() -> None:
    with pytest.raises(BadCase) as refused:
        publish(**EVERYTHING).work_out(
            {
                "since_on": "2026-02-30",
                "kind": "c",
                "note": "123456",
                "urgent": "yes",
                "spans": [{"from_on": "2026-05-01", "x": 1}, {}, {"from_on": 3}],
            },
            on=ON,
        )
    said = {path: str(problem) for path, problem in refused.value.fields.items()}
    assert said == {
        "since_on": "始まりは年-月-日（2026-04-01の形）で、1873-01-01から2149-12-31までの、実際にある日付にしてください。",
        "kind": "種類は次から選んでください。a、b",
        "note": "備考は5文字以内にしてください。",
        "urgent": "至急は、はい（true）か、いいえ（false）にしてください。",
        "spans": "期間は2件以内にしてください。",
        "spans.0.x": "この項目はありません。使える項目: from_on",
        "spans.1.from_on": "初日を入力してください。",
        "spans.2.from_on": "初日は文字で入力してください。",
    }


@pytest.mark.parametrize(
    "written", ["20260401", "2026-W14-3", "2026-4-1", "1872-12-31", "2150-01-01", "２０２６-04-01"]
)
def test_a_day_has_one_form_for_machines(written: str) -> None:
    with pytest.raises(BadCase):
        publish(**EVERYTHING).work_out({"since_on": written}, on=ON)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Copy_Fee"}, "lower-case words"),
        ({"source": ""}, "name their source"),
        ({"versions": []}, "at least one version"),
        ({"examples": EXAMPLES[:2]}, "at least three worked examples, this one has 2"),
        ({"terms": {}}, "copy_yen of version 2000-04-01 has no name"),
        (
            {"versions": [VERSIONS[1], Version(from_on=ON, parameters={"copy_yen": 1}, source="x")]},
            "on the same day",
        ),
        (
            {"versions": [Version(from_on=ON, until_on=date(2026, 3, 31), source="x")]},
            "ends before it begins",
        ),
        ({"input": {"type": "object", "properties": {}}}, "additionalProperties"),
        ({"input": case_of(copies={"type": "integer", "title": "通数"})}, "minimum and maximum"),
        ({"input": case_of(copies={"type": "number", "title": "通数"})}, "never a float"),
        ({"input": case_of(copies={"type": "string", "title": "通数"})}, "maxLength"),
        ({"input": case_of(copies={"type": "integer", "minimum": 1, "maximum": 2})}, "has a title"),
        ({"output": {"type": "number"}}, "output: schema: whole numbers only"),
    ],
)
def test_an_unsound_description_is_not_published(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(BrokenRule, match=fault):
        publish(**changes)
    assert all_rules() == []


def test_a_name_is_given_once() -> None:
    publish()
    with pytest.raises(BrokenRule, match="the name is taken by"):
        publish()
    assert len(all_rules()) == 1


def test_a_result_that_breaks_its_description_is_a_mistake_of_the_code() -> None:
    def negative(case: Mapping[str, Any], terms: Terms) -> Worked:
        """負の額。"""
        return -1, [Step("手数料", -1)]

    def silent(case: Mapping[str, Any], terms: Terms) -> Worked:
        """段階がない。"""
        return 1, []

    def floating(case: Mapping[str, Any], terms: Terms) -> Worked:
        """小数。"""
        return 0.5, [Step("手数料", 1)]  # type: ignore[return-value]

    for name, function, error in (
        ("negative", negative, BrokenRule),
        ("silent", silent, BrokenRule),
        ("floating", floating, TypeError),
    ):
        with pytest.raises(error):
            publish(name=name, function=function).work_out({"copies": 1}, on=ON)


def test_an_amount_is_asked_only_of_a_rule_that_gives_one() -> None:
    def agrees(case: Mapping[str, Any], terms: Terms) -> Worked:
        """はい。"""
        return True, [Step("可否", True)]

    quote = publish(output=yes_no("可否", "Allowed"), function=agrees).work_out({"copies": 1}, on=ON)
    with pytest.raises(BrokenRule, match="not an amount"):
        _ = quote.amount_yen


def test_an_unknown_rule_is_said_by_name() -> None:
    with pytest.raises(UnknownRule, match="「no-such-rule」という規則はありません。"):
        find_rule("no-such-rule")


def test_a_rule_stays_an_ordinary_function() -> None:
    assert copy_fee({"copies": 3}, Terms("copy-fee", VERSIONS[1], ON))[0] == 1050
