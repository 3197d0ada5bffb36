"""規則 — a function of a case and of the terms in force on a day, with all that a reader needs to check it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from moyai.rulebook.rules.cases import Schema, check_case, describe, problems, schema_faults
from moyai.rulebook.rules.problems import TEXTS, BrokenRule, MissingParameter, NoVersion
from moyai.rulebook.rules.quotes import Example, Quote, Step, Value, Version, plain

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")

Worked: TypeAlias = tuple[Value, Sequence[Step]]
Function: TypeAlias = Callable[[Mapping[str, Any], "Terms"], Worked]


class Terms(Mapping[str, Any]):
    """The figures of one version, read by name. A missing figure raises MissingParameter; there is no default."""

    def __init__(self, rule_name: str, version: Version, on: date) -> None:
        self._rule_name, self._version, self.on = rule_name, version, on

    def __getitem__(self, name: str) -> Any:
        try:
            value = self._version.parameters[name]
        except KeyError:
            raise MissingParameter(
                TEXTS["parameter"], rule=self._rule_name, name=name, version=self._version.label
            ) from None
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Refused: a default would be a figure without a source."""
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._version.parameters)

    def __len__(self) -> int:
        return len(self._version.parameters)


@dataclass(frozen=True, kw_only=True)
class Rule:
    name: str
    title: tuple[str, str]
    source: str
    input: Schema
    output: Schema
    terms: Mapping[str, tuple[str, str]]
    versions: tuple[Version, ...]
    examples: tuple[Example, ...]
    function: Function
    text: str
    package: str

    def version_on(self, on: date, body_code: str | None = None) -> Version:
        """版の選択 — the body's own version in force on that day, else the general one. Raises NoVersion."""
        for code in dict.fromkeys((body_code, None)):
            for version in self.versions:
                if version.body_code == code and version.in_force(on):
                    return version
        if body_code is None and any(version.body_code and version.in_force(on) for version in self.versions):
            raise NoVersion(TEXTS["body"], title=self.title[0])
        raise NoVersion(TEXTS["version"], title=self.title[0], on=on.isoformat())

    def work_out(self, case: Mapping[str, Any], *, on: date, body_code: str | None = None) -> Quote:
        """算定 — the rule on a case. Raises BadCase, NoVersion, MissingParameter."""
        checked = check_case(self.input, case)
        version = self.version_on(on, body_code)
        result, steps = self.function(dict(checked), Terms(self.name, version, on))
        wrong = problems(self.output, plain(result))
        if wrong:
            raise BrokenRule(f"{self.name}: the result {result!r} does not fit its output: {describe(wrong)}")
        if not steps:
            raise BrokenRule(f"{self.name}: a result without steps does not explain itself")
        return Quote(
            rule=self.name,
            title=self.title[0],
            case=checked,
            on=on,
            body_code=body_code,
            result=result,
            steps=tuple(steps),
            version=version,
            source=self.source,
        )

    def example_day(self, example: Example) -> tuple[date, str | None]:
        """The day and body an example is worked out for."""
        if example.on:
            return example.on, example.body_code
        mine = [v for v in self.versions if v.body_code == example.body_code] or list(self.versions)
        newest = max(mine, key=lambda version: version.from_on)
        return newest.from_on, example.body_code or newest.body_code


def faults(rule: Rule) -> list[str]:
    """What keeps a rule from being published; an empty list is a sound rule."""
    found = []
    if not NAME.match(rule.name):
        found.append("the name is lower-case words joined by hyphens")
    if not all(rule.title) or len(rule.title) != 2:
        found.append("the title is a pair: Japanese, English")
    if not rule.source or any(not version.source for version in rule.versions):
        found.append("the rule and each version name their source")
    if not rule.versions:
        found.append("a rule has at least one version")
    if len(rule.examples) < 3:
        found.append(f"a rule has at least three worked examples, this one has {len(rule.examples)}")
    if not rule.text:
        found.append("the function has a docstring: the text of the rule in one or two sentences")
    for version in rule.versions:
        if version.until_on and version.until_on < version.from_on:
            found.append(f"version {version.label} ends before it begins")
        for name in set(version.parameters) - set(rule.terms):
            found.append(f"the figure {name} of version {version.label} has no name in terms")
    found += [
        f"versions {a.label} and {b.label} are in force on the same day"
        for i, a in enumerate(rule.versions)
        for b in rule.versions[i + 1 :]
        if a.body_code == b.body_code and (a.in_force(b.from_on) or b.in_force(a.from_on))
    ]
    for side, schema in (("input", rule.input), ("output", rule.output)):
        found += [f"{side}: {fault}" for fault in schema_faults(schema)]
    if rule.input.get("type") != "object":
        found.append("input: a case is an object")
    return found
