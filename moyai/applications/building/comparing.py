"""版の違い — two documents side by side: every text, setting and rule that was added, taken out or changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moyai.applications.building import formulas
from moyai.applications.rules import KINDS

EXPRESSIONS = frozenset(
    {"show_if", "value", "earliest", "latest", "prefill", "require", "amount", "unit_yen", "quantity", "pool", "key"}
)  # fmt: skip
# What stands on its own in a document: section, and what its parts are called by.
_BY_ID = ("checks", "takes")
_BY_NAME = ("constants", "given", "lists")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `before` or `after` is "" where the part was not there."""

    what: str  # added, removed, changed, moved
    part: str  # field, page, checks, …
    name: str  # as staff know it
    setting: str  # "" for the part as a whole
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Everything that differs, in the order of the later document; what was taken out comes last."""
    old, new = dict(_parts(before)), dict(_parts(after))
    found: list[Difference] = []
    for key, one in new.items():
        name = _name(one, key)
        if key not in old:
            found.append(Difference("added", key[0], name, "", "", _kind(one)))
            continue
        other = old[key]
        for setting in dict.fromkeys((*one, *other)):
            if setting in ("id", "fields", "kind") and one.get(setting) == other.get(setting):
                continue
            if setting != "fields" and one.get(setting) != other.get(setting):
                found.append(
                    Difference(
                        "changed",
                        key[0],
                        name,
                        setting,
                        _words(other.get(setting), setting, before),
                        _words(one.get(setting), setting, after),
                    )
                )
        if key[0] in ("field", "page") and _before(old, key, new) != _before(new, key, old):
            found.append(Difference("moved", key[0], name, "", "", ""))
    found.extend(
        Difference("removed", key[0], _name(one, key), "", _kind(one), "")
        for key, one in old.items()
        if key not in new
    )
    return found


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    texts = {key: document[key] for key in ("title", "intro") if key in document}
    yield ("form", ""), texts
    for page in document.get("pages", []):
        yield ("page", str(page["id"])), {key: one for key, one in page.items() if key != "fields"}
        yield from _fields(page.get("fields", []), str(page["id"]))
    for section in _BY_ID:
        for one in document.get(section, []):
            yield (section, str(one["id"])), one
    for one in document.get("fee", {}).get("lines", []):
        yield ("fee", str(one["id"])), one
    for section in _BY_NAME:
        for name, one in document.get(section, {}).items():
            yield (section, str(name)), one
    if "once" in document:
        yield ("once", ""), document["once"]
    people = {key: document[key] for key in ("applicant", "signature", "blind") if key in document}
    if people:
        yield ("people", ""), people
    for language, texts in document.get("translations", {}).items():
        yield ("words", str(language)), texts


def _fields(fields: list[dict[str, Any]], place: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for one in fields:
        yield (
            ("field", str(one["id"])),
            {key: value for key, value in one.items() if key != "fields"} | {"place": place},
        )
        yield from _fields(one.get("fields", []), str(one["id"]))


def _before(
    parts: Mapping[tuple[str, str], Any], key: tuple[str, str], other: Mapping[tuple[str, str], Any]
) -> Any:
    """What stands before a part, of those that both documents have."""
    last = None
    for one in parts:
        if one == key:
            return last
        if one[0] == key[0] and one in other:
            last = one
    return last


def _name(one: Mapping[str, Any], key: tuple[str, str]) -> str:
    return str(one.get("label") or one.get("title") or one.get("message") or key[1])


def _kind(one: Mapping[str, Any]) -> str:
    kind = KINDS.get(str(one.get("kind")))
    return kind.ja if kind else ""


def _words(value: Any, setting: str, document: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if setting in EXPRESSIONS or (setting == "required" and not isinstance(value, bool)):
        return formulas.write(value, document)
    if setting in ("options", "rows", "columns") and isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)]
        return "、".join(str(row.get("label", row.get("value", ""))) for row in rows[:40]) + (
            f"ほか{len(rows) - 40}件" if len(rows) > 40 else ""
        )
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:400]
