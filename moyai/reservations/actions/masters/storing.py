"""マスタを書く — what differs between two states of the masters, into the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from moyai.reservations.models import Policy, Room
from moyai.reservations.queries.workbook import MODELS, Stored
from moyai.reservations.rules.policies import digest
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.nouns import NOUNS, PLAIN, Key, Masters, Row

AT_ONCE = 500  # rows written by one statement
SHAPE = ("parts", "units", "frames")  # what a booking of a room relies on


def store(stored: Stored, after: Masters, *, now: datetime, by: str) -> list[Fault]:
    """Write every difference. Faults are rows that cannot go because something remembers them: undo all then."""
    faults: list[Fault] = []
    for noun in PLAIN:
        _write(stored, noun.name, after[noun.name])
    _write_policies(stored, after["policies"], now=now, by=by)
    for noun in reversed(PLAIN):
        for key in [key for key in stored.masters[noun.name] if key not in after[noun.name]]:
            try:
                stored.rows[noun.name].pop(key).delete()
            except ProtectedError:
                text = _("予約などの記録から使われているため、消せません。終了日を入れてください。")
                faults.append(Fault(noun.name, key, noun.key[-1], text))
    touched = {
        key[:2]
        for noun in SHAPE
        for key in {*stored.masters[noun], *after[noun]}
        if stored.masters[noun].get(key) != after[noun].get(key)
    }
    ids = [stored.rows["rooms"][key].pk for key in touched if key in stored.rows["rooms"]]
    Room.objects.filter(body=stored.body, pk__in=ids).update(version=F("version") + 1)
    return faults


def _write(stored: Stored, noun: str, rows: Mapping[Key, Row]) -> None:
    """Rows that are new or other. A main room is written before what is attached to it."""
    known = stored.masters[noun]
    new = [key for key in rows if key not in known]
    for attached in (False, True) if noun == "rooms" else (False,):
        portion = [key for key in new if noun != "rooms" or bool(rows[key]["main"]) == attached]
        made = [MODELS[noun](body=stored.body, **_facts(stored, noun, rows[key])) for key in portion]
        for key, one in zip(portion, MODELS[noun].objects.bulk_create(made, batch_size=AT_ONCE), strict=True):
            stored.rows[noun][key] = one
    changed = [key for key, row in rows.items() if key in known and known[key] != row]
    fields: set[str] = set()
    for key in changed:
        facts = _facts(stored, noun, rows[key])
        fields |= set(facts)
        for name, value in facts.items():
            setattr(stored.rows[noun][key], name, value)
        if noun == "rooms":
            stored.rows[noun][key].version += 1
    if changed:
        if noun == "rooms":
            fields.add("version")
        MODELS[noun].objects.bulk_update(
            [stored.rows[noun][key] for key in changed], sorted(fields), batch_size=AT_ONCE
        )


def _facts(stored: Stored, noun: str, row: Row) -> dict[str, Any]:
    """A row as the fields of its table."""
    facts: dict[str, Any] = {}
    for column in NOUNS[noun].columns:
        name, value = column.name, row[column.name]
        if name == "facility":
            if noun in ("rooms", "equipment", "special_days"):
                facts[name] = stored.rows["facilities"][(value,)]
        elif name in ("room", "main"):
            facts[name] = stored.rows["rooms"][(row["facility"], value)] if value else None
        elif name == "step_minutes":
            facts[name] = int(value)
        else:
            facts[name] = list(value) if isinstance(value, tuple) else value
    return facts


def _write_policies(stored: Stored, rows: Mapping[Key, Row], *, now: datetime, by: str) -> None:
    for key, row in stored.masters["policies"].items():
        if key not in rows:
            stored.rows["policies"][key].delete()
        elif rows[key] != row:
            policy = stored.rows["policies"][key]
            policy.source, policy.document = rows[key]["source"], rows[key]["document"]
            policy.sha256, policy.made_at, policy.made_by = digest(policy.document), now, by
            policy.save(update_fields=["source", "document", "sha256", "made_at", "made_by"])
    Policy.objects.bulk_create(
        [
            Policy(
                body=stored.body,
                facility=stored.rows["facilities"][(row["facility"],)] if row["facility"] else None,
                room=stored.rows["rooms"][(row["facility"], row["room"])] if row["room"] else None,
                kind=row["kind"],
                from_on=row["from_on"],
                document=row["document"],
                sha256=digest(row["document"]),
                source=row["source"],
                made_at=now,
                made_by=by,
            )
            for key, row in rows.items()
            if key not in stored.masters["policies"]
        ],
        batch_size=AT_ONCE,
    )
