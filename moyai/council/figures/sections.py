"""年次報告の節 — what a year's report is made of: sections of words, sittings, tables and charts; and the register of them.

A section knows nothing of paper or screen: the faces (page, PDF, XLSX, JSON) are made of the same blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal, Protocol

from moyai.documents.public import FigureTable
from moyai.tenants.public import Actor

Part = Literal["business", "settlement"]  # 事業報告, 収支決算
PARTS: Final[tuple[Part, ...]] = ("business", "settlement")


@dataclass(frozen=True, slots=True)
class Words:
    """文 — a paragraph. `heading` stands over it where it has its own."""

    text: str
    heading: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """統計表 — by a key that is its name in addresses and files, once in a report."""

    key: str
    table: FigureTable


@dataclass(frozen=True, slots=True)
class Chart:
    """図 — horizontal bars or lines; `finding` is the sentence a reader takes away."""

    key: str
    kind: Literal["bar", "line"]
    finding: str
    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | int | None, ...]], ...]
    unit: str = ""
    label_head: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """議題 — with what stands under it, and where it came from (部会 → 幹事会 → 総会)."""

    title: str
    state: str = ""
    under: tuple[AgendaItem, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting:
    """会議 — one sitting as the report prints it: 第1回 平成29年4月28日 （メール審議）."""

    number: int
    name: str
    held_on: date
    until_on: date | None
    and_others: bool
    mode: str
    mode_label: str
    place: str
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Sittings:
    """会議の開催状況 — of one committee in the year; without any, the report says 活動なし."""

    code: str
    committee: str
    words: tuple[str, ...]
    sittings: tuple[Sitting, ...]
    depth: int = 0  # how far below a committee without one above it


Block = Words | Table | Chart | Sittings


@dataclass(frozen=True, slots=True)
class Section:
    """節 — `key` is that of a service where it tells of one."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    part: Part = "business"

    @property
    def tables(self) -> dict[str, FigureTable]:
        return {block.key: block.table for block in self.blocks if isinstance(block, Table)}


class Maker(Protocol):
    """What a room offers: its sections of a year. `public`: for citizens, without drafts and without persons."""

    def __call__(
        self, *, actor: Actor, now: datetime, fiscal_year: int, public: bool
    ) -> Sequence[Section]: ...


@dataclass(frozen=True, slots=True)
class Offered:
    """One entry of the register. `stamp` changes when anything changes that the sections are made of."""

    key: str
    make: Maker
    stamp: Callable[[], str]
    position: int = 100


@dataclass
class Register:
    """節の登録簿 — filled at start-up by every room that has something to tell of a year; in order of `position`."""

    offered: dict[str, Offered] = field(default_factory=dict)

    def register(self, key: str, make: Maker, *, stamp: Callable[[], str], position: int = 100) -> None:
        """Offer sections under a name. The same name again replaces what stood there (a start-up runs twice)."""
        self.offered[key] = Offered(key, make, stamp, position)

    def in_order(self) -> list[Offered]:
        return sorted(self.offered.values(), key=lambda one: (one.position, one.key))


report_sections: Final = Register()


def joined(sections: Sequence[Section], order: Sequence[str]) -> list[Section]:
    """節をまとめる — sections of the same key become one, in the order given, the others after them as they came."""
    together: dict[tuple[str, str], Section] = {}
    for one in sections:
        at = (one.part, one.key)
        known = together.get(at)
        together[at] = (
            one
            if known is None
            else replace(known, title=known.title or one.title, blocks=(*known.blocks, *one.blocks))
        )
    places = {key: place for place, key in enumerate(order)}
    return sorted(
        together.values(), key=lambda one: (PARTS.index(one.part), places.get(one.key, len(places)))
    )


def unlike(sections: Sequence[Section]) -> list[Mapping[str, str]]:
    """公表値と計算値の違い — every cell of every table whose printed figure is not the computed one."""
    return [
        {
            "section": section.title,
            "table": table.caption,
            "row": row.label,
            "column": column.label,
            "published": str(figure.published),
            "computed": "" if figure.value is None else str(figure.value),
            "difference": str(figure.difference),
        }
        for section in sections
        for table in section.tables.values()
        for row, column, figure in table.disagreements()
    ]
