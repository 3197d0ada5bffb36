"""事業報告の節：協議会運営 — outline, sittings with their items, members, offices and whose turn they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, fiscal_year_range
from moyai.council.figures.columns import year_words
from moyai.council.figures.sections import AgendaItem, Block, Section, Sitting, Sittings, Table, Words
from moyai.council.models import Committee, CommitteeName, Item, Meeting, Office, ReportText, Seat, Term
from moyai.council.queries.report import (
    SittingRows,
    left_seats,
    names_of_codes,
    offices_of,
    populations_on,
    renamings_until,
    seats_of,
    sittings_of,
)
from moyai.council.rules.rotation import turns
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.tenants.public import Population

COUNCIL = "council"  # the section's key, and the code of 協議会運営事業 where there is such a service
QUIET = frozenset({Committee.Kind.OUTSIDE, Committee.Kind.GROUP})  # without a sitting they are not printed
SHOWN_AS = {
    Item.State.DECIDED,
    Item.State.RETURNED,
    Item.State.REJECTED,
    Item.State.HEARD,
}  # what became of an item, where it is known


def council_section(
    *, fiscal_year: int, until: date, public: bool, texts: Mapping[str, Sequence[ReportText]]
) -> Section:
    """協議会運営事業 — all that is told of the council itself."""
    rows = sittings_of(fiscal_year, public=public)
    seats = seats_of(until)
    blocks: list[Block] = [
        Words(text.text, heading=_("事業の概要"), source=text.source) for text in texts.get("outline", ())
    ]
    blocks += sittings_blocks(rows, texts)
    tables = [
        ("sittings", sittings_table(rows)),
        ("seats", seats_table(rows.committees, seats, rows.names, until, public=public)),
        *offices_tables(fiscal_year, until, rows.names),
        ("populations", populations_table(populations_on(until), until)),
        ("lineage", lineage_table(rows.committees, fiscal_year)),
        ("names", names_table(renamings_until(until))),
        ("left", left_table(left_seats(fiscal_year), public=public)),
    ]
    blocks += [
        Table(key, table)
        for key, table in tables
        if table.rows and (len(table.rows) > 1 or key != "populations")
    ]
    return Section(COUNCIL, _("協議会運営事業"), tuple(blocks))


def sittings_blocks(rows: SittingRows, texts: Mapping[str, Sequence[ReportText]]) -> list[Sittings]:
    """会議の開催状況 — committee by committee; one that never sat says so (活動なし)."""
    by_id = {one.pk: one for one in rows.committees}
    found = []
    for committee in rows.committees:
        held = rows.meetings.get(committee.pk, [])
        said = [text.text for text in texts.get(f"committee-{committee.code}", ())]
        if not held and not said and (committee.kind in QUIET or not rows.meetings):
            continue  # where no sitting of the year was kept, nobody is said to have been idle
        depth, above = 0, committee.parent_id
        while above in by_id and depth < 5:
            depth, above = depth + 1, by_id[above].parent_id
        found.append(
            Sittings(
                code=committee.code,
                committee=rows.names.get(committee.pk) or committee.name,
                words=tuple(said),
                sittings=tuple(_sitting(meeting, rows) for meeting in held),
                depth=depth,
            )
        )
    return found


def _sitting(meeting: Meeting, rows: SittingRows) -> Sitting:
    items = rows.items.get(meeting.pk, [])
    return Sitting(
        number=meeting.number,
        name=meeting.name,
        held_on=meeting.held_on,
        until_on=meeting.until_on,
        and_others=meeting.and_others,
        mode=meeting.mode,
        mode_label=str(Meeting.Mode(meeting.mode).label),
        place=meeting.place,
        items=tuple(_item(item, items, rows) for item in items if item.heading_id is None),
    )


def _item(item: Item, all_items: Sequence[Item], rows: SittingRows) -> AgendaItem:
    return AgendaItem(
        title=item.title,
        state=str(Item.State(item.state).label) if item.state in SHOWN_AS else "",
        under=tuple(_item(one, all_items, rows) for one in all_items if one.heading_id == item.pk),
        origins=tuple(_origin(one, rows.names) for one in rows.origins.get(item.pk, ())),
    )


def _origin(item: Item, names: Mapping[int, str]) -> str:
    """「電子調達部会 第2回（平成29年6月20日）」"""
    meeting = item.meeting
    return _("%(committee)s 第%(number)s回（%(day)s）") % {
        "committee": names.get(meeting.committee_id) or meeting.committee.name,
        "number": meeting.number,
        "day": day_words(meeting.held_on, weekday=False),
    }


def sittings_table(rows: SittingRows) -> FigureTable:
    """会議の回数 — by committee and way of sitting."""
    modes = [(mode.value, str(mode.label)) for mode in Meeting.Mode]
    made = []
    for committee in rows.committees:
        held = rows.meetings.get(committee.pk, [])
        if held or committee.kind not in QUIET:
            counts = {mode: sum(1 for one in held if one.mode == mode) for mode, _label in modes}
            values: dict[str, int | str | None] = {mode: count or None for mode, count in counts.items()}
            items = sum(len(rows.items.get(one.pk, ())) for one in held)
            made.append(
                Row(committee.code, rows.names.get(committee.pk) or committee.name, values | {"items": items})
            )
    return FigureTable(
        caption=_("会議の開催回数"),
        rows_label=_("会議体"),
        columns=[
            Column("total", _("開催回数"), sum_of=tuple(mode for mode, _label in modes)),
            *(Column(mode, label) for mode, label in modes),
            Column("items", _("議題数")),
        ],
        rows=all_rows_of(made, label=_("合計")) if made and rows.meetings else [],
        unit=_("回"),
        source=_("会議の記録"),
    )


def seats_table(
    committees: Sequence[Committee],
    seats: Mapping[int, Sequence[Seat]],
    names: Mapping[int, str],
    until: date,
    *,
    public: bool,
) -> FigureTable:
    """構成員 — bodies of each committee by capacity; for citizens, those who are no body are counted and not named."""
    made = []
    for committee in committees:
        sitting = seats.get(committee.pk, ())
        if not sitting:
            continue
        voting = [seat for seat in sitting if seat.capacity == Seat.Capacity.MEMBER]
        others = [seat for seat in sitting if seat.capacity != Seat.Capacity.MEMBER]
        values: dict[str, int | str | None] = {
            "count": len(voting),
            "names": _who(voting, public=public),
            "others": "、".join(
                f"{Seat.Capacity(capacity).label}：{_who([one for one in others if one.capacity == capacity], public=public)}"
                for capacity in dict.fromkeys(seat.capacity for seat in others)
            )
            or None,
        }
        made.append(Row(committee.code, names.get(committee.pk) or committee.name, values))
    return FigureTable(
        caption=_("会議体の構成員"),
        rows_label=_("会議体"),
        columns=[
            Column("count", _("会員数"), down=False),
            Column("names", _("会員"), kind="text", down=False),
            Column("others", _("会員以外"), kind="text", down=False),
        ],
        rows=made,
        as_of=until,
        source=_("会議体の名簿"),
    )


def _who(seats: Sequence[Seat], *, public: bool) -> str:
    named = [seat.body.name if seat.body else seat.name for seat in seats if seat.body or not public]
    hidden = sum(1 for seat in seats if not seat.body) if public else 0
    return "、".join([*named, *([_("団体以外 %(n)s名") % {"n": hidden}] if hidden else [])])


def offices_tables(fiscal_year: int, until: date, names: Mapping[int, str]) -> list[tuple[str, FigureTable]]:
    """役職 — who held each in the year, and of those that go round, whose turn every year is."""
    offices, terms = offices_of(fiscal_year)
    rows = [
        Row(
            f"{office.committee.code}-{office.code}-{at}",
            f"{names.get(office.committee_id) or office.committee.name} {office.name}",
            _held(term),
        )
        for office in offices
        for at, term in enumerate(terms.get(office.pk, ()), 1)
    ]
    held = FigureTable(
        caption=_("役員"),
        rows_label=_("役職"),
        columns=[
            Column("body", _("団体"), kind="text", down=False),
            Column("holder", _("職"), kind="text", down=False),
            Column("from_on", _("就任"), kind="text", down=False),
            Column("until_on", _("任期満了"), kind="text", down=False),
        ],
        rows=rows,
        as_of=until,
        source=_("役員の記録"),
    )
    return [("offices", held), *((f"turns-{one.code}", turns_table(one)) for one in offices if one.rotation)]


def _held(term: Term) -> dict[str, int | str | None]:
    return {
        "body": term.body.name,
        "holder": term.holder or None,
        "from_on": day_words(term.from_on, weekday=False),
        "until_on": day_words(term.until_on, weekday=False),
    }


def turns_table(office: Office) -> FigureTable:
    """輪番表 — every term from the first year to the last, or once round."""
    names = names_of_codes(office.rotation)
    first = office.rotation_from or office.from_on.year
    last = office.rotation_until or first + len(office.rotation) * office.term_years - 1
    rows = [
        Row(
            f"{one.first_year}",
            _("%(first)s〜%(last)s")
            % {"first": year_words(one.first_year), "last": year_words(one.last_year)}
            if one.first_year != one.last_year
            else year_words(one.first_year),
            {"body": names.get(one.body, one.body), "years": one.last_year - one.first_year + 1},
        )
        for one in turns(office.rotation, first_year=first, term_years=office.term_years, last_year=last)
    ]
    return FigureTable(
        caption=_("%(office)sの輪番") % {"office": office.name},
        rows_label=_("年度"),
        columns=[Column("body", _("団体"), kind="text", down=False), Column("years", _("年数"))],
        rows=rows,
        source=office.source,
    )


def populations_table(populations: Sequence[Population], until: date) -> FigureTable:
    """人口 of the members as last known on a day."""
    rows = [Row(one.body.code, one.body.name, {"persons": one.persons}) for one in populations]
    days = sorted({one.as_of for one in populations})
    return FigureTable(
        caption=_("構成団体の人口"),
        rows_label=_("団体名"),
        columns=[Column("persons", _("人口"))],
        rows=all_rows_of(rows, label=_("合計")) if rows else [],
        unit=_("人"),
        as_of=days[-1] if len(days) == 1 else until,
        source="、".join(dict.fromkeys(one.source for one in populations)),
    )


def lineage_table(committees: Sequence[Committee], fiscal_year: int) -> FigureTable:
    """会議体の沿革 — those that were set up or ended in the year, and what each grew out of."""
    first, last = fiscal_year_range(fiscal_year)
    rows = [
        Row(
            one.code,
            one.name,
            {
                "from_on": day_words(one.from_on, weekday=False)
                if one.from_on > first or one.follows
                else None,
                "until_on": day_words(one.until_on, weekday=False)
                if one.until_on and one.until_on <= last
                else None,
                "follows": one.follows.name if one.follows else None,
            },
        )
        for one in committees
        if one.from_on > first or one.follows_id or (one.until_on and one.until_on <= last)
    ]
    return FigureTable(
        caption=_("会議体の設置・廃止"),
        rows_label=_("会議体"),
        columns=[
            Column("from_on", _("設置の日"), kind="text", down=False),
            Column("until_on", _("最後の日"), kind="text", down=False),
            Column("follows", _("もとの会議体"), kind="text", down=False),
        ],
        rows=rows,
        source=_("会議体の台帳"),
    )


def names_table(names: Sequence[CommitteeName]) -> FigureTable:
    """名称と組織の形 — of committees that were ever renamed or changed from a contracting body to a studying one."""
    return FigureTable(
        caption=_("名称と組織の形の移り変わり"),
        rows_label=_("名称"),
        columns=[
            Column("form", _("組織の形"), kind="text", down=False),
            Column("from_on", _("いつから"), kind="text", down=False),
        ],
        rows=[
            Row(
                str(one.pk),
                one.name,
                {
                    "form": str(Committee.Form(one.form).label),
                    "from_on": day_words(one.from_on, weekday=False),
                },
            )
            for one in names
        ],
        source=_("会議体の台帳"),
    )


def left_table(seats: Sequence[Seat], *, public: bool) -> FigureTable:
    """構成員でなくなった団体 of the year, with the reason."""
    told = [seat for seat in seats if seat.body or not public]
    return FigureTable(
        caption=_("構成員でなくなった団体"),
        rows_label=_("団体名"),
        columns=[
            Column("committee", _("会議体"), kind="text", down=False),
            Column("until_on", _("最後の日"), kind="text", down=False),
            Column("why", _("理由"), kind="text", down=False),
        ],
        rows=[
            Row(
                str(seat.pk),
                seat.body.name if seat.body else seat.name,
                {
                    "committee": seat.committee.name,
                    "until_on": day_words(seat.until_on, weekday=False) if seat.until_on else None,
                    "why": seat.why_left,
                },
            )
            for seat in told
        ],
        source=_("会議体の名簿"),
    )
