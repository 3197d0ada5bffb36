"""計算例: every example of every rule of the house is worked out; a new rule is found by itself."""

from __future__ import annotations

import pytest

from moyai.rulebook.registry import all_rules
from moyai.rulebook.rules import Example, Rule, plain

RULES = all_rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples, start=1)
]


def test_the_house_has_rules() -> None:
    assert {"age", "period-end", "standard-processing-due"} <= {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_rule_has_at_least_three_different_examples(rule: Rule) -> None:
    cases = [str((plain(example.case), rule.example_day(example))) for example in rule.examples]
    assert len(set(cases)) >= 3


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_written(rule: Rule, example: Example) -> None:
    on, body_code = rule.example_day(example)
    quote = rule.work_out(example.case, on=on, body_code=body_code)
    assert plain(quote.result) == plain(example.result)
    assert all(step.label for step in quote.steps)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_every_version_is_reached_by_an_example(rule: Rule) -> None:
    reached = {rule.version_on(*rule.example_day(example)).label for example in rule.examples}
    assert reached == {version.label for version in rule.versions}
