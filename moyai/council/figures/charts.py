"""年次報告の図 — a chart made of a table of the report, so that both always say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from moyai.council.figures.sections import Chart
from moyai.documents.public import Column, FigureTable, Row

Maker = Callable[[str, FigureTable], "Chart | None"]
MOST_BARS = 20


@dataclass
class Charts:
    """図の登録簿 — which chart stands over which table; filled at start-up with the sections."""

    makers: dict[str, Maker] = field(default_factory=dict)

    def of(self, key: str, table: FigureTable) -> Chart | None:
        maker = self.makers.get(key)
        return maker(key, table) if maker else None


report_charts: Final = Charts()


def _numbers(table: FigureTable) -> list[Column]:
    return [column for column in table.columns if column.kind != "text" and not column.sum_of]


def _value(value: object) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, int) else None


def _line(table: FigureTable, wanted: Row) -> dict[str, float | int | None]:
    for row, figures in zip(table.rows, table.solved(), strict=True):
        if row.key == wanted.key:
            return {
                column.key: _value(figure.value)
                for column, figure in zip(table.columns, figures, strict=True)
            }
    return {}


def by_columns(key: str, table: FigureTable) -> Chart | None:
    """合計の行を棒に — the whole's parts side by side: use by channel. None while there is nothing to show."""
    totals = [row for row in table.rows if row.sum_of]
    if not totals:
        return None
    columns, values = _numbers(table), _line(table, totals[-1])
    counts = [values.get(column.key) or 0 for column in columns]
    if not any(counts):
        return None
    most = max(range(len(columns)), key=lambda at: counts[at])
    return Chart(
        key=f"{key}-chart",
        kind="bar",
        finding=_("%(caption)sは%(label)sがもっとも多く、%(count)s%(unit)s（%(part)s%%）です。")
        % {
            "caption": table.caption,
            "label": columns[most].label,
            "count": f"{counts[most]:,}",
            "unit": table.unit,
            "part": f"{counts[most] * 100 / sum(counts):.1f}",
        },
        title=table.caption,
        labels=tuple(column.label for column in columns),
        series=((totals[-1].label, tuple(counts)),),
        unit=table.unit,
        label_head=_("区分"),
        source=table.source,
    )


def over_columns(key: str, table: FigureTable) -> Chart | None:
    """合計の行を線に — the whole month by month."""
    totals = [row for row in table.rows if row.sum_of]
    if not totals:
        return None
    columns, values = _numbers(table), _line(table, totals[-1])
    counts = [values.get(column.key) for column in columns]
    if not any(counts):
        return None
    return _over(key, table, [column.label for column in columns], totals[-1].label, counts)


def over_rows(column_key: str) -> Maker:
    """行ごとの値を線に — a column down the months (incidents)."""

    def make(key: str, table: FigureTable) -> Chart | None:
        rows = [row for row in table.rows if not row.sum_of]
        columns = {column.key: column for column in table.columns}
        if column_key not in columns:
            return None
        counts = [_line(table, row).get(column_key) for row in rows]
        if not any(counts):
            return None
        return _over(key, table, [row.label for row in rows], columns[column_key].label, counts)

    return make


def _over(
    key: str, table: FigureTable, labels: list[str], name: str, counts: list[float | int | None]
) -> Chart:
    most = max(range(len(counts)), key=lambda at: counts[at] or 0)
    return Chart(
        key=f"{key}-chart",
        kind="line",
        finding=_("%(name)sがもっとも多いのは%(label)sで、%(count)s%(unit)sです。")
        % {"name": name, "label": labels[most], "count": f"{counts[most]:,}", "unit": table.unit},
        title=_("月ごとの%(name)s") % {"name": name},
        labels=tuple(labels),
        series=((name, tuple(counts)),),
        unit=table.unit,
        label_head=_("月"),
        source=table.source,
    )


def by_rows(key: str, table: FigureTable) -> Chart | None:
    """行を棒に — the largest members one under the other."""
    columns = [column for column in table.columns if column.kind != "text"]
    rows = [row for row in table.rows if not row.sum_of]
    if not columns or not rows:
        return None
    counted = [(row.label, _line(table, row).get(columns[0].key) or 0) for row in rows]
    largest = sorted(counted, key=lambda one: -one[1])
    shown, rest = largest[:MOST_BARS], sum(count for _label, count in largest[MOST_BARS:])
    whole = sum(count for _label, count in largest)
    if not whole:
        return None
    labels = [label for label, _count in shown] + ([_("ほか")] if rest else [])
    return Chart(
        key=f"{key}-chart",
        kind="bar",
        finding=_("%(caption)sは%(label)sがもっとも多く、%(count)s%(unit)s（%(part)s%%）です。")
        % {
            "caption": table.caption,
            "label": shown[0][0],
            "count": f"{shown[0][1]:,}",
            "unit": table.unit,
            "part": f"{shown[0][1] * 100 / whole:.1f}",
        },
        title=table.caption,
        labels=tuple(labels),
        series=((columns[0].label, (*(count for _label, count in shown), *((rest,) if rest else ()))),),
        unit=table.unit,
        label_head=table.rows_label,
        source=table.source,
    )


def stopped(key: str, table: FigureTable) -> Chart | None:
    """止まっていた割合 — 100 % less 稼働率, system by system and side by side: what is to be compared is small."""
    columns = [column for column in table.columns if column.kind == "percent"]
    rows = [row for row in table.rows if not row.sum_of]
    if not columns or not rows or len(columns) > 6:
        return None
    lines = [_line(table, row) for row in rows]
    series = tuple(
        (
            column.label,
            tuple(None if (rate := line.get(column.key)) is None else round(100 - rate, 4) for line in lines),
        )
        for column in columns
    )
    known = [value for _name, values in series for value in values if value is not None]
    if not known:
        return None
    return Chart(
        key=f"{key}-chart",
        kind="bar",
        finding=_("止まっていた時間は、いちばん長いシステムでも予定時間の%(part)s%%です。")
        % {"part": f"{max(known):.2f}"},
        title=_("システムごとの止まっていた割合（100%%−稼働率）") % {},
        labels=tuple(row.label for row in rows),
        series=series,
        unit="%",
        label_head=table.rows_label,
        source=table.source,
    )
