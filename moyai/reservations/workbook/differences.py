"""差分 — two states of the masters side by side: what is added, changed, ended or taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Policy
from moyai.reservations.workbook.columns import Column, write
from moyai.reservations.workbook.layouts import SOURCE, Listed, cells_of, layout
from moyai.reservations.workbook.nouns import NOUNS, PLAIN, Key, Masters, Noun, Row, Rows

ADDED, CHANGED, ENDED, REMOVED = "added", "changed", "ended", "removed"
SAID = {ADDED: lazy("追加"), CHANGED: lazy("変更"), ENDED: lazy("終了"), REMOVED: lazy("削除")}


@dataclass(frozen=True, slots=True)
class Change:
    """A column that differs: its head, and what stood and stands there."""

    head: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that differs. `name` is what clerks know it by."""

    noun: str
    key: Key
    what: str
    name: str
    changes: tuple[Change, ...] = ()


def differences(before: Masters, after: Masters) -> list[Difference]:
    """Every difference, sheet by sheet, in the order of the keys; the policies come last."""
    found = []
    for noun in PLAIN:
        found += _of_noun(noun, before[noun.name], after[noun.name])
    old, new = before["policies"], after["policies"]
    for key in sorted({*old, *new}, key=_sortable):
        one = of_policy(key, old.get(key), new.get(key))
        if one is not None:
            found.append(one)
    return found


def _of_noun(noun: Noun, old: Rows, new: Rows) -> list[Difference]:
    if old == new:
        return []
    found = (of_row(noun, key, old.get(key), new.get(key)) for key in sorted({*old, *new}, key=_sortable))
    return [one for one in found if one is not None]


def of_row(noun: Noun, key: Key, old: Row | None, new: Row | None) -> Difference | None:
    """The difference of one row, or None."""
    if old is None or new is None:
        row = old or new
        assert row is not None
        return Difference(noun.name, key, REMOVED if new is None else ADDED, str(row.get("name") or key_words(key)))
    changes = tuple(
        Change(column.head, said(column, old[column.name]), said(column, new[column.name]))
        for column in noun.columns
        if old[column.name] != new[column.name]
    )
    if not changes:
        return None
    ended = old.get("used_until") is None and new.get("used_until") is not None
    return Difference(
        noun.name, key, ENDED if ended else CHANGED, str(new.get("name") or key_words(key)), changes
    )


def of_policy(key: Key, old: Row | None, new: Row | None) -> Difference | None:
    """The difference of one policy: its own cells, and its lists line by line."""
    row = new or old
    assert row is not None
    name = policy_name(row)
    if old is None or new is None:
        return Difference("policies", key, REMOVED if new is None else ADDED, name)
    changes = list(document_changes(key[0], old["document"], new["document"]))
    if old["source"] != new["source"]:
        changes.insert(0, Change(SOURCE.head, old["source"], new["source"]))
    return Difference("policies", key, CHANGED, name, tuple(changes)) if changes else None


def document_changes(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two documents of a kind, as their sheets would show it."""
    how = layout(kind)
    found = [
        Change(one.column.head, _cell(before), _cell(after))
        for one, before, after in zip(
            how.placed, cells_of(how.placed, old), cells_of(how.placed, new), strict=True
        )
        if before != after
    ]
    for listed in how.lists:
        before = [_line(listed, item) for item in old.get(listed.name, ())]
        after = [_line(listed, item) for item in new.get(listed.name, ())]
        found += [Change(listed.title, line, "") for line in before if line not in after]
        found += [Change(listed.title, "", line) for line in after if line not in before]
        if before != after and sorted(before) == sorted(after):
            found.append(Change(listed.title, "\n".join(before), "\n".join(after)))  # only their order
    return found


def policy_name(row: Row) -> str:
    """使用料（gym／arena）: the kind and what it is for. Files and lists of codes are in Japanese."""
    where = key_words((row["facility"], row["room"])) or _("団体全体")
    return f"{Policy.Kind(row['kind']).label}（{where}）"


def _line(listed: Listed, item: Mapping[str, Any]) -> str:
    cells = zip(listed.columns, cells_of(listed.placed, item), strict=True)
    return "、".join(f"{column.head} {_cell(cell)}" for column, cell in cells if cell is not None)


def _cell(cell: Any) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)


def said(column: Column, value: Any) -> str:
    """A value as it stands in the sheet."""
    written = write(column, value)
    if written is None:
        return ""
    return f"{written:,}" if column.kind in ("yen", "whole") and isinstance(written, int) else str(written)


def sheet_name(noun: str) -> str:
    return NOUNS[noun].sheet if noun in NOUNS else _("利用の決まり")


def digest(masters: Masters | Row | None) -> str:
    """SHA-256 of masters or a row: the same for the same, whoever wrote it."""
    return hashlib.sha256(
        json.dumps(_plain(masters), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key_words(key) if isinstance(key, tuple) else key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def key_words(key: Key) -> str:
    """A key as clerks read it: codes with ／ between."""
    return "／".join(str(part) for part in key if part not in ("", None))


def _sortable(key: Key) -> tuple[str, ...]:
    return tuple(str(part or "") for part in key)
