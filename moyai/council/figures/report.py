"""年次報告 — 事業報告 and 収支決算 of a fiscal year, assembled from the rows of the house. Nothing in it is typed twice.

What a paper printed stands beside what the rows make (公表値・計算値), and every difference is listed at the end.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moyai.calendars.public import fiscal_year_range
from moyai.council.figures.accounts import account_sections, shares_section
from moyai.council.figures.charts import report_charts
from moyai.council.figures.columns import year_words
from moyai.council.figures.given import beside, given_table, tells_something
from moyai.council.figures.meetings import COUNCIL, council_section
from moyai.council.figures.sections import (
    Block,
    Section,
    Table,
    Words,
    joined,
    report_sections,
    unlike,
)
from moyai.council.figures.services import service_sections
from moyai.council.models import GivenFigure, GivenTable
from moyai.council.queries.report import GivenRows, given_in
from moyai.council.queries.report_stamps import COUNCIL_TABLES, exact_stamp
from moyai.tenants.public import Actor, clock

KEPT: Final = 16  # reports and parts of reports in memory
NAME: Final = "name"  # the text that is the council's own name


@dataclass(frozen=True)
class Report:
    """年次報告 of a year. `faces` keeps what was made of it (a page's HTML), for as long as it is the same report."""

    fiscal_year: int
    council: str
    until: date
    public: bool
    sections: tuple[Section, ...]
    unlike: tuple[Mapping[str, str], ...]
    stamp: str
    faces: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def title(self) -> str:
        return _("%(year)s %(council)s 年次報告") % {"year": year_words(self.fiscal_year), "council": self.council}

    @property
    def first(self) -> date:
        return fiscal_year_range(self.fiscal_year)[0]

    @property
    def whole(self) -> bool:
        """Whether the year is over: a report of a running year says until when it tells."""
        return self.until == fiscal_year_range(self.fiscal_year)[1]


class Kept:
    """作った節の控え — the latest of each, by what it is of; used only while its stamp is the one of now."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], stamp: str) -> Any | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != stamp:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: tuple[object, ...], stamp: str, value: Any) -> None:
        with self._lock:
            self._kept[key] = (stamp, value)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT * (1 + len(report_sections.offered)):
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


KEEPER: Final = Kept()


def annual_report(*, actor: Actor, now: datetime, fiscal_year: int, public: bool = False) -> Report:
    """年次報告 — of a year that is over, whole; of the running one, until today.

    `public`: the citizens' copy, without drafts, without sittings that are not public, without persons who are no body.
    Counting over all bodies leaves a deed of the room that counts. Warm: one query for the stamps of each room.
    """
    until = min(fiscal_year_range(fiscal_year)[1], clock.today(now))
    language = get_language() or "ja"
    offers = report_sections.in_order()
    of_rooms = {stamp: stamp() for stamp in dict.fromkeys(one.stamp for one in offers)}
    stamp = "\n".join((str(until), exact_stamp(COUNCIL_TABLES), *of_rooms.values()))
    whose = (fiscal_year, public, language)
    kept: Report | None = KEEPER.get(whose, stamp)
    if kept is not None:
        return kept
    offered: list[Section] = []
    for one in offers:
        key = (*whose, one.key)
        of_room = f"{until}\n{of_rooms[one.stamp]}"
        sections = KEEPER.get(key, of_room)
        if sections is None:
            sections = tuple(one.make(actor=actor, now=now, fiscal_year=fiscal_year, public=public))
            KEEPER.put(key, of_room, sections)
        offered += sections
    report = _assembled(fiscal_year, until, offered, public=public, stamp=stamp)
    KEEPER.put(whose, stamp, report)
    return report


def _assembled(
    fiscal_year: int, until: date, offered: Sequence[Section], *, public: bool, stamp: str
) -> Report:
    given = given_in(fiscal_year)
    services = service_sections(until=until, texts=given.texts)
    own = [
        council_section(fiscal_year=fiscal_year, until=until, public=public, texts=given.texts),
        *services,
        *offered,
        *account_sections(fiscal_year, public=public),
        *shares_section(fiscal_year),
    ]
    forms = {form.code: form for form in given.tables}
    sections = [replace(one, blocks=_beside_given(one, forms, given)) for one in own]
    frame = (
        len(services) + 1
    )  # of these also a table of words stays; what a room offers stays where it tells something
    sections = [
        one if at < frame or one.part == "settlement" else replace(one, blocks=_telling(one.blocks))
        for at, one in enumerate(sections)
    ]
    told = {key for one in sections for key in one.tables}
    sections += _given_sections(given, told)
    sections += _other_words(given)
    order = [COUNCIL, *(one.key for one in services)]
    whole = [_with_charts(one) for one in joined(sections, order) if one.blocks]
    names = given.texts.get(NAME, ())
    return Report(
        fiscal_year=fiscal_year,
        council=names[0].text if names else _("協議会"),
        until=until,
        public=public,
        sections=tuple(whole),
        unlike=tuple(unlike(whole)),
        stamp=stamp,
    )


def _beside_given(section: Section, forms: Mapping[str, GivenTable], given: GivenRows) -> tuple[Block, ...]:
    """Printed figures beside our own; where our own rows have nothing, the table as it was printed."""
    blocks: list[Block] = []
    for block in section.blocks:
        figures: Sequence[GivenFigure] = given.figures.get(block.key, ()) if isinstance(block, Table) else ()
        if not isinstance(block, Table) or not figures:
            blocks.append(block)
        elif block.key in forms and not tells_something(block.table):
            blocks.append(Table(block.key, given_table(forms[block.key], figures)))
        else:
            blocks.append(Table(block.key, beside(block.table, figures)))
    return tuple(blocks)


def _telling(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Without the tables in which nothing was counted and nothing was printed: the service is not used here."""
    return tuple(
        block
        for block in blocks
        if not isinstance(block, Table) or tells_something(block.table) or block.table.published
    )


def _given_sections(given: GivenRows, told: set[str]) -> list[Section]:
    return [
        Section(
            form.section or COUNCIL,
            "" if form.section else _("協議会運営事業"),
            (Table(form.code, given_table(form, given.figures.get(form.code, ()))),),
        )
        for form in given.tables
        if form.code not in told
    ]


def _other_words(given: GivenRows) -> list[Section]:
    """見出しのある文 — texts of sections nothing else tells of: "note-…" for the council."""
    return [
        Section(COUNCIL, _("協議会運営事業"), (Words(text.text, source=text.source),))
        for key, texts in given.texts.items()
        if key.startswith("note")
        for text in texts
    ]


def _with_charts(section: Section) -> Section:
    blocks: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Table) and (chart := report_charts.of(block.key, block.table)) is not None:
            blocks.append(chart)
        blocks.append(block)
    return replace(section, title=section.title or section.key, blocks=tuple(blocks))
