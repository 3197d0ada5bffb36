"""入力項目 — short words for the JSON Schema of a case, so that a rule file reads like its ordinance. Pure.

input=case_of(copies=whole("通数", "Copies", 1, 10), on_paper=yes_no("窓口で受け取る", "At the counter"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LARGEST_YEN = 9_999_999_999_999  # what a bill can print; far below bigint


def case_of(**fields: dict[str, Any]) -> dict[str, Any]:
    """A case: these fields and no others. A field without a default is required."""
    required = [name for name, part in fields.items() if "default" not in part]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def whole(ja: str, en: str, minimum: int, maximum: int, **more: Any) -> dict[str, Any]:
    """A whole number between two bounds, both allowed."""
    return _titled(ja, en, {"type": "integer", "minimum": minimum, "maximum": maximum, **more})


def yen(ja: str = "金額", en: str = "Amount", minimum: int = 0, maximum: int = LARGEST_YEN) -> dict[str, Any]:
    """An amount in whole yen."""
    return _titled(ja, en, {"type": "integer", "minimum": minimum, "maximum": maximum, "x-unit": "円"})


def day(ja: str, en: str, **more: Any) -> dict[str, Any]:
    """A day, `2026-04-01`; the function is handed a `date`."""
    return _titled(ja, en, {"type": "string", "format": "date", **more})


def choice(
    ja: str, en: str, choices: Mapping[str, str | tuple[str, str]] | Sequence[str], **more: Any
) -> dict[str, Any]:
    """One of several codes; `choices` maps a code to the word a reader sees, or to (Japanese, English)."""
    pairs = choices if isinstance(choices, Mapping) else {code: code for code in choices}
    words = {code: word if isinstance(word, str) else word[0] for code, word in pairs.items()}
    english = {code: word[1] for code, word in pairs.items() if not isinstance(word, str)}
    schema = {"type": "string", "enum": list(words), "x-words": words}
    return _titled(ja, en, schema | ({"x-words-en": english} if english else {}) | more)


def yes_no(ja: str, en: str, **more: Any) -> dict[str, Any]:
    return _titled(ja, en, {"type": "boolean", **more})


def text(ja: str, en: str, max_length: int, **more: Any) -> dict[str, Any]:
    return _titled(ja, en, {"type": "string", "maxLength": max_length, **more})


def list_of(ja: str, en: str, items: dict[str, Any], max_items: int, **more: Any) -> dict[str, Any]:
    return _titled(ja, en, {"type": "array", "items": items, "maxItems": max_items, **more})


def _titled(ja: str, en: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"title": ja, "x-title-en": en, **schema}
