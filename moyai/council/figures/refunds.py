"""返還の表 — what goes back to whom, by cost line (C18)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from moyai.council.figures.columns import year_words, yen_column
from moyai.council.models import Refund, RefundShare
from moyai.documents.public import FigureTable, Row, all_rows_of


def refund_table(refund: Refund, shares: Sequence[RefundShare]) -> FigureTable:
    """返還金額 — by member and cost line; the columns add up to what was decided, the 端数 is named (C18)."""
    lines = {f"c{one.cost_line_id}": one.cost_line.name for one in shares}
    of_bodies: dict[str, tuple[str, dict[str, int | Decimal | str | None]]] = {}
    for one in shares:
        of_bodies.setdefault(one.body.code, (one.body.name, {}))[1][f"c{one.cost_line_id}"] = one.yen
    notes = [_("返還のもと：%(base)s円") % {"base": f"{refund.base_yen:,}"}]
    if refund.residue_yen:
        notes.append(_("端数（繰越）：%(yen)s円") % {"yen": f"{refund.residue_yen:,}"})
    return FigureTable(
        caption=_("%(account)s：%(year)sの返還金額")
        % {"account": refund.settlement.account.name, "year": year_words(refund.settlement.fiscal_year)},
        rows_label=_("団体名"),
        columns=[
            *(yen_column(key, name) for key, name in lines.items()),
            yen_column("total", _("返還額"), sum_of=tuple(lines)),
        ],
        rows=all_rows_of([Row(code, name, of) for code, (name, of) in sorted(of_bodies.items())], label=_("合計")),
        unit=_("円"),
        notes=notes,
        source=_("返還金額の決定"),
    )
