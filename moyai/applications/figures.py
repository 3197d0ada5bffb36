"""電子申請の統計 — the tables of the yearly report, from the counts of queries/figures.py.

利用団体 (C26), 申請件数 by 県 and 市町村 (C27), 手続登録数 (C28), and 申請件数 by body and month.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from moyai.applications.queries.figures import MONTHS, YearOfApplications, year_of_applications
from moyai.documents.public import Column, FigureTable, Row, all_rows_of, members_table
from moyai.tenants.public import Actor, Body


def totals_table(year: YearOfApplications) -> FigureTable:
    """申請状況 — 総申請件数 and its parts, 県 and 市町村."""
    prefecture = [body for body in year.members if body.kind == Body.Kind.PREFECTURE]
    others = [body for body in year.members if body.kind != Body.Kind.PREFECTURE]
    return FigureTable(
        caption=_("申請件数"),
        rows_label=_("区分"),
        columns=[
            Column("total", _("総申請件数"), sum_of=("prefecture", "municipalities")),
            Column("prefecture", _("県 計")),
            Column("municipalities", _("市町村 計")),
        ],
        rows=[
            Row(
                "applications",
                _("電子申請システム"),
                {
                    "prefecture": sum(year.of_body(body) for body in prefecture),
                    "municipalities": sum(year.of_body(body) for body in others),
                },
            )
        ],
        unit=_("件"),
        as_of=year.until,
        source=_("申請の記録"),
    )


def procedures_table(year: YearOfApplications) -> FigureTable:
    """手続登録状況 — procedures registered by body."""
    rows = [
        Row(body.code, body.name, {"procedures": year.procedures.get(body.pk) or None})
        for body in year.members
    ]
    return FigureTable(
        caption=_("手続登録数"),
        rows_label=_("団体名"),
        columns=[Column("procedures", _("登録手続数"))],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("手続"),
        as_of=year.until,
        source=_("手続の登録"),
    )


def months_table(year: YearOfApplications) -> FigureTable:
    """申請件数 by body and month of the fiscal year."""
    keys = [f"m{month}" for month in MONTHS]
    rows = [
        Row(
            body.code,
            body.name,
            {key: year.by_month.get(body.pk, {}).get(month) for key, month in zip(keys, MONTHS, strict=True)},
        )
        for body in year.members
    ]
    return FigureTable(
        caption=_("団体・月ごとの申請件数"),
        rows_label=_("団体名"),
        columns=[
            *(
                Column(key, _("%(month)s月") % {"month": month})
                for key, month in zip(keys, MONTHS, strict=True)
            ),
            Column("year", _("年度計"), sum_of=tuple(keys)),
        ],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("件"),
        as_of=year.until,
        source=_("申請の記録"),
    )


def tables(year: YearOfApplications) -> dict[str, FigureTable]:
    """All tables of the year by the name they have in addresses and files."""
    return {
        "members": members_table(
            service="applications", system=_("電子申請システム"), members=year.members, as_of=year.until
        ),
        "totals": totals_table(year),
        "procedures": procedures_table(year),
        "months": months_table(year),
    }


def yearly(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """The tables of a fiscal year, for `moyai report figures applications`."""
    return tables(year_of_applications(actor=actor, now=now, fiscal_year=fiscal_year))


FIGURES = {"applications": yearly}
