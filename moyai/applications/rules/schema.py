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
from moyai.applications.rules.kinds.choices import CODE
from moyai.applications.rules.result import Message
from moyai.applications.rules.words import Words, either

SCHEMA_VERSION = 1
ID_PATTERN = "^[a-z][a-z0-9_]{0,39}$"
_ID = {"type": "string", "pattern": ID_PATTERN}
_LABEL = {"type": "string", "minLength": 1, "maxLength": 200}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 2_000}
_EXPRESSION = {"$ref": "#/$defs/expression"}
SIGNATURE_ROLES = ("name", "born_on", "address")
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
                "lists": {
                    "description": "一覧（品目・園・会場など）。listed の項目と lookup の式が使う",
                    "type": "object",
                    "propertyNames": _ID,
                    "maxProperties": 20,
                    "additionalProperties": {"$ref": "#/$defs/list"},
                },
                "given": {
                    "description": '版の外から渡される値。式では {"given": 名前}',
                    "type": "object",
                    "propertyNames": _ID,
                    "maxProperties": 100,
                    "additionalProperties": _object(
                        {
                            "type": {"enum": ["int", "text", "date", "bool"]},
                            "label": _LABEL,
                            "from": {"enum": ["parent", "record", "account", "card"]},
                        },
                        needed=("type", "label", "from"),
                    ),
                },
                "takes": {
                    "description": "定員や予算から取る数。数が0以下なら取らない",
                    "type": "array",
                    "items": {"$ref": "#/$defs/take"},
                    "maxItems": 50,
                },
                "once": {
                    "description": "同じ key の申請は1件だけ",
                    **_object(
                        {"key": _EXPRESSION, "message": {**_TEXT, "maxLength": 300}},
                        needed=("key", "message"),
                    ),
                },
                "signature": {
                    "description": "電子署名の証明書と照合する項目",
                    **_object(dict.fromkeys(SIGNATURE_ROLES, _ID)),
                },
                "blind": {
                    "description": "氏名等を伏せた審査で見せない項目",
                    "type": "array",
                    "items": _ID,
                    "maxItems": 100,
                    "uniqueItems": True,
                },
                "translations": {
                    "description": "訳。パス（field.<id>.label など）と文。en = 英語、easy = やさしい日本語（漢字《かんじ》）",
                    **_object(
                        {
                            key: {
                                "type": "object",
                                "maxProperties": 10_000,
                                "additionalProperties": {
                                    "type": "string",
                                    "minLength": 1,
                                    "maxLength": 5_000,
                                },
                            }
                            for key in ("en", "easy")
                        }
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
            "list": _object(
                {
                    "columns": {
                        "type": "object",
                        "propertyNames": _ID,
                        "maxProperties": 20,
                        "additionalProperties": {"enum": ["int", "text", "date", "bool"]},
                    },
                    "rows": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 1_000,
                        "items": {
                            "type": "object",
                            "required": ["value", "label"],
                            "maxProperties": 24,
                            "additionalProperties": {
                                "type": ["string", "integer", "boolean"],
                                "maxLength": 500,
                            },
                            "properties": {
                                "value": CODE,
                                "label": _LABEL,
                                "kana": _LABEL,
                                "hint": {"type": "string", "maxLength": 500},
                            },
                        },
                    },
                },
                needed=("rows",),
            ),
            "take": _object(
                {
                    "id": _ID,
                    "label": _LABEL,
                    "pool": _EXPRESSION,
                    "quantity": _EXPRESSION,
                    "show_if": _EXPRESSION,
                },
                needed=("id", "label", "pool", "quantity"),
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
    if kind.answerable and kind.name not in ("group", "file", "photo"):
        properties["prefill"] = {
            "description": "下書きを始めるとき、はじめから入れておく値",
            "allOf": [_EXPRESSION],
        }
        properties["locked"] = {"description": "いつも prefill の値。入力はできない", "type": "boolean"}
    properties.update(kind.settings)
    labelled = () if kind.name == "explanation" else ("label",)
    return {
        "title": kind.ja,
        "description": kind.en,
        **_object(properties, needed=("id", "kind", *labelled, *kind.needed)),
    }


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
    "object": Words("オブジェクト（{ }）", "an object ({ })"),
    "array": Words("一覧（[ ]）", "a list ([ ])"),
    "string": Words("文字", "text"),
    "integer": Words("整数", "a whole number"),
    "boolean": Words("true か false", "true or false"),
}
_PATTERNS = {
    ID_PATTERN: Words(
        "英小文字で始め、英小文字・数字・_ だけで40文字までにしてください。",
        "Begin with a small letter; small letters, digits and _ only, up to 40.",
    ),
    CODE["pattern"]: Words(
        "英字か数字で始め、英字・数字・_・- だけで40文字までにしてください。",
        "Begin with a letter or digit; letters, digits, _ and - only, up to 40.",
    ),
}
_OTHER_PATTERN = Words(
    "決まった形（schemaのpattern）で書いてください。", "Write it as the schema's pattern says."
)


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
            yield Message("e_type", {"expected": either([_TYPES.get(name, Words(name)) for name in names])})
        case "enum" if error.absolute_path and error.absolute_path[-1] == "kind":
            yield Message("e_unknown_kind", {"kind": str(instance)[:60]})
        case "enum":
            yield Message("e_enum", {"values": "、".join(str(one) for one in value)})
        case "const":
            yield Message("e_enum", {"values": str(value)})
        case "pattern":
            expected = _PATTERNS.get(value, _OTHER_PATTERN)
            yield Message("e_pattern", {"value": str(instance)[:60], "expected": expected})
        case "minLength" | "minItems" | "minProperties":
            yield Message("e_length", {"rule": Words(f"{value}以上", f"at least {value}")})
        case "maxLength" | "maxItems" | "maxProperties":
            yield Message("e_length", {"rule": Words(f"{value}まで", f"at most {value}")})
        case "minimum":
            yield Message("e_range", {"rule": Words(f"{value}以上", f"at least {value}")})
        case "maximum":
            yield Message("e_range", {"rule": Words(f"{value}まで", f"at most {value}")})
        case _:
            yield Message("e_schema", {"rule": str(error.validator)})
