"""空き状況の表 — a real table with headers, printed in Python: a page of all rooms has hundreds of cells.

On a phone each row is a card with what can be had as its buttons; `?view=table` keeps the table there too. A mark is a
glyph for the eye and a sentence for the ear; only what can be chosen is a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.queries.marks import Cell, Mark, Row
from moyai.reservations.rules.rooms import clock_face
from moyai.ui.public import in_japanese

GLYPHS = {
    Mark.FREE: "○",
    Mark.SOME: "△",
    Mark.LOTTERY: lazy("抽"),
    Mark.DRAWN: lazy("締"),
    Mark.RELEASE: lazy("開"),
    Mark.TAKEN: "×",
    Mark.CLOSED: lazy("休"),
    Mark.SHUT: "－",
}
WORDS = {
    Mark.FREE: lazy("空きあり"),
    Mark.SOME: lazy("一部空きあり"),
    Mark.LOTTERY: lazy("抽選受付中"),
    Mark.DRAWN: lazy("抽選の結果待ち"),
    Mark.RELEASE: lazy("取消し後の開放待ち"),
    Mark.TAKEN: lazy("空きなし"),
    Mark.CLOSED: lazy("休館日"),
    Mark.SHUT: lazy("受付期間外・過ぎた枠"),
}
ACTS = {
    Mark.FREE: lazy("予約へ"),
    Mark.SOME: lazy("予約へ"),
    Mark.LOTTERY: lazy("抽選の申込みへ"),
}

UrlOf = Callable[[Row, Cell], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: what its header says and links to."""

    row: Row
    head: str
    url: str = ""
    note: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    html: SafeString
    marks: frozenset[Mark]


def legend(marks: Iterable[Mark]) -> list[dict[str, str]]:
    """凡例 — only of the marks that are there, in their order."""
    present = set(marks)
    return [
        {"glyph": str(GLYPHS[one]), "words": str(WORDS[one]), "mark": one} for one in Mark if one in present
    ]


def columns_of(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """The columns that these rows have together, by their beginning."""
    found: dict[tuple[int, int], str] = {}
    for row in rows:
        for cell in row.cells:
            found.setdefault((cell.starts, cell.ends), cell.name)
    return [(starts, ends, name) for (starts, ends), name in sorted(found.items())]


def shape_of(row: Row) -> tuple[str, ...]:
    """Rows with the same コマ by name share a table; rows that go by time share another."""
    if row.plan.step:
        return ("",)
    return tuple(frame.name for frame in row.plan.frames)


def table(
    *, caption: str, head: str, lines: Sequence[Line], url_of: UrlOf, own_id: str, as_table: bool
) -> Table:
    """The table of these lines. `head` names what the rows are; `as_table`: no cards on phones."""
    columns = columns_of([line.row for line in lines])
    marks: set[Mark] = set()
    words = _Words(columns)
    body = "".join([_line(line, columns, words, url_of, marks) for line in lines])
    heads = "".join([f'<th scope="col">{_column(column)}</th>' for column in columns])
    if not columns:  # every day of it is closed
        heads = f'<th scope="col">{escape(_("空き状況"))}</th>'
    cards = "" if as_table else " data-list"
    steps = " data-steps" if any(line.row.plan.step for line in lines) else ""
    html = (
        f'<div class="mo-scroll mo-wide" tabindex="0" role="region" aria-labelledby="{own_id}">'
        f'<table class="mo-slots"{cards}{steps}><caption id="{own_id}">{in_japanese(caption)}</caption>'
        f'<thead><tr><th scope="col">{escape(head)}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    return Table(SafeString(html), frozenset(marks))


def _column(column: tuple[int, int, str]) -> str:
    starts, ends, name = column
    times = f"{clock_face(starts)}–{clock_face(ends)}"
    if not name:
        return f"<span>{clock_face(starts)}</span>"
    return f"{in_japanese(escape(name))}<small>{times}</small>"


class _Words:
    """What the cells of a table say, in the reader's language: once for all of them."""

    def __init__(self, columns: Sequence[tuple[int, int, str]]) -> None:
        self.glyphs = {mark: str(glyph) for mark, glyph in GLYPHS.items()}
        self.of = {mark: str(words) for mark, words in WORDS.items()}
        self.still = {mark: f'<td data-mark="{mark}">{self.glyph(mark)}</td>' for mark in Mark}
        self.acts = {mark: f"{self.of[mark]} {words}" for mark, words in ACTS.items()}
        self.at: list[tuple[str, str]] = []  # of each column: its time for the eye, and for the ear
        for starts, ends, name in columns:
            label = escape(name) or clock_face(starts)
            times = f" {clock_face(starts)}–{clock_face(ends)}" if name else f"–{clock_face(ends)}"
            self.at.append((f"{in_japanese(label)}<small>{times}</small>", f"{label}{times}"))

    def glyph(self, mark: Mark) -> str:
        return f'<span aria-hidden="true">{self.glyphs[mark]}</span><span class="mo-hidden">{self.of[mark]}</span>'


def _line(
    line: Line,
    columns: Sequence[tuple[int, int, str]],
    words: _Words,
    url_of: UrlOf,
    marks: set[Mark],
) -> str:
    head = escape(line.head)
    name = in_japanese(head)
    linked = f'<a href="{escape(line.url)}">{name}</a>' if line.url else f"<span>{name}</span>"
    note = f"<small>{in_japanese(escape(line.note))}</small>" if line.note else ""
    if not line.row.opening.open:
        marks.add(Mark.CLOSED)
        span = f' colspan="{len(columns)}"' if len(columns) > 1 else ""
        cells = f'<td{span} data-mark="closed">{words.glyph(Mark.CLOSED)}</td>'
    else:
        known = {(cell.starts, cell.ends): cell for cell in line.row.cells}
        cells = "".join(
            [
                _cell(line, head, known.get((one[0], one[1])), place, words, url_of, marks)
                for place, one in enumerate(columns)
            ]
        )
    nothing = (
        "" if line.row.any_open else f'<span class="mo-slots__none">{escape(_none(line.row, words))}</span>'
    )
    today = ' aria-current="date"' if line.today else ""
    return f'<tr><th scope="row"{today}>{linked}{note}{nothing}</th>{cells}</tr>'


def _none(row: Row, words: _Words) -> str:
    """What a card says where there is nothing to choose."""
    if not row.opening.open:
        return words.of[Mark.CLOSED]
    present = {cell.mark for cell in row.cells}
    for mark in (Mark.DRAWN, Mark.RELEASE, Mark.TAKEN):
        if mark in present:
            return words.of[mark]
    return words.of[Mark.SHUT]


def _cell(
    line: Line, head: str, cell: Cell | None, place: int, words: _Words, url_of: UrlOf, marks: set[Mark]
) -> str:
    if cell is None:
        return '<td data-mark="none"><span aria-hidden="true">・</span></td>'
    mark = cell.mark
    marks.add(mark)
    address = url_of(line.row, cell) if mark.open else ""
    if not address:
        return words.still[mark]
    seen, heard = words.at[place]
    sentence = in_japanese(SafeString(f"{head} {heard} {words.acts[mark]}"))
    return (
        f'<td data-mark="{mark}"><a href="{escape(address)}"><span class="mo-slots__at" aria-hidden="true">'
        f'{seen}</span><span aria-hidden="true">{words.glyphs[mark]}</span>'
        f'<span class="mo-hidden">{sentence}</span></a></td>'
    )
