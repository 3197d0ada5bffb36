"""事業報告の節：各事業 — period, 利用団体 and what is known of the service's use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from moyai.council.figures.meetings import COUNCIL
from moyai.council.figures.sections import Block, Section, Table, Words
from moyai.council.models import ReportText
from moyai.council.queries.uses import ServiceMembers, services_as_of
from moyai.documents.public import Column, FigureTable, Row
from moyai.tenants.public import Service


def service_sections(*, until: date, texts: Mapping[str, Sequence[ReportText]]) -> list[Section]:
    """A section for each 事業 but the council's own; 全団体向け事業 first, as reports have it. Three queries."""
    entries = [entry for entry in services_as_of(until) if entry.service.code != COUNCIL]
    entries.sort(key=lambda entry: entry.service.scope != Service.Scope.ALL)
    return [_section(entry, until, texts) for entry in entries]


def _section(entry: ServiceMembers, until: date, texts: Mapping[str, Sequence[ReportText]]) -> Section:
    code = entry.service.code
    blocks: list[Block] = [
        Words(text.text, heading=_("事業実施期間"), source=text.source)
        for text in texts.get(f"{code}-period", ())
    ]
    blocks += [Words(text.text, source=text.source) for text in texts.get(f"service-{code}", ())]
    blocks.append(Table(f"{code}-members", members_table(entry, until)))
    return Section(code, entry.service.name, tuple(blocks))


def members_table(entry: ServiceMembers, until: date) -> FigureTable:
    """利用団体 — number and names on the last day; of a 全団体向け事業, every member."""
    return FigureTable(
        caption=_("利用団体"),
        rows_label=_("事業"),
        columns=[
            Column("scope", _("区分"), kind="text", down=False),
            Column("count", _("利用団体数"), down=False),
            Column("names", _("利用団体名"), kind="text", down=False),
        ],
        rows=[
            Row(
                entry.service.code,
                entry.service.name,
                {
                    "scope": str(Service.Scope(entry.service.scope).label),
                    "count": len(entry.members) or None,
                    "names": "、".join(body.name for body in entry.members) or None,
                },
            )
        ],
        unit=_("団体"),
        as_of=until,
        source=_("利用の登録"),
    )
