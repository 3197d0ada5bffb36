"""会則・規程 — the register of the council's rules on a day, to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from moyai.council.bylaw_words import since_words, state_of
from moyai.council.figures.bodies import text
from moyai.council.forms.bylaws import version_name
from moyai.council.queries.bylaws import Standing
from moyai.documents.public import Column, FigureTable, Row


def bylaws_table(rows: Sequence[Standing], on: date) -> FigureTable:
    """Every rule with its standing on a day."""
    return FigureTable(
        caption=_("会則・規程"),
        rows_label=_("名称"),
        columns=[
            text("code", _("記号")),
            text("kind", _("種類")),
            text("state", _("状態")),
            text("since", _("いつから")),
            text("version", _("版")),
            Column("count", _("版の数"), down=False),
        ],
        rows=[
            Row(
                row.bylaw.code,
                row.bylaw.name,
                {
                    "code": row.bylaw.code,
                    "kind": str(row.bylaw.get_kind_display()),
                    "state": state_of(row)["word"],
                    "since": since_words(row),
                    "version": version_name(row.version) if row.version else None,
                    "count": row.count,
                },
            )
            for row in rows
        ],
        as_of=on,
        source=_("規程の登録"),
    )
