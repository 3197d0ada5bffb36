"""手数料の差額 after a correction. Pure: no Django, no clock."""

from __future__ import annotations


def after_correction(*, paid_yen: int, owed_yen: int) -> tuple[int, int]:
    """手数料の差額 — (yen to charge, yen to give back) once what was paid counts towards what is owed. Pure."""
    return max(0, owed_yen - paid_yen), max(0, paid_yen - owed_yen)
