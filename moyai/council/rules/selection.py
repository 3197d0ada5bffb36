"""選定日 — shares that are agreed before a supplier is chosen cannot favour the one who is there already. Pure.

Source: 山口県4市1町自治体クラウドについて 7 (3): 支払総額における各市町の按分負担率を事前に決定、クラウドベンダ選定までに協議・調整.
"""

from __future__ import annotations

from datetime import date


def in_time(decided_on: date, selection_on: date) -> bool:
    """Whether what was decided on a day was decided before the day of the selection."""
    return decided_on < selection_on
