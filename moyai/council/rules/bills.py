"""請求書の説明 — a bill explains itself: what was shared, by what, its exact quota and its place among the remainders. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.calendars.public import wareki_year
from moyai.council.rules.mixes import BASIS_WORDS, Basis
from moyai.council.rules.settlement import triangle

Fact = tuple[str, str]


def exact_yen(text: str, places: int = 4) -> str:
    """「871,345 と 5/11 円」 — an exact quota in words: whole yen, and the fraction that is left."""
    value = Fraction(text)
    sign = "△" if value < 0 else ""
    whole, rest = divmod(abs(value), 1)
    if not rest:
        return f"{sign}{int(whole):,}円"
    if rest.denominator > 10**6:
        scaled = int(rest * 10**places)
        return f"{sign}約{int(whole):,}.{scaled:0{places}d}円"
    return f"{sign}{int(whole):,}円と{rest.numerator:,}/{rest.denominator:,}円"


def percent_of(text: str, places: int = 4) -> str:
    """A weight as a percentage, half up, with 約 where it is not exact."""
    value = Fraction(text) * 100
    scaled = value * 10**places
    whole, part = divmod(int(scaled + Fraction(1, 2)), 10**places)
    return f"{'' if scaled.denominator == 1 else '約'}{whole}.{part:0{places}d}%"


def mix_in_words(mix: Sequence[Mapping[str, Any]]) -> str:
    """均等割 3/10 ＋ 人口割 7/10."""
    told = []
    for row in mix:
        of = f"（{row['measure']}、{year_of(row['fiscal_year'])}）" if row.get("measure") else ""
        told.append(f"{BASIS_WORDS[Basis(row['basis'])]}{of} {row.get('part') or 'そのままの額'}")
    return " ＋ ".join(told)


def year_of(fiscal_year: int) -> str:
    """平成29年度, as a letter says it in every language."""
    return f"{wareki_year(date(fiscal_year, 4, 1))}度"


def basis_in_words(basis: Mapping[str, int | str]) -> str:
    """均等割 1、人口割 60,000."""
    told = []
    for key, value in basis.items():
        name, _, measure = key.partition(":")
        shown = f"{value:,}" if isinstance(value, int) else decimal_in_words(value)
        told.append(f"{BASIS_WORDS[Basis(name)]}{f'（{measure}）' if measure else ''} {shown}")
    return "、".join(told)


def decimal_in_words(text: str, places: int = 12) -> str:
    """A fraction that is a decimal of so many places: 逓減人口割 is kept to twelve."""
    value = Fraction(text)
    scaled = value * 10**places
    if scaled.denominator != 1:
        return text
    whole, part = divmod(int(scaled), 10**places)
    digits = f"{part:0{places}d}".rstrip("0")
    return f"{whole:,}.{digits}" if digits else f"{whole:,}"


def rounding_in_words(*, floor_yen: int, yen: int, rank: int, payers: int, adjusted: bool) -> str:
    """What became of the fraction: kept at its floor, one unit more by its place, or the one that takes the rest."""
    place = f"端数の大きさの順位 {rank}番目（{payers}団体）"
    if yen == floor_yen:
        return f"切捨て後 {triangle(floor_yen)}円、{place}。端数の加算なし"
    what = "単位に満たない端数の調整を含む" if adjusted else "端数の加算あり"
    return f"切捨て後 {triangle(floor_yen)}円、{place}。{what}（{triangle(yen - floor_yen)}円）"
