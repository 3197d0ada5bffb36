"""請求の表 — what was billed, what came in, what is owed (A33)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from moyai.calendars.public import wareki
from moyai.council.figures.columns import words_column, year_words, yen_column
from moyai.council.models import Bill
from moyai.council.queries.money import BillRow
from moyai.documents.public import FigureTable, Row, all_rows_of


def bill_state(row: BillRow, on: date) -> dict[str, str]:
    """The state of a bill in a word: 取下げ, 収納済, 一部収納, 滞納, 未納."""
    if row.bill.withdrawn_on:
        return {"kind": "neutral", "word": _("取下げ")}
    if row.owed_yen == 0:
        return {"kind": "done", "word": _("収納済")}
    if row.late(on):
        return {"kind": "stopped", "word": _("滞納")}
    return {"kind": "progress", "word": _("一部収納") if row.received_yen else _("未納")}


def bills_table(rows: Sequence[BillRow], on: date) -> FigureTable:
    """請求と収納 — every bill with what came in and what is still owed on a day."""
    return FigureTable(
        caption=_("負担金の請求と収納"),
        rows_label=_("請求番号"),
        columns=[
            words_column("body", _("団体名")),
            words_column("what", _("費目")),
            words_column("due", _("納付の期限")),
            yen_column("yen", _("請求額")),
            yen_column("received", _("収納額")),
            yen_column("owed", _("未納額")),
            words_column("state", _("状態")),
        ],
        rows=all_rows_of(
            [
                Row(
                    row.bill.number,
                    row.bill.number,
                    {
                        "body": row.bill.body.name,
                        "what": bill_words(row.bill),
                        "due": wareki(row.bill.due_on),
                        "yen": 0 if row.bill.withdrawn_on else row.bill.yen,
                        "received": row.received_yen,
                        "owed": row.owed_yen,
                        "state": bill_state(row, on)["word"],
                    },
                )
                for row in rows
            ]
        ),
        unit=_("円"),
        as_of=on,
        source=_("請求と収納の記録"),
    )


def bill_words(bill: Bill) -> str:
    """平成29年度 運営管理費（前期）; of a joining what it is."""
    half = f"（{bill.half}）" if bill.half else ""
    if bill.join_id is not None:
        half = _("（後乗りの充当）") if bill.yen < 0 else _("（加入時の負担）")
    return f"{year_words(bill.fiscal_year)} {bill.cost_line.name}{half}"
