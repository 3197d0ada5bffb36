"""稼働の状況 and 月次報告 (C24, C35, A17)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.operations.figures.cells import NOTHING, Number, Published, month_words
from moyai.operations.queries.levels import SystemYear, levels_of_year, months_reported
from moyai.operations.words import MEASURES, VERDICTS, level_words, percent_of


def _rate(year: SystemYear) -> Number | str | None:
    return year.printed.replace("%", "") if year.whole.unknown else percent_of(year.whole.rate)


def row_key(system: str, side: str) -> str:
    return f"{system}.{side}" if side else system


def levels_table(
    fiscal_year: int, *, now: datetime, published: Published = NOTHING, years: list[SystemYear] | None = None
) -> FigureTable:
    """稼働の状況 — by system and side: minutes planned, stopped and unknown, the rate as printed, and what the fraction says."""
    found = levels_of_year(fiscal_year, now=now) if years is None else years
    rows = []
    for year in found:
        label = f"{year.system.name}（{year.side.name}）" if year.side.name else year.system.name
        verdict = year.verdict
        rows.append(
            Row(
                row_key(year.system.code, year.side.code),
                label,
                {
                    "planned": year.whole.planned,
                    "stopped": year.whole.stopped,
                    "unknown": year.whole.unknown,
                    "rate": _rate(year),
                    "level": level_words(year.level),
                    "verdict": str(VERDICTS[verdict][1]) if verdict is not None else _("合意なし"),
                },
            )
        )
    return FigureTable(
        caption=_("稼働の状況"),
        rows_label=_("システム"),
        columns=[
            Column("planned", _("予定時間（分）"), down=False),
            Column("stopped", _("緊急停止（分）"), down=False),
            Column("unknown", _("不明（分）"), down=False),
            Column("rate", _("稼働率（％）"), kind="percent", places=2, down=False),
            Column("level", _("約束"), kind="text", down=False),
            Column("verdict", _("判定"), kind="text", down=False),
        ],
        rows=rows,
        source=_("停止の記録"),
        notes=[
            _("稼働率＝（予定時間－緊急停止時間）÷予定時間。判定は四捨五入する前の分数による。"),
            _("不明の時間は、稼働とも停止とも数えない。"),
        ],
        published=published,
    )


def rates_table(
    fiscal_year: int, *, now: datetime, published: Published = NOTHING, years: list[SystemYear] | None = None
) -> FigureTable:
    """稼働率 — systems down, sides across (受注者側, 発注者側), as councils print it; — where a side is not measured."""
    found = levels_of_year(fiscal_year, now=now) if years is None else years
    sides = {year.side.code or "all": year.side.name or _("稼働率") for year in found}
    by_system: dict[str, tuple[str, dict[str, Number | str | None]]] = {}
    for year in found:
        _name, values = by_system.setdefault(year.system.code, (year.system.name, {}))
        values[year.side.code or "all"] = _rate(year)
    return FigureTable(
        caption=_("稼働率"),
        rows_label=_("システム"),
        columns=[Column(code, name, kind="percent", places=2, down=False) for code, name in sides.items()],
        rows=[Row(code, name, values) for code, (name, values) in by_system.items()],
        unit="％",
        source=_("停止の記録"),
        published=published,
    )


def year_by_month(year: SystemYear) -> FigureTable:
    """月別の稼働 — of one system and side; the year under it is made of the same minutes."""
    rows = [
        Row(
            f"{month:%Y-%m}",
            _("%(year)s年%(month)s月") % {"year": month.year, "month": month.month},
            {
                "planned": measured.planned,
                "stopped": measured.stopped,
                "unknown": measured.unknown,
                "rate": percent_of(measured.rate) if not measured.unknown else None,
                "verdict": str(VERDICTS[verdict][1]) if (verdict := year.month_verdict(month)) else "",
            },
        )
        for month, measured in year.months.items()
    ]
    caption = f"{year.system.name}（{year.side.name}）" if year.side.name else year.system.name
    return FigureTable(
        caption=_("%(system)sの月別の稼働") % {"system": caption},
        rows_label=_("月"),
        columns=[
            Column("planned", _("予定時間（分）")),
            Column("stopped", _("緊急停止（分）")),
            Column("unknown", _("不明（分）")),
            Column("rate", _("稼働率（％）"), kind="percent", places=2, down=False),
            Column("verdict", _("判定"), kind="text", down=False),
        ],
        rows=all_rows_of(rows, label=_("年度")) if rows else rows,
        source=_("停止の記録"),
    )


def monthly_table(fiscal_year: int, *, service: str, published: Published = NOTHING) -> FigureTable:
    """月次報告 (C35) — rates by measure and number of incidents by month. A printed total (公表値) stands beside the computed one."""
    reported = [row for row in months_reported(fiscal_year) if row.service.code == service]
    measures = list(dict.fromkeys(measure for row in reported for measure in row.rates))
    rows = [
        Row(
            f"{row.month:%Y-%m}",
            month_words(row.month),
            {
                **{measure: Decimal(str(rate)) for measure, rate in row.rates.items()},
                "incidents": row.incidents,
            },
        )
        for row in reported
    ]
    places = max((_places(str(rate)) for row in reported for rate in row.rates.values()), default=0)
    name = reported[0].service.name if reported else service
    return FigureTable(
        caption=_("%(service)sの稼働率とインシデント件数") % {"service": name},
        rows_label=_("月"),
        columns=[
            *(
                Column(
                    measure,
                    _("稼働率（%(measure)s）") % {"measure": MEASURES.get(measure, measure)},
                    kind="percent",
                    places=places,
                    down=False,
                )
                for measure in measures
            ),
            Column("incidents", _("インシデント件数")),
        ],
        rows=all_rows_of(rows, label=_("合計")) if rows else rows,
        source=_("月次報告"),
        published=published,
    )


def _places(text: str) -> int:
    return len(text.partition(".")[2])
