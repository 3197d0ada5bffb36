"""項目の設定 — the settings of each kind of field as the builder asks for them, made from the kind's own schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moyai.applications.rules import KINDS

# Settings that stand elsewhere on the page, or are made by other means.
ELSEWHERE: Final = frozenset({"fields", "required", "value", "earliest", "latest", "prefill", "locked"})
FORMULAS: Final = ("value", "earliest", "latest")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how it is asked for, and within what."""

    name: str
    shape: str  # whole, tick, choice, many, line, text, lines (options), numbers, parts
    needed: bool
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    parts: tuple[str, ...] = ()


def settings_of(kind: str) -> Iterator[Setting]:
    """The settings of a kind that the builder's page asks for one by one."""
    known = KINDS[kind]
    for name, schema in known.settings.items():
        if name in ELSEWHERE or "$ref" in schema:
            continue
        needed = name in known.needed
        if "enum" in schema:
            yield Setting(name, "choice", needed, choices=tuple(map(str, schema["enum"])))
        elif schema.get("type") == "boolean":
            yield Setting(name, "tick", False)
        elif schema.get("type") == "integer":
            yield Setting(name, "whole", needed, low=schema.get("minimum"), high=schema.get("maximum"))
        elif schema.get("type") == "array":
            yield _array(name, schema["items"], needed)
        elif schema.get("type") == "object":
            yield Setting(name, "parts", needed, parts=tuple(schema.get("properties", {})))
        else:
            long = int(schema.get("maxLength", 0)) > 300
            yield Setting(name, "text" if long else "line", needed, high=schema.get("maxLength"))


def _array(name: str, items: Mapping[str, Any], needed: bool) -> Setting:
    if "enum" in items:
        return Setting(name, "many", needed, choices=tuple(map(str, items["enum"])))
    return Setting(name, "lines" if items.get("type") == "object" else "numbers", needed)


# --- options as lines -----------------------------------------------------------------------------------
# 「値 = 表示 ｜ 補足 ＋記入」: the value stays as it is when the words change; without one it is made.

_OWN_WORDS = "＋記入"
_VALUE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,39})\s*[=＝]\s*(.+)", re.ASCII)


def lines_of(options: Sequence[Mapping[str, Any]]) -> str:
    """Options as a person edits them, a line each."""
    written = []
    for one in options:
        line = f"{one.get('value', '')} = {one.get('label', '')}"
        if one.get("hint"):
            line += f" ｜ {one['hint']}"
        written.append(line + (f" {_OWN_WORDS}" if one.get("other_text") else ""))
    return "\n".join(written)


def options_of(lines: str, before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The options that the lines say; a line without a value keeps that of the same words, or gets a new one."""
    known = {str(one.get("label")): str(one.get("value")) for one in before}
    made: list[dict[str, Any]] = []
    used = {match[1] for line in lines.splitlines() if (match := _VALUE.match(line.strip()))}
    for line in filter(None, (one.strip() for one in lines.splitlines())):
        text, one = line, {}
        if text.endswith(_OWN_WORDS):
            text, one = text[: -len(_OWN_WORDS)].strip(), {"other_text": True}
        match = _VALUE.match(text)
        value, text = (match[1], match[2]) if match else ("", text)
        label, _bar, hint = (part.strip() for part in text.partition("｜"))
        if not value:
            value = known.get(label, "")
        if not value or (not match and value in used):
            value = _fresh(used)
        used.add(value)
        made.append({"value": value, "label": label, **({"hint": hint} if hint else {}), **one})
    return made


def _fresh(used: set[str]) -> str:
    number = 1
    while f"o{number}" in used:
        number += 1
    return f"o{number}"


def starting(kind: str, *, label: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A new field of a kind with what it cannot be without: what was given, else the plainest that fits."""
    known = KINDS[kind]
    made: dict[str, Any] = {"kind": kind}
    if label:
        made["label"] = label
    plainest: dict[str, Any] = {
        "options": [{"value": "o1", "label": "選択肢1"}],
        "rows": [{"value": "r1", "label": "行1"}],
        "columns": [{"value": "c1", "label": "列1"}],
        "text": label,
        "result": "number",
        "value": 0,
        "fields": [{"id": "", "kind": "text", "label": "項目", "required": False}],
        "max": 10,
        "digits": 8,
        "weights": [8, 7, 6, 5, 4, 3, 2],
        "modulus": 11,
        "list": "list1",
    }
    for name in known.needed:
        made[name] = given.get(name) or plainest[name]
    for name, value in given.items():
        if name in known.settings or name in ("hint", "required", "show_if"):
            made.setdefault(name, value)
    return made
