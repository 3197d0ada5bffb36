"""決まりごと — what stands beside the questions: found, put and taken away by what it is and its name. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from moyai.applications.building.shape import Document, NoSuchPart

BY_NAME = ("constants", "given", "lists")
ALONE = ("once",)


def _rows(document: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        document.get("fee", {}).get("lines", []) if what == "fee" else document.get(what, [])
    )
    return rows


def rules_of(document: Mapping[str, Any], what: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, rule) of each rule of a sort, in order."""
    if what in BY_NAME:
        yield from document.get(what, {}).items()
    elif what in ALONE:
        if what in document:
            yield "", document[what]
    else:
        yield from ((str(one.get("id", "")), one) for one in _rows(document, what))


def rule_of(document: Mapping[str, Any], what: str, name: str) -> dict[str, Any]:
    """One rule. Raises NoSuchPart."""
    for known, one in rules_of(document, what):
        if known == name:
            return one
    raise NoSuchPart(name)


def put_rule(document: Mapping[str, Any], what: str, name: str, rule: Mapping[str, Any]) -> Document:
    """The document with this rule in place of the one of its name, or after the others."""
    made = copy.deepcopy(dict(document))
    if what in ALONE:
        made[what] = dict(rule)
    elif what in BY_NAME:
        made.setdefault(what, {})[name] = dict(rule)
    else:
        holder, key = (made.setdefault("fee", {}), "lines") if what == "fee" else (made, what)
        rows = holder.setdefault(key, [])
        whole = {"id": name, **rule}
        place = next((at for at, one in enumerate(rows) if one.get("id") == name), None)
        if place is None:
            rows.append(whole)
        else:
            rows[place] = whole
    return made


def remove_rule(document: Mapping[str, Any], what: str, name: str) -> Document:
    """The document without this rule; an empty section goes with it. Raises NoSuchPart."""
    rule_of(document, what, name)
    made = copy.deepcopy(dict(document))
    if what in ALONE:
        del made[what]
    elif what in BY_NAME:
        del made[what][name]
        if not made[what]:
            del made[what]
    elif what == "fee":
        made["fee"]["lines"] = [one for one in made["fee"]["lines"] if one.get("id") != name]
        if not made["fee"]["lines"]:
            del made["fee"]
    else:
        made[what] = [one for one in made[what] if one.get("id") != name]
        if not made[what]:
            del made[what]
    return made
