"""年次報告を整える — the sentences of a year, figures that come from a paper, and opening the report to citizens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year_range
from moyai.council.figures.given import given_table
from moyai.council.models import GivenFigure, GivenTable, ReportRelease, ReportText
from moyai.council.permits import PERMITS
from moyai.documents.public import TableError
from moyai.tenants.public import Actor, Refusal, clock


class YearNotOver(Refusal):
    code = "year_not_over"
    status = 409
    message = _("年度が終わるまで、年次報告は公開できません。")  # type: ignore[assignment]


class ReleasedBefore(Refusal):
    code = "report_released"
    status = 409
    message = _("この年度の年次報告は、すでに公開されています。")  # type: ignore[assignment]


class NotReleased(Refusal):
    code = "report_not_released"
    status = 409
    message = _("この年度の年次報告は、公開されていません。")  # type: ignore[assignment]


class BadTable(Refusal):
    code = "figures_not_a_table"
    status = 422
    message = _("表として読めません。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Cell:
    """記載値の一つ — number, words, or neither (—). `total`: a printed sum, held against the computed one and never added."""

    row: str
    column: str
    number: Decimal | None = None
    text: str = ""
    total: bool = False
    source: str = ""

    @property
    def kind(self) -> str:
        if self.total:
            return GivenFigure.Kind.TOTAL
        return GivenFigure.Kind.CELL if self.number is not None or self.text else GivenFigure.Kind.NONE


@dataclass(frozen=True, slots=True)
class Shape:
    """表の形 — see GivenTable."""

    caption: str
    rows_label: str
    columns: tuple[Mapping[str, Any], ...]
    section: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    position: int = 0
    source: str = ""


@action("council.write_report_text", permits=PERMITS)
def write_report_text(
    *,
    actor: Actor,
    now: datetime,
    fiscal_year: int,
    section: str,
    text: str,
    position: int = 0,
    source: str = "",
) -> ReportText:
    """事業の概要などの文 — written, or written anew, at a place of a section. Sections: name, outline, <service>-period,
    service-<service>, committee-<committee>, note….
    """
    written, _made = ReportText.objects.update_or_create(
        fiscal_year=fiscal_year,
        section=section,
        position=position,
        defaults={"text": text, "source": source},
    )
    return written


@action("council.bring_figures", permits=PERMITS)
def bring_figures(
    *,
    actor: Actor,
    now: datetime,
    fiscal_year: int,
    code: str,
    cells: Sequence[Cell],
    shape: Shape | None = None,
) -> GivenTable | None:
    """記載値を取り込む — the cells of a table of a year in place of those brought before.

    Without `shape` they are printed figures of a table that our own rows make. Raises BadTable for cells that make no table.
    """
    form = None
    if shape is not None:
        form = GivenTable(
            code=code,
            fiscal_year=fiscal_year,
            section=shape.section,
            caption=shape.caption,
            rows_label=shape.rows_label,
            unit=shape.unit,
            columns=list(shape.columns),
            notes=list(shape.notes),
            position=shape.position,
            source=shape.source,
        )
    figures = [
        GivenFigure(
            table=code,
            fiscal_year=fiscal_year,
            row=cell.row,
            column=cell.column,
            kind=cell.kind,
            number=cell.number,
            text=cell.text,
            position=at,
            source=cell.source or (shape.source if shape else ""),
        )
        for at, cell in enumerate(cells, 1)
    ]
    if form is not None:
        _check(form, figures)
    GivenFigure.objects.filter(table=code, fiscal_year=fiscal_year).delete()
    GivenFigure.objects.bulk_create(figures)
    if form is not None:
        GivenTable.objects.filter(code=code, fiscal_year=fiscal_year).delete()
        form.save()
    return form


def _check(form: GivenTable, figures: Sequence[GivenFigure]) -> None:
    places = [(figure.row, figure.column) for figure in figures]
    if not figures or len(set(places)) != len(places):
        raise BadTable
    try:
        given_table(form, figures).solved()
    except TableError as fault:
        raise BadTable from fault


@action("council.release_report", permits=PERMITS, refuses={"report_released_once": ReleasedBefore})
def release_report(*, actor: Actor, now: datetime, fiscal_year: int) -> ReportRelease:
    """年次報告を公開する — citizens read it from now on. Raises YearNotOver, ReleasedBefore."""
    if clock.today(now) <= fiscal_year_range(fiscal_year)[1]:
        raise YearNotOver
    return ReportRelease.objects.create(fiscal_year=fiscal_year, released_at=now, released_by=actor.name)


@action("council.withdraw_report", permits=PERMITS)
def withdraw_report(*, actor: Actor, now: datetime, fiscal_year: int, reason: str) -> ReportRelease:
    """公開を取りやめる — with the reason; it may be opened again. Raises NotReleased."""
    release = (
        ReportRelease.objects.select_for_update()
        .filter(fiscal_year=fiscal_year, withdrawn_at__isnull=True)
        .first()
    )
    if release is None:
        raise NotReleased
    release.withdrawn_at, release.why_withdrawn = now, reason
    release.save(update_fields=["withdrawn_at", "why_withdrawn"])
    return release
