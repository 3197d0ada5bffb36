"""規則 — what a published rule is and how it is worked out. Pure: no Django, no clock, no registry."""

from moyai.rulebook.rules.cases import Schema, check_case
from moyai.rulebook.rules.problems import (
    TEXTS,
    BadCase,
    BrokenRule,
    MissingParameter,
    NoVersion,
    Problem,
    RulebookError,
    UnknownRule,
)
from moyai.rulebook.rules.quotes import Example, Quote, Step, Value, Version, plain, step_as_json
from moyai.rulebook.rules.rule import Function, Rule, Terms, Worked, faults

__all__ = [
    "TEXTS",
    "BadCase",
    "BrokenRule",
    "Example",
    "Function",
    "MissingParameter",
    "NoVersion",
    "Problem",
    "Quote",
    "Rule",
    "RulebookError",
    "Schema",
    "Step",
    "Terms",
    "UnknownRule",
    "Value",
    "Version",
    "Worked",
    "check_case",
    "faults",
    "plain",
    "step_as_json",
]
