"""版と算定 — the figures in force from day to day, and a result with everything that explains it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from moyai.rulebook.rules.problems import BrokenRule

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
Value: TypeAlias = bool | int | str | date | Sequence["Value"] | Mapping[str, "Value"] | None


@dataclass(frozen=True, kw_only=True)
class Version:
    """版 — the figures in force from one day to another (both included), for everybody or for one body.

    `body_code` is the 全国地方公共団体コード of six digits; a body's own version goes before the general one.
    """

    from_on: date
    until_on: date | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    source: str
    body_code: str | None = None

    @property
    def label(self) -> str:
        """Names the version among those of its rule: `2000-04-01`, or `121002:2000-04-01` for one body."""
        return f"{self.body_code}:{self.from_on.isoformat()}" if self.body_code else self.from_on.isoformat()

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True)
class Step:
    """計算の段階 — one line of the working: what it is called, its value, where it comes from, how it was made."""

    label: str
    value: Value
    source: str = ""
    formula: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Example:
    """計算例 — a case worked out by hand; each one is a test.

    Without `on` it is worked out on the first day of the newest version.
    """

    case: Mapping[str, Any]
    result: Any
    on: date | None = None
    body_code: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """算定 — the result of a rule with everything that explains it."""

    rule: str
    title: str
    case: Mapping[str, Any]
    on: date
    body_code: str | None
    result: Any
    steps: tuple[Step, ...]
    version: Version
    source: str

    @property
    def amount_yen(self) -> int:
        """The result of a rule whose result is an amount; any other kind of result is an error, never zero."""
        if isinstance(self.result, bool) or not isinstance(self.result, int):
            raise BrokenRule(f"{self.rule}: the result is not an amount: {self.result!r}")
        return self.result

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "title": self.title,
            "on": self.on.isoformat(),
            "body": self.body_code,
            "case": plain(self.case),
            "result": plain(self.result),
            "steps": [step_as_json(step) for step in self.steps],
            "version": {
                "label": self.version.label,
                "from_on": self.version.from_on.isoformat(),
                "until_on": self.version.until_on.isoformat() if self.version.until_on else None,
                "body": self.version.body_code,
                "parameters": plain(self.version.parameters),
                "source": self.version.source,
            },
            "source": self.source,
        }


def step_as_json(step: Step) -> dict[str, Any]:
    """As it is stored beside a charge: dates in ISO form."""
    return {
        "label": step.label,
        "value": plain(step.value),
        "unit": step.unit,
        "formula": step.formula,
        "source": step.source,
    }


def plain(value: Any) -> Any:
    """A value as JSON can carry it; a float is refused, because no amount may ever be one."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(
        f"a rule deals in whole numbers, text, dates and yes or no, not in {type(value).__name__}"
    )
