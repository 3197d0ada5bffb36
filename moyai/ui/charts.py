"""図 — a figure made on the server: one sentence, an SVG, the same figures as a table, unit and source.

No colour and no style in the SVG: series carry the classes mo-c1 … mo-c6 of the style sheet, and a second
channel beside colour (a label on the bar, a marker and a dash on the line).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from moyai.ui.rules import short_id

Value = int | float | Decimal | None
# Units of the drawing: on a phone about one pixel each, so that text of 17 units is read as 14 px or more.
WIDTH = 420
LONGEST_LABEL = 8
MARKERS = ("circle", "square", "triangle", "diamond", "ring", "box")
DASHES = ("", "10 5", "3 4", "14 4 3 4", "6 3 2 3 2 3", "1 4")


@dataclass(frozen=True, slots=True)
class Series:
    """系列 — a name and one value per label; None is a gap (欠測), never zero. `quiet` paints it grey."""

    name: str
    values: Sequence[Value]
    quiet: bool = False
    planned: bool = False  # 計画・前年: outlined instead of filled


def shown(value: Value) -> str:
    """The figure as it stands in the chart and in its table: 12,345, △1,000, — for a gap."""
    if value is None:
        return "—"
    text = f"{abs(value):,}"
    return f"△{text}" if value < 0 else text


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round figures from at most `low` to at least `high` in about `about` steps; 0 is always among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    raw = (high - low) / about
    size = 10 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    if step < 1 and float(low).is_integer() and float(high).is_integer():
        step = 1.0
    start, end = floor(low / step), ceil(high / step)
    return [round(index * step, 10) for index in range(start, end + 1)]


def _tick_text(value: float) -> str:
    whole = int(value) if float(value).is_integer() else value
    return shown(whole)


def _extent(series: Sequence[Series]) -> tuple[float, float]:
    values = [float(value) for one in series for value in one.values if value is not None]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _checked(labels: Sequence[str], series: Sequence[Series]) -> None:
    if not series or len(series) > 6:
        raise ValueError("a chart has one to six series; more belong into small multiples or a table")
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series has one value per label")


def _colour(place: int, one: Series) -> str:
    return "mo-quiet" if one.quiet else f"mo-c{place + 1}"


def _figure(template: str, **parts: object) -> SafeString:
    return SafeString(render_to_string(template, dict(parts)))


def _table(
    title: str, label_head: str, labels: Sequence[str], series: Sequence[Series], unit: str
) -> dict[str, object]:
    head = {"label": label_head}
    columns = [head, *({"label": one.name, "numeric": True} for one in series)]
    rows = [[label, *(one.values[place] for one in series)] for place, label in enumerate(labels)]
    caption = f"{title}（{gettext('単位')}：{unit}）" if unit else title
    return {
        "caption": caption,
        "columns": columns,
        "rows": rows,
        "id": "table-" + short_id(title + label_head),
    }


def bar_chart(
    *,
    finding: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    label_head: str = "",
    source: str = "",
    as_of: str = "",
    note: str = "",
) -> SafeString:
    """棒グラフ — horizontal bars from 0, one group per label, each bar with its figure.

    `finding` is the sentence a reader takes away; `title` names the figure; `unit` as in 件, 円.
    """
    _checked(labels, series)
    marks = ticks(*_extent(series), about=3)
    longest = min(max((len(label) for label in labels), default=0), LONGEST_LABEL)
    left, right, top = 22 + 17 * longest, 76, 4
    thick, gap = (22 if len(series) == 1 else 19), 12
    group = thick * len(series) + gap
    height = top + group * len(labels) + 30
    width = WIDTH - left - right
    span = marks[-1] - marks[0]

    def across(value: float) -> float:
        return round(left + (value - marks[0]) / span * width, 1)

    bars = []
    for row, label in enumerate(labels):
        y = top + row * group + gap / 2
        texts = []
        for place, one in enumerate(series):
            value = one.values[row]
            number = 0.0 if value is None else float(value)
            x0, x1 = sorted((across(0), across(number)))
            texts.append(
                {
                    "x": x0,
                    "y": round(y + place * thick, 1),
                    "width": round(x1 - x0, 1),
                    "height": thick - 2,
                    "text_x": round(x1 + 6, 1),
                    "text_y": round(y + place * thick + thick / 2 + 4, 1),
                    "value": shown(value),
                    "colour": _colour(place, one) + (" mo-outline" if one.planned else ""),
                    "gap": value is None,
                }
            )
        short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
        bars.append({"label": short, "label_y": round(y + (group - gap) / 2 + 5, 1), "bars": texts})
    grid = [{"x": across(mark), "text": _tick_text(mark)} for mark in marks]
    return _figure(
        "ui/bar_chart.html",
        finding=finding,
        title=title,
        unit=unit,
        source=source,
        as_of=as_of,
        note=note,
        id="chart-" + short_id(title + finding),
        width=WIDTH,
        height=height,
        plot_bottom=height - 26,
        text_bottom=height - 8,
        zero=across(0),
        label_x=left - 10,
        groups=bars,
        grid=grid,
        legend=[
            {"name": one.name, "colour": _colour(place, one), "planned": one.planned}
            for place, one in enumerate(series)
        ]
        if len(series) > 1
        else [],
        table=_table(title, label_head or gettext("区分"), labels, series, unit),
    )


def line_chart(
    *,
    finding: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    label_head: str = "",
    source: str = "",
    as_of: str = "",
    note: str = "",
) -> SafeString:
    """折れ線グラフ — a line per series with its own marker and dash, its name at the end; gaps stay gaps."""
    _checked(labels, series)
    marks = ticks(*_extent(series), about=4)
    # Names stand at the ends of the lines while they are short and few; else in a legend with their markers.
    named_at_end = len(series) <= 3 and all(len(one.name) <= 5 for one in series)
    left, right, top, bottom = 70, (100 if named_at_end else 16), 14, 32
    height = 260
    plot_width, plot_height = WIDTH - left - right, height - top - bottom
    span = marks[-1] - marks[0]
    step = plot_width / max(len(labels) - 1, 1)

    def point(place: int, value: float) -> tuple[float, float]:
        return round(left + place * step, 1), round(top + (marks[-1] - value) / span * plot_height, 1)

    lines = []
    ends: list[float] = []
    for place, one in enumerate(series):
        pieces: list[list[tuple[float, float]]] = [[]]
        for index, value in enumerate(one.values):
            if value is None:
                pieces.append([])
            else:
                pieces[-1].append(point(index, float(value)))
        points = [spot for piece in pieces for spot in piece]
        end = points[-1] if points else point(0, 0)
        # Names at the ends of close lines move apart instead of lying on each other.
        name_y = end[1] + 5
        while any(abs(name_y - other) < 17 for other in ends):
            name_y += 17
        ends.append(name_y)
        lines.append(
            {
                "name": one.name,
                "colour": _colour(place, one),
                "dash": "6 5" if one.planned else DASHES[place],
                "paths": [
                    "M" + " L".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1
                ],
                "points": [{"x": x, "y": y, "left": x - 5, "top": y - 5} for x, y in points],
                "marker": MARKERS[place],
                "legend_spot": {"x": 15, "y": 7, "left": 10, "top": 2},
                "name_x": WIDTH - right + 12,
                "name_y": round(name_y, 1),
            }
        )
    every = max(1, ceil(len(labels) / (5 if named_at_end else 6)))
    names = [
        {"x": point(index, 0)[0], "text": label} for index, label in enumerate(labels) if index % every == 0
    ]
    grid = [
        {"y": point(0, mark)[1], "text_y": round(point(0, mark)[1] + 5, 1), "text": _tick_text(mark)}
        for mark in marks
    ]
    return _figure(
        "ui/line_chart.html",
        finding=finding,
        title=title,
        unit=unit,
        source=source,
        as_of=as_of,
        note=note,
        id="chart-" + short_id(title + finding),
        width=WIDTH,
        height=height,
        left=left,
        label_x=left - 8,
        right=WIDTH - right,
        zero=point(0, 0)[1],
        named_at_end=named_at_end,
        text_bottom=height - 10,
        lines=lines,
        names=names,
        grid=grid,
        table=_table(title, label_head or gettext("区分"), labels, series, unit),
    )
