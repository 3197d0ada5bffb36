"""施設予約の統計 — the tables of the yearly report, from the counts of queries/figures.py.

利用団体 (C29), 利用者登録 (C30), 利用館数 (C31), 予約登録数 (C32) and 抽選申込数 (C33) by body and channel.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from moyai.documents.public import Column, FigureTable, Row, all_rows_of, members_table
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.figures import ByChannel, YearOfReservations, year_of_reservations
from moyai.tenants.public import Actor


def users_table(year: YearOfReservations) -> FigureTable:
    """利用者登録の状況 — individuals and groups registered on the last day; — for a body without any."""
    rows = []
    for body in year.members:
        of_body = year.users.get(body.pk)
        values = {"person": of_body.person, "group": of_body.group} if of_body else {}
        rows.append(Row(body.code, body.name, values))
    return FigureTable(
        caption=_("利用者登録の状況"),
        rows_label=_("団体名"),
        columns=[
            Column("users", _("登録利用者数"), sum_of=("person", "group")),
            Column("person", _("個人登録件数")),
            Column("group", _("団体登録件数")),
        ],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("件"),
        as_of=year.until,
        source=_("利用者の登録"),
    )


def facilities_table(year: YearOfReservations) -> FigureTable:
    """利用館数 — facilities that residents can look for on the last day, by body."""
    rows = [Row(body.code, body.name, {"facilities": year.facilities.get(body.pk)}) for body in year.members]
    return FigureTable(
        caption=_("利用館数"),
        rows_label=_("団体名"),
        columns=[Column("facilities", _("利用館数"))],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("館"),
        as_of=year.until,
        source=_("施設の登録"),
    )


def bookings_table(year: YearOfReservations) -> FigureTable:
    """予約登録数 — by the channel they came through."""
    return _channels_table(year, year.bookings, caption=_("予約登録数"), source=_("予約の記録"))


def entries_table(year: YearOfReservations) -> FigureTable:
    """抽選申込数 — by channel; a body without lottery has — in every column and adds nothing."""
    return _channels_table(year, year.entries, caption=_("抽選申込数"), source=_("抽選申込の記録"))


def _channels_table(year: YearOfReservations, counts: ByChannel, *, caption: str, source: str) -> FigureTable:
    """A channel through which nothing came is printed as — and adds nothing to a sum."""
    rows = [
        Row(
            body.code,
            body.name,
            {code: counts.get(body.pk, {}).get(code) or None for code in CHANNELS},
        )
        for body in year.members
    ]
    return FigureTable(
        caption=caption,
        rows_label=_("団体名"),
        columns=[
            Column("total", _("受付総数"), sum_of=tuple(CHANNELS)),
            *(Column(code, _("(内)%(channel)s") % {"channel": word}) for code, word in CHANNELS.items()),
        ],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("件"),
        as_of=year.until,
        source=source,
    )


def tables(year: YearOfReservations) -> dict[str, FigureTable]:
    """All tables of the year by the name they have in addresses and files."""
    return {
        "members": members_table(
            service="reservations", system=_("施設予約システム"), members=year.members, as_of=year.until
        ),
        "users": users_table(year),
        "facilities": facilities_table(year),
        "bookings": bookings_table(year),
        "entries": entries_table(year),
    }


def yearly(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """The tables of a fiscal year, for `moyai report figures reservations`."""
    return tables(year_of_reservations(actor=actor, now=now, fiscal_year=fiscal_year))


FIGURES = {"reservations": yearly}
