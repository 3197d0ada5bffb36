"""マスタと利用の決まりを登録する — one row from a page, or all of them from the workbook, by the same way."""

from moyai.reservations.actions.masters.books import (
    WorkbookRefused,
    bring_workbook,
    drop_workbook,
    take_workbook,
)
from moyai.reservations.actions.masters.keeping import (
    MastersMoved,
    MastersRefused,
    keep_masters,
    keep_policy,
    withdraw_policy,
)

__all__ = [
    "MastersMoved",
    "MastersRefused",
    "WorkbookRefused",
    "bring_workbook",
    "drop_workbook",
    "keep_masters",
    "keep_policy",
    "take_workbook",
    "withdraw_policy",
]
