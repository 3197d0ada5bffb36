"""版の訳 — texts of an edition in another language, by paths such as `field.owner.label`.

Paths: title · intro · page.<id>.title|intro · field.<id>.label|hint|text|item|counter|unit|tick_label|yes_label|
no_label · field.<id>.option.<value> (.hint) · field.<id>.row.<value> · field.<id>.column.<value> · list.<name>.<value>
· check.<id> · fee.<id> · take.<id> · given.<name> · once. What is not translated stands in Japanese.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# language code → key in the document
KEYS = {"en": "en", "ja-easy": "easy"}
FIELD_TEXTS = ("label", "hint", "text", "item", "counter", "unit", "tick_label", "yes_label", "no_label")
_LINES = {"options": "option", "rows": "row", "columns": "column"}


def languages_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages the document has texts in, Japanese first."""
    given = document.get("translations", {})
    return ("ja", *(language for language, key in KEYS.items() if given.get(key)))


def texts_of(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every text that can be translated: its path, and the object and key where the Japanese stands."""
    for key in ("title", "intro"):
        yield from _one(document, key, key)
    for page in document["pages"]:
        for key in ("title", "intro"):
            yield from _one(page, key, f"page.{page['id']}.{key}")
        yield from _fields(page["fields"])
    for name, one in document.get("lists", {}).items():
        for row in one["rows"]:
            yield from _one(row, "label", f"list.{name}.{row['value']}")
    for check in document.get("checks", ()):
        yield from _one(check, "message", f"check.{check['id']}")
    for line in document.get("fee", {}).get("lines", ()):
        yield from _one(line, "label", f"fee.{line['id']}")
    for take in document.get("takes", ()):
        yield from _one(take, "label", f"take.{take['id']}")
    for name, given in document.get("given", {}).items():
        yield from _one(given, "label", f"given.{name}")
    if "once" in document:
        yield from _one(document["once"], "message", "once")


def _one(holder: Any, key: str, path: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    if holder.get(key):
        yield path, holder, key


def _fields(fields: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for field in fields:
        path = f"field.{field['id']}"
        for key in FIELD_TEXTS:
            yield from _one(field, key, f"{path}.{key}")
        for key, word in _LINES.items():
            for line in field.get(key, ()):
                yield from _one(line, "label", f"{path}.{word}.{line['value']}")
                yield from _one(line, "hint", f"{path}.{word}.{line['value']}.hint")
        if field["kind"] == "group":
            yield from _fields(field["fields"])


def localized(
    document: Mapping[str, Any], language: str, words: Callable[[str], str] | None = None
) -> tuple[dict[str, Any], frozenset[str]]:
    """The document in a language, and the paths of its texts that stand in Japanese for want of a translation.

    `words` turns each translated text as the page writes it (ruby).
    """
    given = document.get("translations", {}).get(KEYS.get(language, ""), {})
    made = copy.deepcopy({key: value for key, value in document.items() if key != "translations"})
    missing = set()
    for path, holder, key in list(texts_of(made)):
        if path in given:
            holder[key] = words(given[path]) if words is not None else given[path]
        else:
            missing.add(path)
    return made, frozenset(missing)
