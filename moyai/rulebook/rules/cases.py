"""入力の検査 — a case against the schema of its rule: closed, bounded, and every wrong field named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from moyai.rulebook.rules.problems import TEXTS, BadCase, Problem

Schema: TypeAlias = Mapping[str, Any]

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
