"""計画と補助の表 — a contract levelled over its months (Y16), the prefecture's part in mobile coverage (O42)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from moyai.calendars.public import fiscal_year_range, wareki
from moyai.council.figures.columns import words_column, year_words, yen_column
from moyai.council.models import LevelPlan, Subsidy
from moyai.council.rules.levelling import Plan
from moyai.documents.public import Column, FigureTable, Row, all_rows_of


def level_table(plan: LevelPlan) -> FigureTable:
    """月割平準化 — by fiscal year: months, yen of each, their sum (Y16)."""
    worked = Plan(plan.first_month, plan.months, plan.yen)
    months: dict[int, int] = {}
    for month, _yen in worked.all_months():
        year = month.year - (month.month < 4)
        months[year] = months.get(year, 0) + 1
    return FigureTable(
        caption=_("%(name)sの年度ごとの額") % {"name": plan.name},
        rows_label=_("年度"),
        columns=[
            words_column("from", _("始まり")),
            Column("months", _("月数")),
            yen_column("yen", _("その年度の額")),
        ],
        rows=all_rows_of(
            [
                Row(
                    str(year),
                    year_words(year),
                    {
                        "from": wareki(max(fiscal_year_range(year)[0], plan.first_month)),
                        "months": months[year],
                        "yen": yen,
                    },
                )
                for year, yen in worked.by_fiscal_year().items()
            ]
        ),
        unit=_("円"),
        notes=[
            _("月額は%(yen)s円。最初の%(months)sか月は1円多い。")
            % {"yen": f"{worked.monthly_yen:,}", "months": worked.larger_months}
        ],
        source=plan.source,
    )


def subsidies_table(subsidies: Sequence[Subsidy], fiscal_year: int) -> FigureTable:
    """携帯電話等エリア整備の補助 — by body, with households and part; a year without any says 0 (O42)."""
    return FigureTable(
        caption=_("携帯電話等エリア整備の補助（%(year)s、%(count)s件）")
        % {"year": year_words(fiscal_year), "count": len(subsidies)},
        rows_label=_("団体名"),
        columns=[
            words_column("name", _("事業")),
            Column("households", _("世帯数")),
            yen_column("cost", _("事業費")),
            words_column("part", _("県負担の割合")),
            yen_column("yen", _("補助額")),
        ],
        rows=all_rows_of(
            [
                Row(
                    str(one.pk),
                    one.body.name,
                    {
                        "name": one.name,
                        "households": one.households,
                        "cost": one.cost_yen,
                        "part": one.part,
                        "yen": one.yen,
                    },
                )
                for one in subsidies
            ]
        ),
        unit=_("円"),
        source=_("補助の決定"),
    )
