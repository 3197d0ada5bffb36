"""計算の段階 — how an amount came about, line by line, and the rounding of yen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

FLOOR, HALF_UP, CEIL = "floor", "half_up", "ceil"
ROUNDING_WORDS = {FLOOR: "切捨て", HALF_UP: "四捨五入", CEIL: "切上げ"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working, as the rulebook prints it: words, value, how it was made, where it stands."""

    label: str
    value: int | str
    formula: str = ""
    source: str = ""
    unit: str = "円"

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def round_yen(amount: Fraction | int, *, way: str, unit_yen: int = 1) -> int:
    """端数処理 — to a multiple of `unit_yen`: floor 切捨て, half_up 四捨五入, ceil 切上げ. Not below zero means nothing here:
    amounts of fees are never negative when they arrive.
    """
    parts = Fraction(amount) / unit_yen
    if way == FLOOR:
        whole = parts.numerator // parts.denominator
    elif way == CEIL:
        whole = -(-parts.numerator // parts.denominator)
    elif way == HALF_UP:
        half = parts + Fraction(1, 2)
        whole = half.numerator // half.denominator
    else:
        raise ValueError(f"unknown rounding: {way}")
    return whole * unit_yen


def rounding_words(way: str, unit_yen: int) -> str:
    """「10円未満切捨て」."""
    return f"{unit_yen:,}円未満{ROUNDING_WORDS[way]}"


def yen_words(yen: int) -> str:
    return f"{yen:,}円"
