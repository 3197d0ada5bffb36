"""受付の件数, 採否 and 確認の要否 (A02, A12, O03, O05, O15, O44, I59)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moyai.calendars.public import short_wareki
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.operations.figures.cells import NOTHING, Published, month_words, months_of
from moyai.operations.models import Case
from moyai.operations.queries import cases as case_queries


def cases_table(fiscal_year: int, *, published: Published = NOTHING) -> FigureTable:
    """受付件数 — kinds down, months across; a month without any is 0."""
    counted = case_queries.by_month(fiscal_year)
    months = months_of(fiscal_year)
    rows = [
        Row(kind.code, kind.name, {f"{month:%Y-%m}": counted.get((kind.code, month), 0) for month in months})
        for kind in case_queries.kinds()
    ]
    keys = tuple(f"{month:%Y-%m}" for month in months)
    return FigureTable(
        caption=_("受付件数"),
        rows_label=_("種類"),
        columns=[
            *(Column(key, month_words(month)) for key, month in zip(keys, months, strict=True)),
            Column("total", _("合計"), sum_of=keys),
        ],
        rows=all_rows_of(rows, label=_("合計")),
        unit=_("件"),
        source=_("受付の記録"),
        published=published,
    )


def sections_table(fiscal_year: int, *, kind: str, published: Published = NOTHING) -> FigureTable:
    """部局別の件数 — of one kind (O03 部局担当窓口の相談), sections down, months across."""
    months = months_of(fiscal_year)
    keys = tuple(f"{month:%Y-%m}" for month in months)
    counted: dict[str, dict[str, int]] = {}
    for section, code, month, count in case_queries.by_section(fiscal_year):
        if code == kind:
            counted.setdefault(section, dict.fromkeys(keys, 0))[f"{month:%Y-%m}"] += count
    return FigureTable(
        caption=_("部局別の件数"),
        rows_label=_("部局"),
        columns=[
            *(Column(key, month_words(month)) for key, month in zip(keys, months, strict=True)),
            Column("total", _("合計"), sum_of=keys),
        ],
        rows=all_rows_of(
            [
                Row(section or "-", section or _("部局の記載なし"), values)
                for section, values in counted.items()
            ]
        ),
        unit=_("件"),
        source=_("受付の記録"),
        published=published,
    )


def members_table(fiscal_year: int, *, published: Published = NOTHING) -> FigureTable:
    """団体・システム別の件数 (A12) — members down, systems across."""
    cells: dict[str, tuple[str, dict[str, int]]] = {}
    systems: dict[str, str] = {}
    columns = ("body__code", "body__name", "system__code", "system__name")
    for code, name, system, system_name, count in case_queries.by(fiscal_year, *columns):
        systems[system or "none"] = system_name or _("システムの指定なし")
        _name, values = cells.setdefault(code or "none", (name or _("団体の指定なし"), {}))
        values[system or "none"] = values.get(system or "none", 0) + count
    return FigureTable(
        caption=_("団体・システム別の受付件数"),
        rows_label=_("団体"),
        columns=[
            *(Column(code, name) for code, name in systems.items()),
            Column("total", _("合計"), sum_of=tuple(systems)),
        ],
        rows=all_rows_of(
            [
                Row(code, name, {system: values.get(system, 0) for system in systems})
                for code, (name, values) in cells.items()
            ]
        ),
        unit=_("件"),
        source=_("受付の記録"),
        published=published,
    )


def in_time_table(fiscal_year: int) -> FigureTable:
    """期限内の回答 — by kind: answered, of them in time, solved."""
    names = {kind.code: kind.name for kind in case_queries.kinds()}
    return FigureTable(
        caption=_("期限内の回答"),
        rows_label=_("種類"),
        columns=[
            Column("answered", _("回答した件数")),
            Column("in_time", _("うち期限内")),
            Column("solved", _("解決した件数")),
        ],
        rows=all_rows_of(
            [
                Row(code, names[code], {"answered": answered, "in_time": in_time, "solved": solved})
                for code, answered, in_time, solved in case_queries.kept_in_time(fiscal_year)
            ]
        ),
        unit=_("件"),
        source=_("受付の記録"),
    )


def decisions_table(fiscal_year: int) -> FigureTable:
    """要望・提案の採否 (A02, O15, I59) — each with who decided it and the release it came in."""
    return FigureTable(
        caption=_("要望・提案の採否"),
        rows_label=_("件名"),
        columns=[
            Column("kind", _("種類"), kind="text", down=False),
            Column("decision", _("採否"), kind="text", down=False),
            Column("by", _("決めた会議"), kind="text", down=False),
            Column("on", _("決めた日"), kind="text", down=False),
            Column("release", _("リリース"), kind="text", down=False),
        ],
        rows=[
            Row(
                case.number,
                case.title,
                {
                    "kind": case.kind.name,
                    "decision": str(Case.Decision(case.decision).label),
                    "by": case.decided_by,
                    "on": short_wareki(case.decided_on) if case.decided_on else "",
                    "release": case.release or None,
                },
            )
            for case in case_queries.decided(fiscal_year)
        ],
        source=_("受付の記録"),
    )


def reviews_table(fiscal_year: int, *, published: Published = NOTHING) -> FigureTable:
    """確認の要否 (O05 仕様書確認) — kinds and 調達の種類 down: how many came, for how many a review was due, how many of those are done."""
    rows = [
        Row(
            f"{code}.{sort}",
            f"{name}（{Case.Procurement(sort).label}）",
            {"due": due, "not_due": asked - due, "solved": solved},
        )
        for code, name, sort, asked, due, solved in case_queries.reviewed(fiscal_year)
    ]
    return FigureTable(
        caption=_("確認の要否"),
        rows_label=_("種類"),
        columns=[
            Column("due", _("確認が必要")),
            Column("not_due", _("確認は不要")),
            Column("asked", _("受付件数"), sum_of=("due", "not_due")),
            Column("solved", _("必要なうち解決")),
        ],
        rows=all_rows_of(rows, label=_("合計")) if rows else rows,
        unit=_("件"),
        source=_("受付の記録"),
        published=published,
    )
