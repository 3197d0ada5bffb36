"""後乗りの表 — to whom the entry of a newcomer is credited, and the month's cost before and after it joined (C13, I06)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from moyai.calendars.public import wareki
from moyai.council.figures.columns import words_column, yen_column
from moyai.council.models import LateJoin
from moyai.council.rules.bills import exact_yen
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.tenants.public import Body


def join_table(join: LateJoin, bodies: Mapping[str, Body]) -> FigureTable:
    """後乗りの充当 — to whom the newcomer's entry is credited, and how much (C13, I06)."""
    return FigureTable(
        caption=_("%(body)sの加入時の負担の充当") % {"body": join.body.name},
        rows_label=_("先に負担した団体"),
        columns=[
            words_column("paid", _("これまでに負担した額")),
            words_column("quota", _("正確な配分額")),
            Column("rank", _("端数の順位"), down=False),
            yen_column("yen", _("充当する額")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one["body"],
                    bodies[one["body"]].name if one["body"] in bodies else one["body"],
                    {
                        "paid": f"{one['paid']:,}円" if "paid" in one else None,
                        "quota": exact_yen(one["quota"]),
                        "rank": one.get("rank"),
                        "yen": one["yen"],
                    },
                )
                for one in join.credits
            ]
        ),
        unit=_("円"),
        source=_("後乗りの規則"),
    )


def monthly_table(join: LateJoin, bodies: Mapping[str, Body]) -> FigureTable | None:
    """月額の負担 — of each before and from the month of joining on; None where no monthly cost was given (C13)."""
    if not join.monthly:
        return None
    return FigureTable(
        caption=_("月額%(yen)s円の負担（%(day)sの月から）")
        % {"yen": f"{join.monthly_yen or 0:,}", "day": wareki(join.joins_on)},
        rows_label=_("団体名"),
        columns=[
            yen_column("before", _("加入前の月額")),
            words_column("quota", _("正確な配分額")),
            Column("rank", _("端数の順位"), down=False),
            yen_column("after", _("加入後の月額")),
            yen_column("change", _("増減")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one["body"],
                    bodies[one["body"]].name if one["body"] in bodies else one["body"],
                    {
                        "before": one["before"],
                        "quota": exact_yen(one["quota"]),
                        "rank": one["rank"],
                        "after": one["after"],
                        "change": one["after"] - (one["before"] or 0),
                    },
                )
                for one in join.monthly
            ]
        ),
        unit=_("円"),
        notes=[_("加入の月より前の月額は変わりません。")],
        source=_("後乗りの規則"),
    )
