"""様式を組み立てる — small steps on an edition document, for the builder's pages. Pure: gives a new document.

A document under construction may be unfinished; `check_edition` says what is missing before it is published.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from moyai.applications.rules import KINDS

Document = dict[str, Any]
WITHOUT_REQUIRED = frozenset(name for name, kind in KINDS.items() if not kind.can_be_optional or not kind.answerable)


class NoSuchPart(LookupError):
    """The page or field named is not in the document (another clerk removed it)."""


def blank(*, code: str, title: str) -> Document:
    """A form with nothing in it yet."""
    return {"schema_version": 1, "procedure": code, "title": title, "pages": []}


def fields_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field in order, those of groups after their group."""
    for page in document.get("pages", []):
        waiting = list(page.get("fields", []))
        while waiting:
            one = waiting.pop(0)
            yield one
            waiting = list(one.get("fields", [])) + waiting


def deciding(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(id, label) of the fields that a simple condition can ask: choices and yes/no outside groups."""
    return [
        (one["id"], str(one.get("label", one["id"])))
        for page in document.get("pages", [])
        for one in page.get("fields", [])
        if one.get("kind") in ("single_choice", "multiple_choice", "yes_no")
    ]


def _new_id(document: Mapping[str, Any], stem: str) -> str:
    used = {str(one.get("id")) for one in fields_of(document)}
    used |= {str(page.get("id")) for page in document.get("pages", [])}
    number = 1
    while f"{stem}{number}" in used:
        number += 1
    return f"{stem}{number}"


def _page(document: Document, page_id: str) -> dict[str, Any]:
    for page in document.get("pages", []):
        if page.get("id") == page_id:
            found: dict[str, Any] = page
            return found
    raise NoSuchPart(page_id)


def add_page(document: Mapping[str, Any], *, title: str) -> Document:
    made = copy.deepcopy(dict(document))
    made.setdefault("pages", []).append({"id": _new_id(made, "page"), "title": title, "fields": []})
    return made


def remove_page(document: Mapping[str, Any], *, page_id: str) -> Document:
    made = copy.deepcopy(dict(document))
    made["pages"].remove(_page(made, page_id))
    return made


def add_field(document: Mapping[str, Any], *, page_id: str, facts: Mapping[str, Any]) -> Document:
    """Add a field of a kind at the end of a page; `facts` are those of the builder's form.

    Its id is given once and stays. Raises NoSuchPart.
    """
    made = copy.deepcopy(dict(document))
    kind = str(facts["kind"])
    one: dict[str, Any] = {"id": _new_id(made, "q"), "kind": kind, "label": facts["label"]}
    if facts.get("hint"):
        one["hint"] = facts["hint"]
    if kind not in WITHOUT_REQUIRED:
        one["required"] = bool(facts.get("required"))
    if kind in ("single_choice", "multiple_choice"):
        labels = [label.strip() for label in str(facts["options"]).splitlines() if label.strip()]
        one["options"] = [{"value": f"o{place}", "label": label} for place, label in enumerate(labels, 1)]
    if kind in ("consent", "explanation"):
        one["text"] = facts["text"]
    if facts.get("show_if_field"):
        one["show_if"] = condition(made, field_id=facts["show_if_field"], words=facts["show_if_value"])
    _page(made, page_id)["fields"].append(one)
    return made


def condition(document: Mapping[str, Any], *, field_id: str, words: str) -> Any:
    """One condition in the words of the form: an option's label, or はい／いいえ. Raises NoSuchPart."""
    wanted = words.strip()
    for one in fields_of(document):
        if one.get("id") != field_id:
            continue
        if one["kind"] == "yes_no":
            if wanted in ("はい", "yes", "Yes"):
                return {"field": field_id}
            if wanted in ("いいえ", "no", "No"):
                return {"eq": [{"field": field_id}, False]}
            raise NoSuchPart(wanted)
        for option in one.get("options", []):
            if wanted in (option["label"], option["value"]):
                verb = "includes" if one["kind"] == "multiple_choice" else "eq"
                return {verb: [{"field": field_id}, option["value"]]}
        raise NoSuchPart(wanted)
    raise NoSuchPart(field_id)


def remove_field(document: Mapping[str, Any], *, field_id: str) -> Document:
    """Take out a field outside groups. Conditions that ask it are shown as problems. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    for page in made.get("pages", []):
        for one in page.get("fields", []):
            if one.get("id") == field_id:
                page["fields"].remove(one)
                return made
    raise NoSuchPart(field_id)


def raise_field(document: Mapping[str, Any], *, field_id: str) -> Document:
    """Move a field one place up in its page; the first stays. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    for page in made.get("pages", []):
        for place, one in enumerate(page.get("fields", [])):
            if one.get("id") == field_id:
                if place:
                    page["fields"][place - 1 : place + 1] = [one, page["fields"][place - 1]]
                return made
    raise NoSuchPart(field_id)
