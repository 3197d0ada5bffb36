"""様式の版のJSON Schema — generated from the kinds and operators; published as
docs/form-edition.schema.json.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from moyai.applications.rules.edition import EditionProblem
from moyai.applications.rules.expressions.operators import OPERATORS
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.kinds.base import Kind
from moyai.applications.rules.result import Message

SCHEMA_VERSION = 1
_ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_LABEL = {"type": "string", "minLength": 1, "maxLength": 200}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 2_000}
_EXPRESSION = {"$ref": "#/$defs/expression"}
APPLICANT_KINDS = {
    "name": ("name", "text"),
    "kana": ("kana",),
    "mail": ("mail",),
    "phone": ("phone",),
    "address": ("address",),
    "born_on": ("date",),
}


def edition_schema() -> dict[str, Any]:
    """The whole schema, as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://moyai.example/form-edition.schema.json",
        "title": "様式の版 (form edition)",
        "description": "An immutable, numbered document that says what a procedure asks. "
        "Ids of fields are unique in the whole document and survive from edition to edition. What a schema "
        "cannot say (types of expressions, cycles, reachability) is checked by `moyai forms check`.",
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "procedure": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"},
                "title": _LABEL,
                "intro": _TEXT,
                "in_flight": _object(
                    {
                        "policy": {"enum": ["continue", "migrate", "stop"]},
                        "until": {"type": "string", "format": "date"},
                    },
                    needed=("policy",),
                ),
                "applicant": _object(
                    {
                        role: {"anyOf": [_ID, {"type": "array", "items": _ID, "minItems": 1, "maxItems": 5}]}
                        for role in APPLICANT_KINDS
                    }
                ),
                "constants": {
                    "type": "object",
                    "propertyNames": _ID,
                    "maxProperties": 200,
                    "additionalProperties": _object(
                        {"label": _LABEL, "value": {"type": "integer"}, "source": _TEXT},
                        needed=("label", "value"),
                    ),
                },
                "pages": {"type": "array", "items": {"$ref": "#/$defs/page"}, "minItems": 1, "maxItems": 100},
                "checks": {"type": "array", "items": {"$ref": "#/$defs/check"}, "maxItems": 200},
                "fee": _object(
                    {
                        "lines": {
                            "type": "array",
                            "items": {"$ref": "#/$defs/fee_line"},
                            "minItems": 1,
                            "maxItems": 50,
                        }
                    },
                    needed=("lines",),
                ),
            },
            needed=("schema_version", "procedure", "title", "pages"),
        ),
        "$defs": {
            "page": _object(
                {
                    "id": _ID,
                    "title": _LABEL,
                    "intro": _TEXT,
                    "show_if": _EXPRESSION,
                    "fields": {
                        "type": "array",
                        "items": {"$ref": "#/$defs/field"},
                        "minItems": 1,
                        "maxItems": 100,
                    },
                },
                needed=("id", "title", "fields"),
            ),
            "check": _object(
                {
                    "id": _ID,
                    "message": {**_TEXT, "maxLength": 300},
                    "level": {"enum": ["error", "warning"]},
                    "require": _EXPRESSION,
                    "fields": {"type": "array", "items": _ID, "minItems": 1, "maxItems": 20},
                    "each": _ID,
                },
                needed=("id", "message", "require", "fields"),
            ),
            "fee_line": _object(
                {
                    "id": _ID,
                    "label": _LABEL,
                    "amount": _EXPRESSION,
                    "unit_yen": _EXPRESSION,
                    "quantity": _EXPRESSION,
                    "show_if": _EXPRESSION,
                    "source": _TEXT,
                },
                needed=("id", "label"),
            ),
            "field": {
                "type": "object",
                "required": ["id", "kind"],
                "properties": {"kind": {"enum": list(KINDS)}},
                "allOf": [
                    {
                        "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                        "then": {"$ref": f"#/$defs/field_{name}"},
                    }
                    for name in KINDS
                ],
            },
            **{f"field_{name}": _field(kind) for name, kind in KINDS.items()},
            "expression": {
                "description": "値（文字・整数・真偽）か、演算が1つだけのオブジェクト",
                "anyOf": [
                    {"type": ["string", "integer", "boolean"]},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": False,
                        "properties": {
                            name: {"description": one.meaning, **one.schema}
                            if "$ref" not in one.schema
                            else {"description": one.meaning, "allOf": [one.schema]}
                            for name, one in OPERATORS.items()
                        },
                    },
                ],
            },
        },
    }


def _object(properties: dict[str, Any], *, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if needed:
        made["required"] = list(needed)
    return made


def _field(kind: Kind) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": _ID,
        "kind": {"const": kind.name},
        "label": _LABEL,
        "hint": {"type": "string", "maxLength": 1_000},
        "show_if": _EXPRESSION,
    }
    if kind.can_be_optional:
        properties["required"] = _EXPRESSION
    properties.update(kind.settings)
    labelled = () if kind.name == "explanation" else ("label",)
    return {"title": kind.ja, **_object(properties, needed=("id", "kind", *labelled, *kind.needed))}


@functools.cache
def _validator() -> Draft202012Validator:
    # Expressions are left to the type checker, which says precisely what is wrong with them.
    schema = edition_schema()
    schema["$defs"]["expression"] = {}
    # By kind, so that a field is looked at once and not once for every kind there is.
    schema["$defs"]["field"] = {
        "type": "object",
        "required": ["id", "kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "field_of_kind": True,
    }
    return _extended()(schema)


def _extended() -> Any:
    from jsonschema import validators

    def field_of_kind(validator: Any, _: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        kind = instance.get("kind") if isinstance(instance, dict) else None
        if isinstance(kind, str) and kind in KINDS:
            yield from validator.descend(instance, {"$ref": f"#/$defs/field_{kind}"})

    return validators.extend(Draft202012Validator, {"field_of_kind": field_of_kind})


_TYPES = {
    "object": "オブジェクト（{ }）",
    "array": "一覧（[ ]）",
    "string": "文字",
    "integer": "整数",
    "boolean": "true か false",
}
_PATTERNS = "英小文字で始め、英小文字・数字・_ だけで40文字までにしてください。"


def structure_problems(document: Any) -> list[EditionProblem]:
    """Where the document departs from the schema, in reading order."""
    found: dict[tuple[str, str, str], EditionProblem] = {}
    errors = sorted(
        _validator().iter_errors(document),
        key=lambda error: [str(part).zfill(6) for part in error.absolute_path],
    )
    for error in errors[:200]:
        path = "$" + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path
        )
        for message in _messages(error):
            key = (path, message.code, str(message.params))
            found.setdefault(key, EditionProblem(path, message))
    return list(found.values())


def _messages(error: ValidationError) -> Iterator[Message]:
    value, instance = error.validator_value, error.instance
    match error.validator:
        case "required":
            yield from (Message("e_missing_key", {"key": key}) for key in value if key not in instance)
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            yield from (
                Message("e_unknown_key", {"key": str(key)[:60]}) for key in instance if key not in known
            )
        case "type":
            names = [value] if isinstance(value, str) else value
            yield Message("e_type", {"expected": "か".join(_TYPES.get(name, name) for name in names)})
        case "enum" if error.absolute_path and error.absolute_path[-1] == "kind":
            yield Message("e_unknown_kind", {"kind": str(instance)[:60]})
        case "enum":
            yield Message("e_enum", {"values": "、".join(str(one) for one in value)})
        case "const":
            yield Message("e_enum", {"values": str(value)})
        case "pattern":
            yield Message("e_pattern", {"value": str(instance)[:60], "expected": _PATTERNS})
        case "minLength" | "minItems" | "minProperties":
            yield Message("e_length", {"rule": f"{value}以上"})
        case "maxLength" | "maxItems" | "maxProperties":
            yield Message("e_length", {"rule": f"{value}まで"})
        case "minimum":
            yield Message("e_range", {"rule": f"{value}以上"})
        case "maximum":
            yield Message("e_range", {"rule": f"{value}まで"})
        case _:
            yield Message("e_schema", {"rule": str(error.validator)})
