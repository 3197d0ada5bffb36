"""本人情報を回答に — what is known of a person, laid under the questions that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moyai.applications.rules import ADDRESS_PARTS, CompiledEdition, Field

# The role of a field in a form → the name of the fact in a 本人情報 or a 委任状.
ROLES = {
    "name": ("name",),
    "kana": ("kana",),
    "born_on": ("born_on",),
    "phone": ("phone",),
    "mail": ("mail", "email"),
    "address": ("address",),
}


def answers_from(form: CompiledEdition, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as answers, by field: the edition says which fields are the applicant's (`applicant`).

    Only questions outside repeating groups that a person types; a fact that is not known leaves no answer.
    """
    found: dict[str, Any] = {}
    for role, names in ROLES.items():
        for field_id in form.applicant.get(role, ())[:1]:
            asked = form.fields.get(field_id)
            value = next((facts[name] for name in names if facts.get(name)), None)
            if asked is None or asked.groups or asked.locked:
                continue
            if role == "address":
                value = _address(asked, facts)
            if value:
                found[field_id] = value
    for asked in form.fields.values():
        if asked.kind == "corporate_number" and not asked.groups and not asked.locked:
            if facts.get("corporate_number"):
                found.setdefault(asked.id, facts["corporate_number"])
            break
    return found


def _address(asked: Field, facts: Mapping[str, Any]) -> Any:
    if asked.kind != "address":
        return facts.get("address") or None
    own = facts.get("address")
    parts = own if isinstance(own, Mapping) else facts
    given = {part: str(parts[part]) for part in ADDRESS_PARTS if parts.get(part)}
    if "postal_code" in given and not asked.settings.get("postal_code", True):
        del given["postal_code"]
    return given or None


def facts_from(form: CompiledEdition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The other way: what an applicant's answers say of the person, by the names of a 本人情報."""
    found: dict[str, Any] = {}
    for role, names in ROLES.items():
        value = next((answers[one] for one in form.applicant.get(role, ()) if answers.get(one)), None)
        if isinstance(value, Mapping):
            found.update({part: text for part, text in value.items() if part in ADDRESS_PARTS})
        elif value and role != "address":
            found[names[-1]] = value
    return found


def without_files(form: CompiledEdition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers without their files, which stay with the application they were brought for."""
    kept: dict[str, Any] = {}
    for key, value in answers.items():
        asked = form.fields.get(key)
        if asked is None or asked.kind in ("file", "photo"):
            continue
        if asked.kind == "group" and isinstance(value, list):
            kept[key] = [without_files(form, row) for row in value if isinstance(row, Mapping)]
        else:
            kept[key] = value
    return kept
