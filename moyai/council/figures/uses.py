"""利用団体 — the tables of the yearly report about who takes part (C25, C26, C29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from moyai.calendars.public import fiscal_year_range
from moyai.council.queries.uses import ServiceMembers, services_as_of
from moyai.documents.public import Column, FigureTable, Row
from moyai.tenants.public import Actor


def services_table(services: Sequence[ServiceMembers], on: date) -> FigureTable:
    """Each service with the number and names of its 利用団体 on a day."""
    return FigureTable(
        caption=_("事業ごとの利用団体"),
        rows_label=_("事業"),
        columns=[
            Column("count", _("利用団体数"), down=False),
            Column("names", _("利用団体名"), kind="text", down=False),
        ],
        rows=[
            Row(
                entry.service.code,
                entry.service.name,
                {"count": len(entry.members), "names": "、".join(body.name for body in entry.members)},
            )
            for entry in services
        ],
        unit=_("団体"),
        as_of=on,
        source=_("利用の登録"),
    )


def members_table(entry: ServiceMembers, on: date) -> FigureTable:
    """利用団体 of one service on a day, by 団体コード."""
    return FigureTable(
        caption=_("%(service)sの利用団体") % {"service": entry.service.name},
        rows_label=_("団体名"),
        columns=[
            Column("code", _("団体コード"), kind="text", down=False),
            Column("kind", _("種別"), kind="text", down=False),
        ],
        rows=[
            Row(body.code, body.name, {"code": body.code, "kind": str(body.get_kind_display())})
            for body in entry.members
        ],
        as_of=on,
        source=_("利用の登録"),
    )


def yearly(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """The table of a fiscal year's last day, for `moyai report figures members`."""
    _first, last = fiscal_year_range(fiscal_year)
    return {"services": services_table(services_as_of(last), last)}


FIGURES = {"members": yearly}
