"""事業のサービスレベルの判定 (C24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from moyai.documents.public import Column, FigureTable, Row
from moyai.operations.figures.cells import NOTHING, Number, Published
from moyai.operations.queries.agreements import Agreement, Basis, agreements_of_year
from moyai.operations.queries.levels import SystemYear, levels_of_year
from moyai.operations.words import BASES, VERDICTS, exact_percent, judged_name, level_words, whole_verdict


def agreements_table(
    fiscal_year: int,
    *,
    now: datetime,
    published: Published = NOTHING,
    years: Sequence[SystemYear] | None = None,
    agreements: Sequence[Agreement] | None = None,
) -> FigureTable:
    """事業ごとの約束と判定 — services down: how much was judged, how much of it kept the level, the lowest rate, the verdict.

    Judged on fractions: see `queries.agreements`. What is not measured by systems of ours stands under its service, one by one.
    """
    if agreements is None:
        found = levels_of_year(fiscal_year, now=now) if years is None else years
        agreements = agreements_of_year(fiscal_year, now=now, years=found)
    rows: list[Row] = []
    for one in agreements:
        assert one.level.service is not None
        code, lowest = one.level.service.code, one.lowest
        rows.append(
            Row(
                code,
                one.level.service.name,
                {
                    "level": _level(one.part),
                    "judged": len(one.judged),
                    "met": one.met,
                    "rate": lowest.printed if lowest is not None else None,
                    "verdict": whole_verdict(one),
                    "basis": str(BASES[one.basis]),
                    "source": one.level.source,
                },
            )
        )
        if one.basis is not Basis.SYSTEMS:
            rows += [
                Row(
                    f"{code}.{place}",
                    f"{one.level.service.name}　{judged_name(one, judged)}",
                    {"rate": judged.printed, "verdict": str(VERDICTS[judged.verdict][1])},
                )
                for place, judged in enumerate(one.judged, 1)
            ]
    return FigureTable(
        caption=_("事業ごとの約束と判定"),
        rows_label=_("事業"),
        columns=[
            Column("level", _("約束（％）"), kind="percent", places=_places(agreements), down=False),
            Column("judged", _("判定した数"), down=False),
            Column("met", _("うち達成"), down=False),
            Column("rate", _("稼働率（最も低いもの）"), kind="text", down=False),
            Column("verdict", _("判定"), kind="text", down=False),
            Column("basis", _("判定の根拠"), kind="text", down=False),
            Column("source", _("約束の根拠"), kind="text", down=False),
        ],
        rows=rows,
        source=_("停止の記録と報告"),
        notes=[
            _("判定した数は、システムと区分、または報告された率の数。すべてが約束に届くときに達成とする。"),
            _("報告された率は四捨五入した値として読み、そう書かれる率のすべてが約束に届くときに達成とする。"),
        ],
        published=published,
    )


def _level(part: Fraction) -> Number | str:
    percent = exact_percent(part)
    return percent if percent is not None else level_words(part)


def _places(agreements: Sequence[Agreement]) -> int:
    """As many digits as the longest level has: 99.999 must not print as 100.00."""
    percents = [exact_percent(one.part) for one in agreements]
    return max((-int(one.as_tuple().exponent) for one in percents if one is not None), default=1)
