"""年ごとの額の表 — what is paid every year beside the years before it, with the rate of change (O26, O27)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from moyai.council.figures.columns import year_words, yen_column
from moyai.council.rules.payments import Payment, change, years_told
from moyai.documents.public import Column, FigureTable, Row, all_rows_of


def payments_table(
    caption: str, payments: Sequence[Payment], *, rows_label: str, source: str = ""
) -> FigureTable | None:
    """年ごとの額 — a column for each year and, after it, its rate against the year before; None unless two years are told.

    The rate of the total is of the totals, not a sum of rates.
    """
    years = years_told(payments)
    if len(years) < 2:
        return None
    columns = [yen_column(f"y{years[0]}", year_words(years[0]))]
    for year in years[1:]:
        label = _("対前年度増減率（%(year)s）") % {"year": year_words(year)}
        columns += [
            yen_column(f"y{year}", year_words(year)),
            Column(f"change-{year}", label, kind="percent", places=2, down=False),
        ]
    rows = [Row(one.key, one.name, _values(one.by_year, years)) for one in payments]
    notes = []
    if len(payments) > 1:
        total = {year: sum(one.by_year.get(year, 0) for one in payments) for year in years}
        rates = [
            _("%(year)s %(rate)s%%") % {"year": year_words(year), "rate": _signed(rate)}
            for before, year in pairwise(years)
            if (rate := change(total[before], total[year])) is not None
        ]
        if rates:
            notes.append(_("合計の対前年度増減率：%(rates)s") % {"rates": "、".join(rates)})
        rows = all_rows_of(rows, label=_("合計"))
    return FigureTable(
        caption=caption,
        rows_label=rows_label,
        columns=columns,
        rows=rows,
        unit=_("円"),
        notes=notes,
        source=source,
    )


def _values(by_year: dict[int, int], years: Sequence[int]) -> dict[str, int | Decimal | str | None]:
    values: dict[str, int | Decimal | str | None] = {f"y{year}": by_year.get(year) for year in years}
    for before, year in pairwise(years):
        values[f"change-{year}"] = change(by_year.get(before), by_year.get(year))
    return values


def _signed(rate: Decimal) -> str:
    return f"{'△' if rate < 0 else ''}{abs(rate)}"
