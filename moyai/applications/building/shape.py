"""ページと項目 — small steps on the pages and fields of a document. Each gives a new document."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moyai.applications.rules.translations import texts_of

Document = dict[str, Any]


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


def named(document: Mapping[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every field in order with the name by which one picks it: 「世帯員：氏名」 inside a group."""
    found: list[tuple[dict[str, Any], str]] = []

    def walk(fields: Sequence[dict[str, Any]], above: str) -> None:
        for one in fields:
            label = above + str(one.get("label", one["id"]))
            found.append((one, label))
            walk(one.get("fields", []), f"{label}：")

    for page in document.get("pages", []):
        walk(page.get("fields", []), "")
    return found


def deciding(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(id, label) of the fields that a simple condition can ask: choices and yes/no outside groups."""
    return [
        (one["id"], str(one.get("label", one["id"])))
        for page in document.get("pages", [])
        for one in page.get("fields", [])
        if one.get("kind") in ("single_choice", "multiple_choice", "yes_no")
    ]


def new_id(document: Mapping[str, Any], stem: str) -> str:
    """stem1, stem2 …: the first that no page and no field has."""
    used = {str(one.get("id")) for one in fields_of(document)}
    used |= {str(page.get("id")) for page in document.get("pages", [])}
    number = 1
    while f"{stem}{number}" in used:
        number += 1
    return f"{stem}{number}"


def page_of(document: Mapping[str, Any], page_id: str) -> dict[str, Any]:
    """The page itself. Raises NoSuchPart."""
    for page in document.get("pages", []):
        if page.get("id") == page_id:
            found: dict[str, Any] = page
            return found
    raise NoSuchPart(page_id)


def field_of(document: Mapping[str, Any], field_id: str) -> dict[str, Any]:
    """The field itself, wherever it stands. Raises NoSuchPart."""
    return _siblings(document, field_id)[1]


def _siblings(document: Mapping[str, Any], field_id: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The list a field stands in, and the field. Raises NoSuchPart."""
    waiting = [page.get("fields", []) for page in document.get("pages", [])]
    while waiting:
        fields = waiting.pop()
        for one in fields:
            if one.get("id") == field_id:
                return fields, one
            if one.get("fields"):
                waiting.append(one["fields"])
    raise NoSuchPart(field_id)


def groups_around(document: Mapping[str, Any], field_id: str) -> tuple[str, ...]:
    """The groups a field stands in, outermost first. Raises NoSuchPart."""

    def within(fields: list[dict[str, Any]], around: tuple[str, ...]) -> tuple[str, ...] | None:
        for one in fields:
            if one.get("id") == field_id:
                return around
            found = within(one.get("fields", []), (*around, str(one.get("id"))))
            if found is not None:
                return found
        return None

    for page in document.get("pages", []):
        found = within(page.get("fields", []), ())
        if found is not None:
            return found
    raise NoSuchPart(field_id)


def places(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a field can stand: ("page:id" or "group:id", words), in order."""
    found: list[tuple[str, str]] = []

    def groups(fields: list[dict[str, Any]], before: str) -> None:
        for one in fields:
            if one.get("kind") == "group":
                words = f"{before} ＞ {one.get('label', one['id'])}"
                found.append((f"group:{one['id']}", words))
                groups(one.get("fields", []), words)

    for page in document.get("pages", []):
        found.append((f"page:{page['id']}", str(page.get("title", page["id"]))))
        groups(page.get("fields", []), str(page.get("title", page["id"])))
    return found


def _at(document: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    """The list of fields of a place. Raises NoSuchPart."""
    kind, _colon, part = place.partition(":")
    if kind == "page":
        fields: list[dict[str, Any]] = page_of(document, part).setdefault("fields", [])
        return fields
    one = field_of(document, part)
    if kind != "group" or one.get("kind") != "group":
        raise NoSuchPart(place)
    inner: list[dict[str, Any]] = one.setdefault("fields", [])
    return inner


def add_page(document: Mapping[str, Any], *, title: str) -> Document:
    made = copy.deepcopy(dict(document))
    made.setdefault("pages", []).append({"id": new_id(made, "page"), "title": title, "fields": []})
    return made


def change_page(document: Mapping[str, Any], *, page_id: str, facts: Mapping[str, Any]) -> Document:
    """Replace what a page says beside its fields; None takes a key away. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    _replaced(page_of(made, page_id), facts)
    return made


def remove_page(document: Mapping[str, Any], *, page_id: str) -> Document:
    made = copy.deepcopy(dict(document))
    made["pages"].remove(page_of(made, page_id))
    return made


def shift_page(document: Mapping[str, Any], *, page_id: str, by: int) -> Document:
    """Move a page one place up (-1) or down (1); at the end it stays. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    _shifted(made["pages"], page_of(made, page_id), by)
    return made


def add_field(document: Mapping[str, Any], *, place: str, field: Mapping[str, Any]) -> Document:
    """Add a field at the end of a page or group. Its id is given once and stays. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    one = {"id": new_id(made, "q"), **field}
    _at(made, place).append(one)
    return made


def change_field(document: Mapping[str, Any], *, field_id: str, facts: Mapping[str, Any]) -> Document:
    """Replace settings of a field; None takes one away. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    _replaced(field_of(made, field_id), facts)
    return made


def remove_field(document: Mapping[str, Any], *, field_id: str) -> Document:
    """Take out a field, and all in it. Conditions that ask it are shown as problems. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    fields, one = _siblings(made, field_id)
    fields.remove(one)
    return made


def shift_field(document: Mapping[str, Any], *, field_id: str, by: int) -> Document:
    """Move a field one place up (-1) or down (1) where it stands; at the end it stays. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    fields, one = _siblings(made, field_id)
    _shifted(fields, one, by)
    return made


def put_field(document: Mapping[str, Any], *, field_id: str, place: str) -> Document:
    """Move a field to the end of another page or group, never into itself. Raises NoSuchPart."""
    made = copy.deepcopy(dict(document))
    fields, one = _siblings(made, field_id)
    fields.remove(one)
    _at(made, place).append(one)
    return made


def _replaced(part: dict[str, Any], facts: Mapping[str, Any]) -> None:
    for key, value in facts.items():
        if value is None:
            part.pop(key, None)
        else:
            part[key] = value


def _shifted(parts: list[dict[str, Any]], one: dict[str, Any], by: int) -> None:
    place = parts.index(one)
    other = place + by
    if 0 <= other < len(parts):
        parts[place], parts[other] = parts[other], parts[place]


def condition(document: Mapping[str, Any], *, field_id: str, words: str) -> Any:
    """One condition in the words of the form: an option's label, or はい／いいえ. Raises NoSuchPart."""
    wanted = words.strip()
    one = field_of(document, field_id)
    if one["kind"] == "yes_no":
        if wanted in ("はい", "yes", "Yes", one.get("yes_label")):
            return {"field": field_id}
        if wanted in ("いいえ", "no", "No", one.get("no_label")):
            return {"eq": [{"field": field_id}, False]}
        raise NoSuchPart(wanted)
    for option in one.get("options", []):
        if wanted in (option["label"], option["value"]):
            verb = "includes" if one["kind"] == "multiple_choice" else "eq"
            return {verb: [{"field": field_id}, option["value"]]}
    raise NoSuchPart(wanted)


def tidy(document: Document) -> Document:
    """The document without translations of what is no longer in it. What cannot be walked stays as it is."""
    given = document.get("translations")
    pages = document.get("pages", [])
    if not isinstance(given, dict) or not all("fields" in page for page in pages):
        return document
    asked = {path for path, _holder, _key in texts_of(document)}
    kept = {
        language: {path: text for path, text in texts.items() if path in asked}
        for language, texts in given.items()
    }
    return {**document, "translations": kept}
