"""ブック全体 — masters as a workbook and back, with every row's error in the clerk's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from moyai.reservations.workbook import writing
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.columns import Column, Wrong, read, write
from moyai.reservations.workbook.differences import key_words, sheet_name
from moyai.reservations.workbook.layouts import SCOPE, SOURCE, Layout, Listed, cells_of, item_of, layouts
from moyai.reservations.workbook.nouns import IN_THE_BOOK, NOUNS, Key, Masters, Noun, Row
from moyai.reservations.workbook.reading import Sheet, Unreadable, sheets_of

FORM = "moyai-reservations-masters/1"
FORM_HEAD, BODY_HEAD = "形式", "団体コード"
MOST_ERRORS = 500  # shown; a sheet with more is wrong as a whole


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong: the sheet, its row (0: the sheet as a whole), the head of the column, and why."""

    sheet: str
    row: int
    column: str
    text: str


@dataclass(slots=True)
class Loaded:
    """What a workbook says. `masters` holds only the nouns whose sheets are there; `where` finds a row again."""

    masters: Masters = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)  # of the policies whose sheets are there
    errors: list[RowError] = field(default_factory=list)
    where: dict[tuple[str, Key], tuple[str, int]] = field(default_factory=dict)
    items: dict[tuple[Key, str, int], tuple[str, int]] = field(default_factory=dict)  # rows of a policy's lists

    def wrong(self, sheet: str, row: int, column: str, text: str) -> None:
        self.errors.append(RowError(sheet, row, column, text))


# --- out -------------------------------------------------------------------------------------------------


def workbook_of(masters: Masters, *, code: str, name: str) -> bytes:
    """The masters of a body as a workbook."""
    pages = [
        writing.Page(
            noun.sheet,
            noun.columns,
            [
                [write(column, row[column.name]) for column in noun.columns]
                for _key, row in sorted(masters[noun.name].items(), key=_order)
            ],
        )
        for noun in IN_THE_BOOK
    ]
    for how in layouts():
        pages += _policy_pages(how, masters["policies"])
    return writing.book(pages, title=f"{name} 施設予約マスタ", words=_words(code, name))


def _order(one: tuple[Key, Row]) -> tuple[Any, ...]:
    """As people would list them: by facility and room, then by position."""
    key, row = one
    return (*(str(part or "") for part in key[:-1]), row.get("position", 0), str(key[-1]))


def _policy_pages(how: Layout, policies: Mapping[Key, Row]) -> list[writing.Page]:
    rows = sorted((key, row) for key, row in policies.items() if key[0] == how.kind)
    pages = [
        writing.Page(
            how.title,
            (*SCOPE, SOURCE, *how.columns),
            [[*_scope(row), row["source"] or None, *cells_of(how.placed, row["document"])] for _key, row in rows],
        )
    ]
    for one in how.lists:
        lines = [
            [*_scope(row), *cells_of(one.placed, item)]
            for _key, row in rows
            for item in row["document"].get(one.name, ())
        ]
        pages.append(writing.Page(one.title, (*SCOPE, *one.columns), lines))
    return pages


def _scope(row: Row) -> list[Any]:
    return [row["facility"] or None, row["room"] or None, row["from_on"]]


def _words(code: str, name: str) -> list[tuple[str, ...]]:
    """はじめに: what the workbook is and how it is filled in. Files are in Japanese."""
    return [
        (f"{name} 施設予約マスタ",),
        (FORM_HEAD, FORM),
        (BODY_HEAD, code),
        ("使い方", "行を直し、足し、消して、「マスタ登録」の画面から読み込みます。"),
        ("", "登録の前に、変わるところの一覧を確かめられます。"),
        ("1行目", "見出しです。変えないでください。列の並びは変えてもかまいません。"),
        ("コード", "半角の英数字で20文字以内です。ほかのシートから指すために使い、あとから変えません。"),
        ("消した行", "期間のある行（施設、室場、利用単位、コマ、備品）は、今日で終わります。"),
        ("", "まだ始まっていない行と、期間のない行は消えます。過ぎた日の行は残ります。"),
        ("消したシート", "そのシートの内容は、今のまま変わりません。"),
        ("利用の決まり", "適用開始日ごとに1行です。適用が始まった決まりは変えられません。"),
        ("", "変えるときは、新しい適用開始日の行を足してください。"),
        ("決まりの範囲", "施設も室場も空欄なら団体全体、室場だけ空欄なら施設全体の決まりです。"),
        ("", "狭い範囲の決まりが先に当てはまります。"),
        ("数式とマクロ", "使えません。値にしてから読み込んでください。"),
    ]


# --- in --------------------------------------------------------------------------------------------------


def read_workbook(data: bytes, *, code: str, name: str) -> Loaded:
    """What the workbook says, and every error of its rows. Raises Unreadable."""
    loaded = Loaded()
    sheets = {sheet.title: sheet for sheet in sheets_of(data)}
    first = sheets.pop(writing.FIRST, None)
    _check_first(first, code, name)
    for noun in IN_THE_BOOK:
        if noun.sheet in sheets:
            _read_noun(loaded, noun, sheets.pop(noun.sheet))
    policies = False
    for how in layouts():
        policies |= _read_policies(loaded, how, sheets)
    if not loaded.masters and not policies and not loaded.errors:
        raise Unreadable(_("マスタのシートが1つもありません。書き出したブックを直したものを選んでください。"))
    for title in sheets:
        loaded.wrong(title, 0, "", _("知らないシートです。シートの名前を確かめるか、消してください。"))
    return loaded


def placed(loaded: Loaded, faults: Sequence[Fault]) -> list[RowError]:
    """Faults between the rows, said where the workbook has them."""
    found = []
    for one in faults:
        sheet, row = loaded.where.get((one.noun, one.key), (sheet_name(one.noun), 0))
        column = NOUNS[one.noun].column(one.column).head if one.noun in NOUNS and one.column else one.column
        if one.noun == "policies" and one.path:
            at = one.path[1] if len(one.path) > 1 and isinstance(one.path[1], int) else -1
            sheet, row = loaded.items.get((one.key, str(one.path[0]), at), (sheet, row))
        text = one.text if row else f"{key_words(one.key)}：{one.text}"
        found.append(RowError(sheet, row, column, text))
    return found


def _check_first(first: Sheet | None, code: str, name: str) -> None:
    facts = {str(row[0]).strip(): str(row[1]).strip() for _number, row in first.rows if len(row) > 1} if first else {}
    if facts.get(FORM_HEAD) != FORM:
        raise Unreadable(
            _("このシステムから書き出したマスタのブックではありません。「はじめに」のシートは消さずに残してください。")
        )
    if facts.get(BODY_HEAD) != code:
        words = {"name": name, "code": code}
        raise Unreadable(_("ほかの団体のブックです。%(name)s（団体コード%(code)s）のブックを選んでください。") % words)


def _places(loaded: Loaded, sheet: Sheet, columns: Sequence[Column]) -> list[int] | None:
    """Where each column stands; None when the heads are wrong."""
    known = {column.head: column for column in columns}
    good = True
    for place, head in enumerate(sheet.heads):
        if head and (head not in known or head in sheet.heads[:place]):
            loaded.wrong(sheet.title, 1, head[:40], _("知らない見出しか、同じ見出しが2つあります。"))
            good = False
        elif not head and any(len(row) > place and row[place] not in (None, "") for _n, row in sheet.rows):
            loaded.wrong(sheet.title, 1, "", _("見出しのない列に値があります。"))
            good = False
    for column in columns:
        if column.head not in sheet.heads:
            loaded.wrong(sheet.title, 1, column.head, _("この見出しの列がありません。"))
            good = False
    return [sheet.heads.index(column.head) for column in columns] if good else None


def _cells(
    loaded: Loaded, sheet: Sheet, number: int, row: Sequence[Any], columns: Sequence[Column], places: Sequence[int]
) -> list[Any] | None:
    """The cells of the columns; None when one of them is a formula."""
    bad = [column for column, place in zip(columns, places, strict=True) if (number, place + 1) in sheet.formulas]
    for column in bad:
        loaded.wrong(sheet.title, number, column.head, _("数式は使えません。値にしてください。"))
    return None if bad else [row[place] if place < len(row) else None for place in places]


def _read_noun(loaded: Loaded, noun: Noun, sheet: Sheet) -> None:
    rows = loaded.masters[noun.name] = {}
    places = _places(loaded, sheet, noun.columns)
    for number, raw in sheet.rows if places is not None else ():
        cells = _cells(loaded, sheet, number, raw, noun.columns, places or ())
        if cells is None:
            continue
        row: Row = {}
        for column, cell in zip(noun.columns, cells, strict=True):
            try:
                row[column.name] = read(column, cell)
            except Wrong as error:
                loaded.wrong(sheet.title, number, column.head, error.message)
        if len(row) < len(noun.columns):
            continue
        key = noun.key_of(row)
        if key in rows:
            words = {"row": loaded.where[noun.name, key][1]}
            head = noun.column(noun.key[-1]).head
            loaded.wrong(sheet.title, number, head, _("%(row)s行目と同じコードの行です。") % words)
            continue
        rows[key] = row
        loaded.where[noun.name, key] = (sheet.title, number)


def _read_policies(loaded: Loaded, how: Layout, sheets: dict[str, Sheet]) -> bool:
    """Policies of one kind; False when none of its sheets is there."""
    main = sheets.pop(how.title, None)
    parts = [(one, sheets.pop(one.title, None)) for one in how.lists]
    if main is None:
        for _one, sheet in parts:
            if sheet is not None:
                words = {"sheet": how.title}
                loaded.wrong(sheet.title, 0, "", _("「%(sheet)s」のシートがないため、読み取れません。") % words)
        return any(sheet is not None for _one, sheet in parts)
    policies = loaded.masters.setdefault("policies", {})
    loaded.kinds.add(how.kind)
    columns = (*SCOPE, SOURCE, *how.columns)
    places = _places(loaded, main, columns)
    for number, raw in main.rows if places is not None else ():
        cells = _cells(loaded, main, number, raw, columns, places or ())
        scope = _read_scope(loaded, main.title, number, cells, (*SCOPE, SOURCE)) if cells is not None else None
        if cells is None or scope is None:
            continue
        document, wrong = item_of(how.placed, cells[len(SCOPE) + 1 :])
        for column, text in wrong:
            loaded.wrong(main.title, number, column.head, text)
        key = (how.kind, scope["facility"], scope["room"], scope["from_on"])
        if key in policies:
            words: dict[str, Any] = {"row": loaded.where["policies", key][1]}
            loaded.wrong(main.title, number, SCOPE[-1].head, _("%(row)s行目と同じ範囲・適用開始日の行です。") % words)
            continue
        policies[key] = {"kind": how.kind, **scope, "document": document}
        loaded.where["policies", key] = (main.title, number)
    for one, sheet in parts:
        if sheet is None:
            loaded.wrong(main.title, 0, "", _("「%(sheet)s」のシートがありません。") % {"sheet": one.title})
        else:
            _read_list(loaded, how, one, sheet, readable=places is not None)
    for key, row in policies.items():
        for one in how.lists if key[0] == how.kind else ():
            if one.needed:
                row["document"].setdefault(one.name, [])
    return True


def _read_list(loaded: Loaded, how: Layout, one: Listed, sheet: Sheet, *, readable: bool) -> None:
    columns = (*SCOPE, *one.columns)
    places = _places(loaded, sheet, columns)
    for number, raw in sheet.rows if places is not None else ():
        cells = _cells(loaded, sheet, number, raw, columns, places or ())
        scope = _read_scope(loaded, sheet.title, number, cells, SCOPE) if cells is not None else None
        if cells is None or scope is None:
            continue
        item, wrong = item_of(one.placed, cells[len(SCOPE) :])
        for column, text in wrong:
            loaded.wrong(sheet.title, number, column.head, text)
        key = (how.kind, scope["facility"], scope["room"], scope["from_on"])
        policy = loaded.masters["policies"].get(key)
        if policy is None:
            if readable:
                words = {"sheet": how.title}
                text = _("「%(sheet)s」に、同じ施設・室場・適用開始日の行がありません。") % words
                loaded.wrong(sheet.title, number, SCOPE[-1].head, text)
            continue
        items = policy["document"].setdefault(one.name, [])
        loaded.items[key, one.name, len(items)] = (sheet.title, number)
        items.append(item)


def _read_scope(
    loaded: Loaded, title: str, number: int, cells: Sequence[Any], columns: Sequence[Column]
) -> dict[str, Any] | None:
    scope: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=False):
        try:
            scope[column.name] = read(column, cell)
        except Wrong as error:
            loaded.wrong(title, number, column.head, error.message)
    if len(scope) < len(columns):
        return None
    if scope["room"] and not scope["facility"]:
        loaded.wrong(title, number, columns[0].head, _("室場の決まりには、施設コードも入れてください。"))
        return None
    return scope


