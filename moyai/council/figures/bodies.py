"""会議体・構成員・役職・候補・範囲 — the council's registers as tables to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from moyai.council.actions.spans import day_said
from moyai.council.models import Candidate, Committee
from moyai.council.queries.bodies import CommitteeRow, Comparison, OfficeRow, TurnRow
from moyai.council.queries.sitting import Sitter
from moyai.documents.public import Column, FigureTable, Row, all_rows_of


def text(key: str, label: str) -> Column:
    return Column(key, label, kind="text", down=False)


def day(value: date | None) -> str | None:
    return day_said(value) if value is not None else None


def committees_table(rows: Sequence[CommitteeRow], on: date) -> FigureTable:
    """会議体 of a day."""
    return FigureTable(
        caption=_("会議体"),
        rows_label=_("名称"),
        columns=[
            text("code", _("記号")),
            text("kind", _("種類")),
            text("form", _("組織の性格")),
            text("parent", _("属する会議体")),
            Column("members", _("会員"), down=False),
            Column("others", _("会員以外"), down=False),
            text("from", _("設置")),
        ],
        rows=[
            Row(
                row.committee.code,
                "　" * row.depth + row.called.name,
                {
                    "code": row.committee.code,
                    "kind": str(row.committee.get_kind_display()),
                    "form": str(Committee.Form(row.called.form).label),
                    "parent": row.committee.parent.name if row.committee.parent else None,
                    "members": row.members,
                    "others": len(row.sitters) - row.members,
                    "from": day(row.committee.from_on),
                },
            )
            for row in rows
        ],
        as_of=on,
        source=_("会議体の登録"),
    )


def sitters_table(name: str, sitters: Sequence[Sitter], on: date) -> FigureTable:
    """構成員 of one committee on a day."""
    return FigureTable(
        caption=_("%(committee)sの構成員") % {"committee": name},
        rows_label=_("構成員"),
        columns=[
            text("code", _("団体コード")),
            text("capacity", _("区分")),
            text("votes", _("表決権")),
            text("block", _("地域ブロック")),
            text("section", _("課・係")),
        ],
        rows=[
            Row(
                f"{number}",
                one.name,
                {
                    "code": one.body.code if one.body else None,
                    "capacity": one.capacity_label,
                    "votes": _("あり") if one.votes else _("なし"),
                    "block": one.block or None,
                    "section": one.section or None,
                },
            )
            for number, one in enumerate(sitters)
        ],
        as_of=on,
        source=_("構成員の登録"),
    )


def offices_table(rows: Sequence[OfficeRow], on: date) -> FigureTable:
    """役員 of a day: a row for each holder, and one for each vacant place."""
    lines = []
    for row in rows:
        office = row.office
        head = {"committee": office.committee.name}
        for term in row.terms:
            facts = {
                "body": term.body.name,
                "holder": term.holder or None,
                "from": day(term.from_on),
                "until": day(term.until_on),
            }
            lines.append(Row(f"{office.pk}-{term.place}", office.name, {**head, **facts}))
        lines += [
            Row(f"{office.pk}-vacant-{number}", office.name, {**head, "body": _("欠員")})
            for number in range(row.vacant)
        ]
    return FigureTable(
        caption=_("役員"),
        rows_label=_("役職"),
        columns=[
            text("committee", _("会議体")),
            text("body", _("団体名")),
            text("holder", _("職名・氏名")),
            text("from", _("任期の始まり")),
            text("until", _("任期の終わり")),
        ],
        rows=lines,
        as_of=on,
        source=_("役員の登録"),
    )


def rotation_table(name: str, rows: Sequence[TurnRow], on: date) -> FigureTable:
    """輪番表 of one office."""
    return FigureTable(
        caption=_("%(office)sの輪番") % {"office": name},
        rows_label=_("年度"),
        columns=[
            text("body", _("順番の団体")),
            text("from", _("始まり")),
            text("until", _("終わり")),
            text("held", _("選任")),
        ],
        rows=[
            Row(
                f"{row.turn.first_year}",
                f"{row.turn.first_year}"
                if row.turn.first_year == row.turn.last_year
                else f"{row.turn.first_year}・{row.turn.last_year}",
                {
                    "body": row.body.name if row.body else row.turn.body,
                    "from": day(row.turn.from_on),
                    "until": day(row.turn.until_on),
                    "held": row.term.body.name if row.term else None,
                },
            )
            for row in rows
        ],
        as_of=on,
        source=_("役職の定め"),
    )


def candidates_table(rows: Sequence[Candidate], on: date) -> FigureTable:
    """加入の候補 and how far the talk has come."""
    consent = {True: _("同意"), False: _("不同意"), None: None}
    return FigureTable(
        caption=_("加入の候補"),
        rows_label=_("団体名"),
        columns=[
            text("committee", _("会議体")),
            text("state", _("段階")),
            text("vendor", _("事業者の同意")),
            text("wanted", _("加入を希望する日")),
            text("noted", _("最後の記録")),
            text("note", _("話の内容")),
        ],
        rows=[
            Row(
                f"{one.pk}",
                one.name,
                {
                    "committee": one.committee.name,
                    "state": str(one.get_state_display()),
                    "vendor": consent[one.vendor_agrees],
                    "wanted": day(one.wanted_from),
                    "noted": day(one.noted_on),
                    "note": one.note or None,
                },
            )
            for one in rows
        ],
        as_of=on,
        source=_("候補の登録"),
    )


def comparison_table(found: Comparison) -> FigureTable:
    """範囲の違い — a 1 where a body takes part, uses, pays or sits; the counts under them are computed."""
    words = {"council": _("加入"), "uses": _("利用"), "pays": _("負担"), "sits": _("構成")}
    columns = [
        Column(one.key, words[one.kind] + (f"：{one.name}" if one.name else "")) for one in found.circles
    ]
    rows = [
        Row(body.code, body.name, {one.key: 1 if body.pk in one.bodies else None for one in found.circles})
        for body in found.bodies
    ]
    return FigureTable(
        caption=_("加入・利用・負担・構成の範囲"),
        rows_label=_("団体名"),
        columns=columns,
        rows=all_rows_of(rows, label=_("団体数")),
        unit=_("1＝該当する"),
        as_of=found.on,
        source=_("加入・利用・負担・構成員の登録"),
    )
