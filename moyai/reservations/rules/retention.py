"""予約の保存期間 — until when who used a room, and who entered a lottery, is kept. Pure.

Years count as 文書管理規則 do: whole years from 1 April after the fiscal year of use. The body's eligibility policy names them
(`booking_keep_years`, `entry_keep_months`), dated like every policy; the one in force today decides. Source: 団体の定め（例）.
"""

from __future__ import annotations

from datetime import date

from moyai.reservations.rules.registering import months_after


def keep_until(day_of_use: date, *, years: int) -> date:
    """保存期間の満了日 of a booking: it is forgotten from the day after."""
    return date(_fiscal_year(day_of_use) + years + 1, 3, 31)


def last_day_over(today: date, *, years: int) -> date:
    """The last day of use whose 保存期間 is over today; every day before it is over, too."""
    return date(_fiscal_year(today) - years, 3, 31)


def entries_until(for_until: date, *, months: int) -> date:
    """The last day on which who entered is kept: so many months after the last day the round was drawn for."""
    return months_after(for_until, months) if months else for_until


def _fiscal_year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1
