"""規則 — what a published rule is and how it is worked out. Pure: no Django, no clock, no registry.

A rule is a function of a case and of the terms (figures) in force on a day. Everything that a reader needs in order
to work it out again alone stands beside it: source, versions with their dates, worked examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
Value: TypeAlias = bool | int | str | date | Sequence["Value"] | Mapping[str, "Value"] | None
Schema: TypeAlias = Mapping[str, Any]
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


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


# --- what can go wrong ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field. `text` is a Japanese sentence with named places, translated at the edge."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class RulebookError(Exception):
    """Everything the rulebook refuses; `problem` says it in Japanese."""

    code = "rulebook"
    status = 422

    def __init__(self, text: str, **params: Any) -> None:
        self.problem = Problem(text, params)
        super().__init__(str(self.problem))


class UnknownRule(RulebookError):
    code = "rule_unknown"
    status = 404


class BadCase(RulebookError):
    """The case does not fit. `fields` maps a path such as `dogs` or `rooms.0.hours` to what is wrong there."""

    code = "case_refused"

    def __init__(self, fields: Mapping[str, Problem | str]) -> None:
        self.fields = {k: v if isinstance(v, Problem) else Problem(v) for k, v in fields.items()}
        super().__init__(TEXTS["case"])

    def __str__(self) -> str:
        return (
            str(self.problem) + " " + " ".join(f"{path}: {problem}" for path, problem in self.fields.items())
        )


class NoVersion(RulebookError):
    """No version is in force on that day for that body: an error, never zero."""

    code = "version_missing"


class MissingParameter(RulebookError):
    """The version in force does not give a figure that the rule asks for: an error, never zero."""

    code = "parameter_missing"
    status = 500


class BrokenRule(Exception):
    """A rule that breaks its own description: a mistake in the code, found at start-up or by its examples."""


# --- a rule -----------------------------------------------------------------------------------------------------------

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


def schema_faults(schema: Schema, path: str = "") -> list[str]:
    """A published schema is closed, bounded and named, so that a form and a clear refusal can be made from it."""
    kind, found, here = schema.get("type"), [], path or "schema"
    if "enum" in schema or "const" in schema:
        return []
    if kind == "number":
        found.append(f"{here}: whole numbers only (integer), an amount is never a float")
    elif kind == "integer":
        if "minimum" not in schema or "maximum" not in schema:
            found.append(f"{here}: a number says its minimum and maximum")
    elif kind == "string":
        if schema.get("format") != "date" and "maxLength" not in schema:
            found.append(f"{here}: a text says its maxLength")
    elif kind == "array":
        if "maxItems" not in schema:
            found.append(f"{here}: a list says its maxItems")
        found += schema_faults(schema.get("items", {}), f"{here}.*")
    elif kind == "object":
        if schema.get("additionalProperties") is not False:
            found.append(f"{here}: additionalProperties is false")
        for name, part in schema.get("properties", {}).items():
            found += schema_faults(part, f"{path}.{name}" if path else name)
            if not path and not part.get("title"):
                found.append(f"{name}: a field has a title")
    elif kind not in ("boolean", "null"):
        found.append(f"{here}: the type is missing or unknown: {kind!r}")
    return found


# --- checking a case --------------------------------------------------------------------------------------------------

TEXTS = {
    "case": "入力内容を確認してください。",
    "parameter": "規則「%(rule)s」の版%(version)sに「%(name)s」の定めがありません。",
    "version": "「%(title)s」には、%(on)sに有効な版がありません。",
    "body": "「%(title)s」は団体ごとに定めがあります。団体を指定してください。",
    "unknown_rule": "「%(name)s」という規則はありません。",
    "required": "%(label)sを入力してください。",
    "unknown": "この項目はありません。使える項目: %(names)s",
    "object": "項目と値の組（JSONのオブジェクト）にしてください。",
    "array": "リストにしてください。",
    "integer": "%(label)sは整数で入力してください。",
    "string": "%(label)sは文字で入力してください。",
    "boolean": "%(label)sは、はい（true）か、いいえ（false）にしてください。",
    "between": "%(label)sは%(minimum)sから%(maximum)sの間で入力してください。",
    "enum": "%(label)sは次から選んでください。%(choices)s",
    "date": "%(label)sは年-月-日（2026-04-01の形）で、1873-01-01から2149-12-31までの、実際にある日付にしてください。",
    "max_length": "%(label)sは%(limit)s文字以内にしてください。",
    "min_length": "%(label)sは%(limit)s文字以上にしてください。",
    "max_items": "%(label)sは%(limit)s件以内にしてください。",
    "min_items": "%(label)sは%(limit)s件以上にしてください。",
    "other": "%(label)sが決まりに合いません。",
}

# JSON Schema counts 1.0 as an integer and Python counts True as one; a rule takes neither.
_strict_types = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda checker, value: isinstance(value, int) and not isinstance(value, bool)
)
_Validator = extend(Draft202012Validator, type_checker=_strict_types)
_formats = FormatChecker(formats=())
FIRST_DAY, LAST_DAY = date(1873, 1, 1), date(2149, 12, 31)


def _is_date(value: object) -> bool:
    """YYYY-MM-DD only (fromisoformat alone takes week dates too), within reach of the calendar."""
    if not isinstance(value, str):
        return True  # the type says what is wrong
    return (
        bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value))
        and FIRST_DAY <= date.fromisoformat(value) <= LAST_DAY
    )


_formats.checks("date", raises=ValueError)(_is_date)


def check_case(schema: Schema, case: Any) -> dict[str, Any]:
    """A case with its defaults filled in and its dates read. Raises BadCase naming every field that is wrong."""
    filled = _filled(schema, case)
    wrong = problems(schema, filled)
    if wrong:
        raise BadCase(wrong)
    read = _read_dates(schema, filled)
    assert isinstance(read, dict)  # a case schema is an object, see faults()
    return read


def problems(schema: Schema, value: Any) -> dict[str, Problem]:
    """Every field that does not fit, by path; the first thing wrong with each."""
    found: dict[str, Problem] = {}
    errors = _Validator(schema, format_checker=_formats).iter_errors(value)
    for error in sorted(errors, key=lambda error: [str(part) for part in error.absolute_path]):
        for path, problem in _explain(schema, error):
            found.setdefault(path, problem)
    return found


def describe(wrong: Mapping[str, Problem]) -> str:
    return "; ".join(f"{path}: {problem}" for path, problem in wrong.items())


def _explain(schema: Schema, error: Any) -> Iterator[tuple[str, Problem]]:
    path = [str(part) for part in error.absolute_path]
    here, part = ".".join(path) or "case", error.schema
    label = part.get("title") or (path[-1] if path else "case")
    match error.validator:
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    title = part.get("properties", {}).get(name, {}).get("title") or name
                    yield ".".join([*path, name]), Problem(TEXTS["required"], {"label": title})
        case "additionalProperties":
            known = part.get("properties", {})
            for name in error.instance:
                if name not in known:
                    yield ".".join([*path, str(name)]), Problem(TEXTS["unknown"], {"names": "、".join(known)})
        case "type":
            kind = part["type"] if isinstance(part["type"], str) else "other"
            yield here, Problem(TEXTS.get(kind, TEXTS["other"]), {"label": label})
        case "minimum" | "maximum":
            bounds = {"minimum": f"{part['minimum']:,}", "maximum": f"{part['maximum']:,}"}
            yield here, Problem(TEXTS["between"], {"label": label, **bounds})
        case "enum":
            choices = "、".join(str(choice) for choice in part["enum"])
            yield here, Problem(TEXTS["enum"], {"label": label, "choices": choices})
        case "format":
            yield here, Problem(TEXTS["date"], {"label": label})
        case "maxLength":
            yield here, Problem(TEXTS["max_length"], {"label": label, "limit": error.validator_value})
        case "minLength":
            yield here, Problem(TEXTS["min_length"], {"label": label, "limit": error.validator_value})
        case "maxItems":
            yield here, Problem(TEXTS["max_items"], {"label": label, "limit": error.validator_value})
        case "minItems":
            yield here, Problem(TEXTS["min_items"], {"label": label, "limit": error.validator_value})
        case _:
            yield here, Problem(TEXTS["other"], {"label": label})


def _filled(schema: Schema, value: Any) -> Any:
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        given = {name: _filled(parts.get(name, {}), item) for name, item in value.items()}
        return {name: part["default"] for name, part in parts.items() if "default" in part} | given
    if isinstance(value, (list, tuple)):
        return [_filled(schema.get("items", {}), item) for item in value]
    # A caller inside the house may hand over a date; the outside only has text.
    return value.isoformat() if isinstance(value, date) else value


def _read_dates(schema: Schema, value: Any) -> Any:
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return {name: _read_dates(parts.get(name, {}), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_read_dates(schema.get("items", {}), item) for item in value]
    return date.fromisoformat(value) if schema.get("format") == "date" and isinstance(value, str) else value
