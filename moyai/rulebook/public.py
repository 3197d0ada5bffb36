"""What other packages may use of the rulebook. How to add a rule: README.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.rulebook.fields import case_of, choice, day, list_of, text, whole, yen, yes_no
from moyai.rulebook.registry import all_rules, find_rule, rule
from moyai.rulebook.rules import (
    BadCase,
    BrokenRule,
    Example,
    MissingParameter,
    NoVersion,
    Problem,
    Quote,
    Rule,
    RulebookError,
    Step,
    Terms,
    UnknownRule,
    Value,
    Version,
    Worked,
    step_as_json,
)
from moyai.tenants.public import Body

__all__ = [
    "BadCase",
    "BrokenRule",
    "Example",
    "MissingParameter",
    "NoVersion",
    "Problem",
    "Quote",
    "Rule",
    "RulebookError",
    "Step",
    "Terms",
    "UnknownRule",
    "Value",
    "Version",
    "Worked",
    "all_rules",
    "case_of",
    "choice",
    "day",
    "find_rule",
    "list_of",
    "quote",
    "rule",
    "step_as_json",
    "text",
    "whole",
    "yen",
    "yes_no",
]


def quote(name: str, case: Mapping[str, Any], *, on: date, body: Body | str | None = None) -> Quote:
    """算定 — work out a published rule on the day it applies to, for a body (or its code) where it decides.

    Raises UnknownRule, BadCase (with `fields`), NoVersion, MissingParameter: never a silent zero.
    """
    code = body if body is None or isinstance(body, str) else body.code
    return find_rule(name).work_out(case, on=on, body_code=code)
