"""保存期間 — until when an application is kept. Pure; published in the rulebook."""

from __future__ import annotations

from datetime import date

from moyai.calendars.public import fiscal_year, fiscal_year_range, period_of_months_end_on

FROM_CLOSED = "closed"
FROM_FISCAL_YEAR = "fiscal"


def keep_until(*, closed_on: date, years: int, keep_from: str) -> date:
    """保存期間の満了日 — the last day an application is kept; it may be deleted from the day after.

    `fiscal`: whole years from 1 April after the fiscal year it was closed in, as 文書管理規則 count.
    `closed`: years from the day after it was closed (民法140条, 143条). 0 years: that first day's eve itself.
    """
    if keep_from == FROM_FISCAL_YEAR:
        return fiscal_year_range(fiscal_year(closed_on) + years)[1]
    return period_of_months_end_on(closed_on, years * 12) if years else closed_on
