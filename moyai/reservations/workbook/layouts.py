"""決まりの表 — how the document of a policy stands in sheets: one row per policy, and a sheet for each list in it.

Nothing here knows a kind of policy: heads, words and limits are those of its JSON Schema (`title`, `x-words`, `x-unit`).
An empty cell is a property that is not there; so a document is the same after it was written and read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from moyai.reservations.models import Policy
from moyai.reservations.rules.policies import KINDS
from moyai.reservations.workbook.columns import Column, Wrong, read, write

Path = tuple[str, ...]
# What a cell of another sheet says of the policy its row belongs to.
SCOPE = (
    Column("facility", "対象施設コード", "code", width=14, hint="空欄は団体全体。"),
    Column("room", "対象室場コード", "code", width=14, hint="空欄は施設全体。"),
    Column("from_on", "適用開始日", "date", required=True),
)
SOURCE = Column("source", "条例・規則", most=200, width=36, hint="条例・規則の名前と条。団体の定めならその旨。")
# Sheets that clerks know by a name of their own.
TITLES = {
    ("opening", ""): "開館日",
    ("opening", "hours"): "開館時間",
    ("opening", "closed"): "休館日",
    ("periods", ""): "申込期間",
    ("periods", "lottery"): "抽選の受付期間",
    ("periods", "first"): "先着の受付期間",
    ("periods", "priority"): "優先の受付期間",
    ("limits", ""): "上限",
    ("limits", "limits"): "上限表",
    ("eligibility", ""): "利用資格",
    ("fees", ""): "使用料",
    ("fees", "tax_rates"): "消費税率",
    ("fees", "prices"): "料金表",
    ("fees", "hours"): "時間料金",
    ("fees", "surcharges"): "割増",
    ("fees", "extensions"): "延長",
    ("fees", "extras"): "付加設備",
    ("fees", "reliefs"): "減免",
    ("cancellation", ""): "取消し",
    ("cancellation", "tiers"): "取消料",
    ("penalties", ""): "違反点数",
    ("penalties", "points"): "点数表",
    ("penalties", "suspend"): "利用停止",
    ("lottery", ""): "抽選",
}
LONGEST_TITLE = 31  # of a sheet
_NOT_IN_TITLES = str.maketrans("", "", "[]:*?/\\：？／")


@dataclass(frozen=True, slots=True)
class Placed:
    """A column and where its value stands in the document (or in an item of a list)."""

    path: Path
    column: Column
    needed: bool  # [] and "" are written where the schema wants the property all the same


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of objects of the document: its own sheet, a row for each item."""

    name: str
    title: str
    placed: tuple[Placed, ...]
    needed: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(one.column for one in self.placed)


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of policy as sheets."""

    kind: str
    title: str
    placed: tuple[Placed, ...]
    lists: tuple[Listed, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(one.column for one in self.placed)


@cache
def layout(kind: str) -> Layout:
    """How documents of a kind are laid out."""
    schema = KINDS[kind]
    needed = set(schema.get("required", ()))
    lists, plain = [], {}
    for name, part in schema["properties"].items():
        if part["type"] == "array" and part["items"].get("type") == "object":
            title = TITLES.get((kind, name)) or f"{Policy.Kind(kind).label}・{part['title']}"
            placed = _told_apart(_placed(part["items"], ()))
            lists.append(Listed(name, _as_title(title), placed, name in needed))
        else:
            plain[name] = part
    placed = _told_apart(_placed({**schema, "properties": plain}, ()))
    return Layout(kind, _as_title(TITLES.get((kind, "")) or str(Policy.Kind(kind).label)), placed, tuple(lists))


def layouts() -> list[Layout]:
    return [layout(kind) for kind in Policy.Kind.values]


def _as_title(words: str) -> str:
    return str(words).translate(_NOT_IN_TITLES)[:LONGEST_TITLE]


def _placed(schema: Mapping[str, Any], path: Path, head: str = "", must: bool = True) -> Iterator[Placed]:
    needed = set(schema.get("required", ()))
    for name, part in schema["properties"].items():
        here = (*path, name)
        title = (f"{head}・" if head else "") + str(part.get("title") or name)
        if part["type"] == "object":
            yield from _placed(part, here, title, must and name in needed)
        else:
            yield Placed(here, _column(part, here, title), must and name in needed)


def _told_apart(placed: Iterator[Placed]) -> tuple[Placed, ...]:
    """No two columns of a sheet have the same head, nor that of a column which every sheet has."""
    seen = {column.head for column in (*SCOPE, SOURCE)}
    found = []
    for one in placed:
        head, number = one.column.head, 2
        while head in seen:
            head, number = f"{one.column.head}（{number}）", number + 1
        seen.add(head)
        found.append(replace(one, column=replace(one.column, head=head)))
    return tuple(found)


def _column(part: Mapping[str, Any], path: Path, head: str) -> Column:
    about: dict[str, Any] = {"name": "_".join(path), "head": head, "empty": None, "width": max(10, min(30, len(head) * 2))}
    kind = part["type"]
    if kind == "boolean":
        return Column(**about, kind="yes_no", hint="○か×")
    if kind == "integer":
        unit = {"time": "time", "yen": "yen"}.get(part.get("x-unit", ""), "whole")
        return Column(**about, kind=unit, least=part.get("minimum", 0), most=part.get("maximum", 10**9))
    if kind == "array":
        items = part["items"]
        if items["type"] == "integer":
            return Column(
                **about, kind="wholes", least=items.get("minimum", 0), most=items.get("maximum", 10**9), hint="、で区切ります。"
            )
        words = items.get("x-words", {})
        return Column(**about, kind="list", words=words, most=items.get("maxLength", 20), hint="、で区切ります。")
    if "enum" in part:
        return Column(**about, kind="choice", words=part.get("x-words", {one: one for one in part["enum"]}))
    if part.get("format") == "date":
        return Column(**about, kind="day")
    return Column(**about, kind="text", most=part.get("maxLength", 300))


# --- documents ↔ cells ---------------------------------------------------------------------------------


def cells_of(placed: Sequence[Placed], item: Mapping[str, Any]) -> list[Any]:
    """An object as cells."""
    return [write(one.column, _get(item, one.path)) for one in placed]


def item_of(placed: Sequence[Placed], cells: Sequence[Any]) -> tuple[dict[str, Any], list[tuple[Column, str]]]:
    """Cells as an object, and what is wrong with which of them."""
    item: dict[str, Any] = {}
    wrong = []
    for one, raw in zip(placed, cells, strict=True):
        try:
            value = read(one.column, raw)
        except Wrong as error:
            wrong.append((one.column, error.message))
            continue
        if value is None and one.needed:
            value = {"list": [], "wholes": [], "text": ""}.get(one.column.kind)
        if value is not None:
            _put(item, one.path, value)
    return item, wrong


def canonical(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is after a way through the sheets: without empty lists and words that nobody needs."""
    how = layout(kind)
    made, _wrong = item_of(how.placed, cells_of(how.placed, document))
    for one in how.lists:
        items = [item_of(one.placed, cells_of(one.placed, item))[0] for item in document.get(one.name, ())]
        if items or one.needed:
            made[one.name] = items
    return made


def _get(item: Mapping[str, Any], path: Path) -> Any:
    at: Any = item
    for part in path:
        if not isinstance(at, Mapping) or part not in at:
            return None
        at = at[part]
    return at


def _put(item: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        item = item.setdefault(part, {})
    item[path[-1]] = value
