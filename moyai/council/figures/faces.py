"""年次報告の体裁 — one report, four faces: the blocks of a page, JSON, a workbook and a tagged PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from moyai.calendars.public import day_words
from moyai.council.figures.report import Report
from moyai.council.figures.sections import PARTS, AgendaItem, Block, Chart, Sitting, Sittings, Table, Words
from moyai.documents.public import (
    Column,
    FigureTable,
    MissingGlyph,
    Row,
    letter_glyphs,
    missing_in_facts,
    named,
    render_letter,
    render_table_html,
    render_table_json,
    render_tables_xlsx,
    table_facts,
)
from moyai.ui.public import Series, bar_chart, line_chart


def part_words() -> dict[str, str]:
    return {"business": _("事業報告"), "settlement": _("収支決算")}


def line_of(sitting: Sitting) -> str:
    """「第1回 平成29年4月28日 （メール審議）県自治センター」"""
    day = day_words(sitting.held_on, weekday=False)
    if sitting.until_on:
        day += "〜" + day_words(sitting.until_on, weekday=False)
    if sitting.and_others:
        day += _("ほか")
    words = [_("第%(number)s回") % {"number": sitting.number}]
    if sitting.name:
        words = [sitting.name]
    words.append(day)
    if sitting.mode != "person":
        words.append(f"（{sitting.mode_label}）")
    if sitting.place:
        words.append(sitting.place)
    return " ".join(words)


def report_context(report: Report) -> dict[str, Any]:
    """What the template of a report is given."""
    unlike = render_table_html(unlike_table(report.unlike), number="unlike") if report.unlike else ""
    return {"report": report, "parts": report_parts(report), "unlike": unlike}


# --- a page ----------------------------------------------------------------------------------------


def report_parts(report: Report) -> list[dict[str, Any]]:
    """事業報告 and 収支決算 as the template shows them; made once for a report."""
    if "page" not in report.faces:
        words = part_words()
        numbers = {id(section): at for at, section in enumerate(report.sections, 1)}
        report.faces["page"] = [
            {
                "key": part,
                "title": words[part],
                "sections": [
                    {
                        "key": section.key,
                        "number": numbers[id(section)],
                        "title": section.title,
                        "blocks": [_shown(block) for block in section.blocks],
                    }
                    for section in report.sections
                    if section.part == part
                ],
            }
            for part in PARTS
        ]
    found: list[dict[str, Any]] = report.faces["page"]
    return found


def _shown(block: Block) -> dict[str, Any]:
    if isinstance(block, Words):
        return {"kind": "words", "heading": block.heading, "text": block.text}
    if isinstance(block, Table):
        html = render_table_html(block.table, number=block.key)
        return {"kind": "table", "html": html, "key": block.key}
    if isinstance(block, Chart):
        return {"kind": "chart", "html": chart_html(block)}
    return {
        "kind": "sittings",
        "committee": block.committee,
        "code": block.code,
        "words": block.words,
        "sittings": [{"line": line_of(one), "items": one.items} for one in block.sittings],
    }


def chart_html(chart: Chart) -> str:
    draw = bar_chart if chart.kind == "bar" else line_chart
    return draw(
        finding=chart.finding,
        title=chart.title,
        labels=list(chart.labels),
        series=[Series(name, list(values)) for name, values in chart.series],
        unit=chart.unit,
        label_head=chart.label_head,
        source=chart.source,
    )


# --- JSON ------------------------------------------------------------------------------------------


def report_json(report: Report) -> dict[str, Any]:
    """For machines: the same sections and blocks, dates as ISO, every cell with what was published beside it."""
    return {
        "fiscal_year": report.fiscal_year,
        "council": report.council,
        "title": report.title,
        "from": report.first.isoformat(),
        "until": report.until.isoformat(),
        "public": report.public,
        "sections": [
            {
                "key": section.key,
                "part": section.part,
                "title": section.title,
                "blocks": [_plain(block) for block in section.blocks],
            }
            for section in report.sections
        ],
        "differences": [dict(one) for one in report.unlike],
    }


def _plain(block: Block) -> dict[str, Any]:
    if isinstance(block, Words):
        return {"kind": "words", "heading": block.heading, "text": block.text, "source": block.source}
    if isinstance(block, Table):
        return {"kind": "table", "key": block.key, "table": render_table_json(block.table)}
    if isinstance(block, Chart):
        return {
            "kind": "chart",
            "key": block.key,
            "type": block.kind,
            "finding": block.finding,
            "title": block.title,
            "unit": block.unit,
            "labels": list(block.labels),
            "series": [{"name": name, "values": list(values)} for name, values in block.series],
        }
    return {
        "kind": "sittings",
        "code": block.code,
        "committee": block.committee,
        "words": list(block.words),
        "sittings": [_plain_sitting(one) for one in block.sittings],
    }


def _plain_sitting(one: Sitting) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "held_on": one.held_on.isoformat(),
        "until_on": one.until_on.isoformat() if one.until_on else None,
        "and_others": one.and_others,
        "mode": one.mode,
        "place": one.place,
        "line": line_of(one),
        "items": [_plain_item(item) for item in one.items],
    }


def _plain_item(item: AgendaItem) -> dict[str, Any]:
    return {
        "title": item.title,
        "state": item.state,
        "origins": list(item.origins),
        "under": [_plain_item(one) for one in item.under],
    }


# --- a workbook ------------------------------------------------------------------------------------


def report_xlsx(report: Report) -> bytes:
    """A sheet of sittings and one of words, one for each table, and where they differ 公表値と計算値の違い."""
    sheets = [(_("会議の開催状況"), _sittings_sheet(report)), (_("文章"), _words_sheet(report))]
    sheets += [
        (f"{at}-{table.caption}", table)
        for at, section in enumerate(report.sections, 1)
        for table in section.tables.values()
    ]
    if report.unlike:
        sheets.append((_("公表値と計算値の違い"), unlike_table(report.unlike)))
    return render_tables_xlsx(report.title, [sheet for sheet in sheets if sheet[1].rows])


def _sittings_sheet(report: Report) -> FigureTable:
    rows = [
        Row(
            f"{block.code}-{one.number}",
            block.committee,
            {
                "number": one.number,
                "held_on": one.held_on.isoformat(),
                "mode": one.mode_label,
                "place": one.place or None,
                "items": "\n".join(_titles(one.items)) or None,
            },
        )
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Sittings)
        for one in block.sittings
    ]
    return FigureTable(
        caption=_("会議の開催状況"),
        rows_label=_("会議体"),
        columns=[
            Column("number", _("回"), down=False),
            Column("held_on", _("開催日"), kind="text", down=False),
            Column("mode", _("方法"), kind="text", down=False),
            Column("place", _("場所"), kind="text", down=False),
            Column("items", _("議題"), kind="text", down=False),
        ],
        rows=rows,
    )


def _titles(items: Sequence[AgendaItem], depth: int = 0) -> list[str]:
    found = []
    for item in items:
        found.append("　" * depth + "・" + item.title)
        found += _titles(item.under, depth + 1)
    return found


def _words_sheet(report: Report) -> FigureTable:
    rows = [
        Row(f"{section.key}-{at}", section.title, {"heading": block.heading or None, "text": block.text})
        for section in report.sections
        for at, block in enumerate(section.blocks)
        if isinstance(block, Words)
    ]
    columns = [
        Column("heading", _("見出し"), kind="text", down=False),
        Column("text", _("文章"), kind="text", down=False),
    ]
    return FigureTable(caption=_("文章"), rows_label=_("節"), columns=columns, rows=rows)


def unlike_table(unlike: Sequence[Mapping[str, str]]) -> FigureTable:
    """公表値と計算値の違い — every cell of the report whose printed figure is not the computed one."""
    names = {
        "table": _("表"),
        "row": _("行"),
        "column": _("列"),
        "published": _("公表値"),
        "computed": _("計算値"),
        "difference": _("差"),
    }
    return FigureTable(
        caption=_("公表値と計算値の違い"),
        rows_label=_("節"),
        columns=[Column(key, label, kind="text", down=False) for key, label in names.items()],
        rows=[
            Row(str(at), one["section"], {key: one[key] for key in names}) for at, one in enumerate(unlike, 1)
        ],
    )


# --- paper -----------------------------------------------------------------------------------------


def report_pdf(report: Report, *, now: datetime) -> bytes:
    """A4, tagged, in Japanese whoever asks. Refuses MissingGlyph for a character that cannot be printed."""
    with override("ja"):
        facts = _facts(report)
    lacking = missing_in_facts(facts, letter_glyphs())
    if lacking:
        words = _("年次報告に印刷できない文字があります：%(letters)s。")
        raise MissingGlyph(words % {"letters": "、".join(named(letter) for letter in lacking[:10])})
    return render_letter("council.report", facts=facts, at=now)


def _facts(report: Report) -> dict[str, Any]:
    return {
        "caption": report.title,
        "terms": _("自 %(first)s 至 %(last)s")
        % {"first": day_words(report.first, weekday=False), "last": day_words(report.until, weekday=False)},
        "sections": [
            {
                "title": section.title,
                "blocks": [_printed(block) for block in section.blocks if not isinstance(block, Chart)],
            }
            for section in report.sections
        ],
        "unlike": [
            _("%(table)s %(row)s %(column)s：公表値 %(published)s・計算値 %(computed)s（差 %(difference)s）")
            % one
            for one in report.unlike
        ],
    }


def _printed(block: Block) -> dict[str, Any]:
    if isinstance(block, Words):
        return {"kind": "words", "heading": block.heading, "text": block.text}
    if isinstance(block, Table):
        return {"kind": "table", "table": table_facts(block.table)}
    assert isinstance(block, Sittings)
    return {
        "kind": "sittings",
        "committee": block.committee,
        "words": list(block.words),
        "sittings": [
            {"line": line_of(one), "items": [_plain_item(item) for item in one.items]}
            for one in block.sittings
        ],
    }
